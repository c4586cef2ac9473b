"""What a quotation leaves over the purchase prices behind it (毛利), for those who may see it.

Compared are prices without tax, of lines whose purchase price is in yuan and for the very unit that is quoted; what
cannot be compared is counted, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.core.i18n import gettext as _
from app.core.i18n import listed, ngettext
from app.core.permissions import Actor, can
from app.features.inquiries.models import PurchasingAnswer
from app.features.quotations import secrecy
from app.features.quotations.enums import LineKind, QuotationPerm
from app.features.quotations.models import QuotationLine, QuotationRevision, item_numbers

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Margin:
    """The margin of the lines that can be compared.

    ``percent`` of their value without tax, to a tenth; ``compared`` of ``items`` lines; ``losing`` the positions of
    those quoted below what they cost.
    """

    percent: Decimal
    compared: int
    items: int
    losing: tuple[int, ...]


def without_tax(price: Decimal, rate: Decimal) -> Decimal:
    """Return a tax-included price without its tax; ``rate`` is in percent."""
    return price / (1 + rate / HUNDRED)


def comparable(line: QuotationLine, answer: PurchasingAnswer | None) -> bool:
    """Tell whether price and purchase price of a line are in the same currency and for the same unit."""
    return (
        answer is not None
        and answer.currency == "CNY"
        and answer.price_unit.strip() == line.unit.strip()
        and bool(line.quantity)
        and bool(line.unit_price)
        and line.tax_rate is not None
    )


def margin_of(revision: QuotationRevision, evidence: Mapping[int, PurchasingAnswer]) -> Margin | None:
    """Return the margin over the purchase prices in ``evidence`` (see checks.evidence_of); None without any."""
    items = [line for line in revision.lines if line.kind == LineKind.ITEM]
    sales = costs = Decimal(0)
    compared, losing = 0, []
    for line, number in zip(revision.lines, item_numbers(revision.lines), strict=True):
        if line.kind != LineKind.ITEM:
            continue
        answer = evidence.get(line.inquiry_line_id or 0)
        if answer is None or not comparable(line, answer):
            continue
        quantity = line.quantity or Decimal(0)
        sale = quantity * without_tax(line.unit_price or Decimal(0), line.tax_rate or Decimal(0))
        cost = quantity * without_tax(answer.price, answer.tax_rate)
        sales, costs, compared = sales + sale, costs + cost, compared + 1
        if sale < cost:
            losing.append(number)
    if not sales:
        return None
    percent = ((sales - costs) * HUNDRED / sales).quantize(TENTH, ROUND_HALF_UP)
    return Margin(percent, compared, len(items), tuple(losing))


def margin_facts(
    revision: QuotationRevision, evidence: Mapping[int, PurchasingAnswer], actor: Actor
) -> list[tuple[str, str]]:
    """Return the margin as facts of a page; empty for who may not see it and where nothing can be compared."""
    if not can(actor, QuotationPerm.SEE_MARGIN, revision.department_id):
        return []
    if not secrecy.sees_prices(revision, actor):
        return []
    margin = margin_of(revision, evidence)
    if margin is None:
        return []
    told = _("%(percent)s%%", percent=margin.percent)
    if margin.compared < margin.items:
        told += _("（%(items)s 项中的 %(compared)s 项）", items=margin.items, compared=margin.compared)
    facts = [(_("毛利（不含税）"), told)]
    if margin.losing:
        where = listed(margin.losing)
        facts.append(
            (
                _("低于采购价"),
                ngettext("第 %(where)s 项", "第 %(where)s 项", len(margin.losing), where=where),
            )
        )
    return facts
