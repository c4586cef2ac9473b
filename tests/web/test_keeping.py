"""Parts of pages that are kept: within what memory, and told apart by language."""

import pytest

from app.core import i18n
from app.web import keeping


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(keeping, "_kept", {})
    monkeypatch.setattr(keeping, "_kept_characters", 0)


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
        assert sum(map(len, keeping._kept.values())) == keeping._kept_characters <= keeping.KEPT_CHARACTERS
    keeping.once("part", make, names[-1])
    assert made == names
