"""What is read of cases: published ones by everybody who works here, others by who wrote them and who checks them.

Everything starts from ``condition``: no page, list, search or paper asks in another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from app.core import documents, modules
from app.core.db import in_departments, one_visible, session
from app.core.documents import DocumentLink
from app.core.permissions import Actor, can, departments_of
from app.features.cases.enums import CasePerm, CaseStatus, MarkKind
from app.features.cases.models import CaseLink, CaseMark, CaseStudy

# What a checker is shown: never what the author has not handed in.
HANDED_IN = (CaseStatus.SUBMITTED, CaseStatus.PUBLISHED, CaseStatus.ARCHIVED)


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a case."""
    if actor.is_system:
        return true()
    return or_(CaseStudy.status == CaseStatus.PUBLISHED, CaseStudy.owner_id == actor.id, checked_by(actor))


def checked_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case was handed in where an actor checks; without a department by any checker."""
    if not can(actor, CasePerm.CHECK):
        return false()
    within = in_departments(CaseStudy.department_id, departments_of(actor, CasePerm.CHECK))
    return and_(CaseStudy.status.in_(HANDED_IN), or_(CaseStudy.department_id.is_(None), within))


def handles(actor: Actor, row: CaseStudy) -> bool:
    """Tell whether an actor may know all of a case, its anonymous customer too: who wrote it, who checks it."""
    return row.owner_id == actor.id or can(actor, CasePerm.CHECK, row.department_id)


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the cases an actor may see."""
    return select(CaseStudy.id).where(condition(actor))


def get_case(actor: Actor, case_id: int) -> CaseStudy:
    """Return a case the actor may see; raises NotVisible."""
    statement = select(CaseStudy).where(CaseStudy.id == case_id, condition(actor))
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of cases, for tasks, notices and the log."""
    rows = session.execute(select(CaseStudy.id, CaseStudy.title).where(CaseStudy.id.in_(ids)))
    return {row.id: row.title for row in rows}


# Links


@dataclass(frozen=True)
class SeenLinks:
    """The documents a case is tied to as one reader knows them: those they may see, and how many others there are."""

    shown: tuple[tuple[CaseLink, DocumentLink], ...]
    hidden: int


def seen_links(row: CaseStudy, actor: Actor) -> SeenLinks:
    """Return what a reader learns of the documents of a case; of an anonymous one only who handles it learns which."""
    if row.anonymous and not handles(actor, row):
        return SeenLinks((), len(row.links))
    keys = [(link.doc_type, link.doc_id) for link in row.links if modules.shows(link.doc_type)]
    visible = documents.visible_keys(actor, keys) if keys else set()
    found = documents.links(visible) if visible else {}
    shown = tuple(
        (link, found[(link.doc_type, link.doc_id)])
        for link in row.links
        if (link.doc_type, link.doc_id) in found
    )
    return SeenLinks(shown, len(row.links) - len(shown))


def tied_to(actor: Actor, doc_type: str, doc_id: int, limit: int) -> Sequence[Any]:
    """Return id, title, outcome and day of the newest cases tied to a document, that a reader of it may know of.

    Anonymous ones are not among them: they would tell the customer.
    """
    statement = (
        select(CaseStudy.id, CaseStudy.title, CaseStudy.outcome, CaseStudy.published_at)
        .join(CaseLink, CaseLink.case_id == CaseStudy.id)
        .where(
            CaseLink.doc_type == doc_type,
            CaseLink.doc_id == doc_id,
            CaseStudy.status == CaseStatus.PUBLISHED,
            CaseStudy.anonymous.is_(False),
            condition(actor),
        )
        .order_by(CaseStudy.published_at.desc(), CaseStudy.id.desc())
        .limit(limit)
    )
    return session.execute(statement).all()


# What colleagues say


@dataclass(frozen=True)
class Marks:
    """How many said each thing of a case, and what the reader said."""

    counts: dict[str, int]
    own: frozenset[str]


def marks(row: CaseStudy, actor: Actor) -> Marks:
    """Return what was said of a case by a click, by one statement."""
    statement = (
        select(CaseMark.kind, func.count(), func.count().filter(CaseMark.user_id == actor.id))
        .where(CaseMark.case_id == row.id)
        .group_by(CaseMark.kind)
    )
    rows = session.execute(statement).all()
    return Marks(
        {kind: count for kind, count, _own in rows}, frozenset(kind for kind, _c, own in rows if own)
    )


def mark_of(case_id: int, user_id: int | None, kind: str) -> CaseMark | None:
    """Return what a person said of a case."""
    statement = select(CaseMark).where(
        CaseMark.case_id == case_id, CaseMark.user_id == user_id, CaseMark.kind == kind
    )
    return session.execute(statement).scalar_one_or_none()


# What other pages ask


def published_of(actor: Actor, user_id: int, limit: int) -> tuple[int, Sequence[Any]]:
    """Return how many published cases a person wrote that a reader may see, and the newest of them."""
    theirs = and_(CaseStudy.owner_id == user_id, CaseStudy.status == CaseStatus.PUBLISHED, condition(actor))
    count = session.execute(select(func.count()).select_from(CaseStudy).where(theirs)).scalar_one()
    rows = session.execute(
        select(CaseStudy.id, CaseStudy.title, CaseStudy.published_at)
        .where(theirs)
        .order_by(CaseStudy.published_at.desc(), CaseStudy.id.desc())
        .limit(limit)
    ).all()
    return count, rows


def for_training(actor: Actor, since: datetime, limit: int) -> Sequence[Any]:
    """Return id, title and when, of the published cases that were first named for training since a moment."""
    first = func.min(CaseMark.marked_at)
    statement = (
        select(CaseStudy.id, CaseStudy.title, first.label("named_at"))
        .join(CaseMark, CaseMark.case_id == CaseStudy.id)
        .where(CaseMark.kind == MarkKind.TRAINING, CaseStudy.status == CaseStatus.PUBLISHED, condition(actor))
        .group_by(CaseStudy.id, CaseStudy.title)
        .having(first >= since)
        .order_by(first.desc(), CaseStudy.id.desc())
        .limit(limit)
    )
    return session.execute(statement).all()
