"""Mentor pairs of the demo: one running with a missed week, one extended, one completed, one just offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core import clock
from app.demo import company
from app.demo.stage import Script, Stage
from app.features.mentoring import actions
from app.features.mentoring.actions import PairValues
from app.features.mentoring.models import MentorPair, monday_of

NOTES = {
    "pumps": (
        (
            "带他把齿轮泵、柱塞泵的样本各读一遍，当场考排量、压力、转速怎么换算。",
            "换算会了，吸油高度还要翻表。",
        ),
        ("一起接了两个询价电话，回来对照必问五项，电压那一项他漏了。", "以后把卡片放在电话旁边。"),
        ("让他独立写了一份换型说明，李工改了两处。", "知道哪些话要请技术部签字。"),
        ("", ""),
        ("到禾垦农机看现场，他讲产品，我只补了付款条件。", "现场先看铭牌，再谈型号。"),
        ("模拟客户压价，他让得太快，重来了三遍。", "先问对方拿什么比。"),
        ("他报了一份 12 万元的泵，我只改了交货期的起算点。", "起算点写“收到预付款之日”。"),
        ("一起复盘丢掉的一单：对手备件库近，我们没写到场时间。", "报价里要写几小时到场。"),
        ("他独立去虞麓农机量工况，回来的记录一项不缺。", "压力表、卷尺、卡片三样先带齐。"),
    ),
    "office": (
        ("教他用价目表出报价单，讲清标红是什么意思。", "偏离 30% 一定先问。"),
        ("陪他核了五份合同的付款条款，两份的质保金写漏了。", "会看质保金那一栏了。"),
        ("对账：一起把三家客户的应收核到分。", "汇总表先按客户排。"),
        ("他自己出了四份报价，全对。", "还不敢改运费。"),
    ),
    "stock": (
        ("按库位走了一遍，教他看批号和检验单。", "阀门的批号在法兰侧面。"),
        ("一起收了一车电磁阀，抽检三只，有一只线圈电压不符，当场退。", "先看电压再签收。"),
        ("盘点 B 区，差两只球阀，在退货架上找到。", "退货要当天入账。"),
    ),
}

LATER = (
    ("专练合同：质保金、违约金、验收期限三处，每天一份。", "验收期限和质保起算点分清了。"),
    ("他独立核了一份 32 万元的合同，写出两条修改，法务都采纳。", "知道怎么写修改理由。"),
    ("运费和包装单列：三份报价让他改成含运费、不含运费两种写法。", "运费敢改了，改完先自己复核。"),
    ("月底对账由他主持，我在旁边听，差两分钱当场找到。", "差数先看税额的进位。"),
    ("整理本月退回的报价单，归成四类，做成一页核对表。", "以后交单前先过一遍核对表。"),
)


@dataclass(frozen=True)
class Told:
    """A pair: who with whom, since how many working days, for how many calendar days, its notes, how it goes on."""

    arranger: str
    mentor: str
    pupil: str
    back: int
    days: int
    goals: str
    notes: str = ""
    ends: str = "running"


PAIRS = (
    Told(
        "m1",
        "s1",
        "s2",
        36,
        140,
        "独立完成一次泵的选型和报价\n会算付款条件对资金占用的影响\n带客户看一次现场",
        "pumps",
    ),
    Told(
        "m1",
        "s2",
        "c1",
        38,
        34,
        "独立出报价单，不漏标红\n会核合同的付款和质保条款",
        "office",
        "extended",
    ),
    Told(
        "h1",
        "w1",
        "d1",
        80,
        28,
        "看得懂批号、检验单和库位\n出车送货时能独立验收、签收",
        "stock",
        "closed",
    ),
    Told("h1", "t1", "w1", 2, 90, "看懂阀门、泵的图纸\n会查型号的替代关系", ends="offered"),
)
RATINGS = {
    "closed": (
        ("5", "肯跑库房，问题当天问清，最后一周抽检没有一次漏项。"),
        ("5", "讲一遍、做一遍、再让我做一遍，记得住。"),
    ),
    "extended": (
        ("3", "报价单已经独立，合同条款还要再练一个月。"),
        ("4", "讲得细，忙的时候等回复久了一点。"),
    ),
}


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around mentor pairs."""
    return [told(stage, pair) for pair in PAIRS]


