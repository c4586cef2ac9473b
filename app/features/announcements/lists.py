"""Announcements as a list, and who has confirmed one."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.core.i18n import lazy, listed
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.announcements import queries
from app.features.announcements.enums import ReceiptState
from app.features.announcements.flow import FLOW
from app.features.announcements.models import Announcement, AnnouncementReceipt
from app.features.people.audience import department_names
from app.features.people.models import Department, User

Author = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
STATE_TONES = {str(state.code): state.tone for state in FLOW.states}
RECEIPTS = {
    str(ReceiptState.UNREAD): lazy("未读"),
    str(ReceiptState.SEEN): lazy("看过，未确认"),
    str(ReceiptState.CONFIRMED): lazy("已确认"),
}
RECEIPT_TONES = {"unread": "bad", "seen": "warn", "confirmed": "ok"}
OWN = {
    "waiting": lazy("待我确认"),
    "confirmed": lazy("我已确认"),
}


def own_receipt(actor: Actor) -> Any:
    """Return the SELECT of when an actor confirmed an announcement."""
    return (
        select(AnnouncementReceipt.confirmed_at)
        .where(
            AnnouncementReceipt.announcement_id == Announcement.id, AnnouncementReceipt.user_id == actor.id
        )
        .scalar_subquery()
    )


def own_condition(actor: Actor, code: str) -> Any:
    """Return the condition that an announcement waits for an actor's confirmation, or has it."""
    own = AnnouncementReceipt.__table__.alias("own_receipt")
    confirmed = own.c.confirmed_at.is_not(None)
    waiting = and_(own.c.asked_at.is_not(None), own.c.excused_at.is_(None), own.c.confirmed_at.is_(None))
    return Announcement.id.in_(
        select(own.c.announcement_id).where(
            own.c.user_id == actor.id, confirmed if code == "confirmed" else waiting
        )
    )


class AnnouncementList(Listing):
    """The announcements a reader may see: pinned ones first, then the newest."""

    searched = (Announcement.number, Announcement.title, Announcement.text)
    default_sort = "-visible_from"
    row_id = Announcement.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        columns = (
            Column(
                "title",
                lazy("标题"),
                Announcement.title,
                "link",
                href=lambda row: url_for("announcements.show_announcement", announcement_id=row.row_id),
                text=titled,
            ),
            Column("pinned", "", Announcement.pinned, hidden=True, sortable=False),
            Column("number", lazy("编号"), Announcement.number),
            Column(
                "status",
                lazy("状态"),
                Announcement.shown_status,
                "status",
                labels=STATES,
                tones=STATE_TONES,
            ),
            Column("author", lazy("发布人"), Author.name, "person"),
            Column(
                "visible_from",
                lazy("发布时间"),
                Announcement.visible_from,
                "datetime",
                sort_by=(
                    case((and_(Announcement.pinned, Announcement.status == "published"), 1), else_=0),
                    Announcement.visible_from,
                ),
            ),
            Column("confirmed_at", lazy("我的确认"), own_receipt(actor), "datetime", sortable=False),
        )
        filters = (
            Filter(
                "status",
                lazy("状态"),
                options=list(STATES.items()),
                condition=lambda code: Announcement.shown_status == code,
            ),
            Filter(
                "mine",
                lazy("我的确认"),
                options=list(OWN.items()),
                condition=lambda code: own_condition(actor, code),
            ),
            Filter("from", lazy("发布日期"), Announcement.visible_from, kind="date_range"),
        )
        base = queries.visible_ids(actor).join(Author, Author.id == Announcement.owner_id)
        super().__init__(base, arguments, path, columns=columns, filters=filters)


def titled(row: Row[Any]) -> str:
    """Return the title of a row, marked where it is pinned."""
    return str(lazy("【置顶】%(title)s", title=row.title)) if row.pinned else str(row.title)


class ReceiptList(Listing):
    """Whom an announcement asks to confirm, or is only shown, person by person."""

    searched = (User.name, User.staff_number)
    default_sort = "state"
    row_id = User.id

    def __init__(self, row: Announcement, arguments: Mapping[str, str], path: str) -> None:
        """Open the list of one announcement."""
        receipt = AnnouncementReceipt
        state = case(
            (receipt.confirmed_at.is_not(None), literal(str(ReceiptState.CONFIRMED))),
            (receipt.seen_at.is_not(None), literal(str(ReceiptState.SEEN))),
            else_=literal(str(ReceiptState.UNREAD)),
        )
        rank = case((receipt.confirmed_at.is_not(None), 2), (receipt.seen_at.is_not(None), 1), else_=0)
        columns = (
            Column("name", lazy("姓名"), User.name, "person"),
            Column("staff_number", lazy("工号"), User.staff_number),
            Column("department", lazy("部门"), Department.name),
            Column(
                "state",
                lazy("状态"),
                state,
                "status",
                labels=RECEIPTS,
                tones=RECEIPT_TONES,
                sort_by=(rank, Department.name),
            ),
            Column("due_at", lazy("确认期限"), receipt.due_at, "datetime"),
            Column("seen_at", lazy("首次打开"), receipt.seen_at, "datetime"),
            Column("confirmed_at", lazy("确认时间"), receipt.confirmed_at, "datetime"),
        )
        departments = [
            (str(number), name)
            for number, name in sorted(department_names().items(), key=lambda item: item[1])
        ]
        filters = (
            Filter(
                "state",
                lazy("状态"),
                options=list(RECEIPTS.items()),
                condition=lambda code: state == code,
            ),
            Filter(
                "department",
                lazy("部门"),
                options=departments,
                condition=lambda code: User.department_id == int(code),
            ),
        )
        super().__init__(readers_of(row), arguments, path, columns=columns, filters=filters)


def readers_of(row: Announcement) -> Select[Any]:
    """Return the SELECT of those an announcement is for today, and of all who confirmed it."""
    receipt = AnnouncementReceipt
    people = queries.audience.people_within(queries.scope_of(row))
    return (
        select(User)
        .outerjoin(receipt, and_(receipt.user_id == User.id, queries.of_edition(row)))
        .outerjoin(Department, Department.id == User.department_id)
        .where(or_(User.id.in_(people), receipt.confirmed_at.is_not(None)))
    )


def by_department(row: Announcement) -> list[tuple[str, int, int, str]]:
    """Return for each department how many read it, how many it is for, and the names of those who have not."""
    receipt = AnnouncementReceipt
    done = receipt.confirmed_at.is_not(None) if row.must_confirm else receipt.seen_at.is_not(None)
    statement = readers_of(row).with_only_columns(
        Department.name, User.name.label("person"), func.coalesce(done, False).label("done")
    )
    grouped: dict[str, list[Any]] = {}
    for each in session.execute(statement.order_by(Department.name, User.staff_number)):
        grouped.setdefault(each.name or "—", []).append(each)
    return [
        (
            name,
            sum(bool(each.done) for each in people),
            len(people),
            listed(each.person for each in people if not each.done),
        )
        for name, people in grouped.items()
    ]
