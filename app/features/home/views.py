"""The workbench and what belongs to nobody else: 待办, reminders, notices, search, the sheet of the day."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for

from app.core import backup, clock, configuration, documents, modules, notices, search, search_tokens, tasks
from app.core.errors import Conflict, NotVisible
from app.core.i18n import current_locale, lazy, lazy_in_context, listed
from app.core.i18n import gettext as _
from app.core.permissions import Actor, Role, can, directory
from app.core.uow import unit_of_work
from app.features.announcements.page import headlines
from app.features.bookings.enums import BookingPerm
from app.features.customers.enums import CustomerPerm
from app.features.daily_questions.presentation import card as question_card
from app.features.daily_questions.queries import of_today as question_of_today
from app.features.home import actions, greeting, lists, queries
from app.features.inquiries.enums import InquiryPerm
from app.features.products.enums import ProductPerm
from app.features.profiles.workbench import coming as coming_celebrations
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.follow_up import counts as offers_due
from app.features.seals.enums import SealPerm
from app.features.supervision.worst import worst_clauses
from app.web import filters, fragments
from app.web import lists as list_pages
from app.web.guard import current_actor, signed_in

blueprint = Blueprint("home", __name__)

SHOWN_TASKS = 8
SHOWN_DOCUMENTS = 6
SHOWN_ACTIONS = 4
SHEET_TASKS = 30
HITS = 5
HITS_OF_ONE_KIND = 50

# The large actions in their order: endpoint, label, icon, who may, the module it belongs to.
ACTIONS = (
    ("inquiries.quick_report", lazy("快报"), "phone", InquiryPerm.REGISTER, "quotations"),
    ("quotations.fast_track", lazy("快速报价"), "send", QuotationPerm.PREPARE, "fast_track"),
    (
        "quotations.index",
        lazy_in_context("list", "报价"),
        "file-invoice",
        QuotationPerm.PREPARE,
        "quotations",
    ),
    ("bookings.new", lazy("约车"), "car", BookingPerm.REQUEST, "bookings"),
    ("customers.new", lazy("新建客户"), "user-plus", CustomerPerm.CREATE, None),
    ("seals.index", lazy("印章"), "rubber-stamp", SealPerm.USE, "quotations"),
    (
        "quotations.index",
        lazy_in_context("list", "报价"),
        "file-invoice",
        QuotationPerm.VIEW_ALL,
        "quotations",
    ),
    ("customers.index", lazy_in_context("list", "客户"), "building", CustomerPerm.VIEW, None),
    ("products.index", lazy_in_context("list", "产品"), "package", ProductPerm.VIEW, None),
    (
        "inquiries.index",
        lazy_in_context("list", "询价"),
        "message",
        InquiryPerm.ANSWER_TECHNICAL,
        "quotations",
    ),
    (
        "inquiries.index",
        lazy_in_context("list", "询价"),
        "message",
        InquiryPerm.ANSWER_PURCHASING,
        "quotations",
    ),
    ("admin.settings_page", lazy("系统设置"), "settings", None, None),
)


@blueprint.get("/")
@signed_in
def index() -> Response:
    actor, now = current_actor(), clock.now()
    open_tasks = queries.open_tasks(actor, SHOWN_TASKS + 1)
    silent, expiring = offers_due(actor) if sees_offers(actor) else (0, 0)
    return fragments.page(
        "home/index.html",
        keep=True,
        heading=greeting.greeting(actor, now),
        facts=[
            filters.weekday_text(clock.today()),
            *greeting.day_facts(now),
        ],
        tiles=large_actions(actor),
        tasks=open_tasks[:SHOWN_TASKS],
        more_tasks=len(open_tasks) > SHOWN_TASKS,
        recent=documents.recent_of(actor, SHOWN_DOCUMENTS),
        silent=silent,
        expiring=expiring,
        worst=worst_clauses(actor),
        headlines=headlines(actor),
        daily=question_card(question_of_today(actor)),
        coming=coming_celebrations(actor),
        no_backup=is_administrator(actor) and backup.is_overdue(),
    )


def large_actions(actor: Actor) -> list[dict[str, str]]:
    """Return the four things this person most likely came for, of those that are there."""
    key = ("large_actions", actor, current_locale(), request.script_root)
    return configuration.kept(key, partial(_chosen_actions, actor))


def _chosen_actions(actor: Actor) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for endpoint, label, icon, permission, module in ACTIONS:
        known = endpoint not in found and (module is None or modules.is_on(module))
        allowed = is_administrator(actor) if permission is None else can(actor, permission)
        if known and allowed and len(found) < SHOWN_ACTIONS:
            found[endpoint] = {"label": str(label), "href": url_for(endpoint), "icon": icon}
    return list(found.values())


def sees_offers(actor: Actor) -> bool:
    known = can(actor, QuotationPerm.PREPARE) or can(actor, QuotationPerm.VIEW_ALL)
    return known and modules.is_on("quotations")


def is_administrator(actor: Actor) -> bool:
    return any(grant.role == Role.ADMINISTRATOR for grant in actor.grants)


@blueprint.get("/shortcuts")
@signed_in
def shortcuts() -> Response:
    return fragments.page("home/shortcuts.html", heading=_("键盘快捷键"))


@blueprint.get("/tasks", endpoint="tasks")
@signed_in
def tasks_page() -> Response:
    return list_pages.show_list(
        lists.task_list(current_actor(), request.args, request.path),
        _("待办"),
        empty_text=_("没有要办的事"),
        empty_hint=_("有单据等您办理时会出现在这里"),
    )


@blueprint.post("/tasks/<int:task_id>/remind")
@signed_in
def remind_of_task(task_id: int) -> Response:
    key = queries.task_document(task_id)
    if key is None:
        raise NotVisible
    return remind(*key)


@blueprint.get("/remind/<doc_type>/<int:doc_id>")
@signed_in
def reminder(doc_type: str, doc_id: int) -> Response:
    return show_reminder(visible_document(doc_type, doc_id))


@blueprint.post("/remind/<doc_type>/<int:doc_id>")
@signed_in
def remind(doc_type: str, doc_id: int) -> Response:
    link = visible_document(doc_type, doc_id)
    try:
        with unit_of_work():
            count = actions.remind(doc_type, doc_id, actor=current_actor())
    except Conflict as problem:
        if fragments.wants_fragment():
            return fragments.toast_refusal(problem)
        return show_reminder(link, refusal=problem.sentence(), status=problem.status)
    flash(_("已提醒 %(count)s 人", count=count), "ok")
    return fragments.go(url_for("home.reminder", doc_type=doc_type, doc_id=doc_id))


def visible_document(doc_type: str, doc_id: int) -> documents.DocumentLink:
    """Return a document the actor may see, with its title; raises NotVisible."""
    key = (doc_type, doc_id)
    if not documents.is_visible(current_actor(), doc_type, doc_id):
        raise NotVisible
    return documents.links([key])[key]


def show_reminder(link: documents.DocumentLink, refusal: str = "", status: int = 200) -> Response:
    waiting = tasks.open_tasks(link.doc_type, link.doc_id)
    people = directory().people(actions.people_waited_for(waiting))
    return fragments.page(
        "home/remind.html",
        status=status,
        heading=_("催办"),
        link=link,
        refusal=refusal,
        waiting=[tasks.kind_label(task.kind) for task in waiting],
        names=listed(person.name for person in people.values()),
        text=reminder_text(link),
        trail=[(link.title, link.url)],
    )


def reminder_text(link: documents.DocumentLink) -> str:
    """Return two lines to paste into WeChat: number and state, and the link; no price and no customer."""
    key = (link.doc_type, link.doc_id)
    state = documents.states([key]).get(key)
    number = state.number if state else ""
    said = _(
        "请办理：%(label)s %(number)s（%(state)s）",
        label=link.label,
        number=number,
        state=state.label if state else "—",
    )
    return f"{' '.join(said.split())}\n{request.host_url.rstrip('/')}{link.url}"


def reminder_panel(doc_type: str, doc_id: int, actor: Actor) -> dict[str, Any] | None:
    """Return what the reminder beside the buttons of a document needs, None where the actor can do it himself."""
    waiting = tasks.open_tasks(doc_type, doc_id)
    if all(actor.id in tasks.people_for(task) for task in waiting):
        return None
    return {"remind_url": url_for("home.reminder", doc_type=doc_type, doc_id=doc_id)}


@blueprint.get("/notices", endpoint="notices")
@signed_in
def notices_page() -> Response:
    actor = current_actor()
    return list_pages.show_list(
        lists.notice_list(actor, request.args, request.path),
        _("通知"),
        template="home/notices.html",
        unread=notices.unread_count(actor.id) if actor.id is not None else 0,
        document_text=lists.document_text,
        notice_text=lists.notice_text,
        empty_text=_("还没有通知"),
    )


@blueprint.get("/notices/count")
@signed_in
def notices_count() -> Response:
    actor = current_actor()
    unread = notices.unread_count(actor.id) if actor.id is not None else 0
    if request.args.get("shown") == str(unread):
        return fragments.reply_nothing()
    return fragments.mark_unstored(Response(render_template("_ui/bell.html", unread=unread)))


@blueprint.post("/notices/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Response:
    actor = current_actor()
    key = queries.notice_document(actor, notice_id)
    if key is None or actor.id is None:
        raise NotVisible
    with unit_of_work():
        notices.mark_read(actor.id, notice_id)
    return fragments.go(queries.place_to_act(actor, *key) or url_for("home.notices"))


@blueprint.post("/notices/read")
@signed_in
def read_notices() -> Response:
    actor = current_actor()
    if actor.id is not None:
        with unit_of_work():
            notices.mark_read(actor.id)
    flash(_("已全部标为已读"), "ok")
    return fragments.go(url_for("home.notices"))


@blueprint.get("/search", endpoint="search")
@signed_in
def search_page() -> Response:
    query = " ".join(request.args.get("q", "")[:100].split())
    kinds = {source.doc_type: source for source in search.sources()}
    only = request.args.get("kind") if request.args.get("kind") in kinds else None
    newest_first = request.args.get("order") == "newest"
    past = request.args.get("past") == "1"
    groups = search.find(
        current_actor(),
        query,
        HITS_OF_ONE_KIND if only else HITS,
        only,
        newest_first=newest_first,
        past=past,
    )
    return fragments.page(
        "home/search.html",
        fragment="results",
        heading=_("搜索"),
        query=query,
        groups=groups,
        only=only,
        newest_first=newest_first,
        past=past,
        has_past=any(kind.past is not None for kind in kinds.values()),
        asked=bool(search_tokens.asked_runs(query)),
        states=documents.states((hit.doc_type, hit.doc_id) for group in groups for hit in group.hits),
    )


@blueprint.get("/today")
@signed_in
def today() -> Response:
    actor = current_actor()
    day = clock.today()
    offers = sees_offers(actor)
    return fragments.page(
        "home/today.html",
        heading=_("今日一页"),
        facts=[(_("姓名"), actor.name), (_("日期"), f"{day.isoformat()} {filters.weekday(day)}")],
        tasks=queries.open_tasks(actor, SHEET_TASKS),
        expiring=queries.expiring_offers(actor) if offers else [],
        follow_up=queries.offers_to_follow_up(actor) if offers else [],
        recent=documents.recent_of(actor, SHOWN_DOCUMENTS),
        coming=coming_celebrations(actor),
        back_url=url_for("home.index"),
        printed_by=actor.name,
        printed_at=clock.now(),
    )
