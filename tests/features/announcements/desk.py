"""Announcements for tests: written and brought to a state by actions and steps alone."""

from dataclasses import dataclass
from typing import Any

from app.core import modules, settings
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.announcements import actions, queries
from app.features.announcements.actions import AnnouncementValues
from app.features.announcements.models import Announcement
from app.features.people.models import Department, User
from tests import factories


@dataclass
class Office:
    """Who announces, who reads, who works elsewhere."""

    sales: Department
    store: Department
    manager: User
    personnel: User
    reader: User
    colleague: User
    keeper: User

    def actor(self, name: str) -> Actor:
        """Return one of them as who acts now."""
        return factories.actor(getattr(self, name))


def office() -> Office:
    """Make the people."""
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    sales, store = factories.department("销售部"), factories.department("仓库")
    return Office(
        sales,
        store,
        factories.user("王经理", "m1", sales, [Role.MANAGER]),
        factories.user("韩梅", "h1", None, [Role.PEOPLE]),
        factories.user("周文静", "s1", sales, [Role.SALESPERSON]),
        factories.user("陈志远", "s2", sales, [Role.SALESPERSON]),
        factories.user("马国强", "w1", store, [Role.WAREHOUSE]),
    )


def values(**changed: Any) -> AnnouncementValues:
    """Return what an announcement says; usually one to everybody that must be confirmed within two days."""
    said = {"title": "国庆值班", "text": "10 月 1 日起放假。\n- 值班电话照旧", "must_confirm": True}
    return AnnouncementValues(**{**said, **changed})


def draft(office: Office, who: str = "manager", **changed: Any) -> int:
    """Write an announcement and return its id."""
    with unit_of_work():
        return actions.draft(actor=office.actor(who), values=values(**changed)).id


def published(office: Office, who: str = "manager", **changed: Any) -> int:
    """Write an announcement and release it."""
    number = draft(office, who, **changed)
    step(office, number, "release", who)
    return number


def load(number: int) -> Announcement:
    """An announcement as the system sees it."""
    return queries.get_announcement(SYSTEM, number)


def step(office: Office, number: int, name: str, who: str, note: str = "") -> Announcement:
    """Do a step as one of the people."""
    with unit_of_work():
        actions.fire(load(number), name, actor=office.actor(who), version=None, note=note)
    return load(number)


def confirm(office: Office, number: int, who: str) -> None:
    """Confirm that an announcement was read."""
    with unit_of_work():
        actions.confirm(load(number), actor=office.actor(who))


def correct(office: Office, number: int, *, asks_again: bool, who: str = "manager") -> int:
    """Begin a correction and return its id."""
    with unit_of_work():
        return actions.correct(load(number), actor=office.actor(who), asks_again=asks_again).id


def remind(office: Office, number: int, who: str) -> int:
    """Remind those who have not confirmed."""
    with unit_of_work():
        return actions.remind(load(number), actor=office.actor(who))
