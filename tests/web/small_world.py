"""A small company whose data hold not one Chinese character: what is Chinese on an English page is a fault.

Everything is made by actions and steps; only the companies' own texts for Chinese paper are set to Latin ones.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core import clock, imports, settings
from app.core.db import session
from app.core.files import check_upload
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets import imports as item_imports
from app.features.customers import actions as customer_actions
from app.features.customers import imports as customer_imports
from app.features.customers.models import Customer
from app.features.exams import imports as question_imports
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries import tender
from app.features.inquiries.models import Inquiry
from app.features.people import actions as people_actions
from app.features.people.models import Department, User
from app.features.products import actions as product_actions
from app.features.products import imports as product_imports
from app.features.quotations import actions
from app.features.quotations.fast_track.actions import Typed, TypedLine, propose
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.terms import actions as terms
from app.features.seals import actions as seal_actions
from app.features.seals.enums import SealForm, SealKind
from app.features.seals.models import LegalEntity
from app.features.seals.queries import wet_seals as wet_seals_in_use
from app.features.seals.request_actions import UseValues, request_use
from app.features.seals.request_actions import fire as fire_request
from tests import bids, factories, stories
from tests.imports import act, upload
from tests.saved_tables import SavedTables
from tests.stories import Desk
from tests.web import (
    small_cars,
    small_cases,
    small_directory,
    small_drills,
    small_exams,
    small_meetings,
    small_profiles,
    small_proposals,
    small_rules,
    small_suggestions,
    small_things,
    small_training,
    small_upkeep,
)

LETTER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
# Staff numbers as in the demo, the roles of domain.md, and somebody who holds none.
PEOPLE: tuple[tuple[str, str, tuple[Role, ...], bool], ...] = (
    ("admin", "Gao Xiang", (Role.ADMINISTRATOR,), False),
    ("l1", "Liu Zhenhua", (Role.LEADER,), False),
    ("m1", "Wang Jianguo", (Role.MANAGER,), True),
    ("s1", "Sun Xiao", (Role.SALESPERSON,), True),
    ("s2", "Chen Tong", (Role.SALESPERSON, Role.DRIVER), True),
    ("t1", "Li Gong", (Role.TECHNICAL,), False),
    ("p1", "Zhao Min", (Role.PURCHASING,), False),
    ("c1", "Sun Nei", (Role.BACK_OFFICE,), True),
    ("k1", "Qian Hui", (Role.SEAL_KEEPER,), False),
    ("w1", "Ma Guoqiang", (Role.WAREHOUSE,), False),
    ("f1", "Feng Li", (Role.FINANCE, Role.SEAL_AUDITOR), False),
    ("v1", "Xu Feng", (Role.DISPATCHER,), False),
    ("a1", "He Jing", (Role.ASSET_KEEPER,), True),
    ("h1", "Han Mei", (Role.PEOPLE, Role.SEAL_MANAGER), False),
    ("x1", "Wai Ren", (), False),
)
PAPER_TEXTS = {
    "company.name": "Test Hydraulics Ltd",
    "company.short_name": "Test Hydraulics",
    "quotations.default_delivery_start": "from the contract",
    "quotations.default_packing": "crates",
    "quotations.default_acceptance": "on arrival",
    "quotations.default_warranty": "12 months",
    "verification.telephone": "0511-0000-0000",
    "inquiries.tender_checklist": "Bid bond *\nAuthorisation\nSealing",
}


class KeptWorld:
    """A company as it stands when this is made, brought back for each test of a file: it is dear to make."""

    def __init__(self, made: "World", folder: Path) -> None:
        self.numbers = {number: person.id for number, person in made.accounts.items()}
        self.saved = SavedTables(folder / "saved.sqlite3")

    def accounts(self) -> dict[str, User]:
        """Bring everything back and return the people by staff number."""
        self.saved.restore()
        return {number: session.get_one(User, found) for number, found in self.numbers.items()}


@dataclass
class World:
    """The company: accounts by staff number, and the desk at which its quotations are made."""

    accounts: dict[str, User]
    desk: Desk


def people() -> dict[str, User]:
    department = factories.department(name="Sales")
    factories.department(name="Team One", parent=department)
    found = {}
    for number, name, roles, inside in PEOPLE:
        found[number] = factories.user(
            name=name,
            staff_number=number,
            department=department if inside else None,
            roles=roles,
            locale="en",
            position="Staff",
        )
    return found


def company() -> LegalEntity:
    with unit_of_work():
        entity = LegalEntity(
            name="Test Hydraulics Ltd",
            short_name="Test Hydraulics",
            credit_code=stories.valid_credit_code(),
            address="1 Test Road",
            phone="0511-0000-0000",
            bank="Test Bank",
            bank_account="1000 2000 3000",
        )
        session.add(entity)
        settings.put("quotations.effect", "negotiation")
        settings.put("modules.switches", {"seal_take_out": True, "tender_checklist": True})
        for key, value in PAPER_TEXTS.items():
            settings.put(key, value)
        session.flush()
    return entity


def cast(accounts: dict[str, User]) -> stories.Cast:
    department = session.get_one(Department, accounts["s1"].department_id)
    parts = {
        "salesperson": "s1",
        "colleague": "s2",
        "manager": "m1",
        "leader": "l1",
        "technician": "t1",
        "buyer": "p1",
        "back_office": "c1",
        "keeper": "k1",
        "administrator": "admin",
        "outsider": "x1",
    }
    return stories.Cast(department=department, **{part: accounts[number] for part, number in parts.items()})


def customer(who: stories.Cast, name: str) -> Customer:
    with unit_of_work():
        return customer_actions.create_customer(
            actor=who.actor("salesperson"),
            values=customer_actions.CustomerValues(
                name=name, short_name=name[:4], kind="dealer", address="2 Test Street", contact_name="Mr Wu"
            ),
            accept_similar=True,
        )


def products(who: stories.Cast) -> None:
    with unit_of_work():
        for number in range(3):
            product_actions.create_product(
                actor=who.actor("back_office"),
                values=product_actions.ProductValues(
                    code=f"P-{number}",
                    name=f"Gear pump {number}",
                    unit="pcs",
                    model=f"CB-{number}",
                    list_price=Decimal(480),
                    floor_price=Decimal(400),
                    lead_time_days=10,
                ),
            )


def seals(who: stories.Cast, entity: LegalEntity, accounts: dict[str, User]) -> Any:
    """The drawn seal in use and a wet one; their engraving is Chinese by law."""
    seal = stories.seal(entity, who.keeper, who.leader)
    with unit_of_work():
        seal_actions.register_seal(
            actor=factories.actor(accounts["h1"]),
            legal_entity=session.get_one(LegalEntity, entity.id),
            kind=SealKind.CONTRACT,
            form=SealForm.WET,
            keeper_id=accounts["k1"].id,
            filed_number="3211000000002",
        )
    return seal


def inquiry(who: stories.Cast, of: Customer, **values: Any) -> Inquiry:
    with unit_of_work():
        return inquiry_actions.register(
            actor=who.actor("salesperson"),
            customer=session.get_one(Customer, of.id),
            received_at=clock.now() - timedelta(hours=values.pop("hours", 1)),
            deadline=clock.now() + timedelta(days=3),
            kind=values.pop("kind", "inquiry"),
            channel="phone",
            summary="Pumps wanted",
            lines=[
                inquiry_actions.LineInput(
                    name=f"Pump {number}", quantity=Decimal(10), unit="pcs", model=f"HY-{number}"
                )
                for number in (1, 2, 3)
            ],
        )


def fire(who: stories.Cast, row: Inquiry, step: str, part: str, **values: Any) -> Inquiry:
    with unit_of_work():
        inquiry_actions.fire(row, step, actor=who.actor(part), version=None, **values)
    return row


def letter(who: stories.Cast, row: Inquiry) -> None:
    with unit_of_work():
        inquiry_actions.attach_file(
            row, actor=who.actor("salesperson"), file=check_upload("letter.pdf", BytesIO(LETTER))
        )


def inquiries(who: stories.Cast, of: Customer) -> None:
    """An inquiry in each state before quoting, and the ways out."""
    letter(who, inquiry(who, of))
    stories.report(who, inquiry(who, of))
    stories.report(who, inquiry(who, of, hours=30))
    asked = stories.decide(who, stories.report(who, inquiry(who, of)), purchasing=2)
    assert asked.status == "preparing"
    stories.decide(who, stories.report(who, inquiry(who, of, kind="tender")), purchasing=2)
    answered = stories.decide(who, stories.report(who, inquiry(who, of)))
    stories.answer(who, answered, source="Supplier", price_unit="pcs")
    stories.answer(who, answered, source="Another Supplier", price_unit="pcs")
    price = {"decline_reason": "price"}
    fire(who, stories.report(who, inquiry(who, of)), "decline", "manager", note="No time", data=price)
    fire(who, stories.report(who, inquiry(who, of)), "return", "manager", note="Ask for the drawing")
    fire(who, inquiry(who, of), "cancel", "salesperson", note="Cancelled by the customer")


def fill(who: stories.Cast, revision: QuotationRevision, **values: Any) -> None:
    """Price every line and complete the head."""
    priced = {"unit_price": Decimal("465.50"), "tax_rate": Decimal(13), "lead_time_days": 15}
    with unit_of_work():
        actions.edit(
            revision,
            actor=who.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision, valid_until=stories.valid_until(30), **values),
            lines=stories.typed(revision, **priced),
        )


def quotation(desk: Desk, state: str) -> QuotationRevision:
    """A quotation in one of its states."""
    who = desk.people
    row = stories.decide(who, stories.report(who, inquiry(who, desk.customer)))
    revision = stories.draft(who, stories.answer(who, row, source="Supplier", price_unit="pcs"))
    other = {"payment_term": "other", "payment_other": "as agreed"} if state == "leader_review" else {}
    fill(who, revision, delivery_place="Their yard", **other)
    if state == "draft":
        return revision
    stories.step(who, revision, "submit", "salesperson")
    if state == "review":
        return revision
    if state == "returned":
        return stories.step(who, revision, "return", "manager", note="Lead time too long")
    if state == "void":
        return stories.step(who, revision, "reject", "manager", note="Not worth it")
    stories.approve(who, revision)
    if state in ("approved", "leader_review"):
        return revision
    stories.issue(who, revision, desk.seal)
    if state == "lost":
        return stories.step(
            who, revision, "lose", "salesperson", note="Too dear", data={"loss_cause": "price"}
        )
    if state in ("accept_claimed", "accepted"):
        with unit_of_work():
            actions.attach_acceptance(
                revision, actor=who.actor("salesperson"), file=check_upload("order.pdf", BytesIO(LETTER))
            )
        stories.step(who, revision, "claim_acceptance", "salesperson")
    if state == "accepted":
        stories.step(who, revision, "confirm_acceptance", "manager", data={"late_reason": "", "asked": True})
    return revision


def proposals(desk: Desk) -> None:
    """A quick quotation that waits for the manager, and one that was returned."""
    who = desk.people
    for returned in (False, True):
        typed = Typed(
            customer=session.get_one(Customer, desk.customer.id),
            received_at=clock.now() - timedelta(hours=1),
            deadline=clock.now() + timedelta(days=3),
            channel="phone",
            head={},
            lines=[TypedLine("P-1", Decimal(2))],
        )
        with unit_of_work():
            row = propose(typed, actor=who.actor("salesperson"))
        if returned:
            fire(who, row, "return", "manager", note="Ask for the drawing")


def bid(desk: Desk) -> QuotationRevision:
    """A tender's quotation as a draft, with its bid uploaded."""
    revision = bids.tender(desk, quotation(desk, "draft"))
    return bids.put(desk, revision, bids.read("465.50", None, name="bid.pdf"))


