"""Drills by their actions: template, cast, stages, sheets of the judges, lesson, case; and random histories."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import checks, clock, growth, modules, search
from app.core import settings as core_settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.files import CheckedFile
from app.core.i18n import CHINESE, using_locale
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.cases.models import CaseStudy
from app.features.drills import actions, page, pdf, queries, score_sheet
from app.features.drills.enums import DRILL, StageKind
from app.features.drills.flow import FLOW
from tests.features.drills import desk
from tests.features.drills.desk import Stage
from tests.paper_tools import saved, text_of

STEPS = tuple(each.name for each in FLOW.steps if each.name != "score")
PEOPLE = ("manager", "leader", "engineer", "player", "second", "keeper")


@pytest.fixture
def stage() -> Stage:
    return desk.stage()


def tasks(number: int) -> set[tuple[str, int | None]]:
    return {(task.kind.removeprefix("drill:"), task.user_id) for task in open_tasks(DRILL, number)}


# The score sheet


def test_criteria_are_read_in_the_order_of_stages() -> None:
    found = score_sheet.read("谈判|守价|50\n\n survey ｜ 问清 | 20 \n方案 | 选型 | 30")
    assert [(line.stage, line.name, line.weight) for line in found] == [
        (StageKind.SURVEY, "问清", 20),
        (StageKind.PROPOSAL, "选型", 30),
        (StageKind.NEGOTIATION, "守价", 50),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "每个阶段"),
        ("调研 | 问清 | 100", "每个阶段"),
        ("调研 | 问清", "第 1 行"),
        (f"{desk.CRITERIA}\n闲聊 | 好 | 1", "第 4 行的阶段"),
        ("调研 | 问清 | 一半", "第 1 行的权重"),
        ("调研 | 问清 | 0", "第 1 行的权重"),
        ("调研 |  | 10", "第 1 行的标准"),
        (desk.CRITERIA.replace("40", "41"), "现在是 101"),
        ("\n".join(["调研 | 问清 | 1"] * 21), "最多 20 条"),
    ],
)
def test_what_is_no_score_sheet_is_refused_at_its_line(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        score_sheet.read(text)
    assert said in str(refused.value.fields["criteria"])


@given(
    st.lists(st.tuples(st.integers(1, 100), st.lists(st.integers(0, 10), min_size=3, max_size=3)), min_size=1)
)
def test_totals_averages_and_spread_are_those_of_plain_arithmetic(rows: list[tuple[int, list[int]]]) -> None:
    weights = {place: weight for place, (weight, _points) in enumerate(rows)}
    totals = [
        score_sheet.total(weights, {place: points[judge] for place, (_w, points) in enumerate(rows)})
        for judge in range(3)
    ]
    assert totals == [sum(weight * points[judge] for weight, points in rows) for judge in range(3)]
    assert abs(score_sheet.average(totals) - sum(totals) / 3) <= 0.5
    assert score_sheet.spread(totals) == max(abs(one - other) for one in totals for other in totals)
    most = sum(weights.values())
    assert abs(score_sheet.share(most, totals[0]) - 100 * totals[0] / most) <= 0.5


# Preparing


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": " "}, "name"), ({"scene": "铃\x07"}, "scene"), ({"criteria": "调研"}, "criteria")],
)
def test_what_is_no_template_is_refused_at_its_field(stage: Stage, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.create_template(actor=stage.actor("manager"), values=desk.template_values(**changed))
    assert field in refused.value.fields


def test_a_drill_keeps_its_own_tasks_and_criteria(stage: Stage) -> None:
    number = desk.prepared(stage)
    template = desk.template(stage)
    with unit_of_work():
        row = queries.get_template(stage.actor("manager"), template)
        values = desk.template_values(
            survey_task="另问", criteria="调研|甲|50\n方案|乙|25\n谈判|丙|25", active=False
        )
        actions.edit_template(row, actor=stage.actor("manager"), version=row.version, values=values)
    row = desk.load(number)
    assert row.stages[0].task == "问清介质、扬程、流量"
    assert [each.weight for each in row.criteria] == [30, 40, 30]
    with pytest.raises(Invalid):
        desk.prepared(stage)
    with pytest.raises(Denied), unit_of_work():
        actions.create_template(actor=stage.actor("player"), values=desk.template_values(name="二"))
    row = queries.get_template(stage.actor("manager"), template)
    with pytest.raises(Stale), unit_of_work():
        actions.edit_template(row, actor=stage.actor("manager"), version=99, values=desk.template_values())


def test_everybody_has_one_part_so_nobody_judges_themselves(stage: Stage) -> None:
    number = desk.prepared(stage)
    for name, kind, role, field in (
        ("player", "judge", "", "user_id"),
        ("leader", "player", "客户", "user_id"),
        ("second", "player", " ", "role"),
        ("second", "boss", "", "kind"),
    ):
        with pytest.raises(Invalid) as refused:
            desk.cast(stage, number, name, kind, role)
        assert field in refused.value.fields
    with pytest.raises(Denied):
        desk.cast(stage, number, "second", "player", "客户", who="player")
    part = desk.load(number).judges[0].id
    with unit_of_work():
        actions.uncast(desk.load(number), part, actor=stage.actor("manager"))
    with pytest.raises(NotVisible), unit_of_work():
        actions.uncast(desk.load(number), part, actor=stage.actor("manager"))
    with pytest.raises(Conflict):
        desk.step(stage, number, "rehearse", "manager")


def test_stages_are_noted_one_after_another_by_who_plays_or_leads(stage: Stage) -> None:
    number = desk.prepared(stage)
    with pytest.raises(Conflict):
        desk.note(stage, number, "proposal")
    for who in ("engineer", "keeper"):
        with pytest.raises(Denied):
            desk.note(stage, number, "survey", who)
    for notes in ("", "字" * 2_001, "铃\x07"):
        with pytest.raises(Invalid):
            desk.note(stage, number, "survey", notes=notes)
    desk.note(stage, number, "survey")
    desk.note(stage, number, "survey", notes="补问一条")
    with pytest.raises(Conflict) as refused:
        desk.step(stage, number, "rehearse", "manager")
    assert "方案" in refused.value.sentence()
    with unit_of_work():
        file = CheckedFile("方案.txt", "text/plain", b"plan")
        actions.attach(desk.load(number), actor=stage.actor("player"), file=file)
    for kind in ("proposal", "negotiation"):
        desk.note(stage, number, kind)
    row = desk.step(stage, number, "rehearse", "manager")
    assert tasks(number) == {("score", stage.leader.id), ("score", stage.engineer.id)}
    assert row.stages[0].notes == "补问一条"
    with pytest.raises(Conflict):
        desk.note(stage, number, "survey")


def test_it_does_not_end_before_its_day(stage: Stage) -> None:
    number = desk.prepared(stage, held_on=clock.today() + timedelta(days=1))
    for kind in desk.STAGES:
        desk.note(stage, number, kind)
    with pytest.raises(Conflict):
        desk.step(stage, number, "rehearse", "manager")


# Scoring


def test_each_judge_gives_one_sheet_and_the_last_one_ends_it(stage: Stage) -> None:
    number = desk.rehearsed(stage)
    for who in ("player", "manager", "keeper"):
        with pytest.raises(Denied):
            desk.score(stage, number, who, 5, 5, 5)
    for points in ((), (1, 2), (11, 0, 0), (-1, 0, 0)):
        with pytest.raises(Invalid):
            desk.score(stage, number, "leader", *points)
    assert desk.score(stage, number, "leader", 8, 9, 10).status == "rehearsed"
    with pytest.raises(Conflict):
        desk.score(stage, number, "leader", 1, 1, 1)
    assert page.result_rows(desk.load(number)) == []
    assert judges_shown(stage, number, "engineer") == 0
    with pytest.raises(Conflict):
        desk.step(stage, number, "stop_scoring", "manager", "出差")
    row = desk.score(stage, number, "engineer", 5, 5, 6)
    # 8*30+9*40+10*30 = 900 and 5*30+5*40+6*30 = 530, in tenths of a point
    assert (row.status, row.average, row.spread) == ("scored", 715, 370)
    assert tasks(number) == {("debrief", stage.manager.id)}
    assert [(each.average, each.least, each.most) for each in page.result_rows(row)][0] == ("6.5", 5, 8)
    assert judges_shown(stage, number, "engineer") == 2
    assert judges_shown(stage, number, "player") == 0


def test_missing_judges_are_waited_for_no_longer_with_a_reason(stage: Stage) -> None:
    number = desk.prepared(stage)
    desk.cast(stage, number, "second", "judge")
    for kind in desk.STAGES:
        desk.note(stage, number, kind)
    desk.step(stage, number, "rehearse", "manager")
    for who in desk.JUDGES:
        desk.score(stage, number, who, 7, 7, 7)
    with pytest.raises(Invalid):
        desk.step(stage, number, "stop_scoring", "manager")
    row = desk.step(stage, number, "stop_scoring", "manager", "评委出差")
    assert (row.status, row.average, row.spread) == ("scored", 700, 0)


def test_its_lesson_becomes_a_draft_in_the_library_once(stage: Stage) -> None:
    number = desk.scored(stage)
    with pytest.raises(Invalid):
        desk.step(stage, number, "debrief", "manager", good="问得细", bad="", lesson="先问")
    desk.step(stage, number, "debrief", "manager", good="问得细", bad="让步太快", lesson="先问用量再报价")
    with unit_of_work():
        core_settings.put("modules.switches", {"cases": False})
    with pytest.raises(Conflict):
        desk.step(stage, number, "write_case", "manager")
    with unit_of_work():
        core_settings.put("modules.switches", {})
    assert modules.is_on("cases")
    row = desk.step(stage, number, "write_case", "manager")
    case = session.get_one(CaseStudy, row.case_id)
    assert (case.title, case.lesson, case.outcome) == ("泵站改造", "先问用量再报价", "partly")
    assert [(link.doc_type, link.doc_id) for link in case.links] == [(DRILL, number)]
    assert "问了八个问题" in case.done
    with pytest.raises(Conflict):
        desk.step(stage, number, "write_case", "manager")
    assert page.case_url(row, stage.actor("manager")) == f"/cases/{case.id}"
    assert page.case_url(row, stage.actor("player")) == ""


def test_who_sees_a_drill_and_how_somebody_did(stage: Stage, tmp_path: Path) -> None:
    number = desk.scored(stage)
    for name, sees in (
        ("player", True),
        ("engineer", True),
        ("leader", True),
        ("second", False),
        ("keeper", False),
    ):
        actor = stage.actor(name)
        if sees:
            assert queries.get_drill(actor, number).id == number
        else:
            with pytest.raises(NotVisible):
                queries.get_drill(actor, number)
        assert bool(search.find(actor, "泵站改造", only=DRILL)) is sees
    source = next(each for each in growth.registered() if each.key == "drills")
    count, entries = source.read(stage.actor("player"), stage.player.id, 5)
    assert (count, entries[0].text) == (1, "泵站改造，平均 70.0 分")
    assert source.read(stage.actor("keeper"), stage.player.id, 5) == (0, [])
    assert source.read(stage.actor("leader"), stage.engineer.id, 5)[0] == 0
    (row,) = page_rows(stage)
    assert [points for _label, points in row["stages"]] == ["70.0", "70.0", "70.0"]
    with pytest.raises(NotVisible):
        queries.get_person(stage.actor("second"), stage.player.id)
    drill = desk.load(number)
    blank = text_of(saved(tmp_path, pdf.blank_sheet(drill, "沃垦")))
    assert "问清介质和工况" in blank
    filled = text_of(saved(tmp_path, pdf.filled_sheet(drill, drill.sheets[0], "沃垦")))
    assert "总分：80.0" in filled
    result = text_of(saved(tmp_path, pdf.result_sheet(drill, "沃垦")))
    assert "平均 70.0" in result


def judges_shown(stage: Stage, number: int, who: str) -> int:
    with current_app.test_request_context():
        return len(page.judge_rows(desk.load(number), stage.actor(who)))


def page_rows(stage: Stage) -> list[dict]:
    with current_app.test_request_context(), using_locale(CHINESE):
        return page.trend_context(stage.player, stage.actor("manager"))["rows"]


# Whatever is done


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("cast"), st.sampled_from(PEOPLE), st.sampled_from(("player", "judge"))),
            st.tuples(st.just("note"), st.sampled_from(PEOPLE), st.sampled_from(desk.STAGES)),
            st.tuples(st.just("score"), st.sampled_from(PEOPLE), st.integers(0, 10)),
            st.tuples(st.just("step"), st.sampled_from(PEOPLE), st.sampled_from(STEPS)),
            st.tuples(st.just("go"), st.just("manager"), st.none()),
        ),
        max_size=20,
    )
)
def test_whatever_is_done_nobody_judges_themselves_and_results_are_those_of_the_sheets(
    acts: list[tuple],
) -> None:
    session.rollback()
    stage = desk.stage()
    number = desk.prepared(stage)
    for kind, who, more in acts:
        try:
            act(stage, number, kind, who, more)
        except Problem:
            session.rollback()
        row = desk.load(number)
        judging = {part.user_id for part in row.judges}
        assert not judging & {part.user_id for part in row.players}
        assert {sheet.judge_id for sheet in row.sheets} <= judging
        if row.average is not None:
            totals = [
                sum(each.weight * sheet.points[each.id] for each in row.criteria) for sheet in row.sheets
            ]
            assert abs(row.average - sum(totals) / len(totals)) <= 0.5
            assert row.spread == max(totals) - min(totals)
        assert {name for name, _person in tasks(number)} == {
            "prepared": {"rehearse"},
            "rehearsed": {"score"},
            "scored": {"debrief"},
        }.get(row.status, set())
    assert [each for each in checks.run_all() if each.check in ("drills", "tasks")] == []


def act(stage: Stage, number: int, kind: str, who: str, more: object) -> None:
    if kind == "cast":
        desk.cast(stage, number, who, str(more), "客户")
    elif kind == "note":
        desk.note(stage, number, str(more), who)
    elif kind == "score":
        desk.score(stage, number, who, *[int(str(more))] * 3)
    elif kind == "step":
        desk.step(stage, number, str(more), who, "原因", good="好", bad="差", lesson="学")
    else:
        for each in desk.STAGES:
            desk.note(stage, number, each)
        desk.step(stage, number, "rehearse", "manager")
