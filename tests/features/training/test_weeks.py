"""The week with a session: after any history the figure equals a naive count and the list of its exceptions."""

import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock, indicators
from app.core.db import session
from app.core.errors import Problem
from app.core.uow import unit_of_work
from app.features.training import queries, series
from app.features.training.indicators import WEEKLY
from app.features.training.models import TrainingSession
from app.features.training.series import SeriesValues
from tests import factories
from tests.features.training import desk as desks

WEEKS = 4
ACTS = st.one_of(
    st.tuples(st.just("hold"), st.integers(0, 9), st.none()),
    st.tuples(st.just("cancel"), st.integers(0, 9), st.none()),
    # to so many days later: within the week, or into the next
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(1, 8)),
    # a session beside the series, of the department or of another
    st.tuples(st.just("beside"), st.integers(0, 6), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 80), st.none()),
)


@dataclass
class Meeting:
    """A session as the model knows it; ``due`` where the series made it for its week."""

    ident: int
    starts_at: datetime
    home: bool
    due: bool = False
    status: str = "planned"
    moved_from: int | None = None

    @property
    def week(self) -> date:
        day = clock.to_local(self.starts_at).date()
        return day - timedelta(days=day.weekday())


class Model:
    """All sessions beside the database, in a list; ``moment`` is when the latest thing happened."""

    def __init__(self, desk: desks.Desk, start: date) -> None:
        self.desk = desk
        self.meetings: list[Meeting] = []
        self.moment = clock.now()
        values = SeriesValues(
            title="周三培训",
            department_id=desk.department.id,
            weekday=2,
            begins=time(16),
            minutes=60,
            chair_id=desk.chair.id,
            starts_on=start,
            place="二楼会议室",
            ends_on=start + timedelta(weeks=WEEKS, days=-1),
        )
        with unit_of_work():
            row = series.keep_series(None, actor=factories.actor(desk.personnel), version=None, values=values)
        for made in session.query(TrainingSession).filter_by(series_id=row.id).order_by(TrainingSession.id):
            self.meetings.append(Meeting(made.id, made.starts_at, True, due=True))

    def act(self, name: str, figure: int, extra: int | bool | None) -> None:
        if name == "beside":
            department = self.desk.department if extra else self.desk.elsewhere
            starts_at = clock.now() + timedelta(days=figure, hours=1)
            row = desks.plan(self.desk, self.desk.personnel, starts_at=starts_at, department_id=department.id)
            self.meetings.append(Meeting(row.id, starts_at, bool(extra)))
        elif self.meetings:
            getattr(self, name)(self.meetings[figure % len(self.meetings)], extra)

    def hold(self, meeting: Meeting, _extra: object) -> None:
        """Let it begin at its time, or now where that is over."""
        row = session.get_one(TrainingSession, meeting.ident)
        if row.status == "planned":
            desks.fire(row, "announce", self.desk.personnel)
        with clock.frozen(max(clock.now(), meeting.starts_at)):
            desks.fire(row, "open", self.desk.personnel)
            self.moment = clock.now()
        meeting.status = "open"

    def cancel(self, meeting: Meeting, _extra: object) -> None:
        row = session.get_one(TrainingSession, meeting.ident)
        desks.fire(row, "cancel", self.desk.personnel, "主持人生病")
        meeting.status = "cancelled"

    def move(self, meeting: Meeting, days: int) -> None:
        row = session.get_one(TrainingSession, meeting.ident)
        later = meeting.starts_at + timedelta(days=days)
        end = later + timedelta(hours=1)
        desks.fire(row, "move", self.desk.personnel, "客户来访", starts_at=later, ends_at=end)
        meeting.status = "moved"
        new = session.query(TrainingSession).filter_by(moved_from_id=row.id).one()
        self.meetings.append(Meeting(new.id, later, meeting.home, moved_from=meeting.ident))

    def counted(self, period: indicators.Period) -> tuple[set[int], set[int]]:
        """The weeks due in a period and those of them without a session, by looking at each."""
        close = min(period.end, clock.now())
        due, late = set(), set()
        for meeting in self.meetings:
            if not (meeting.due and period.start <= meeting.starts_at < close):
                continue
            same_week = [one for one in self.meetings if one.week == meeting.week]
            moved = [one for one in same_week if one.moved_from == meeting.ident and one.status == "planned"]
            if any(one.starts_at >= close for one in moved):
                continue
            due.add(meeting.ident)
            if not any(one.home and one.status == "open" for one in same_week):
                late.add(meeting.ident)
        return due, late


@pytest.fixture
def desk() -> desks.Desk:
    return desks.build()


HISTORY = {
    "acts": st.lists(ACTS, min_size=4, max_size=16),
    "later": st.integers(0, 35 * 24),
}
QUICK = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def test_after_any_history_the_figure_is_the_list_of_its_exceptions(desk: desks.Desk) -> None:
    # years of which no holidays are known, each history in weeks of its own
    starts = (date(2030, 1, 7) + timedelta(weeks=8 * turn) for turn in itertools.count())
    seen = Counter[str]()

    @QUICK
    @given(**HISTORY)
    def check(acts: list[tuple], later: int) -> None:
        start = next(starts)
        model = live(desk, start, acts)
        with clock.frozen(model.moment + timedelta(hours=later)):
            period = indicators.span(start, start + timedelta(weeks=WEEKS, days=2))
            figure = indicators.measure([WEEKLY], [period])[WEEKLY][0]
            listed = session.execute(indicators.exceptions(registered(), period)).all()
            due, late = model.counted(period)
        session.rollback()
        assert (figure.due, figure.exceptions) == (len(due), len(late))
        assert {row.doc_id for row in listed} == late
        assert len(listed) == len(late)
        seen.update(due=len(due), late=len(late), kept=len(due - late))

    check()
    assert seen["late"] > 0
    assert seen["kept"] > 0


def registered() -> indicators.Indicator:
    found = indicators.find(WEEKLY)
    assert found is not None
    return found


def live(desk: desks.Desk, start: date, acts: list[tuple]) -> Model:
    """Let a history happen from nine o'clock of a Monday on; what cannot be done is refused."""
    with clock.frozen(clock.from_local(datetime.combine(start, time(9)))):
        model = Model(desk, start)
    assert len(model.meetings) == WEEKS
    for name, figure, extra in acts:
        if name == "wait":
            model.moment += timedelta(hours=figure)
            continue
        with clock.frozen(model.moment):
            try:
                model.act(name, figure, extra)
            except Problem:
                session.rollback()
    return model


def test_weeks_begin_on_monday() -> None:
    sunday = clock.day_bounds(date(2030, 1, 13))
    assert queries.week_of(sunday[1] - timedelta(minutes=1)) == date(2030, 1, 7)
    assert queries.week_of(sunday[1]) == date(2030, 1, 14)
