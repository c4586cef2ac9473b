"""The one act of the manager on the fast track: both steps or none, with and without the seal, or returned."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible, Stale
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.timeline import verify_chain
from app.core.uow import rehearsal, unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.quotations.fast_track import actions, issuing, queries
from app.features.quotations.fast_track.actions import TypedLine
from app.features.quotations.models import IssuedFile, Quotation
from app.features.seals.models import LegalEntity, SealUse
from tests import factories, stories
from tests.features.quotations import proposing
from tests.features.quotations.proposing import (
    acts,
    back,
    change,
    decide,
    nothing_decided,
    propose,
    refusal,
    seen,
    typed,
)


@pytest.fixture
def desk() -> stories.Desk:
    return proposing.desk()


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
