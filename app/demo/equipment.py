"""The equipment of the demo: what was there when the system began, and how it changed hands since.

One laptop stands in the name of somebody who left before that: nobody has taken it over yet.
"""

import csv
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.permissions import SYSTEM
from app.demo.company import person
from app.demo.people import ACCOUNTS, TEAM_TWO, phone
from app.demo.stage import Script, Stage
from app.features.admin import actions as administration
from app.features.assets import accepting, actions, catalogue, labels, offering, queries
from app.features.assets.actions import ItemValues
from app.features.assets.catalogue import CategoryValues, PlaceValues
from app.features.assets.models import AssetItem, HandOver
from app.features.assets.offering import OfferedItem
from app.features.people import actions as people
from app.features.people.models import Department
from app.features.people.passwords import hash_password
from app.features.rules.models import Rule, RuleVersion

FILE = Path(__file__).parent / "data" / "equipment.csv"
RULE = "车辆与设备管理办法"
LEFT = "x1"
CATEGORIES = (
    CategoryValues(
        "电脑", ("内存", "硬盘"), ("能开机，屏幕无裂", "资料已备份并清除"), ("电源适配器",), check_days=365
    ),
    CategoryValues("通讯", ("号码",), ("能开机，屏幕无裂", "已退出个人账号"), ("充电器",), check_days=365),
    CategoryValues("办公设备", (), ("能开机", "附件齐全"), ("电源线",), check_days=365),
    CategoryValues(
        "检测仪器", ("检定到期",), ("外观完好", "读数归零", "附件齐全"), ("便携箱",), check_days=180
    ),
    CategoryValues("样品与展具", (), ("外观完好",), ()),
    CategoryValues("其他设备", (), ("能正常使用", "附件齐全"), ()),
)
STORES = ("一号库", "二号库")
PLACES = ("销售部办公室", "技术部", "采购部", "综合办公室", "财务室", "仓库办公室", "总经理室")


