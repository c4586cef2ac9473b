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
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.notices import Notice
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.timeline import Event, events_for, verify_chain
from app.core.uow import rehearsal, unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.products import actions as product_actions
from app.features.products.models import Product
from app.features.quotations import flow
from app.features.quotations.fast_track import actions, issuing, queries, rules
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track.actions import Typed, TypedLine
from app.features.quotations.models import IssuedFile, Quotation, QuotationRevision
from app.features.seals.models import LegalEntity, SealUse
from tests import factories, stories

FORM = "/quotations/fast"


@pytest.fixture
def desk() -> stories.Desk:
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


# The decision


def test_one_act_takes_part_makes_the_quotation_and_approves_it(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    revision = decide(desk, inquiry)
    assert (revision.status, revision.total, revision.owner_id) == (
        "approved",
        Decimal("960.00"),
        desk.people.ids["salesperson"],
    )
    assert acts("inquiry", inquiry.id)[-2:] == [
        ("decide", "马经理", ""),
        ("start_quoting", "系统自动", "孙晓"),
    ]
    assert acts("quotation", revision.id) == [
        ("create", "系统自动", "孙晓"),
        ("submit", "系统自动", "孙晓"),
        ("approve", "马经理", ""),
    ]
    assert revision.snapshot is not None
    assert [row["name"] for row in revision.snapshot["reviewed"]] == ["马经理"]
    assert revision.snapshot["prepared"]["name"] == "孙晓"
    assert session.get_one(Inquiry, inquiry.id).status == "quoting"
    assert [task.kind for task in open_tasks("quotation", revision.id)] == ["quotation:issue"]
    proposal = queries.of_inquiry(inquiry.id)
    assert proposal is not None
    assert proposal.quotation_id == revision.quotation_id
    assert verify_chain() == []


def test_the_owner_is_told_once(desk: stories.Desk) -> None:
    decide(desk, propose(desk))
    told = session.query(Notice).filter_by(user_id=desk.people.ids["salesperson"]).all()
    assert [notice.event.verb for notice in told] == ["quotation:approve"]


def test_a_deputy_decides_in_the_managers_name(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    people = desk.people
    factories.delegation(session.get_one(User, people.ids["manager"]), people.colleague)
    revision = decide(desk, inquiry, "colleague")
    assert ("decide", "陈同", "马经理") in acts("inquiry", inquiry.id)
    assert acts("quotation", revision.id)[-1] == ("approve", "陈同", "马经理")
    assert revision.snapshot is not None
    assert revision.snapshot["reviewed"][0]["name"] == "陈同（代马经理）"


def test_nobody_decides_their_own_not_even_as_a_deputy(desk: stories.Desk) -> None:
    inquiry = propose(desk, who="manager")
    assert refusal(decide, desk, inquiry, "manager").status == 403
    factories.delegation(session.get_one(User, desk.people.ids["manager"]), desk.people.colleague)
    assert refusal(decide, desk, inquiry, "colleague").status == 403
    nothing_decided(inquiry.id)
    # Without another manager the leader decides, as on the ordinary way.
    revision = decide(desk, inquiry, "leader")
    assert (revision.status, acts("quotation", revision.id)[-1][1]) == ("approved", "刘总")


@pytest.mark.parametrize("who", ["salesperson", "colleague", "back_office", "administrator"])
def test_only_who_decides_decides(desk: stories.Desk, who: str) -> None:
    inquiry = propose(desk)
    problem = refusal(decide, desk, inquiry, who)
    assert problem.status in (403, 404)
    nothing_decided(inquiry.id)


def test_both_rights_are_needed(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    with unit_of_work():
        decides_only = factories.user(staff_number="d1", department=desk.people.department)
        actor = factories.actor(decides_only)
    granted = factories.actor(session.get_one(User, desk.people.ids["manager"]))
    matrix = {"quotations:quotation:review": frozenset[Role]()}
    limited = type(actor)(actor.id, actor.name, grants=granted.grants, matrix=matrix)
    from app.features.quotations.enums import QuotationPerm

    matrix[str(QuotationPerm.REVIEW)] = frozenset()
    with pytest.raises(Denied):
        issuing.decide_now(
            inquiry.id, actor=limited, version=inquiry.version, content_hash=seen(inquiry), seal_id=None
        )
    nothing_decided(inquiry.id)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"list_price": Decimal(490)}, "fast-track:below-list"),
        ({"active": False}, "fast-track:not-sold"),
        ({"name": "齿轮油泵"}, "fast-track:other-goods"),
    ],
)
def test_a_price_list_changed_meanwhile_is_asked_again(
    desk: stories.Desk, values: dict[str, Any], code: str
) -> None:
    inquiry = propose(desk)
    change("P-1", **values)
    assert refusal(decide, desk, inquiry).code == code
    nothing_decided(inquiry.id)


