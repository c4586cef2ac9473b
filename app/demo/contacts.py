"""The people at the demo's customers: positions of those known, a second contact for every other customer."""

from datetime import timedelta

from sqlalchemy import select

from app.core.db import session
from app.demo.people import phone
from app.demo.stage import Script, Stage
from app.features.customers import contacts
from app.features.customers.contacts import ContactValues
from app.features.customers.enums import CustomerKind
from app.features.customers.models import Customer
from app.features.people.models import User

FIRST_PHONE = 3000
POSITIONS = {
    CustomerKind.DEALER: "经理",
    CustomerKind.END_USER: "设备主管",
    CustomerKind.CENTRAL_PURCHASING: "采购科长",
    CustomerKind.OTHER: "负责人",
}
SECOND = (
    ("邵红梅", "会计", "开票、对账找她"),
    ("樊国平", "仓库保管员", "收货签字，周日不在"),
    ("陶丽", "采购员", "急件先打电话"),
    ("夏建新", "维修组长", "型号问题直接问他"),
    ("汤志远", "副总经理", "大单须他点头"),
    ("葛晓燕", "内勤", "回传件发给她"),
)


def entering(stage: Stage) -> Script:
    """The fourth morning: everybody writes down whom they know at their customers."""
    moment = stage.timetable.moment(stage.timetable.length - 3, 8, 50)
    statement = select(Customer.id, User.staff_number).join(User, User.id == Customer.owner_id)
    for place, (customer_id, owner) in enumerate(session.execute(statement.order_by(Customer.id)).all()):
        yield moment
        moment += timedelta(minutes=2)
        customer = session.get_one(Customer, customer_id)
        main = customer.contacts[0]
        known = ContactValues(
            name=main.name, phone=main.phone, position=POSITIONS[CustomerKind(customer.kind)], main=True
        )
        contacts.update_contact(
            customer, main.id, actor=stage.actor(owner), version=main.version, values=known
        )
        if place % 2:
            name, position, note = SECOND[place // 2 % len(SECOND)]
            second = ContactValues(name=name, position=position, phone=phone(FIRST_PHONE + place), note=note)
            contacts.add_contact(customer, actor=stage.actor(owner), values=second)
