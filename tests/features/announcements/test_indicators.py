"""Notices read in time: the figure equals its list of exceptions and a naive count, whatever happened."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, indicators
from app.core.db import session
from app.core.errors import Problem
from app.core.indicators import Period
from app.core.uow import unit_of_work
from app.features.announcements import actions
from app.features.announcements.models import AnnouncementReceipt
from app.features.people.models import User
from tests import factories
from tests.features.announcements import desk

KEY = "announcements-read-in-time"
PEOPLE = ("manager", "personnel", "reader", "colleague", "keeper")
ACTS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 12), st.booleans()),
    st.tuples(st.just("confirm"), st.integers(0, 3), st.sampled_from(PEOPLE)),
    st.tuples(st.just("correct"), st.integers(0, 3), st.booleans()),
    st.tuples(st.sampled_from(("withdraw", "take_down")), st.integers(0, 3), st.none()),
    st.tuples(st.just("move"), st.integers(0, 4), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 60), st.none()),
)


def naive(period: Period) -> tuple[int, set[int]]:
    """How many were due in a period and which of them were not kept, by looking at each receipt."""
    now, due, late = min(period.end, clock.now()), 0, set()
    for row in session.execute(select(AnnouncementReceipt)).scalars():
        if row.due_at is None or not period.start <= row.due_at < period.end:
            continue
        excused = row.excused_at is not None and row.excused_at <= row.due_at
        if row.confirmed_at is None and (row.due_at > now or excused):
            continue
        due += 1
        if row.confirmed_at is None or row.confirmed_at > row.due_at:
            late.add(row.id)
    return due, late


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, min_size=3, max_size=14))
def test_the_figure_is_the_list_of_its_exceptions_and_a_naive_count(acts) -> None:
    session.rollback()
    with clock.frozen(clock.from_local(__import__("datetime").datetime(2026, 11, 2, 9, 0))):
        begin = clock.now()
        office = desk.office() if session.execute(select(User.id)).first() is None else known()
        known_numbers: list[int] = []
    moment = begin
    for name, figure, extra in acts:
        if name == "wait":
            moment += timedelta(hours=figure)
            continue
        with clock.frozen(moment):
            try:
                act(office, known_numbers, name, figure, extra)
                actions.keep_up({})
            except Problem:
                session.rollback()
    with clock.frozen(moment):
        period = indicators.this_month()
        found = indicators.measure([KEY], [period])[KEY][0]
        rows = session.execute(indicators.exceptions(indicators.find(KEY), period)).all()
        due, late = naive(period)
    assert (found.due, found.exceptions) == (due, len(late))
    assert {row.case_id for row in rows} == late


def known() -> desk.Office:
    """The people of an earlier example."""
    people = {row.staff_number: row for row in session.execute(select(User)).unique().scalars()}
    from app.features.people.models import Department

    departments = {row.name: row for row in session.execute(select(Department)).scalars()}
    return desk.Office(
        departments["销售部"],
        departments["仓库"],
        *(people[number] for number in ("m1", "h1", "s1", "s2", "w1")),
    )


def act(office: desk.Office, numbers: list[int], name: str, figure: int, extra) -> None:
    """Do one act of a history; what cannot be done is refused."""
    if name == "publish":
        chosen = {} if extra else {"for_everybody": False, "departments": (office.sales.id,)}
        numbers.append(desk.published(office, confirm_hours=figure, **chosen))
    elif name == "move":
        with unit_of_work():
            person = session.get_one(User, factories.actor(getattr(office, PEOPLE[figure])).id)
            person.department_id = office.sales.id if extra else office.store.id
    elif numbers:
        number = numbers[figure % len(numbers)]
        if name == "confirm":
            desk.confirm(office, number, extra)
        elif name == "correct":
            second = desk.correct(office, number, asks_again=extra)
            desk.step(office, second, "release", "manager")
            numbers.append(second)
        else:
            desk.step(office, number, name, "manager", "写错了" if name == "withdraw" else "")
