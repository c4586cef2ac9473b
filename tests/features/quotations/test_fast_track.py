"""The fast track: one form for the salesperson, one button for the manager, and no quotation before the decision."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Invalid
from app.core.notices import Notice
from app.core.permissions import SYSTEM
from app.core.tasks import open_tasks
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.inquiries.models import Inquiry
from app.features.products.models import Product
from app.features.quotations import flow
from app.features.quotations.fast_track import actions, queries, rules
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track.actions import Typed, TypedLine
from app.features.quotations.models import Quotation, QuotationRevision
from tests import stories
from tests.features.quotations import proposing
from tests.features.quotations.proposing import (
    acts,
    change,
    product,
    propose,
    refusal,
)


@pytest.fixture
def desk() -> stories.Desk:
    return proposing.desk()


# Proposing


def test_a_proposal_reports_the_inquiry_and_makes_no_quotation(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    assert (inquiry.status, inquiry.customer_id) == ("reported", desk.customer.id)
    assert inquiry.number is not None
    line = inquiry.lines[0]
    assert (line.name, line.model, line.unit, line.quantity) == ("齿轮泵", "CBN-F532", "台", Decimal(2))
    assert session.query(Quotation).count() == 0
    assert [verb for verb, _who, _for in acts("inquiry", inquiry.id)] == ["register", "report", "propose"]


def test_price_and_lead_time_left_empty_are_those_of_the_list(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    proposal = queries.of_inquiry(inquiry.id)
    assert proposal is not None
    line = contents.lines_of(proposal.content)[0]
    assert (line.unit_price, line.tax_rate, line.lead_time_days) == (Decimal(480), Decimal(13), 10)


def test_who_decides_is_told_once_and_has_one_task(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    told = session.query(Notice).filter_by(user_id=desk.people.ids["manager"]).all()
    assert [notice.event.verb for notice in told] == ["inquiry:propose"]
    assert [task.kind for task in open_tasks("inquiry", inquiry.id)] == ["inquiry:decide"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (TypedLine("没有的产品", Decimal(1)), "fast-track:not-listed"),
        (TypedLine("齿轮泵", Decimal(1), model="别的型号"), "fast-track:not-listed"),
        (TypedLine("齿轮泵", Decimal(1), unit_price=Decimal("479.99")), "fast-track:below-list"),
        (TypedLine("齿轮泵", Decimal(500)), "fast-track:limit"),
    ],
)
def test_what_is_not_standard_is_refused_and_nothing_is_kept(
    desk: stories.Desk, line: TypedLine, code: str
) -> None:
    problem = refusal(propose, desk, TypedLine("P-2", Decimal(1)), line)
    assert (problem.code, problem.status) == (code, 409)
    assert session.query(Inquiry).count() == 0
    assert session.query(Event).filter_by(doc_type="inquiry").count() == 0


@pytest.mark.parametrize("values", [{"active": False}, {"list_price": None}])
def test_what_is_not_sold_or_has_no_price_is_refused(desk: stories.Desk, values: dict[str, Any]) -> None:
    chosen = session.query(Product).filter_by(code="P-1").one().id
    change("P-1", **values)
    line = TypedLine("齿轮泵", Decimal(1), product_id=chosen, unit_price=Decimal(500))
    assert refusal(propose, desk, line).code == "fast-track:not-sold"


def test_several_products_of_one_name_need_their_model(desk: stories.Desk) -> None:
    product("P-3", "齿轮泵", "CBN-F525", "460")
    assert refusal(propose, desk, TypedLine("齿轮泵", Decimal(1))).code == "fast-track:not-listed"
    for line in (TypedLine("齿轮泵", Decimal(1), model="CBN-F525"), TypedLine("CBN-F525", Decimal(1))):
        assert propose(desk, line).lines[0].model == "CBN-F525"
    # What was written wins over what was chosen before.
    old = session.query(Product).filter_by(code="P-1").one().id
    assert propose(desk, TypedLine("P-3", Decimal(1), product_id=old)).lines[0].model == "CBN-F525"


def test_a_floor_above_the_list_price_is_the_leaders(desk: stories.Desk) -> None:
    change("P-1", floor_price=Decimal(490))
    assert refusal(propose, desk).code in ("fast-track:leader", "quotation:line-floor")


def test_other_payment_is_the_leaders(desk: stories.Desk) -> None:
    head = {"payment_term": "other", "payment_other": "面议"}
    assert refusal(propose, desk, head=head).code == "fast-track:payment"


def test_what_a_quotation_lacks_is_said_when_it_is_proposed(desk: stories.Desk) -> None:
    change("P-1", lead_time_days=None)
    assert refusal(propose, desk).code == "quotation:line-lead-time"
    with unit_of_work():
        settings.put("quotations.effect", "")
    assert refusal(propose, desk, TypedLine("P-2", Decimal(1))).code == "quotation:effect-unset"


def test_an_empty_proposal_and_a_validity_in_the_past_are_invalid(desk: stories.Desk) -> None:
    with pytest.raises(Invalid), unit_of_work():
        actions.propose(
            Typed(desk.customer, clock.now(), clock.now() + timedelta(days=1), "phone", {}, ()),
            actor=desk.people.actor("salesperson"),
        )
    yesterday = clock.today() - timedelta(days=1)
    assert refusal(propose, desk, head={"valid_until": yesterday}).status == 422


@pytest.mark.parametrize("who", ["technician", "back_office", "outsider"])
def test_only_who_quotes_proposes(desk: stories.Desk, who: str) -> None:
    assert refusal(propose, desk, who=who).status == 403


def test_terms_are_those_of_the_last_offer_but_not_what_was_agreed_once(desk: stories.Desk) -> None:
    desk.quotation("issued", warranty="24 个月", other_terms="首批免运费", delivery_place="银川北库")
    proposal = queries.of_inquiry(propose(desk).id)
    assert proposal is not None
    head = contents.head_of(proposal.content)
    assert (head["warranty"], head["delivery_place"], head["other_terms"]) == ("24 个月", "银川北库", "")
    typed_wins = queries.of_inquiry(propose(desk, head={"warranty": "6 个月"}).id)
    assert typed_wins is not None
    assert contents.head_of(typed_wins.content)["warranty"] == "6 个月"


def test_another_payment_of_the_last_offer_is_not_taken_over(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        row.payment_term, row.payment_other = "other", "面议"
    proposal = queries.of_inquiry(propose(desk).id)
    assert proposal is not None
    assert contents.head_of(proposal.content)["payment_term"] == "thirty_seventy"


# In whose name


def test_the_system_acts_for_the_owner_in_these_steps_and_approves_nothing(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    allowed = {item.name for item in flow.FLOW.steps if item.allowed.test(revision, SYSTEM) is not None}
    assert allowed == {"submit", "supersede", "lapse"}


# By property: whatever the figures, the fast track is open exactly at or above the list and below the limit

prices = st.decimals("0.01", "99999", places=2)


@given(
    lines=st.lists(st.tuples(prices, prices, st.integers(1, 50)), min_size=1, max_size=5),
    limit=st.integers(1, 2_000_000),
)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_rule_of_lines_and_limit(lines: list[tuple[Decimal, Decimal, int]], limit: int) -> None:
    goods = {
        number: Product(
            id=number,
            code=f"P{number}",
            name=f"泵{number}",
            brand="",
            model="",
            unit="台",
            tax_rate=Decimal(13),
            list_price=listed,
            active=True,
        )
        for number, (_offered, listed, _quantity) in enumerate(lines, 1)
    }
    typed_lines = [
        actions.completed(TypedLine("", Decimal(quantity), unit_price=offered), goods[number])
        for number, (offered, _listed, quantity) in enumerate(lines, 1)
    ]
    below = [number for number, (offered, listed, _quantity) in enumerate(lines, 1) if offered < listed]
    assert [problem.position for problem in rules.line_problems(typed_lines, goods)] == below
    total = actions.totals_of(actions.Goods(typed_lines, [])).gross
    assert total == sum((offered * quantity for offered, _listed, quantity in lines), Decimal(0))
