"""Training at the demo company: the weekly session of the sales department over four months, and those besides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, workdays
from app.core.db import session
from app.demo.company import person
from app.demo.people import SALES, TEAM_ONE, TEAM_TWO
from app.demo.rules import department
from app.demo.stage import Script, Stage
from app.features.training import actions, catalogue, feedback, queries, seats, series, signing_in, topics
from app.features.training.actions import SessionValues
from app.features.training.enums import Attendance, PersonStatus, Presence, SessionForm
from app.features.training.feedback import FeedbackValues
from app.features.training.models import (
    TrainingPerson,
    TrainingProvider,
    TrainingSeries,
    TrainingSession,
    TrainingSubject,
    TrainingTopic,
)
from app.features.training.series import SeriesValues
from app.features.training.signing_in import RollCall

# On which working day before today the series began; the manager was at the fair in the week without a session.
BEGUN, FAIR = 86, 58
WEDNESDAY = 2
ROOM = "二楼会议室"
INSTITUTE, MAKER = "江苏液压气动密封件工业协会", "宁波中意液压马达厂家技术部"

# Title, subject, what came of it; told in this order by the weekly sessions.
WEEKLY: tuple[tuple[str, str, str], ...] = (
    ("齿轮泵排量怎么看", "products", "排量、转速、流量三个数互相换算；铭牌看不清的，先量轴径和进出油口。"),
    (
        "第一次拜访农机合作社要问什么",
        "selling",
        "先问机型、作业面积、换件周期，再谈价；问到的当天填进客户表。",
    ),
    ("含税价和不含税价", "finance", "对外一律报含税价，税率按发票类型；客户要不含税的，先问清开什么票。"),
    ("油缸密封件的常见损坏", "products", "拉伤、老化、装反三种看断面；退回的旧件拍照存进询价。"),
    (
        "交货期为什么说了不算",
        "production",
        "常备件看库存，外协件加三天，热处理排队另算；没问采购不报死日子。",
    ),
    ("报价单上的有效期", "contracts", "写日期，不写“十五天”；到期前三天打电话，不等客户来问。"),
    ("分配器选型：联数和流量", "products", "先数动作，再看最大流量，压力留两成余量；拿不准的转技术部。"),
    ("客户压价时怎么回", "selling", "先问是总价还是单价，再看能不能换付款方式；超出正常条款的先登记谈判。"),
    ("回款慢的客户怎么跟", "finance", "对账单每月五号前发，逾期十五天上门；不收现金，不收个人转账。"),
    ("液压油管的规格和压力等级", "products", "层数看断面，压力看印字，接头看锥度；三样缺一样都要回头问。"),
    ("投标文件哪里最容易废标", "contracts", "签章、密封、保证金、有效期，按清单逐项打勾，两个人看。"),
    ("公司这十年", "culture", "从两间门市到三十二个客户，靠的是说到做到。"),
    ("拖拉机提升器的故障现象", "products", "升不起、降得快、抖动，各查三处；电话里先问油温。"),
    ("电话里怎么留住询价", "selling", "两小时内上报，先回“已收到，几点前给您答复”。"),
    ("热处理和磨削在前还是在后", "production", "先热处理再磨，急件不能跳；客户催的时候照这个解释。"),
    ("框架协议和单笔合同", "contracts", "框架协议只定规则，价格和交期看每一笔订单。"),
    ("换季前的备货", "production", "麦收前四十天、秋收前五十天报计划，晚了就排不上。"),
    ("转向器漏油怎么判断", "products", "先分内漏外漏，再看油位下降快慢；保修内的不要自己拆。"),
)
# Who else comes, and how somebody of the department was there in a week; anybody not named was there.
GUESTS = ("t1", "f1", "w1", "p1")
LATE, MISSED, EARLY = {"s2": (2, 9, 14)}, {"c1": (5,), "s1": (11,), "s2": (7,)}, {"s1": (4,)}
ON_LEAVE = {3: ("s2", "去大丰给客户装泵，回不来"), 12: ("c1", "去银行办保函")}
COMMENTS = ("例子都是自己的单子，听得进去", "", "最好发一页纸带回去看", "", "时间可以再短一点", "")
CANCELLED_WEEK, MOVED_WEEK = 6, 10


@dataclass(frozen=True)
class Single:
    """A session besides the series: ``back`` is its working day before today; below zero it lies so many ahead."""

    title: str
    back: int
    subject: str
    chair: str
    enrolled: tuple[str, ...]
    outcome: str = ""
    hour: int = 14
    form: SessionForm = SessionForm.INSIDE
    provider: str | None = None
    cost: int | None = None
    capacity: int | None = None
    place: str = ROOM


SINGLES = (
    Single("液压系统基础（两天）", 74, "products", "t1", ("s1", "s2", "m1"), "学员带回讲义，放在材料里。",
           9, SessionForm.OUTSIDE, INSTITUTE, 3_600, 4, "南京江宁协会培训中心"),
    Single("发票怎么开、怎么查", 66, "finance", "f1", ("s1", "c1", "p1"), "红字发票当月处理，跨月找财务。"),
    Single("马达选型线上课", 49, "products", "t1", ("s1", "s2", "m1", "p1"), "厂家答应给一份选型软件。",
           15, SessionForm.ONLINE, MAKER, 0, None, "腾讯会议"),
    Single("新来的仓库同事：收发货和退货单", 41, "production", "w1", ("c1", "p1", "d1"), "退货单先登记，再动货。"),
    Single("合同里的质保条款", 33, "contracts", "m1", ("s1", "s2", "c1"), "质保从签收日起算，配件不含人工。"),
    Single("谈判技巧公开课", 24, "selling", "m1", ("s1", "s2", "l1"), "三种让步的顺序，下季度做一次演练。",
           9, SessionForm.OUTSIDE, INSTITUTE, 1_800, 6, "盐城宾馆"),
    Single("车辆安全和出车前检查", 15, "culture", "v1", ("s1", "s2", "d1", "m1"), "灯光、胎压、油量，三分钟看完再走。"),
    Single("看懂液压原理图", -6, "products", "t1", ("s1", "s2", "c1", "p1", "w1"), "", 14, SessionForm.INSIDE,
           None, None, 3),
    Single("增值税新规定", -9, "finance", "f1", ("s1", "p1")),
)  # fmt: skip


def stories(stage: Stage) -> list[Script]:
    """Return the series, what is held besides, and what people want to hear about."""
    return [weekly(stage), wanted(stage), *(single(stage, each) for each in SINGLES)]


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in the company's zone."""
    return clock.from_local(datetime.combine(day, time(hour, minute)))