def test_a_limit_lowered_meanwhile_is_asked_again(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    with unit_of_work():
        settings.put("quotations.leader_limit", "960")
    assert refusal(decide, desk, inquiry).code == "fast-track:limit"
    nothing_decided(inquiry.id)


def test_a_company_closed_meanwhile_is_said(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    with unit_of_work():
        other = LegalEntity(name="第二公司", credit_code=stories.valid_credit_code("91320000MA1XBTTT2"))
        session.add(other)
        session.get_one(LegalEntity, desk.entity.id).active = False
    assert refusal(decide, desk, inquiry).code == "fast-track:company"


def test_what_was_not_seen_is_not_decided(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    known = seen(inquiry)
    with unit_of_work():
        session.get_one(Customer, desk.customer.id).name = "改名后的公司"
    assert refusal(decide, desk, inquiry, content_hash=known).code == "quotation:content-changed"
    nothing_decided(inquiry.id)


def test_a_proposal_sent_anew_meanwhile_is_stale_and_told(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    known, version = seen(inquiry), inquiry.version
    back(desk, inquiry)
    propose(
        desk,
        TypedLine("齿轮泵", Decimal(3)),
        inquiry=session.get_one(Inquiry, inquiry.id),
        version=inquiry.version,
    )
    problem = refusal(decide, desk, inquiry, content_hash=known, version=version)
    assert isinstance(problem, Stale)
    assert any("数量" in change and "3" in change for change in problem.changes)
    nothing_decided(inquiry.id)


def test_lines_added_meanwhile_end_the_fast_track(desk: stories.Desk) -> None:
    from app.features.inquiries.reporting import add_lines

    inquiry = propose(desk)
    with unit_of_work():
        add_lines(
            session.get_one(Inquiry, inquiry.id),
            actor=desk.people.actor("salesperson"),
            version=None,
            lines=[stories.line("油封")],
        )
    assert refusal(decide, desk, inquiry).code == "fast-track:inquiry-changed"


def test_without_a_proposal_there_is_nothing_to_decide(desk: stories.Desk) -> None:
    row = stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    problem = refusal(
        issuing.decide_now,
        row.id,
        actor=desk.people.actor("manager"),
        version=row.version,
        content_hash="",
        seal_id=None,
    )
    assert problem.code == "fast-track:none"


def test_decided_once(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    known, version = seen(inquiry), inquiry.version
    decide(desk, inquiry)
    problem = refusal(decide, desk, inquiry, content_hash=known, version=version)
    assert problem.status == 409
    assert session.query(Quotation).count() == 1


# With the seal


def sealing_manager(desk: stories.Desk) -> None:
    """Give the manager the right to use seals besides."""
    factories.role(
        session.get_one(User, desk.people.ids["manager"]), Role.SEAL_KEEPER, desk.people.department
    )


def test_with_the_seal_the_paper_is_issued_in_the_same_act(desk: stories.Desk) -> None:
    sealing_manager(desk)
    inquiry = propose(desk)
    revision = decide(desk, inquiry, seal_id=desk.seal.id)
    assert revision.status == "issued"
    assert [verb for verb, _who, _for in acts("quotation", revision.id)] == [
        "create",
        "submit",
        "approve",
        "issue",
    ]
    file = session.query(IssuedFile).one()
    assert (file.copies, file.form, file.revision_id) == (1, "electronic", revision.id)
    assert session.query(SealUse).one().approved_by_id == desk.people.ids["manager"]
    told = session.query(Notice).filter_by(user_id=desk.people.ids["salesperson"]).all()
    assert [notice.event.verb for notice in told] == ["quotation:issue"]
    assert session.get_one(Inquiry, inquiry.id).offer_number == revision.number


def test_without_the_right_to_the_seal_nothing_at_all_is_saved(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    assert refusal(decide, desk, inquiry, seal_id=desk.seal.id).status == 403
    nothing_decided(inquiry.id)


def test_an_unknown_seal_saves_nothing(desk: stories.Desk) -> None:
    sealing_manager(desk)
    inquiry = propose(desk)
    assert refusal(decide, desk, inquiry, seal_id=0).status == 422
    nothing_decided(inquiry.id)


def test_a_number_taken_meanwhile_is_made_anew(desk: stories.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing_manager(desk)
    first, second = propose(desk), propose(desk, TypedLine("P-2", Decimal(1)))
    real, taken = issuing.prepare, []

    def prepare(*arguments: Any, **options: Any) -> Any:
        made = real(*arguments, **options)
        if not taken:
            taken.append(1)
            decide(desk, second)
        return made

    monkeypatch.setattr(issuing, "prepare", prepare)
    revision = decide(desk, first, seal_id=desk.seal.id)
    assert (revision.status, revision.number[-7:]) == ("issued", "0002-R1")


def test_a_number_taken_again_and_again_asks_the_person(
    desk: stories.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing_manager(desk)
    others = [propose(desk, TypedLine("P-2", Decimal(number))) for number in (1, 2, 3)]
    first = propose(desk)
    real = issuing.prepare

    def prepare(*arguments: Any, **options: Any) -> Any:
        made = real(*arguments, **options)
        decide(desk, others.pop())
        return made

    monkeypatch.setattr(issuing, "prepare", prepare)
    assert refusal(decide, desk, first, seal_id=desk.seal.id).code == "quotation:content-changed"


def test_a_rehearsal_leaves_nothing(desk: stories.Desk) -> None:
    with rehearsal():
        inquiry = actions.propose(typed(desk), actor=desk.people.actor("salesperson"))
        assert inquiry.id
    assert session.query(Inquiry).count() == 0
    with pytest.raises(Conflict), rehearsal():
        raise Conflict("fast-track:none")


# Returned, and the ordinary way


def back(desk: stories.Desk, inquiry: Inquiry, note: str = "价格再高一点") -> None:
    with unit_of_work():
        row = session.get_one(Inquiry, inquiry.id)
        inquiry_actions.fire(row, "return", actor=desk.people.actor("manager"), version=None, note=note)


def test_a_returned_proposal_reported_as_it_is_goes_the_ordinary_way(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    back(desk, inquiry)
    stories.report(desk.people, session.get_one(Inquiry, inquiry.id))
    assert actions.standing(inquiry) is None
    assert refusal(decide, desk, inquiry).code == "fast-track:none"


def test_a_returned_proposal_is_mended_and_sent_again(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    back(desk, inquiry)
    line = TypedLine("齿轮泵", Decimal(2), unit_price=Decimal(500))
    propose(
        desk,
        line,
        TypedLine("P-2", Decimal(1)),
        inquiry=session.get_one(Inquiry, inquiry.id),
        version=inquiry.version,
    )
    assert decide(desk, inquiry).total == Decimal("2280.00")


def test_only_the_owner_mends_only_what_was_returned(desk: stories.Desk) -> None:
    inquiry = propose(desk)
    people = desk.people
    assert refusal(actions.check_returned, inquiry, people.actor("salesperson")).status == 409
    assert refusal(actions.check_returned, inquiry, people.actor("manager")).status == 403
    plain = stories.inquiry(people, desk.customer)
    assert isinstance(refusal(actions.check_returned, plain, people.actor("salesperson")), NotVisible)


def test_on_the_ordinary_way_what_was_proposed_fills_the_draft(desk: stories.Desk) -> None:
    """Below the list price: the ordinary way, with nothing to type twice."""
    head = {"warranty": "18 个月"}
    lines = (
        TypedLine("齿轮泵", Decimal(2), unit_price=Decimal(450)),
        TypedLine("油封", Decimal(5), unit="只", unit_price=Decimal(3)),
    )
    inquiry = propose(desk, *lines, head=head, ordinary=True)
    assert (inquiry.status, actions.standing(inquiry)) == ("reported", None)
    stories.decide(desk.people, session.get_one(Inquiry, inquiry.id), technical=0, purchasing=0)
    revision = stories.draft(desk.people, session.get_one(Inquiry, inquiry.id))
    assert [line.unit_price for line in revision.lines] == [Decimal(450), Decimal(3)]
    assert (revision.status, revision.warranty) == ("draft", "18 个月")


def test_lines_changed_on_the_ordinary_way_keep_what_they_are(desk: stories.Desk) -> None:
    from app.features.inquiries.reporting import add_lines

    inquiry = propose(desk, TypedLine("齿轮泵", Decimal(2), unit_price=Decimal(450)), ordinary=True)
    with unit_of_work():
        add_lines(
            session.get_one(Inquiry, inquiry.id),
            actor=desk.people.actor("salesperson"),
            version=None,
            lines=[stories.line("油封")],
        )
    stories.decide(desk.people, session.get_one(Inquiry, inquiry.id), technical=0, purchasing=0)
    revision = stories.draft(desk.people, session.get_one(Inquiry, inquiry.id))
    assert [line.unit_price for line in revision.lines] == [Decimal(480), None]


def test_a_validity_over_by_then_is_the_usual_one(desk: stories.Desk) -> None:
    until = clock.today() + timedelta(days=2)
    inquiry = propose(desk, head={"valid_until": until}, ordinary=True)
    stories.decide(desk.people, session.get_one(Inquiry, inquiry.id), technical=0, purchasing=0)
    with clock.frozen(clock.now() + timedelta(days=5)):
        revision = stories.draft(desk.people, session.get_one(Inquiry, inquiry.id))
        assert revision.valid_until is not None
        assert revision.valid_until > clock.today()


def test_the_ordinary_way_needs_units(desk: stories.Desk) -> None:
    assert refusal(propose, desk, TypedLine("油封", Decimal(5)), ordinary=True).status == 422


def test_a_decided_proposal_stands_no_more_and_the_manager_may_decide_the_ordinary_way(
    desk: stories.Desk,
) -> None:
    inquiry = propose(desk)
    stories.decide(desk.people, session.get_one(Inquiry, inquiry.id), technical=0, purchasing=0)
    assert actions.standing(inquiry) is None
    assert stories.draft(desk.people, session.get_one(Inquiry, inquiry.id)).total == Decimal("960.00")


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
