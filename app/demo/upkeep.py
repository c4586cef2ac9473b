"""What happened to the equipment of the demo: repairs, a loss, scrapping, self-checks, and two stock counts."""

from collections.abc import Iterable
from decimal import Decimal

from app.demo.company import person
from app.demo.equipment import accept, item
from app.demo.stage import Script, Stage
from app.features.assets import catalogue, queries
from app.features.assets.catalogue import CategoryValues
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import incidents, reminders, repairs, scrapping, self_checks
from app.features.assets.upkeep.enums import Answer
from app.features.assets.upkeep.incidents import IncidentValues
from app.features.assets.upkeep.models import AssetScrapping
from app.features.assets.upkeep.self_check_flow import FLOW as SELF_CHECK
from app.features.assets.upkeep.self_checks import Answered
from app.features.counts import actions as counting
from app.features.counts import lines
from app.features.counts.actions import CountValues
from app.features.counts.enums import Result
from app.features.counts.models import StockCount
from app.features.counts.remedies import Chosen


def stories(stage: Stage) -> list[Script]:
    """Return everything that happened to equipment besides changing hands."""
    return [
        printer(stage),
        forklift(stage),
        range_finder(stage),
        screen(stage),
        label_printer(stage),
        asking(stage),
        first_count(stage),
        second_count(stage),
    ]


def printer(stage: Stage) -> Script:
    """A printer is repaired and works again; its responsible person stays the same."""
    at = stage.timetable.moment
    yield at(52, 9, 30)
    repair = repairs.send(
        item("激光打印机"),
        actor=stage.actor("a1"),
        version=None,
        vendor="海安明达办公设备维修部",
        fault="打印有竖条黑线，换过硒鼓仍有。",
    )
    yield at(49, 15, 10)
    repairs.take_back(
        repair,
        actor=stage.actor("a1"),
        version=None,
        outcome="success",
        cost=Decimal(180),
        note="更换定影膜，保修三个月。",
    )


def forklift(stage: Stage) -> Script:
    """The forklift is at the repairer's."""
    yield stage.timetable.moment(3, 8, 40)
    repairs.send(
        item("电动叉车"),
        actor=stage.actor("a1"),
        version=None,
        vendor="杭叉南通服务站",
        fault="充满电只能用一个多小时，提升时报故障码 E12。",
    )


def range_finder(stage: Stage) -> Script:
    """A measuring tool is lost on a journey: its holder reports it, the system keeps a finding."""
    yield stage.timetable.moment(14, 17, 40)
    incidents.report(
        item("激光测距仪"),
        actor=stage.actor("s2"),
        values=IncidentValues(
            "lost",
            stage.timetable.moment(14, 15, 0),
            "如东客户车间",
            "量完烘干机管道尺寸，装车时放在车尾，回到公司发现布袋不在车上；已打电话请客户帮找，没有找到。",
        ),
    )


def screen(stage: Stage) -> Script:
    """The projection screen is worn out; the leader lets it be scrapped."""
    at = stage.timetable.moment
    yield at(33, 10, 0)
    asked = ask(stage, item("电动幕布"), "电机烧毁，厂家已停产，换电机的钱比买新的还多。", 20)
    yield at(32, 9, 15)
    scrapping.fire(asked, "approve", actor=stage.actor("l1"), version=asked.version)


def label_printer(stage: Stage) -> Script:
    """Another request to scrap waits for the leader."""
    yield stage.timetable.moment(2, 14, 20)
    ask(stage, item("标签打印机"), "打印头断针三处，标签条码扫不出来。", 0)


def ask(stage: Stage, what: AssetItem, reason: str, residual: int) -> AssetScrapping:
    """Ask to scrap an item."""
    return scrapping.request(
        what, actor=stage.actor("a1"), version=None, reason=reason, residual=Decimal(residual)
    )


def asking(stage: Stage) -> Script:
    """Measuring tools are due for their check by whoever has them; one answers, one has not yet."""
    yield stage.timetable.moment(88, 14, 0)
    shorten(stage, "检测仪器")
    yield stage.timetable.moment(6, 9, 0)
    reminders.ask_due()
    yield stage.timetable.moment(5, 10, 30)
    answer_all(stage, "t1", "转速表", "电池仓盖断了，用胶带粘着还能用")


