"""On whatever day the demo is loaded, the half year before it has room for its stories."""

from datetime import date, timedelta

import pytest

from app.demo import cast
from app.demo.loading import AWAY_FIRST
from app.demo.timetable import timetable


def test_every_day_of_three_years_has_a_half_year_long_enough() -> None:
    lengths = {timetable(date(2025, 7, 1) + timedelta(days=day)).length for day in range(3 * 365)}
    assert min(lengths) > AWAY_FIRST + 40
    assert max(lengths) <= 182


def test_days_are_working_days_before_today_and_the_latest_comes_first() -> None:
    found = timetable(date(2026, 10, 9))
    assert found.day(1) == date(2026, 10, 8)
    # between them lies the long holiday of October
    assert found.day(2) == date(2026, 9, 30)
    assert list(found.days) == sorted(found.days, reverse=True)
    with pytest.raises(IndexError):
        found.day(0)
    with pytest.raises(IndexError):
        found.day(found.length + 1)


def test_finished_stories_begin_one_after_the_other_and_end_before_the_open_ones() -> None:
    backs = [cast.back_of(place, 118) for place in range(len(cast.FINISHED))]
    assert backs == sorted(backs, reverse=True)
    assert backs[0] == 118
    assert backs[-1] == cast.LAST_BACK
    assert all(part.back is not None and part.back < cast.LAST_BACK for part in cast.OPEN)
