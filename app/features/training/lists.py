"""Training as lists: all sessions a reader sees, the pool of topics, series, providers with what they cost and did."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, and_, cast, func, select
from sqlalchemy import Integer as IntegerType
from sqlalchemy.orm import aliased

from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.people.models import User
from app.features.training import queries
from app.features.training.enums import (
    ATTENDANCE_LABELS,
    FORM_LABELS,
    HAS_SEAT,
    TOPIC_LABELS,
    TOPIC_TONES,
    WAS_HELD,
    WAS_THERE,
    PersonStatus,
)
from app.features.training.flow import FLOW
from app.features.training.forms import WEEKDAYS
from app.features.training.models import (
    TopicVote,
    TrainingFeedback,
    TrainingPerson,
    TrainingProvider,
    TrainingSeries,
    TrainingSession,
    TrainingSubject,
    TrainingTopic,
)

Chair = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
STATE_TONES = {str(state.code): state.tone for state in FLOW.states}
FORMS = {str(code): label for code, label in FORM_LABELS.items()}
ATTENDANCE = {str(code): label for code, label in ATTENDANCE_LABELS.items()}
TOPICS = {str(code): label for code, label in TOPIC_LABELS.items()}


def counted(*statuses: PersonStatus) -> Any:
    """Return how many people of a session stand in some states, as a column."""
    return (
        select(func.count())
        .where(TrainingPerson.session_id == TrainingSession.id, TrainingPerson.status.in_(statuses))
        .correlate(TrainingSession)
        .scalar_subquery()
    )


def session_address(row: Row[Any]) -> str:
    """Return the address of a row's session."""
    return url_for("training.show_session", session_id=row.row_id)


def seats_text(row: Row[Any]) -> str:
    """Return how many seats are taken, of how many."""
    return f"{row.seats}/{row.capacity}" if row.capacity is not None else str(row.seats)


