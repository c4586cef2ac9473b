"""Clauses bound to indicators and flows: on the clause, on the board, in the list of exceptions, for each reader."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.core import clock, indicators, settings
from app.core.db import session
from app.core.errors import Denied, Invalid, NotVisible, Stale
from app.core.permissions import Role
from app.core.timeline import describe, describe_changes, events_for
from app.core.uow import unit_of_work
from app.features.home.indicators import APPROVAL_DAYS
from app.features.people.models import User
from app.features.rules.enums import RULE_VERSION
from app.features.supervision import actions, queries
from app.features.supervision.models import ClauseBinding
from tests import factories
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

Queries = Callable[[], AbstractContextManager[list[str]]]
SIGNED = "rules-signed"


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


def clause(version_id: int, cited: str) -> int:
    return next(text.clause_id for text in rulebook.load(version_id).clauses if text.cited == cited)


def bind(desk: Desk, clause_id: int, target: str, who: str = "manager", version: int | None = None) -> None:
    with unit_of_work():
        actions.bind_clause(clause_id, actor=desk.actor(who), target=target, version=version)


def person(desk: Desk, name: str) -> User:
    return session.get_one(User, getattr(desk, name).id)


# Binding


def test_a_binding_belongs_to_the_clause_through_its_versions_and_is_recorded(desk: Desk) -> None:
    first = rulebook.published(desk)
    bound = clause(first, "第一条")
    bind(desk, bound, SIGNED)
    newer = rulebook.revised(desk, first)
    assert clause(newer, "第一条") == bound
    assert queries.bindings([bound]) == {bound: SIGNED}
    event = events_for(RULE_VERSION, first)[0]
    assert describe(event) == "绑定执行指标：第一条"
    assert describe_changes(event) == [("执行指标", "", "制度阅读签认")]
    bind(desk, bound, "")
    assert queries.bindings([bound]) == {}
    assert queries.bound_targets() == []


def test_only_who_answers_for_a_rule_binds_its_clauses(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    bound = clause(version_id, "第一条")
    with pytest.raises(Denied):
        bind(desk, bound, SIGNED, "reader")
    with pytest.raises(Invalid) as wrong:
        bind(desk, bound, "flow:nothing")
    assert list(wrong.value.fields) == ["target"]
    with pytest.raises(NotVisible):
        bind(desk, clause(rulebook.draft(desk, title="草案"), "第一条"), SIGNED, "reader")
    assert queries.bindings([bound]) == {}
    with unit_of_work():
        rulebook.load(version_id).rule.owner = session.get_one(User, desk.reader.id)
    bind(desk, bound, SIGNED, "reader")
    assert queries.bindings([bound]) == {bound: SIGNED}


def test_a_form_made_from_an_older_binding_is_told_who_was_faster(desk: Desk) -> None:
    bound = clause(rulebook.published(desk), "第一条")
    bind(desk, bound, SIGNED, version=actions.UNBOUND)
    with pytest.raises(Stale) as stale:
        bind(desk, bound, "flow:quotation", "leader", version=actions.UNBOUND)
    assert "马经理" in stale.value.sentence()
    assert queries.bindings([bound]) == {bound: SIGNED}
    same = session.query(ClauseBinding).one().version
    bind(desk, bound, SIGNED, version=same)
    assert len([event for event in events_for(RULE_VERSION, 1) if event.verb == "rule_version:bind"]) == 1


# On the clause


def test_the_clause_shows_figure_and_drawing_to_everybody(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    bind(desk, clause(version_id, "第一条"), SIGNED)
    bind(desk, clause(version_id, "第一章"), "flow:quotation")
    client.as_(person(desk, "reader")).get(f"/rules/versions/{version_id}")
    assert "制度阅读签认" in client.page.text
    assert "0/5" in client.page.text
    assert client.page.one("a", href=queries.exceptions_address(SIGNED)).text == "5 项例外"
    assert "报价的流程，由系统把关" in client.page.text
    assert client.page.all("svg", role="img")
    assert "绑定执行指标" not in client.page.text
    client.get(f"/rules/versions/{version_id}/read")
    assert "0/5" not in client.page.one("main").text
    assert "绑定与检查" not in client.page.text
    client.as_(person(desk, "manager")).get(f"/rules/versions/{version_id}")
    binding = f"/supervision/clauses/{clause(version_id, '第二条')}"
    assert client.page.all("a", href=binding) == []
    client.get(client.page.one("a", href=f"/rules/versions/{version_id}?acts=1").attributes["href"])
    assert client.page.one("a", href=binding).text == "绑定执行指标"


def test_figures_cost_one_statement_however_many_clauses_are_bound(
    client: Client, desk: Desk, queries: Queries
) -> None:
    version_id = rulebook.published(desk)
    address = f"/rules/versions/{version_id}"
    client.as_(person(desk, "reader")).get(address)
    with queries() as before:
        client.get(address)
    for cited, key in zip(
        ("第一章", "第一条", "第二条"), ("reviewed-before-printing", SIGNED, SIGNED), strict=True
    ):
        bind(desk, clause(version_id, cited), key)
    client.get(address)
    with queries() as after:
        client.get(address)
    assert len(after) == len(before) + 1 <= 10


def test_binding_page_keeps_what_was_chosen_and_answers_by_status(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    bound = clause(version_id, "第二条")
    address = f"/supervision/clauses/{bound}"
    assert client.as_(person(desk, "reader")).get(address).status_code == 403
    assert client.as_(person(desk, "manager")).get("/supervision/clauses/999").status_code == 404
    client.get(address)
    assert "《车辆管理办法》第二条" in client.page.text
    response = client.submit(address, {"target": SIGNED})
    assert response.status_code == 303
    assert response.headers["Location"].endswith(f"/rules/versions/{version_id}?acts=1#clause-{bound}")
    assert client.post(address, {"target": "nothing", "version": "1"}).status_code == 422
    stale = client.post(address, {"target": "flow:inquiry", "version": "0"})
    assert stale.status_code == 409
    assert "马经理" in client.page.text
    client.get(address)
    assert client.page.values(address)["target"] == SIGNED


def test_a_draft_leads_back_to_its_editor(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    bound = clause(version_id, "第一条")
    client.as_(person(desk, "manager")).get(f"/rules/versions/{version_id}/edit")
    assert client.page.all("a", href=f"/supervision/clauses/{bound}")
    client.get(f"/supervision/clauses/{bound}")
    response = client.submit(f"/supervision/clauses/{bound}", {"target": SIGNED})
    assert response.headers["Location"].endswith(f"/rules/versions/{version_id}/edit#clause-{bound}")


# The board


def test_the_board_is_for_who_supervises_and_sorts_the_worst_first(client: Client, desk: Desk) -> None:
    version_id = rulebook.published(desk)
    bind(desk, clause(version_id, "第一条"), SIGNED)
    bind(desk, clause(version_id, "第二条"), "flow:inquiry")
    bind(desk, clause(version_id, "第三条"), "approvals-not-waiting")
    assert client.as_(person(desk, "reader")).get("/supervision").status_code == 403
    rulebook.draft(desk, title="报销办法")
    rulebook.step(desk, rulebook.draft(desk, title="用车办法"), "submit", "manager")
    response = client.as_(person(desk, "manager")).get("/supervision")
    assert response.status_code == 200
    text = client.page.text
    assert text.index("第一条") < text.index("第三条") < text.index("第二条")
    assert "100%" in text
    narrowed = client.get("/supervision?state=exceptions")
    assert narrowed.status_code == 200
    assert "第二条" not in client.page.text
    for kind in ("csv", "xlsx", "print"):
        assert client.get(f"/supervision?format={kind}").status_code == 200


def test_the_board_takes_few_queries_however_many_clauses_are_bound(
    client: Client, desk: Desk, queries: Queries
) -> None:
    keys = [indicator.key for indicator in indicators.registered()]
    rows = rulebook.ROWS * 3
    version_id = rulebook.draft(desk, rows=rows)
    rulebook.approve(desk, version_id)
    texts = [text.clause_id for text in rulebook.load(version_id).clauses]
    client.as_(person(desk, "manager")).get("/supervision")
    bind(desk, texts[0], keys[0])
    client.get("/supervision")
    with queries() as one:
        client.get("/supervision")
    for place, clause_id in enumerate(texts[1:]):
        bind(desk, clause_id, keys[place % len(keys)])
    client.get("/supervision")
    with queries() as many:
        client.get("/supervision")
    assert len(many) == len(one) <= 10


# Exceptions


def test_names_are_for_the_person_the_head_the_leader_and_personnel(client: Client, desk: Desk) -> None:
    people = factories.user("韩梅", "h1", desk.elsewhere, [Role.PEOPLE])
    rulebook.published(desk)
    address = queries.exceptions_address(SIGNED)
    seen = {}
    for name in ("manager", "leader", "reader", "other"):
        client.as_(person(desk, name)).get(address)
        body = client.page.one("tbody") if client.page.all("tbody") else None
        seen[name] = body.text if body is not None else ""
        assert "0/6" in client.page.text, name
    client.as_(session.get_one(User, people.id)).get(address)
    assert all(name in client.page.text for name in ("孙晓", "马仓库", "刘总", "韩梅"))
    assert all(name in seen["leader"] for name in ("孙晓", "马仓库", "刘总"))
    assert "孙晓" in seen["manager"]
    assert "马仓库" not in seen["manager"]
    assert "孙晓" in seen["reader"]
    assert "周静" not in seen["reader"]
    client.as_(person(desk, "reader")).get(address)
    assert "另有 5 项" in client.page.text
    exported = client.get(f"{address}?format=csv").get_data(as_text=True)
    assert "周静" not in exported
    assert client.get("/supervision/exceptions/nothing").status_code == 404


@pytest.mark.parametrize(
    "asked",
    ["day_from=2026-01-01", "day_to=2020-01-01", "day_from=2026-12-31&day_to=2026-01-01", "day_from=x"],
)
def test_any_span_is_answered(client: Client, desk: Desk, asked: str) -> None:
    rulebook.published(desk)
    response = client.as_(person(desk, "leader")).get(f"{queries.exceptions_address(SIGNED)}?{asked}")
    assert response.status_code == 200


def test_an_approval_that_waits_too_long_is_an_exception(client: Client, desk: Desk) -> None:
    rulebook.step(desk, rulebook.draft(desk), "submit", "manager")
    found = indicators.find("approvals-not-waiting")
    assert found is not None
    assert found.compute(indicators.this_month()).exceptions == 0
    with clock.frozen(clock.now() + timedelta(days=4)):
        figure = found.compute(indicators.this_month())
        assert (figure.kept, figure.due) == (0, 1)
        client.as_(person(desk, "leader")).get(queries.exceptions_address(found.key))
        assert "共 1 条" in client.page.text
        month = indicators.this_month()
        before = found.compute(month)
        with unit_of_work():
            settings.put(APPROVAL_DAYS, 5)
        assert (before.exceptions, found.compute(month).exceptions) == (1, 0)


def test_the_exceptions_of_an_indicator_have_one_address() -> None:
    assert queries.exceptions_address("letters-read") == "/supervision/exceptions/letters-read"
