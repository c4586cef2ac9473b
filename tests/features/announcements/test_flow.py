"""A random walk through the life of an announcement: whatever is done, tasks and receipts fit its state."""

import random
from datetime import timedelta

import pytest

from app.core import checks, clock
from app.core.errors import Problem
from app.core.tasks import open_tasks
from app.features.announcements import actions, queries
from app.features.announcements.enums import ANNOUNCEMENT
from app.features.announcements.flow import FLOW
from tests.features.announcements import desk

STEPS = ("release", "take_down", "withdraw", "drop")
PEOPLE = ("manager", "personnel", "reader", "keeper")


@pytest.mark.parametrize("seed", range(6))
def test_tasks_are_those_of_who_is_asked_and_has_not_confirmed(seed: int, at) -> None:
    chance = random.Random(seed)
    at(2026, 11, 23, 9, 0)
    office, moment = desk.office(), clock.now()
    number = desk.draft(office, visible_until=moment + timedelta(hours=40))
    numbers = [number]
    for _turn in range(30):
        moment += timedelta(hours=chance.choice((0, 1, 3)))
        with clock.frozen(moment):
            try:
                turn(office, numbers, chance)
            except Problem:
                continue
            for each in numbers:
                row = desk.load(each)
                opened = {task.user_id for task in open_tasks(ANNOUNCEMENT, each)}
                asked = {receipt.user_id for receipt in queries.waited_for(row)}
                assert opened == (asked if row.status == "published" else set())
                assert row.status in FLOW.by_code
    assert [each for each in checks.run_all() if each.check in ("announcements", "tasks")] == []


def turn(office: desk.Office, numbers: list[int], chance: random.Random) -> None:
    number, who = chance.choice(numbers), chance.choice(PEOPLE)
    kind = chance.randrange(4)
    if kind == 0:
        desk.step(office, number, chance.choice(STEPS), who, "原因")
    elif kind == 1:
        desk.confirm(office, number, who)
    elif kind == 2:
        numbers.append(desk.correct(office, number, asks_again=chance.random() < 0.5, who=who))
    else:
        actions.keep_up({})
