"""The structure of the demo company, then, now and planned, and what its people do together after work."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.files import CheckedFile
from app.core.pictures import read_photo
from app.demo.company import person
from app.demo.people import (
    FINANCE,
    HEAD_OFFICE,
    OFFICE,
    PURCHASING,
    SALES,
    TEAM_ONE,
    TEAM_TWO,
    TECHNICAL,
    WAREHOUSE,
)
from app.demo.stage import Script, Stage
from app.features.activities import actions as activities
from app.features.activities.actions import ActivityValues
from app.features.activities.models import Activity
from app.features.activities.queries import options_of
from app.features.directory import actions
from app.features.directory.actions import PositionValues
from app.features.directory.enums import HolderKind
from app.features.directory.models import Position, StructurePlan
from app.features.people.models import Department

# On which working days before today things happen.
GROWN_BACK, PLANNED_BACK = 62, 9
FOUNDED = date(2024, 3, 1)
PLAN_AHEAD = timedelta(days=120)


@dataclass(frozen=True)
class Seat:
    """A position of the demo: whom it reports to, who holds it, who could follow."""

    title: str
    department: str
    above: str
    holders: tuple[str, ...] = ()
    deputy: str = ""
    successor: str = ""
    places: int = 1


GENERAL, HEAD = "总经理", "销售部经理"
FIRST_TEAM, SECOND_TEAM = "华东一组销售员", "华东二组销售员"
ADMINISTRATION = "办公室主任"
SEATS = (
    Seat(GENERAL, HEAD_OFFICE, "", ("l1",), deputy="m1"),
    Seat(HEAD, SALES, GENERAL, ("m1",), deputy="s2", successor="s1"),
    Seat(FIRST_TEAM, TEAM_ONE, HEAD, ("s1",)),
    Seat(SECOND_TEAM, TEAM_TWO, HEAD, ("s2",)),
    Seat("销售内勤", SALES, HEAD, ("c1",)),
    Seat("技术工程师", TECHNICAL, GENERAL, ("t1",)),
    Seat("采购主管", PURCHASING, GENERAL, ("p1",)),
    Seat("财务主管", FINANCE, GENERAL, ("f1",)),
    Seat("仓库主管", WAREHOUSE, GENERAL, ("w1",)),
    Seat(ADMINISTRATION, OFFICE, GENERAL),
    Seat("人事培训专员", OFFICE, ADMINISTRATION, ("h1",)),
    Seat("印章保管人", OFFICE, ADMINISTRATION, ("k1",), deputy="h1"),
    Seat("车辆管理员", OFFICE, ADMINISTRATION, ("v1",)),
    Seat("专职驾驶员", OFFICE, ADMINISTRATION, ("d1",)),
    Seat("资产管理员", OFFICE, ADMINISTRATION, ("a1",)),
    Seat("系统管理员", OFFICE, ADMINISTRATION, ("admin",)),
)
LAKE, MATCH, DINNER = "大纵湖骑行", "羽毛球双打赛", "季度聚餐"


def stories(stage: Stage) -> list[Script]:
    """Return how the structure came about and what people did together."""
    return [building(stage), outing(stage), match(stage), dinner(stage)]


# The structure


def building(stage: Stage) -> Script:
    """Personnel enters the positions, adds a place in the first team, and drafts the structure of next year."""
    yield stage.timetable.moment(stage.timetable.length - 3, 10)
    known: dict[str, Position] = {}
    departments = {row.name: row.id for row in session.execute(select(Department.name, Department.id))}
    for seat in SEATS:
        known[seat.title] = set_up(stage, seat, known, departments)
    yield stage.timetable.moment(GROWN_BACK, 14)
    team = known[FIRST_TEAM]
    actions.change_position(
        team,
        actor=stage.actor("h1"),
        version=None,
        values=PositionValues(FIRST_TEAM, departments[TEAM_ONE], known[HEAD].id, 2),
        from_date=clock.today(),
    )
    yield stage.timetable.moment(PLANNED_BACK, 15, 20)
    plan = plan_next_year(stage, known, departments)
    yield stage.timetable.moment(PLANNED_BACK - 2, 9, 30)
    actions.fire(plan, "publish", actor=stage.actor("h1"), version=None)


def set_up(stage: Stage, seat: Seat, known: dict[str, Position], departments: dict[str, int]) -> Position:
    """Enter a position with who is in it."""
    personnel = stage.actor("h1")
    above = known[seat.above].id if seat.above else None
    position = actions.create_position(
        actor=personnel,
        values=PositionValues(seat.title, departments[seat.department], above, seat.places),
        from_date=FOUNDED,
    )
    people = [
        *((number, HolderKind.HOLDER) for number in seat.holders),
        *((number, HolderKind.DEPUTY) for number in filter(None, [seat.deputy])),
        *((number, HolderKind.SUCCESSOR) for number in filter(None, [seat.successor])),
    ]
    for number, kind in people:
        actions.assign(
            position,
            actor=personnel,
            version=None,
            user_id=person(number).id,
            kind=kind,
            from_date=FOUNDED,
        )
    return position


def plan_next_year(stage: Stage, known: dict[str, Position], departments: dict[str, int]) -> StructurePlan:
    """Draft the structure with a team for the north and a service of its own, with empty boxes."""
    personnel = stage.actor("h1")
    plan = actions.draft_plan(
        actor=personnel,
        title="明年架构：开拓华北，服务单列",
        day=(clock.today() + PLAN_AHEAD).replace(day=1),
        note="华北先设组长，从华东带人；售后从技术部分出来，客户来电有人专管。人到位一个上岗一个，不为填满而招。",
    )

    def put(title: str, department: str, above: int, places: int = 1, number: int | None = None) -> int:
        values = PositionValues(title, departments[department], above, places)
        row = actions.plan_position(plan, number, actor=personnel, version=None, values=values)
        return row.position_id

    north = put("华北组组长", SALES, known[HEAD].id)
    put("华北组销售员", SALES, north, 3)
    service = put("售后服务主管", TECHNICAL, known[GENERAL].id)
    put("售后服务工程师", TECHNICAL, service, 2)
    put("区域销售经理（华东）", TEAM_ONE, known[HEAD].id, 2, known[FIRST_TEAM].id)
    return plan


# Activities


def outing(stage: Stage) -> Script:
    """A day by the lake: voted on, enrolled in, a little dearer than planned, settled."""
    yield stage.timetable.moment(58, 12, 10)
    activity = propose(
        stage,
        "s1",
        LAKE,
        "天气正好，想约大家骑一圈湖，中午农家菜，晚饭前回来。自行车湖边有租，孩子也能去。",
        ("大纵湖骑行", "盐渎公园烧烤", "爬云台山"),
    )
    yield stage.timetable.moment(57, 8, 50)
    fire(stage, activity, "open_vote", "s1", vote_until=stage.timetable.moment(54, 18))
    for back, ballots in (
        (57, (("s2", 0), ("c1", 0), ("t1", 2))),
        (56, (("h1", 0), ("f1", 1), ("m1", 0), ("d1", 0))),
    ):
        yield stage.timetable.moment(back, 16, 30)
        vote(stage, activity, ballots)
    yield stage.timetable.moment(53, 9, 15)
    chosen = options_of(activity.id)[0].id
    fire(stage, activity, "approve", "m1", budget=Decimal("1200.00"), option_id=chosen)
    yield stage.timetable.moment(53, 10)
    day = stage.timetable.day(48)
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    begin = clock.from_local(datetime.combine(saturday, time(9)))
    fire(stage, activity, "open_enrolment", "s1", **arranged("大纵湖旅游度假区南门集合", begin, 8, 12, 2))
    yield stage.timetable.moment(52, 12, 30)
    for number, companions in (("s1", 2), ("s2", 1), ("c1", 0), ("h1", 1), ("t1", 0), ("d1", 2)):
        enrol(stage, activity, number, companions)
    yield stage.timetable.moment(42, 9, 10)
    fire(stage, activity, "hold", "s1", absent=[person("t1").id])
    yield stage.timetable.moment(42, 12, 20)
    add_photos(stage, activity)
    fire(
        stage,
        activity,
        "record",
        "s1",
        cost=Decimal("1288.00"),
        over_reason="有三家多租了亲子车，每辆 30 元，事前没有算进去。",
        report="来了十一个人，骑了 19 公里。孩子们最高兴的是喂鱼。下次早半小时出发，回程顺风。",
    )
    yield stage.timetable.moment(41, 15)
    fire(stage, activity, "close", "f1")


def match(stage: Stage) -> Script:
    """A match people enrol in now; it is full, and two wait."""
    yield stage.timetable.moment(12, 17, 10)
    activity = propose(
        stage,
        "c1",
        MATCH,
        "体育馆订了两片场，抽签配对，打满两小时。会打不会打都来，输的一队请喝豆浆。",
        (),
    )
    yield stage.timetable.moment(11, 9)
    fire(stage, activity, "approve", "m1", budget=Decimal("360.00"))
    yield stage.timetable.moment(10, 9, 20)
    begin = clock.from_local(datetime.combine(stage.timetable.today + timedelta(days=9), time(14)))
    fire(stage, activity, "open_enrolment", "c1", **arranged("盐城体育馆 3、4 号场", begin, 2, 8, 0))
    yield stage.timetable.moment(9, 12, 15)
    for number in ("c1", "s1", "s2", "m1", "w1", "p1", "k1", "v1", "a1", "f1"):
        enrol(stage, activity, number, 0)
    yield stage.timetable.moment(4, 10, 30)
    activities.withdraw(activity, actor=stage.actor("p1"))


def dinner(stage: Stage) -> Script:
    """Where to eat together: people vote on it just now."""
    yield stage.timetable.moment(3, 11, 40)
    activity = propose(
        stage,
        "h1",
        DINNER,
        "忙了一个季度，一起吃顿饭，顺便把评出来的好建议念一念。家里人欢迎。",
        ("农家院 全羊宴", "酒店圆桌", "自己动手包饺子"),
    )
    yield stage.timetable.moment(2, 9)
    until = clock.from_local(datetime.combine(stage.timetable.today + timedelta(days=5), time(18)))
    fire(stage, activity, "open_vote", "h1", vote_until=until)
    yield stage.timetable.moment(1, 15, 30)
    vote(stage, activity, (("s1", 2), ("s2", 0), ("m1", 0), ("c1", 2), ("d1", 0), ("l1", 1), ("w1", 2)))


def propose(stage: Stage, number: str, title: str, purpose: str, options: Sequence[str]) -> Activity:
    """Let somebody propose an activity."""
    return activities.propose(actor=stage.actor(number), values=ActivityValues(title, purpose, options))


def fire(stage: Stage, activity: Activity, step: str, number: str, **data: Any) -> None:
    """Let somebody do a step of an activity."""
    activities.fire(activity, step, actor=stage.actor(number), version=None, data=data)


def vote(stage: Stage, activity: Activity, ballots: Sequence[tuple[str, int]]) -> None:
    """Let people vote, each for the option at a place."""
    options = options_of(activity.id)
    for number, place in ballots:
        activities.vote(activity, actor=stage.actor(number), option_id=options[place].id)


def enrol(stage: Stage, activity: Activity, number: str, companions: int) -> None:
    """Let somebody enrol."""
    activities.enrol(activity, actor=stage.actor(number), companions=companions)


def arranged(place: str, begin: datetime, hours: int, capacity: int, companions: int) -> dict[str, Any]:
    """Return an arrangement; people enrol until the day before."""
    return {
        "place": place,
        "starts_at": begin,
        "ends_at": begin + timedelta(hours=hours),
        "enrol_until": begin - timedelta(hours=15),
        "capacity": capacity,
        "companions": companions,
    }


def add_photos(stage: Stage, activity: Activity) -> None:
    """Put two pictures of the lake to an activity."""
    for name, hue, said in (
        ("湖边合影.jpg", 0, "出发前合影，当场问过大家"),
        ("返程.jpg", 1, "返程，只有背影"),
    ):
        activities.add_photos(
            activity, actor=stage.actor("s1"), photos=[picture(name, hue)], consents=True, consent=said
        )


def picture(name: str, hue: int) -> CheckedFile:
    """Return a drawn landscape: sky, hills and the lake, at noon or towards evening."""
    from PIL import Image, ImageDraw  # slow import

    skies = (((150, 196, 226), (236, 240, 230)), ((232, 164, 112), (250, 226, 190)))
    top, low = skies[hue]
    image = Image.new("RGB", (960, 640))
    draw = ImageDraw.Draw(image)
    for y in range(400):
        mixed = tuple(round(a + (b - a) * y / 400) for a, b in zip(top, low, strict=True))
        draw.line((0, y, 960, y), fill=mixed)
    draw.polygon(((0, 400), (180, 260), (420, 380), (640, 240), (960, 400)), fill=(92, 124, 104))
    draw.rectangle((0, 400, 960, 540), fill=(104, 146, 164))
    draw.rectangle((0, 540, 960, 640), fill=(146, 158, 104))
    for x in range(140, 860, 130):
        draw.ellipse((x, 500, x + 26, 526), fill=(60, 62, 70))
        draw.rectangle((x + 4, 526, x + 22, 590), fill=(150 + x // 10, 84, 70))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return read_photo(name, io.BytesIO(stream.getvalue()))
