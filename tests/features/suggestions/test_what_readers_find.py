"""What a reader finds on the pages of suggestions: ways that open, words for the language and the moment."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock, i18n, timeline
from app.core.uow import unit_of_work
from app.features.proposals.models import Proposal
from app.features.suggestions import actions, rewarding
from app.features.suggestions.flow import FLOW
from tests.client import Client
from tests.features.checks import desk as checks_desk
from tests.features.rules import rulebook
from tests.features.suggestions import desk
from tests.features.suggestions.desk import Office


@pytest.fixture
def office() -> Office:
    return desk.office()


def rewarded(office: Office) -> tuple[int, int]:
    """Carry one out and propose its reward; return the suggestion and the draft of the proposal."""
    clause = checks_desk.clause(rulebook.published(rulebook.desk()))
    desk.put(awards=True)
    number = desk.in_review(office)
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    given: dict[str, Any] = {
        "implementer_id": office.people["colleague"],
        "due_on": clock.today() + timedelta(days=10),
    }
    desk.fire(office, number, "implement", "manager", **given)
    desk.fire(office, number, "deliver", "colleague", result="装好了")
    desk.fire(office, number, "verify", "manager", verified_text="好用")
    with unit_of_work():
        made: Proposal = rewarding.propose_reward(
            desk.load(number), actor=office.actor("manager"), version=None, clause_id=clause,
            measure="二等奖", amount=Decimal(200),
        )  # fmt: skip
        return number, made.id


def test_the_reward_is_found_by_whoever_may_open_it(client: Client, office: Office) -> None:
    number, proposal = rewarded(office)
    link = f"/proposals/{proposal}"
    client.as_(office.user("manager")).get(f"/suggestions/{number}")
    assert client.page.all("a", href=link)
    assert client.get(link).status_code == 200
    client.as_(office.user("author")).get(f"/suggestions/{number}")
    assert client.page.all("a", href=link) == []
    assert client.get(link).status_code == 404


def test_the_evidence_of_a_reward_is_called_by_its_number_and_title(client: Client, office: Office) -> None:
    number, proposal = rewarded(office)
    row = desk.load(number)
    name = f"{row.number} {row.title}"
    client.as_(office.user("manager")).get(f"/proposals/{proposal}")
    assert client.page.one("a", href=f"/suggestions/{number}").text == name


def test_the_page_that_asks_for_the_code_gives_way_to_the_answer(client: Client, office: Office) -> None:
    client.as_(office.user("author")).get("/suggestions/receipt")
    assert "hx-post" not in client.page.one("form", id="form").attributes


def test_an_answer_of_the_same_day_took_less_than_a_day(client: Client, office: Office) -> None:
    number = desk.in_review(office)
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    client.as_(office.user("author")).get(f"/suggestions/{number}")
    assert "不到 1 个工作日" in client.page.text
    assert "0 个工作日" not in client.page.text.replace("10 个工作日", "")


def test_words_that_fit_no_clause_are_answered(client: Client, office: Office) -> None:
    rules = rulebook.desk()
    rulebook.published(rules)
    number = desk.in_review(office)
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    form = f"/suggestions/{number}/clause"
    client.as_(rules.manager).get(form)
    values = client.page.values(form)
    assert "请换个说法" not in client.page.text
    client.post(form, {**values, "words": "没有这样的", "find": "1"})
    assert "请换个说法" in client.page.text


def test_a_step_is_a_verb_where_its_state_is_not() -> None:
    with i18n.using_locale(i18n.ENGLISH):
        labels = {name: str(FLOW.step(name).label) for name in ("adopt", "try", "decline")}
        assert labels == {"adopt": "Adopt", "try": "Try it out", "decline": "Do not adopt"}
        assert str(FLOW.state("declined").label) == "Not adopted"


def test_the_record_of_a_clause_draft_reads_the_same_whoever_wrote_it(office: Office) -> None:
    rules = rulebook.desk()
    number = desk.in_review(office, clause_id=checks_desk.clause(rulebook.published(rules)))
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    with i18n.using_locale(i18n.ENGLISH), unit_of_work():
        actions.draft_clause(desk.load(number), actor=rules.actor("manager"))
    event = next(
        row for row in timeline.events_for("suggestion", number) if row.verb == "suggestion:draft-clause"
    )
    assert str(timeline.describe(event)).startswith("起草《")