def subject(key: str) -> int:
    """Return the id of one of the six subjects."""
    return session.execute(select(TrainingSubject.id).where(TrainingSubject.key == key)).scalar_one()


def parts(row: TrainingSession) -> list[TrainingPerson]:
    """Return who takes part in a session."""
    statement = select(TrainingPerson).where(TrainingPerson.session_id == row.id).order_by(TrainingPerson.id)
    return list(session.execute(statement).unique().scalars())


def part(row: TrainingSession, number: str) -> TrainingPerson | None:
    """Return the part of somebody by their staff number."""
    return next((each for each in parts(row) if each.user.staff_number == number), None)


# The weekly series


def weekly(stage: Stage) -> Script:
    """Begin the series, hold it each Wednesday; one is cancelled, one moved, one forgotten over the fair."""
    yield stage.timetable.moment(BEGUN, 9, 10)
    begin(stage)
    fair = queries.monday_of(stage.timetable.day(FAIR))
    number = 0
    for wednesday in wednesdays(stage):
        monday = wednesday - timedelta(days=WEDNESDAY)
        yield local(max(monday, stage.timetable.day(BEGUN)), 9, 30)
        series.make_sessions(running())
        if wednesday - timedelta(days=WEDNESDAY) == fair:
            continue
        row = of_day(wednesday)
        announce(stage, row, number)
        if number == CANCELLED_WEEK:
            yield local(wednesday, 10, 5)
            fire(stage, row, "cancel", "m1", "停电检修，下周一起讲")
        elif number == MOVED_WEEK:
            yield local(wednesday, 9, 20)
            friday = local(wednesday + timedelta(days=2), 16)
            span = {"starts_at": friday, "ends_at": friday + timedelta(hours=1)}
            fire(stage, row, "move", "m1", "上午有客户来厂，改到周五", **span)
            yield from holding(stage, successor(row), number)
        else:
            yield from holding(stage, row, number)
        number += 1
    yield stage.timetable.moment(1, 16, 50)
    series.make_sessions(running())


