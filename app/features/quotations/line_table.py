"""The table of the editor: its columns, and what was typed in it as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from app.core.i18n import current_locale
from app.features.products import line_column, matching
from app.features.quotations import actions, line_warnings
from app.features.quotations.forms import QuotationLineForm
from app.features.quotations.kept_lines import kept_lines
from app.features.quotations.models import QuotationRevision
from app.web.forms import Lines


def line_columns() -> Sequence[Mapping[str, Any]]:
    """Return the columns of the table, as ``_ui/lines.html`` takes them."""
    return _columns(current_locale())


@lru_cache(8)
def _columns(locale: str) -> Sequence[Mapping[str, Any]]:
    form = QuotationLineForm()
    return (
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
    )


def stored_lines(revision: QuotationRevision) -> Lines[Any]:
    """Return the lines of a revision as its form shows them."""
    return Lines(QuotationLineForm, stored=kept_lines(revision.id))


def typed_lines(lines: Lines[Any]) -> list[actions.LineInput]:
    """Return what was typed as the input of actions."""
    return [row.once(as_input) for row in lines.rows]


def as_input(values: Mapping[str, Any]) -> actions.LineInput:
    """Return the values of a row as the input of actions."""
    return actions.LineInput(**values)


@dataclass(frozen=True)
class Preview:
    """What typed lines would be once saved: with their products, found by one query."""

    typed: list[actions.LineInput]

    @cached_property
    def found(self) -> list[matching.Match]:
        """What each line is found to be."""
        return matching.matches(self.typed)

    @cached_property
    def lines(self) -> list[actions.LineInput]:
        """The lines with their products."""
        return matching.settled(self.typed, self.found)

    def told(self) -> dict[str, Any]:
        """Return what stands below the table: sums, prices below the floor, lines that became products."""
        return {
            "totals": actions.totals_of(self.lines),
            "floor_warnings": line_warnings.below_floor(self.lines, self.found),
            "remarks": line_column.remarks(self.typed, self.found),
        }


def preview(lines: Lines[Any]) -> Preview:
    """Return what the lines of a form would be once saved."""
    return Preview(typed_lines(lines))
