"""What is read of rules. Published versions are open to everybody who works here; drafts to few.

Everything starts from ``version_condition``: no page, file, search or paper asks in another way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select, true

from app.core import clock
from app.core.db import in_departments, session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can, departments_of
from app.core.prepared import read
from app.features.people import audience
from app.features.people.audience import Scope, people_within
from app.features.people.models import Department, User
from app.features.rules import loading
from app.features.rules.clause_text import linked_clauses
from app.features.rules.enums import RulePerm, VersionStatus
from app.features.rules.models import (
    PUBLISHED,
    ClauseText,
    Rule,
    RuleAttachment,
    RuleReading,
    RuleScope,
    RuleSignature,
    RuleVersion,
    is_in_force,
)

UNDECIDED = (VersionStatus.DRAFT, VersionStatus.CONSULTATION, VersionStatus.REVIEW)


# Who may see what


def concerns(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a version concerns an actor: by department, by role, or everybody."""
    return or_(
        RuleVersion.for_everybody,
        exists().where(RuleScope.version_id == RuleVersion.id, audience.reaches(actor, RuleScope)),
    )


def handles(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor works on a version or decides on it: whoever may see a draft."""
    if actor.is_system:
        return true()
    choices: list[ColumnElement[bool]] = [RuleVersion.owner_id == actor.id]
    for permission in (RulePerm.DRAFT, RulePerm.APPROVE):
        departments = departments_of(actor, permission)
        if departments is None:
            return true()
        choices.append(in_departments(RuleVersion.department_id, departments))
    return or_(*choices)


def may_handle(actor: Actor, version: RuleVersion) -> bool:
    """Tell whether an actor works on a version or decides on it (``handles``, for a version at hand)."""
    return (
        version.owner_id == actor.id
        or can(actor, RulePerm.DRAFT, version.department_id)
        or can(actor, RulePerm.APPROVE, version.department_id)
    )


def version_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a version.

    Published ones everybody; one open for comments also those it concerns; a draft only who handles it.
    """
    return or_(
        RuleVersion.status.in_(PUBLISHED),
        and_(RuleVersion.status == VersionStatus.CONSULTATION, concerns(actor)),
        handles(actor),
    )


def visible_to(actor: Actor) -> Select[RuleVersion]:
    """Return the SELECT of the versions an actor may see."""
    return select(RuleVersion).where(version_condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the versions an actor may see."""
    return select(RuleVersion.id).where(version_condition(actor))


def handled_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the versions whose record an actor reads whole: it tells what drafts said."""
    return select(RuleVersion.id).where(handles(actor))


def found_versions(actor: Actor) -> Select[int]:
    """Return the SELECT of the versions the search finds: those in force today, for every reader alike."""
    return select(RuleVersion.id).where(is_in_force())


def found_clauses(actor: Actor) -> Select[int]:
    """Return the SELECT of the clauses the search finds: those of versions in force today."""
    return (
        select(ClauseText.id).join(RuleVersion, RuleVersion.id == ClauseText.version_id).where(is_in_force())
    )


def found_attachments(actor: Actor) -> Select[int]:
    """Return the SELECT of the attachments the search finds: those of versions in force today."""
    return select(RuleAttachment.id).where(RuleAttachment.version_id.in_(found_versions(actor)))


def get_version(actor: Actor, version_id: int, *, to_show: bool = False) -> RuleVersion:
    """Return a version the actor may see, with all versions of its rule, by one statement; raises NotVisible.

    One that is read ``to_show`` is not changed afterwards.
    """
    read = loading.shown if to_show else loading.versions
    beside = read(version_id, beside=True)
    found = next(
        (version for version in beside if version.id == version_id and may_see(actor, version)), None
    )
    if found is None:
        raise NotVisible
    return found


def get_rule(actor: Actor, rule_id: int, *, to_show: bool = False) -> Rule:
    """Return a rule of which the actor may see any version, with all of them; raises NotVisible."""
    found = (loading.shown if to_show else loading.versions)(rule_id, beside=False)
    if not any(may_see(actor, version) for version in found):
        raise NotVisible
    return found[0].rule


def visible_versions(actor: Actor, rule: Rule) -> list[RuleVersion]:
    """Return the versions of a rule an actor may see, newest first."""
    return [version for version in reversed(rule.versions) if may_see(actor, version)]


def titles(ids: list[int]) -> dict[int, str]:
    """Return number, title and label of versions, for tasks, notices and the log."""
    rows = session.execute(
        select(RuleVersion.id, RuleVersion.title, Rule.number)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(RuleVersion.id.in_(ids))
    )
    return {row.id: f"{row.number} {row.title}" for row in rows}


def clause_belongs(ids: Sequence[int]) -> dict[int, str]:
    """Return the number of the rule that each found clause stands in."""
    return {row.id: row.number for row in read(_clause_belongs(), {"ids": list(ids)})}


@cache
def _clause_belongs() -> Select[*tuple[Any, ...]]:
    return (
        select(ClauseText.id, Rule.number)
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(ClauseText.id.in_(bindparam("ids", type_=Integer, expanding=True)))
    )


def attachment_belongs(ids: Sequence[int]) -> dict[int, str]:
    """Return the rule that each found attachment is a part of, in the reader's language."""
    rows = session.execute(
        select(RuleAttachment.id, Rule.number, RuleVersion.title)
        .join(RuleVersion, RuleVersion.id == RuleAttachment.version_id)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(RuleAttachment.id.in_(ids))
    )
    return {row.id: _("%(number)s《%(title)s》的附件", number=row.number, title=row.title) for row in rows}


# Clauses and links


def citation(title: str, clause: str) -> str:
    """Return how a clause of a rule is cited in the reader's language: 《营销部门工作机制》第五条."""
    return _("《%(title)s》%(clause)s", title=title, clause=clause)


@dataclass(frozen=True)
class ClausePlace:
    """Where a clause of another rule stands in the version in force: the rule's title and the clause's number."""

    clause_id: int
    rule_id: int
    version_id: int
    title: str
    name: str

    @property
    def cited(self) -> str:
        """How it is cited."""
        return citation(self.title, self.name)


def places_in_force(clause_ids: Iterable[int]) -> dict[int, ClausePlace]:
    """Return where clauses stand in what is in force today; those that no longer stand anywhere are left out."""
    wanted = sorted(set(clause_ids))
    if not wanted:
        return {}
    rows = session.execute(
        select(
            ClauseText.clause_id,
            RuleVersion.rule_id,
            ClauseText.version_id,
            RuleVersion.title,
            ClauseText.cited,
        )
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .where(ClauseText.clause_id.in_(wanted), is_in_force())
    )
    return {
        row.clause_id: ClausePlace(row.clause_id, row.rule_id, row.version_id, row.title, row.cited)
        for row in rows
    }


def linked_of(text: ClauseText) -> set[int]:
    """Return the clauses a stored text links to."""
    return linked_clauses(text.body)


def clause_numbers(version: RuleVersion) -> dict[int, str]:
    """Return how each clause of a version is cited, by identity."""
    return {text.clause_id: text.cited for text in version.clauses}


# Whom it concerns, and who has signed


def scope_of(version: RuleVersion) -> Scope | None:
    """Return whom a version concerns; None for everybody."""
    return None if version.for_everybody else audience.scope_of(version.scopes)


def people_concerned(version: RuleVersion) -> Select[int]:
    """Return the SELECT of the ids of the active people a version concerns today."""
    return people_within(scope_of(version))


def audience_ids(version: RuleVersion) -> list[int]:
    """Return the ids of the active people a version concerns today."""
    return list(session.execute(people_concerned(version).order_by(User.id)).scalars())


def is_concerned(actor: Actor, version: RuleVersion) -> bool:
    """Tell whether a version concerns an actor (``concerns``, for a version at hand)."""
    return version.for_everybody or audience.names(actor, version.scopes)


def may_see(actor: Actor, version: RuleVersion) -> bool:
    """Tell whether an actor sees a version (``version_condition``, for a version at hand)."""
    return (
        actor.is_system
        or version.is_published
        or may_handle(actor, version)
        or (version.status == VersionStatus.CONSULTATION and is_concerned(actor, version))
    )


def same_edition(version: RuleVersion) -> Select[int]:
    """Return the SELECT of the versions whose signature counts for this one: its edition, corrections included."""
    return select(RuleVersion.id).where(
        RuleVersion.rule_id == version.rule_id, RuleVersion.edition == version.edition
    )


def signers(version: RuleVersion) -> Select[int]:
    """Return the SELECT of the ids of people who signed this edition."""
    return select(RuleSignature.user_id).where(RuleSignature.version_id.in_(same_edition(version)))


def unsigned_ids(version: RuleVersion) -> list[int]:
    """Return the ids of those a version concerns who have not signed its edition."""
    statement = people_concerned(version).where(User.id.not_in(signers(version))).order_by(User.id)
    return list(session.execute(statement).scalars())


def signed_counts(version: RuleVersion) -> tuple[int, int]:
    """Return how many of those a version concerns have signed, and how many it concerns."""
    people = people_concerned(version).subquery()
    signed = func.count().filter(people.c.id.in_(signers(version)))
    row = session.execute(select(signed, func.count()).select_from(people)).one()
    return int(row[0]), int(row[1])


def signature_of(version: RuleVersion, user_id: int | None) -> RuleSignature | None:
    """Return a person's signature that counts for a version; None where there is none."""
    statement = (
        select(RuleSignature)
        .where(RuleSignature.user_id == user_id, RuleSignature.version_id.in_(same_edition(version)))
        .order_by(RuleSignature.id.desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def last_signed(rule_id: int, user_id: int | None) -> RuleVersion | None:
    """Return the version of a rule a person signed last; None where they never signed one."""
    statement = (
        select(RuleVersion)
        .join(RuleSignature, RuleSignature.version_id == RuleVersion.id)
        .where(RuleVersion.rule_id == rule_id, RuleSignature.user_id == user_id)
        .order_by(RuleVersion.sequence.desc())
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def reading_of(version_id: int, user_id: int | None) -> RuleReading | None:
    """Return how far a person came in reading a version."""
    statement = select(RuleReading).where(
        RuleReading.version_id == version_id, RuleReading.user_id == user_id
    )
    return session.execute(statement).scalar_one_or_none()


def scope_words(version: RuleVersion) -> list[str]:
    """Return the departments and roles a version concerns, in words; empty where it concerns everybody."""
    return [] if version.for_everybody else audience.words(version.scopes)


def owned_by(user_id: int) -> Select[int]:
    """Return the SELECT of how many rules a person answers for, or drafts."""
    return (
        select(func.count(func.distinct(Rule.id)))
        .select_from(Rule)
        .join(RuleVersion, RuleVersion.rule_id == Rule.id)
        .where(
            or_(
                and_(Rule.owner_id == user_id, is_in_force()),
                and_(RuleVersion.owner_id == user_id, RuleVersion.status.in_(UNDECIDED)),
            )
        )
    )


def asking_versions() -> list[RuleVersion]:
    """Return the published versions that are not over, which may still ask somebody to read."""
    statement = (
        select(RuleVersion)
        .where(
            RuleVersion.status == VersionStatus.APPROVED,
            or_(is_in_force(), RuleVersion.effective_on > clock.today()),
        )
        .order_by(RuleVersion.id)
    )
    return list(session.execute(statement).unique().scalars())


def clause_by_name(number: str, cited: str) -> int | None:
    """Return the clause of a rule in force by the rule's number and how the clause is cited there."""
    statement = (
        select(ClauseText.clause_id)
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(Rule.number == number, ClauseText.cited == cited, is_in_force())
        .order_by(ClauseText.position)
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def written_names(clause_ids: Iterable[int]) -> dict[int, str]:
    """Return how clauses of other rules in force are written in a link: number of the rule, name of the clause."""
    places = places_in_force(clause_ids)
    rows = session.execute(
        select(Rule.id, Rule.number).where(Rule.id.in_({place.rule_id for place in places.values()}))
    )
    numbers = {row.id: row.number for row in rows}
    return {clause: f"{numbers[place.rule_id]} {place.name}" for clause, place in places.items()}


def waiting_people(version: RuleVersion) -> list[tuple[str, str, str]]:
    """Return name, staff number and department of those who have not signed, by department."""
    rows = session.execute(
        select(User.name, User.staff_number, Department.name.label("department"))
        .outerjoin(Department, Department.id == User.department_id)
        .where(User.id.in_(unsigned_ids(version)))
        .order_by(Department.name, User.staff_number)
    )
    return [(row.name, row.staff_number, row.department or "") for row in rows]


def signatures(version: RuleVersion) -> list[RuleSignature]:
    """Return all signatures that count for a version, in the order of time."""
    statement = (
        select(RuleSignature)
        .where(RuleSignature.version_id.in_(same_edition(version)))
        .order_by(RuleSignature.signed_at, RuleSignature.id)
    )
    return list(session.execute(statement).scalars())
