"""Pages of the figures: overview, win rate, reporting, answers, and the rows behind every number."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext
from app.core.permissions import Actor
from app.features.figures import charts, lists, queries
from app.features.figures.enums import KIND_LABELS, FiguresPerm, Kind
from app.features.figures.lists import FigureList
from app.features.figures.queries import Scope, Totals
from app.features.figures.rows import rows_behind
from app.features.inquiries.enums import InquiryStatus, Subject
from app.web import filters
from app.web import lists as list_pages
from app.web.guard import current_actor, requires

blueprint = Blueprint("figures", __name__, url_prefix="/figures")

PAGES = (
    ("figures.index", lazy("概览")),
    ("figures.win_rate", lazy("成交率")),
    ("figures.reporting", lazy("询价上报")),
    ("figures.answers", lazy("部门答复")),
)
# What a page hands on to the next: the span and of whom, never its own grouping or order.
HANDED_ON = ("period", "day_from", "day_to", "department", "owner")


@blueprint.get("")
@requires(FiguresPerm.VIEW)
def index() -> Response:
    actor = current_actor()
    listing = lists.overview(actor, request.args, request.path)
    return show(
        listing,
        _("统计"),
        charts=charts.issued(listing) if is_page() else (),
        totals=key_figures(actor, listing.scope) if is_page() else (),
        table_title=_("每月出具的报价"),
        remark=_("一份报价按首次出具的月份计一次，以后修订不重复计；未开标的招标和统采只计份数，不计金额。"),
    )


@blueprint.get("/win-rate")
@requires(FiguresPerm.VIEW)
def win_rate() -> Response:
    listing = lists.results(current_actor(), request.args, request.path)
    by_reason = not any(column.key == "rate" for column in listing.columns)
    key, caption = ("counted", _("未成交的询价（份）")) if by_reason else ("rate", _("成交率"))
    return show(
        listing,
        _("成交率"),
        charts=charts.ranking(listing, key, caption, "warn" if by_reason else "ok") if is_page() else (),
        table_title=_("未成交的原因") if by_reason else _("成交与未成交"),
        remark=_("“未成交”的原因按登记时所选归类，点数字可看说明；不参与、中途放弃、客户取消不计入成交率。")
        if by_reason
        else _("成交率＝成交÷（成交＋未成交），按经理确认的结果和日期计。"),
        compares_people=by_person(listing),
    )


@blueprint.get("/reporting")
@requires(FiguresPerm.VIEW)
def reporting() -> Response:
    listing = lists.reporting(current_actor(), request.args, request.path)
    return show(
        listing,
        _("询价上报"),
        charts=charts.ranking(listing, "hours", _("平均上报用时（工作小时）")) if is_page() else (),
        table_title=_("收到询价后多久上报"),
        remark=_("用时从收到询价算到首次上报，按公司工作时间计；超过上报时限的为迟报。"),
        compares_people=by_person(listing),
    )


@blueprint.get("/answers")
@requires(FiguresPerm.VIEW)
def answers() -> Response:
    listing = lists.answers(current_actor(), request.args, request.path)
    shown = []
    if is_page():
        shown = [
            *charts.ranking(listing, "technical_rate", _("技术答复按时率")),
            *charts.ranking(listing, "purchasing_rate", _("采购答复按时率"), "ok"),
        ]
    return show(
        listing,
        _("部门答复"),
        charts=shown,
        table_title=_("技术部和采购部的答复"),
        remark=_("按每项首次答复的时间计，晚于经理定的答复期限为逾期；还没有答复的不计。"),
    )


@blueprint.get("/rows")
@requires(FiguresPerm.VIEW)
def rows() -> Response:
    listing = rows_behind(current_actor(), request.args, request.path)
    kind = next(item.value for item in listing.filters if item.key == "kind")
    return show(
        listing,
        KIND_LABELS[Kind(kind)],
        trail=[(_("统计"), url_for("figures.index", **handed_on()))],
        table_title=_("这个数字的明细"),
        chosen=[f"{label}{_('：')}{text}" for label, text in listing.chosen_filters()],
    )


def show(listing: FigureList, heading: Any, **context: Any) -> Response:
    scope = listing.scope
    return list_pages.show_list(
        listing,
        heading,
        template="figures/page.html",
        list_facts=[span_text(scope), *context.pop("chosen", ())],
        tabs=[
            (label, url_for(endpoint, **handed_on()), request.endpoint == endpoint, 0) for endpoint, label in PAGES
        ],
        incomplete=is_page() and not queries.is_complete(),
        empty_text=_("这段时间没有可以统计的记录"),
        empty_hint=_("换一段时间，或先登记并上报询价"),
        **context,
    )  # fmt: skip


def is_page() -> bool:
    """Tell whether the whole page is wanted, not a file or a sheet: only it has charts."""
    return not request.args.get("format")


def handed_on() -> dict[str, Any]:
    return {key: request.args[key] for key in HANDED_ON if request.args.get(key)}


def by_person(listing: FigureList) -> bool:
    return queries.sees_others(listing.scope.actor) and any(
        item.key == "by" and item.value == "person" for item in listing.filters
    )


def span_text(scope: Scope) -> str:
    if scope.first == scope.last:
        return f"{scope.first:%Y-%m}"
    return _("%(first)s 至 %(last)s", first=f"{scope.first:%Y-%m}", last=f"{scope.last:%Y-%m}")


def key_figures(actor: Actor, scope: Scope) -> list[dict[str, str]]:
    """Return the figures on top of the overview: label, number, what it is made of, the way to its rows."""
    found: Totals = queries.totals(scope)
    number, first, last = queries.expiring(actor)
    expiring = url_for(
        "quotations.index",
        status="issued",
        valid_until_from=first.isoformat(),
        valid_until_to=last.isoformat(),
    )
    issued = lists.rows_url(scope, Kind.ISSUED)
    return [
        figure(
            _("出具报价"),
            ngettext("%(num)s 份", "%(num)s 份", found.issued),
            filters.money_text(found.issued_amount),
            issued,
        ),
        figure(
            _("成交率"),
            percent(found.win_rate),
            _("成交 %(won)s，未成交 %(lost)s", won=found.won, lost=found.lost),
            url_for("figures.win_rate", **handed_on()),
        ),
        figure(
            _("成交金额"),
            filters.money_text(found.won_amount),
            ngettext("%(num)s 份询价", "%(num)s 份询价", found.won),
            lists.rows_url(scope, Kind.RESULT, outcome=str(InquiryStatus.WON)),
        ),
        figure(
            _("平均上报用时"),
            hours(found),
            _("迟报 %(late)s / %(count)s", late=found.reported_late, count=found.reported),
            url_for("figures.reporting", **handed_on()),
        ),
        figure(
            _("技术按时答复"),
            percent(found.technical_on_time),
            _("逾期 %(late)s / %(count)s 项", late=found.technical_late, count=found.technical),
            lists.rows_url(scope, Kind.ANSWERED, outcome=str(Subject.TECHNICAL)),
        ),
        figure(
            _("采购按时答复"),
            percent(found.purchasing_on_time),
            _("逾期 %(late)s / %(count)s 项", late=found.purchasing_late, count=found.purchasing),
            lists.rows_url(scope, Kind.ANSWERED, outcome=str(Subject.PURCHASING)),
        ),
        figure(
            _("7 天内到期的报价"),
            ngettext("%(num)s 份", "%(num)s 份", number),
            _("今天起，您能看到的全部"),
            expiring,
        ),
    ]


def figure(label: str, value: str, sub: str, href: str) -> dict[str, str]:
    return {"label": label, "value": value, "sub": sub, "href": href}


def percent(value: Any) -> str:
    return "—" if value is None else f"{value}%"


def hours(found: Totals) -> str:
    mean = found.mean_report_hours
    return "—" if mean is None else filters.hours_text(mean)
