"""The trips of the demo company: four months with six cars, and what goes wrong now and then.

A car goes out with kilometres nobody accounted for, another comes back late, one is still out, one was not taken, a
night trip is entered afterwards, and two want the same car.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.permissions import SYSTEM
from app.demo import cars
from app.demo.cars import COACH, ELECTRIC, MINIVAN, PICKUP, SEDAN, VAN, DemoCar
from app.demo.company import person
from app.demo.stage import Script, Stage
from app.features.bookings import actions
from app.features.bookings.actions import BookingValues, DrivenValues
from app.features.bookings.models import Booking

# On which working days before today trips begin and end; what lies nearer is not closed yet.
FIRST, LAST, CLOSED_BEFORE = 84, 2, 6
GAP_BACK, LATE_BACK, MISSED_BACK, CANCELLED_BACK, RETRO_BACK = 40, 33, 18, 25, 12
PLACES = (
    ("大丰区丰收大地合作社", 62),
    ("射阳县海河镇农机站", 71),
    ("东台市富安农机合作社", 88),
    ("建湖县颜单镇", 43),
    ("阜宁县沟墩镇农场", 76),
    ("盐城站接客户", 24),
    ("响水县小尖镇", 118),
    ("兴化市戴南配件厂", 96),
    ("盐都区大纵湖合作社", 47),
)
PURPOSES = ("客户走访", "送样机演示", "送配件", "业务", "安装回访")


@dataclass(frozen=True)
class Outing:
    """A trip of the demo: car, day, who drives, from which hour for how many hours, how far."""

    car: DemoCar
    back: int
    who: str
    hour: int
    hours: int
    place: int
    extra: int = 0
    late: int = 0

    @property
    def distance(self) -> int:
        """Kilometres there and back."""
        return 2 * PLACES[self.place % len(PLACES)][1] + self.back % 7


def stories(stage: Stage) -> list[Script]:
    """Return all trips, in the order of their days."""
    return [
        *(driving(stage, outing) for outing in outings()),
        *(carrying(stage, back) for back in range(FIRST - 4, LAST, -10)),
        missing(stage),
        cancelling(stage),
        afterwards(stage),
        still_out(stage),
        competing(stage),
        riding(stage),
        planned_today(stage),
    ]


def outings() -> Iterator[Outing]:
    """Give the trips people drive themselves: every second day the sedan, every third the minivan, and so on."""
    for back in range(FIRST, LAST - 1, -1):
        if back % 2 == 0 and back != RETRO_BACK:
            extra = 38 if back == GAP_BACK else 0
            yield Outing(SEDAN if back % 4 else VAN, back, "s1", 8, 7, back, extra)
        if back % 3 == 0:
            yield Outing(MINIVAN, back, "s2", 9, 6, back + 2, late=95 if back == LATE_BACK else 0)
        if back % 5 == 0:
            yield Outing(PICKUP, back, "w1", 10, 4, back + 4)
        if back % 6 == 1:
            yield Outing(ELECTRIC, back, "m1", 13, 4, back + 5)


def asked(stage: Stage, outing: Outing) -> BookingValues:
    """Return what is asked for."""
    start = stage.timetable.moment(outing.back, outing.hour, 30)
    place, _distance = PLACES[outing.place % len(PLACES)]
    return BookingValues(
        place,
        start,
        start + timedelta(hours=outing.hours),
        PURPOSES[outing.back % len(PURPOSES)],
        1 + outing.back % 3,
        cars.car(outing.car).id,
    )


def step(stage: Stage, booking: Booking, name: str, who: str, note: str = "", **data: Any) -> None:
    """Do a step of a booking as one of the people."""
    row = session.get_one(Booking, booking.id)
    actions.fire(row, name, actor=stage.actor(who), version=row.version, note=note, data=data or None)


def driving(stage: Stage, outing: Outing) -> Script:
    """Take a car, drive, bring it back; fuel now and then; the dispatcher settles the day after."""
    at = stage.timetable.moment
    yield at(outing.back, outing.hour, 10)
    booking = actions.request(actor=stage.actor(outing.who), values=asked(stage, outing))
    yield at(outing.back, outing.hour, 35)
    out = cars.car(outing.car).odometer + outing.extra
    step(stage, booking, "out", outing.who, kilometres=out)
    yield booking.ends_at + timedelta(minutes=outing.late or -20)
    paid: dict[str, Any] = {}
    if outing.back % 4 == 0 and outing.car is not ELECTRIC:
        litres = Decimal(outing.distance) * 8 / 100 + 2
        amount = (litres * Decimal("7.62")).quantize(Decimal("0.01"))
        paid = {"fuel": "full", "fuel_amount": amount, "litres": litres}
    step(stage, booking, "return", outing.who, kilometres=out + outing.distance, condition_good=True, **paid)
    yield from finishing(stage, booking, outing.back)


def finishing(stage: Stage, booking: Booking, back: int) -> Script:
    """The dispatcher settles a trip the next morning, and closes those that lie a while back."""
    if back - 1 < LAST:
        return
    yield stage.timetable.moment(back - 1, 8, 45)
    toll: dict[str, Any] = {"toll_amount": Decimal(25)} if back % 3 == 0 else {}
    step(stage, booking, "settle", "v1", **toll)
    if back >= CLOSED_BEFORE:
        yield stage.timetable.moment(back - 1, 16, 50)
        step(stage, booking, "close", "v1")


def carrying(stage: Stage, back: int) -> Script:
    """The coach with its own driver carries people: asked for, agreed, dispatched."""
    at = stage.timetable.moment
    yield at(back + 1, 10, 15)
    start = at(back, 8, 30)
    values = BookingValues(
        "南京农机展览馆" if back % 20 == 0 else "大丰区丰收大地合作社",
        start,
        start + timedelta(hours=9),
        "带客户看现场",
        9,
        cars.car(COACH).id,
        self_drive=False,
        estimated_kilometres=360,
    )
    booking = actions.request(actor=stage.actor("s2" if back % 20 else "s1"), values=values)
    yield at(back + 1, 11, 40)
    step(stage, booking, "agree", "m1")
    yield at(back + 1, 14, 5)
    step(stage, booking, "dispatch", "v1", **given(COACH, "d1"), kilometres=360)
    yield at(back, 8, 32)
    out = cars.car(COACH).odometer
    step(stage, booking, "out", "d1", kilometres=out)
    yield at(back, 17, 10)
    step(stage, booking, "return", "d1", kilometres=out + 212 + back, condition_good=True)
    yield from finishing(stage, booking, back)


def given(demo: DemoCar, driver: str) -> dict[str, Any]:
    """Return car and driver as they are dispatched."""
    return {"vehicle_id": cars.car(demo).id, "driver_id": person(driver).id}


def missing(stage: Stage) -> Script:
    """The manager takes a car and stays in a meeting; the system gives it back."""
    yield stage.timetable.moment(MISSED_BACK, 8, 20)
    outing = Outing(ELECTRIC, MISSED_BACK, "m1", 9, 3, 2)
    booking = actions.request(actor=stage.actor("m1"), values=asked(stage, outing))
    yield stage.timetable.moment(MISSED_BACK, 11, 31)
    row = session.get_one(Booking, booking.id)
    actions.fire(row, "no_show", actor=SYSTEM, version=None)


def cancelling(stage: Stage) -> Script:
    """A customer puts off a visit, and the car is given back in time."""
    yield stage.timetable.moment(CANCELLED_BACK, 8, 15)
    outing = Outing(ELECTRIC, CANCELLED_BACK, "s1", 14, 3, 4)
    booking = actions.request(actor=stage.actor("s1"), values=asked(stage, outing))
    yield stage.timetable.moment(CANCELLED_BACK, 10, 5)
    step(stage, booking, "cancel", "s1", "客户改到下周")


def afterwards(stage: Stage) -> Script:
    """The warehouse drove at night on the leader's word; the trip is entered the next morning."""
    at = stage.timetable.moment
    yield at(RETRO_BACK, 8, 50)
    start = at(RETRO_BACK + 1, 20, 15)
    odometer = cars.car(VAN).odometer
    values = DrivenValues(
        "大丰区丰收大地合作社",
        start,
        start + timedelta(hours=2, minutes=40),
        cars.car(VAN).id,
        person("s2").id,
        odometer,
        odometer + 128,
        "收割机夜里停机，送液压泵，来不及约车",
        person("m1").id,
        "送配件",
    )
    booking = actions.request_retro(actor=stage.actor("s2"), values=values)
    yield at(RETRO_BACK, 9, 30)
    step(stage, booking, "agree", "m1")
    yield at(RETRO_BACK, 9, 50)
    step(stage, booking, "record", "v1")
    yield from finishing(stage, booking, RETRO_BACK)