class SessionList(Listing):
    """The sessions a reader may see, the newest first."""

    searched = (
        TrainingSession.number,
        TrainingSession.title,
        TrainingSession.place,
        TrainingSession.summary,
        Chair.name,
    )
    default_sort = "-starts_at"
    row_id = TrainingSession.id
    columns = (
        Column("title", lazy("主题"), TrainingSession.title, "link", href=session_address),
        Column("number", lazy("编号"), TrainingSession.number, below="title"),
        Column("starts_at", lazy("时间"), TrainingSession.starts_at, "datetime"),
        Column("place", lazy("地点"), TrainingSession.place, below="starts_at"),
        Column("subject", lazy("科目"), TrainingSubject.name),
        Column("chair", lazy("主持人"), Chair.name, "person"),
        Column("form", lazy("方式"), TrainingSession.form, labels=FORMS, below="subject"),
        Column("status", lazy("状态"), TrainingSession.status, "status", labels=STATES, tones=STATE_TONES),
        Column("seats", lazy("报名"), counted(*HAS_SEAT), "number", text=seats_text),
        Column("capacity", "", TrainingSession.capacity, hidden=True, sortable=False),
        Column("waiting", lazy("候补"), counted(PersonStatus.WAITLISTED), "number", below="seats"),
        Column("cost", lazy("费用"), TrainingSession.cost, "money", total=True),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        filters = (
            Filter("status", lazy("状态"), TrainingSession.status, options=list(STATES.items())),
            Filter(
                "subject",
                lazy("科目"),
                options=[(str(number), name) for number, name in queries.subject_choices()],
                condition=lambda code: TrainingSession.subject_id == int(code),
            ),
            Filter("session_form", lazy("方式"), TrainingSession.form, options=list(FORMS.items())),
            Filter(
                "mine",
                lazy("范围"),
                options=[("own", lazy("我参加和主持的"))],
                condition=lambda code: queries.own_sessions(actor),
            ),
            *chair_filter(arguments.get("chair", "")),
            Filter("day", lazy("日期"), TrainingSession.starts_at, kind="date_range"),
        )
        base = (
            queries.visible_ids(actor)
            .join(Chair, Chair.id == TrainingSession.chair_id)
            .outerjoin(TrainingSubject, TrainingSubject.id == TrainingSession.subject_id)
        )
        super().__init__(base, arguments, path, filters=filters)


def chair_filter(chosen: str) -> list[Filter]:
    """Return the filter by the chair the address names, none where it names nobody."""
    if not chosen.isascii() or not chosen.isdecimal() or len(chosen) > 9:
        return []

    def chaired(code: str) -> ColumnElement[bool]:
        return TrainingSession.chair_id == int(code)

    return [Filter("chair", lazy("主持人"), options=[(chosen, f"#{chosen}")], condition=chaired)]


Proposer = aliased(User)
VOTES = (
    select(func.count())
    .where(TopicVote.topic_id == TrainingTopic.id)
    .correlate(TrainingTopic)
    .scalar_subquery()
)


class TopicList(Listing):
    """The pool of topics, those with most votes first."""

    searched = (TrainingTopic.title, TrainingTopic.note, Proposer.name)
    default_sort = "-votes"
    row_id = TrainingTopic.id
    columns = (
        Column(
            "title",
            lazy("话题"),
            TrainingTopic.title,
            "link",
            href=lambda row: url_for("training_topics.show_topic", topic_id=row.row_id),
        ),
        Column("status", lazy("状态"), TrainingTopic.status, "status", labels=TOPICS,
               tones={str(code): tone for code, tone in TOPIC_TONES.items()}),
        Column("votes", lazy("想听的人"), VOTES, "number"),
        Column("proposer", lazy("提出人"), Proposer.name, "person"),
        Column("created_at", lazy("提出时间"), TrainingTopic.created_at, "date"),
    )  # fmt: skip
    filters = (Filter("status", lazy("状态"), TrainingTopic.status, options=list(TOPICS.items())),)

    def __init__(self, arguments: Mapping[str, str], path: str) -> None:
        """Open the list; it is the same for every reader."""
        base = select(TrainingTopic.id).join(Proposer, Proposer.id == TrainingTopic.proposed_by_id)
        super().__init__(base, arguments, path)


SeriesChair = aliased(User)


def meets_text(row: Row[Any]) -> str:
    """Return when a series meets, 周三 16:00."""
    return f"{dict(WEEKDAYS)[row.weekday]} {row.begins:%H:%M}"


class SeriesList(Listing):
    """The weekly series."""

    searched = (TrainingSeries.title, TrainingSeries.place, SeriesChair.name)
    default_sort = "weekday"
    row_id = TrainingSeries.id
    columns = (
        Column(
            "title",
            lazy("名称"),
            TrainingSeries.title,
            "link",
            href=lambda row: url_for("training_series.edit", series_id=row.row_id),
        ),
        Column("weekday", lazy("每周"), TrainingSeries.weekday, text=meets_text),
        Column("begins", "", TrainingSeries.begins, hidden=True, sortable=False),
        Column("place", lazy("地点"), TrainingSeries.place),
        Column("chair", lazy("主持人"), SeriesChair.name, "person"),
        Column("attendance", lazy("是否须参加"), TrainingSeries.attendance, labels=ATTENDANCE),
        Column(
            "active",
            lazy("状态"),
            cast(TrainingSeries.active, IntegerType),
            "status",
            text=lambda row: _("排课中") if row.active else _("已停"),
            tone=lambda row: "ok" if row.active else "neutral",
        ),
    )

    def __init__(self, arguments: Mapping[str, str], path: str) -> None:
        """Open the list."""
        base = select(TrainingSeries.id).join(SeriesChair, SeriesChair.id == TrainingSeries.chair_id)
        super().__init__(base, arguments, path)


def of_provider(*wanted: Any) -> Any:
    """Return the SELECT of what is counted of the sessions a provider gave, as a column."""
    return (
        select(*wanted)
        .select_from(TrainingSession)
        .where(TrainingSession.provider_id == TrainingProvider.id, TrainingSession.status.in_(WAS_HELD))
        .correlate(TrainingProvider)
    )


def average_text(row: Row[Any]) -> str:
    """Return how useful those who were there found what a provider gave, of five."""
    return f"{float(row.useful):.1f}" if row.useful is not None else "—"


HELD_BY = of_provider(func.count(TrainingSession.id)).scalar_subquery()
SPENT_ON = of_provider(func.sum(TrainingSession.cost)).scalar_subquery()
PEOPLE_OF = (
    of_provider(func.count(TrainingPerson.id))
    .join(
        TrainingPerson,
        and_(TrainingPerson.session_id == TrainingSession.id, TrainingPerson.presence.in_(WAS_THERE)),
    )
    .scalar_subquery()
)
USEFUL = (
    of_provider(func.avg(TrainingFeedback.usefulness))
    .join(TrainingFeedback, TrainingFeedback.session_id == TrainingSession.id)
    .scalar_subquery()
)


class ProviderList(Listing):
    """The providers, with how often they taught, how many, for how much, and how useful it was found."""

    searched = (TrainingProvider.name, TrainingProvider.contact)
    default_sort = "name"
    row_id = TrainingProvider.id

    def __init__(self, arguments: Mapping[str, str], path: str, *, manages: bool) -> None:
        """Open the list; who manages providers changes them from here."""

        def address(row: Any) -> str | None:
            edit = "training_catalogue.edit_provider"
            return url_for(edit, provider_id=row.row_id) if manages else None

        columns = (
            Column("name", lazy("培训机构"), TrainingProvider.name, "link", href=address),
            Column("contact", lazy("联系人和电话"), TrainingProvider.contact),
            Column("held", lazy("场次"), HELD_BY, "number"),
            Column("people", lazy("到场人次"), PEOPLE_OF, "number"),
            Column("cost", lazy("费用合计"), SPENT_ON, "money"),
            Column("useful", lazy("有用程度（满分 5）"), USEFUL, "number", text=average_text),
        )
        super().__init__(select(TrainingProvider.id), arguments, path, columns=columns)
