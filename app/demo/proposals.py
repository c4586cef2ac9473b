"""Rewards and penalties of the demo company: what was proposed, heard, decided, and what the system itself found."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.demo.company import person
from app.demo.stage import Script, Stage
from app.demo.supervision import MECHANISM, clause, fire, record
from app.features.checks.enums import CheckStatus
from app.features.checks.models import ClauseCheck
from app.features.people.models import User
from app.features.proposals import actions, ranges, tips
from app.features.proposals.actions import ProposalValues
from app.features.proposals.models import Proposal

# On which days before the last one the manager goes through what the system found.
ROUNDS = (25, 20, 15, 10, 5, 2)


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around rewards and penalties."""
    return [diligence(stage), help_on_sunday(stage), promise(stage), rounds(stage)]


def at_hour(days: int, hour: int) -> datetime:
    """Return an hour of a day before the one of the set clock."""
    day = clock.today() - timedelta(days=days)
    return clock.from_local(datetime.combine(day, time(hour)))


def draft(stage: Stage, who: str, whom: str, cited: str, **values: Any) -> Proposal:
    """Draft a proposal by a clause of the department's mechanism."""
    check_id, tip_id = values.pop("check_id", None), values.pop("tip_id", None)
    said = ProposalValues(subject_id=person(whom).id, clause_id=clause(MECHANISM, cited), **values)
    return actions.draft(actor=stage.actor(who), values=said, check_id=check_id, tip_id=tip_id)


def act(stage: Stage, proposal: Proposal, step: str, who: str, **data: Any) -> None:
    """Do a step of a proposal as one of the people."""
    actions.fire(proposal, step, actor=stage.actor(who), version=proposal.version, data=data)


def diligence(stage: Stage) -> Script:
    """Somebody keeps the diary better than asked: a check of good practice becomes a reward, and it is announced."""
    at = stage.timetable.moment
    yield at(23, 10, 20)
    note = "抽查三周的工作日志，每天当日填写，见到的人、谈的内容和下一步都写清楚，可作样板。"
    check = record(stage, "m1", "s2", clause(MECHANISM, "第七条"), "conforming", note)
    yield at(22, 9, 30)
    proposal = draft(
        stage,
        "m1",
        "s2",
        "第七条",
        kind="reward",
        happened_at=at_hour(1, 10),
        place="营销部办公室",
        facts=note,
        measure="在周六例会通报表扬，发给奖金，其日志作为新员工培训样板。",
        amount=Decimal(300),
        check_id=check.id,
    )
    act(stage, proposal, "submit", "m1")
    yield at(21, 15, 10)
    act(stage, proposal, "decide", "l1", decision="agreed", text="同意。日志写得好，客户交接时就不会断线。")
    yield at(21, 16, 5)
    act(stage, proposal, "acknowledge", proposal.subject.staff_number)
    yield at(20, 9, 0)
    act(stage, proposal, "serve", "h1")
    yield at(17, 14, 0)
    act(stage, proposal, "execute", "f1", execution="随本月工资单列发放 300 元，凭证已交财务存档。")
    yield at(17, 15, 30)
    act(stage, proposal, "close", "h1")


def help_on_sunday(stage: Stage) -> Script:
    """A colleague tells the manager of a good deed; the reward he makes of it waits for the leader."""
    at = stage.timetable.moment
    yield at(4, 8, 50)
    told = "上周末客户急要配件，周文静自己开车送到乡下，帮客户装好才回来。"
    tip = tips.send_tip(actor=stage.actor("c1"), kind="reward", subject_id=person("s1").id, text=told)
    yield at(2, 9, 20)
    proposal = draft(
        stage,
        "m1",
        "s1",
        "第七条",
        kind="reward",
        happened_at=at_hour(3, 11),
        place="客户现场",
        facts=f"{told}客户第二天来电致谢。",
        measure="例会通报表扬，发给奖金。",
        amount=Decimal(200),
        tip_id=tip.id,
    )
    actions.add_evidence(
        proposal, actor=stage.actor("m1"), version=None, address="/customers", note="客户来电记录见沟通记录"
    )
    act(stage, proposal, "submit", "m1")


def promise(stage: Stage) -> Script:
    """Terms were promised outside the authority: the person is being heard before anything is decided."""
    at = stage.timetable.moment
    yield at(13, 10, 30)
    ninth = clause(MECHANISM, "第九条")
    ranges.set_range(ninth, actor=stage.actor("m1"), least=Decimal(50), most=Decimal(500))
    yield at(6, 9, 40)
    check = record(
        stage, "m1", "s2", ninth, "deviating", "客户收到的微信写着“交货期可以缩短到十天”，没有报批记录。"
    )
    yield at(5, 11, 0)
    fire(stage, check, "explain", "s2", explanation="当时仓库说有现货，我没有想到要先请示。")
    yield at(3, 9, 10)
    proposal = draft(
        stage,
        "m1",
        "s2",
        "第九条",
        kind="penalty",
        happened_at=at_hour(3, 9),
        place="微信",
        facts="未经授权向客户承诺交货期十天，造成生产部门临时插单。",
        measure="书面检查，扣发本月绩效奖金的一部分。",
        amount=Decimal(100),
        check_id=check.id,
    )
    act(stage, proposal, "submit", "m1")
    yield at(1, 10, 15)
    act(stage, proposal, "hear", "h1")


def rounds(stage: Stage) -> Script:
    """Every week what the system found is explained, and the manager closes it with what was agreed."""
    for back in ROUNDS:
        yield stage.timetable.moment(back, 17, 20)
        statement = select(ClauseCheck).where(
            ClauseCheck.finding_kind.is_not(None),
            ClauseCheck.status == CheckStatus.RECORDED,
            ClauseCheck.created_at < clock.now() - timedelta(days=1),
        )
        for check in session.execute(statement.order_by(ClauseCheck.id)).unique().scalars().all():
            number = session.get_one(User, check.subject_id).staff_number
            closer = "l1" if number == "m1" else "m1"
            fire(stage, check, "explain", number, explanation="当时急着给客户回话，没有先走流程。")
            fire(stage, check, "close", closer, conclusion="已说明，以后先上报、先审核，手机上也能办。")
