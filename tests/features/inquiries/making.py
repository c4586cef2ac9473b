"""Inquiries for tests, made by the feature's own actions."""

from collections.abc import Set
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.permissions import SYSTEM, Role
from app.core.uow import unit_of_work
from app.features.customers.actions import CustomerValues, create_customer
from app.features.customers.models import Customer
from app.features.inquiries import actions
from app.features.inquiries.actions import LineInput, PurchasingInput
from app.features.inquiries.models import Inquiry
from app.features.people.models import Department, User
from app.features.seals.actions import add_legal_entity
from tests import factories


def customer(owner: User, name: str = "镇江宏达农机有限公司") -> Customer:
    """A customer of a salesperson."""
    with unit_of_work():
        return create_customer(
            actor=factories.actor(owner),
            values=CustomerValues(name=name, contact_name="吴采购", contact_phone="0511-88886666"),
            accept_similar=True,
        )


def lines(count: int = 3) -> list[LineInput]:
    """Lines that differ in every word."""
    return [
        LineInput(
            name=f"名称{number}号",
            model=f"MODEL-{number}",
            spec=f"规格{number}号",
            quantity=Decimal(number),
            unit="台",
            note=f"备注{number}号",
        )
        for number in range(1, count + 1)
    ]


def inquiry(owner: User, of: Customer | None = None, count: int = 3, **values: Any) -> Inquiry:
    """A draft received an hour ago, due in three days."""
    of = of or customer(owner)
    with unit_of_work():
        return actions.register(
            actor=factories.actor(owner),
            customer=session.get_one(Customer, of.id),
            **{
                "received_at": clock.now() - timedelta(hours=1),
                "deadline": clock.now() + timedelta(days=3),
                "kind": "inquiry",
                "channel": "phone",
                "summary": "客户原话",
                "lines": lines(count),
                **values,
            },
        )


def fire(document: Inquiry, step: str, person: User, **options: Any) -> Inquiry:
    """Do a step with the present version."""
    with unit_of_work():
        row = session.get_one(Inquiry, document.id)
        options.setdefault("note", "原因")
        actions.fire(row, step, actor=factories.actor(person), version=row.version, **options)
    return session.get_one(Inquiry, document.id)


def decide(
    document: Inquiry,
    person: User,
    technical: Set[int] = frozenset(),
    purchasing: Set[int] = frozenset(),
) -> Inquiry:
    """The manager takes part and puts lines, by position, to the departments."""
    ids = {line.position: line.id for line in session.get_one(Inquiry, document.id).lines}
    data = {
        "technical": {ids[position] for position in technical},
        "purchasing": {ids[position] for position in purchasing},
        "answers_due_at": clock.now() + timedelta(days=1),
        "questions": {ids[position]: f"问题{position}号" for position in technical | purchasing},
    }
    return fire(document, "decide", person, data=data)


def price(**values: Any) -> PurchasingInput:
    """A purchasing answer."""
    today = clock.today()
    return PurchasingInput(
        **{
            "kind": "bought_part",
            "source": "常州液压件厂",
            "price": Decimal("5320.0000"),
            "price_unit": "吨",
            "tax_rate": Decimal(13),
            "quoted_on": today,
            "valid_until": today + timedelta(days=15),
            "lead_time_days": 20,
            **values,
        }
    )


class Staff:
    """Everybody the life of an inquiry needs."""

    def __init__(self) -> None:
        self.sales = factories.department("销售部")
        self.other = factories.department("国际部")
        self.owner = self._person("孙晓", Role.SALESPERSON, self.sales)
        self.colleague = self._person("钱进", Role.SALESPERSON, self.sales)
        self.manager = self._person("马经理", Role.MANAGER, self.sales)
        self.stranger_manager = self._person("国际经理", Role.MANAGER, self.other)
        self.leader = self._person("刘总", Role.LEADER)
        self.technician = self._person("李工", Role.TECHNICAL)
        self.buyer = self._person("赵敏", Role.PURCHASING)
        self.administrator = self._person("安管理", Role.ADMINISTRATOR)
        self.back_office = self._person("孙内勤", Role.BACK_OFFICE, self.sales)
        self.outsider = factories.user(name="外人")
        with unit_of_work():
            # What starting a quotation asks for.
            add_legal_entity(
                actor=SYSTEM,
                name="江苏润禾机械配件有限公司",
                short_name="润禾",
                credit_code="91320500MA1DEMX00D",
            )

    def _person(self, name: str, role: Role, department: Department | None = None) -> User:
        return factories.user(name=name, roles=[role], department=department)

    def everybody(self) -> dict[str, User]:
        """The people by their part."""
        return {key: value for key, value in vars(self).items() if isinstance(value, User)}


def bring_to(staff: Staff, status: str) -> Inquiry:
    """An inquiry of the owner in the given state, brought there by its steps."""
    document = inquiry(staff.owner)
    if status == "draft":
        return document
    document = fire(document, "report", staff.owner)
    if status == "reported":
        return document
    if status == "declined":
        return fire(document, "decline", staff.manager, data={"decline_reason": "scope"})
    document = decide(document, staff.manager)
    if status == "preparing":
        return document
    if status == "withdrawn":
        return fire(document, "withdraw", staff.manager)
    if status == "cancelled":
        return fire(document, "cancel", staff.owner)
    document = fire(document, "start_quoting", staff.owner)
    if status == "quoting":
        return document
    issue_offer(document)
    document = fire(document, "submit", staff.owner, data={"delivered_how": "当面"})
    if status == "submitted":
        return document
    if status == "won":
        return fire(document, "win", staff.manager)
    document = fire(
        document,
        "claim_loss",
        staff.owner,
        data={"loss_cause": "price", "lost_reason": "价格高", "competitor": "某厂"},
    )
    if status == "loss_claimed":
        return document
    assert status == "lost"
    return fire(document, "confirm_loss", staff.manager)


def issue_offer(document: Inquiry) -> None:
    """Let the inquiry know of a sealed offer, as issuing a quotation does."""
    with unit_of_work():
        actions.note_offer_issued(session.get_one(Inquiry, document.id), "BJ-2026-0001")


def miss_deadline(document: Inquiry, **values: Any) -> Inquiry:
    """Make it a tender whose deadline passed an hour ago and whose bids are opened tomorrow."""
    usual = {
        "kind": "tender",
        "deadline": clock.now() - timedelta(hours=1),
        "opening_at": clock.now() + timedelta(days=1),
    }
    with unit_of_work():
        row = session.get_one(Inquiry, document.id)
        for name, value in {**usual, **values}.items():
            setattr(row, name, value)
    return row
