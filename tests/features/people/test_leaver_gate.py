"""Whoever leaves hands over first: what becomes of every column that names a person, none left out."""

from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import inspect as inspect_database
from sqlalchemy import select

from app.core import settings
from app.core.db import Model, db, session
from app.core.errors import Conflict
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.core.workflow import flows
from app.features.customers import actions as customer_actions
from app.features.customers.models import Customer
from app.features.inquiries import handing_over
from app.features.inquiries.models import Inquiry
from app.features.people import actions, leaving
from app.features.people.models import User
from app.features.quotations.models import QuotationRevision
from app.features.seals.models import Seal, SealRequest
from tests import stories
from tests.features.seals import wet

# What somebody has in hand: counted by a check of the gate, named by feature, module and function.
HELD = {
    "activity.owner_id": "activities.queries.open_of",
    "announcement.owner_id": "announcements.registry.scheduled_by",
    "asset_custody.person_id": "assets.queries.held_count",
    "asset_item.keeper_id": "assets.queries.held_count",
    "booking.driver_id": "bookings.queries.open_of",
    "booking.owner_id": "bookings.queries.open_of",
    "case_study.owner_id": "cases.registry.unchecked_of",
    "customer.owner_id": "customers.queries.owned_count",
    "escalation.owner_id": "escalations.queries.open_of",
    "exam.owner_id": "exams.queries.owned_open",
    "hand_over.from_id": "assets.queries.waiting_count",
    "hand_over.to_id": "assets.queries.waiting_count",
    "inquiry.owner_id": "inquiries.handing_over.open_count",
    "meeting.owner_id": "meetings.queries.planned_of",
    "meeting_series.chair_id": "meetings.queries.open_of",
    "mentor_pair.mentor_id": "mentoring.registry.open_of",
    "mentor_pair.pupil_id": "mentoring.registry.open_of",
    "negotiation.owner_id": "inquiries.handing_over.open_count",
    "quotation_revision.owner_id": "inquiries.handing_over.open_count",
    "position_holder.user_id": "directory.queries.held_by",
    "resolution.owner_id": "resolutions.queries.open_of",
    "rule.owner_id": "rules.queries.owned_by",
    "seal.keeper_id": "seals.queries.kept_by",
    "seal_request.owner_id": "seals.queries.requests_open_for",
    "seal_request.first_companion_id": "seals.queries.requests_open_for",
    "seal_request.second_companion_id": "seals.queries.requests_open_for",
    "task.user_id": "people.leaving.open_tasks",
    "training_series.chair_id": "training.queries.chaired_series",
    "training_session.chair_id": "training.queries.chaired_open",
    "vehicle.driver_id": "vehicles.queries.driven_count",
}


def columns(text: str) -> set[str]:
    """The columns of a table of them: a table a line, its columns behind the colon."""
    found = set()
    for row in text.strip().splitlines():
        table, names = row.strip().split(":")
        found |= {f"{table}.{name}" for name in names.split()}
    return found


