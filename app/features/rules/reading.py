"""Reading and signing: opened, read to the end, the questions answered, signed; reminders, and hands on paper."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, files, notices, request_facts, timeline
from app.core.db import insert_unless_present, session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile
from app.core.i18n import CHINESE, lazy, using_locale
from app.core.i18n import gettext as _
from app.core.permissions import SYSTEM, Actor
from app.core.uow import unit_of_work
from app.core.workflow import lock
from app.features.people.audience import department_names
from app.features.people.models import User
from app.features.rules import queries, versions
from app.features.rules.actions import check_drafter
from app.features.rules.enums import RULE_VERSION, SignatureWay, Standing
from app.features.rules.flow import FLOW, reading_due
from app.features.rules.models import RuleReading, RuleSignature, RuleVersion

SHEET_FILE = "signed_sheet"
REMIND_AHEAD = (7, 1, 0)


def wording(version: RuleVersion) -> str:
    """Return what a reader confirms, in Chinese: it is kept as it was read."""
    with using_locale(CHINESE):
        return _(
            "本人已阅读并理解《%(title)s》%(label)s全文，知悉须遵照执行。",
            title=version.title,
            label=versions.label(version),
        )


def replaced_by(version: RuleVersion) -> RuleVersion | None:
    """Return the version that asks for signatures instead of this one; None where this one still does."""
    if version.standing in (Standing.IN_FORCE, Standing.PENDING):
        return None
    return version.rule.newest


def check_signable(version: RuleVersion, actor: Actor) -> None:
    """Raise Conflict where a version was replaced or made void, Denied for one it does not concern."""
    if not version.is_published:
        raise Conflict("rule:not-published")
    if version.standing not in (Standing.IN_FORCE, Standing.PENDING):
        newer = replaced_by(version)
        if newer is None:
            raise Conflict("rule:not-in-force")
        raise Conflict("rule:replaced", label=versions.label(newer))
    if not queries.is_concerned(actor, version):
        raise Denied("rule:not-concerned")


def note_opened(version_id: int, user_id: int) -> None:
    """Note that a person opened a version, once (a write beside the request: the page is a GET)."""
    insert_unless_present(
        RuleReading, version_id=version_id, user_id=user_id, opened_at=clock.now(), attempts=0
    )


def reach_end(version: RuleVersion, *, actor: Actor) -> RuleReading:
    """Note that a person came to the end of the text; raises Conflict where they never opened it."""
    lock(version)
    check_signable(version, actor)
    reading = queries.reading_of(version.id, actor.id)
    if reading is None:
        raise Conflict("rule:not-opened")
    if reading.end_reached_at is None:
        reading.end_reached_at = clock.now()
        session.flush()
    return reading


def wrong_answers(version: RuleVersion, answers: Mapping[int, int | None]) -> list[int]:
    """Return the questions that were answered wrong or not at all, by id."""
    return [question.id for question in version.questions if answers.get(question.id) != question.answer]


def note_attempt(version: RuleVersion, *, actor: Actor, answers: Mapping[int, int | None]) -> list[int]:
    """Count an attempt at the questions and return those that were wrong."""
    check_signable(version, actor)
    reading = queries.reading_of(version.id, actor.id)
    wrong = wrong_answers(version, answers)
    if reading is not None and version.questions:
        reading.attempts += 1
        session.flush()
    return wrong


def sign(version: RuleVersion, *, actor: Actor, answers: Mapping[int, int | None]) -> RuleSignature:
    """Sign a version: only after its end was reached and its questions were answered right.

    Raises Conflict for a version replaced meanwhile, before the end, or signed already; Invalid at each question
    that was answered wrong.
    """
    lock(version)
    check_signable(version, actor)
    reading = queries.reading_of(version.id, actor.id)
    if reading is None or reading.end_reached_at is None:
        raise Conflict("rule:end-not-reached")
    if queries.signature_of(version, actor.id) is not None:
        raise Conflict("rule:signed-already")
    wrong = wrong_answers(version, answers)
    if wrong:
        raise Invalid(
            "rule:answers-wrong",
            fields={f"question_{number}": lazy("答得不对，请再看一遍有关条款") for number in wrong},
        )
    person = session.get_one(User, actor.id)
    signature = signature_row(version, person, SignatureWay.ACCOUNT)
    signature.opened_at, signature.end_reached_at = reading.opened_at, reading.end_reached_at
    signature.questions, signature.attempts = len(version.questions), reading.attempts
    signature.address = request_facts.current().address
    session.add(signature)
    session.flush()
    FLOW.sync_tasks(version)
    timeline.record(RULE_VERSION, version.id, "rule_version:sign", actor, content_hash=version.content_hash)
    return signature


def sign_by_training(
    version: RuleVersion, *, actor: Actor, basis: str, questions: int, attempts: int
) -> RuleSignature | None:
    """Sign a version for a person who was present at a session about it and passed its test, and return the signature.

    ``basis`` names session and test with the result. None, and nothing happens, where there is nothing to sign: the
    version was replaced, does not concern the person, or was signed.
    """
    lock(version)
    try:
        check_signable(version, actor)
    except (Conflict, Denied):
        return None
    if queries.signature_of(version, actor.id) is not None:
        return None
    signature = signature_row(version, session.get_one(User, actor.id), SignatureWay.TRAINING)
    reading = queries.reading_of(version.id, actor.id)
    if reading is not None:
        signature.opened_at, signature.end_reached_at = reading.opened_at, reading.end_reached_at
    signature.questions, signature.attempts, signature.basis = questions, attempts, basis
    signature.address = request_facts.current().address
    session.add(signature)
    session.flush()
    FLOW.sync_tasks(version)
    timeline.record(
        RULE_VERSION,
        version.id,
        "rule_version:sign-by-training",
        actor,
        data={"basis": basis},
        content_hash=version.content_hash,
    )
    return signature


def signature_row(version: RuleVersion, person: User, way: SignatureWay) -> RuleSignature:
    """Return a signature with every fact of version and person as they are now."""
    names = department_names()
    with using_locale(CHINESE):
        label = str(versions.label(version))
    return RuleSignature(
        version_id=version.id,
        user_id=person.id,
        name=person.name,
        staff_number=person.staff_number,
        department=names.get(person.department_id or 0, ""),
        way=str(way),
        title=version.title,
        label=label,
        wording=wording(version),
        content_hash=str(version.content_hash),
        signed_at=clock.now(),
    )


def enter_sheet(
    version: RuleVersion, *, actor: Actor, people: Sequence[int], sheet: CheckedFile | None
) -> int:
    """Enter the signatures of a printed sheet: one photo, the ticked names; return how many were entered."""
    lock(version)
    check_drafter(version, actor)
    if version.standing not in (Standing.IN_FORCE, Standing.PENDING):
        raise Conflict("rule:not-in-force")
    waiting = set(queries.unsigned_ids(version))
    ticked = [person for person in dict.fromkeys(people) if person in waiting]
    faults = {}
    if not ticked:
        faults["people"] = lazy("请勾选已在纸上签字的人")
    if sheet is None:
        faults["file"] = lazy("请上传签字表的照片或扫描件")
    if faults or sheet is None:
        raise Invalid(fields=faults)
    stored = files.attach(sheet, RULE_VERSION, version.id, actor, kind=SHEET_FILE, legal_hold=True)
    for person in session.execute(select(User).where(User.id.in_(ticked)).order_by(User.id)).scalars():
        signature = signature_row(version, person, SignatureWay.PAPER)
        signature.entered_by_id, signature.stored_file_id = actor.id, stored.id
        session.add(signature)
    session.flush()
    FLOW.sync_tasks(version)
    timeline.record(
        RULE_VERSION, version.id, "rule_version:enter-sheet", actor, data={"count": len(ticked)}, tell=ticked
    )
    return len(ticked)


def remind(version: RuleVersion, *, actor: Actor) -> int:
    """Remind everybody who has not signed, once a day each; return how many were reminded."""
    lock(version)
    if not actor.is_system:
        check_drafter(version, actor)
    if version.rule.newest is not version:
        raise Conflict("rule:not-in-force")
    fresh = notices.not_yet_reminded(RULE_VERSION, version.id, queries.unsigned_ids(version))
    if not fresh and not actor.is_system:
        raise Conflict("rule:reminded-already")
    if fresh:
        timeline.record(
            RULE_VERSION, version.id, "rule_version:remind", actor, data={"count": len(fresh)}, tell=fresh
        )
    return len(fresh)


def reminder_is_due(version: RuleVersion) -> bool:
    """Tell whether today is a day of reminding: a week and a day before the date, on it, and each day after."""
    left = (clock.to_local(reading_due(version)).date() - clock.today()).days
    return left in REMIND_AHEAD or left < 0


def keep_up(payload: dict[str, Any]) -> None:
    """Give new people and transfers their reading, owners their review, and remind who is due; not at night.

    No state is set here: which version is in force follows from dates alone. Running it again changes nothing.
    """
    ids = [version.id for version in queries.asking_versions()]
    session.rollback()
    for version_id in ids:
        with unit_of_work():
            version = session.get_one(RuleVersion, version_id)
            FLOW.sync_tasks(version)
            newest = version.rule.newest
            if clock.is_daytime() and newest is version and reminder_is_due(version):
                remind(version, actor=SYSTEM)


KEEP_UP_EVERY = timedelta(hours=1)
