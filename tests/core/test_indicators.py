"""Indicators: one description gives the figure and the list of exceptions, whatever the cases are."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, and_, func, select

from app.core import clock, indicators
from app.core.db import session
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Figure, Indicator, Period
from app.core.tasks import Task
from app.core.uow import unit_of_work

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def cases(period: Period) -> Cases:
    return select(
        Task.id.label("case_id"),
        Task.doc_type.label("doc_type"),
        Task.doc_id.label("doc_id"),
        Task.user_id.label("person_id"),
        Task.department_id.label("department_id"),
        Task.opened_at.label("at"),
        Task.closed_at.label("closed_at"),
    ).where(Task.kind == "letter:read")


def closed(columns: Columns, period: Period) -> ColumnElement[bool]:
    # NULL where it is open: what is not known to be kept was not.
    return and_(columns.closed_at < period.closing(), columns.closed_at >= columns.at)


CLOSED = Indicator("letters-read", lazy("信件"), lazy("信件"), None, cases, indicators.happened, closed)


@pytest.fixture(autouse=True)
def only_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indicators, "_registered", {CLOSED.key: CLOSED})


def letters(*spans: tuple[int, int | None]) -> None:
    """Open tasks some hours after Monday morning; the second number is how many hours later each was closed."""
    with unit_of_work():
        for place, (opened, after) in enumerate(spans):
            start = MONDAY + timedelta(hours=opened)
            session.add(
                Task(
                    doc_type="letter",
                    doc_id=place + 1,
                    kind="letter:read",
                    opened_at=start,
                    closed_at=None if after is None else start + timedelta(hours=after),
                )
            )


def test_a_figure_counts_what_is_due_and_what_was_kept() -> None:
    with clock.frozen(MONDAY + timedelta(days=2)):
        letters((0, 1), (2, None), (3, 100))
        figure = CLOSED.compute(indicators.this_month())
    assert (figure.kept, figure.due, figure.exceptions, figure.per_mille) == (1, 3, 2, 333)
    assert Figure(0, 0).per_mille is None


def test_unknown_indicators_are_left_out_and_nothing_is_asked_for_nothing() -> None:
    assert indicators.find("nothing") is None
    assert indicators.measure(["nothing"], [indicators.this_month()]) == {}
    assert indicators.measure([CLOSED.key], []) == {}


def test_spans_are_cut_where_the_company_cuts_its_days() -> None:
    with clock.frozen(MONDAY):
        month, weeks = indicators.this_month(), indicators.last_weeks()
    assert [day.isoformat() for day in month.days] == ["2026-11-01", "2026-12-01"]
    assert len(weeks) == indicators.WEEKS
    assert [day.isoformat() for day in weeks[-1].days] == ["2026-11-23", "2026-11-30"]
    assert all(one.end == other.start for one, other in itertools.pairwise(weeks))
    assert indicators.hull(weeks) == Period(weeks[0].start, weeks[-1].end)
    with clock.frozen(MONDAY):
        assert month.close == MONDAY


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(
        st.tuples(st.integers(-2_000, 60), st.one_of(st.none(), st.integers(0, 3_000))), max_size=8
    )
)
def test_a_figure_has_as_many_exceptions_as_its_list(spans: list[tuple[int, int | None]]) -> None:
    with unit_of_work():
        session.query(Task).delete()
    with clock.frozen(MONDAY + timedelta(days=3)):
        letters(*spans)
        periods = [indicators.this_month(), *indicators.last_weeks()]
        figures = indicators.measure([CLOSED.key], periods)[CLOSED.key]
        for period, figure in zip(periods, figures, strict=True):
            listed = select(func.count()).select_from(indicators.exceptions(CLOSED, period).subquery())
            assert session.execute(listed).scalar_one() == figure.due - figure.kept
            assert figure == CLOSED.compute(period)


def test_a_kept_statement_tells_the_moment_in_which_it_is_sent() -> None:
    letters((0, 30))
    with clock.frozen(MONDAY):
        month = indicators.this_month()
    counted = []
    for hours in (1, 40):
        with clock.frozen(MONDAY + timedelta(hours=hours)):
            counted += indicators.measure([CLOSED.key], [month])[CLOSED.key]
    assert counted == [Figure(0, 1), Figure(1, 1)]
    assert indicators.counting((CLOSED,), (month,)) is indicators.counting((CLOSED,), (month,))
