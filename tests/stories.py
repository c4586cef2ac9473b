"""The department's chain for tests: an inquiry brought as far as a test needs it, by actions and steps alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.permissions import Actor, Role
from app.core.uow import unit_of_work
from app.features.customers import actions as customer_actions
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries.models import Inquiry
from app.features.people.models import Department, User
from app.features.quotations import actions, issuing
from app.features.quotations.models import QuotationRevision
from app.features.quotations.queries import of_inquiry
from app.features.seals import actions as seal_actions
from app.features.seals import keys
from app.features.seals.models import LegalEntity, Seal
from tests import factories


@dataclass
class Cast:
    """The people of the chain, in one sales department."""

    department: Department
    salesperson: User
    colleague: User
    manager: User
    leader: User
    technician: User
    buyer: User
    back_office: User
    keeper: User
    administrator: User
    outsider: User

    def actor(self, name: str) -> Actor:
        """Return one of them as an actor, with the grants of today."""
        return factories.actor(session.get_one(User, self.ids[name]))

    @property
    def ids(self) -> dict[str, int]:
        """The ids by name."""
        return {name: value.id for name, value in vars(self).items() if isinstance(value, User)}


ROLES: Mapping[str, tuple[str, tuple[Role, ...]]] = {
    "salesperson": ("孙晓", (Role.SALESPERSON,)),
    "colleague": ("陈同", (Role.SALESPERSON,)),
    "manager": ("马经理", (Role.MANAGER,)),
    "leader": ("刘总", (Role.LEADER,)),
    "technician": ("李工", (Role.TECHNICAL,)),
    "buyer": ("赵采购", (Role.PURCHASING,)),
    "back_office": ("孙内勤", (Role.BACK_OFFICE,)),
    "keeper": ("钱保管", (Role.SEAL_KEEPER,)),
    "administrator": ("管理员", (Role.ADMINISTRATOR,)),
    "outsider": ("外人", ()),
}


def cast() -> Cast:
    """Return the people, each with their role over the whole company or the sales department."""
    department = factories.department(name="销售部")
    wide = {"leader", "technician", "buyer", "administrator", "keeper", "outsider"}
    people = {
        name: factories.user(
            name=shown, staff_number=name, department=None if name in wide else department, roles=roles
        )
        for name, (shown, roles) in ROLES.items()
    }
    return Cast(department=department, **people)


def valid_credit_code(body: str = "91320000MA1XBTTT1") -> str:
    """Return a credit code with its check character (GB 32100-2015)."""
    alphabet = seal_actions.CREDIT_ALPHABET
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + alphabet[-total % 31]


def company() -> LegalEntity:
    """Return a legal entity, the settings of an installation made with it."""
    with unit_of_work():
        entity = LegalEntity(
            name="江苏测试液压有限公司",
            short_name="测试液压",
            credit_code=valid_credit_code(),
            address="江苏省镇江市丹徒区测试路 1 号",
            phone="0511-0000-0000",
            bank="测试银行镇江支行",
            bank_account="1000 2000 3000",
        )
        session.add(entity)
        settings.put("quotations.effect", "negotiation")
        session.flush()
    return entity


def signing_keys(company_name: str) -> None:
    """Make the signing key as of the beginning of 2026, whatever the time of the test that needs it first.

    The key outlives the test, and other programs judge its certificate by the time of the machine.
    """
    token = clock._clock.set(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    try:
        keys.create(company_name)
    finally:
        clock._clock.reset(token)


def seal(entity: LegalEntity, keeper: User, leader: User) -> Seal:
    """Return a drawn quotation seal that the leader authorised, with the signing key made."""
    signing_keys(entity.name)
    with unit_of_work():
        row = Seal(
            legal_entity_id=entity.id,
            kind="quotation",
            form="drawn",
            purpose="报价专用章",
            filed_number="3211000000001",
            keeper_id=keeper.id,
            printing_authorised_by_id=leader.id,
            printing_authorised_at=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def customer(people: Cast, name: str = "宁夏沃野农机有限公司") -> Customer:
    """Return a customer of the salesperson."""
    with unit_of_work():
        return customer_actions.create_customer(
            actor=people.actor("salesperson"),
            values=customer_actions.CustomerValues(
                name=name,
                short_name=name[:4],
                kind="dealer",
                address="宁夏银川市测试街 2 号",
                contact_name="王采购",
                contact_phone="139-0000-0001",
            ),
            accept_similar=True,
        )


def line(name: str, quantity: str = "10", **values: Any) -> inquiry_actions.LineInput:
    """Return a typed line of an inquiry."""
    return inquiry_actions.LineInput(
        name=name, quantity=Decimal(quantity), unit=values.pop("unit", "台"), **values
    )


def inquiry(people: Cast, buyer_company: Customer, lines: int = 3) -> Inquiry:
    """Return a registered inquiry of the salesperson with some lines."""
    with unit_of_work():
        return inquiry_actions.register(
            actor=people.actor("salesperson"),
            customer=session.get_one(Customer, buyer_company.id),
            received_at=clock.now() - timedelta(hours=1),
            deadline=clock.now() + timedelta(days=3),
            kind="inquiry",
            channel="phone",
            summary="液压件询价",
            lines=[line(f"液压件{number}", model=f"HY-{number:03d}") for number in range(1, lines + 1)],
        )


def report(people: Cast, row: Inquiry) -> Inquiry:
    """Report it to the manager."""
    with unit_of_work():
        inquiry_actions.fire(row, "report", actor=people.actor("salesperson"), version=None)
    return row


def decide(people: Cast, row: Inquiry, technical: int = 1, purchasing: int = 1) -> Inquiry:
    """Let the manager take part and put the first lines to the departments."""
    with unit_of_work():
        ids = [item.id for item in row.lines]
        data = {
            "technical": ids[:technical],
            "purchasing": ids[:purchasing],
            "answers_due_at": clock.now() + timedelta(days=1),
        }
        inquiry_actions.fire(row, "decide", actor=people.actor("manager"), version=None, data=data)
    return row


def purchasing_input(**values: Any) -> inquiry_actions.PurchasingInput:
    """Return a typed purchasing answer."""
    today = clock.today()
    usual: dict[str, Any] = {
        "kind": "bought_part",
        "source": "测试供应商",
        "price": Decimal("380.5"),
        "price_unit": "台",
        "tax_rate": Decimal(13),
        "quoted_on": today,
        "valid_until": today + timedelta(days=60),
        "lead_time_days": 12,
    }
    return inquiry_actions.PurchasingInput(**{**usual, **values})


def answer(people: Cast, row: Inquiry, **values: Any) -> Inquiry:
    """Let the departments answer every line put to them."""
    with unit_of_work():
        for item in row.lines:
            if item.ask_technical:
                inquiry_actions.answer_technical(
                    row,
                    item.id,
                    actor=people.actor("technician"),
                    model=f"{item.model}-T",
                    parameters="16 MPa",
                )
            if item.ask_purchasing:
                inquiry_actions.answer_purchasing(
                    row, item.id, actor=people.actor("buyer"), answer=purchasing_input(**values)
                )
    return row


def draft(people: Cast, row: Inquiry) -> QuotationRevision:
    """Start the quotation: the draft is made with the step."""
    with unit_of_work():
        inquiry_actions.fire(row, "start_quoting", actor=people.actor("salesperson"), version=None)
    return of_inquiry(row.id, people.actor("salesperson"))[0]


def head(revision: QuotationRevision, **values: Any) -> dict[str, Any]:
    """Return the head as typed, with some of it changed."""
    return {**{name: getattr(revision, name) for name in actions.HEAD_FIELDS}, **values}


def typed(revision: QuotationRevision, **values: Any) -> list[actions.LineInput]:
    """Return the lines as typed, with some of each changed."""
    return [
        actions.LineInput(**{**{name: getattr(item, name) for name in actions.LINE_FIELDS}, **values})
        for item in revision.lines
    ]


def fill(
    people: Cast, revision: QuotationRevision, price: str = "465.50", **values: Any
) -> QuotationRevision:
    """Price every line and complete the head."""
    with unit_of_work():
        lines = typed(revision, unit_price=Decimal(price), tax_rate=Decimal(13), lead_time_days=15, unit="台")
        usual = {"delivery_place": "需方仓库", "valid_until": clock.today() + timedelta(days=30)}
        actions.edit(
            revision,
            actor=people.actor("salesperson"),
            version=revision.version,
            head=head(revision, **{**usual, **values}),
            lines=lines,
        )
    return revision


def step(people: Cast, revision: QuotationRevision, name: str, who: str, **values: Any) -> QuotationRevision:
    """Do a step of the quotation as one of the people."""
    with unit_of_work():
        actions.fire(revision, name, actor=people.actor(who), version=None, **values)
    return revision


def approve(people: Cast, revision: QuotationRevision) -> QuotationRevision:
    """Let the manager approve what was submitted."""
    data = {"content_hash": revision.submitted_hash, "warnings_ticked": True}
    return step(people, revision, "approve", "manager", data=data)


def issue(
    people: Cast, revision: QuotationRevision, used: Seal, copies: int = 2, form: str = "electronic"
) -> QuotationRevision:
    """Let the keeper issue the official file."""
    actor = people.actor("keeper")
    prepared = issuing.prepare(revision, actor=actor, seal=used, copies=copies, form=form)
    with unit_of_work():
        actions.fire(revision, "issue", actor=actor, version=None, data={"prepared": prepared})
    return revision


@dataclass
class Desk:
    """All that a quotation needs: people, company, seal, customer."""

    people: Cast
    entity: LegalEntity
    seal: Seal
    customer: Customer

    def quotation(self, state: str = "draft", lines: int = 3, **values: Any) -> QuotationRevision:
        """Return a quotation brought to a state on the main road."""
        people = self.people
        row = answer(people, decide(people, report(people, inquiry(people, self.customer, lines))))
        revision = fill(people, draft(people, row), **values)
        if state == "draft":
            return revision
        step(people, revision, "submit", "salesperson")
        if state == "review":
            return revision
        approve(people, revision)
        if state in ("approved", "leader_review"):
            return revision
        return issue(people, revision, self.seal)


def desk() -> Desk:
    """Return a desk ready to quote."""
    people = cast()
    entity = company()
    return Desk(people, entity, seal(entity, people.keeper, people.leader), customer(people))


def valid_until(days: int) -> date:
    """Return the date so many days from today."""
    return clock.today() + timedelta(days=days)
