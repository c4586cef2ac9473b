"""Document numbers: one sequence per kind and year, never reused."""

import pytest

from app.core.db import session
from app.core.numbering import Sequence, next_number
from app.core.uow import unit_of_work


def number(kind: str = "quotation", prefix: str = "BJ", **options: object) -> str:
    with unit_of_work():
        return next_number(kind, prefix, **options)


def test_numbers_count_up_within_kind_and_year(at):
    at(2026, 11, 23)
    assert [number(), number(), number("inquiry", "XJ"), number()] == [
        "BJ-2026-0001",
        "BJ-2026-0002",
        "XJ-2026-0001",
        "BJ-2026-0003",
    ]


def test_the_year_begins_at_midnight_of_the_company(at):
    at(2026, 12, 31, 23, 59)
    assert number() == "BJ-2026-0001"
    at(2027, 1, 1, 0, 0)
    assert number() == "BJ-2027-0001"


def test_a_number_may_count_on_over_the_years(at):
    at(2026, 12, 31)
    assert number("customer", "KH", yearly=False) == "KH-0001"
    at(2027, 1, 1)
    assert number("customer", "KH", digits=5, yearly=False) == "KH-00002"


def test_a_number_of_a_change_that_failed_is_given_to_the_next(at):
    at(2026, 11, 23)
    with pytest.raises(AssertionError), unit_of_work():
        assert next_number("quotation", "BJ") != "BJ-2026-0001"
    assert number() == "BJ-2026-0001"


def test_numbers_grow_beyond_their_digits(at):
    at(2026, 11, 23)
    with unit_of_work():
        session.add(Sequence(kind="quotation", year=2026, last=9999))
    assert number() == "BJ-2026-10000"
