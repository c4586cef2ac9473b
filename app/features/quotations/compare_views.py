"""The page that sets two revisions of a quotation side by side, on screen and on paper."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, render_template, request, url_for

from app.core import clock, money, timeline
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy, pgettext
from app.features.quotations import compare, flow, queries, secrecy
from app.features.quotations.compare import Change, Difference, LineDifference, Value
from app.features.quotations.enums import LINE_KIND_LABELS
from app.features.quotations.models import QuotationRevision, item_numbers
from app.features.quotations.presentation import shown_state
from app.features.quotations.views import READERS, Answer, blueprint
from app.web import filters, fragments
from app.web.guard import current_actor, requires

STATES = {
    compare.ADDED: (lazy("新增"), "ok"),
    compare.REMOVED: (lazy("删除"), "bad"),
    compare.CHANGED: (lazy("有改动"), "warn"),
    compare.SAME: (lazy("未变"), "neutral"),
}
CELLS = ("quantity", "unit_price", "amount", "tax_rate", "lead_time_days")
WORDS = tuple(name for name in compare.COMPARED_LINE if name not in CELLS)


def written(name: str, value: Value) -> str:
    """Return a value of a field as the page writes it."""
    if value is None or value == "":
        return ""
    if name == "quantity" and isinstance(value, Decimal):
        return money.format_quantity(value)
    if name == "unit_price" and isinstance(value, Decimal):
        return money.format_unit_price(value)
    if name == "tax_rate" and isinstance(value, Decimal):
        return money.format_percent(value)
    if isinstance(value, Decimal):
        return money.format_amount(value)
    if isinstance(value, date):
        return value.isoformat()
    if name == "kind":
        return str({str(code): label for code, label in LINE_KIND_LABELS.items()}[str(value)])
    return str(value)


def labelled(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    """Return changes with the labels of their fields, codes in words."""
    rows = [
        [item.field, timeline.text_of(as_code(item, item.old)), timeline.text_of(as_code(item, item.new))]
        for item in changes
    ]
    return timeline.describe_change_rows(flow.DOC_TYPE, rows)


def as_code(change: Change, value: Value) -> str:
    """Return a value as text, codes of lists left as codes, whose labels the timeline knows."""
    return str(value or "") if change.field in ("payment_term", "freight") else written(change.field, value)


def rows_of(found: Difference, before: QuotationRevision, after: QuotationRevision) -> list[dict[str, Any]]:
    """Return the lines as the table shows them, each with the number it is printed with; headings have none."""
    old, new = item_numbers(before.lines), item_numbers(after.lines)
    return [
        row_of(
            item,
            number=old[item.old_place or 0] if item.new_place is None else new[item.new_place],
            moved_from=old[item.old_place or 0] or (item.old_place or 0) + 1 if item.moved else 0,
        )
        for item in found.lines
    ]


def row_of(item: LineDifference, *, number: int, moved_from: int) -> dict[str, Any]:
    """Return a line as the table shows it: figures in their cells, other changes as a list."""
    label, tone = STATES[item.state]
    changed = {change.field: change for change in item.changes}
    figures = compare.is_figure(item.line)
    cells = []
    for name in CELLS:
        now = written(name, item.line.values[name]) if figures else ""
        old = written(name, changed[name].old) if name in changed else None
        cells.append((name, old, now))
    return {
        "position": number or "",
        "moved_from": moved_from,
        "state": str(label),
        "tone": tone,
        "plain": item.state == compare.SAME and not item.moved,
        "name": item.line.name,
        "detail": " · ".join(
            str(item.line.values[name]) for name in ("brand", "model", "spec") if item.line.values[name]
        ),
        "heading": not figures,
        "cells": cells,
        "words": labelled(change for change in item.changes if change.field in WORDS),
        "removed": item.state == compare.REMOVED,
    }


def chosen(numbers: list[int], name: str, default: int) -> int:
    """Return the revision number the address names, the usual one for anything else."""
    text = request.args.get(name, "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
    return wanted if wanted in numbers else default


@blueprint.get("/<int:quotation_id>/compare")
@requires(*READERS)
def compared(quotation_id: int) -> Answer:
    actor = current_actor()
    revisions = queries.whole_revisions_of(quotation_id, actor)
    if not revisions:
        raise NotVisible
    secrecy.require_prices(revisions[0], actor)
    numbers = [item.revision for item in revisions]
    last = numbers[0]
    before = chosen(numbers, "from", numbers[1] if len(numbers) > 1 else last)
    after = chosen(numbers, "to", last)
    by_number = {item.revision: item for item in revisions}
    one, other = by_number[before], by_number[after]
    found = compare.difference(compare.content_of(one), compare.content_of(other))
    context = page_context(revisions, one, other, found)
    if request.args.get("format") == "print":
        return print_page(context)
    return fragments.page("quotations/compare.html", fragment="difference", **context)


def page_context(
    revisions: list[QuotationRevision],
    one: QuotationRevision,
    other: QuotationRevision,
    found: Difference,
) -> dict[str, Any]:
    quotation = other.quotation
    place = url_for("quotations.compared", quotation_id=quotation.id)
    everything = request.args.get("all") == "1"
    rows = rows_of(found, one, other)
    pair: dict[str, Any] = {"from": one.revision, "to": other.revision}
    return {
        "heading": _("比较各版 %(title)s", title=quotation.number or quotation.customer.name),
        "trail": [
            (pgettext("list", "报价"), url_for("quotations.index")),
            (other.title, url_for("quotations.current", quotation_id=quotation.id)),
        ],
        "facts": [quotation.customer.name],
        "place": place,
        "options": [(item.revision, f"R{item.revision} · {shown_state(item)[0]}") for item in revisions],
        "before": one.revision,
        "after": other.revision,
        "everything": everything,
        "all_url": url_for("quotations.compared", quotation_id=quotation.id, **pair, all=1),
        "few_url": url_for("quotations.compared", quotation_id=quotation.id, **pair),
        "print_url": url_for("quotations.compared", quotation_id=quotation.id, **pair, all=1, format="print"),
        "same": found.empty,
        "head": labelled(found.head),
        "rows": [row for row in rows if everything or not row["plain"]],
        "left_out": 0 if everything else sum(row["plain"] for row in rows),
        "counts": [
            (_("有改动"), found.counts[compare.CHANGED]),
            (_("新增"), found.counts[compare.ADDED]),
            (_("删除"), found.counts[compare.REMOVED]),
        ],
        "old_total": found.old_total,
        "new_total": found.new_total,
        "total": signed(found.total),
        "number": quotation.number,
    }


def signed(value: Decimal) -> str:
    """Return an amount with its sign, so that one sees at once which way it went."""
    return f"+{money.format_amount(value)}" if value > 0 else money.format_amount(value)


def print_page(context: dict[str, Any]) -> Answer:
    facts = [
        (_("客户"), context["facts"][0]),
        (_("比较"), f"R{context['before']} → R{context['after']}"),
        (_("日期"), filters.stamp_text(clock.now())[:10]),
    ]
    # the heading names the quotation already
    shown = {**context, "number": "", "facts": facts, "back_url": context["few_url"]}
    page = render_template(
        "quotations/compare_print.html", **shown, printed_by=current_actor().name, printed_at=clock.now()
    )
    return fragments.mark_unstored(Response(page))