def answer_all(stage: Stage, who: str, broken: str, note: str) -> None:
    """Answer a self-check: all is there, one thing does not work as it should."""
    request = self_checks.open_request(person(who).id)
    if request is None:
        raise RuntimeError(f"{who} was not asked")
    due = self_checks.due_items([request.owner_id])[request.owner_id]
    said = {
        row.id: Answered(Answer.BROKEN, note) if row.name == broken else Answered(Answer.WELL) for row in due
    }
    SELF_CHECK.fire(request, "answer", stage.actor(who), version=request.version, data={"answers": said})


def place(name: str) -> int:
    """Return a place of the demo."""
    return next(row.id for row in queries.places() if row.name == name)


def scan_all(stage: Stage, count: StockCount, where: str, by: str, items: Iterable[AssetItem]) -> None:
    """Scan the labels of some items in a place."""
    for found in items:
        counting.scan(count, actor=stage.actor(by), place_id=place(where), code=found.label_code)


def first_count(stage: Stage) -> Script:
    """The stores are counted by two people; one thing stands elsewhere, one has somebody else's hands on it."""
    at = stage.timetable.moment
    yield at(23, 13, 30)
    values = CountValues(place_ids=(place("一号库"), place("二号库")), title="库房季度盘点")
    count = counting.open_count(actor=stage.actor("a1"), values=values)
    expected = [line.item for line in lines.expected_lines(count.id)]
    elsewhere = item("展会展板")
    borrowed = item("扭矩扳手")
    yield at(23, 14, 0)
    for where in ("一号库", "二号库"):
        here = [
            row
            for row in expected
            if row.place_id == place(where) and row.id not in (elsewhere.id, borrowed.id)
        ]
        scan_all(stage, count, where, "a1" if where == "一号库" else "w1", here)
    scan_all(stage, count, "一号库", "w1", [elsewhere])
    counting.scan(
        count,
        actor=stage.actor("a1"),
        place_id=place("一号库"),
        code=str(borrowed.number),
        person_seen_id=person("t1").id,
    )
    yield at(23, 15, 40)
    counting.fire(count, "reconcile", actor=stage.actor("a1"), version=count.version)
    remedies = {Result.MISPLACED: Chosen("move"), Result.OTHER_KEEPER: Chosen("offer", "李工在用，补办交接")}
    chosen = {line.id: remedies[Result(line.result)] for line in lines.differences(count.id)}
    counting.settle(count, actor=stage.actor("a1"), version=count.version, chosen=chosen, strays={})
    yield at(22, 9, 30)
    counting.fire(count, "approve", actor=stage.actor("l1"), version=count.version)
    yield at(22, 10, 0)
    counting.fire(count, "close", actor=stage.actor("a1"), version=count.version)
    yield at(22, 14, 20)
    offered = queries.open_offer_of(borrowed.id)
    if offered is not None:
        accept(stage, offered, "t1")


def second_count(stage: Stage) -> Script:
    """The sales office is being counted: half of it is done."""
    yield stage.timetable.moment(1, 13, 30)
    count = counting.open_count(
        actor=stage.actor("a1"),
        values=CountValues(place_ids=(place("销售部办公室"),), title="销售部办公室盘点"),
    )
    expected = [line.item for line in lines.expected_lines(count.id)]
    yield stage.timetable.moment(1, 14, 10)
    scan_all(stage, count, "销售部办公室", "a1", expected[: len(expected) // 2])


def shorten(stage: Stage, name: str) -> None:
    """Let the equipment of a category be checked four times a year."""
    category = next(row for row in queries.categories() if row.name == name)
    values = CategoryValues(
        name=category.name,
        fields=tuple(field["label"] for field in category.fields),
        checklist=tuple(category.checklist),
        accessories=tuple(category.accessories),
        check_days=90,
    )
    catalogue.change_category(category, actor=stage.actor("a1"), version=category.version, values=values)
