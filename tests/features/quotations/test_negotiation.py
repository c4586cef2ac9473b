"""Negotiations: the quotation is locked until the manager answers, and no price falls without a talk."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.core import clock, search, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.files import CheckedFile
from app.core.notices import Notice
from app.core.tasks import open_tasks
from app.core.timeline import events_for, verify_chain
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import actions
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.quotations.negotiation.models import Negotiation
from tests import factories, stories
from tests.client import Client

PAPER = CheckedFile("回传.pdf", "application/pdf", b"%PDF-1.4")


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def talk(
    desk: stories.Desk, revision: QuotationRevision, *outside: str, who: str = "salesperson", **values: Any
) -> Negotiation:
    typed = {"counterpart": "王采购", "asked": "降 3%", "offered": "降 1%", "outside": outside, **values}
    with unit_of_work():
        return negotiations.record(revision, actor=desk.people.actor(who), typed=NegotiationInput(**typed))


def answer(desk: stories.Desk, row: Negotiation, step: str = "consent", who: str = "manager") -> Negotiation:
    with unit_of_work():
        row = session.get_one(Negotiation, row.id)
        negotiations.fire(
            row, step, actor=desk.people.actor(who), version=row.version, note="最多降 1%，付款不变"
        )
    return row


def revise(desk: stories.Desk, revision: QuotationRevision) -> QuotationRevision:
    with unit_of_work():
        return actions.revise(
            revision, actor=desk.people.actor("salesperson"), version=revision.version, reason="客户还价"
        )


def price(desk: stories.Desk, revision: QuotationRevision, value: str, **line: Any) -> None:
    with unit_of_work():
        actions.edit(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            head=stories.head(revision),
            lines=stories.typed(revision, unit_price=Decimal(value), **line),
        )


def submit(desk: stories.Desk, revision: QuotationRevision) -> QuotationRevision:
    return stories.step(desk.people, revision, "submit", "salesperson")


# The lock


def test_terms_outside_the_normal_ones_lock_every_way_on_until_the_manager_answers(
    desk: stories.Desk,
) -> None:
    people, revision = desk.people, desk.quotation("issued")
    with unit_of_work():
        actions.attach_acceptance(revision, actor=people.actor("salesperson"), file=PAPER)
    row = talk(desk, revision, "payment", "price")

    for refused in (
        lambda: revise(desk, revision),
        lambda: stories.step(people, revision, "claim_acceptance", "salesperson"),
    ):
        with pytest.raises(Conflict) as caught:
            refused()
        assert caught.value.code == "quotation:negotiation-waiting"
        assert "经理答复之前" in caught.value.sentence()

    answer(desk, row)
    assert stories.step(people, revision, "claim_acceptance", "salesperson").status == "accept_claimed"
    late = talk(desk, revision, "liability")
    with pytest.raises(Conflict):
        stories.step(people, revision, "confirm_acceptance", "manager", data={"asked": True})
    answer(desk, late, "refuse")
    assert (
        stories.step(people, revision, "confirm_acceptance", "manager", data={"asked": True}).status
        == "accepted"
    )
    assert verify_chain() == []


def test_a_locked_revision_is_neither_submitted_nor_issued(desk: stories.Desk) -> None:
    first = desk.quotation("approved")
    row = talk(desk, first, "liability")
    with pytest.raises(Conflict) as caught:
        stories.issue(desk.people, first, desk.seal)
    assert caught.value.code == "quotation:negotiation-waiting"
    answer(desk, row)
    second = revise(desk, first)
    waiting = talk(desk, second, "price")
    with pytest.raises(Conflict):
        submit(desk, second)
    answer(desk, waiting)
    assert submit(desk, second).status == "review"


def test_a_talk_within_the_normal_terms_locks_nothing_and_counts_as_follow_up(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    row = talk(desk, revision)
    assert (row.status, open_tasks("negotiation", row.id)) == ("recorded", [])
    assert row.quotation.followed_up_at == row.created_at
    assert revise(desk, revision).status == "draft"


def test_the_manager_is_asked_by_the_clock_of_working_hours_and_the_salesperson_told(
    desk: stories.Desk, at: Any
) -> None:
    at(2026, 11, 20, 16, 30)
    people, revision = desk.people, desk.quotation("issued")
    row = talk(desk, revision, "payment")
    (task,) = open_tasks("negotiation", row.id)
    assert (task.kind, task.excluded_user_id) == ("negotiation:answer", people.salesperson.id)
    assert task.due_at == workdays.add_working_hours(row.created_at, 4)
    assert clock.to_local(task.due_at).isoformat()[:16] == "2026-11-23T11:30"
    told = session.query(Notice).filter_by(user_id=people.manager.id).all()
    assert "negotiation:ask" in {notice.event.verb for notice in told}

    answer(desk, row)

    assert open_tasks("negotiation", row.id) == []
    event = events_for("negotiation", row.id)[0]
    assert (event.verb, event.reason) == ("negotiation:consent", "最多降 1%，付款不变")
    assert (row.reply, row.answered_by_id) == ("最多降 1%，付款不变", people.manager.id)
    notice = session.query(Notice).filter_by(event_seq=event.seq).one()
    assert notice.user_id == people.salesperson.id


def test_nobody_consents_to_their_own_and_a_deputy_is_named_for_whom_he_spoke(desk: stories.Desk) -> None:
    people, revision = desk.people, desk.quotation("issued")
    factories.delegation(people.manager, people.salesperson)
    factories.delegation(people.manager, people.colleague)
    row = talk(desk, revision, "price")
    for who in ("salesperson", "leader", "keeper", "administrator"):
        with pytest.raises(Denied):
            answer(desk, row, who=who)
    assert answer(desk, row, who="colleague").answered_for == "马经理"


def test_an_answer_needs_words_and_comes_once(desk: stories.Desk) -> None:
    row = talk(desk, desk.quotation("issued"), "price")
    with pytest.raises(Invalid), unit_of_work():
        negotiations.fire(row, "consent", actor=desk.people.actor("manager"), version=row.version, note=" ")
    answer(desk, row, "refuse")
    with pytest.raises(Conflict):
        answer(desk, row)
    session.refresh(row)
    assert row.status == "refused"


def test_waiting_talks_end_with_their_quotation_and_not_before(desk: stories.Desk) -> None:
    first = desk.quotation("issued")
    second = revise(desk, first)
    row = talk(desk, second, "price")
    stories.step(desk.people, second, "void", "manager", note="不改了")
    session.refresh(row)
    assert row.status == "waiting"
    session.refresh(first)
    stories.step(desk.people, first, "lose", "salesperson", data={"loss_cause": "price"})
    session.refresh(row)
    assert (row.status, open_tasks("negotiation", row.id)) == ("lapsed", [])


# What is recorded


def test_who_may_record_when(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    with pytest.raises(Denied):
        talk(desk, revision, who="manager")
    second = revise(desk, revision)
    with pytest.raises(Conflict) as old:
        talk(desk, revision)
    assert old.value.code == "quotation:newer-revision"
    stories.step(desk.people, second, "void", "manager", note="x")
    session.refresh(revision)
    stories.step(desk.people, revision, "lose", "salesperson", data={"loss_cause": "price"})
    with pytest.raises(Conflict) as over:
        talk(desk, revision)
    assert over.value.code == "negotiation:quotation-over"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"asked": " "}, "asked"),
        ({"offered": "", "outside": ("price",)}, "offered"),
        ({"outside": ("everything",)}, "outside"),
        ({"held_at": timedelta(minutes=5)}, "held_at"),
        ({"held_at": timedelta(days=-91)}, "held_at"),
        ({"next_on": timedelta(days=-1)}, "next_on"),
    ],
)
def test_what_cannot_have_been_said_is_refused_at_its_field(
    desk: stories.Desk, values: dict[str, Any], field: str
) -> None:
    revision = desk.quotation("review")
    if "held_at" in values:
        values = {"held_at": clock.now() + values["held_at"]}
    if "next_on" in values:
        values = {"next_on": clock.today() + values["next_on"]}
    with pytest.raises(Invalid) as caught:
        talk(desk, revision, **values)
    assert field in caught.value.fields
    assert session.query(Negotiation).count() == 0


# No price falls silently


@pytest.mark.parametrize(
    ("value", "line", "code"),
    [
        ("465.49", {}, "quotation:line-below-approved"),
        ("465.50", {"quantity": Decimal(9)}, "quotation:total-below-approved"),
    ],
)
def test_no_lower_revision_is_submitted_without_a_talk_since_the_approval(
    desk: stories.Desk, value: str, line: dict[str, Any], code: str
) -> None:
    first = desk.quotation("approved")
    second = revise(desk, first)
    price(desk, second, value, **line)
    with pytest.raises(Conflict) as caught:
        submit(desk, second)
    assert caught.value.code == code
    assert "R1" in caught.value.sentence()

    refused = talk(desk, second, "price")
    answer(desk, refused, "refuse")
    with pytest.raises(Conflict) as still:
        submit(desk, second)
    assert still.value.code == code
    answer(desk, talk(desk, second, "price"))
    assert submit(desk, second).status == "review"


def test_a_talk_before_the_approval_explains_no_later_price(desk: stories.Desk) -> None:
    first = desk.quotation("review")
    talk(desk, first)
    stories.approve(desk.people, first)
    second = revise(desk, first)
    price(desk, second, "460")
    with pytest.raises(Conflict):
        submit(desk, second)


def test_higher_and_equal_prices_need_no_talk_and_a_renamed_line_stays_the_same_line(
    desk: stories.Desk,
) -> None:
    second = revise(desk, desk.quotation("approved"))
    price(desk, second, "470")
    assert submit(desk, second).status == "review"
    third = revise(desk, stories.approve(desk.people, second))
    price(desk, third, "469", name="另一个名字", model="X", inquiry_line_id=None, quantity=Decimal(20))
    with pytest.raises(Conflict) as caught:
        submit(desk, third)
    assert caught.value.code == "quotation:line-below-approved"


# Over HTTP


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def test_the_talk_is_recorded_answered_and_shown_by_each_person(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    place = f"/quotations/{revision.quotation_id}"
    sign_in(client, desk, "salesperson").get(place)
    form = f"{place}/negotiations/new"
    # at the head of the page and at the talks, which stand below all lines
    assert [link.text for link in client.page.all("a", href=form)] == ["登记谈判"] * 2
    assert client.submit(form, {"asked": ""}).status_code == 422
    assert client.submit(form, {"asked": "账期 60 天", "outside": "payment"}).status_code == 422
    fields = {"asked": "账期 60 天", "offered": "账期 30 天", "outside": "payment", "next_step": "周五再谈"}
    response = client.submit(form, fields)
    assert (response.status_code, response.location) == (303, f"{place}#negotiations")
    assert client.post(form, client.page.values(form)).status_code in (303, 422)
    assert session.query(Negotiation).count() == 1
    client.get(place)
    assert "经理答复之前报价锁定" in client.page.text
    assert not client.page.all("form", action=f"{place}/r/1/revise")
    assert "账期 60 天" in client.page.text

    row = session.query(Negotiation).one()
    page = f"/quotations/negotiations/{row.id}"
    assert client.post(f"{page}/consent", {"version": "2", "note": "x"}).status_code == 403
    sign_in(client, desk, "manager").get("/tasks")
    assert client.page.all("a", href=page)
    client.get(place)
    assert client.page.all("button", formaction=f"{page}/refuse")
    client.get(page)
    values = client.page.values(f"{page}/consent")
    assert client.post(f"{page}/consent", values).status_code == 422
    assert client.post(f"{page}/consent", {**values, "version": "1", "note": "同意 30 天"}).status_code == 409
    assert "同意 30 天" in client.page.text
    assert client.post(f"{page}/consent", {**values, "note": "同意 30 天"}).status_code == 303
    sign_in(client, desk, "salesperson").get(place)
    assert "同意 30 天" in client.page.text
    assert "报价锁定" not in client.page.text
    second = revise(desk, session.get_one(QuotationRevision, revision.id))
    submit(desk, second)
    sign_in(client, desk, "manager").get(f"{place}/r/2/approve")
    assert "账期 60 天" in client.page.text


def test_the_list_is_searched_filtered_and_exported_and_seen_as_the_quotation(
    client: Client, desk: stories.Desk, queries: Any
) -> None:
    revision = desk.quotation("issued")
    rows = [
        talk(desk, revision, "payment", asked="账期六十天"),
        talk(desk, revision, asked="送货上门", next_on=clock.today()),
    ]
    sign_in(client, desk, "manager").get("/quotations/negotiations?outside=payment&status=waiting")
    assert "账期六十天" in client.page.text
    assert "送货上门" not in client.page.text
    client.get("/quotations/negotiations?outside=any&q=账期六十天")
    assert len(client.page.all("a", href=f"/quotations/negotiations/{rows[0].id}")) == 1
    client.get(f"/quotations/negotiations?owner={desk.people.colleague.id}")
    assert "没有符合条件的记录" in client.page.text
    assert "送货上门" in client.get("/quotations/negotiations?format=csv").get_data(as_text=True)
    hits = search.find(desk.people.actor("manager"), "送货上门", 5, None)
    assert [group.hits[0].url for group in hits] == [f"/quotations/negotiations/{rows[1].id}"]
    with queries() as sent:
        client.get("/quotations/negotiations")
    assert len(sent) <= 10
    with queries() as sent:
        client.get(f"/quotations/{revision.quotation_id}")
    assert len(sent) <= 10
    sign_in(client, desk, "colleague").get("/quotations/negotiations")
    assert "还没有谈判记录" in client.page.text
    assert client.get(f"/quotations/negotiations/{rows[0].id}").status_code == 404
    assert client.get(f"/quotations/{revision.quotation_id}/negotiations/new").status_code == 404
    for who in ("outsider", "technician"):
        assert sign_in(client, desk, who).get("/quotations/negotiations").status_code == 403
    form = f"/quotations/{revision.quotation_id}/negotiations/new"
    assert sign_in(client, desk, "manager").get(form).status_code == 403


# Any walk


class Bargaining(RuleBasedStateMachine):
    """Anybody tries anything with a quotation and its negotiations, in any order."""

    desk: stories.Desk
    first: int

    @initialize()
    def begin(self) -> None:
        session.rollback()
        with unit_of_work():
            pass
        type(self).desk = getattr(type(self), "desk", None) or stories.desk()
        self.first = self.desk.quotation("review", lines=1).quotation_id
        self.issued: set[int] = set()

    @property
    def revision(self) -> QuotationRevision:
        rows = session.query(QuotationRevision).filter_by(quotation_id=self.first, current=True)
        return rows.one()

    @property
    def waiting(self) -> list[Negotiation]:
        return session.query(Negotiation).filter_by(quotation_id=self.first, status="waiting").all()

    def attempt(self, act: Any) -> bool:
        locked = bool(self.waiting)
        try:
            act()
        except Problem:
            session.rollback()
            return False
        session.rollback()
        assert not (locked and act.__name__ == "locked_act"), "something went on while the manager was silent"
        return True

    @rule(who=st.sampled_from(["salesperson", "manager", "colleague"]), outside=st.booleans())
    def talk(self, who: str, outside: bool) -> None:
        terms = ("price",) if outside else ()
        self.attempt(lambda: talk(self.desk, self.revision, *terms, who=who))

    @precondition(lambda self: self.waiting)
    @rule(step=st.sampled_from(["consent", "refuse"]), who=st.sampled_from(["salesperson", "manager"]))
    def reply(self, step: str, who: str) -> None:
        done = self.attempt(lambda: answer(self.desk, self.waiting[0], step, who))
        assert done == (who == "manager")

    @rule()
    def revise(self) -> None:
        def locked_act() -> None:
            revise(self.desk, self.revision)

        self.attempt(locked_act)

    @rule(value=st.sampled_from(["400", "465.50", "500"]))
    def set_price(self, value: str) -> None:
        self.attempt(lambda: price(self.desk, self.revision, value))

    @rule()
    def submit(self) -> None:
        revision = self.revision
        explained = bool(
            revision.approved_before
            and any(
                row.created_at.isoformat() >= revision.approved_before["approved_at"]
                for row in session.query(Negotiation).filter_by(quotation_id=self.first)
            )
        )
        lower = bool(revision.approved_before and revision.total < Decimal(revision.approved_before["total"]))

        def locked_act() -> None:
            submit(self.desk, revision)

        if self.attempt(locked_act):
            assert explained or not lower, "a lower price was submitted without a talk"

    @rule()
    def approve(self) -> None:
        self.attempt(lambda: stories.approve(self.desk.people, self.revision))

    @rule()
    def issue(self) -> None:
        def locked_act() -> None:
            stories.issue(self.desk.people, self.revision, self.desk.seal, copies=1, form="paper")

        self.attempt(locked_act)

    @rule()
    def void(self) -> None:
        self.attempt(lambda: stories.step(self.desk.people, self.revision, "void", "manager", note="不报了"))

    @invariant()
    def every_paper_went_through_its_steps(self) -> None:
        if not hasattr(self, "first"):
            return
        session.rollback()
        for row in session.query(QuotationRevision).filter_by(quotation_id=self.first):
            verbs = [event.verb for event in events_for("quotation", row.id)]
            assert bool(row.issued_files) == ("quotation:issue" in verbs)
            if row.issued_files:
                assert verbs.index("quotation:issue") < verbs.index("quotation:approve")
                assert verbs.index("quotation:approve") < verbs.index("quotation:submit")
        for row in session.query(Negotiation).filter_by(quotation_id=self.first):
            assert len(open_tasks("negotiation", row.id)) == (row.status == "waiting")
            if row.status in ("consented", "refused"):
                assert row.answered_by_id == self.desk.people.manager.id


def test_no_walk_of_bargaining_passes_the_lock_or_the_price(app: Any) -> None:
    Bargaining.desk = stories.desk()
    from hypothesis.stateful import run_state_machine_as_test  # optional

    run_state_machine_as_test(
        Bargaining,
        settings=hypothesis_settings(
            max_examples=8,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify_chain() == []