def wednesdays(stage: Stage) -> list[date]:
    """Return the working Wednesdays since the series began whose whole week is over, the earliest first."""
    last = stage.timetable.day(1)
    days = stage.timetable.days
    return sorted(
        day
        for day in days
        if day.weekday() == WEDNESDAY
        and day - timedelta(days=WEDNESDAY) >= stage.timetable.day(BEGUN)
        and day + timedelta(days=6) <= last
    )


def begin(stage: Stage) -> None:
    """Create the subjects, the providers and the series."""
    personnel = stage.actor("h1")
    catalogue.provide_subjects(actor=personnel)
    catalogue.keep_provider(None, actor=personnel, name=INSTITUTE, contact="陈老师 025-5555 0161")
    catalogue.keep_provider(None, actor=personnel, name=MAKER, remark="厂家免费，一年两次")
    sales = department(SALES)
    values = SeriesValues(
        title="销售部周三培训",
        department_id=sales,
        weekday=WEDNESDAY,
        begins=time(16, 0),
        minutes=60,
        chair_id=person("m1").id,
        starts_on=clock.today(),
        place=ROOM,
        audience=sorted({sales, department(TEAM_ONE), department(TEAM_TWO)}),
        attendance=Attendance.REQUIRED,
    )
    series.keep_series(None, actor=personnel, version=None, values=values)


def running() -> TrainingSeries:
    """Return the series."""
    return session.execute(select(TrainingSeries)).unique().scalar_one()


def of_day(day: date) -> TrainingSession:
    """Return the session the series made for a day."""
    statement = select(TrainingSession).where(TrainingSession.series_day == day)
    return session.execute(statement).unique().scalar_one()


def successor(row: TrainingSession) -> TrainingSession:
    """Return the session that took the place of one that was moved."""
    statement = select(TrainingSession).where(TrainingSession.moved_from_id == row.id)
    return session.execute(statement).unique().scalar_one()


def announce(stage: Stage, row: TrainingSession, number: int) -> None:
    """Say what the week is about, announce it, let a guest enrol; of some weeks somebody asks for leave."""
    title, key, _outcome = WEEKLY[number % len(WEEKLY)]
    values = {name: getattr(row, name) for name in SessionValues.__dataclass_fields__}
    values |= {"title": title, "subject_id": subject(key)}
    actions.edit(row, actor=stage.actor("m1"), version=row.version, values=SessionValues(**values))
    fire(stage, row, "announce", "m1")
    seats.enrol(row, actor=stage.actor(GUESTS[number % len(GUESTS)]))
    if number in ON_LEAVE:
        who, reason = ON_LEAVE[number]
        seats.ask_leave(row, actor=stage.actor(who), reason=reason)
        found = part(row, who)
        if found is not None:
            seats.answer_leave(row, found, actor=stage.actor("m1"), granted=True)


def fire(stage: Stage, row: TrainingSession, step: str, who: str, note: str = "", **data: Any) -> None:
    """Do a step as one of the people."""
    actions.fire(row, step, actor=stage.actor(who), version=row.version, note=note, data=data or None)


def holding(stage: Stage, row: TrainingSession, number: int) -> Iterator[datetime]:
    """Hold a session of the series and write its summary on the next working day."""
    start = row.starts_at
    yield start - timedelta(minutes=5)
    fire(stage, row, "open", "m1")
    yield start + timedelta(minutes=62)
    how = {
        **{who: Presence.LATE for who, weeks in LATE.items() if number in weeks},
        **{who: Presence.LEFT_EARLY for who, weeks in EARLY.items() if number in weeks},
    }
    missed = {who for who, weeks in MISSED.items() if number in weeks}
    roll(stage, row, "m1", how, missed)
    fire(stage, row, "wrap_up", "m1")
    next_day = workdays.add_working_days(clock.to_local(start).date(), 1)
    yield local(next_day, 9)
    answer(stage, row, number)
    yield local(next_day, 10)
    fire(stage, row, "complete", "m1", outcome=WEEKLY[number % len(WEEKLY)][2])