def still_out(stage: Stage) -> Script:
    """On the last afternoon a car goes out and is not back by the evening."""
    yield stage.timetable.moment(1, 12, 50)
    outing = Outing(MINIVAN, 1, "s2", 13, 4, 6)
    booking = actions.request(actor=stage.actor("s2"), values=asked(stage, outing))
    yield stage.timetable.moment(1, 13, 32)
    step(stage, booking, "out", "s2", kilometres=cars.car(MINIVAN).odometer)
    yield stage.timetable.moment(1, 17, 50)
    actions.tell_late(session.get_one(Booking, booking.id))


def coming(stage: Stage, days: int, hour: int) -> datetime:
    """Return an hour of a day after the day of loading."""
    return clock.from_local(datetime.combine(stage.timetable.today + timedelta(days=days), time(hour)))


def competing(stage: Stage) -> Script:
    """Two want the coach on the same day: one has it, the other waits with a conflict; a third waits for the head."""
    at = stage.timetable.moment
    first: list[Booking] = []
    for place, (who, where, people) in enumerate(
        (("s1", "连云港港口接货", 11), ("s2", "宿迁市宿豫区客户", 8), ("c1", "盐城站接客户", 4))
    ):
        yield at(1, 9, 20 + 10 * place)
        start = coming(stage, 2, 8 + place)
        values = BookingValues(
            where, start, start + timedelta(hours=8), "", people, cars.car(COACH).id, self_drive=False
        )
        first.append(actions.request(actor=stage.actor(who), values=values))
    yield at(1, 14, 10)
    for booking in first[:2]:
        step(stage, booking, "agree", "m1")
    yield at(1, 15, 30)
    step(stage, first[0], "dispatch", "v1", **given(COACH, "d1"))


