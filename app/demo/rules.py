"""The rules of the demo company: five documents with versions, readers, comments, and what is still in work.

The other three are told in `more_rules`.
"""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, files
from app.core.db import session
from app.demo.company import NAME, person
from app.demo.stage import Script, Stage
from app.features.people.models import Department
from app.features.rules import actions, procedure, reading, templates, writing
from app.features.rules.actions import ClauseValues, VersionValues
from app.features.rules.editing import link_names
from app.features.rules.enums import RecordKind
from app.features.rules.flow import FLOW
from app.features.rules.models import Rule, RuleVersion

EVERYBODY = ("m1", "s1", "s2", "t1", "p1", "c1", "k1", "w1", "f1", "v1", "a1", "h1", "l1", "admin")
# A blank sheet of paper as a photo would lie there: the demo has no real ones.
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"


def department(name: str) -> int:
    """Return the id of a department."""
    return session.execute(select(Department.id).where(Department.name == name)).scalar_one()


def rewrite(stage: Stage, version: RuleVersion, cited: str, old: str, new: str) -> None:
    """Change a piece of one clause of a draft; ValueError where it does not say that."""
    text = next(each for each in version.clauses if each.cited == cited)
    said = writing.compose(text.body, link_names(version))
    if old not in said:
        raise ValueError(f"{version.title} {cited}: {old}")
    actions.write_clause(
        version,
        text.clause_id,
        actor=stage.actor("m1"),
        revision=text.revision,
        values=ClauseValues(text.title, said.replace(old, new), text.level, text.style, text.start),
    )


def begin(stage: Stage, key: str, *, with_questions: bool = True, **scope: Any) -> RuleVersion:
    """Begin a rule of the sales department from its template; ``scope`` says whom it concerns, if not everybody."""
    chosen = templates.template(key, NAME)
    values = replace(templates.values_of(chosen, department("销售部")), summary="首次制定", **scope)
    return templates.start_rule_from(
        chosen, actor=stage.actor("m1"), values=values, with_questions=with_questions
    )


def fire(stage: Stage, version: RuleVersion, step: str, who: str, note: str = "", **data: object) -> None:
    """Do a step as one of the people."""
    FLOW.fire(version, step, stage.actor(who), version=version.version, note=note, data=data)


def read_and_sign(stage: Stage, version: RuleVersion, who: str) -> None:
    """Read a version to its end, answer its questions, and sign it."""
    actor = stage.actor(who)
    reading.note_opened(version.id, int(actor.id or 0))
    reading.reach_end(version, actor=actor)
    answers: dict[int, int | None] = {question.id: question.answer for question in version.questions}
    reading.note_attempt(version, actor=actor, answers=answers)
    reading.sign(version, actor=actor, answers=answers)