def wet_seals(desk: Desk) -> None:
    """A request for a wet seal in each state on the two roads."""
    who = desk.people
    seal = next(row for row in wet_seals_in_use() if row.kind == SealKind.CONTRACT)
    paper = UseValues(seal.id, "letter", "Certificate", "the bank", copies=1, impressions=2)
    away = UseValues(
        seal.id, "letter", "Agreement", "the customer", impressions=2, mode="take_out", destination="Yinchuan"
    )
    both = {"first": who.ids["salesperson"], "second": who.ids["colleague"]}
    due = {"due_back": clock.now() + timedelta(hours=4)}
    scan = check_upload("scan.pdf", BytesIO(LETTER))
    approve, hand = ("approve", "leader", {}), ("hand_over", "keeper", {**both, **due})
    release = ("release", "leader", {})
    stamp = ("stamp", "keeper", {"compared": True, "copies": 1, "impressions": 2})
    back = ("return", "keeper", {"condition": "sound", "copies": 1, "impressions": 1})
    filing = ("file", "back_office", {"scan": scan, "originals": "Cabinet 3"})
    for values, steps in (
        (paper, ()),
        (paper, (approve,)),
        (paper, (approve, stamp)),
        (paper, (approve, stamp, filing)),
        (away, (approve, hand)),
        (away, (approve, hand, release)),
        (away, (approve, hand, release, back)),
    ):
        with unit_of_work():
            row = request_use(actor=who.actor("back_office"), values=values)
        for name, part, data in steps:
            with unit_of_work():
                fire_request(row, name, actor=who.actor(part), version=None, data=data)


