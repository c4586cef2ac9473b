"""What must be true of the demo company as it stands on the morning after its last working day."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app import demo
from app.core import checks, clock, files, settings, tasks, timeline, workdays
from app.core.db import db, session
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.tasks import Task
from app.core.timeline import Event
from app.demo import company, people
from app.demo.timetable import HALF_YEAR
from app.features.acknowledgements import flow as letter_flow
from app.features.acknowledgements.models import Acknowledgement
from app.features.customers.models import Customer
from app.features.inquiries import flow as inquiry_flow
from app.features.inquiries import secrecy
from app.features.inquiries.models import Inquiry
from app.features.people.directory import actor_by_number
from app.features.people.models import RoleAssignment, User
from app.features.people.passwords import fits
from app.features.products.models import Product
from app.features.quotations import flow as quotation_flow
from app.features.quotations import snapshot
from app.features.quotations.actions import totals_of
from app.features.quotations.bid import guards
from app.features.quotations.models import ContactNote, IssuedFile, Quotation, QuotationRevision
from app.features.quotations.negotiation import flow as negotiation_flow
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.terms.models import TermsSet
from app.features.rules import flow as rule_flow
from app.features.rules.models import RuleVersion
from app.features.seals import flow as seal_flow
from app.features.seals.actions import is_credit_code
from app.features.seals.enums import SealKind
from app.features.seals.models import LegalEntity, Seal, SealRequest, SealUse
from app.features.vehicles import readings, roadworthiness
from app.features.vehicles.models import OdometerReading, Vehicle, VehicleFine, VehiclePaper
from app.features.verify import queries as verification
from tests.demo.conftest import TODAY

FLOWS: dict[str, tuple[Any, Any]] = {
    "inquiry": (inquiry_flow.FLOW, Inquiry),
    "quotation": (quotation_flow.FLOW, QuotationRevision),
    "seal_request": (seal_flow.FLOW, SealRequest),
    "negotiation": (negotiation_flow.FLOW, Negotiation),
    "rule_version": (rule_flow.FLOW, RuleVersion),
    "acknowledgement": (letter_flow.FLOW, Acknowledgement),
}


def count(model: Any) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def everything(model: Any) -> list[Any]:
    return list(session.execute(select(model).order_by(model.id)).unique().scalars())


def test_the_examination_finds_nothing() -> None:
    assert checks.run_all() == []
    assert timeline.verify_chain() == []


def test_size_is_as_promised() -> None:
    assert count(Customer) == 60
    assert count(Product) == 200
    assert count(Inquiry) == 84
    assert 50 <= count(Quotation) <= 80
    assert count(IssuedFile) >= 25


@pytest.mark.parametrize("doc_type", ["inquiry", "quotation", "seal_request"])
def test_every_state_is_there(doc_type: str) -> None:
    flow, model = FLOWS[doc_type]
    found = set(session.execute(select(model.status).distinct()).scalars())
    assert found == {str(state.code) for state in flow.states}


# The invented company hands all its bids over in time.
IN_TIME = {"inquiry:allow_late"}


@pytest.mark.parametrize("doc_type", ["inquiry", "quotation", "seal_request"])
def test_every_step_was_done(doc_type: str) -> None:
    flow, _model = FLOWS[doc_type]
    done = set(session.execute(select(Event.verb).where(Event.doc_type == doc_type).distinct()).scalars())
    assert {f"{doc_type}:{step.name}" for step in flow.steps} - IN_TIME <= done


def test_every_step_was_allowed_in_the_state_it_left() -> None:
    for doc_type, (flow, _model) in FLOWS.items():
        events = session.execute(
            select(Event).where(Event.doc_type == doc_type, Event.from_status.is_not(None))
        ).scalars()
        for event in events:
            step = flow.step(event.verb.partition(":")[2])
            assert event.from_status in step.sources
            assert event.to_status in step.targets


def test_status_is_that_of_the_last_event() -> None:
    for doc_type, (_flow, model) in FLOWS.items():
        statement = select(Event.doc_id, Event.to_status).where(
            Event.doc_type == doc_type, Event.to_status.is_not(None)
        )
        last = dict(session.execute(statement.order_by(Event.seq)).all())
        assert last == {row.id: row.status for row in everything(model)}


@pytest.mark.parametrize("doc_type", ["inquiry", "quotation", "seal_request"])
def test_open_tasks_are_those_that_the_states_imply(doc_type: str) -> None:
    flow, model = FLOWS[doc_type]
    for row in everything(model):
        wanted = flow.wanted_tasks(row)
        found = tasks.open_tasks(doc_type, row.id)
        assert len(found) == len(wanted)
        assert all(any(tasks.matches(task, want) for want in wanted) for task in found)


@pytest.mark.parametrize("staff_number", ["s1", "s2", "m1", "l1", "t1", "p1", "c1", "k1"])
def test_everybody_with_a_part_in_the_thread_has_something_to_do(staff_number: str) -> None:
    found = list(session.execute(tasks.addressed_to(actor_by_number(staff_number))).scalars())
    assert found


# Which tasks wait for somebody at the end of the demo, by the kind of document.
WAITING = {
    "inquiry": "report decide answer-technical answer-purchasing start-quoting submit confirm-loss",
    "quotation": "prepare mend review approve issue confirm-acceptance consent-extra issue-extra",
    "seal": "approve stamp hand-over release return file",
    "negotiation": "answer",
    "rule": "approve answer-comments read",
    "acknowledgement": "sign confirm",
    "hand_over": "answer give-back",
    "check": "explain look-again",
    "proposal": "state decide",
    "structure_plan": "adopt",
    "vehicle": "mend renew-inspection",
    "vehicle_fine": "settle name-driver",
    "licence": "renew",
    "asset_incident": "follow",
    "asset_scrapping": "decide dispose",
    "asset_self_check_request": "answer",
    "booking": "agree close dispatch out return seats settle",
    "stock_count": "count",
    "announcement": "confirm",
    "mentor_pair": "accept",
    "drill": "score",
    "case_study": "check revise",
    "escalation": "see",
    "exam": "answer",
    "meeting": "confirm",
    "resolution": "carry_out check",
    "suggestion": "accept answer begin-review complete conclude confirm decide deliver implement resubmit review"
    " reward verify",
    "talk": "agreement hold",
    "training": "announce complete feedback open",
}


def test_every_kind_of_task_waits_for_somebody() -> None:
    kinds = set(session.execute(select(Task.kind).where(Task.closed_at.is_(None)).distinct()).scalars())
    assert kinds == {f"{doc_type}:{task}" for doc_type, tasks in WAITING.items() for task in tasks.split()}


def test_nothing_happened_in_the_future_or_before_the_half_year() -> None:
    start, _end = clock.day_bounds(TODAY - HALF_YEAR)
    today, _tomorrow = clock.day_bounds(TODAY)
    for table in db.metadata.sorted_tables:
        for name in ("at", "created_at", "updated_at", "issued_at", "opened_at", "uploaded_at", "decided_at"):
            column = table.columns.get(name)
            if column is None:
                continue
            first, last = session.execute(select(func.min(column), func.max(column))).one()
            assert first is None or first >= start, f"{table.name}.{name}"
            assert last is None or last < today, f"{table.name}.{name}"


def test_events_stand_in_the_order_of_time() -> None:
    moments = list(session.execute(select(Event.at).order_by(Event.seq)).scalars())
    days = [clock.to_local(moment).date() for moment in moments]
    assert days == sorted(days)


def test_people_work_on_working_days_and_not_at_night() -> None:
    for moment in session.execute(select(Event.at)).scalars():
        local = clock.to_local(moment)
        assert workdays.is_working_day(local.date())
        assert 8 <= local.hour < 18


def test_numbers_rise_with_time_and_have_no_gaps() -> None:
    for doc_type, prefix, numbers in (
        ("inquiry", "XJ", session.execute(select(Inquiry.number).where(Inquiry.number.is_not(None)))),
        ("quotation", "BJ", session.execute(select(Quotation.number).where(Quotation.number.is_not(None)))),
    ):
        taken = sorted(str(number) for number in numbers.scalars())
        assert taken == [f"{prefix}-2026-{place:04d}" for place in range(1, len(taken) + 1)], doc_type


def test_amounts_agree_in_lines_totals_and_frozen_papers() -> None:
    for row in everything(QuotationRevision):
        sums = totals_of(row.lines)
        assert (
            row.total
            == sums.gross
            == sum((line.amount for line in row.lines if line.kind == "item"), Decimal(0))
        )
        assert sums.net + sums.tax == sums.gross
        if row.snapshot is not None:
            assert row.snapshot["totals"]["gross"] == f"{row.total:.2f}"
            assert snapshot.hash_of(row.snapshot) == row.content_hash


def test_nobody_decided_on_their_own_and_purchasing_prices_stay_out_of_events() -> None:
    for row in everything(QuotationRevision):
        assert row.owner_id not in (row.approved_by_id, row.reviewed_by_id)
    answers = session.execute(select(Event).where(Event.verb == "inquiry:answer-purchasing")).scalars()
    assert all(set(event.data) == {"position", "name"} for event in answers)


def test_large_cheap_and_unusual_offers_went_to_the_leader() -> None:
    leader = actor_by_number("l1")
    for row in everything(QuotationRevision):
        if row.approved_at is not None and quotation_flow.needs_leader(row):
            assert row.approved_by_id == leader.id
    waiting = (
        session.execute(select(QuotationRevision).where(QuotationRevision.status == "leader_review"))
        .unique()
        .scalars()
        .all()
    )
    limit = Decimal(settings.get("quotations.leader_limit"))
    assert any(row.total >= limit for row in waiting)
    assert any(line.below_floor for row in waiting for line in row.lines)
    assert any(row.payment_term == "other" for row in waiting)


def test_the_deputy_decided_in_the_managers_name_while_he_was_away() -> None:
    manager, deputy = actor_by_number("m1"), actor_by_number("s2")
    acted = session.execute(select(Event).where(Event.on_behalf_of_id == manager.id)).scalars().all()
    assert {event.actor_id for event in acted} == {deputy.id}
    assert {"inquiry:decide", "quotation:approve"} <= {event.verb for event in acted}
    days = {clock.to_local(event.at).date() for event in acted}
    own = session.execute(
        select(Event.at).where(Event.actor_id == manager.id, Event.doc_type.in_(["inquiry", "quotation"]))
    ).scalars()
    assert not days & {clock.to_local(moment).date() for moment in own}


def test_papers_are_genuine_sealed_for_demonstration_and_registered() -> None:
    papers = everything(IssuedFile)
    printed = [use for use in everything(SealUse) if use.request_id is None]
    uses = {digest for use in printed for digest in use.file_hashes}
    assert uses == {paper.sha256 for paper in papers}
    assert {paper.form for paper in papers} == {"electronic", "paper"}
    assert any(paper.pages > 1 for paper in papers)
    assert Counter(paper.copies for paper in papers)[1] < len(papers)
    for paper in papers[:3]:
        stored = session.get_one(files.StoredFile, paper.stored_file_id)
        assert files.read_bytes(stored).startswith(b"%PDF-")
        assert verification.files_by_number(str(paper.revision.number))


def test_two_bids_are_there_with_every_figure_in_their_files() -> None:
    bids = [row for row in everything(QuotationRevision) if row.bid is not None]
    assert {row.status for row in bids} == {"issued", "review"}
    for row in bids:
        found = guards.comparison(row)
        assert found is not None
        assert (found.missing, found.silent, found.pages) == ([], 0, row.bid.pages)
        assert row.submitted_content["bid"] == row.bid.content
    (sealed,) = [row for row in bids if row.status == "issued"]
    inquiry = sealed.quotation.inquiry
    assert (inquiry.kind, inquiry.status) == ("tender", "submitted")
    assert inquiry.opening_at > clock.now()
    verbs = [event.verb for event in timeline.events_for("inquiry", inquiry.id)]
    assert verbs.count("inquiry:move-opening") == 1
    assert [copy.pages for copy in sealed.issued_files] == [sealed.bid.pages] * 2
    assert not secrecy.sees_prices(inquiry, actor_by_number("c1"))
    assert secrecy.sees_prices(inquiry, actor_by_number("m1"))


def test_expired_superseded_and_revised_offers_are_there() -> None:
    rows = everything(QuotationRevision)
    assert any(row.expired for row in rows)
    assert any(row.status == "issued" and not row.expired for row in rows)
    assert any(row.status == "superseded" and row.superseded_at for row in rows)
    assert any(row.revision == 2 and row.status == "void" for row in rows)
    current = Counter(row.quotation_id for row in rows if row.current)
    assert set(current.values()) == {1}
    assert len(current) == count(Quotation)


def test_talks_were_recorded_answered_refused_and_one_waits() -> None:
    states = set(session.execute(select(Negotiation.status).distinct()).scalars())
    assert {"recorded", "waiting", "consented", "refused"} <= states
    assert count(ContactNote)
    assert count(TermsSet) == 3


def test_some_reports_came_late_and_some_papers_were_refused() -> None:
    assert any(row.reported_late for row in everything(Inquiry))
    refused = session.execute(select(Event).where(Event.verb == "quotation:paper-refused")).scalars().all()
    assert len(refused) >= 3


def test_each_account_signs_in_with_the_printed_password_and_holds_its_role() -> None:
    assert [account[0] for account in demo.ACCOUNTS] == (
        ["admin", "l1", "m1", "s1", "s2", "t1", "p1", "c1", "k1", "w1", "f1", "v1", "d1", "a1", "h1"]
    )
    users = {user.staff_number: user for user in everything(User)}
    assert not any(user.must_change_password for user in users.values())
    assert fits(demo.PASSWORD, users["s1"].password_hash)
    assert len({user.password_hash for user in users.values()}) == len(users)
    held = set(session.execute(select(RoleAssignment.role)).scalars())
    assert held == {role.value for role in Role}


def test_telephones_are_invented_and_credit_codes_have_their_check_character() -> None:
    numbers = [user.phone for user in everything(User)]
    for customer in everything(Customer):
        numbers += [customer.phone, customer.contact_phone]
        assert is_credit_code(customer.credit_code)
    entity = session.execute(select(LegalEntity)).scalar_one()
    numbers += [entity.phone, entity.fax]
    assert is_credit_code(entity.credit_code)
    assert all(number.startswith("139-0000-") and len(number) == 13 for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_seals_are_in_different_hands_and_only_two_are_drawn() -> None:
    seals = everything(Seal)
    assert {seal.kind for seal in seals if seal.form == "drawn"} == {"quotation", "bid"}
    leader = actor_by_number("l1")
    assert {seal.printing_authorised_by_id for seal in seals if seal.form == "drawn"} == {leader.id}
    assert company.drawn_seal(SealKind.QUOTATION).keeper.staff_number == "k1"
    manages = {
        role for account in people.ACCOUNTS for role, _ in account.roles if account.staff_number == "h1"
    }
    assert Role.SEAL_MANAGER in manages
    assert Role.SEAL_AUDITOR not in manages


def test_old_notices_are_read_and_recent_ones_are_not() -> None:
    unread = session.execute(select(Notice.created_at).where(Notice.read_at.is_(None))).scalars().all()
    assert unread
    assert min(unread) > clock.now() - timedelta(days=5)


def test_a_second_loading_is_refused() -> None:
    with pytest.raises(RuntimeError, match="empty"):
        demo.load(progress=lambda line: None)


def test_six_cars_have_what_their_pages_tell_of() -> None:
    cars = list(session.execute(select(Vehicle).order_by(Vehicle.id)).scalars())
    assert len(cars) == 6
    assert all("O" in vehicle.plate for vehicle in cars), "a plate that could belong to somebody"
    (own,) = [vehicle for vehicle in cars if vehicle.driver_id is not None]
    assert own.policy == "approval"
    found = {
        obstacle.code
        for obstacles in roadworthiness.obstacles_of(cars, None, clock.now(), clock.now()).values()
        for obstacle in obstacles
    }
    assert found == {"vehicle-grounded"}
    ends = select(func.max(VehiclePaper.valid_until)).group_by(VehiclePaper.vehicle_id, VehiclePaper.kind)
    assert (min(session.execute(ends).scalars()) - TODAY).days == 12
    corrected = session.execute(
        select(func.count()).where(OdometerReading.corrects_id.is_not(None))
    ).scalar_one()
    assert corrected == 1
    for vehicle in cars:
        assert vehicle.odometer == readings.chain(vehicle.id)[-1].kilometres
    driven = session.execute(select(VehicleFine).where(VehicleFine.doc_id.is_not(None))).scalar_one()
    assert driven.driver_id is not None, "a late fine finds its driver by the trips"