# What waits for somebody: while it does there is a task in their name.
TASKED = columns(
    """
    acknowledgement: owner_id
    asset_self_check_request: owner_id
    clause_check: subject_id
    drill: owner_id
    escalation: to_id
    proposal: subject_id
    resolution: responsible_id
    rule_version: owner_id
    stock_count: owner_id
    suggestion: implementer_id owner_id
    talk: owner_id leader_id
    training_session: owner_id
    """
)
# What is nobody else's and ends with the person: a vote, a seat, a session, a draft, a right.
ENDS = columns(
    """
    activity_place: user_id
    activity_vote: user_id
    announcement_receipt: user_id
    announcement_scope: user_id
    booking_seat: user_id
    booking_series: owner_id
    calendar_address: user_id
    career_placement: user_id
    birth_year: user_id
    delegation: from_user_id to_user_id
    driving_licence: user_id
    employment: user_id
    form_token: user_id
    greeting_card: person_id
    import_batch: owner_id
    meeting_series_person: user_id
    notice: user_id
    profile: id
    profile_access: person_id reader_id
    profile_consent: user_id
    question_progress: user_id
    reminder: user_id
    role_assignment: user_id
    rule_reading: user_id
    structure_plan: owner_id
    task: excluded_user_id
    training_person: user_id
    training_topic_vote: user_id
    user_session: user_id
    talk: other_id
    talk_agreement: responsible_id
    """
)
# Who did something: history.
DID = columns(
    """
    acknowledgement: filed_by_id
    activity: approved_by_id
    asset_incident: person_id owner_id
    asset_item: owner_id
    asset_repair: sent_by_id back_by_id
    asset_scrapping: approved_by_id owner_id
    asset_self_check: person_id
    booking: allowed_by_id agreed_by_id dispatched_by_id
    booking_seat: answered_by_id
    career_placement: noted_by_id
    case_comment: author_id
    case_mark: user_id
    case_study: checked_by_id
    clause_binding: bound_by_id
    clause_check: owner_id explained_by_id
    clause_range: set_by_id
    contact_note: author_id
    drill_part: user_id
    drill_sheet: judge_id
    driving_licence: seen_by_id
    escalation: answered_by_id
    escalation_told: user_id
    event: actor_id on_behalf_of_id
    exam_certificate: user_id issued_by_id
    exam_sheet: user_id
    extra_copies: asked_by_id consented_by_id
    figure_fact: owner_id
    figure_tally: owner_id
    greeting_card_line: author_id
    hand_over: witness_id owner_id
    inquiry: reported_by_id
    issued_file: issued_by_id
    meeting_item: user_id
    meeting_person: user_id
    mentor_pair: owner_id
    mentor_rating: author_id
    negotiation: answered_by_id
    odometer_correction: owner_id
    odometer_reading: by_id
    procedure_record: entered_by_id
    proposal: decided_by_id decided_for_id witness_id second_decided_by_id executed_by_id owner_id
    proposal_evidence: added_by_id
    proposal_tip: subject_id owner_id
    purchasing_answer: author_id
    quotation_revision: submitted_by_id reviewed_by_id approved_by_id
    resolution: checked_by_id
    rule_comment: author_id answered_by_id
    rule_evidence: user_id made_by_id
    rule_signature: user_id entered_by_id
    rule_version: approved_by_id
    seal: printing_authorised_by_id
    seal_request: approved_by_id used_by_id released_by_id
    seal_use: used_by_id approved_by_id
    stock_count: approved_by_id
    stock_count_line: expected_keeper_id found_by_id person_seen_id
    stock_count_stray: found_by_id
    stored_file: uploaded_by_id
    suggestion_author: user_id
    suggestion_comment: user_id
    suggestion_effect: checked_by_id
    suggestion_score: reviewer_id
    suggestion_vote: user_id
    technical_answer: author_id
    tender_item: done_by_id
    thanks: author_id person_id
    training_person: leave_answered_by_id signed_in_by_id
    training_topic: proposed_by_id
    vehicle_cost: entered_by_id
    vehicle_defect: caused_by_id reported_by_id mended_by_id
    vehicle_fine: driver_id entered_by_id
    vehicle_paper: entered_by_id
    vehicle_service: entered_by_id
    waiver: author_id
    """
)


def person_columns() -> set[str]:
    people = Model.metadata.tables["user"]
    return {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.columns
        if any(key.column.table is people for key in column.foreign_keys)
    }


def test_every_column_that_names_a_person_says_what_becomes_of_it_when_they_leave(app: object) -> None:
    groups = [set(HELD), TASKED, ENDS, DID]
    told = set().union(*groups)
    assert person_columns() - told == set(), (
        "a new column: is it held, tasked, ending with the person, or history?"
    )
    assert told - person_columns() == set()
    assert sum(map(len, groups)) == len(told)


def test_the_tables_are_all_of_the_database(app: object) -> None:
    """A column of a table that no model knows would escape the test above."""
    known = set(Model.metadata.tables)
    referring = {
        name
        for name in inspect_database(db.engine).get_table_names()
        if any(key["referred_table"] == "user" for key in inspect_database(db.engine).get_foreign_keys(name))
    }
    assert referring <= known
    assert {name.partition(".")[0] for name in person_columns()} == referring


@pytest.mark.parametrize("place", sorted(set(HELD.values())))
def test_what_is_held_is_counted_by_the_gate(place: str) -> None:
    module, _dot, name = place.rpartition(".")
    counting = getattr(import_module(f"app.features.{module}"), name)
    assert any(check.counting is counting for check in leaving.leaver_checks)


def test_every_document_with_an_owner_is_held_tasked_or_known_to_end(app: object) -> None:
    """A flow whose open documents belong to somebody cannot be forgotten by calling the column history."""
    owned = {f"{name}.owner_id" for name in Model.metadata.tables if name in flows()} & person_columns()
    # decided, repaired, disposed of or looked at by others, whoever brought it up
    brought_up = columns(
        """
        asset_incident: owner_id
        asset_scrapping: owner_id
        clause_check: owner_id
        hand_over: owner_id
        mentor_pair: owner_id
        odometer_correction: owner_id
        proposal: owner_id
        proposal_tip: owner_id
        structure_plan: owner_id
        """
    )
    assert owned - set(HELD) - TASKED == brought_up