def riding(stage: Stage) -> Script:
    """A colleague asks for a seat to the same place; the answer is still to come."""
    yield stage.timetable.moment(1, 16, 20)
    start = coming(stage, 1, 9)
    values = BookingValues(
        "大丰区丰收大地合作社", start, start + timedelta(hours=5), "客户走访", 2, cars.car(SEDAN).id
    )
    booking = actions.request(actor=stage.actor("s1"), values=values)
    yield stage.timetable.moment(1, 16, 45)
    actions.ask_seat(session.get_one(Booking, booking.id), actor=stage.actor("c1"))


def planned_today(stage: Stage) -> Script:
    """On the last afternoon cars are taken for the day of loading, and the coach is asked for."""
    at = stage.timetable.moment
    for minute, (who, where, car, hour, hours) in enumerate(
        (
            ("s1", "盐都区大纵湖合作社", SEDAN, 13, 4),
            ("w1", "建湖县颜单镇", VAN, 10, 3),
            ("m1", "盐城站接客户", ELECTRIC, 15, 2),
        )
    ):
        yield at(1, 16, 50 + minute)
        start = coming(stage, 0, hour)
        values = BookingValues(where, start, start + timedelta(hours=hours), "客户走访", 2, cars.car(car).id)
        actions.request(actor=stage.actor(who), values=values)
    yield at(1, 16, 55)
    start = coming(stage, 0, 14)
    values = BookingValues(
        "东台市富安农机合作社",
        start,
        start + timedelta(hours=4),
        "带客户看现场",
        10,
        cars.car(COACH).id,
        self_drive=False,
    )
    actions.request(actor=stage.actor("s2"), values=values)
