"""Opening a count, scanning and typing what stands where, taking a scan back, doing its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock, search, timeline
from app.core.db import in_departments, session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, can, departments_of, require, who_may
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.assets.models import AssetCategory, AssetItem, AssetPlace
from app.features.counts import lines, queries, remedies
from app.features.counts.enums import COUNT, SCANNING, CountPerm, CountStatus, Result
from app.features.counts.flow import FLOW
from app.features.counts.models import StockCount, StockCountLine, StockCountStray
from app.features.counts.remedies import Chosen
from app.features.people.models import Department, User

LONGEST_TITLE = 120
MOST_TYPED = 300


@dataclass(frozen=True)
class CountValues:
    """What a count covers: places, a category, a department, or those of them together."""

    place_ids: tuple[int, ...] = ()
    category_id: int | None = None
    department_id: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Scan:
    """What came of a scan: the line, or what no label names; ``repeated`` where it was counted before."""

    line: StockCountLine | None = None
    stray: StockCountStray | None = None
    repeated: bool = False


# Opening


def open_count(*, actor: Actor, values: CountValues) -> StockCount:
    """Open a count; what is expected is what stands there at this moment by the records.

    Raises Denied, Invalid at the fields for a count of nothing, Conflict where nobody else could approve it.
    """
    require(actor, CountPerm.HOLD)
    places, category, department = covered(values)
    owner = session.get_one(User, actor.id)
    if department is None and owner.department_id is None:
        raise Invalid(fields={"department_id": lazy("您还没有部门，请选择要盘点的部门")})
    count = StockCount(
        status=FLOW.initial,
        owner_id=actor.id,
        title=values.title.strip() or title_of(places, category, department),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    count.owner, count.places = owner, places
    count.category, count.category_id = category, values.category_id
    count.only_department, count.only_department_id = department, values.department_id
    count.department = (
        department if department is not None else session.get_one(Department, owner.department_id)
    )
    count.department_id = count.department.id
    require(actor, CountPerm.HOLD, count.department_id)
    items = expected_items(actor, values)
    if not items:
        raise Invalid(fields={"place_ids": lazy("按登记，这里没有要盘点的设备，请换一个范围")})
    count.number = next_number(COUNT, "PD")
    session.add(count)
    session.flush()
    session.add_all(expected_line(count, item) for item in items)
    session.flush()
    FLOW.sync_tasks(count)
    timeline.record(
        COUNT,
        count.id,
        "stock_count:open",
        actor,
        data={"count": len(items)},
        to_status=count.status,
    )
    search.put(COUNT, count.id, f"{count.number} {count.title}", count.department.name)
    return count


def covered(values: CountValues) -> tuple[list[AssetPlace], AssetCategory | None, Department | None]:
    """Return what a count covers; raises Invalid at the fields."""
    check_written(values.title, "title")
    faults: dict[str, LazyText | str] = {}
    found = select(AssetPlace).where(AssetPlace.id.in_(values.place_ids)).order_by(AssetPlace.name)
    places = list(session.execute(found).scalars())
    category = session.get(AssetCategory, values.category_id) if values.category_id is not None else None
    department = session.get(Department, values.department_id) if values.department_id is not None else None
    if len(places) != len(set(values.place_ids)):
        faults["place_ids"] = lazy("请从列表中选择地点")
    if values.category_id is not None and category is None:
        faults["category_id"] = lazy("请从列表中选择类别")
    if values.department_id is not None and department is None:
        faults["department_id"] = lazy("请从列表中选择部门")
    if not faults and not places and category is None and department is None:
        faults["place_ids"] = lazy("请选择盘点的地点，或者类别、部门")
    if len(values.title.strip()) > LONGEST_TITLE:
        faults["title"] = lazy("名称最多 %(most)s 个字", most=LONGEST_TITLE)
    if faults:
        raise Invalid(fields=faults)
    return places, category, department


def title_of(
    places: Sequence[AssetPlace], category: AssetCategory | None, department: Department | None
) -> str:
    """Return how a count is called that got no title: by what it covers."""
    names = [place.name for place in places[:3]]
    names += [row.name for row in (category, department) if row is not None]
    return " ".join(names)[:LONGEST_TITLE]


def expected_items(actor: Actor, values: CountValues) -> Sequence[AssetItem]:
    """Return the items that should stand in what a count covers, of the departments whose equipment one counts."""
    statement = select(AssetItem).where(
        AssetItem.status.in_([str(status) for status in lines.EXPECTED]),
        in_departments(AssetItem.department_id, departments_of(actor, CountPerm.HOLD)),
    )
    if values.place_ids:
        statement = statement.where(AssetItem.place_id.in_(values.place_ids))
    if values.category_id is not None:
        statement = statement.where(AssetItem.category_id == values.category_id)
    if values.department_id is not None:
        statement = statement.where(AssetItem.department_id == values.department_id)
    return session.execute(statement.order_by(AssetItem.id)).unique().scalars().all()


def expected_line(count: StockCount, item: AssetItem, *, expected: bool = True) -> StockCountLine:
    """Return the line of an item as it stands in the records now."""
    return StockCountLine(
        count_id=count.id,
        item_id=item.id,
        item=item,
        expected=expected,
        expected_status=item.status,
        expected_place_id=item.place_id,
        expected_place=item.place,
        expected_keeper_id=item.keeper_id,
        expected_keeper=item.keeper,
        result=Result.MISSING,
    )


# Scanning


def scan(
    count: StockCount,
    *,
    actor: Actor,
    place_id: int | None,
    code: str,
    person_seen_id: int | None = None,
    unknown_too: bool = False,
) -> Scan:
    """Count what stands in a place: by its label, its number or its serial number; what was counted is only shown.

    ``person_seen_id`` is who really has it, where that is somebody else; ``unknown_too`` also takes what no label
    names.
    Raises Denied, Conflict once the counting ended, Invalid at ``place_id`` and ``code``.
    """
    place = ready_to_scan(count, actor, place_id)
    check_written(code, "code")
    read = queries.read_code(code)
    if not read:
        raise Invalid(fields={"code": lazy("请扫描标签，或输入编号")})
    item = queries.find_item(read)
    if item is None:
        return scan_unknown(count, actor, place, read, unknown_too=unknown_too)
    person = seen(person_seen_id)
    line = queries.line_of(count.id, item.id)
    if line is not None and line.found_at is not None:
        return Scan(line=line, repeated=True)
    if line is None:
        line = expected_line(count, item, expected=False)
        session.add(line)
    line.found_at, line.found_by_id = clock.now(), actor.id
    line.found_by = session.get_one(User, actor.id)
    line.found_place_id, line.found_place = place.id, place
    line.person_seen, line.person_seen_id = person, person.id if person is not None else None
    line.result = lines.result_of(line)
    session.flush()
    return Scan(line=line)


def ready_to_scan(count: StockCount, actor: Actor, place_id: int | None) -> AssetPlace:
    """Lock a count for a scan and return the place; the first scan begins it. Raises Denied, Conflict, Invalid."""
    if not may_scan(actor, count):
        raise Denied("core:denied", what=lazy("盘点"), who=who_may(CountPerm.SCAN, count.department_id))
    lock(count)
    if count.status not in SCANNING:
        raise Conflict("core:wrong-state", state=FLOW.state(count.status).label, step=lazy("盘点"))
    place = session.get(AssetPlace, place_id) if place_id is not None else None
    covers = {known.id for known in count.places}
    if place is None or (covers and place.id not in covers):
        raise Invalid(fields={"place_id": lazy("请先选择您所在的地点")})
    if count.status == CountStatus.OPEN:
        FLOW.fire(count, "begin", actor, version=None)
    return place


def may_scan(actor: Actor, count: StockCount) -> bool:
    """Tell whether an actor may count in a count: who holds it, and who helps, in whatever department."""
    return can(actor, CountPerm.SCAN) or can(actor, CountPerm.HOLD, count.department_id)


def seen(person_id: int | None) -> User | None:
    """Return who really has an item; raises Invalid for nobody who works here."""
    if person_id is None:
        return None
    person = session.get(User, person_id)
    if person is None or not person.active:
        raise Invalid(fields={"person_seen_id": lazy("请选择在职的人员")})
    return person


def scan_unknown(count: StockCount, actor: Actor, place: AssetPlace, code: str, *, unknown_too: bool) -> Scan:
    """Keep what no label names once, where that is wanted; raises Invalid at ``code`` where it is not."""
    known = queries.stray_of(count.id, code)
    if known is not None:
        return Scan(stray=known, repeated=True)
    if not unknown_too:
        raise Invalid(
            fields={
                "code": lazy("没有编号或标签是“%(code)s”的设备；输错了请改，确有实物的请记为盘盈", code=code)
            }
        )
    stray = StockCountStray(
        count_id=count.id, code=code, place_id=place.id, found_at=clock.now(), found_by_id=int(actor.id or 0)
    )
    stray.place, stray.found_by = place, session.get_one(User, actor.id)
    session.add(stray)
    session.flush()
    return Scan(stray=stray)


def type_in(
    count: StockCount, *, actor: Actor, place_id: int | None, text: str
) -> tuple[list[Scan], list[str]]:
    """Count what was ticked on the paper sheet or kept by a scanner: a number a line, all in one place.

    Return what came of each, and the codes that nothing bears, which stay to be looked at. Raises as ``scan``.
    """
    codes = list(
        dict.fromkeys(word for line in text.splitlines() for word in line.replace("，", ",").split(","))
    )
    codes = [code.strip() for code in codes if code.strip()]
    if not codes:
        raise Invalid(fields={"codes": lazy("请输入编号，一行一个")})
    if len(codes) > MOST_TYPED:
        raise Invalid(fields={"codes": lazy("一次最多 %(most)s 个，请分几次录入", most=MOST_TYPED)})
    scans, unknown = [], []
    for code in codes:
        try:
            scans.append(scan(count, actor=actor, place_id=place_id, code=code))
        except Invalid as problem:
            if "code" not in problem.fields:
                raise
            unknown.append(code)
    return scans, unknown


def take_back_scan(count: StockCount, line_id: int, *, actor: Actor) -> None:
    """Take a scan back that was a mistake; what was not expected leaves the count. Raises as ``scan``."""
    line = queries.get_line(count, line_id)
    if not may_scan(actor, count):
        raise Denied("core:denied", what=lazy("盘点"), who=who_may(CountPerm.SCAN, count.department_id))
    lock(count)
    if count.status not in SCANNING or line.found_at is None:
        raise Conflict("core:wrong-state", state=FLOW.state(count.status).label, step=lazy("撤销扫描"))
    name = line.item.name
    if line.expected:
        line.found_at = line.found_by_id = line.found_place_id = line.person_seen_id = None
        line.found_by = line.found_place = line.person_seen = None
        line.result = Result.MISSING
    else:
        session.delete(line)
    session.flush()
    timeline.record(COUNT, count.id, "stock_count:take-back", actor, data={"item": name})


# Reconciling


def settle(
    count: StockCount,
    *,
    actor: Actor,
    version: int | None,
    chosen: Mapping[int, Chosen],
    strays: Mapping[int, Chosen],
) -> None:
    """Say what is done about the differences. Raises Denied, Stale, Conflict unless reconciling, Invalid."""
    require(actor, CountPerm.HOLD, count.department_id)
    lock(count)
    check_version(COUNT, count, version)
    if count.status != CountStatus.RECONCILING:
        raise Conflict("core:wrong-state", state=FLOW.state(count.status).label, step=lazy("处理差异"))
    remedies.choose(count, chosen, strays)
    count.touch()
    session.flush()
    FLOW.sync_tasks(count)
    left = lines.without_remedy(count)
    told = FLOW.step("approve").allowed.people(count) if not left else []
    timeline.record(COUNT, count.id, "stock_count:settle", actor, data={"left": left}, tell=told)


def fire(
    count: StockCount,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a count."""
    FLOW.fire(count, name, actor, version=version, note=note, data=data)
