"""The days of the demo: working days of the half year before the day on which it is loaded."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core import clock, workdays

HALF_YEAR = timedelta(days=182)


@dataclass(frozen=True)
class Timetable:
    """The working days before ``today``, the latest first; the demo ends with the last of them.

    Days are named by how far they lie back: 1 is the last working day before today.
    """

    today: date
    days: tuple[date, ...]

    @property
    def length(self) -> int:
        """How many working days the half year had."""
        return len(self.days)

    def day(self, back: int) -> date:
        """Return a working day by its distance; IndexError outside the half year."""
        if not 1 <= back <= self.length:
            raise IndexError(back)
        return self.days[back - 1]

    def moment(self, back: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment of a working day in the company's zone as aware UTC."""
        return clock.from_local(datetime.combine(self.day(back), time(hour, minute)))

    @property
    def end(self) -> datetime:
        """The evening of the last working day: nothing in the demo happens later."""
        return self.moment(1, 23, 59)


def timetable(today: date) -> Timetable:
    """Return the timetable of a demo loaded on a day, by the holidays and the week of the installation."""
    first = today - HALF_YEAR
    days = [today - timedelta(days=back) for back in range(1, (today - first).days + 1)]
    return Timetable(today, tuple(day for day in days if workdays.is_working_day(day)))