def told(stage: Stage, pair: Told) -> Script:
    """A pair is offered, accepted by both, noted weekly, reviewed."""
    table = stage.timetable
    yield table.moment(pair.back, 9, 10)
    begins = clock.today()
    row = actions.offer(
        actor=stage.actor(pair.arranger),
        values=PairValues(
            company.person(pair.mentor).id,
            company.person(pair.pupil).id,
            begins,
            begins + timedelta(days=pair.days),
            pair.goals,
        ),
    )
    if pair.ends == "offered":
        yield table.moment(pair.back - 1, 10, 30)
        step(stage, row, "accept", pair.mentor)
        return
    for number, hour in ((pair.pupil, 11), (pair.mentor, 14)):
        yield table.moment(pair.back, hour, 20)
        step(stage, row, "accept", number)
    yield from noted(stage, row, pair, NOTES[pair.notes])
    if pair.ends in RATINGS:
        yield from reviewed(stage, row, pair)


def noted(
    stage: Stage, row: MentorPair, pair: Told, texts: tuple[tuple[str, str], ...], *, first: int = 0
) -> Script:
    """Each week the mentor writes a note and the pupil a line, on its last working day; nothing where it is empty."""
    for place, (note, answer) in enumerate(texts, first):
        back = day_of_week(stage, row, place)
        if back < 1:
            return
        yield stage.timetable.moment(back, 16, 40)
        week = row.weeks[place]
        if note:
            mentor, pupil = stage.actor(pair.mentor), stage.actor(pair.pupil)
            actions.write_note(row, week, actor=mentor, version=None, text=note)
            actions.write_answer(row, week, actor=pupil, version=None, text=answer)


def day_of_week(stage: Stage, row: MentorPair, place: int) -> int:
    """Return how far back the last working day of a week of a pair lies; 0 for one that is not over."""
    monday = row.weeks[place].first_day if place < len(row.weeks) else None
    table = stage.timetable
    return next((back for back in range(1, table.length) if monday_of(table.day(back)) == monday), 0)


def reviewed(stage: Stage, row: MentorPair, pair: Told) -> Script:
    """The second half of a pair: mid review, rated by both, completed or extended."""
    table, last = stage.timetable, day_of_week(stage, row, len(NOTES[pair.notes]) - 1)
    yield table.moment(last - 1, 9, 30)
    text = "目标做到一半，基本动作都会了；后半期少讲多练，每周独立做一件完整的事。"
    step(stage, row, "mid", pair.arranger, {"mid_text": text})
    yield table.moment(last - 2, 9, 30)
    step(stage, row, "finish", pair.arranger)
    for place, (number, (score, words)) in enumerate(
        zip((pair.mentor, pair.pupil), RATINGS[pair.ends], strict=True)
    ):
        yield table.moment(last - 3 - place, 15, 10)
        step(stage, row, "rate", number, {"score": score, "words": words})
    yield table.moment(last - 5, 10, 0)
    if pair.ends == "closed":
        said = "三项目标都做到。可以独立随车验收，签收单一式两份、当天归档。"
        step(stage, row, "close", pair.arranger, {"conclusion": said})
    else:
        step(stage, row, "extend", pair.arranger, {"ends_on": table.today + timedelta(days=40)})
        yield from noted(stage, row, pair, LATER, first=len(NOTES[pair.notes]))


def step(
    stage: Stage, row: MentorPair, name: str, number: str, data: Mapping[str, Any] | None = None
) -> None:
    """Do a step of a pair."""
    actions.fire(row, name, actor=stage.actor(number), version=None, data=data)
