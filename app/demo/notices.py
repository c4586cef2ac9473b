"""The notices of the demo: to everybody, to departments, roles and persons; confirmed, late, corrected, withdrawn."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.files import CheckedFile
from app.demo.company import person
from app.demo.people import ACCOUNTS, SALES
from app.demo.stage import Script, Stage
from app.features.announcements import actions as announcing
from app.features.announcements.actions import AnnouncementValues
from app.features.announcements.models import Announcement
from app.features.people.models import Department

EVERYBODY = tuple(account.staff_number for account in ACCOUNTS)


def stories(stage: Stage) -> list[Script]:
    """Return the notices of half a year, each with its readers."""
    return [
        fire_drill(stage),
        corrected_price_list(stage),
        holiday(stage),
        withdrawn(stage),
        quarterly_meeting(stage),
        standing(stage),
        overdue(stage),
        coming(stage),
    ]


def announce(stage: Stage, author: str, values: AnnouncementValues, *files: tuple[str, str]) -> Announcement:
    """Write a notice with its attachments, and release it."""
    actor = stage.actor(author)
    row = announcing.draft(actor=actor, values=values)
    for name, text in files:
        announcing.attach(row, actor=actor, file=CheckedFile(name, "text/plain", text.encode()))
    announcing.fire(row, "release", actor=actor, version=None)
    return row


def confirming(stage: Stage, row: Announcement, moment: datetime, numbers: Sequence[str]) -> Script:
    """Let people confirm one after the other, a few minutes apart."""
    for place, number in enumerate(numbers):
        yield moment + timedelta(minutes=7 * place)
        announcing.confirm(row, actor=stage.actor(number))


def department(name: str) -> int:
    """Return a department by its name."""
    return session.execute(select(Department.id).where(Department.name == name)).scalar_one()


def fire_drill(stage: Stage) -> Script:
    """Everybody confirms in time; the notice is taken down afterwards."""
    table = stage.timetable
    yield table.moment(95, 9, 0)
    text = (
        "本周五下午 15:30 在办公楼前做消防疏散演练，全体参加。\n"
        "1) 听到警报后从最近的楼梯下楼，不乘电梯\n2) 到停车场按部门集合，由各部门清点人数\n"
        "3) 仓库的油料柜当天上午锁好\n演练约 40 分钟，请提前告诉当天来访的客户。"
    )
    row = announce(stage, "h1", AnnouncementValues("消防疏散演练", text, must_confirm=True, confirm_hours=16))
    yield from confirming(stage, row, table.moment(95, 9, 40), EVERYBODY)
    yield table.moment(91, 17, 30)
    announcing.fire(row, "take_down", actor=stage.actor("h1"), version=None)


def corrected_price_list(stage: Stage) -> Script:
    """A date was wrong: the correction asks the readers again, one of them is late."""
    table = stage.timetable
    yield table.moment(70, 10, 0)
    text = (
        "齿轮泵、多路换向阀的价目表自 **下月 1 日** 起调整，平均上调 3.5%。\n"
        "- 此前已出具、仍在有效期内的报价按原价执行\n- 正在编制的报价请重新核对单价\n"
        "| 类别 | 调整 |\n| 齿轮泵 | +4% |\n| 多路换向阀 | +3% |"
    )
    values = AnnouncementValues(
        "价目表调整",
        text,
        for_everybody=False,
        departments=(department(SALES),),
        roles=("technical", "purchasing"),
        must_confirm=True,
        confirm_hours=8,
    )
    row = announce(stage, "m1", values)
    yield from confirming(stage, row, table.moment(70, 11, 0), ("s1", "s2", "c1"))
    yield table.moment(69, 9, 10)
    actor = stage.actor("m1")
    corrected = announcing.correct(row, actor=actor, asks_again=True)
    changed = AnnouncementValues(
        values.title,
        text.replace("**下月 1 日**", "**下月 15 日**（原写 1 日，以本次为准）"),
        for_everybody=False,
        departments=values.departments,
        roles=values.roles,
        must_confirm=True,
        confirm_hours=8,
    )
    announcing.edit(corrected, actor=actor, version=None, values=changed)
    announcing.fire(corrected, "release", actor=actor, version=None)
    yield from confirming(stage, corrected, table.moment(69, 9, 40), ("s1", "c1", "m1", "t1", "p1"))
    yield table.moment(67, 8, 50)
    announcing.remind(corrected, actor=stage.actor("m1"))
    yield table.moment(67, 9, 15)
    announcing.confirm(corrected, actor=stage.actor("s2"))


def holiday(stage: Stage) -> Script:
    """Only shown, with the duty list as a file; it comes down by itself."""
    table = stage.timetable
    yield table.moment(45, 9, 30)
    text = (
        "放假期间由各部门轮流值班，值班表见附件。\n- 客户来电一律记下姓名、单位、型号、数量，当天转给负责人\n"
        "- 急用备件请仓库马国强开门，先登记再出库\n- 放假前最后一天下班前关好窗、断开样机电源"
    )
    duty = "值班表\n第一天 孙内勤 马国强\n第二天 周文静 许峰\n第三天 陈志远 何静\n"
    values = AnnouncementValues("放假值班安排", text, visible_until=table.moment(36, 18, 0))
    row = announce(stage, "h1", values, ("值班表.txt", duty))
    yield table.moment(35, 8, 30)
    announcing.keep_up_one(row)


def withdrawn(stage: Stage) -> Script:
    """Sent to the wrong people: withdrawn with its reason."""
    table = stage.timetable
    yield table.moment(38, 14, 0)
    values = AnnouncementValues(
        "第三季度奖金核对",
        "请各位在本周内核对本人的奖金明细，有疑问找冯丽。",
        must_confirm=True,
        confirm_hours=16,
    )
    row = announce(stage, "h1", values)
    yield from confirming(stage, row, table.moment(38, 14, 10), ("s1",))
    yield table.moment(38, 14, 35)
    reason = "误发给全体人员，奖金核对只涉及销售部，另行通知"
    announcing.fire(row, "withdraw", actor=stage.actor("h1"), version=None, note=reason)


def quarterly_meeting(stage: Stage) -> Script:
    """To the sales department and two persons; most have confirmed, some in time."""
    table = stage.timetable
    yield table.moment(12, 9, 0)
    text = (
        "季度经营分析会定在下周六上午 9:00，二楼会议室。\n请各自准备：\n"
        "1) 本季度成交和未成交各前三单，各用一句话说原因\n2) 逾期账款的回款计划\n3) 案例库里最有用的一个案例"
    )
    values = AnnouncementValues(
        "季度经营分析会",
        text,
        for_everybody=False,
        departments=(department(SALES),),
        people=(person("f1").id, person("t1").id),
        must_confirm=True,
        confirm_hours=16,
    )
    row = announce(stage, "m1", values)
    yield from confirming(stage, row, table.moment(12, 9, 30), ("c1", "f1", "s1"))
    yield from confirming(stage, row, table.moment(9, 10, 0), ("s2",))


def standing(stage: Stage) -> Script:
    """Pinned for everybody, to be seen."""
    yield stage.timetable.moment(30, 8, 40)
    text = (
        "从本月起，报价、合同、奖惩和请假都在系统里办理，不再接受口头和微信群里的审批。\n"
        "- 不会用的找孙内勤，每天下午 16:00 到 17:00 在二楼\n"
        "- 手机上也能办，见《手机在外怎么用》\n- 系统打不开时先打电话，事后补办"
    )
    announce(stage, "l1", AnnouncementValues("业务一律在系统里办理", text, pinned=True))


def overdue(stage: Stage) -> Script:
    """A safety notice to all, of which some are late by now."""
    table = stage.timetable
    yield table.moment(6, 9, 15)
    text = (
        "上周客户现场拆高压管时有人没有先卸压，油溅到手上。\n**拆任何液压管路之前：**\n"
        "1) 停机、拔钥匙\n2) 操作手柄来回推 3 次卸压，表针归零\n3) 戴护目镜和手套\n4) 蓄能器单独放油\n"
        "没有按此操作的，按《车辆与设备管理办法》处理。"
    )
    row = announce(
        stage, "m1", AnnouncementValues("拆液压管必须先卸压", text, must_confirm=True, confirm_hours=12)
    )
    yield from confirming(
        stage, row, table.moment(6, 9, 50), ("m1", "s1", "t1", "w1", "c1", "v1", "a1", "h1", "l1")
    )
    yield table.moment(4, 8, 45)
    announcing.remind(row, actor=stage.actor("m1"))
    yield from confirming(stage, row, table.moment(4, 9, 20), ("d1",))


def coming(stage: Stage) -> Script:
    """Waits for its moment, some days ahead."""
    yield stage.timetable.moment(1, 15, 30)
    values = AnnouncementValues(
        "年终盘点与设备自查",
        "年终盘点前请各位打开“我的设备”，逐件确认还在用、放在哪里。\n- 找不到的当天登记\n- 借给同事的先办交接",
        must_confirm=True,
        confirm_hours=24,
        visible_from=clock.now() + timedelta(days=9),
    )
    announce(stage, "h1", values)