# The sales chain, as it stands and as it is handed over


def deactivate(desk: stories.Desk) -> None:
    with unit_of_work():
        leaver = session.get_one(User, desk.people.ids["salesperson"])
        actions.deactivate(leaver, version=None, actor=desk.people.actor("administrator"))


def sentences(desk: stories.Desk) -> set[str]:
    session.rollback()
    return {matter.sentence for matter in leaving.open_matters(desk.people.ids["salesperson"])}


def pointing(person_id: int) -> dict[str, list[Any]]:
    """What of the columns that are held or tasked still names a person, with the state of each row."""
    found = {}
    for place in sorted({*HELD, *TASKED}):
        name, _dot, column = place.partition(".")
        table = Model.metadata.tables[name]
        shown = next((table.c[key] for key in ("status", "closed_at") if key in table.c), table.c.id)
        rows = session.execute(select(shown).where(table.c[column] == person_id)).scalars().all()
        if rows:
            found[place] = list(rows)
    return found


def open_pointing(person_id: int) -> dict[str, list[Any]]:
    """The same without documents that are over and tasks that are closed."""
    left = {}
    for place, values in pointing(person_id).items():
        name = place.partition(".")[0]
        flow = flows().get({"quotation_revision": "quotation"}.get(name, name))
        if name == "task":
            rest = [value for value in values if value is None]
        else:
            rest = [value for value in values if flow is None or not flow.state(value).terminal]
        if rest:
            left[place] = rest
    return left


def with_full_hands() -> tuple[stories.Desk, int, int]:
    """A desk whose salesperson owns, keeps, carries and is named in settings; with a seal kept and one taken out."""
    desk = wet.desk()
    people, leaver = desk.people, desk.people.ids["salesperson"]
    held = wet.wet_seal(desk, keeper=people.salesperson)
    out = wet.take_out(desk, wet.wet_seal(desk, kind="bid"))
    issued, _drafted = desk.quotation("issued"), desk.quotation("draft")
    stories.report(people, stories.inquiry(people, desk.customer))
    with unit_of_work():
        issued.quotation.inquiry.status = "submitted"
        settings.put("quotations.second_approver", leaver)
        customer_actions.deactivate_customer(
            session.get_one(Customer, desk.customer.id),
            actor=people.actor("salesperson"),
            version=None,
            reason="停产",
        )
    return desk, held.id, out.id


def test_a_salesperson_leaves_only_with_empty_hands_and_nothing_but_history_names_them() -> None:
    desk, held, out = with_full_hands()
    people, leaver = desk.people, desk.people.ids["salesperson"]
    assert set(open_pointing(leaver)) >= {
        "customer.owner_id",
        "inquiry.owner_id",
        "quotation_revision.owner_id",
        "seal.keeper_id",
        "seal_request.first_companion_id",
        "seal_request.owner_id",
        "task.user_id",
    }
    told = sentences(desk)
    for part in ("家客户", "份没有结果的询价", "枚印章", "份用印申请", "件待办", "项设置"):
        assert [text for text in told if part in text], (part, told)

    with unit_of_work():
        rows = session.query(Inquiry).filter_by(owner_id=leaver).all()
        handing_over.hand_over(
            [(row.id, row.version) for row in rows],
            actor=people.actor("manager"),
            owner_id=people.ids["colleague"],
        )
    with pytest.raises(Conflict):
        deactivate(desk)
    with unit_of_work():
        customer_actions.hand_over_customers(
            [(desk.customer.id, None)], actor=people.actor("manager"), owner_id=people.ids["colleague"]
        )
        settings.put("quotations.second_approver", people.ids["keeper"])
        keeper = people.ids["keeper"]
        session.get_one(Seal, held).keeper_id = keeper
    with pytest.raises(Conflict):
        deactivate(desk)
    back = session.get_one(SealRequest, out)
    wet.step(desk, back, "return", "keeper", copies=1, impressions=1, condition="sound")
    assert sentences(desk) == {"还有 1 份用印申请没有归档"}
    with unit_of_work():
        session.get_one(SealRequest, out).status = "closed"
    assert sentences(desk) == set()
    deactivate(desk)

    assert open_pointing(leaver) == {}
    assert "seal_request.owner_id" in pointing(leaver), "history stays"
    assert session.query(Task).filter_by(user_id=leaver, closed_at=None).count() == 0
    for table in (Inquiry, QuotationRevision):
        assert {row.owner_id for row in session.query(table)} == {people.ids["colleague"]}
    assert not session.get_one(User, leaver).active
