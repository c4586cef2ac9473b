"""A small department for the tests of profiles: a team, its colleague, its manager, somebody of another department."""

from dataclasses import dataclass

import pytest

from app.core import settings
from app.core.lunar import CalendarKind, YearlyDay
from app.core.permissions import Actor, Role
from app.core.uow import unit_of_work
from app.features.people.models import Department, User
from app.features.profiles import actions
from app.features.profiles.actions import ProfileValues
from app.features.profiles.enums import ProfileField
from tests import factories

MID_AUTUMN = YearlyDay(CalendarKind.LUNAR, 8, 15)


@dataclass
class Office:
    """周文静 of a team in sales; a colleague of the other team, the manager, a technician, a stranger to roles."""

    sales: Department
    wen: User
    colleague: User
    manager: User
    technician: User
    outsider: User
    team: int

    def actor(self, name: str) -> Actor:
        return factories.actor(getattr(self, name))

    @property
    def readers(self) -> tuple[str, ...]:
        return ("wen", "colleague", "manager", "technician", "outsider")

    def to_sales(self) -> str:
        return f"department:{self.sales.id}"


def office() -> Office:
    with unit_of_work():
        settings.put("modules.preset", "standard")
        company = factories.department("公司")
        sales = factories.department("销售部", company)
        team, other = factories.department("一组", sales), factories.department("二组", sales)
        technical = factories.department("技术部", company)
        return Office(
            sales,
            factories.user("周文静", "s1", team, [Role.SALESPERSON]),
            factories.user("陈志远", "s2", other, [Role.SALESPERSON]),
            factories.user("王建国", "m1", sales, [Role.MANAGER]),
            factories.user("李工", "t1", technical, [Role.TECHNICAL]),
            factories.user("外人", "x1", other),
            team.id,
        )


def give(place: Office, who: str = "wen", **values: object) -> None:
    with unit_of_work():
        actions.edit(ProfileValues(**values), version=None, actor=place.actor(who))  # type: ignore[arg-type]


def show(place: Office, field: ProfileField, audience: str, who: str = "wen") -> None:
    with unit_of_work():
        actions.consent(field, audience, actor=place.actor(who))


def withdraw(place: Office, field: ProfileField, who: str = "wen") -> None:
    with unit_of_work():
        actions.withdraw(field, actor=place.actor(who))


@pytest.fixture
def place() -> Office:
    return office()
