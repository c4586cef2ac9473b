"""Copies beyond those first issued: asked, consented to by another person, new files under the same code."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Problem
from app.core.tasks import open_tasks
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import actions, issuing
from app.features.quotations.models import QuotationRevision
from app.features.seals.queries import uses_of
from app.features.verify import queries as verification
from tests import factories, paper_tools, stories
from tests.client import Client


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def ask(desk: stories.Desk, revision: QuotationRevision, who: str = "back_office", copies: int = 1) -> None:
    stories.step(desk.people, revision, "ask_extra", who, note="客户财务另要一份", data={"copies": copies})


def print_extra(
    desk: stories.Desk, revision: QuotationRevision, form: str = "electronic", who: str = "keeper"
) -> None:
    actor = desk.people.actor(who)
    prepared = issuing.prepare_extra(revision, actor=actor, seal=desk.seal, form=form)
    stories.step(desk.people, revision, "issue_extra", who, data={"prepared": prepared})


def refusal(act: Any, *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as found:
        act(*arguments, **options)
    return found.value


def kinds(revision: QuotationRevision) -> list[tuple[str, str | None]]:
    return [(task.kind, task.permission) for task in open_tasks("quotation", revision.id)]


def test_further_copy_is_a_new_file_marked_so_and_the_first_stay_byte_for_byte(
    desk: stories.Desk, tmp_path: Path
) -> None:
    people, revision = desk.people, desk.quotation("issued")
    before = {item.copy_number: issuing.stored_bytes(item) for item in revision.issued_files}
    ask(desk, revision)
    assert kinds(revision) == [("quotation:consent-extra", "quotations:quotation:review")]
    stories.step(people, revision, "consent_extra", "manager")
    assert kinds(revision) == [("quotation:issue-extra", "seals:seal:use")]
    print_extra(desk, revision)
    assert (revision.status, kinds(revision)) == ("issued", [])

    session.refresh(revision)
    numbers = [(item.copy_number, item.copies, item.extra) for item in revision.issued_files]
    assert numbers == [(1, 2, False), (2, 2, False), (3, 3, True)]
    assert {item.copy_number: issuing.stored_bytes(item) for item in revision.issued_files[:2]} == before
    assert len({item.code for item in revision.issued_files}) == 1
    printed = paper_tools.saved(tmp_path, issuing.stored_bytes(revision.issued_files[2]))
    assert "第 3 份/共 3 份（增印）" in paper_tools.text_of(printed)
    use = uses_of("quotation", revision.id)[-1]
    assert (use.copies, use.impressions, use.approved_by_id) == (1, 1, people.manager.id)
    assert use.file_hashes == [revision.issued_files[2].sha256]
    verbs = [event.verb for event in events_for("quotation", revision.id)[:3]]
    assert verbs == ["quotation:issue_extra", "quotation:consent_extra", "quotation:ask_extra"]


def test_verification_counts_the_further_copies(desk: stories.Desk, client: Client) -> None:
    revision = desk.quotation("issued")
    code = revision.issued_files[0].code
    paper = verification.paper_by_code(code)
    assert paper is not None
    assert (paper.copies, paper.extra_copies) == (2, 0)
    ask(desk, revision, copies=2)
    stories.step(desk.people, revision, "consent_extra", "manager")
    print_extra(desk, revision, form="paper")
    paper = verification.paper_by_code(code)
    assert paper is not None
    assert (paper.copies, paper.extra_copies) == (4, 2)
    client.get(f"/verify/{code}")
    assert "共 4 份，其中增印 2 份" in client.page.text
    session.refresh(revision)
    one = verification.paper_of(revision.issued_files[3], one_copy=True)
    assert (one.copy_number, one.extra) == (4, True)


def test_two_people_are_needed(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    assert isinstance(refusal(ask, desk, revision, "colleague"), Denied)
    assert isinstance(refusal(print_extra, desk, revision), Denied)
    ask(desk, revision, "salesperson")
    assert isinstance(refusal(stories.step, desk.people, revision, "consent_extra", "salesperson"), Denied)
    assert isinstance(refusal(stories.step, desk.people, revision, "consent_extra", "back_office"), Denied)
    assert isinstance(refusal(print_extra, desk, revision), Denied)
    factories.delegation(desk.people.manager, desk.people.salesperson)
    assert isinstance(refusal(stories.step, desk.people, revision, "consent_extra", "salesperson"), Denied)
    stories.step(desk.people, revision, "consent_extra", "leader")


def test_manager_who_asks_leaves_the_consent_to_the_leader(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    with unit_of_work():
        session.get_one(QuotationRevision, revision.id).owner_id = desk.people.manager.id
    ask(desk, revision, "manager")
    assert isinstance(refusal(stories.step, desk.people, revision, "consent_extra", "manager"), Denied)
    stories.step(desk.people, revision, "consent_extra", "leader")


def test_refused_request_leaves_the_files_and_another_may_follow(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    ask(desk, revision)
    assert refusal(ask, desk, revision).code == "quotation:extra-waiting"
    assert refusal(stories.step, desk.people, revision, "refuse_extra", "manager").status == 422
    stories.step(desk.people, revision, "refuse_extra", "manager", note="补印原件即可")
    assert kinds(revision) == []
    assert len(revision.issued_files) == 2
    ask(desk, revision)


def test_offer_past_its_date_gets_no_further_copy_but_an_accepted_one_does(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    with clock.frozen(clock.now() + timedelta(days=60)):
        assert refusal(ask, desk, revision).code == "quotation:validity-past"
        with unit_of_work():
            session.get_one(QuotationRevision, revision.id).status = "accepted"
        ask(desk, revision)
        stories.step(desk.people, revision, "consent_extra", "manager")
        print_extra(desk, revision)
    assert revision.status == "accepted"


def test_files_of_other_content_are_not_kept(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    ask(desk, revision)
    stories.step(desk.people, revision, "consent_extra", "manager")
    prepared = issuing.prepare_extra(
        revision, actor=desk.people.actor("keeper"), seal=desk.seal, form="electronic"
    )
    with unit_of_work():
        session.get_one(QuotationRevision, revision.id).content_hash = "0" * 64
    with pytest.raises(Conflict), unit_of_work():
        actions.fire(
            revision,
            "issue_extra",
            actor=desk.people.actor("keeper"),
            version=None,
            data={"prepared": prepared},
        )


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def test_whole_way_over_http(desk: stories.Desk, client: Client, queries: Any) -> None:
    revision = desk.quotation("issued")
    page = f"/quotations/{revision.quotation_id}/r/1"
    sign_in(client, desk, "back_office").get(page)
    assert "催办" not in client.page.text
    assert client.submit(f"{page}/ask_extra", {"copies": "1", "note": ""}).status_code == 422
    assert client.submit(f"{page}/ask_extra", {"copies": "1", "note": "客户另要一份"}).status_code == 303
    sign_in(client, desk, "manager").get(page)
    assert client.submit(f"{page}/consent_extra", page=page).status_code == 303
    sign_in(client, desk, "keeper").get(f"{page}/issue_extra")
    assert "增印 1 份" in client.page.text
    typed = {"seal_id": desk.seal.id, "file_form": "electronic"}
    response = client.submit(f"{page}/issue_extra", typed)
    assert response.status_code == 303, client.page.text
    with queries() as sent:
        client.get(page)
    assert "第 3 份（增印）" in client.page.text
    assert len(sent) <= 10, "\n".join(line[:30] + " … " + line[line.find("FROM") :][:200] for line in sent)
    assert client.get(f"{page}/copies/3.pdf").status_code == 200
