"""Series, their weeks as an indicator, the pool of topics, what training is arranged by."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, indicators, notices
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.uow import unit_of_work
from app.features.training import (
    catalogue,
    queries,
    series,
    topics,
)
from app.features.training.enums import (
    TopicStatus,
)
from app.features.training.indicators import WEEKLY
from app.features.training.models import TrainingSession
from app.features.training.series import SeriesValues
from tests import factories
from tests.features.training import desk as desks
from tests.features.training.desk import Desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    return desks.build()


def weekly(desk: Desk, **given: object) -> SeriesValues:
    plain = {
        "title": "周三培训",
        "department_id": desk.department.id,
        "weekday": 2,
        "begins": time(16, 0),
        "minutes": 60,
        "chair_id": desk.chair.id,
        "starts_on": date(2026, 11, 1),
        "place": "二楼会议室",
        "audience": [desk.department.id],
    }
    return SeriesValues(**{**plain, **given})  # type: ignore[arg-type]


def begin(desk: Desk, **given: object) -> int:
    with unit_of_work():
        row = series.keep_series(
            None, actor=factories.actor(desk.personnel), version=None, values=weekly(desk, **given)
        )
    return row.id


def days() -> list[date]:
    statement = select(TrainingSession.series_day).order_by(TrainingSession.series_day)
    return [day for day in session.execute(statement).scalars() if day is not None]


def test_a_series_makes_its_sessions_ahead_each_once(desk: Desk, at: At) -> None:
    begin(desk)
    assert days() == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)]
    first = session.execute(select(TrainingSession).order_by(TrainingSession.starts_at)).scalars().first()
    assert first is not None
    assert f"{clock.to_local(first.starts_at):%m-%d %H:%M}" == "11-25 16:00"
    series.watch({})
    assert len(days()) == 4
    at(2026, 11, 30, 9)
    series.watch({})
    series.watch({})
    assert days()[-1] == date(2026, 12, 23)
    assert len(days()) == 5


def test_a_series_skips_the_days_on_which_nobody_works(desk: Desk, at: At) -> None:
    at(2026, 9, 21, 9)
    begin(desk, starts_on=date(2026, 9, 1), weekday=3)
    assert date(2026, 10, 1) not in days()
    assert date(2026, 9, 24) in days()


def test_the_week_without_a_session_is_the_exception(desk: Desk, at: At) -> None:
    begin(desk)
    rows = (
        session.execute(select(TrainingSession).order_by(TrainingSession.starts_at)).unique().scalars().all()
    )
    # the first week: held; the second: moved to the Friday and held there; the third: nothing happens
    at(2026, 11, 25, 16)
    first = desks.fire(rows[0], "open", desk.chair) if rows[0].status == "announced" else rows[0]
    at(2026, 11, 25, 10)
    desks.fire(first, "announce", desk.chair)
    at(2026, 11, 25, 16)
    desks.fire(first, "open", desk.chair)
    desks.call_roll(first, desk.chair, desk.people[0])
    desks.fire(first, "wrap_up", desk.chair)
    at(2026, 12, 1, 10)
    friday = clock.day_bounds(date(2026, 12, 4))[0] + timedelta(hours=16)
    desks.fire(rows[1], "move", desk.chair, "客户来访", starts_at=friday, ends_at=friday + timedelta(hours=1))
    found = indicators.find(WEEKLY)
    assert found is not None
    november, december, january = (
        clock.day_bounds(day)[0] for day in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    )
    period, december = indicators.Period(november, december), indicators.Period(december, january)
    at(2026, 12, 3, 9)
    assert (found.compute(period).kept, found.compute(period).due) == (1, 1)
    assert found.compute(december).due == 0
    at(2026, 12, 5, 9)
    assert (found.compute(december).kept, found.compute(december).due) == (0, 1)
    at(2026, 12, 4, 15)
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == rows[1].id)
    later = session.execute(statement).unique().scalar_one()
    desks.fire(later, "announce", desk.chair)
    desks.fire(later, "open", desk.chair)
    at(2026, 12, 11, 9)
    figure = found.compute(december)
    assert (figure.kept, figure.due) == (1, 2)
    exceptions = session.execute(indicators.exceptions(found, december)).all()
    assert [row.doc_id for row in exceptions] == [rows[2].id]


def test_the_day_before_everybody_who_takes_part_is_reminded_once(desk: Desk, at: At) -> None:
    row = desks.announced(desk)
    desks.enrol(row, desk.people[0])
    before = notices.unread_count(desk.people[0].id)
    series.watch({})
    series.watch({})
    assert notices.unread_count(desk.people[0].id) == before + 1


# Topics and what training is arranged by


def test_a_topic_is_voted_for_picked_once_and_done_with_its_session(desk: Desk, at: At) -> None:
    actor = factories.actor(desk.people[0])
    with unit_of_work():
        topic = topics.propose(actor=actor, title="客户压价怎么谈")
        assert topics.vote(topic, actor=factories.actor(desk.people[1])) is True
    assert queries.votes_of(topic.id, actor.id) == (2, True)
    with unit_of_work():
        assert topics.vote(topic, actor=actor) is False
    row = desks.announced(desk, topic_id=topic.id)
    with pytest.raises(Conflict, match="topic-taken"):
        desks.plan(desk, topic_id=topic.id)
    with pytest.raises(Conflict, match="topic-settled"), unit_of_work():
        topics.vote(topic, actor=actor)
    desks.enrol(row, desk.people[0])
    at(2026, 11, 24, 9)
    desks.fire(row, "open", desk.chair)
    desks.call_roll(row, desk.chair, desk.people[0])
    desks.fire(row, "wrap_up", desk.chair)
    desks.fire(row, "complete", desk.chair, outcome="先问用途，再谈价")
    assert session.get_one(type(topic), topic.id).status == TopicStatus.DONE


def test_a_topic_is_dropped_with_a_reason_by_who_picks(desk: Desk) -> None:
    with unit_of_work():
        topic = topics.propose(actor=factories.actor(desk.people[0]), title="年终奖怎么算")
    with pytest.raises(Denied), unit_of_work():
        topics.drop(topic, actor=factories.actor(desk.people[1]), version=None, reason="不合适")
    with pytest.raises(Invalid), unit_of_work():
        topics.drop(topic, actor=factories.actor(desk.head), version=None, reason=" ")
    with unit_of_work():
        topics.drop(topic, actor=factories.actor(desk.head), version=None, reason="请看薪酬制度")
    assert notices.unread_count(desk.people[0].id) == 1


def test_the_six_subjects_are_made_once_and_names_are_unique(desk: Desk) -> None:
    actor = factories.actor(desk.personnel)
    with unit_of_work():
        assert catalogue.provide_subjects(actor=actor) == 6
        assert catalogue.provide_subjects(actor=actor) == 0
    assert [name for _number, name in queries.subject_choices()][:2] == ["企业文化", "产品知识"]
    with pytest.raises(Invalid), unit_of_work():
        catalogue.keep_subject(None, actor=actor, name="产品知识")
    with pytest.raises(Denied), unit_of_work():
        catalogue.keep_provider(None, actor=factories.actor(desk.head), name="某某培训")