def sign_in_turn(stage: Stage, version: RuleVersion, back: int, people: tuple[str, ...]) -> Script:
    """Let people sign on working days from a day on, four a day."""
    for place, who in enumerate(people):
        yield stage.timetable.moment(back - place // 4, 9 + place % 4 * 2, 7 * place % 60)
        read_and_sign(stage, version, who)


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around the rules."""
    return [mechanism(stage), inquiry(stage), vehicles(stage), expenses(stage), returns(stage)]


def mechanism(stage: Stage) -> Script:
    """The department's own rule: two editions, questions, almost everybody has signed."""
    at = stage.timetable.moment
    yield at(110, 9, 30)
    version = begin(stage, "mechanism", with_questions=False)
    yield at(109, 10, 0)
    fire(stage, version, "submit", "m1")
    yield at(108, 15, 0)
    fire(stage, version, "approve", "l1", effective_on=clock.today(), material=True)
    yield from sign_in_turn(stage, version, 107, EVERYBODY[:6])
    yield at(42, 10, 20)
    second = actions.start_version(version.rule, actor=stage.actor("m1"))
    rewrite(stage, second, "第三条", "由经理在知悉后四小时内", "由经理在知悉后两小时内")
    rewrite(stage, second, "第七条", "4) 周六例会汇报，由经理点评并布置下周工作。",
            "4) 周六例会汇报，由经理点评并布置下周工作；\n5) 每月对照客户统计表复盘一次。")  # fmt: skip
    for text, options, answer, cited in QUESTIONS:
        clause = next(each.clause_id for each in second.clauses if each.cited == cited)
        procedure.put_question(
            second, actor=stage.actor("m1"), text=text, options=options, answer=answer, clause_id=clause
        )
    head = VersionValues(
        second.title, second.category, second.department_id, "重大问题两小时内汇报；每月复盘客户统计表"
    )
    actions.change_head(second, actor=stage.actor("m1"), changed_from=second.version, values=head)
    yield at(41, 9, 10)
    fire(stage, second, "submit", "m1")
    yield at(40, 16, 30)
    fire(stage, second, "return", "l1", "第七条第五项写清楚由谁组织")
    yield at(39, 9, 0)
    rewrite(stage, second, "第七条", "每月对照客户统计表复盘一次", "部门经理每月组织对照客户统计表复盘一次")
    fire(stage, second, "submit", "m1")
    yield at(39, 17, 0)
    fire(stage, second, "approve", "l1", effective_on=clock.today() + timedelta(days=3), material=True)
    yield from sign_in_turn(stage, second, 37, EVERYBODY[:9])
    yield at(33, 11, 0)
    sheet = files.check_upload("签字表.pdf", blank_sheet())
    reading.enter_sheet(
        second, actor=stage.actor("m1"), people=[person("v1").id, person("a1").id], sheet=sheet
    )
    yield at(30, 9, 30)
    rule = session.get_one(Rule, second.rule_id)
    actions.change_care(
        rule,
        actor=stage.actor("m1"),
        version=rule.version,
        owner_id=person("m1").id,
        review_on=stage.timetable.today + timedelta(days=21),
    )


QUESTIONS = (
    ("重大问题，部门经理应在知悉后多久向公司主管领导汇报？", ("半小时", "两小时", "一个工作日"), 1, "第三条"),
    ("拜访当日的工作日志何时填写？", ("当日", "周六例会前", "月底"), 0, "第七条"),
    ("销售员可以用个人账户代收货款吗？", ("客户要求时可以", "经理口头同意就可以", "不可以"), 2, "第九条"),
)


def inquiry(stage: Stage) -> Script:
    """The rule on inquiries and tenders: for those who work on them, once corrected."""
    at = stage.timetable.moment
    yield at(104, 9, 20)
    version = begin(
        stage,
        "inquiry",
        for_everybody=False,
        departments=(department("销售部"), department("技术部"), department("采购部")),
        roles=("leader", "seal_keeper"),
    )
    fire(stage, version, "submit", "m1")
    yield at(102, 10, 0)
    fire(stage, version, "approve", "l1", effective_on=clock.today() + timedelta(days=5), material=True)
    yield from sign_in_turn(stage, version, 101, ("m1", "s1", "s2", "t1", "p1", "c1", "l1"))
    yield at(70, 14, 0)
    second = actions.start_version(version.rule, actor=stage.actor("m1"))
    rewrite(stage, second, "第六条", "由部门经理向对方部门负责人协办", "由部门经理请对方部门负责人协办")
    fire(stage, second, "submit", "m1")
    yield at(69, 11, 0)
    fire(stage, second, "approve", "l1", effective_on=clock.today(), material=False)


def vehicles(stage: Stage) -> Script:
    """The rule on vehicles: in force, and a new edition approved that begins next month."""
    at = stage.timetable.moment
    yield at(96, 9, 0)
    version = begin(stage, "vehicles")
    fire(stage, version, "submit", "m1")
    yield at(95, 15, 20)
    fire(stage, version, "approve", "l1", effective_on=clock.today() + timedelta(days=7), material=True)
    yield from sign_in_turn(stage, version, 94, (*EVERYBODY[:5], "v1", "l1"))
    yield at(6, 9, 40)
    second = actions.start_version(version.rule, actor=stage.actor("m1"))
    rewrite(stage, second, "第三条", "提前一个工作日", "提前半个工作日")
    rewrite(stage, second, "第六条", "当面交回钥匙", "拍照后当面交回钥匙")
    outdated = second.questions[0]
    procedure.remove_question(second, outdated.id, actor=stage.actor("m1"))
    procedure.put_question(
        second,
        actor=stage.actor("m1"),
        text=outdated.text,
        options=("随时都可以", "提前半个工作日", "提前三个工作日"),
        answer=1,
        clause_id=outdated.clause_id,
    )
    head = VersionValues(
        second.title, second.category, second.department_id, "预约提前时间改为半个工作日；还车须拍照"
    )
    actions.change_head(second, actor=stage.actor("m1"), changed_from=second.version, values=head)
    fire(stage, second, "submit", "m1")
    yield at(4, 16, 0)
    fire(stage, second, "approve", "l1", effective_on=next_month(stage.timetable.today), material=True)
    yield from sign_in_turn(stage, second, 3, ("m1", "c1", "v1"))


def next_month(day: date) -> date:
    """Return the first day of the month after a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def expenses(stage: Stage) -> Script:
    """The rule on expenses touches the staff's own interests: consultation and two records before the approval."""
    at = stage.timetable.moment
    yield at(92, 10, 0)
    version = begin(stage, "expenses")
    fire(stage, version, "consult", "m1", comments_until=stage.timetable.day(86))
    yield at(89, 14, 10)
    hotels = next(each.clause_id for each in version.clauses if each.cited == "第四条")
    said = procedure.comment(
        version,
        actor=stage.actor("s1"),
        text="省会城市 300 元住不到客户附近，建议 350 元。",
        clause_id=hotels,
    )
    yield at(88, 9, 30)
    other = procedure.comment(
        version, actor=stage.actor("s2"), text="建议招待次数不设上限，由经理掌握。", clause_id=None
    )
    yield at(85, 10, 0)
    for comment, answer, reason in (
        (said, "adopted", "第四条已改为 350 元。"),
        (other, "declined", "“一般”已留余地，特殊情况由经理批准即可。"),
    ):
        procedure.answer_comment(version, comment.id, actor=stage.actor("m1"), answer=answer, reason=reason)
    fire(stage, version, "end_comments", "m1")
    consulted(stage, version, present=13, result="逐条讨论，采纳意见一条，一致同意。")
    yield at(84, 9, 0)
    fire(stage, version, "submit", "m1")
    yield at(83, 11, 0)
    fire(stage, version, "approve", "l1", effective_on=clock.today() + timedelta(days=7), material=True)
    yield from sign_in_turn(stage, version, 82, EVERYBODY[:8])
    yield from expenses_again(stage, version)


def expenses_again(stage: Stage, version: RuleVersion) -> Script:
    """Its next version is open for comments on the day of loading."""
    yield stage.timetable.moment(5, 15, 0)
    second = actions.start_version(version.rule, actor=stage.actor("m1"))
    rewrite(stage, second, "第四条", "其他城市 280 元", "其他城市 300 元")
    fire(stage, second, "consult", "m1", comments_until=stage.timetable.today + timedelta(days=4))
    yield stage.timetable.moment(2, 10, 40)
    hotels = next(each.clause_id for each in second.clauses if each.cited == "第四条")
    procedure.comment(
        second,
        actor=stage.actor("s2"),
        text="县城很多地方只有 260 元左右的房间，300 元够用，同意。",
        clause_id=hotels,
    )


def returns(stage: Stage) -> Script:
    """The rule on returns waits for the leader."""
    yield stage.timetable.moment(3, 9, 50)
    version = begin(
        stage,
        "returns",
        for_everybody=False,
        departments=(department("销售部"), department("仓库"), department("财务部")),
    )
    yield stage.timetable.moment(2, 16, 0)
    fire(stage, version, "submit", "m1")


def consulted(stage: Stage, version: RuleVersion, *, present: int, result: str) -> None:
    """Keep the two records that a rule touching the staff's own interests needs, with a sheet of signatures."""
    for kind, who, said in (
        (RecordKind.STAFF_DISCUSSION, f"全体职工 14 人，实到 {present} 人", result),
        (RecordKind.EQUAL_CONSULTATION, "职工代表周文静、孙内勤；公司方王建国", "协商一致，同意施行。"),
    ):
        procedure.keep_record(
            version,
            actor=stage.actor("m1"),
            kind=kind,
            held_on=clock.today(),
            participants=who,
            result=said,
            paper=files.check_upload("会议纪要与签到表.pdf", blank_sheet()),
        )


def blank_sheet() -> io.BytesIO:
    """Return a blank sheet to be uploaded as a scan."""
    return io.BytesIO(PAPER)
