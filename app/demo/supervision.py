"""How the rules of the demo company are seen to be kept: clauses bound to indicators and flows, a few checks."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.demo.company import person
from app.demo.stage import Script, Stage
from app.features.checks import actions as checks
from app.features.checks.actions import CheckValues
from app.features.checks.flow import FLOW
from app.features.checks.models import ClauseCheck
from app.features.rules.models import ClauseText, RuleVersion, is_in_force
from app.features.supervision import actions

MECHANISM, INQUIRY, VEHICLES = "营销部门工作机制", "询价与投标管理办法", "车辆与设备管理办法"
TRAINING = "培训与合理化建议管理办法"
BINDINGS = (
    (MECHANISM, "第一条", "rules-signed"),
    (MECHANISM, "第五条", "items-have-somebody"),
    (INQUIRY, "第二章", "flow:inquiry"),
    (INQUIRY, "第三条", "inquiries-reported-in-time"),
    (INQUIRY, "第五条", "technical-answers-in-time"),
    (INQUIRY, "第六条", "purchasing-answers-in-time"),
    (INQUIRY, "第四章", "flow:quotation"),
    (INQUIRY, "第八条", "approvals-not-waiting"),
    (INQUIRY, "第九条", "reviewed-before-printing"),
    (VEHICLES, "第二条", "vehicles-papers-valid"),
    (VEHICLES, "第四条", "cars-back-in-time"),
    (VEHICLES, "第六条", "complete-mileage"),
    (VEHICLES, "第七条", "vehicles-defects-mended"),
    (VEHICLES, "第八条", "vehicles-fines-settled"),
    (VEHICLES, "第十一条", "hand-overs-confirmed-in-time"),
    (VEHICLES, "第十二条", "equipment-unharmed"),
    (TRAINING, "第三条", "week-with-session"),
)


def clause(title: str, cited: str) -> int:
    """Return a clause in force by the title of its rule and how it is cited there."""
    statement = (
        select(ClauseText.clause_id)
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .where(RuleVersion.title == title, ClauseText.cited == cited, is_in_force())
    )
    return session.execute(statement).scalar_one()


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around the supervision of rules."""
    return [binding(stage), diary(stage), car(stage), promise(stage)]


def binding(stage: Stage) -> Script:
    """The manager binds clauses to what shows whether they are kept."""
    yield stage.timetable.moment(29, 10, 10)
    for title, cited, target in BINDINGS:
        actions.bind_clause(clause(title, cited), actor=stage.actor("m1"), target=target)


def record(stage: Stage, who: str, whom: str, clause_id: int, result: str, note: str) -> ClauseCheck:
    """Record a check of a colleague."""
    return checks.record_check(
        actor=stage.actor(who), values=CheckValues(clause_id, result, note, subject_id=person(whom).id)
    )


def fire(stage: Stage, check: ClauseCheck, step: str, who: str, **data: object) -> None:
    """Do a step of a check as one of the people."""
    FLOW.fire(check, step, stage.actor(who), version=check.version, data=data)


def diary(stage: Stage) -> Script:
    """One keeps the diary of visits, another does not; a week later both do."""
    at = stage.timetable.moment
    yield at(24, 16, 40)
    seventh = clause(MECHANISM, "第七条")
    record(stage, "m1", "s2", seventh, "conforming", "抽查上周五天的工作日志，每天当日填写，内容完整。")
    yield at(20, 16, 50)
    check = record(
        stage, "m1", "s1", seventh, "deviating", "抽查上周工作日志，周三、周四两天是周六例会前补写的。"
    )
    yield at(19, 9, 5)
    fire(stage, check, "explain", "s1", explanation="两天都在外地走访，晚上回到旅馆较晚，没有当日填写。")
    yield at(18, 11, 20)
    fire(
        stage,
        check,
        "guide",
        "m1",
        agreed="走访当天用手机先填时间、地点、见到的人和结果，回来后再补充。",
        look_again_on=clock.today() + timedelta(days=7),
    )
    yield at(11, 17, 0)
    fire(stage, check, "close", "m1", conclusion="复看上周日志，五天都是当日填写。")


def car(stage: Stage) -> Script:
    """A car comes back without its fuel on record; what was agreed is looked at again in some days."""
    at = stage.timetable.moment
    yield at(9, 8, 50)
    sixth = clause(VEHICLES, "第六条")
    check = record(
        stage, "m1", "s2", sixth, "deviating", "昨天下午还车时没有登记油量，车辆管理员今早发现油箱见底。"
    )
    yield at(8, 13, 30)
    fire(stage, check, "explain", "s2", explanation="赶着回来交投标文件，还车时只登记了里程。")
    yield at(7, 9, 40)
    fire(
        stage,
        check,
        "guide",
        "m1",
        agreed="油量低于四分之一的，加油后再还车；确实来不及的，当面告诉车辆管理员。",
        look_again_on=stage.timetable.today + timedelta(days=3),
    )


def promise(stage: Stage) -> Script:
    """The newest check waits for its explanation."""
    yield stage.timetable.moment(1, 15, 10)
    ninth = clause(MECHANISM, "第九条")
    record(
        stage, "m1", "s1", ninth, "deviating", "客户来电说已口头答应月结六十天，超出授权，且没有报批记录。"
    )
