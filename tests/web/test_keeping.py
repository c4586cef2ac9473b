"""Parts of pages that are kept: within what memory, and told apart by language."""

from dataclasses import dataclass

import pytest

from app.core import i18n
from app.web import keeping


@pytest.fixture(autouse=True)
def nothing_kept():
    keeping._kept.clear()


def counting(length):
    made = []

    def make(name):
        made.append(name)
        return name * length

    return make, made


def test_a_part_is_made_once_in_each_language():
    make, made = counting(1)
    for locale in ("zh", "en", "zh"):
        with i18n.using_locale(locale):
            assert keeping.once("part", make, "a") == "a"
    assert made == ["a", "a"]


def test_what_is_longer_than_a_long_quotation_is_made_every_time():
    make, made = counting(keeping.LONGEST + 1)
    for _time in range(2):
        keeping.once("part", make, "a")
    assert made == ["a", "a"]


def test_all_that_is_kept_stays_within_its_memory():
    make, made = counting(keeping.LONGEST)
    most = keeping.KEPT_CHARACTERS // keeping.LONGEST
    names = [chr(ord("a") + place) for place in range(most + 1)]
    for name in names:
        keeping.once("part", make, name)
        held = sum(map(len, keeping._kept._found.values()))
        assert held == keeping._kept.weight <= keeping.KEPT_CHARACTERS
    keeping.once("part", make, names[-1])
    assert made == names


def test_a_memory_holds_no_more_than_its_weight():
    memory = keeping.Memory(20)
    for place in range(30):
        memory.put(place, str(place), 2)
        assert memory.weight <= 20
        assert memory.get(place) == str(place)
    assert memory.get(0) is None
    memory.put("long", "x", 3)
    assert memory.get("long") is None


def test_what_says_its_identity_is_found_by_it():
    @dataclass(frozen=True)
    class Row:
        text: str
        identity: str | None = None

    make, made = counting(1)
    for row in (Row("a", "one"), Row("b", "one"), Row("a", "two"), Row("a"), Row("b"), Row("b")):
        keeping.once("part", lambda shown: make(shown.text), row)
    assert made == ["a", "a", "a", "b"]
