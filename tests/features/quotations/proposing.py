"""Proposals of the fast track for tests: products in the list, what is typed, the manager's button."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Problem
from app.core.permissions import Role
from app.core.timeline import events_for, verify_chain
from app.core.uow import unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries.models import Inquiry
from app.features.products import actions as product_actions
from app.features.products.models import Product
from app.features.quotations.fast_track import actions, issuing, queries
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track.actions import Typed, TypedLine
from app.features.quotations.models import Quotation, QuotationRevision
from tests import factories, stories


def desk() -> stories.Desk:
    """Return a desk with two products in the price list."""
    made = stories.desk()
    product("P-1", "齿轮泵", "CBN-F532", "480")
    product("P-2", "多路阀", "ZT-L12E", "1280")
    return made


def product(code: str, name: str, model: str, price: str | None, **values: Any) -> int:
    """Put a product into the price list and return its id."""
    with unit_of_work():
        keeper = factories.user(staff_number=f"keeps-{code}", roles=[Role.BACK_OFFICE])
        usual = {"unit": "台", "lead_time_days": 10, "floor_price": Decimal(400), "brand": "测试"}
        made = product_actions.create_product(
            actor=factories.actor(keeper),
            values=product_actions.ProductValues(
                code=code,
                name=name,
                model=model,
                list_price=None if price is None else Decimal(price),
                **{**usual, **values},
            ),
        )
        return made.id


def change(code: str, **values: Any) -> None:
    """Change a product of the price list."""
    with unit_of_work():
        row = session.query(Product).filter_by(code=code).one()
        for name, value in values.items():
            setattr(row, name, value)


def typed(desk: stories.Desk, *lines: TypedLine, **head: Any) -> Typed:
    """Return a proposal as typed; two pumps at the list price unless told otherwise."""
    return Typed(
        customer=session.get_one(Customer, desk.customer.id),
        received_at=clock.now() - timedelta(hours=1),
        deadline=clock.now() + timedelta(days=3),
        channel="phone",
        head=head,
        lines=lines or (TypedLine("齿轮泵", Decimal(2)),),
    )


def propose(desk: stories.Desk, *lines: TypedLine, who: str = "salesperson", **options: Any) -> Inquiry:
    """Send a proposal."""
    head = options.pop("head", {})
    with unit_of_work():
        return actions.propose(typed(desk, *lines, **head), actor=desk.people.actor(who), **options)


def seen(inquiry: Inquiry) -> str:
    """Return the hash of what the manager's page shows."""
    proposal = queries.of_inquiry(inquiry.id)
    assert proposal is not None
    found = actions.fingerprint(contents.drawn_up(inquiry, proposal.content))
    session.rollback()
    return found


def decide(desk: stories.Desk, inquiry: Inquiry, who: str = "manager", **options: Any) -> QuotationRevision:
    """Let the manager press the one button."""
    values = {"version": inquiry.version, "content_hash": seen(inquiry), "seal_id": None, **options}
    place = issuing.decide_now(inquiry.id, actor=desk.people.actor(who), **values)
    return session.query(QuotationRevision).filter_by(quotation_id=place[0], revision=place[1]).one()


def refusal(function: Any, *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        function(*arguments, **options)
    session.rollback()
    return caught.value


def acts(doc_type: str, doc_id: int) -> list[tuple[str, str, str]]:
    """Return (verb, who, in whose name) of a document's events, oldest first."""
    return [
        (event.verb.partition(":")[2], event.actor_name, event.on_behalf_of_name)
        for event in reversed(events_for(doc_type, doc_id))
    ]


def nothing_decided(inquiry_id: int) -> None:
    """Check that a refusal left neither quotation nor step behind."""
    session.rollback()
    assert session.query(Quotation).count() == 0
    assert session.get_one(Inquiry, inquiry_id).status == "reported"
    assert verify_chain() == []


def back(desk: stories.Desk, inquiry: Inquiry, note: str = "价格再高一点") -> None:
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        inquiry_actions.fire(row, "return", actor=desk.people.actor("manager"), version=None, note=note)
