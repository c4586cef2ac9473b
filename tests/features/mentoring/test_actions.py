"""Pairs by their actions: offered, accepted, noted weekly, reviewed, rated, closed, extended, dissolved."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core import clock, growth, search, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.notices import Notice
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.mentoring import actions, page, pdf, queries, weeks
from app.features.mentoring.enums import MODULE, PAIR, WeekState
from app.features.people import leaving
from tests.features.mentoring import desk
from tests.features.mentoring.desk import School
from tests.paper_tools import saved, text_of


@pytest.fixture
def school(at) -> School:
    at(2026, 11, 2, 9, 0)
    return desk.school()


def tasks(number: int) -> set[tuple[str, int | None]]:
    return {(task.kind.removeprefix("mentor_pair:"), task.user_id) for task in open_tasks(PAIR, number)}


def test_both_accept_before_it_runs(school: School) -> None:
    number = desk.offered(school)
    assert tasks(number) == {("accept", school.mentor.id), ("accept", school.pupil.id)}
    assert desk.step(school, number, "accept", "pupil").status == "offered"
    with pytest.raises(Conflict):
        desk.step(school, number, "accept", "pupil")
    with pytest.raises(Denied):
        desk.step(school, number, "accept", "manager")
    row = desk.step(school, number, "accept", "mentor")
    assert (row.status, row.number.startswith("DJ-")) == ("running", True)
    assert tasks(number) == {("note", school.mentor.id)}


def test_each_side_may_decline_with_a_reason(school: School) -> None:
    number = desk.offered(school)
    with pytest.raises(Invalid):
        desk.step(school, number, "decline", "mentor")
    row = desk.step(school, number, "decline", "mentor", "近期工作排不开")
    assert (row.status, row.weeks, tasks(number)) == ("declined", [], set())
    assert desk.offered(school) != number


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mentor_id": 10_000}, "mentor_id"),
        ({"goals": "  "}, "goals"),
        ({"goals": "铃\x07"}, "goals"),
        ({"ends_on": date(2026, 11, 2)}, "ends_on"),
        ({"ends_on": date(2030, 1, 1)}, "ends_on"),
    ],
)
def test_what_cannot_be_a_pair_is_refused_at_its_field(school: School, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.offered(school, **changed)
    assert field in refused.value.fields


def test_only_who_arranges_there_offers_and_a_pupil_has_one_pair(school: School) -> None:
    with pytest.raises(Denied):
        desk.offered(school, "mentor")
    with pytest.raises(Invalid):
        desk.offered(school, "manager", pupil_id=school.keeper.id)
    with pytest.raises(Invalid):
        desk.offered(school, pupil_id=school.mentor.id)
    desk.offered(school, "personnel", pupil_id=school.keeper.id)
    desk.running(school)
    with pytest.raises(Invalid) as refused:
        desk.offered(school)
    assert "pupil_id" in refused.value.fields


def test_weeks_without_a_working_day_owe_nothing(school: School) -> None:
    # Of the holiday of 2026 the company works on no day from 1 to 7 October.
    assert weeks.due_weeks(date(2026, 10, 1), date(2026, 10, 7)) == []
    assert weeks.due_weeks(date(2026, 11, 7), date(2026, 11, 9)) == [date(2026, 11, 9)]
    assert weeks.due_weeks(date(2026, 11, 2), date(2026, 11, 15)) == [date(2026, 11, 2), date(2026, 11, 9)]


def test_a_note_is_the_mentors_in_its_week_late_after_it_and_stays(school: School, at) -> None:
    number = desk.running(school)
    first = date(2026, 11, 2)
    for who in ("pupil", "manager"):
        with pytest.raises(Denied):
            desk.note(school, number, first, who)
    with pytest.raises(Conflict):
        desk.note(school, number, first + timedelta(days=7))
    for text in ("", " ", "字" * 2_001, "铃\x07"):
        with pytest.raises(Invalid):
            desk.note(school, number, first, text=text)
    desk.note(school, number, first)
    assert tasks(number) == {("answer", school.pupil.id)}
    desk.answer(school, number, first)
    assert tasks(number) == set()
    desk.note(school, number, first, text="改写")
    at(2026, 11, 16, 9, 0)
    with pytest.raises(Conflict):
        desk.note(school, number, first, text="再改")
    row = desk.load(number)
    assert [week.state for week in row.weeks[:3]] == [WeekState.KEPT, WeekState.MISSED, WeekState.OPEN]
    desk.note(school, number, first + timedelta(days=7))
    assert desk.load(number).weeks[1].state == WeekState.LATE
    row = desk.load(number)
    with pytest.raises(Stale), unit_of_work():
        actions.write_note(row, row.weeks[2], actor=school.actor("mentor"), version=0, text="旧")


def test_the_clock_opens_tasks_reminds_quietly_and_tells_of_a_missed_week_once(school: School, at) -> None:
    number = desk.running(school)

    def told(person: int, verb: str) -> int:
        statement = select(func.count()).select_from(Notice).where(Notice.user_id == person)
        statement = statement.join(timeline.Event, timeline.Event.seq == Notice.event_seq)
        return session.execute(statement.where(timeline.Event.verb == verb)).scalar_one()

    for moment, reminded, missed in (
        ((2026, 11, 5, 10, 0), 0, 0),
        ((2026, 11, 6, 20, 0), 0, 0),
        ((2026, 11, 6, 10, 0), 1, 0),
        ((2026, 11, 6, 15, 0), 1, 0),
        ((2026, 11, 8, 10, 0), 1, 0),
        ((2026, 11, 9, 7, 0), 1, 0),
        ((2026, 11, 9, 9, 0), 1, 1),
        ((2026, 11, 10, 9, 0), 1, 1),
    ):
        at(*moment)
        actions.keep_up({})
        found = (told(school.mentor.id, "mentor_pair:remind"), told(school.mentor.id, "mentor_pair:missed"))
        assert found == (reminded, missed), moment
        assert told(school.manager.id, "mentor_pair:missed") == missed
    at(2026, 12, 20, 9, 0)
    actions.keep_up({})
    assert ("mid", None) in tasks(number)


def test_the_second_half_is_rated_by_both_unseen_until_both_have(school: School) -> None:
    number = desk.running(school)
    with pytest.raises(Invalid):
        desk.step(school, number, "mid", "manager", mid_text=" ")
    for who in ("mentor", "pupil"):
        with pytest.raises(Denied):
            desk.step(school, number, "mid", who, mid_text="好")
    desk.step(school, number, "mid", "manager", mid_text="选型已会", goals="独立报价")
    assert desk.load(number).goals == "独立报价"
    row = desk.step(school, number, "finish", "manager")
    assert [week.first_day for week in row.weeks] == []
    with pytest.raises(Conflict):
        desk.step(school, number, "close", "manager", conclusion="好")
    for data in ({}, {"score": "6", "words": "好"}, {"score": "5", "words": ""}):
        with pytest.raises(Invalid):
            desk.step(school, number, "rate", "mentor", **data)
    desk.step(school, number, "rate", "mentor", score="4", words="肯问")
    with pytest.raises(Conflict):
        desk.step(school, number, "rate", "mentor", score="5", words="再评")
    seen = [
        len(page.rating_rows(desk.load(number), school.actor(who))) for who in ("mentor", "pupil", "manager")
    ]
    assert seen == [1, 0, 0]
    desk.step(school, number, "rate", "pupil", score="5", words="讲得细")
    assert len(page.rating_rows(desk.load(number), school.actor("manager"))) == 2
    assert tasks(number) == {("close", None)}
    row = desk.step(school, number, "close", "manager", conclusion="可以独立报价")
    assert (row.status, row.ended_on, tasks(number)) == ("closed", clock.today(), set())


def test_an_extension_owes_new_weeks_and_new_ratings(school: School) -> None:
    number = desk.reviewed(school)
    for side in desk.SIDES:
        desk.step(school, number, "rate", side, score="3", words="再练")
    for day in (None, date(2026, 11, 30), date(2029, 1, 1)):
        with pytest.raises(Invalid):
            desk.step(school, number, "extend", "manager", ends_on=day)
    row = desk.step(school, number, "extend", "manager", ends_on=date(2027, 2, 28))
    assert (row.status, row.period, row.unrated) == ("extended", 2, [school.mentor.id, school.pupil.id])
    assert row.weeks[0].first_day == date(2026, 11, 2)
    desk.step(school, number, "finish", "manager")
    with pytest.raises(Conflict):
        desk.step(school, number, "close", "manager", conclusion="好")


def test_nobody_decides_on_their_own_pair(school: School) -> None:
    number = desk.offered(school, mentor_id=school.manager.id)
    desk.step(school, number, "accept", "manager")
    desk.step(school, number, "accept", "pupil")
    with pytest.raises(Denied):
        desk.step(school, number, "mid", "manager", mid_text="好")
    with pytest.raises(Denied):
        desk.step(school, number, "dissolve", "manager", "调岗")
    row = desk.step(school, number, "dissolve", "leader", "调岗")
    assert (row.status, row.weeks) == ("dissolved", [])


def test_who_sees_a_pair_and_where_it_shows(school: School, tmp_path: Path) -> None:
    number = desk.running(school)
    desk.note(school, number, date(2026, 11, 2), text="讲了汽蚀余量")
    for name, sees in (
        ("mentor", True),
        ("pupil", True),
        ("leader", True),
        ("personnel", True),
        ("keeper", False),
    ):
        if sees:
            assert queries.get_pair(school.actor(name), number).id == number
        else:
            with pytest.raises(NotVisible):
                queries.get_pair(school.actor(name), number)
        assert bool(search.find(school.actor(name), "汽蚀余量", only=PAIR)) is sees
        source = next(each for each in growth.registered() if each.key == "mentoring")
        assert source.read(school.actor(name), school.pupil.id, 5)[0] == int(sees)
    assert source.read(school.actor("pupil"), school.mentor.id, 5)[1][0].text.endswith("陈志远")
    text = text_of(saved(tmp_path, pdf.pair_paper(desk.load(number), "沃垦")))
    assert "讲了汽蚀余量" in text
    for person in (school.mentor, school.pupil):
        assert any("以优带优" in matter.sentence for matter in leaving.open_matters(person.id))
    desk.step(school, number, "dissolve", "manager", "离职")
    assert not any("以优带优" in matter.sentence for matter in leaving.open_matters(school.pupil.id))


# What is refused, and what the clock leaves alone


def test_where_both_sides_arrange_pairs_the_others_are_asked_by_name(school: School, at) -> None:
    with unit_of_work():
        number = actions.offer(
            actor=school.actor("personnel"),
            values=desk.values(school, mentor_id=school.leader.id, pupil_id=school.manager.id),
        ).id
    for side in ("leader", "manager"):
        desk.step(school, number, "accept", side)
    assert tasks(number) == {("note", school.leader.id)}
    at(2026, 12, 20, 9, 0)
    actions.keep_up({})
    assert tasks(number) == {("note", school.leader.id), ("mid", school.personnel.id)}
    for side in ("leader", "manager"):
        with pytest.raises(Denied):
            desk.step(school, number, "mid", side, mid_text="好")
    assert desk.step(school, number, "mid", "personnel", mid_text="好").status == "mid_review"


def test_where_one_side_arranges_pairs_they_are_left_out(school: School, at) -> None:
    number = desk.offered(school, "personnel", mentor_id=school.manager.id)
    for side in ("manager", "pupil"):
        desk.step(school, number, "accept", side)
    at(2026, 12, 20, 9, 0)
    actions.keep_up({})
    found = [task for task in open_tasks(PAIR, number) if task.kind == f"{PAIR}:mid"]
    assert [(task.user_id, task.excluded_user_id) for task in found] == [(None, school.manager.id)]


def test_after_the_last_day_the_end_is_due_whether_extended_or_not(school: School, at) -> None:
    number = desk.running(school, days=20)
    desk.step(school, number, "mid", "manager", mid_text="选型已会")
    at(2026, 11, 22, 9, 0)
    actions.keep_up({})
    assert ("finish", None) not in tasks(number)
    at(2026, 11, 23, 9, 0)
    actions.keep_up({})
    assert tasks(number) == {("finish", None)}


def test_nobody_accepts_after_the_last_day_or_for_another(school: School, at) -> None:
    number = desk.offered(school, days=20)
    at(2026, 11, 23, 9, 0)
    with pytest.raises(Conflict) as over:
        desk.step(school, number, "accept", "mentor")
    assert over.value.code == "mentor_pair:over-already"
    for who in ("manager", "leader", "keeper"):
        with pytest.raises(Denied):
            desk.step(school, number, "accept", who)
    at(2026, 11, 22, 9, 0)
    desk.step(school, number, "accept", "mentor")
    with pytest.raises(Conflict) as again:
        desk.step(school, number, "accept", "mentor")
    assert again.value.code == "mentor_pair:accepted-already"


def test_a_rating_is_kept_without_what_surrounds_it_and_the_other_side_is_asked(school: School) -> None:
    number = desk.reviewed(school)
    row = desk.step(school, number, "rate", "mentor", score=1, words=" 要练 ")
    assert [(each.author_id, each.score, each.words) for each in row.ratings] == [
        (school.mentor.id, 1, "要练")
    ]
    assert tasks(number) == {("rate", school.pupil.id)}


def test_a_pair_is_closed_with_words_once_both_have_rated(school: School) -> None:
    number = desk.reviewed(school)
    desk.step(school, number, "rate", "mentor", score="4", words="肯问")
    with pytest.raises(Conflict) as refused:
        desk.step(school, number, "close", "manager", conclusion="好")
    assert (refused.value.code, refused.value.params["who"]) == ("mentor_pair:not-rated", "陈志远")
    desk.step(school, number, "rate", "pupil", score="5", words="讲得细")
    with pytest.raises(Invalid) as wordless:
        desk.step(school, number, "close", "manager", conclusion=" ")
    assert (set(wordless.value.fields), desk.load(number).status) == ({"conclusion"}, "final_review")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (None, "请填写新的结束日期"),
        (date(2027, 1, 21), "新的结束日期须晚于今天和原来的结束日期"),
        (date(2028, 11, 3), "带教期最长两年"),
    ],
)
def test_an_extension_that_cannot_be_says_why(school: School, day: date | None, sentence: str) -> None:
    number = desk.reviewed(school)
    with pytest.raises(Invalid) as refused:
        desk.step(school, number, "extend", "manager", ends_on=day)
    assert {name: str(text) for name, text in refused.value.fields.items()} == {"ends_on": sentence}
    assert (desk.load(number).ends_on, desk.load(number).period) == (date(2027, 1, 21), 1)
    row = desk.step(school, number, "extend", "manager", ends_on=date(2028, 11, 2))
    assert (row.ends_on, row.period) == (date(2028, 11, 2), 2)


def test_where_mentoring_is_switched_off_or_the_pair_is_over_the_clock_changes_nothing(
    school: School, at
) -> None:
    number, over = desk.running(school), desk.offered(school, "personnel", pupil_id=school.keeper.id)
    desk.step(school, over, "decline", "mentor", "近期工作排不开")
    with unit_of_work():
        settings.put("modules.switches", {MODULE: False})
    at(2026, 12, 20, 9, 0)
    before = [event.verb for event in timeline.events_for(PAIR, number)]
    actions.keep_up({})
    assert ([event.verb for event in timeline.events_for(PAIR, number)], tasks(number)) == (
        before,
        {("note", school.mentor.id)},
    )
    with unit_of_work():
        settings.put("modules.switches", {})
        # decided on by somebody after its number was read
        actions.keep_up_one(desk.load(over))
    assert (tasks(over), timeline.events_for(PAIR, over)[0].verb) == (set(), "mentor_pair:decline")
    actions.keep_up({})
    assert ("mid", None) in tasks(number)


def test_in_a_pair_that_is_over_nothing_is_written_any_more(school: School) -> None:
    number = desk.running(school)
    first = date(2026, 11, 2)
    desk.note(school, number, first)
    desk.step(school, number, "dissolve", "manager", "调岗")
    for write in (desk.note, desk.answer):
        with pytest.raises(Conflict) as refused:
            write(school, number, first, text="晚了")
        assert refused.value.code == "core:wrong-state"
    week = desk.load(number).weeks[0]
    assert (week.note, week.answer) == ("练了选型", "")
