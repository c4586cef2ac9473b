"""Giving inquiries to another: with their quotations, tasks and talks, and history as it was."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.files import CheckedFile
from app.core.notices import unread_count
from app.core.tasks import Task, open_tasks
from app.core.uow import unit_of_work
from app.features.figures import actions as figures
from app.features.figures.models import FigureFact
from app.features.inquiries import handing_over
from app.features.inquiries.models import Inquiry
from app.features.people import actions as people_actions
from app.features.people import leaving
from app.features.people.models import User
from app.features.quotations import actions as quotations
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.verify.queries import paper_by_code
from tests import factories, stories
from tests.client import Client

PAGE = "/inquiries/hand-over"


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def give(
    desk: stories.Desk, *chosen: Inquiry, who: str = "manager", to: str = "colleague", **more: Any
) -> int:
    versions = [(row.id, more.get("version")) for row in chosen]
    with unit_of_work():
        return handing_over.hand_over(
            versions, actor=desk.people.actor(who), owner_id=desk.people.ids[to], note="离职交接"
        )


def inquiry_of(revision: QuotationRevision) -> Inquiry:
    return session.get_one(Inquiry, revision.quotation.inquiry_id)


def revise(desk: stories.Desk, revision: QuotationRevision, who: str = "salesperson") -> QuotationRevision:
    with unit_of_work():
        return quotations.revise(
            revision, actor=desk.people.actor(who), version=revision.version, reason="客户还价"
        )


def test_an_inquiry_goes_with_its_tasks_and_its_quotation(desk: stories.Desk) -> None:
    people, revision = desk.people, desk.quotation("draft")
    with unit_of_work():
        session.get_one(User, people.salesperson.id).phone = "139-1"
        session.get_one(User, people.colleague.id).phone = "139-2"
        revision.contact_mobile = "139-1"
    row = inquiry_of(revision)

    assert give(desk, row) == 1

    session.refresh(revision)
    assert (row.owner_id, revision.owner_id) == (people.colleague.id, people.colleague.id)
    assert revision.contact_mobile == "139-2"
    tasks = [*open_tasks("inquiry", row.id), *open_tasks("quotation", revision.id)]
    assert people.salesperson.id not in {task.user_id for task in tasks}
    assert people.colleague.id in {task.user_id for task in tasks}
    event = timeline.events_for("inquiry", row.id)[0]
    assert (event.verb, event.reason, event.data) == (
        "inquiry:hand-over",
        "离职交接",
        {"from": "孙晓", "to": "陈同"},
    )
    assert timeline.describe(timeline.events_for("quotation", revision.id)[0]) == "报价随询价从孙晓移交给陈同"
    assert unread_count(people.colleague.id) > 0
    stories.step(people, revision, "submit", "colleague")
    with pytest.raises(Denied):
        revise(desk, revision)


def test_issued_and_superseded_papers_stay_what_they_were(desk: stories.Desk) -> None:
    people, first = desk.people, desk.quotation("issued")
    code = first.issued_files[0].code
    second = revise(desk, first)
    stories.step(people, second, "void", "manager", note="不改了")
    third = revise(desk, session.get_one(QuotationRevision, first.id))
    stories.step(people, third, "submit", "salesperson")
    stories.issue(people, stories.approve(people, third), desk.seal)
    session.expire_all()
    before = {row.id: (row.status, row.version, row.updated_at, row.content_hash) for row in (first, second)}
    told = paper_by_code(code)

    with clock.frozen(clock.now().replace(year=2027)):
        give(desk, inquiry_of(first))

    session.expire_all()
    assert before == {
        row.id: (row.status, row.version, row.updated_at, row.content_hash) for row in (first, second)
    }
    assert paper_by_code(code) == told
    owners = {row.owner_id for row in session.query(QuotationRevision)}
    assert owners == {people.colleague.id}
    assert third.snapshot is not None
    assert third.snapshot["prepared"]["name"] == "孙晓"


def test_what_is_under_review_is_decided_first(desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    with pytest.raises(Conflict) as refused:
        give(desk, inquiry_of(revision))
    assert refused.value.sentence() == f"报价 {revision.number} 正在审核，请先审核或退回，再移交"
    session.rollback()
    assert inquiry_of(revision).owner_id == desk.people.salesperson.id
    stories.step(desk.people, revision, "return", "manager", note="交接")
    assert give(desk, inquiry_of(revision)) == 1
    assert [task.user_id for task in open_tasks("quotation", revision.id)] == [desk.people.colleague.id]


def test_all_that_is_under_review_is_named_at_once(desk: stories.Desk) -> None:
    first, second, free = desk.quotation("review"), desk.quotation("review"), desk.quotation("draft")
    with pytest.raises(Conflict) as refused:
        give(desk, *(inquiry_of(row) for row in (first, second, free)))
    assert refused.value.sentence() == f"报价 {first.title}、{second.title} 正在审核，请先审核或退回，再移交"
    session.rollback()
    assert inquiry_of(free).owner_id == desk.people.salesperson.id


def test_a_talk_that_waits_goes_along_and_an_answered_one_stays(desk: stories.Desk) -> None:
    people, revision = desk.people, desk.quotation("issued")
    typed = NegotiationInput(counterpart="王采购", asked="降 3%", offered="降 1%", outside=("price",))
    talks = []
    for answered in (True, False):
        with unit_of_work():
            talk = negotiations.record(revision, actor=people.actor("salesperson"), typed=typed)
        if answered:
            with unit_of_work():
                negotiations.fire(
                    talk, "consent", actor=people.actor("manager"), version=talk.version, note="可以"
                )
        talks.append(talk)
    give(desk, inquiry_of(revision))
    session.expire_all()
    assert [talk.owner_id for talk in talks] == [people.salesperson.id, people.colleague.id]
    (task,) = open_tasks("negotiation", talks[1].id)
    assert task.excluded_user_id == people.colleague.id


def test_who_reported_and_who_offered_keep_their_figures(desk: stories.Desk) -> None:
    people, revision = desk.people, desk.quotation("issued")
    row = inquiry_of(revision)
    give(desk, row)
    with unit_of_work():
        quotations.attach_acceptance(
            revision,
            actor=people.actor("colleague"),
            file=CheckedFile("回传.pdf", "application/pdf", b"%PDF-1.4"),
        )
    stories.step(people, revision, "claim_acceptance", "colleague")
    stories.step(people, revision, "confirm_acceptance", "manager", data={"asked": True})
    found = session.execute(select(FigureFact.kind, FigureFact.owner_id))
    owners = {row.kind: row.owner_id for row in found}
    assert owners["reported"] == owners["issued"] == people.salesperson.id
    assert owners["result"] == people.colleague.id
    figures.recount()
    assert figures.check() == []


def test_one_refusal_leaves_all_as_they_were(desk: stories.Desk) -> None:
    people = desk.people
    rows = [stories.report(people, stories.inquiry(people, desk.customer)) for _number in range(2)]
    attempts: list[tuple[type[Problem], dict[str, Any]]] = [
        (Stale, {"version": 99}),
        (Invalid, {"to": "technician"}),
        (Denied, {"who": "salesperson"}),
        (NotVisible, {"who": "outsider"}),
        (Denied, {"who": "back_office"}),
        (Conflict, {"to": "salesperson"}),
    ]
    for problem, options in attempts:
        with pytest.raises(problem):
            give(desk, *rows, **options)
        session.rollback()
    with unit_of_work():
        session.get_one(User, people.colleague.id).active = False
    with pytest.raises(Invalid):
        give(desk, *rows)
    session.rollback()
    assert {row.owner_id for row in session.query(Inquiry)} == {people.salesperson.id}


def test_nobody_gives_away_their_own_to_decide_it_themselves(desk: stories.Desk) -> None:
    people = desk.people
    row = stories.inquiry(people, desk.customer)
    with unit_of_work():
        row.owner_id = people.manager.id
    with pytest.raises(Denied) as refused:
        give(desk, row)
    assert "刘总" in refused.value.sentence()
    session.rollback()
    factories.delegation(people.manager, people.colleague)
    with pytest.raises(Denied):
        give(desk, row, who="colleague")
    session.rollback()
    assert give(desk, row, who="leader") == 1


def test_a_deputy_is_named_with_whom_he_stands_in_for(desk: stories.Desk) -> None:
    people = desk.people
    row = stories.report(people, stories.inquiry(people, desk.customer))
    factories.delegation(people.manager, people.colleague)
    give(desk, row, who="colleague")
    event = timeline.events_for("inquiry", row.id)[0]
    assert (event.actor_name, event.on_behalf_of_name) == ("陈同", "马经理")


def test_a_leaver_hands_over_inquiries_that_have_no_result(desk: stories.Desk) -> None:
    people, revision = desk.people, desk.quotation("issued")
    with unit_of_work():
        session.query(Task).update({"closed_at": clock.now()})
    ended = stories.report(people, stories.inquiry(people, desk.customer))
    with unit_of_work():
        ended.status = "cancelled"
        session.query(Task).update({"closed_at": clock.now()})
    found = [matter.sentence for matter in leaving.open_matters(people.salesperson.id)]
    assert "还负责着 1 份没有结果的询价" in found
    give(desk, inquiry_of(revision))
    found = [matter.sentence for matter in leaving.open_matters(people.salesperson.id)]
    assert found == ["还负责着 1 家客户"]
    with pytest.raises(Conflict), unit_of_work():
        people_actions.deactivate(
            session.get_one(User, people.salesperson.id), version=None, actor=people.actor("administrator")
        )


# Over HTTP


def as_person(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


@pytest.fixture
def rows(desk: stories.Desk) -> list[Inquiry]:
    people = desk.people
    return [stories.report(people, stories.inquiry(people, desk.customer)) for _number in range(3)]


def test_inquiries_are_ticked_in_the_filtered_list(
    client: Client, desk: stories.Desk, rows: list[Inquiry]
) -> None:
    as_person(client, desk, "manager").get("/inquiries")
    (button,) = [link for link in client.page.all("a") if PAGE in link.attributes.get("href", "")]
    place = button.attributes["href"]
    client.get(place)
    form = client.page.one("form", id="hand-over-form").attributes["action"]
    fields = {**client.page.values(form), "owner_id": str(desk.people.colleague.id)}
    ticked = {**fields, "inquiry": f"{rows[0].id}:{rows[0].version}"}
    assert client.post(form, ticked).status_code == 303
    assert client.post(form, ticked).status_code == 303
    session.expire_all()
    assert [row.owner_id == desk.people.colleague.id for row in rows] == [True, False, False]
    client.get(f"{PAGE}?owner={desk.people.salesperson.id}&status=open")
    form = client.page.one("form", id="hand-over-form").attributes["action"]
    fields = {**client.page.values(form), "owner_id": str(desk.people.colleague.id), "scope": "all"}
    assert client.post(form, {**fields, "owner_id": ""}).status_code == 422
    assert client.page.values(form)["scope"] == "all"
    assert client.post(form, fields).status_code == 303
    session.expire_all()
    assert {row.owner_id for row in rows} == {desk.people.colleague.id}
    client.get(f"/inquiries/{rows[0].id}")
    assert client.page.all("a", href=f"{PAGE}?q={rows[0].number}")
    client.get(f"{PAGE}?q={rows[0].number}")
    assert len(client.page.all("input", name="inquiry")) == 1


@pytest.mark.parametrize("ticked", ["", "x", "1", "1:", "1:99999999999"])
def test_nothing_ticked_is_said_on_the_page(
    client: Client, desk: stories.Desk, rows: list[Inquiry], ticked: str
) -> None:
    as_person(client, desk, "manager").get(PAGE)
    fields = {
        **client.page.values(PAGE),
        "owner_id": str(desk.people.colleague.id),
        "inquiry": ticked,
        "note": "他离职",
    }
    assert client.post(PAGE, fields).status_code == 422
    assert [text for text in client.page.errors() if "勾选" in text]
    assert client.page.values(PAGE)["note"] == "他离职"


def test_stale_foreign_and_refused_choices_keep_what_was_ticked(
    client: Client, desk: stories.Desk, rows: list[Inquiry]
) -> None:
    as_person(client, desk, "manager").get(PAGE)
    value = f"{rows[0].id}:{rows[0].version}"
    assert client.post(PAGE, {**client.page.values(PAGE), "inquiry": value}).status_code == 422
    assert client.page.one("input", name="inquiry", value=value).attributes.get("checked") is not None
    known = {**client.page.values(PAGE), "owner_id": str(desk.people.colleague.id)}
    assert client.post(PAGE, {**known, "inquiry": f"{rows[0].id}:99"}).status_code == 409
    assert client.post(PAGE, {**known, "inquiry": "9999:1"}).status_code == 404


@pytest.mark.parametrize("who", ["salesperson", "back_office", "technician", "outsider"])
def test_who_may_not_hand_over_opens_no_list(client: Client, desk: stories.Desk, who: str) -> None:
    as_person(client, desk, who)
    assert (client.get(PAGE).status_code, client.post(PAGE).status_code) == (403, 403)


def test_the_list_costs_the_same_for_one_and_for_thirty(
    client: Client, desk: stories.Desk, queries: Any
) -> None:
    people, counts = desk.people, []
    as_person(client, desk, "manager")
    for number in (1, 29):
        for _row in range(number):
            stories.report(people, stories.inquiry(people, desk.customer, lines=1))
        client.get(PAGE)
        with queries() as sent:
            client.get(PAGE)
        counts.append(len(sent))
    assert counts[0] == counts[1]
