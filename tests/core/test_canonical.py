import enum
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.core.canonical import CanonicalError, canonical_json, content_hash, decimal_text


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


def test_keys_are_sorted_and_nothing_is_wasted():
    assert canonical_json({"b": [1, True, None], "a": "报价"}) == '{"a":"报价","b":[1,true,null]}'.encode()


def test_order_of_keys_does_not_change_the_hash_and_order_of_lines_does():
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])


def test_the_hash_is_pinned():
    expected = "937005f93d33d5ce6f5a69d1f37d3ea3aded5e5ed00b6d0d8969b4ab92557c47"
    assert content_hash({"total": Decimal("1234.50"), "until": date(2026, 3, 1)}) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12", "12"),
        ("12.00", "12"),
        ("1E+3", "1000"),
        ("0.0375", "0.0375"),
        ("-3.50", "-3.5"),
        ("-0.00", "0"),
        ("0E-7", "0"),
        ("100", "100"),
        ("1E-7", "0.0000001"),
    ],
)
def test_a_number_has_one_spelling(value, text):
    assert decimal_text(Decimal(value)) == text
    assert canonical_json(Decimal(value)) == f'"{text}"'.encode()


def test_times_are_written_in_utc_and_dates_as_dates():
    beijing = timezone(timedelta(hours=8))
    same_moment = [datetime(2026, 3, 1, 17, 0, tzinfo=beijing), datetime(2026, 3, 1, 9, 0, tzinfo=UTC)]
    assert canonical_json(same_moment) == b'["2026-03-01T09:00:00Z","2026-03-01T09:00:00Z"]'
    assert canonical_json((date(2026, 3, 1),)) == b'["2026-03-01"]'


def test_enumerations_are_written_as_their_values():
    assert canonical_json({Colour.RED: [Colour.RED, Level.HIGH]}) == b'{"red":["red",3]}'


@pytest.mark.parametrize(
    "content",
    [
        1.5,
        {"price": 0.1},
        float("nan"),
        Decimal("NaN"),
        Decimal("Infinity"),
        datetime(2026, 3, 1),  # noqa: DTZ001 - the refused case
        {1: "a"},
        {"a": {2}},
        b"bytes",
        object(),
        "\ud800",
        {"\udfff": 1},
        2**53,
        -(2**53),
    ],
)
def test_what_has_no_one_spelling_is_refused(content):
    with pytest.raises(CanonicalError):
        canonical_json({"content": content})


def test_a_cycle_is_refused():
    cycle: list = []
    cycle.append(cycle)
    with pytest.raises(CanonicalError, match="nested deeper"):
        canonical_json(cycle)


def test_the_refusal_says_where():
    with pytest.raises(CanonicalError, match=r"\$\.lines\[1\]\.price"):
        canonical_json({"lines": [{}, {"price": 1.5}]})
