"""The forms of sessions and series: what may be chosen, how they are filled, what they say."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor, can, departments_of, directory
from app.features.people.models import Department
from app.features.people.queries import active_people
from app.features.rules.models import RuleVersion
from app.features.rules.queries import visible_ids as visible_version_ids
from app.features.training import queries, topics
from app.features.training.actions import SessionValues
from app.features.training.enums import Attendance, SessionForm, TrainingPerm
from app.features.training.page import version_name
from app.features.training.series import SeriesValues

HOUR = timedelta(hours=1)


def department_choices(planned_by: Actor | None = None) -> list[tuple[int, str]]:
    """Return the departments by name; those for which a person plans sessions, where one is given."""
    statement = select(Department.id, Department.name).where(Department.active).order_by(Department.name)
    rows = [(row.id, row.name) for row in session.execute(statement)]
    if planned_by is None or can(planned_by, TrainingPerm.MANAGE):
        return rows
    reach = departments_of(planned_by, TrainingPerm.LEAD)
    return rows if reach is None else [row for row in rows if row[0] in reach]


def choose(form: Any, actor: Actor, row: Any = None) -> None:
    """Set what may be chosen in the form of a session or a series; what ``row`` has already stays among it."""
    planned_in = row.department_id if row is not None else None
    form.chair_id.choices = active_people()
    form.subject_id.choices = queries.subject_choices(row.subject_id if row is not None else None)
    form.audience.choices = department_choices()
    offered = department_choices(actor)
    if planned_in is not None and planned_in not in [number for number, _name in offered]:
        offered += [row for row in department_choices() if row[0] == planned_in]
    form.department_id.choices = offered
    if "topic_id" in form:
        form.topic_id.choices = topics.wanted_choices(row.topic_id if row is not None else None)
        form.provider_id.choices = queries.provider_choices(row.provider_id if row is not None else None)
        form.rule_version_id.choices = version_choices(actor)


def version_choices(actor: Actor) -> list[tuple[int, str]]:
    """Return the versions of rules that were published and a reader may see, the newest first."""
    statement = (
        select(RuleVersion)
        .where(RuleVersion.id.in_(visible_version_ids(actor)), RuleVersion.edition.is_not(None))
        .order_by(RuleVersion.effective_on.desc(), RuleVersion.id.desc())
        .limit(200)
    )
    return [(row.id, version_name(row)) for row in session.execute(statement).unique().scalars()]


def begin(form: Any, actor: Actor, topic_id: int | None) -> None:
    """Fill the form of a new session: by oneself, the next full hour tomorrow, for one's own department."""
    tomorrow = clock.to_local(clock.now()).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    people = directory().people([actor.id]) if actor.id is not None else {}
    own = people[actor.id].department_id if actor.id in people else None
    form.starts_at.data, form.ends_at.data = tomorrow, tomorrow + HOUR
    form.chair_id.data, form.attendance.data = actor.id, str(Attendance.OPTIONAL)
    form.form.data = str(SessionForm.INSIDE)
    form.department_id.data = own if str(own) in dict(form.department_id.choices) else None
    if topic_id is not None and str(topic_id) in dict(form.topic_id.choices):
        form.topic_id.data = topic_id
        form.title.data = queries.get_topic(topic_id).title[:120]


def fill(form: Any, row: Any) -> None:
    """Fill a form from what is kept."""
    for name in form.data:
        if hasattr(row, name):
            form[name].data = getattr(row, name)


def values_of(form: Any, kind: type[SessionValues] | type[SeriesValues]) -> Any:
    """Return what a valid form says."""
    taken = {field.name: form[field.name].data for field in fields(kind) if field.name in form}
    taken["audience"] = sorted(taken.get("audience") or [])
    return kind(**taken)