def tables_brought_along(manager: User) -> None:
    """Of customers and of products: a table that waits for its answer, and one that was taken over."""
    bring_along(customer_imports.KIND, manager, ("Customer name", "City"), ("Crane Works", "Wuxi"))
    head = ("SKU", "Product name", "UoM", "List price")
    bring_along(product_imports.KIND, manager, head, ("P-9", "Pump 9", "pcs", 5))


def bring_along(kind: Any, person: User, head: tuple[str, ...], row: tuple[Any, ...]) -> None:
    """Take a table of one row over, and let a second one wait for its answer."""
    act(imports.confirm, kind, upload(kind, person, head, row, name="table.xlsx"), person)
    upload(kind, person, head, (f"{row[0]} 2", *row[1:]), name="table.xlsx")


def unfinished_business(desk: Desk, accounts: dict[str, User]) -> None:
    """What waits beside the papers: an offer about to end, a talk to be answered, a ticked item, a set of terms."""
    who = desk.people
    ending = quotation(desk, "issued")
    with unit_of_work():
        ending.valid_until = clock.today() + timedelta(days=2)
    bargained = quotation(desk, "issued")
    with unit_of_work():
        negotiations.record(
            bargained,
            actor=who.actor("salesperson"),
            typed=negotiations.NegotiationInput("Mr Wu", "90 days", "60 days", outside=("payment",)),
        )
    tenders = select(Inquiry).where(Inquiry.kind == "tender").order_by(Inquiry.id)
    tender_inquiry = session.execute(tenders).scalars().all()[0]
    last = tender.items_of(tender_inquiry.id)[-1]
    with unit_of_work():
        tender.tick(tender_inquiry, last.id, actor=who.actor("salesperson"), version=None)
    with unit_of_work():
        terms.create(actor=who.actor("manager"), values={"name": "Usual terms", "warranty": "12 months"})
    tables_brought_along(accounts["m1"])


