"""Which calendars of bookings one can subscribe to, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy


class CalendarScope(StrEnum):
    """One's own trips, or those of all cars."""

    OWN = "own"
    FLEET = "fleet"


SCOPE_LABELS = {CalendarScope.OWN: lazy("我的日程"), CalendarScope.FLEET: lazy("全部车辆的用车")}
