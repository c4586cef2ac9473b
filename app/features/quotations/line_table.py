"""The table of the editor: its columns, and what was typed in it as rows."""

from typing import Any

from app.features.quotations import actions
from app.features.quotations.forms import QuotationLineForm
from app.web.forms import Lines


def line_columns() -> list[dict[str, Any]]:
    """Return the columns of the table, as ``_ui/lines.html`` takes them."""
    form = QuotationLineForm()
    return [
        {
            "name": "kind",
            "label": form.kind.label.text,
            "kind": "select",
            "size": "s",
            "options": list(form.kind.choices or ()),
        },
        {"name": "name", "label": form.name.label.text, "required": True, "size": "m"},
        {"name": "brand", "label": form.brand.label.text, "size": "s"},
        {"name": "model", "label": form.model.label.text, "size": "s"},
        {"name": "spec", "label": form.spec.label.text, "size": "m"},
        {"name": "unit", "label": form.unit.label.text, "size": "xs"},
        {"name": "quantity", "label": form.quantity.label.text, "kind": "number", "size": "xs"},
        {"name": "unit_price", "label": form.unit_price.label.text, "kind": "money", "size": "s"},
        {"name": "tax_rate", "label": form.tax_rate.label.text, "kind": "number", "size": "xs"},
        {"name": "lead_time_days", "label": form.lead_time_days.label.text, "kind": "number", "size": "xs"},
        {"name": "note", "label": form.note.label.text, "size": "s"},
        {"name": "floor_reason", "label": form.floor_reason.label.text, "size": "s"},
    ]


def typed_lines(lines: Lines[Any]) -> list[actions.LineInput]:
    """Return what was typed as the input of actions, for the totals beside the table and for saving."""
    return [actions.LineInput(**row.values) for row in lines.rows]
