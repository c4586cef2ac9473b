"""Filling the form of a quotation from the terms library or an earlier quotation, without saving and without scripts.

Each button posts the form as it stands; what was typed comes back with the chosen values filled in.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.quotations import copying
from app.features.quotations.forms import QuotationForm, QuotationLineForm
from app.features.quotations.models import QuotationRevision
from app.features.quotations.terms import queries as terms
from app.features.quotations.terms.models import TERM_FIELDS
from app.web import filters
from app.web.forms import Lines

# The name of the buttons, and what each asks for.
BUTTON = "fill"
USE_TERMS, FIND, COPY_TERMS, COPY_LINES, COPY_BOTH = "terms", "find", "copy_terms", "copy_lines", "copy_both"


def quotation_form(revision: QuotationRevision, *, stored: bool = False) -> QuotationForm:
    """Return the form of a revision, as stored or as posted, with the companies that may quote."""
    form = QuotationForm(obj=revision) if stored else QuotationForm()
    entities, form.terms_sets = terms.with_companies(revision.legal_entity_id)
    form.legal_entity_id.choices = [(item.id, item.name) for item in entities]
    if form.legal_entity_id.data is None:
        form.legal_entity_id.data = revision.legal_entity_id
    return form


def asked(posted: "MultiDict[str, str]") -> bool:
    """Tell whether one of the filling buttons was pressed."""
    return posted.get(BUTTON, "") in (USE_TERMS, FIND, COPY_TERMS, COPY_LINES, COPY_BOTH)


def fill(
    revision: QuotationRevision,
    actor: Actor,
    form: QuotationForm,
    lines: Lines[Any],
    posted: "MultiDict[str, str]",
) -> str:
    """Fill the form as the pressed button asks and return what was done, in words."""
    wanted = posted.get(BUTTON, "")
    if wanted == USE_TERMS:
        return use_terms(form, number_in(posted, "terms_set"))
    if wanted == FIND:
        return ""
    number = number_in(posted, "copy_from")
    if number is None:
        return _("请先选择要复制的报价")
    try:
        earlier = copying.source(actor, number)
    except NotVisible:
        return _("没有找到这份报价，请重新选择")
    if wanted in (COPY_TERMS, COPY_BOTH):
        put(form, copying.terms_of(earlier, revision.quotation.customer_id))
    if wanted in (COPY_LINES, COPY_BOTH):
        add_lines(lines, earlier)
    return _("已从 %(title)s 复制，请核对后保存", title=earlier.title)


def use_terms(form: QuotationForm, number: int | None) -> str:
    """Fill the terms from a set of the library; an empty term leaves what stands there."""
    found = next((item for item in terms.usable() if item.id == number), None)
    if found is None:
        return _("请先选择一套条款")
    put(form, {name: getattr(found, name) for name in TERM_FIELDS if getattr(found, name)})
    if found.payment_term and not found.payment_other:
        put(form, {"payment_other": ""})
    return _("已套用“%(name)s”，请核对后保存", name=found.name)


def put(form: Any, values: Mapping[str, Any]) -> None:
    """Put values into fields as if they had been typed there."""
    for name, value in values.items():
        field = form._fields[name]
        field.data, field.raw_data = value, None


def add_lines(lines: Lines[Any], earlier: QuotationRevision) -> None:
    """Fill the gaps of the lines from an earlier quotation and put its other lines behind them."""
    present = [copying.LineInput(**{**row, "name": row["name"] or ""}) for row in lines.data]
    partners = {new: old for old, new in copying.matched(present, earlier.lines).items()}
    for place, row in enumerate(lines.rows):
        if place not in partners:
            continue
        told = earlier.lines[partners[place]]
        lines.fill(
            place,
            {
                name: getattr(told, name)
                for name in copying.FILLED
                if not row.texts[name] and getattr(told, name) not in ("", None)
            },
        )
    others = [
        vars(copying.taken(line))
        for place, line in enumerate(earlier.lines)
        if place not in partners.values()
    ]
    lines.rows.extend(Lines(QuotationLineForm, stored=others).rows)


def number_in(posted: "MultiDict[str, str]", name: str) -> int | None:
    """Return the id that was chosen, None where none was."""
    text = posted.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def candidate_text(row: Any) -> str:
    """Return an earlier quotation as the list of candidates names it."""
    parts = (
        row.number or _("未编号"),
        row.short_name or row.name,
        filters.money_text(row.total),
        filters.date_text(row.created_at),
    )
    return " · ".join(parts)


def panel(
    revision: QuotationRevision, form: QuotationForm, actor: Actor, posted: "MultiDict[str, str]", done: str
) -> dict[str, Any]:
    """Return what the filling part of the form offers."""
    words = " ".join(posted.get("copy_q", "").split())[:60]
    return {
        "done": done,
        "open": asked(posted),
        "sets": [(item.id, item.name) for item in form.terms_sets],
        "chosen_set": number_in(posted, "terms_set"),
        "words": words,
        "found": [(row.id, candidate_text(row)) for row in copying.candidates(actor, revision, words)],
        "chosen_copy": number_in(posted, "copy_from"),
    }
