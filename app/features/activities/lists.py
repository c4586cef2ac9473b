"""Activities as lists: all of them, and what each year had."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select

from app.core.i18n import lazy, lazy_in_context
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.activities import queries
from app.features.activities.enums import HELD, ActivityStatus, PlaceStatus
from app.features.activities.flow import FLOW
from app.features.activities.models import Activity, ActivityPlace
from app.features.people.models import User

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}


def heads_with(*wanted: PlaceStatus) -> Any:
    """Return how many people of an activity stand so, companions included."""
    return (
        select(func.coalesce(func.sum(1 + ActivityPlace.companions), 0))
        .where(ActivityPlace.activity_id == Activity.id, ActivityPlace.status.in_(wanted))
        .correlate(Activity)
        .scalar_subquery()
    )


class ActivityList(Listing):
    """The activities a reader may see, the newest first."""

    searched = (Activity.number, Activity.title, Activity.purpose, Activity.place, User.name)
    default_sort = "-number"
    row_id = Activity.id
    columns = (
        Column(
            "number",
            lazy("编号"),
            Activity.number,
            "link",
            href=lambda row: url_for("activities.show_activity", activity_id=row.row_id),
        ),
        Column("title", lazy("活动"), Activity.title),
        Column("status", lazy("状态"), Activity.status, "status", labels=STATES, tones=TONES),
        Column("starts_at", lazy("时间"), Activity.starts_at, "datetime"),
        Column("place", lazy("地点"), Activity.place),
        Column("people", lazy("人数"), heads_with(PlaceStatus.SEATED, PlaceStatus.PRESENT), "number"),
        Column("capacity", lazy("名额"), Activity.capacity, "number"),
        Column("budget", lazy("预算"), Activity.budget, "money", total=True),
        Column("cost", lazy("花费"), Activity.cost, "money", total=True),
        Column("owner", lazy_in_context("activity", "组织人"), User.name, "person"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        years = [(str(year), str(year)) for year in queries.years(actor)]
        filters = (
            Filter("status", lazy("状态"), Activity.status, options=list(STATES.items())),
            Filter("year", lazy("年度"), Activity.year, options=years),
        )
        base = queries.visible_ids(actor).join(User, User.id == Activity.owner_id)
        super().__init__(base, arguments, path, filters=filters)


def counted(*conditions: Any) -> Any:
    """Return how many activities of a year meet some conditions."""
    return func.count(Activity.id).filter(*conditions) if conditions else func.count(Activity.id)


class YearList(Listing):
    """What each year had: activities, people, budget and cost."""

    rows_gathered = True
    default_sort = "-year"
    columns = (
        Column(
            "year",
            lazy("年度"),
            Activity.year,
            "link",
            href=lambda row: url_for("activities.index", year=row.year),
            text=lambda row: str(row.year),
        ),
        Column("proposed", lazy("提议"), counted(), "number", total=True),
        Column("held", lazy("举办"), counted(Activity.status.in_(HELD)), "number", total=True),
        Column(
            "cancelled",
            lazy("取消"),
            counted(Activity.status == ActivityStatus.CANCELLED),
            "number",
            total=True,
        ),
        Column("budget", lazy("预算"), func.sum(Activity.budget), "money", total=True),
        Column("cost", lazy("花费"), func.sum(Activity.cost), "money", total=True),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the table for a reader."""
        base: Select[Any] = (
            select(func.min(Activity.id))
            .select_from(Activity)
            .where(queries.condition(actor))
            .group_by(Activity.year)
        )
        super().__init__(base, arguments, path)
        self._row_id = func.min(Activity.id)
