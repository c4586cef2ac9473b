"""Random histories of pairs: the figure is the list of its exceptions, and tasks and weeks fit the state."""

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import checks, clock, indicators
from app.core.db import session
from app.core.errors import Problem
from app.core.indicators import Period
from app.core.tasks import open_tasks
from app.features.mentoring import actions
from app.features.mentoring.enums import NOTED, PAIR
from app.features.mentoring.flow import FLOW
from app.features.mentoring.indicators import KEY
from app.features.mentoring.models import MentorPair, MentorWeek
from tests.features.mentoring import desk
from tests.features.mentoring.desk import School

PEOPLE = ("manager", "leader", "mentor", "pupil", "keeper")
STEPS = tuple(each.name for each in FLOW.steps)
ACTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 200), st.none()),
    st.tuples(st.just("note"), st.integers(-2, 1), st.sampled_from(("mentor", "pupil"))),
    st.tuples(st.just("answer"), st.integers(-1, 0), st.sampled_from(("mentor", "pupil"))),
    st.tuples(st.sampled_from(STEPS), st.integers(1, 90), st.sampled_from(PEOPLE)),
    st.tuples(st.sampled_from(("mid", "finish", "extend")), st.integers(80, 200), st.just("manager")),
    st.tuples(st.just("offer"), st.integers(5, 60), st.sampled_from(("manager", "leader", "pupil"))),
)


def naive(period: Period) -> tuple[int, set[int]]:
    """How many weeks a period held to account and which of them were not kept, by looking at each."""
    now, first, after = min(period.end, clock.now()), *period.days
    due, missed = 0, set()
    for week in session.execute(select(MentorWeek)).scalars():
        if not first <= week.last_day < after or (week.noted_at is None and week.due_at > now):
            continue
        due += 1
        if week.noted_at is None or week.noted_at >= week.due_at:
            missed.add(week.id)
    return due, missed


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ACTS, min_size=5, max_size=25))
def test_whatever_happens_the_figure_is_its_exceptions_and_tasks_fit(acts: list[tuple]) -> None:
    session.rollback()
    moment = clock.from_local(datetime(2026, 11, 2, 9, 0))  # noqa: DTZ001 - a wall clock of the company
    with clock.frozen(moment):
        school = desk.school()
        for row in session.execute(select(MentorPair).where(MentorPair.status.in_(NOTED))).unique().scalars():
            desk.step(school, row.id, "dissolve", "leader", "上一个例子")
        number = _running(school)
    for name, figure, who in acts:
        moment += timedelta(hours=figure if name == "wait" else 0)
        with clock.frozen(moment):
            try:
                number = act(school, number, name, figure, who)
            except Problem:
                session.rollback()
            actions.keep_up({})
            fits(number)
    with clock.frozen(moment):
        for period in (indicators.this_month(), indicators.last_weeks(2)[0]):
            found = indicators.measure([KEY], [period])[KEY][0]
            rows = session.execute(indicators.exceptions(indicators.find(KEY), period)).all()
            due, missed = naive(period)
            assert (found.due, found.exceptions) == (due, len(missed))
            assert {row.case_id for row in rows} == missed
        assert [each for each in checks.run_all() if each.check in ("mentoring", "tasks")] == []


def _running(school: School) -> int:
    """A pair of this example, whatever earlier ones left."""
    for row in (
        session.execute(select(MentorPair).where(MentorPair.status == "final_review")).unique().scalars()
    ):
        desk.step(school, row.id, "dissolve", "leader", "上一个例子")
    for row in session.execute(select(MentorPair).where(MentorPair.status == "offered")).unique().scalars():
        desk.step(school, row.id, "decline", "pupil", "上一个例子")
    return desk.running(school, days=40)


def act(school: School, number: int, name: str, figure: int, who: str | None) -> int:
    """Do one act of a history and return the pair the next one is about; what cannot be done is refused."""
    day: date = clock.today() + timedelta(weeks=figure) if name in ("note", "answer") else clock.today()
    if name == "wait":
        return number
    if name == "offer":
        return desk.offered(school, str(who), days=figure)
    if name in ("note", "answer"):
        if not any(week.first_day == desk.monday_of(day) for week in desk.load(number).weeks):
            return number
        getattr(desk, name)(school, number, day, str(who))
        return number
    data = {
        "mid_text": "好",
        "score": "4",
        "words": "好",
        "conclusion": "好",
        "ends_on": day + timedelta(days=figure),
    }
    desk.step(school, number, name, str(who), "原因", **data)
    return number


def fits(number: int) -> None:
    """Check that a pair's tasks, weeks and ratings are those of its state."""
    row = desk.load(number)
    kinds = {task.kind.removeprefix("mentor_pair:") for task in open_tasks(PAIR, number)}
    allowed = {
        "offered": {"accept"},
        "running": {"note", "answer", "mid"},
        "mid_review": {"note", "answer", "finish"},
        "extended": {"note", "answer", "finish"},
        "final_review": {"rate", "close"},
    }.get(row.status, set())
    assert kinds <= allowed
    if row.status == "closed":
        assert not row.unrated
    if row.status in ("closed", "dissolved", "final_review"):
        assert all(week.due_at <= clock.now() or week.note or week.answer for week in row.weeks)
