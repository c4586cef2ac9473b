"""One source of time: aware UTC inside, the company's zone at the edge."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock

MOMENT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


@pytest.fixture
def shanghai():
    yield
    clock.set_company_zone(clock.DEFAULT_ZONE)


def test_now_is_aware_utc_and_moves():
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_the_day_begins_at_midnight_of_the_company():
    with clock.frozen(MOMENT):
        assert clock.now() == MOMENT
        assert clock.today() == date(2026, 11, 23)
    assert clock.now() > MOMENT or clock.now() != MOMENT


def test_another_zone_cuts_days_elsewhere(shanghai):
    clock.set_company_zone("Europe/Berlin")
    assert str(clock.company_zone()) == "Europe/Berlin"
    with clock.frozen(MOMENT):
        assert clock.today() == date(2026, 11, 22)
    with pytest.raises(ZoneInfoNotFoundError):
        clock.set_company_zone("Nowhere/At_All")


def test_naive_times_are_refused():
    naive = datetime(2026, 11, 23, 9, 41)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="naive"):
        clock.to_local(naive)
    with pytest.raises(ValueError, match="aware"), clock.frozen(naive):
        pass


def test_day_bounds_hold_the_whole_day():
    start, end = clock.day_bounds(date(2026, 11, 23))
    assert (start, end) == (datetime(2026, 11, 22, 16, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC))


def test_frozen_clocks_nest_and_keep_their_zone():
    with clock.frozen(MOMENT.astimezone(clock.company_zone())):
        with clock.frozen(MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT
        assert clock.now().tzinfo is UTC


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - wall-clock times
def test_wall_clock_times_come_back(wall):
    assert clock.to_local(clock.from_local(wall)).replace(tzinfo=None) == wall
