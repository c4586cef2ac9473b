"""Signing in: by the chair, by a sheet of paper with its photo, or by the code on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from app.core import clock, files, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.workflow import check_version, lock
from app.features.people.models import User
from app.features.training import queries
from app.features.training.enums import (
    SIGN_IN_SHEET,
    TRAINING_SESSION,
    WAS_THERE,
    Attendance,
    PersonStatus,
    Presence,
    SessionStatus,
    SignInMethod,
)
from app.features.training.flow import FLOW, let_become, may_become, people_of
from app.features.training.models import TrainingPerson, TrainingSession
from app.features.training.rotating_code import is_current

# Who signs in by the code later than this after the beginning is late.
GRACE = timedelta(minutes=10)
# While people may sign in; after that the chair may still correct who was there.
CORRECTED_IN = (SessionStatus.OPEN, SessionStatus.WRAP_UP)
FURTHER = (PersonStatus.TESTED, PersonStatus.GAVE_FEEDBACK)


@dataclass(frozen=True)
class RollCall:
    """Who was there: parts in the session by their id with how, and a colleague who came without being enrolled."""

    present: Mapping[int, Presence] = field(default_factory=dict)
    walk_in_id: int | None = None


def call_roll(
    training_session: TrainingSession,
    *,
    actor: Actor,
    version: int | None,
    roll: RollCall,
    sheet: CheckedFile | None = None,
) -> None:
    """Say who was there; everybody else who had a seat was not. A photo of the signed sheet makes it signed on paper.

    Raises Denied, Stale, Conflict where nobody signs in now or somebody's part went further, Invalid at the fields.
    """
    lock(training_session)
    FLOW.check_possible(training_session, conducting(training_session), actor)
    check_version(TRAINING_SESSION, training_session, version)
    if training_session.status not in CORRECTED_IN:
        raise Conflict("training:not-signing-in", state=FLOW.state(training_session.status).label)
    if sheet is not None and not sheet.media_type.startswith(("image/", "application/pdf")):
        raise Invalid(fields={"file": lazy("请上传签到表的照片（JPG、PNG）或 PDF")})
    how = SignInMethod.SHEET if sheet is not None else SignInMethod.CHAIR
    people = {person.id: person for person in people_of(training_session)}
    if set(roll.present) - set(people):
        raise Conflict("training:no-part")
    for person in people.values():
        found = roll.present.get(person.id)
        if found is None:
            miss(person)
        else:
            be_there(person, found, how, actor)
    if roll.walk_in_id is not None:
        walk_in(training_session, roll.walk_in_id, how, actor)
    if sheet is not None:
        files.attach(sheet, TRAINING_SESSION, training_session.id, actor, kind=SIGN_IN_SHEET, legal_hold=True)
    session.flush()
    there = sum(person.presence in WAS_THERE for person in people_of(training_session))
    training_session.touch()
    session.flush()
    verb = "training_session:sign-in-sheet" if sheet is not None else "training_session:call-roll"
    timeline.record(TRAINING_SESSION, training_session.id, verb, actor, data={"there": there})
    FLOW.sync_tasks(training_session)


def conducting(training_session: TrainingSession) -> str:
    """Return the step whose right the roll call shares, in the state at hand."""
    return "complete" if training_session.status == SessionStatus.WRAP_UP else "wrap_up"


def miss(person: TrainingPerson) -> None:
    """Say that somebody who had a seat was not there; who was excused, waited or withdrew stays so."""
    if person.status in FURTHER:
        raise Conflict("training:went-further", who=person.user.name)
    if person.status in (PersonStatus.LEAVE_GRANTED, PersonStatus.WAITLISTED, PersonStatus.WITHDRAWN):
        return
    let_become(person, "miss", PersonStatus.ABSENT)
    person.presence = Presence.ABSENT
    person.signed_in_how = person.signed_in_at = person.signed_in_by_id = None


def be_there(person: TrainingPerson, presence: Presence, how: SignInMethod, actor: Actor) -> None:
    """Say that somebody was there, and how; what a person signed themselves by the code is kept."""
    if person.status in FURTHER:
        person.presence = presence
        return
    let_become(person, "sign_in", PersonStatus(presence))
    signed_already = person.presence in WAS_THERE
    person.presence = presence
    if not signed_already:
        person.signed_in_how, person.signed_in_at, person.signed_in_by_id = how, clock.now(), actor.id


def walk_in(training_session: TrainingSession, user_id: int, how: SignInMethod, actor: Actor) -> None:
    """Enter somebody who came without being enrolled; raises Invalid at ``walk_in``."""
    user = session.get(User, user_id)
    if user is None or not user.active or user_id == training_session.chair_id:
        raise Invalid(fields={"walk_in": lazy("请从列表中选择")})
    person = queries.person_of(training_session, user_id)
    if person is None:
        person = TrainingPerson(
            session_id=training_session.id, user_id=user_id, attendance=Attendance.OPTIONAL
        )
        person.user = user
    be_there(person, Presence.PRESENT, how, actor)
    session.add(person)
    session.flush()


def may_sign_in(training_session: TrainingSession, person: TrainingPerson | None, actor: Actor) -> bool:
    """Tell whether the code on the screen is what an actor, with this part or none, signs in by now."""
    return (
        training_session.status == SessionStatus.OPEN
        and training_session.code_secret is not None
        and actor.id != training_session.chair_id
        and (person is None or person.presence not in WAS_THERE)
        and may_become(person.status if person is not None else None, "sign_in")
    )


def sign_in_by_code(training_session: TrainingSession, *, actor: Actor, code: str) -> None:
    """Sign oneself in by the code on the screen.

    Raises Conflict where nobody signs in now, for a code that is not on the screen any more, and who signed in already.
    """
    lock(training_session)
    if training_session.status != SessionStatus.OPEN or training_session.code_secret is None:
        raise Conflict("training:no-code")
    if actor.id is None or actor.id == training_session.chair_id:
        raise Conflict("training:own-session")
    if not is_current(training_session.code_secret, code):
        raise Conflict("training:code-over")
    person = queries.person_of(training_session, actor.id)
    if person is not None and person.presence in WAS_THERE:
        raise Conflict("training:signed-in-already")
    if not may_become(person.status if person is not None else None, "sign_in"):
        raise Conflict("training:person-state")
    if person is None:
        person = TrainingPerson(
            session_id=training_session.id, user_id=actor.id, attendance=Attendance.OPTIONAL
        )
    late = clock.now() > training_session.starts_at + GRACE
    be_there(person, Presence.LATE if late else Presence.PRESENT, SignInMethod.CODE, actor)
    session.add(person)
    session.flush()
    timeline.record(TRAINING_SESSION, training_session.id, "training_session:sign-in", actor)
