"""The life of a request for a wet seal: who decides, what stops it, what it leaves in the register."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.core import clock, files, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.permissions import SYSTEM, Role, roles_holding
from app.core.tasks import open_tasks
from app.core.timeline import events_for, verify_chain
from app.core.uow import unit_of_work
from app.features.quotations.models import QuotationRevision
from app.features.seals import actions, flow, queries, sources
from app.features.seals.enums import SealPerm
from app.features.seals.flow import FLOW
from app.features.seals.models import Seal, SealRequest, SealUse
from tests import factories, stories
from tests.features.seals import wet


@pytest.fixture
def desk() -> stories.Desk:
    return wet.desk()


@pytest.fixture
def seal(desk: stories.Desk) -> Seal:
    return wet.wet_seal(desk)


def refusal(act: Callable[..., Any], *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as found:
        act(*arguments, **options)
    return found.value


def kinds(request: SealRequest) -> list[tuple[str, int | None, str | None]]:
    return [(task.kind, task.user_id, task.permission) for task in open_tasks("seal_request", request.id)]


def test_quotation_on_paper_goes_from_the_request_to_the_filed_scan(desk: stories.Desk, seal: Seal) -> None:
    people, revision = desk.people, wet.paper(desk)
    request = wet.ask_for(desk, seal, revision)
    assert (request.number or "").startswith("YY-")
    assert (request.doc_number, request.revision, request.pages) == (revision.number, 1, 1)
    assert request.content_hash == revision.content_hash
    assert kinds(request) == [("seal:approve", None, "seals:use:approve")]
    wet.step(desk, request, "approve", "manager")
    assert kinds(request) == [("seal:stamp", people.keeper.id, None)]

    wet.step(desk, request, "stamp", "keeper", compared=True, copies=2, impressions=3, photo=wet.picture())
    use = session.query(SealUse).filter_by(request_id=request.id).one()
    assert (use.form, use.doc_type, use.doc_id, use.number) == (
        "wet",
        "quotation",
        revision.id,
        revision.number,
    )
    assert (use.copies, use.impressions, use.used_by_id, use.approved_by_id) == (
        2,
        3,
        people.keeper.id,
        people.manager.id,
    )
    assert use.file_hashes == [row.sha256 for row in files.files_for("seal_request", request.id, "photo")]
    assert kinds(request) == [("seal:file", None, "seals:use:file")]

    wet.step(desk, request, "file", "back_office", scan=wet.picture(), originals="正本交客户")
    assert request.status == "closed"
    scan = files.files_for("seal_request", request.id, "scan")[0]
    assert scan.legal_hold
    assert events_for("seal_request", request.id)[0].data == {"sha256": scan.sha256}
    assert kinds(request) == []
    assert verify_chain() == []


@pytest.mark.parametrize(
    ("kind", "changed", "who"),
    [
        ("quotation", {}, "manager"),
        ("bid", {"paper_kind": "bid"}, "manager"),
        ("company", {"paper_kind": "bid"}, "manager"),
        ("company", {"paper_kind": "letter"}, "leader"),
        ("contract", {"paper_kind": "quotation"}, "leader"),
        ("legal_representative", {"paper_kind": "bid"}, "leader"),
        ("quotation", {"mode": "take_out", "destination": "银川"}, "leader"),
        ("contract", {"paper_kind": "contract"}, "leader"),
    ],
)
def test_who_approves_depends_on_paper_seal_and_place(
    desk: stories.Desk, kind: str, changed: dict[str, Any], who: str
) -> None:
    request = wet.ask(desk, wet.wet_seal(desk, kind), **changed)
    others = {"manager", "leader", "keeper", "back_office", "salesperson", "administrator"} - {who}
    for other in others:
        assert isinstance(refusal(wet.step, desk, request, "approve", other), Denied), other
    assert wet.step(desk, request, "approve", who).approved_by_id == desk.people.ids[who]


def test_nobody_approves_their_own_and_the_next_above_does(desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal, who="manager")
    assert isinstance(refusal(wet.step, desk, request, "approve", "manager"), Denied)
    assert [task.permission for task in open_tasks("seal_request", request.id)] == [
        "seals:use:approve-as-leader"
    ]
    assert wet.step(desk, request, "approve", "leader").status == "approved"


def test_leaders_own_request_names_the_missing_setting_until_it_is_there(
    desk: stories.Desk, seal: Seal
) -> None:
    with unit_of_work():
        desk.people.leader.department_id = desk.people.department.id
    problem = refusal(wet.ask, desk, seal, who="leader", paper_kind="letter")
    assert problem.code == "seal_request:nobody-approves"
    assert "用印第二审批人" in problem.sentence()
    with unit_of_work():
        settings.put("seals.second_approver", desk.people.colleague.id)
    request = wet.ask(desk, seal, who="leader", paper_kind="letter")
    assert kinds(request) == [("seal:approve", desk.people.colleague.id, None)]
    assert isinstance(refusal(wet.step, desk, request, "approve", "leader"), Denied)
    wet.step(desk, request, "approve", "colleague")
    assert events_for("seal_request", request.id)[0].role == "second_approver"


def test_delegation_does_not_reach_back_to_ones_own(desk: stories.Desk, seal: Seal) -> None:
    factories.delegation(desk.people.manager, desk.people.salesperson)
    factories.delegation(desk.people.manager, desk.people.colleague)
    request = wet.ask(desk, seal)
    assert isinstance(refusal(wet.step, desk, request, "approve", "salesperson"), Denied)
    wet.step(desk, request, "approve", "colleague")
    assert events_for("seal_request", request.id)[0].on_behalf_of_name == "马经理"


def test_keepers_deputy_stamps_in_the_keepers_name_and_nobody_else(desk: stories.Desk, seal: Seal) -> None:
    request = wet.step(desk, wet.ask(desk, seal), "approve", "manager")
    for other in ("manager", "leader", "back_office", "salesperson"):
        assert isinstance(refusal(wet.step, desk, request, "stamp", other, **wet.STAMPED), Denied), other
    factories.delegation(desk.people.keeper, desk.people.colleague)
    wet.step(desk, request, "stamp", "colleague", **wet.STAMPED)
    assert events_for("seal_request", request.id)[0].on_behalf_of_name == "钱保管"


def test_nothing_is_stamped_before_its_approval(desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal)
    assert isinstance(refusal(wet.step, desk, request, "stamp", "keeper", **wet.STAMPED), Conflict)
    wet.step(desk, request, "refuse", "manager", note="用途不清楚")
    assert isinstance(refusal(wet.step, desk, request, "stamp", "keeper", **wet.STAMPED), Conflict)
    assert session.query(SealUse).count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"compared": False}, "compared"),
        ({"copies": 3}, "copies"),
        ({"copies": 0}, "copies"),
        ({"impressions": 4}, "impressions"),
        ({"impressions": None}, "impressions"),
    ],
)
def test_more_than_approved_or_uncompared_is_refused_at_its_field(
    desk: stories.Desk, seal: Seal, given: dict[str, Any], field: str
) -> None:
    request = wet.step(desk, wet.ask(desk, seal), "approve", "manager")
    problem = refusal(wet.step, desk, request, "stamp", "keeper", **{**wet.STAMPED, **given})
    assert isinstance(problem, Invalid)
    assert list(problem.fields) == [field]


def test_changed_or_superseded_paper_cannot_be_stamped(desk: stories.Desk, seal: Seal) -> None:
    revision = wet.paper(desk)
    request = wet.step(desk, wet.ask_for(desk, seal, revision), "approve", "manager")
    blocked = FLOW.open_steps(request, desk.people.actor("keeper"))
    assert [(view.name, view.blocked) for view in blocked] == [("stamp", None)]
    before = revision.content_hash
    with unit_of_work():
        session.get_one(QuotationRevision, revision.id).content_hash = "0" * 64
    assert refusal(wet.step, desk, request, "stamp", "keeper", **wet.STAMPED).code == "seal_request:changed"
    with unit_of_work():
        session.get_one(QuotationRevision, revision.id).content_hash = before
        session.get_one(QuotationRevision, revision.id).status = "superseded"
    assert (
        refusal(wet.step, desk, request, "stamp", "keeper", **wet.STAMPED).code == "seal_request:not-approved"
    )


def test_stopped_seal_is_neither_approved_nor_used(desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal)
    with unit_of_work():
        session.get_one(Seal, seal.id).status = "stopped"
    assert refusal(wet.step, desk, request, "approve", "manager").code == "seal_request:seal-stopped"


def test_applicant_cancels_before_use_only(desk: stories.Desk, seal: Seal) -> None:
    first, second = wet.ask(desk, seal), wet.ask(desk, seal)
    assert wet.step(desk, first, "cancel", "salesperson", note="改用电子件").status == "cancelled"
    wet.step(desk, second, "approve", "manager")
    assert isinstance(refusal(wet.step, desk, second, "cancel", "colleague", note="x"), Denied)
    wet.step(desk, second, "stamp", "keeper", **wet.STAMPED)
    assert isinstance(refusal(wet.step, desk, second, "cancel", "salesperson", note="x"), Conflict)


# Taken out of the house


def test_seal_leaves_with_two_people_when_keeper_and_leader_both_said_so(
    desk: stories.Desk, seal: Seal
) -> None:
    people = desk.people
    request = wet.take_out(desk, seal, "handed_over")
    assert request.status == "handed_over"
    assert kinds(request) == [("seal:release", None, "seals:use:approve-as-leader")]
    for other in ("keeper", "manager", "salesperson"):
        assert isinstance(refusal(wet.step, desk, request, "release", other), Denied), other
    wet.step(desk, request, "release", "leader")
    assert (request.status, request.released_by_id) == ("out", people.leader.id)
    assert kinds(request) == [("seal:return", people.keeper.id, None)]
    assert not request.overdue
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert request.overdue
        assert queries.out_counts() == (1, 1)

    wet.step(desk, request, "return", "keeper", condition="worn", copies=2, impressions=2)
    assert (request.status, request.condition) == ("back", "worn")
    use = session.query(SealUse).filter_by(request_id=request.id).one()
    assert (use.form, use.number, use.impressions) == ("taken_out", request.number, 2)
    assert isinstance(
        refusal(wet.step, desk, request, "file", "back_office", originals="档案柜 3-2"), Invalid
    )
    wet.step(desk, request, "file", "back_office", scan=wet.picture(), originals="档案柜 3-2")


def test_seal_that_pressed_nothing_leaves_no_row_and_needs_no_scan(desk: stories.Desk, seal: Seal) -> None:
    request = wet.take_out(desk, seal)
    problem = refusal(wet.step, desk, request, "return", "keeper", condition="sound", copies=0, impressions=1)
    assert list(problem.fields) == ["copies"]  # type: ignore[attr-defined]
    wet.step(desk, request, "return", "keeper", condition="sound", copies=0, impressions=0)
    assert session.query(SealUse).count() == 0
    wet.step(desk, request, "file", "back_office", originals="没有用印")
    assert events_for("seal_request", request.id)[0].data == {}


@pytest.mark.parametrize("given", [{}, {"condition": "lost"}, {"condition": "sound", "copies": 9}])
def test_return_is_not_registered_without_condition_or_beyond_the_approval(
    desk: stories.Desk, seal: Seal, given: dict[str, Any]
) -> None:
    request = wet.take_out(desk, seal)
    problem = refusal(wet.step, desk, request, "return", "keeper", **{"copies": 1, "impressions": 1, **given})
    assert isinstance(problem, Invalid)


def test_leader_may_keep_the_seal_here_with_a_reason(desk: stories.Desk, seal: Seal) -> None:
    request = wet.take_out(desk, seal, "handed_over")
    assert refusal(wet.step, desk, request, "hold", "leader").status == 422
    wet.step(desk, request, "hold", "leader", note="改为来公司盖章")
    assert (request.status, request.first_companion_id, request.due_back) == ("approved", None, None)


@pytest.mark.parametrize(
    ("second", "hours", "field"),
    [(None, 4, "second"), ("salesperson", 4, "second"), ("colleague", -1, "due_back")],
)
def test_one_person_alone_or_no_time_keeps_the_seal_here(
    desk: stories.Desk, seal: Seal, second: str | None, hours: int, field: str
) -> None:
    request = wet.ask(desk, seal, mode="take_out", destination="银川")
    wet.step(desk, request, "approve", "leader")
    ids = desk.people.ids
    problem = refusal(
        wet.step,
        desk,
        request,
        "hand_over",
        "keeper",
        first=ids["salesperson"],
        second=ids[second] if second else None,
        due_back=clock.now() + timedelta(hours=hours),
    )
    assert list(problem.fields) == [field]  # type: ignore[attr-defined]


def test_leader_who_keeps_the_seal_does_not_let_it_go_himself(desk: stories.Desk) -> None:
    people = desk.people
    own = wet.wet_seal(desk, "legal_representative", people.leader)
    request = wet.ask(desk, own, mode="take_out", destination="银川", paper_kind="bid")
    wet.step(desk, request, "approve", "leader")
    due = clock.now() + timedelta(hours=4)
    ids = people.ids
    wet.step(
        desk, request, "hand_over", "leader", first=ids["salesperson"], second=ids["colleague"], due_back=due
    )
    assert isinstance(refusal(wet.step, desk, request, "release", "leader"), Denied)
    assert kinds(request) == []
    with unit_of_work():
        settings.put("seals.second_approver", people.manager.id)
        FLOW.sync_tasks(request)
    assert kinds(request) == [("seal:release", people.manager.id, None)]
    assert wet.step(desk, request, "release", "manager").status == "out"


def test_new_keeper_of_a_seal_gets_what_waited_for_the_old_one(desk: stories.Desk, seal: Seal) -> None:
    request = wet.step(desk, wet.ask(desk, seal), "approve", "manager")
    manager = factories.user(name="另一章管", roles=[Role.SEAL_MANAGER])
    with unit_of_work():
        actions.change_keeper(
            session.get_one(Seal, seal.id),
            actor=factories.actor(manager),
            version=None,
            keeper_id=desk.people.colleague.id,
        )
    assert kinds(request) == [("seal:stamp", desk.people.colleague.id, None)]
    assert wet.step(desk, request, "stamp", "colleague", **wet.STAMPED).status == "stamped"


def test_the_three_rights_lie_in_different_hands() -> None:
    rights = {SealPerm.MANAGE: Role.SEAL_MANAGER, SealPerm.AUDIT: Role.SEAL_AUDITOR}
    for permission, role in rights.items():
        assert roles_holding(permission) == {role}
    assert roles_holding(SealPerm.APPROVE) == {Role.MANAGER}
    assert roles_holding(SealPerm.APPROVE_AS_LEADER) == {Role.LEADER}
    everything = {permission: frozenset(Role) for permission in SealPerm}
    assert Role.ADMINISTRATOR not in roles_holding(
        SealPerm.APPROVE, {str(code): roles for code, roles in everything.items()}
    )


def test_the_system_does_no_step_of_a_request(desk: stories.Desk, seal: Seal) -> None:
    request = wet.ask(desk, seal)
    for item in FLOW.steps:
        assert item.allowed.test(request, SYSTEM) is None, item.name


def test_document_of_an_unknown_kind_is_not_found(desk: stories.Desk) -> None:
    assert sources.find("nothing", 1) is None
    assert sources.find("quotation", 999) is None
    assert sources.find_visible(desk.people.actor("outsider"), "quotation", 1) is None
    assert flow.in_mode is not None


# Any path


WHO = ("salesperson", "manager", "leader", "keeper", "back_office", "colleague", "administrator")
SOURCES_OF_USE = {"stamped", "back"}


class AnyPath(RuleBasedStateMachine):
    """Whatever anybody tries, in any order and with any figures: approval first, and never more than approved."""

    desk: stories.Desk
    seal: Seal

    @initialize(mode=st.sampled_from(["stamp", "take_out"]), most=st.integers(2, 4))
    def begin(self, mode: str, most: int) -> None:
        self.request = wet.ask(self.desk, self.seal, mode=mode, destination="银川", impressions=most)
        self.most = most
        self.approvals = 0
        self.path: list[str] = [self.request.status]

    @rule(
        name=st.sampled_from([step.name for step in FLOW.steps]),
        who=st.sampled_from(WHO),
        copies=st.integers(0, 3),
        impressions=st.integers(0, 6),
        compared=st.booleans(),
        pair=st.tuples(st.sampled_from(WHO), st.sampled_from(WHO)),
        scanned=st.booleans(),
    )
    def attempt(
        self,
        name: str,
        who: str,
        copies: int,
        impressions: int,
        compared: bool,
        pair: tuple[str, str],
        scanned: bool,
    ) -> None:
        before = self.request.status
        ids = self.desk.people.ids
        given = {
            "compared": compared,
            "copies": copies,
            "impressions": impressions,
            "first": ids[pair[0]],
            "second": ids[pair[1]],
            "due_back": clock.now() + timedelta(hours=1),
            "condition": "sound",
            "scan": wet.picture() if scanned else None,
            "originals": "档案柜",
        }
        try:
            wet.step(self.desk, self.request, name, who, note="理由", **given)
        except Problem:
            session.rollback()
            session.refresh(self.request)
            assert self.request.status == before
            return
        if name == "approve":
            assert who in ("manager", "leader")
            self.approvals += 1
        self.path.append(self.request.status)

    @invariant()
    def nothing_is_used_without_approval(self) -> None:
        if not hasattr(self, "request"):
            return
        used = session.query(SealUse).filter_by(request_id=self.request.id).all()
        if SOURCES_OF_USE & set(self.path) or used:
            assert self.approvals >= 1
            assert "approved" in self.path
            assert self.request.approved_by_id not in (None, self.request.owner_id)
        assert sum(row.impressions for row in used) <= self.most
        assert sum(row.copies for row in used) <= self.request.copies
        assert (self.request.impressions_made or 0) <= self.most
        if "out" in self.path:
            assert "handed_over" in self.path
            assert self.request.first_companion_id != self.request.second_companion_id

    @invariant()
    def tasks_are_those_of_the_state(self) -> None:
        if hasattr(self, "request"):
            wanted = sorted(
                (task.kind, task.user_id or 0, task.permission or "")
                for task in FLOW.wanted_tasks(self.request)
            )
            found = sorted(
                (task.kind, task.user_id or 0, task.permission or "")
                for task in open_tasks("seal_request", self.request.id)
            )
            assert found == wanted


def test_no_path_uses_a_seal_unapproved_or_beyond_what_was_approved(desk: stories.Desk, seal: Seal) -> None:
    assert {step.name for step in FLOW.steps if "stamped" in step.targets} == {"stamp"}
    AnyPath.desk, AnyPath.seal = desk, seal
    run_state_machine_as_test(
        AnyPath,
        settings=hypothesis_settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
