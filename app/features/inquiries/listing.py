"""The list of inquiries. Who was asked about single lines finds them by their head only, never by the request."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, case, literal, select

from app.core import clock
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import PAGE_SIZES, Column, Filter, Listing
from app.core.permissions import Actor, can, departments_of, directory
from app.features.customers.models import Customer
from app.features.inquiries.enums import KIND_LABELS, InquiryPerm, InquiryStatus
from app.features.inquiries.flow import FLOW
from app.features.inquiries.models import Inquiry
from app.features.inquiries.page import OPEN, address
from app.features.inquiries.queries import visible_condition, whole_condition
from app.features.people.models import User
from app.web import filters

STATUS_LABELS = {str(state.code): state.label for state in FLOW.states}
STATUS_TONES = {str(state.code): state.tone for state in FLOW.states}


def number_text(row: Row[Any]) -> str:
    """Return the number, or that there is none yet."""
    return row.number or _("未编号")


def deadline_text(row: Row[Any]) -> str:
    """Return the deadline as people say it while the inquiry is open, else its date."""
    return filters.due_text(row.deadline) if row.status in OPEN else filters.date_text(row.deadline)


def deadline_tone(row: Row[Any]) -> str:
    """Return the tone of an open inquiry whose deadline has passed."""
    return "bad" if row.status in OPEN and row.deadline < clock.now() else ""


COLUMNS = (
    Column("number", lazy("编号"), Inquiry.number, kind="link", text=number_text,
           href=lambda row: address(row.row_id)),
    Column("customer", lazy("客户"), Customer.name),
    Column("kind", lazy("类别"), Inquiry.kind, labels={str(code): label for code, label in KIND_LABELS.items()}),
    Column("status", lazy("状态"), Inquiry.status, kind="status", labels=STATUS_LABELS, tones=STATUS_TONES),
    Column("owner", lazy("负责人"), User.name, kind="person"),
    Column("received_at", lazy("收到时间"), Inquiry.received_at, kind="datetime"),
    Column("deadline", lazy("答复期限"), Inquiry.deadline, kind="datetime", text=deadline_text, tone=deadline_tone),
    Column("created_at", lazy("登记时间"), Inquiry.created_at, kind="datetime", hidden=True),
)  # fmt: skip


def hours_text(row: Row[Any]) -> str:
    """Return how long reporting took; exports keep the number of hours."""
    return "" if row.report_latency_hours is None else filters.hours_text(row.report_latency_hours)


LATE = Column(
    "report_latency_hours", lazy("上报用时（工作小时）"), Inquiry.report_latency_hours, kind="number",
    tone=lambda row: "bad" if row.reported_late else "", sortable=False, shown_by=hours_text,
)  # fmt: skip
REPORTED_LATE = Column("reported_late", lazy("迟报"), Inquiry.reported_late, hidden=True)


class InquiryList(Listing):
    """The inquiries an actor may see, the last registered first."""

    rows_keep = True
    columns = COLUMNS
    default_sort = "-created_at"
    row_id = Inquiry.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list as this reader sees it; how long reporting took is for those who sell."""
        sells = can(actor, InquiryPerm.REGISTER) or can(actor, InquiryPerm.VIEW_ALL)
        self.searched = searched_by(actor)
        base = (
            select(Inquiry.id)
            .join(Customer, Customer.id == Inquiry.customer_id)
            .join(User, User.id == Inquiry.owner_id)
            .where(visible_condition(actor))
        )
        columns = (*COLUMNS, LATE, REPORTED_LATE) if sells else COLUMNS
        super().__init__(base, arguments, path, columns=columns, filters=filters_for(actor))


def searched_by(actor: Actor) -> Sequence[Any]:
    """Return what ``q`` looks through: the request's words only where the actor sees the whole inquiry."""
    head = [Inquiry.number, Customer.name, Customer.short_name]
    request = [Inquiry.project, Inquiry.summary, Inquiry.contact_name]
    if departments_of(actor, InquiryPerm.VIEW_ALL) is None:
        return head + request
    return head + [case((whole_condition(actor), column), else_=literal("")) for column in request]


def filters_for(actor: Actor) -> Sequence[Filter]:
    """Return the filters; that of the owner for those who see colleagues' inquiries."""
    found = [
        Filter(
            "status",
            lazy("状态"),
            options=(("open", lazy("办理中")), ("closed", lazy("已结束")), *STATUS_LABELS.items()),
            condition=has_status,
        ),
        Filter(
            "kind", lazy("类别"), Inquiry.kind, options=tuple((str(k), v) for k, v in KIND_LABELS.items())
        ),
        Filter("customer", lazy("客户"), Customer.name, kind="text"),
        Filter("received_at", lazy("收到时间"), Inquiry.received_at, kind="date_range"),
    ]
    if can(actor, InquiryPerm.VIEW_ALL):
        sellers = directory().holders(str(InquiryPerm.REGISTER), None)
        people = tuple((str(person.id), person.name) for person in sellers)
        found.insert(1, Filter("owner", lazy("负责人"), Inquiry.owner_id, kind="person", options=people))
    return found


def has_status(value: str) -> Any:
    """Return the condition of a status, or of still being worked on, or of being over."""
    running = [*OPEN, InquiryStatus.SUBMITTED, InquiryStatus.LOSS_CLAIMED]
    if value == "open":
        return Inquiry.status.in_(running)
    return Inquiry.status.not_in(running) if value == "closed" else Inquiry.status == value


class HandOverList(Listing):
    """Inquiries to choose among for a hand-over; rows carry the version they are chosen in."""

    row_id = Inquiry.id
    default_sort = "deadline"
    default_page_size = PAGE_SIZES[-1]
    columns = (
        *(
            column
            for column in COLUMNS
            if column.key in ("number", "customer", "status", "deadline", "owner")
        ),
        Column("version", "", Inquiry.version, hidden=True, sortable=False),
        Column("ticked_as", "", Customer.name, hidden=True, sortable=False),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list of those an actor may hand over: of others in their departments, of former owners too."""
        self.searched = searched_by(actor)
        departments = departments_of(actor, InquiryPerm.HAND_OVER)
        base = (
            select(Inquiry.id)
            .join(Customer, Customer.id == Inquiry.customer_id)
            .join(User, User.id == Inquiry.owner_id)
            .where(visible_condition(actor), Inquiry.owner_id != actor.id)
        )
        if departments is not None:
            base = base.where(Inquiry.department_id.in_(sorted(departments)))
        others = (item for item in filters_for(actor) if item.key != "owner")
        super().__init__(base, arguments, path, filters=(owners_filter(), *others))


def owners_filter() -> Filter:
    """Return the filter of who owns inquiries, those who left among them."""
    owning = select(Inquiry.owner_id).distinct()
    people = session.execute(select(User.id, User.name).where(User.id.in_(owning)).order_by(User.name))
    options = tuple((str(row.id), row.name) for row in people)
    return Filter("owner", lazy("负责人"), Inquiry.owner_id, kind="person", options=options)
