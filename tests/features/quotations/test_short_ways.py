"""From the message to the deed: how many taps and fields a reviewer, a leader and a keeper need."""

import pytest
from sqlalchemy import select

from app.core.db import session
from app.core.files import CheckedFile
from app.core.notices import Notice
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.quotations import actions
from tests import stories
from tests.client import Client


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def tap_task(client: Client, text: str) -> str:
    """Tap the task on the workbench and return the address of the page it opens."""
    client.get("/")
    link = next(one for one in client.page.all("a") if text in one.text)
    answer = client.get(link.attributes["href"])
    while answer.status_code in (302, 303):
        address = answer.headers["Location"]
        answer = client.get(address)
    assert answer.status_code == 200
    return address


def tap_button(client: Client, address: str) -> None:
    """Send the form of the page as it stands: nothing is typed."""
    assert client.post(address, client.page.values(address)).status_code == 303


def test_review_approval_and_issue_take_two_taps_from_the_message(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("draft", payment_term="other", payment_other="货到 120 天付款")
    stories.step(desk.people, revision, "submit", "salesperson")
    for part, task, state in (
        ("manager", "审核报价", "leader_review"),
        ("leader", "审批报价", "approved"),
        ("keeper", "打印盖章", "issued"),
    ):
        client.as_(getattr(desk.people, part))
        tap_button(client, tap_task(client, task))
        assert revision.status == state


def test_the_message_leads_to_the_form_of_what_waits_for_its_reader(
    client: Client, desk: stories.Desk
) -> None:
    revision = desk.quotation("draft")
    stories.step(desk.people, revision, "submit", "salesperson")
    newest = session.scalars(
        select(Notice.id).where(Notice.user_id == desk.people.manager.id).order_by(Notice.id.desc())
    ).first()
    client.as_(desk.people.manager).get("/notices")
    first = client.post(f"/notices/{newest}/open").location
    assert client.get(first).location == f"/quotations/{revision.quotation_id}/r/1/approve"
    stories.approve(desk.people, revision)
    client.get("/notices")
    then = client.post(f"/notices/{newest}/open").location
    assert client.get(then).location == f"/quotations/{revision.quotation_id}/r/1"


def test_the_review_begins_with_sum_payment_and_what_a_later_revision_changed(
    client: Client, desk: stories.Desk
) -> None:
    people, revision = desk.people, desk.quotation("issued")
    client.as_(people.manager)
    owner = people.actor("salesperson")
    with unit_of_work():
        second = actions.revise(revision, actor=owner, version=revision.version, reason="降价")
    with unit_of_work():
        actions.edit(
            second,
            actor=owner,
            version=second.version,
            head=stories.head(second, warranty="18 个月"),
            lines=stories.typed(second),
        )
    stories.step(people, second, "submit", "salesperson")
    place = f"/quotations/{revision.quotation_id}"
    client.get(f"{place}/r/2/approve")
    text = client.page.text
    assert "与上一版相比" in text
    assert "18 个月" in text.partition("报价明细")[0]
    assert text.index("含税合计") < text.index("付款方式") < text.index("与上一版相比")
    client.browser.set_cookie("language", "en")
    client.get(f"{place}/r/2/approve")
    assert "Warranty · Terms" in client.page.text
    client.browser.set_cookie("language", "zh")
    assert f"{place}/compare" in [link.attributes.get("href") for link in client.page.all("a")]
    stories.step(people, second, "return", "manager", note="再议")
    stories.step(people, second, "submit", "salesperson")
    client.get(f"{place}/r/2/approve")
    assert "与上一版相比" not in client.page.text


def test_the_confirmation_shows_sum_payment_and_the_customers_paper(
    client: Client, desk: stories.Desk
) -> None:
    people, revision = desk.people, desk.quotation("issued")
    paper = CheckedFile("回传.pdf", "application/pdf", b"%PDF-1.4")
    with unit_of_work():
        actions.attach_acceptance(revision, actor=people.actor("salesperson"), file=paper)
    stories.step(people, revision, "claim_acceptance", "salesperson")
    place = f"/quotations/{revision.quotation_id}/r/1"
    client.as_(desk.people.manager).get(f"{place}/confirm_acceptance")
    assert revision.quotation.customer.name in client.page.text
    assert "含税合计" in client.page.text
    assert "回传.pdf" in client.page.text


def test_the_task_leads_to_the_page_where_the_step_is_no_longer_open(
    client: Client, desk: stories.Desk
) -> None:
    revision = desk.quotation("review")
    place = f"/quotations/{revision.quotation_id}/r/1"
    client.as_(desk.people.manager)
    assert client.get(f"/quotations/revisions/{revision.id}/approve").location == f"{place}/approve"
    stories.approve(desk.people, revision)
    assert client.get(f"/quotations/revisions/{revision.id}/approve").location == place
    assert client.get(f"/quotations/revisions/{revision.id}/nonsense").location == place
    assert client.get("/quotations/revisions/999/approve").status_code == 404
    assert client.as_(desk.people.outsider).get(
        f"/quotations/revisions/{revision.id}/approve"
    ).status_code in (
        403,
        404,
    )


@pytest.mark.parametrize(
    ("chosen", "typed", "kept"),
    [
        ("交货期不现实", "", "交货期不现实"),
        ("", "第 2 项改 30 天", "第 2 项改 30 天"),
        ("交货期不现实", "第 2 项改 30 天", "交货期不现实\n第 2 项改 30 天"),
    ],
)
def test_it_is_returned_from_the_same_page_with_a_reason_chosen_or_typed(
    client: Client, desk: stories.Desk, chosen: str, typed: str, kept: str
) -> None:
    revision = desk.quotation("review")
    address = f"/quotations/{revision.quotation_id}/r/1/return"
    client.as_(desk.people.manager).get(f"/quotations/{revision.quotation_id}/r/1/approve")
    fields = {**client.page.values(address), "usual_reason": chosen, "note": typed}
    assert client.post(address, fields).status_code == 303
    assert revision.status == "returned"
    assert events_for("quotation", revision.id)[0].reason == kept


def test_a_return_without_any_reason_is_refused(client: Client, desk: stories.Desk) -> None:
    revision = desk.quotation("review")
    client.as_(desk.people.manager).get(f"/quotations/{revision.quotation_id}/r/1/approve")
    address = f"/quotations/{revision.quotation_id}/r/1/return"
    assert client.post(address, client.page.values(address)).status_code == 422
    assert revision.status == "review"