def rows() -> Iterator[dict[str, str]]:
    """Give each item as it stood in the old ledger."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def stories(stage: Stage, public_url: str) -> list[Script]:
    """Return everything that happens around equipment."""
    return [
        beginning(stage, public_url),
        projector(stage),
        camera(stage),
        thermal_imager(stage),
        sample(stage),
        unanswered(stage),
        mistaken(stage),
        waiting(stage),
        lent(stage),
    ]


def beginning(stage: Stage, public_url: str) -> Script:
    """Categories, places and the old ledger are entered; who left before is still named there."""
    at = stage.timetable.moment
    yield at(90, 16, 0)
    administration.change_settings(
        actor=stage.actor("admin"), typed={labels.ADDRESS: public_url, queries.RULE: rule_number()}
    )
    gone = people.create_user(
        staff_number=LEFT,
        name="范建军",
        password_hash=hash_password(secrets.token_urlsafe(16)),
        actor=SYSTEM,
        department_id=session.execute(select(Department.id).where(Department.name == TEAM_TWO)).scalar_one(),
        position="销售员",
        phone=phone(len(ACCOUNTS) + 1),
        must_change_password=False,
    )
    people.deactivate(gone, version=None, actor=SYSTEM)
    yield at(88, 9, 0)
    for values in CATEGORIES:
        catalogue.add_category(actor=stage.actor("a1"), values=values)
    for name in (*STORES, *PLACES):
        catalogue.add_place(actor=stage.actor("a1"), values=PlaceValues(name, is_store=name in STORES))
    moment = at(88, 9, 20)
    for row in rows():
        yield moment
        moment += timedelta(minutes=2)
        keeper = person(row["person"]) if row["person"] else None
        actions.enter_item(actor=stage.actor("a1"), values=card(row), person=keeper)


def rule_number() -> str:
    """Return the number of the rule that whoever receives equipment confirms."""
    statement = (
        select(Rule.number).join(RuleVersion, RuleVersion.rule_id == Rule.id).where(RuleVersion.title == RULE)
    )
    return session.execute(statement.limit(1)).scalar_one()


def card(row: dict[str, str]) -> ItemValues:
    """Return the card of a row of the old ledger."""
    categories = {category.name: category.id for category in queries.categories()}
    places = {place.name: place.id for place in queries.places()}
    bought = date.fromisoformat(row["bought_on"])
    return ItemValues(
        name=row["name"],
        category_id=categories[row["category"]],
        place_id=places.get(row["place"]),
        model=row["model"],
        maker=row["maker"],
        serial_number=row["serial"],
        values=dict(part.split("=") for part in row["own"].split("；") if part),
        accessories=tuple(part for part in row["accessories"].split("、") if part),
        bought_on=bought,
        price=Decimal(row["price"]),
        warranty_until=bought.replace(year=bought.year + 3),
    )


def item(name: str, model: str = "") -> AssetItem:
    """Return an item of the demo by its name, and its model where several are called so."""
    statement = select(AssetItem).where(AssetItem.name == name)
    if model:
        statement = statement.where(AssetItem.model == model)
    return session.execute(statement.order_by(AssetItem.id).limit(1)).unique().scalar_one()


def offer(stage: Stage, by: str, to: str, what: AssetItem, **values: Any) -> HandOver:
    """Offer one item as one of the people."""
    said = {key: values.pop(key) for key in ("condition", "condition_note") if key in values}
    return offering.offer(
        actor=stage.actor(by), items=[OfferedItem(what.id, **said)], to_id=person(to).id, **values
    )


def accept(stage: Stage, hand_over: HandOver, by: str, **values: Any) -> None:
    """Accept as one of the people; on a return all is found in order."""
    if "checklists" not in values:
        values["checklists"] = {
            line: [{"text": text, "ok": True, "note": ""} for text in texts]
            for line, texts in accepting.checklist_of(hand_over).items()
        }
    prepared = accepting.prepare(hand_over, **values)
    accepting.accept(hand_over, actor=stage.actor(by), version=None, prepared=prepared)


def fire(stage: Stage, hand_over: HandOver, step: str, by: str, note: str = "") -> None:
    """Do a step of a hand-over as one of the people, or the system itself."""
    actor = stage.actor(by) if by else SYSTEM
    offering.fire(hand_over, step, actor=actor, version=hand_over.version, note=note)


def projector(stage: Stage) -> Script:
    """A projector goes out of the store, from one colleague directly to another, and back."""
    at = stage.timetable.moment
    yield at(70, 9, 10)
    out = offer(stage, "a1", "s1", item("投影仪", "CB-FH52"), note="用于海安客户技术交流会")
    yield at(70, 10, 25)
    accept(stage, out, "s1")
    yield at(58, 14, 0)
    passed = offer(
        stage, "s1", "s2", item("投影仪", "CB-FH52"), condition="worn", condition_note="机身底部有划痕"
    )
    yield at(58, 16, 40)
    accept(stage, passed, "s2")
    yield at(47, 9, 0)
    back = offer(stage, "s2", "a1", item("投影仪", "CB-FH52"), returning=True)
    yield at(47, 11, 15)
    accept(stage, back, "a1")


def camera(stage: Stage) -> Script:
    """The camera is lent for a fair and comes back in time."""
    at = stage.timetable.moment
    yield at(44, 8, 50)
    loan = offer(stage, "a1", "c1", item("数码相机"), due_back_on=stage.timetable.day(39), note="展会拍照")
    yield at(44, 9, 5)
    accept(stage, loan, "c1")
    yield at(40, 15, 30)
    back = offer(stage, "c1", "a1", item("数码相机"), returning=True)
    yield at(40, 16, 10)
    accept(stage, back, "a1")


def thermal_imager(stage: Stage) -> Script:
    """What is valuable changes hands at the keeper's desk, who witnesses it."""
    at = stage.timetable.moment
    yield at(31, 13, 40)
    passed = offer(stage, "t1", "s1", item("红外热像仪"), note="去客户现场查烘干机过热点")
    yield at(31, 15, 0)
    accept(stage, passed, "s1", keeper=stage.actor("a1"))


def sample(stage: Stage) -> Script:
    """A sample is offered to a colleague who does not want it."""
    at = stage.timetable.moment
    yield at(26, 10, 30)
    refused = offer(stage, "s1", "s2", item("齿轮泵样机"))
    yield at(25, 9, 0)
    fire(stage, refused, "decline", "s2", "泵轴有渗油，请先修好再交接")


def unanswered(stage: Stage) -> Script:
    """One offer nobody answers."""
    yield stage.timetable.moment(21, 11, 0)
    forgotten = offer(stage, "c1", "p1", item("移动硬盘"))
    yield forgotten.expires_at
    fire(stage, forgotten, "expire", "")


def mistaken(stage: Stage) -> Script:
    """One offer went to the wrong person and is taken back."""
    yield stage.timetable.moment(12, 9, 30)
    wrong = offer(stage, "a1", "h1", item("无线话筒"))
    yield stage.timetable.moment(12, 9, 45)
    fire(stage, wrong, "withdraw", "a1")


def waiting(stage: Stage) -> Script:
    """An offer of yesterday waits for its answer."""
    yield stage.timetable.moment(1, 16, 20)
    offer(stage, "a1", "s1", item("数码相机"), note="下周走访拍摄客户工况")


def lent(stage: Stage) -> Script:
    """A projector that was lent is not back in time, loudspeakers are still out."""
    at = stage.timetable.moment
    yield at(9, 9, 0)
    late = offer(stage, "a1", "s2", item("投影仪", "PT-BX431C"), due_back_on=stage.timetable.day(4))
    yield at(9, 9, 20)
    accept(stage, late, "s2")
    yield at(5, 14, 0)
    out = offer(
        stage, "a1", "m1", item("会议音箱"), due_back_on=clock.today() + timedelta(days=14), note="部门例会用"
    )
    yield at(5, 14, 30)
    accept(stage, out, "m1")
