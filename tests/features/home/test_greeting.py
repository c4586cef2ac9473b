"""How the workbench greets."""

from datetime import datetime

import pytest

from app.core import clock
from app.core.i18n import using_locale
from app.core.permissions import Actor, Grant, Role
from app.features.home.greeting import addressed, day_facts, greeting, surname


def someone(name: str, *roles: Role, behalf: int | None = None) -> Actor:
    return Actor(1, name, grants=tuple(Grant(role, on_behalf_of=behalf) for role in roles))


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        (someone("周文静", Role.SALESPERSON), "周文静"),
        (someone("王建国", Role.MANAGER), "王经理"),
        (someone("欧阳建国", Role.MANAGER), "欧阳经理"),
        (someone("刘总", Role.LEADER), "刘总"),
        (someone("刘德胜", Role.LEADER, Role.MANAGER), "刘总"),
        (someone("李工", Role.TECHNICAL), "李工"),
        (someone("Smith", Role.MANAGER), "Smith经理"),
        (someone("周文静", Role.MANAGER, behalf=7), "周文静"),
    ],
)
def test_each_is_addressed_as_the_office_does(actor, said):
    assert addressed(actor) == said


def test_in_english_everybody_is_greeted_by_the_full_name():
    with using_locale("en"):
        assert addressed(someone("王建国", Role.MANAGER)) == "王建国"


@pytest.mark.parametrize(
    ("name", "first"), [("欧阳", "欧"), ("司马光", "司马"), ("王", "王"), ("", ""), ("Ann", "Ann")]
)
def test_a_surname_is_one_character_or_a_known_pair(name, first):
    assert surname(name) == first


@pytest.mark.parametrize(
    ("hour", "words"),
    [(5, "早上"), (10, "早上"), (11, "中午"), (13, "下午"), (17, "下午"), (18, "晚上"), (3, "晚上")],
)
def test_the_greeting_follows_the_clock_of_the_company(hour, words):
    moment = clock.from_local(datetime(2026, 11, 23, hour, 0))  # noqa: DTZ001
    assert greeting(someone("周文静"), moment) == f"周文静，{words}好"


@pytest.mark.parametrize(
    ("day", "facts"), [((2026, 11, 23), []), ((2026, 11, 22), ["今天休息"]), ((2026, 10, 10), ["今天上班"])]
)
def test_a_day_off_and_a_make_up_day_are_told(day, facts):
    assert day_facts(clock.from_local(datetime(*day, 9, 0))) == facts  # noqa: DTZ001
