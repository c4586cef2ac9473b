"""Reading and signing: of those who are asked to read the rules that count, how many have signed."""

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.core.tasks import Task
from app.features.people.models import User
from app.features.rules.enums import RULE_VERSION, VersionStatus
from app.features.rules.models import RuleSignature, RuleVersion

READ = "rule:read"


def newest_editions() -> Subquery:
    """Return which edition of each rule is asked for now: the newest approved one, as ``rule_id`` and ``edition``."""
    return (
        select(RuleVersion.rule_id, func.max(RuleVersion.edition).label("edition"))
        .where(RuleVersion.status == VersionStatus.APPROVED)
        .group_by(RuleVersion.rule_id)
        .subquery()
    )


def cases(period: Period) -> Cases:
    """Return for each person and edition asked for now the newest task of reading it.

    A task that ended without a signature is left out: the person was no longer concerned.
    """
    newest = newest_editions()
    asked = (
        select(func.max(Task.id).label("task_id"))
        .select_from(newest)
        .join(
            RuleVersion,
            and_(RuleVersion.rule_id == newest.c.rule_id, RuleVersion.edition == newest.c.edition),
        )
        .join(Task, Task.doc_id == RuleVersion.id)
        .where(
            Task.doc_type == RULE_VERSION,
            Task.kind == READ,
            RuleVersion.status == VersionStatus.APPROVED,
        )
        .group_by(RuleVersion.rule_id, Task.user_id)
    )
    signed_version = aliased(RuleVersion)
    signed = exists().where(
        RuleSignature.user_id == Task.user_id,
        RuleSignature.version_id == signed_version.id,
        signed_version.rule_id == RuleVersion.rule_id,
        signed_version.edition == RuleVersion.edition,
    )
    return (
        select(
            Task.id.label("case_id"),
            literal(RULE_VERSION).label("doc_type"),
            Task.doc_id.label("doc_id"),
            Task.user_id.label("person_id"),
            User.department_id.label("department_id"),
            Task.opened_at.label("at"),
            Task.closed_at.label("closed_at"),
        )
        .join(RuleVersion, RuleVersion.id == Task.doc_id)
        .join(User, User.id == Task.user_id)
        .where(
            Task.id.in_(asked),
            User.active,
            or_(Task.closed_at.is_(None), signed),
            Task.opened_at < period.end,
        )
    )


def asked_by_then(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account everybody who had been asked by the end of the period."""
    asked: ColumnElement[bool] = columns.at <= period.closing()
    return asked


def signed_by_then(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was signed by the end of the period."""
    return and_(columns.closed_at.is_not(None), columns.closed_at <= period.closing())


indicators.register(
    Indicator(
        "rules-signed",
        lazy("制度阅读签认"),
        lazy("现行和待生效的制度要求阅读的人次中，已经签认的"),
        "rules",
        cases,
        asked_by_then,
        signed_by_then,
    )
)
