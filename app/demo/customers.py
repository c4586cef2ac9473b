"""The customers of the demo: sixty, invented, in the care of two salespeople and their manager."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.core.db import session
from app.demo.company import person, with_check_character
from app.demo.people import phone
from app.demo.stage import Script, Stage
from app.features.customers import actions
from app.features.customers.actions import CustomerValues
from app.features.customers.models import Customer

FILE = Path(__file__).parent / "data" / "customers.csv"
FIRST_PHONE = 1000
FIRST_CONTACT_PHONE = 2000
# One in six is worth most of the work, one in three is looked after when there is time.
LEVELS = ("B", "C", "B", "A", "C", "B")
# First digits of the codes of companies, cooperatives and public bodies, and of places.
KIND_OF_BODY = {"合作社": "93", "联合社": "93", "中心": "12", "站": "12", "管理处": "12", "经营部": "92"}
PLACES = {
    "江苏": "320900",
    "上海": "310120",
    "安徽": "341100",
    "山东": "371300",
    "河南": "411400",
    "浙江": "330500",
    "湖北": "420600",
}


def rows() -> Iterator[tuple[str, CustomerValues]]:
    """Give each customer with the staff number of who cares for them."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        for place, row in enumerate(csv.DictReader(stream), 1):
            owner = row.pop("owner")
            yield (
                owner,
                CustomerValues(
                    **row,
                    level=LEVELS[place % len(LEVELS)],
                    credit_code=credit_code(row["name"], row["region"], place),
                    phone=phone(FIRST_PHONE + place),
                    contact_phone=phone(FIRST_CONTACT_PHONE + place),
                ),
            )


def credit_code(name: str, region: str, place: int) -> str:
    """Return an invented credit code with its right check character."""
    body = next((digits for ending, digits in KIND_OF_BODY.items() if name.endswith(ending)), "91")
    return with_check_character(f"{body}{PLACES[region.split('-')[0]]}MADE{place:05d}")


def entering(stage: Stage) -> Script:
    """The second and third day: everybody enters the customers they care for."""
    moment = stage.timetable.moment(stage.timetable.length - 1, 8, 40)
    for place, (owner, values) in enumerate(rows()):
        if place == 30:
            moment = stage.timetable.moment(stage.timetable.length - 2, 8, 40)
        yield moment
        actions.create_customer(actor=stage.actor(owner), values=values)
        moment += timedelta(minutes=5)


def by_name(short_name: str) -> Customer:
    """Return a customer of the demo."""
    return session.execute(select(Customer).where(Customer.short_name == short_name)).scalar_one()


def changing(stage: Stage) -> Script:
    """What happens to customers later: a better address, one handed over, one that closed."""
    yield stage.timetable.moment(74, 10, 15)
    customer = by_name("沃穗合作社")
    values = CustomerValues(
        **{**actions.facts(customer), "notes": "收割机 16 台，夏收秋收两季检修；仓库加了备件间"}
    )
    actions.update_customer(customer, actor=stage.actor("s1"), version=customer.version, values=values)
    yield stage.timetable.moment(51, 9, 30)
    customer = by_name("奉畴液压")
    actions.hand_over_customers(
        [(customer.id, customer.version)],
        actor=stage.actor("m1"),
        owner_id=person("s2").id,
        note="上海、浙江客户统一由二组负责",
    )
    yield stage.timetable.moment(23, 15, 40)
    customer = by_name("津稔输送")
    actions.deactivate_customer(
        customer, actor=stage.actor("s2"), version=customer.version, reason="已停产，厂房出租"
    )