STATES = (
    "draft",
    "review",
    "returned",
    "leader_review",
    "approved",
    "issued",
    "accept_claimed",
    "accepted",
    "lost",
    "void",
)


def world(states: tuple[str, ...] = STATES) -> World:
    """Return the company at work; ``states`` says which quotations stand on its desks."""
    accounts = people()
    entity = company()
    who = cast(accounts)
    desk = Desk(who, entity, seals(who, entity, accounts), customer(who, "ACME Ltd"))
    customer(who, "Bolt and Sons")
    products(who)
    inquiries(who, desk.customer)
    wet_seals(desk)
    for state in states:
        found = quotation(desk, state)
        assert found.status == state, (found.status, state)
    if states == STATES:
        bid(desk)
        proposals(desk)
        unfinished_business(desk, accounts)
        small_rules.rules(accounts)
        small_proposals.binding(accounts)
        stories.report(who, inquiry(who, desk.customer, hours=200))
        small_proposals.proposals(accounts)
        small_things.things(accounts)
        small_upkeep.upkeep(accounts)
        small_cars.cars(accounts)
        small_cases.announcements(accounts)
        small_cases.library(accounts)
        small_meetings.communication(accounts)
        small_directory.team(accounts)
        small_suggestions.suggestions(accounts)
        small_training.training(accounts)
        small_exams.exams(accounts)
        small_profiles.profiles(accounts)
        small_drills.pairs(accounts)
        small_drills.drills(accounts)
        bring_along(item_imports.KIND, accounts["a1"], ("Asset name", "Category"), ("Drill", "Office"))
        head = ("Question", "Subject", "Option A", "Option B", "Answer")
        bring_along(
            question_imports.KIND, accounts["h1"], head, ("Which pump?", "Products", "Old", "New", "B")
        )
    with unit_of_work():
        today = clock.today()
        people_actions.delegate(
            to=accounts["s2"],
            from_date=today,
            to_date=today + timedelta(days=2),
            actor=factories.actor(accounts["m1"]),
            note="Away",
        )
    return World(accounts, desk)
