"""The last seat, asked for by fifty at once: one gets it, the others queue in order, and each free seat moves it up."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import config
from app import create_app
from app.core import checks
from app.core.db import db, session
from app.core.errors import Conflict
from app.core.permissions import SYSTEM, Role
from app.core.uow import unit_of_work
from app.features.people.directory import actor_by_number
from app.features.training import queries, seats
from app.features.training.models import TrainingPerson
from tests import factories
from tests.features.training import desk as desks

PEOPLE = 50
LEAVING = 12


@pytest.fixture
def shared(app: Flask) -> Flask:
    """An application over the database of this test, as several threads share it."""
    desk = desks.build()
    for place in range(PEOPLE):
        factories.user(f"学员{place}", f"q{place}", desk.department, [Role.SALESPERSON])
    desks.announced(desk, capacity=1)
    environment = {
        "ZHANGCHENG_DATA": str(Path(app.config["DATA_DIR"])),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }
    session.remove()
    return create_app(config.Testing(environment))


def at_once(shared: Flask, numbers: Sequence[str], act: Callable[[str], str]) -> list[str]:
    """Let everybody act at the same moment; return what came of it."""
    barrier, found = threading.Barrier(len(numbers)), []

    def one(number: str) -> None:
        with shared.app_context():
            barrier.wait()
            try:
                found.append(act(number))
            finally:
                session.remove()

    threads = [threading.Thread(target=one, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with shared.app_context():
        session.remove()
        db.engine.dispose()
    return found


def take(number: str) -> str:
    with unit_of_work():
        row = queries.get_session(SYSTEM, 1)
        return str(seats.enrol(row, actor=actor_by_number(number)).status)


def give_back(number: str) -> str:
    with unit_of_work():
        seats.withdraw(queries.get_session(SYSTEM, 1), actor=actor_by_number(number))
    return "withdrawn"


def take_twice(_number: str) -> str:
    try:
        return take("q0")
    except Conflict as problem:
        return problem.code


def waiting() -> list[tuple[int, str]]:
    rows = session.execute(
        select(TrainingPerson)
        .where(TrainingPerson.status == "waitlisted")
        .order_by(TrainingPerson.queue_number)
    )
    return [(row.queue_number or 0, row.user.staff_number) for row in rows.unique().scalars()]


def seated() -> list[str]:
    rows = session.execute(select(TrainingPerson).where(TrainingPerson.status == "enrolled"))
    return [row.user.staff_number for row in rows.unique().scalars()]


def test_of_fifty_at_once_one_gets_the_seat_and_the_queue_moves_up_in_order(
    app: Flask, shared: Flask
) -> None:
    found = at_once(shared, [f"q{place}" for place in range(PEOPLE)], take)
    assert (found.count("enrolled"), found.count("waitlisted")) == (1, PEOPLE - 1)
    queue = waiting()
    assert [number for number, _who in queue] == list(range(1, PEOPLE))
    first = seated()
    assert len(first) == 1
    # those in front leave all at once, the seat among them: whoever is left first in the queue has it
    leaving = [first[0], *(who for _number, who in queue[: LEAVING - 1])]
    assert at_once(shared, leaving, give_back) == ["withdrawn"] * LEAVING
    session.rollback()
    assert seated() == [queue[LEAVING - 1][1]]
    assert waiting() == queue[LEAVING:]
    assert checks.run_all() == []


def test_who_presses_ten_times_at_once_is_enrolled_once(app: Flask, shared: Flask) -> None:
    found = at_once(shared, [str(turn) for turn in range(10)], take_twice)
    assert sorted(found) == ["enrolled", *["training:enrolled-already"] * 9]
    assert seated() == ["q0"]
