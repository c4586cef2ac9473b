"""The figures kept are those that the documents tell, whatever happens to them."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.core import checks, clock, jobs, timeline
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.figures import actions
from app.features.figures.facts import Fact, facts_of
from app.features.figures.models import FigureFact, FigureState, FigureTally
from app.features.inquiries import actions as inquiries
from app.features.inquiries.models import Inquiry
from app.features.quotations import actions as quotations
from app.features.quotations import queries
from app.features.quotations.models import QuotationRevision
from tests import stories
from tests.features.figures import lives


@pytest.fixture(scope="module")
def no_files() -> pytest.MonkeyPatch:
    patch = pytest.MonkeyPatch()
    patch.setattr(queries, "files_for", lambda *_: [object()])
    yield patch
    patch.undo()


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_kept_figures_equal_those_told_again_whatever_happens(no_files: object, seed: int) -> None:
    chance = random.Random(seed)
    session.rollback()
    with clock.frozen(clock.now() - timedelta(days=40)):
        desk = random_desk(chance)
        numbers = [tell(desk, chance) for _inquiry in range(2)]
    for days in (38, 20, 3):
        with clock.frozen(clock.now() - timedelta(days=days, hours=chance.randrange(24))):
            for number in numbers:
                lives.live(desk, chance, number, 9)
    assert lives.kept() == lives.told_again()
    actions.recount({})
    assert lives.kept() == lives.told_again()
    assert actions.check() == []


_desks: list[stories.Desk] = []


def random_desk(chance: random.Random) -> stories.Desk:
    """One desk for all examples of a test: its database is the same."""
    if not session.execute(select(Inquiry.id)).first():
        _desks[:] = [stories.desk()]
    return _desks[0]


def tell(desk: stories.Desk, chance: random.Random) -> int:
    row = stories.inquiry(desk.people, desk.customer, lines=2)
    with unit_of_work():
        session.get_one(Inquiry, row.id).kind = chance.choice(("inquiry", "tender"))
    stories.decide(desk.people, stories.report(desk.people, row))
    return row.id


def tally(kind: str) -> FigureTally:
    return session.execute(
        select(FigureTally).where(FigureTally.kind == kind, FigureTally.count > 0)
    ).scalar_one()


def test_a_report_counts_with_its_hours(at) -> None:
    at(2026, 11, 23, 14, 0)
    desk = stories.desk()
    stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    found = tally("reported")
    assert (found.count, found.late, found.hours) == (1, 0, Decimal("0.5"))


def test_a_month_is_that_of_the_company_zone(at) -> None:
    at(2026, 11, 30, 16, 30)
    desk = stories.desk()
    row = stories.inquiry(desk.people, desk.customer)
    # half past midnight of December in Shanghai, still November in UTC
    at(2026, 12, 1, 0, 30)
    stories.report(desk.people, row)
    assert tally("reported").month.isoformat() == "2026-12-01"


def test_an_issued_quotation_counts_once_with_its_products() -> None:
    desk = stories.desk()
    revision = desk.quotation("issued")
    assert (tally("issued").count, tally("issued").amount) == (1, revision.total)
    assert tally("issued_product").amount == revision.total


def test_what_is_edited_before_its_issue_is_not_counted() -> None:
    """So a saved draft need not be counted again."""
    desk = stories.desk()
    issued = desk.quotation("issued")
    with unit_of_work():
        draft = quotations.revise(
            session.get_one(QuotationRevision, issued.id),
            actor=desk.people.actor("salesperson"),
            version=issued.version,
            reason="客户加量",
        )
    inquiry = draft.quotation.inquiry_id
    before = facts_of([inquiry])
    lines = [
        quotations.LineInput(
            **{name: getattr(line, name) for name in quotations.LINE_FIELDS} | {"quantity": Decimal(99)}
        )
        for line in draft.lines
    ]
    with unit_of_work():
        row = session.get_one(QuotationRevision, draft.id)
        head = {name: getattr(row, name) for name in quotations.HEAD_FIELDS}
        quotations.edit(
            row, actor=desk.people.actor("salesperson"), version=row.version, head=head, lines=lines
        )
    assert session.get_one(QuotationRevision, draft.id).total != issued.total
    assert facts_of([inquiry]) == before != {inquiry: []}


def test_the_price_of_a_tender_is_not_counted_before_its_result() -> None:
    desk = stories.desk()
    revision = desk.quotation("approved")
    with unit_of_work():
        revision.quotation.inquiry.kind = "tender"
    stories.issue(desk.people, revision, desk.seal)
    assert (tally("issued").count, tally("issued").amount) == (1, Decimal(0))
    with unit_of_work():
        inquiries.fire(
            session.get_one(Inquiry, revision.quotation.inquiry_id),
            "cancel",
            actor=desk.people.actor("salesperson"),
            version=None,
            note="客户取消",
        )
    assert tally("issued").amount == revision.total


def test_reopening_takes_the_result_back() -> None:
    desk = stories.desk()
    row = stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    with unit_of_work():
        inquiries.fire(
            row,
            "decline",
            actor=desk.people.actor("manager"),
            version=None,
            note="不做",
            data={"decline_reason": "scope"},
        )
    assert (tally("result").outcome, tally("result").reason) == ("declined", "declined:scope")
    with unit_of_work():
        inquiries.fire(row, "reopen", actor=desk.people.actor("manager"), version=None, note="再报")
    assert session.execute(select(FigureTally.count).where(FigureTally.kind == "result")).scalars().all() == [
        0
    ]


def test_a_late_answer_counts_as_late() -> None:
    desk = stories.desk()
    row = stories.decide(
        desk.people, stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    )
    with clock.frozen(clock.now() + timedelta(days=2)):
        stories.answer(desk.people, row)
    found = session.execute(
        select(FigureTally.outcome, FigureTally.late).where(FigureTally.kind == "answered")
    )
    assert sorted(tuple(item) for item in found) == [("purchasing", 1), ("technical", 1)]


def test_a_refused_step_counts_nothing() -> None:
    desk = stories.desk()
    row = stories.inquiry(desk.people, desk.customer)
    with pytest.raises(Exception, match="core:denied"), unit_of_work():
        inquiries.fire(row, "report", actor=desk.people.actor("colleague"), version=None)
    assert session.execute(select(FigureFact.id)).all() == []


def test_the_recount_fills_an_installation_from_before_the_figures() -> None:
    desk = stories.desk()
    desk.quotation("issued")
    with unit_of_work():
        session.execute(delete(FigureFact))
        session.execute(delete(FigureTally))
    assert not actions.is_complete()
    assert actions.check() == []
    jobs.run_due()
    assert actions.is_complete()
    assert lives.kept() == lives.told_again()
    assert tally("issued").count == 1


def test_the_check_names_a_wrong_fact_and_a_wrong_sum_and_the_recount_mends_both() -> None:
    desk = stories.desk()
    row = stories.report(desk.people, stories.inquiry(desk.people, desk.customer))
    actions.recount({})
    with unit_of_work():
        session.execute(update(FigureFact).values(late=1))
        session.execute(update(FigureTally).values(count=7))
    sentences = [finding.sentence for finding in checks.run_all() if finding.check == "figures"]
    assert f"询价 {row.id} 的统计与单据不一致" in sentences
    assert len(sentences) == 2
    actions.recount({})
    assert actions.check() == []
    assert tally("reported").count == 1


def test_the_recount_is_noted_once() -> None:
    actions.recount({})
    actions.recount({})
    assert len(session.execute(select(FigureState)).scalars().all()) == 1


def test_every_field_of_a_fact_is_a_column() -> None:
    columns = {column.key for column in FigureFact.__table__.columns}
    assert set(Fact._fields) == columns - {"id", "inquiry_id"}


def test_every_step_of_both_documents_is_followed() -> None:
    steps = [
        f"{name}:{step.name}"
        for name, of in (("inquiry", "inquiry"), ("quotation", "quotation"))
        for step in lives_flow(of).steps
    ]
    assert [code for code in steps if not timeline._subscribers.get(code)] == []


def lives_flow(name: str) -> object:
    return lives.INQUIRY_FLOW if name == "inquiry" else lives.QUOTATION_FLOW