def roll(stage: Stage, row: TrainingSession, chair: str, how: dict[str, Presence], missed: set[str]) -> None:
    """Call the roll: all who have a seat but those who missed it."""
    seated = [each for each in parts(row) if each.status == PersonStatus.ENROLLED]
    there = {
        each.id: how.get(each.user.staff_number, Presence.PRESENT)
        for each in seated
        if each.user.staff_number not in missed
    }
    signing_in.call_roll(row, actor=stage.actor(chair), version=None, roll=RollCall(there))


def answer(stage: Stage, row: TrainingSession, number: int) -> None:
    """Some of those who were there say what they thought of it."""
    for place, found in enumerate(parts(row)):
        actor = stage.actor(found.user.staff_number)
        if (number + place) % 3 and feedback.may_give(row, found):
            content, delivery, usefulness = (3 + (number + place + turn) % 3 for turn in range(3))
            comment = COMMENTS[(number + place) % len(COMMENTS)]
            values = FeedbackValues(content, delivery, usefulness, comment)
            feedback.give_feedback(row, actor=actor, values=values)


# Besides the series


def single(stage: Stage, told: Single) -> Script:
    """Plan a session, let people enrol, and hold it where its day is over."""
    ahead = told.back < 0
    yield stage.timetable.moment(3 if ahead else told.back + 6, 10, 15)
    today = stage.timetable.today
    day = workdays.add_working_days(today, -told.back) if ahead else stage.timetable.day(told.back)
    row = planned(stage, told, local(day, told.hour))
    fire(stage, row, "announce", "h1")
    for minute, who in enumerate(told.enrolled):
        yield stage.timetable.moment(2 if ahead else told.back + 4, 9, 5 + 7 * minute)
        seats.enrol(row, actor=stage.actor(who))
    if ahead:
        return
    yield row.starts_at - timedelta(minutes=10)
    fire(stage, row, "open", told.chair)
    yield row.ends_at
    roll(stage, row, told.chair, {}, set())
    fire(stage, row, "wrap_up", told.chair)
    yield stage.timetable.moment(told.back - 1, 9, 40)
    answer(stage, row, told.back)
    if told.back > SINGLES[6].back:
        fire(stage, row, "complete", told.chair, outcome=told.outcome)


def planned(stage: Stage, told: Single, starts_at: datetime) -> TrainingSession:
    """Plan a session for whoever likes to come."""
    provider = select(TrainingProvider.id).where(TrainingProvider.name == told.provider)
    values = SessionValues(
        title=told.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        chair_id=person(told.chair).id,
        department_id=department(SALES),
        place=told.place,
        subject_id=subject(told.subject),
        provider_id=session.execute(provider).scalar_one_or_none(),
        form=told.form,
        cost=Decimal(told.cost) if told.cost is not None else None,
        capacity=told.capacity,
    )
    return actions.plan(actor=stage.actor("h1"), values=values)


TOPICS: tuple[tuple[int, str, str, str, Sequence[str]], ...] = (
    (38, "s1", "客户说别家便宜两成，怎么回", "这个月遇到三次", ("s2", "m1")),
    (29, "s2", "齿轮泵和柱塞泵什么时候不能互换", "大丰的客户装错过一次", ("s1", "t1", "c1")),
    (22, "c1", "合同盖章前要核对哪几处", "", ("s1",)),
    (12, "t1", "询价资料缺什么会让我们多问一遍", "十条里有四条要回头问", ("p1", "s1", "s2")),
    (5, "p1", "外协件交货期怎么跟客户说", "", ()),
)


def wanted(stage: Stage) -> Script:
    """People say what they want to hear about, others vote; one wish is answered instead."""
    for back, who, title, note, others in TOPICS:
        yield stage.timetable.moment(back, 11, 12)
        topic = topics.propose(actor=stage.actor(who), title=title, note=note)
        for voter in others:
            topics.vote(topic, actor=stage.actor(voter))
    yield stage.timetable.moment(4, 15, 5)
    statement = select(TrainingTopic).where(TrainingTopic.title == TOPICS[2][2])
    topic = session.execute(statement).unique().scalar_one()
    topics.drop(
        topic, actor=stage.actor("m1"), version=topic.version, reason="用印申请单背面就有核对清单，先看那一页"
    )
