"""A car of its own for the browser: ``python -m tests.browser.yard FOLDER`` adds it to a demo, and prints its code."""

import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

import config
from app import create_app
from app.core import clock
from app.core.db import db, session
from app.core.permissions import Role
from app.features.people.models import Department, User
from app.features.vehicles.enums import BookingPolicy
from app.features.vehicles.models import DrivingLicence
from tests import factories
from tests.browser.serving import MORNING
from tests.features.vehicles import desk

PLATE = "苏A99001"
DRIVER = "s1"


def add_car(data: Path) -> str:
    """Add a car that anybody takes, which the driver may drive; return the code of its label."""
    app = create_app(config.Production({"ZHANGCHENG_DATA": str(data)}))
    with app.app_context(), clock.frozen(MORNING - timedelta(days=1)):
        driver = session.execute(select(User).where(User.staff_number == DRIVER)).scalar_one()
        sales = session.get_one(Department, driver.department_id)
        keeper = factories.user("车库", "v9", sales, [Role.DISPATCHER])
        car = desk.car(keeper, sales, plate=PLATE, policy=BookingPolicy.SELF_SERVICE, odometer=23_400)
        desk.valid_papers(car)
        known = select(DrivingLicence.id).where(DrivingLicence.user_id == driver.id)
        if session.execute(known).first() is None:
            desk.licence(driver)
        code = str(car.item.label_code)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return code


if __name__ == "__main__":
    print(add_car(Path(sys.argv[1])))  # noqa: T201 - what it is called for
