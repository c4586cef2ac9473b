"""Feedback of those who were there, kept without their names; and the mark that somebody passed a test."""

from dataclasses import dataclass

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.workflow import lock
from app.core.written import check_written
from app.features.training import queries
from app.features.training.enums import WAS_HELD, WAS_THERE, PersonStatus
from app.features.training.flow import FLOW, feedback_until, let_become, may_become
from app.features.training.models import BEST_SCORE, TrainingFeedback, TrainingPerson, TrainingSession

# Below it, feedback without names would still say who gave it.
FEWEST_SHOWN = 3
SCORES = ("content", "delivery", "usefulness")


@dataclass(frozen=True)
class FeedbackValues:
    """What somebody thought of a session, on scales from 1 to 5."""

    content: int | None
    delivery: int | None
    usefulness: int | None
    comment: str = ""


def may_give(training_session: TrainingSession, person: TrainingPerson | None) -> bool:
    """Tell whether somebody with this part in a session was there and may give feedback now."""
    until = feedback_until(training_session)
    return (
        person is not None
        and person.presence in WAS_THERE
        and may_become(person.status, "give_feedback")
        and training_session.status in WAS_HELD
        and until is not None
        and clock.now() < until
    )


def give_feedback(training_session: TrainingSession, *, actor: Actor, values: FeedbackValues) -> None:
    """Give feedback once. The row does not say who gave it, and no event does.

    Raises Conflict for who was not there, gave it already, or comes too early or late; Invalid at the fields.
    """
    lock(training_session)
    person = queries.person_of(training_session, actor.id)
    if person is None or person.presence not in WAS_THERE:
        raise Conflict("training:was-not-there")
    if person.status == PersonStatus.GAVE_FEEDBACK:
        raise Conflict("training:feedback-given")
    if not may_give(training_session, person):
        raise Conflict("training:no-feedback-now")
    faults = {
        name: lazy("请在 1 到 5 之间选择")
        for name in SCORES
        if getattr(values, name) not in range(1, BEST_SCORE + 1)
    }
    if faults:
        raise Invalid(fields=faults)
    check_written(values.comment, "comment")
    let_become(person, "give_feedback", PersonStatus.GAVE_FEEDBACK)
    session.add(
        TrainingFeedback(
            session_id=training_session.id,
            content=values.content,
            delivery=values.delivery,
            usefulness=values.usefulness,
            comment=values.comment.strip(),
        )
    )
    session.flush()
    FLOW.sync_tasks(training_session)


def mark_tested(training_session: TrainingSession, user_id: int) -> None:
    """Note in the open unit of work that a person passed the test after a session; feedback given before stays.

    Raises Conflict for who was not there.
    """
    person = queries.person_of(training_session, user_id)
    if person is None or person.presence not in WAS_THERE:
        raise Conflict("training:was-not-there")
    if person.status != PersonStatus.GAVE_FEEDBACK:
        let_become(person, "test", PersonStatus.TESTED)
    person.tested_at = person.tested_at or clock.now()
    session.flush()
