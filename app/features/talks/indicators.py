"""People with whom somebody talked in the weeks of the setting: figures for everybody, names for those allowed."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, literal, select

from app.core import clock, indicators, settings
from app.core.db import UTCDateTime
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.core.permissions import permission_info
from app.features.people.models import RoleAssignment, User
from app.features.talks.enums import EVERY_WEEKS, MODULE, TalkPerm, TalkStatus
from app.features.talks.models import Talk

HELD = "talks-held"


def weeks() -> timedelta:
    """Return how far back a talk may lie."""
    return timedelta(weeks=settings.get(EVERY_WEEKS))


def people(period: Period) -> Cases:
    """Return the people of the departments who are there to be talked with: all but those who ask for talks.

    Who asks for talks is told by the roles that do so from the start. No talk is named.
    """
    heads = [str(role) for role in permission_info(TalkPerm.LEAD).defaults]
    leads = exists().where(
        RoleAssignment.user_id == User.id, RoleAssignment.role.in_(heads), RoleAssignment.to_date.is_(None)
    )
    return select(
        User.id.label("case_id"),
        literal("user").label("doc_type"),
        User.id.label("doc_id"),
        User.id.label("person_id"),
        User.department_id.label("department_id"),
        literal(period.start, UTCDateTime()).label("at"),
        User.created_at.label("since"),
    ).where(User.active, User.department_id.is_not(None), ~leads)


def had_to_be_talked_with(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account everybody who was there for the whole time, where the installation wants talks."""
    wanted = bindparam(None, callable_=lambda: settings.get(EVERY_WEEKS), type_=Integer())
    begun = bindparam(None, callable_=lambda: int(period.start <= clock.now()), type_=Integer())
    return and_(wanted > 0, begun > 0, columns.since <= period.closing(weeks))


def was_talked_with(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept with whom somebody talked in the weeks before the end of the period."""
    return exists(
        select(Talk.id).where(
            Talk.other_id == columns.case_id,
            Talk.status == TalkStatus.HELD,
            Talk.held_at > period.closing(weeks),
            Talk.held_at <= period.closing(),
        )
    )


indicators.register(
    Indicator(
        HELD,
        lazy("按期谈话"),
        lazy("部门里的每一位同事，在设定的周数之内和负责人谈过一次；没有谈过的算一次例外，谈话内容不在此列"),
        MODULE,
        people,
        had_to_be_talked_with,
        was_talked_with,
    )
)
