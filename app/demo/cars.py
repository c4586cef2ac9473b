"""The cars of the demo company: six of them with papers, licences, services, defects, costs, and a late fine.

No plate holds an O in China, so that none of these belongs to anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.core.db import session
from app.demo.company import person
from app.demo.people import SALES
from app.demo.rules import department
from app.demo.stage import Script, Stage
from app.features.vehicles import (
    actions,
    corrections,
    costs,
    defects,
    fines,
    licences,
    papers,
    reminders,
    services,
)
from app.features.vehicles.actions import VehicleValues
from app.features.vehicles.costs import CostValues
from app.features.vehicles.enums import BookingPolicy, LicenceClass, PaperKind, ReadingKind
from app.features.vehicles.fines import FineValues
from app.features.vehicles.flow import FLOW
from app.features.vehicles.models import DrivingLicence, OdometerReading, Vehicle
from app.features.vehicles.papers import PaperValues
from app.features.vehicles.services import ServiceValues

# on which working days before today things happen; trips begin after the first and end before the last of them
ENTERED, BEFORE_TRIPS, CORRECTED, FINED = 105, 103, 100, 2
FOUND_AFTER = 14
YEAR = 365
INSURER, STATION = "华安财产保险盐城中心支公司", "亭湖机动车检测站"
WORKSHOP = "亭湖顺达汽修"


@dataclass(frozen=True)
class DemoCar:
    """A car of the demo: what is typed, who is responsible, how long its papers hold from today on, in days."""

    plate: str
    name: str
    seats: int
    keeper: str
    odometer: int
    insured: int
    inspected: int
    licence_class: LicenceClass = LicenceClass.C1
    driver: str | None = None
    service_kilometres: int = 10_000


VAN = DemoCar("苏JO1801", "别克 GL8 商务车", 7, "v1", 86_240, 152, 203)
SEDAN = DemoCar("苏JO1802", "大众帕萨特", 5, "s1", 41_870, 306, 118)
PICKUP = DemoCar("苏JO1803", "江铃宝典皮卡", 5, "w1", 128_530, 77, 251, service_kilometres=7_500)
MINIVAN = DemoCar("苏JO1804", "五菱宏光", 7, "s2", 63_190, 190, 12)
COACH = DemoCar("苏JO1805", "依维柯欧胜", 17, "d1", 99_040, 233, 96, LicenceClass.B1, "d1")
ELECTRIC = DemoCar("苏JO1806", "比亚迪秦 PLUS", 5, "v1", 12_410, 64, 330)
CARS = (VAN, SEDAN, PICKUP, MINIVAN, COACH, ELECTRIC)

# Whose licence was seen: class and how many days from today on it holds.
LICENCES = (
    ("v1", LicenceClass.C1, 1_480),
    ("s1", LicenceClass.C1, 905),
    ("s2", LicenceClass.C1, 21),
    ("d1", LicenceClass.A1, 1_130),
    ("m1", LicenceClass.C1, 2_015),
    ("w1", LicenceClass.B2, 640),
    ("c1", LicenceClass.C2, 1_702),
)
SERVICES = (
    (VAN, 71, "机油、机滤、空滤，更换前刹车片", "1260"),
    (MINIVAN, 52, "机油、机滤，四轮换位", "420"),
    (COACH, 38, "机油、柴滤，检查气路", "1850"),
    (PICKUP, 30, "机油、机滤、柴滤", "760"),
)
COSTS = (
    (VAN, 88, "cleaning", "40", "出差回来洗车"),
    (SEDAN, 64, "cleaning", "30", ""),
    (COACH, 47, "parking", "60", "展会两天停车"),
    (PICKUP, 33, "repair", "380", "右后轮胎修补，更换气门嘴"),
    (ELECTRIC, 20, "other", "96", "公共充电桩充电"),
    (VAN, 11, "cleaning", "40", ""),
)


def car(demo: DemoCar) -> Vehicle:
    """Return a car of the demo as it stands now."""
    return session.execute(select(Vehicle).where(Vehicle.plate == demo.plate)).scalar_one()


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens to cars, trips apart."""
    return [
        entering(stage),
        correcting(stage),
        *(serving(stage, *row) for row in SERVICES),
        *(paying(stage, *row) for row in COSTS),
        breaking(stage),
        fining(stage),
        evening(stage),
    ]


def entering(stage: Stage) -> Script:
    """The dispatcher enters the cars, their papers and the licences he was shown."""
    for place, demo in enumerate(CARS):
        yield stage.timetable.moment(ENTERED, 8, 50 + place)
        actor = stage.actor("v1")
        vehicle = actions.register_vehicle(
            actor=actor, values=card(demo), odometer=demo.odometer, person_id=person(demo.keeper).id
        )
        for values in papers_of(demo, stage.timetable.today):
            papers.add_paper(vehicle, actor=actor, values=values)
    for place, (number, licence_class, days) in enumerate(LICENCES):
        yield stage.timetable.moment(ENTERED, 9, 10 + place)
        licences.see_licence(
            person(number),
            actor=stage.actor("v1"),
            version=None,
            licence_class=licence_class,
            valid_until=stage.timetable.today + timedelta(days=days),
        )


def card(demo: DemoCar) -> VehicleValues:
    """Return what is typed about a car."""
    return VehicleValues(
        plate=demo.plate,
        name=demo.name,
        department_id=department(SALES),
        seats=demo.seats,
        licence_class=demo.licence_class,
        policy=BookingPolicy.APPROVAL if demo.driver else BookingPolicy.SELF_SERVICE,
        driver_id=person(demo.driver).id if demo.driver else None,
        service_kilometres=demo.service_kilometres,
        service_days=YEAR,
    )


