"""Meetings and series as lists."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Row, String, case, cast, func, select
from sqlalchemy.orm import aliased

from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.meetings import queries
from app.features.meetings.enums import MISSED, RHYTHM_LABELS, WEEKDAYS, Rhythm
from app.features.meetings.flow import FLOW
from app.features.meetings.models import Meeting, MeetingItem, MeetingSeries
from app.features.people.models import User

Chair = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states} | {MISSED: lazy("没有召开")}
TONES = {str(state.code): state.tone for state in FLOW.states} | {MISSED: "bad"}
WANTED = select(func.count()).where(MeetingItem.meeting_id == Meeting.id).correlate(Meeting).scalar_subquery()


def of_series(*conditions: Any) -> Any:
    """Return how many meetings of a series meet some conditions, as a column."""
    return (
        select(func.count())
        .where(Meeting.series_id == MeetingSeries.id, *conditions)
        .correlate(MeetingSeries)
        .scalar_subquery()
    )


def meeting_address(row: Row[Any]) -> str:
    """Return the address of a row's meeting."""
    return url_for("meetings.show_meeting", meeting_id=row.row_id)


def series_address(row: Row[Any]) -> str:
    """Return where a row's series is changed."""
    return url_for("meetings.edit_series", series_id=row.row_id)


def when_text(row: Row[Any]) -> str:
    """Return when a series meets."""
    if row.rhythm == Rhythm.WEEKLY:
        return f"{RHYTHM_LABELS[Rhythm.WEEKLY]} {WEEKDAYS[row.weekday - 1]} {row.time}"
    return _("每月 %(day)s 日 %(time)s", day=row.month_day, time=row.time)


class MeetingList(Listing):
    """The meetings a reader may see, the latest first."""

    searched = (Meeting.number, Meeting.title, Meeting.place, Chair.name)
    default_sort = "-starts_at"
    row_id = Meeting.id
    columns = (
        Column("number", lazy("编号"), Meeting.number, "link", href=meeting_address),
        Column("title", lazy("会议"), Meeting.title),
        Column("starts_at", lazy("时间"), Meeting.starts_at, "datetime"),
        Column("place", lazy("地点"), Meeting.place),
        Column("chair", lazy("主持人"), Chair.name, "person"),
        Column("items", lazy("议题"), WANTED, "number"),
        Column("status", lazy("状态"), Meeting.shown_status, "status", labels=STATES, tones=TONES),
    )
    filters = (
        Filter("status", lazy("状态"), Meeting.shown_status, options=list(STATES.items())),
        Filter("starts", lazy("日期"), Meeting.starts_at, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = queries.visible_ids(actor).join(Chair, Chair.id == Meeting.owner_id)
        super().__init__(base, arguments, path)


class SeriesList(Listing):
    """The series, with how often they met and how often they did not."""

    searched = (MeetingSeries.name, MeetingSeries.place, Chair.name)
    default_sort = "name"
    row_id = MeetingSeries.id
    columns = (
        Column("name", lazy("例会"), MeetingSeries.name, "link", href=series_address),
        Column("rhythm", lazy("什么时候"), MeetingSeries.rhythm, text=when_text, sortable=False),
        Column("place", lazy("地点"), MeetingSeries.place),
        Column("chair", lazy("主持人"), Chair.name, "person"),
        Column("held", lazy("开过"), of_series(Meeting.held_at.is_not(None)), "number"),
        Column("missed", lazy("没有召开"), of_series(Meeting.missed), "number"),
        Column(
            "active",
            lazy("状态"),
            case((MeetingSeries.active, "on"), else_="off"),
            "status",
            labels={"on": lazy("进行中"), "off": lazy("已停")},
            tones={"on": "ok", "off": "neutral"},
        ),
        Column("weekday", "", MeetingSeries.weekday, hidden=True, sortable=False),
        Column("month_day", "", MeetingSeries.month_day, hidden=True, sortable=False),
        Column("time", "", cast(MeetingSeries.time, String), hidden=True, sortable=False),
    )

    def __init__(self, arguments: Mapping[str, str], path: str) -> None:
        """Open the list."""
        base = select(MeetingSeries.id).join(Chair, Chair.id == MeetingSeries.chair_id)
        super().__init__(base, arguments, path)
