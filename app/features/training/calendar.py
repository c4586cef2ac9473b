"""The sessions of a person in their own calendar, which other programs subscribe to."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.core import calendar_feeds, clock, documents
from app.core.calendar_feeds import CalendarSource
from app.core.calendar_file import CalendarEvent
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.people.models import User
from app.features.training import queries
from app.features.training.enums import MODULE, TRAINING_SESSION, SessionStatus
from app.features.training.models import TrainingSession

PAST_DAYS = 60
# Off: they stay in the calendar, so that programs take them out of theirs.
OFF = (SessionStatus.CANCELLED, SessionStatus.MOVED)


def own_sessions(actor: Actor, site: str) -> Sequence[CalendarEvent]:
    """Return the sessions a person takes part in, waits for or chairs, of the last sixty days and all to come."""
    rows = session.execute(
        select(
            TrainingSession.id,
            TrainingSession.version,
            TrainingSession.title,
            TrainingSession.place,
            TrainingSession.status,
            TrainingSession.starts_at,
            TrainingSession.ends_at,
            TrainingSession.created_at,
            TrainingSession.updated_at,
            User.name.label("chair"),
        )
        .join(User, User.id == TrainingSession.chair_id)
        .where(
            queries.own_sessions(actor),
            queries.condition(actor),
            TrainingSession.ends_at > clock.now() - timedelta(days=PAST_DAYS),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    return [
        CalendarEvent(
            uid=f"training-{row.id}-{row.created_at:%Y%m%d%H%M%S}@zhangcheng",
            sequence=row.version,
            start=row.starts_at,
            end=row.ends_at,
            changed_at=row.updated_at,
            summary=_("培训：%(title)s", title=row.title),
            place=row.place,
            description=_("主持人：%(name)s", name=row.chair),
            address=f"{site}{documents.document_type(TRAINING_SESSION).url(row.id)}",
            cancelled=row.status in OFF,
            tentative=row.status == SessionStatus.PLANNED,
        )
        for row in rows
    ]


calendar_feeds.register(CalendarSource("training", MODULE, own_sessions))
