"""What the people of the demo company tell each other: reports, requests, resolutions, meetings, talks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, workdays
from app.core.db import session
from app.demo.company import person
from app.demo.stage import Script, Stage
from app.features.escalations import actions as escalations
from app.features.escalations.actions import EscalationValues
from app.features.escalations.models import Escalation
from app.features.meetings import actions as meetings
from app.features.meetings.actions import SeriesValues
from app.features.meetings.models import Meeting, MeetingSeries
from app.features.resolutions import actions as resolutions
from app.features.resolutions.actions import ResolutionValues
from app.features.resolutions.models import Resolution
from app.features.talks import actions as talks
from app.features.talks.actions import TalkValues
from app.features.talks.models import Talk

GRAVE, REQUEST = "grave", "request"

# How many working days ago, who, to whom, what, the answer (none yet: empty), how many working hours later it came.
MATTERS: tuple[tuple[int, str, str, str, str, str, float], ...] = (
    (
        40,
        "s1",
        "m1",
        GRAVE,
        "徐州恒力来电，两台齿轮泵装机后漏油，要求停止后续发货，下周到厂里谈赔偿。",
        "先不谈赔偿，请李工明天带密封件到现场，拆检记录当天发我。后续发货照合同执行。",
        1.5,
    ),
    (
        38,
        "s1",
        "t1",
        REQUEST,
        "请派人去徐州恒力拆检漏油的两台泵，客户只有周四上午能停机。",
        "周四上午我去，带两套氟橡胶密封，拆检记录用公司表格。",
        5,
    ),
    (
        33,
        "s2",
        "p1",
        REQUEST,
        "连云港项目要 12 台 DN80 电动阀，客户问 20 天能不能到货，请采购答复最短交期。",
        "电装部分 16 天，阀体有现货，20 天可以答应，超过 12 台要另问。",
        9,
    ),
    (
        27,
        "m1",
        "l1",
        GRAVE,
        "盐城老客户欠款 18 万超过九十天，财务科长换人后不认对账单，请公司出面。",
        "我给对方总经理打电话。没有回款前停止赊销，现款现货照常。",
        3,
    ),
    (
        22,
        "s2",
        "w1",
        REQUEST,
        "客户周五派车自提 6 台流量计，请提前核对序列号，合格证单独装袋。",
        "已核对，放在二号门货架，提货时让客户在出库单上签字。",
        20,
    ),
    (
        17,
        "c1",
        "f1",
        REQUEST,
        "三份投标要下周一前交保证金，共 6 万元，请财务安排电汇并留回单。",
        "周五上午统一汇出，回单扫描件发到内勤邮箱。",
        6,
    ),
    (
        12,
        "s1",
        "m1",
        GRAVE,
        "竞争对手在南京项目上报价低于我们的底价约一成，客户让我们两天内答复降不降。",
        "不降价。把三年质保和现场备件写进去，明天上午我和你一起去。",
        2,
    ),
    (
        8,
        "s2",
        "t1",
        REQUEST,
        "客户水质含砂，问普通机械密封能用多久，要书面答复附在报价后面。",
        "含砂量超过千分之三建议用硬质合金密封，书面说明明天给你。",
        26,
    ),
    (3, "s1", "p1", REQUEST, "压力变送器进口品牌停供，请找两家国产替代，附价格和交期。", "", 0),
    (1, "s2", "m1", GRAVE, "宿迁客户口头通知暂停合同，说上级在查采购流程，没有书面文件。", "", 0),
)

# How many working days ago, who decides, who carries it out, in how many days, what; how it went.
DECISIONS: tuple[tuple[int, str, str, int, str, tuple[str, ...]], ...] = (
    (
        39,
        "m1",
        "t1",
        10,
        "徐州恒力两台泵的拆检结论和整改措施书面答复客户。",
        ("密封压盖偏紧，已改图，答复函已寄出。", "checked"),
    ),
    (27, "l1", "m1", 30, "盐城欠款 18 万分三次收回，每月向总经理报一次进度。", ("第一笔 6 万已到账。", "")),
    (
        25,
        "l1",
        "f1",
        14,
        "每月 5 日前把超过六十天的应收账款清单发到销售部。",
        ("清单格式已定，本月起按时发出。", "checked"),
    ),
    (
        20,
        "m1",
        "c1",
        7,
        "投标文件的资质页统一成一套，放到共享盘，过期的撤掉。",
        ("营业执照、体系证书已更新，业绩表还差两份合同扫描件。", "completed"),
    ),
    (
        12,
        "m1",
        "s1",
        5,
        "南京项目的质保和备件方案形成一页纸，以后同类项目照用。",
        ("一页纸已做好，南京项目已用。", "checked"),
    ),
    (6, "l1", "p1", 20, "主要外购件每种至少两家供应商，年底前补齐压力变送器和电装。", ("", "")),
)


def stories(stage: Stage) -> list[Script]:
    """Return everything that people tell each other."""
    return [
        *(matter(stage, *row) for row in MATTERS),
        *(decision(stage, *row) for row in DECISIONS),
        technical_meetings(stage),
        supply_meetings(stage),
        *(talk(stage, *row) for row in TALKS),
    ]


def fire(module: Any, row: Any, step: str, stage: Stage, who: str, **data: Any) -> None:
    """Do a step as one of the people."""
    module.fire(row, step, actor=stage.actor(who), version=None, data=data)


def matter(
    stage: Stage, back: int, who: str, to: str, kind: str, text: str, answer: str, hours: float
) -> Script:
    """Something is reported or asked, seen, answered and done with."""
    yield stage.timetable.moment(back, 9, 35)
    row = escalations.report(actor=stage.actor(who), values=EscalationValues(kind, person(to).id, text))
    if not answer:
        return
    number, begun = row.id, clock.now()
    yield workdays.add_working_hours(begun, Decimal("0.4"))
    fire(escalations, session.get_one(Escalation, number), "see", stage, to)
    yield workdays.add_working_hours(begun, Decimal(str(hours)))
    fire(escalations, session.get_one(Escalation, number), "answer", stage, to, answer=answer)
    yield workdays.add_working_hours(clock.now(), 4)
    fire(escalations, session.get_one(Escalation, number), "finish", stage, who)


def decision(
    stage: Stage, back: int, who: str, whom: str, days: int, text: str, course: tuple[str, ...]
) -> Script:
    """Something is decided, carried out as far as it went, and checked."""
    yield stage.timetable.moment(back, 11, 5)
    values = ResolutionValues(text, person(whom).id, clock.today() + timedelta(days=days))
    number = resolutions.decide(actor=stage.actor(who), values=values).id
    said, end = course
    if not said:
        return
    yield stage.timetable.moment(max(back - 4, 1), 16, 15)
    row = session.get_one(Resolution, number)
    if end:
        fire(resolutions, row, "complete", stage, whom, result=said)
    else:
        resolutions.note_progress(row, actor=stage.actor(whom), version=None, text=said)
    if end == "checked":
        yield stage.timetable.moment(max(back - 5, 1), 9, 25)
        fire(resolutions, session.get_one(Resolution, number), "check", stage, who)


# Meetings


def begin(stage: Stage, who: str, values: SeriesValues) -> int:
    """Set up a series and return its number."""
    return meetings.put_series(None, actor=stage.actor(who), version=None, values=values).id


def next_of(series: int) -> Meeting | None:
    """Return the meeting of a series that began today and was not held."""
    first, last = clock.day_bounds(clock.today())
    statement = select(Meeting).where(
        Meeting.series_id == series,
        Meeting.status == "planned",
        Meeting.starts_at >= first,
        Meeting.starts_at < last,
    )
    return session.execute(statement).unique().scalars().first()


WEEKLY_MINUTES = (
    "一、徐州恒力漏油：密封压盖偏紧，图纸已改，库存件返修后再发。\n二、含砂介质选型：报价时由技术部附一页说明。",
    "一、电动阀交期：电装备货 30 套，常规订单 15 天内发出。\n二、图纸版本：报价附图一律从图档系统取，不再用旧邮件。",
    "一、流量计标定证书两周一批，客户急用的提前三天说。\n二、新来的询价先查历史答复，没有再问技术部。",
)


def technical_meetings(stage: Stage) -> Script:
    """Sales and technical meet every Wednesday; once nobody came together."""
    yield stage.timetable.moment(24, 9, 10)
    people = [person(number).id for number in ("t1", "s1", "s2", "c1")]
    series = begin(
        stage,
        "m1",
        SeriesValues("销售技术碰头会", "weekly", 3, None, "16:00", 45, "二楼会议室", person("m1").id, people),
    )
    held = 0
    for back in range(23, 0, -1):
        yield stage.timetable.moment(back, 17, 10)
        meetings.plan_series(session.get_one(MeetingSeries, series), stage.actor("m1"))
        row = next_of(series)
        if row is None or held == len(WEEKLY_MINUTES):
            continue
        minutes: dict[str, Any] = {"text": WEEKLY_MINUTES[held], "present": people}
        if held == 1:
            minutes |= {
                "resolution_1_text": "清理共享盘里的旧图纸，只留当前版本。",
                "resolution_1_responsible_id": person("t1").id,
                "resolution_1_due_on": clock.today() + timedelta(days=14),
            }
        fire(meetings, row, "hold", stage, "m1", **minutes)
        for number in ("t1", "s1", "s2", "c1")[: 4 if held < 2 else 2]:
            fire(meetings, row, "confirm", stage, number)
        held += 1


def supply_meetings(stage: Stage) -> Script:
    """Sales, purchasing, stores and finance meet once a month."""
    yield stage.timetable.moment(30, 10, 40)
    people = [person(number).id for number in ("m1", "p1", "w1", "f1")]
    day = min(clock.to_local(stage.timetable.moment(9, 9)).day, 28)
    series = begin(
        stage,
        "l1",
        SeriesValues("产销协调会", "monthly", None, day, "14:00", 60, "一楼会议室", person("l1").id, people),
    )
    for back in range(29, 0, -1):
        yield stage.timetable.moment(back, 15, 30)
        meetings.plan_series(session.get_one(MeetingSeries, series), stage.actor("l1"))
        row = next_of(series)
        if row is None:
            continue
        meetings.add_item(row, actor=stage.actor("p1"), text="外购件涨价，哪些报价要调整")
        text = "一、应收账款按清单逐户落实。\n二、外购件涨价部分，本月起新报价按新成本核算，已报出的有效期内不变。"
        decided = {
            "resolution_1_text": "核对有效期内的报价，列出受外购件涨价影响的。",
            "resolution_1_responsible_id": person("m1").id,
            "resolution_1_due_on": clock.today() + timedelta(days=10),
        }
        fire(meetings, row, "hold", stage, "l1", text=text, present=people, **decided)
        for number in ("m1", "p1", "w1", "f1"):
            fire(meetings, row, "confirm", stage, number)
        return


# Talks

# How many working days ago, with whom, about what, what was said by each, what was agreed on (by whom).
TALKS: tuple[tuple[int, str, str, str, str, str, str], ...] = (
    (
        36,
        "s1",
        "上半年的业绩，出差安排",
        "客户跑得勤，报价前和技术部沟通偏晚。肯定了徐州项目的处理。",
        "希望每周留半天整理客户资料。",
        "周五下午不安排外出，整理客户资料",
        "s1",
    ),
    (
        31,
        "s2",
        "兼驾驶员的工作量",
        "两头跑太累，旺季车辆任务和投标撞在一起。答应和车管协调。",
        "投标前一天不出车就可以。",
        "和许峰商量投标前一天不派车",
        "m1",
    ),
    (
        24,
        "c1",
        "内勤的分工",
        "报价归档及时，客户来电记录不全。",
        "电话多的时候顾不上，想要一个登记表。",
        "做一张来电登记表，试用一个月",
        "c1",
    ),
    (
        7,
        "s1",
        "南京项目，明年的打算",
        "方案一页纸做得好，可以给大家讲一次。想往大客户方向走。",
        "愿意带新人，希望参加一次电控培训。",
        "报名明年一季度的电控培训",
        "s1",
    ),
    (1, "s2", "近期的投标，家里老人住院的请假安排", "", "", "", ""),
)


def talk(
    stage: Stage, back: int, whom: str, agenda: str, said: str, answer: str, agreed: str, by: str
) -> Script:
    """The manager talks with somebody of the department; the last talk is still to come."""
    yield stage.timetable.moment(back, 10, 20)
    starts_at = clock.now() + timedelta(hours=4 if said else 28)
    values = TalkValues(person(whom).id, starts_at, "小会议室", agenda)
    number = talks.plan(actor=stage.actor("m1"), values=values).id
    if not said:
        return
    yield clock.now() + timedelta(hours=5)
    fire(
        talks,
        session.get_one(Talk, number),
        "hold",
        stage,
        "m1",
        notes=said,
        agreement_1_text=agreed,
        agreement_1_responsible_id=person(by).id,
        agreement_1_due_on=clock.today() + timedelta(days=14),
    )
    yield stage.timetable.moment(back - 1, 11, 40)
    row = session.get_one(Talk, number)
    talks.write(row, actor=stage.actor(whom), version=None, agenda=None, notes=answer)