def papers_of(demo: DemoCar, today: date) -> Iterator[PaperValues]:
    """Give the insurances and the inspection of a car; those that end soon were made out a year before."""
    for kind, issuer, days, prefix in (
        (PaperKind.COMPULSORY_INSURANCE, INSURER, demo.insured, "JQ"),
        (PaperKind.COMMERCIAL_INSURANCE, INSURER, demo.insured, "SY"),
        (PaperKind.INSPECTION, STATION, demo.inspected, "NJ"),
    ):
        last = today + timedelta(days=days)
        # the one before it too, by which the car was driven until then
        for until in (last - timedelta(days=YEAR), last):
            number = f"{prefix}{until:%Y%m%d}{demo.plate[-4:]}"
            yield PaperValues(kind, until - timedelta(days=YEAR - 1), until, issuer, number)


def correcting(stage: Stage) -> Script:
    """A figure of a service was read wrongly; the manager agrees to its correction."""
    at = stage.timetable.moment
    yield at(CORRECTED, 10, 20)
    vehicle = car(ELECTRIC)
    wrong = ServiceValues(stage.timetable.day(CORRECTED), ELECTRIC.odometer + 790, "首次保养检查", WORKSHOP)
    services.add_service(vehicle, actor=stage.actor("v1"), values=wrong)
    yield at(CORRECTED, 14, 5)
    reading = session.execute(
        select(OdometerReading)
        .where(OdometerReading.vehicle_id == car(ELECTRIC).id, OdometerReading.kind == ReadingKind.WORKSHOP)
        .limit(1)
    ).scalar_one()
    correction = corrections.request_correction(
        car(ELECTRIC),
        reading,
        actor=stage.actor("v1"),
        kilometres=ELECTRIC.odometer + 79,
        reason="把小数点后的一位也抄进去了，照片可查",
    )
    yield at(CORRECTED, 15, 30)
    FLOW.fire(correction, "agree", stage.actor("m1"), version=correction.version)


def serving(stage: Stage, demo: DemoCar, back: int, work: str, amount: str) -> Script:
    """A car comes back from its service."""
    yield stage.timetable.moment(back, 8, 5)
    vehicle = car(demo)
    values = ServiceValues(stage.timetable.day(back), vehicle.odometer, work, WORKSHOP, Decimal(amount))
    services.add_service(vehicle, actor=stage.actor("v1"), values=values)


def paying(stage: Stage, demo: DemoCar, back: int, kind: str, amount: str, note: str) -> Script:
    """Something was paid for a car outside of any trip."""
    yield stage.timetable.moment(back, 17, 15)
    values = CostValues(kind, Decimal(amount), stage.timetable.day(back), note=note)
    costs.add_cost(car(demo), actor=stage.actor("v1"), values=values)


def breaking(stage: Stage) -> Script:
    """A small defect is reported and mended; a scratch is a finding; on the last evening the brakes ground a car."""
    at = stage.timetable.moment
    yield at(26, 17, 30)
    small = defects.report_defect(car(VAN), actor=stage.actor("s1"), text="副驾驶车窗升降慢，有异响")
    yield at(22, 16, 10)
    defects.mend_defect(
        car(VAN), small, actor=stage.actor("v1"), version=small.version, note="更换玻璃升降器导轨"
    )
    yield at(6, 17, 45)
    defects.report_defect(
        car(SEDAN),
        actor=stage.actor("v1"),
        text="右前门下沿有一道约十厘米的刮痕，昨天还没有",
        is_damage=True,
        caused_by_id=person("s1").id,
    )
    yield at(1, 17, 40)
    defects.report_defect(
        car(PICKUP), actor=stage.actor("w1"), text="刹车踏板发软，行程变长，不敢再开", grounds=True
    )


def fining(stage: Stage) -> Script:
    """A notice arrives weeks after a trip, whose driver is found; of another, months old, the keeper is asked."""
    yield stage.timetable.moment(FINED, 9, 35)
    before = stage.timetable.moment(FOUND_AFTER, 12)
    trip = session.execute(
        select(OdometerReading)
        .where(
            OdometerReading.kind == ReadingKind.OUT,
            OdometerReading.doc_id.is_not(None),
            OdometerReading.at < before,
        )
        .order_by(OdometerReading.at.desc())
        .limit(1)
    ).scalar_one_or_none()
    moment = before if trip is None else trip.at + timedelta(minutes=15)
    vehicle = car(VAN) if trip is None else session.get_one(Vehicle, trip.vehicle_id)
    actor = stage.actor("v1")
    fines.enter_fine(
        vehicle,
        actor=actor,
        values=FineValues(
            moment,
            "驾驶机动车不按交通信号灯规定通行",
            Decimal(200),
            points=6,
            place="盐城市亭湖区青年东路与范公路路口",
            notice_number="320902-0058-2217",
        ),
    )
    parked = FineValues(
        stage.timetable.moment(BEFORE_TRIPS, 12, 40),
        "违反规定停放车辆，影响其他车辆通行",
        Decimal(100),
        place="盐城市盐都区世纪大道",
        notice_number="320903-0017-0946",
    )
    fines.enter_fine(car(SEDAN), actor=actor, values=parked)


def evening(stage: Stage) -> Script:
    """The last evening brings reminders and tasks up to the day, as the hourly job does."""
    yield stage.timetable.moment(1, 17, 55)
    for vehicle in session.execute(select(Vehicle).order_by(Vehicle.id)).scalars():
        reminders.look_at(vehicle)
    for licence in session.execute(select(DrivingLicence).order_by(DrivingLicence.id)).scalars():
        reminders.look_at_licence(licence)
