"""The clauses kept worst, on the workbench: the board's first rows, for who sees the board, at two statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.core import indicators
from app.core import settings as installation
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.rules import reading
from app.features.supervision import actions, queries
from app.features.supervision.worst import SHOWN, worst_clauses
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk() -> Desk:
    return rulebook.desk()


def bind(desk: Desk, version_id: int, cited: str, target: str) -> None:
    clause = next(text.clause_id for text in rulebook.load(version_id).clauses if text.cited == cited)
    with unit_of_work():
        actions.bind_clause(clause, actor=desk.actor("manager"), target=target)


def sign(desk: Desk, version_id: int, who: str) -> None:
    with unit_of_work():
        reading.note_opened(version_id, getattr(desk, who).id)
        reading.reach_end(rulebook.load(version_id), actor=desk.actor(who))
        reading.sign(rulebook.load(version_id), actor=desk.actor(who), answers={})


def test_the_workbench_shows_the_first_rows_of_the_board(
    client: Client, desk: Desk, queries: Queries
) -> None:
    number = rulebook.published(desk)
    manager = session.get_one(User, desk.manager.id)
    client.as_(manager).get("/")
    assert "执行最差的条款" not in client.page.text
    client.get("/")
    with queries() as before:
        client.get("/")
    for cited in ("第一条", "第二条", "第三条", "第一章"):
        bind(desk, number, cited, "rules-signed" if cited != "第一章" else "flow:quotation")
    sign(desk, number, "reader")
    client.get("/")
    with queries() as after:
        client.get("/")
    assert len(after) == len(before) + 1 <= 10
    assert client.page.text.count("1/5") == SHOWN
    assert client.page.all("a", href="/supervision")
    told = [clause.cited for clause in worst_clauses(desk.actor("manager"))]
    figure = indicators.measure(["rules-signed"], [indicators.this_month()])["rules-signed"][0]
    assert {clause.figure for clause in worst_clauses(desk.actor("manager"))} == {
        f"{figure.kept}/{figure.due}"
    }
    client.get("/supervision")
    rows = [cell.text for cell in client.page.all("a") if cell.text.startswith("《")]
    assert rows[:SHOWN] == told
    for who in ("reader", "other"):
        client.as_(session.get_one(User, getattr(desk, who).id)).get("/")
        assert "执行最差的条款" not in client.page.text


def test_nothing_is_shown_where_everything_was_kept_or_the_board_is_off(desk: Desk) -> None:
    number = rulebook.published(desk)
    bind(desk, number, "第一条", "rules-signed")
    assert len(worst_clauses(desk.actor("leader"))) == 1
    with unit_of_work():
        installation.put("modules.switches", {"supervision": False})
    assert worst_clauses(desk.actor("leader")) == []
    with unit_of_work():
        installation.put("modules.switches", {})
    for who in ("manager", "leader", "reader", "colleague", "other"):
        sign(desk, number, who)
    assert worst_clauses(desk.actor("leader")) == []
    assert queries.any_bound()
