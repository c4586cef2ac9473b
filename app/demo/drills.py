"""Drills of the demo: a pumping station's inquiry talked over with its lesson in the library, and one to be scored."""

from dataclasses import dataclass

from app.core.db import session
from app.demo import company
from app.demo.stage import Script, Stage
from app.features.cases import actions as cases
from app.features.cases.models import CaseStudy
from app.features.drills import actions, queries
from app.features.drills.actions import DrillValues, TemplateValues
from app.features.drills.models import Drill

CRITERIA = """调研 | 问清介质、压力、流量和工况 | 15
调研 | 问到谁拍板、什么时候定 | 10
方案 | 型号与工况相配，写明改什么、不改什么 | 20
方案 | 报价完整：交货期、付款、质保 | 15
谈判 | 先问清比较的是什么，再谈价 | 15
谈判 | 让步有交换，付款条件守住 | 15
谈判 | 当场记下，散会前双方确认 | 10"""

TEMPLATE = TemplateValues(
    name="询价到签约",
    scene="客户打来电话询价，话只说一半，手上已有另一家的报价，采购经理要求当周定下来。",
    survey_task="用电话和一次现场，问清工况、数量、用货时间和拍板的人；只能问，不能报价。",
    proposal_task="两小时内拿出一页方案：型号、替代、交货期、付款、质保，含税单价写到分。",
    negotiation_task="对方要求降 8% 并货到 60 天付款。谈四十分钟，散会前写出双方确认的条款。",
    criteria=CRITERIA,
)


@dataclass(frozen=True)
class Told:
    """A drill: how many working days ago, scene, who plays whom, who judges with which points, what was noted."""

    back: int
    title: str
    scene: str
    players: tuple[tuple[str, str], ...]
    judges: tuple[str, ...]
    notes: tuple[str, str, str]
    sheets: tuple[tuple[str, tuple[int, ...], str], ...]
    lessons: tuple[str, str, str] | None = None


DRILLS = (
    Told(
        27,
        "排灌站换泵：从一通电话到签约",
        (
            "荆畴排灌的值班长来电：两台柱塞泵漏油，汛期前要换。"
            "对方只报得出旧铭牌，采购经理手上有另一家低 8% 的报价，周五要定。"
        ),
        (("s1", "我方销售员"), ("s2", "客户采购经理"), ("c1", "我方内勤")),
        ("m1", "t1", "l1"),
        (
            (
                "电话问了九项：介质抗磨液压油，系统 16 MPa，流量 60 L/min，安装为花键轴；漏在轴封。"
                "第二次通话问到汛期 6 月 1 日，由站长拍板。没有问现场回油背压，李工提醒后补问。"
            ),
            (
                "推荐 A10VSO45 两台，另备轴封一套。写明接口不改、管径不改，须加泄油管。"
                "交货 18 天，预付 30%，货到验收付 65%，质保金 5% 一年。"
            ),
            (
                "对方开口降 8%。先问另一家的型号，是无压力补偿的定量泵；"
                "改比同一种后只差 2%。以送轴封和现场指导换预付 30%，单价不变。"
            ),
        ),
        (
            ("m1", (8, 7, 9, 9, 9, 8, 7), "谈价前先问清型号，值得全组学；散会记录写得太简。"),
            ("t1", (7, 7, 9, 8, 8, 8, 6), "背压应当第一通电话就问。"),
            ("l1", (8, 8, 8, 9, 9, 9, 7), "用服务换付款条件，公司愿意。"),
        ),
        (
            "先把比较的东西弄成同一种型号，差价从 8% 变成 2%。",
            "回油背压漏问，靠技术部提醒；散会记录没有写交货期起算点。",
            "轴封漏油先问背压，再谈换泵。让步之前先问“跟哪个型号比”，换回来的要写进记录，双方散会前签字。",
        ),
    ),
    Told(
        4,
        "阀门年度框架：客户要压库存",
        (
            "海麓粮油一年要 300 只 DN50 至 DN100 的不锈钢球阀和 80 只安全阀，"
            "要求价格全年不变、随叫随到、库存放在我们这里。"
        ),
        (("s2", "我方销售员"), ("s1", "客户物资部长")),
        ("m1", "p1", "l1"),
        (
            (
                "问到每月用量只有旺季三个月超过 40 只，其余在 15 只左右；"
                "旧阀坏在密封面，介质含砂。拍板的是设备副总，12 月中旬定。"
            ),
            (
                "球阀改用硬密封，DN50、DN65、DN80 各备 20 只安全库存，"
                "其余按 25 天交。价格半年一调，铜、不锈钢涨跌超过 5% 才动。"
            ),
            "对方坚持全年不变。最后谈成：前半年不变，后半年按约定公式；我方备货 60 只，对方承诺年底前提完。",
        ),
        (("m1", (9, 8, 8, 8, 7, 8, 8), "用量按月问，抓住了要害。"),),
    ),
)


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around drills."""
    return [template(stage), *(told(stage, drill) for drill in DRILLS)]


def template(stage: Stage) -> Script:
    """The training officer writes the template."""
    yield stage.timetable.moment(34, 10, 0)
    actions.create_template(actor=stage.actor("h1"), values=TEMPLATE)


def told(stage: Stage, drill: Told) -> Script:
    """A drill is prepared, gone through, scored, talked over, and its lesson put into the library."""
    table = stage.timetable
    yield table.moment(drill.back + 3, 9, 40)
    head = stage.actor("m1")
    known = queries.template_named(TEMPLATE.name)
    if known is None:
        raise LookupError(TEMPLATE.name)
    values = DrillValues(drill.title, known.id, table.day(drill.back), drill.scene)
    row = actions.prepare(actor=head, values=values)
    yield table.moment(drill.back + 2, 10, 20)
    for number, role in drill.players:
        actions.cast(row, actor=head, user_id=company.person(number).id, kind="player", role=role)
    for number in drill.judges:
        actions.cast(row, actor=head, user_id=company.person(number).id, kind="judge")
    for place, stage_row in enumerate(row.stages):
        yield table.moment(drill.back, 13 + place, 30)
        player = stage.actor(drill.players[0][0])
        actions.note_stage(row, stage_row.kind, actor=player, version=None, notes=drill.notes[place])
    yield table.moment(drill.back, 16, 30)
    actions.fire(row, "rehearse", actor=stage.actor("m1"), version=None)
    for place, (number, points, words) in enumerate(drill.sheets):
        yield table.moment(drill.back, 16, 40 + 5 * place)
        given = {f"points_{each.id}": value for each, value in zip(row.criteria, points, strict=True)}
        actions.fire(row, "score", actor=stage.actor(number), version=None, data={**given, "words": words})
    if drill.lessons is not None:
        yield from learnt(stage, row, drill, drill.lessons)


def learnt(stage: Stage, row: Drill, drill: Told, lessons: tuple[str, str, str]) -> Script:
    """What was learnt becomes a case that the leader checks."""
    table = stage.timetable
    yield table.moment(drill.back - 1, 9, 0)
    data = dict(zip(("good", "bad", "lesson"), lessons, strict=True))
    actions.fire(row, "debrief", actor=stage.actor("m1"), version=None, data=data)
    yield table.moment(drill.back - 1, 9, 20)
    actions.fire(row, "write_case", actor=stage.actor("m1"), version=None)
    case = session.get_one(CaseStudy, row.case_id)
    cases.fire(case, "submit", actor=stage.actor("m1"), version=None)
    yield table.moment(drill.back - 2, 11, 0)
    cases.fire(case, "publish", actor=stage.actor("l1"), version=None)
