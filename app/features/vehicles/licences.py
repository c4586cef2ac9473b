"""Driving licences as the company has seen them."""

from datetime import date

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.features.people.models import User
from app.features.vehicles import reminders
from app.features.vehicles.enums import LICENCE, VehiclePerm
from app.features.vehicles.models import DrivingLicence


def see_licence(
    person: User, *, actor: Actor, version: int | None, licence_class: str, valid_until: date
) -> DrivingLicence:
    """Note that a person's licence was seen, the first or a new one, in the open unit of work.

    Raises Denied, Stale, Invalid at ``user_id`` for somebody who left and at ``valid_until`` for a day that is past.
    """
    require(actor, VehiclePerm.MANAGE, person.department_id)
    licence = session.execute(
        select(DrivingLicence).where(DrivingLicence.user_id == person.id)
    ).scalar_one_or_none()
    if licence is not None:
        lock(licence)
        check_version(LICENCE, licence, version)
    if not person.active:
        raise Invalid(fields={"user_id": lazy("请选择一位在职的同事")})
    if valid_until < clock.today():
        raise Invalid(fields={"valid_until": lazy("这本驾驶证已经过期，请换发后再登记")})
    if licence is None:
        licence = DrivingLicence(user_id=person.id)
        session.add(licence)
    licence.licence_class, licence.valid_until = licence_class, valid_until
    licence.seen_by_id, licence.seen_on, licence.reminded_days = int(actor.id or 0), clock.today(), None
    licence.updated_at = clock.now()
    session.flush()
    session.refresh(licence)
    timeline.record(
        LICENCE,
        licence.id,
        "licence:see",
        actor,
        data={"name": person.name, "day": valid_until.isoformat()},
        tell=[person.id],
    )
    reminders.sync_licence(licence)
    return licence
