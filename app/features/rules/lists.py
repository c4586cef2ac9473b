"""Rules and their readers as lists."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, literal, null, select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.core.i18n import LazyText, lazy, listed
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.core.tasks import Task
from app.features.people.audience import department_names
from app.features.people.models import Department, User
from app.features.rules import letters, queries, versions
from app.features.rules.enums import (
    CATEGORY_LABELS,
    RULE_VERSION,
    STANDING_LABELS,
    STANDING_TONES,
    WAY_LABELS,
    Standing,
    VersionStatus,
)
from app.features.rules.flow import FLOW
from app.features.rules.models import Rule, RuleSignature, RuleVersion

STATES: dict[str, LazyText] = {str(code): label for code, label in STANDING_LABELS.items()} | {
    str(state.code): state.label
    for state in FLOW.states
    if state.code not in (VersionStatus.APPROVED, VersionStatus.VOID)
}
TONES = {str(state.code): state.tone for state in FLOW.states} | {
    str(code): tone for code, tone in STANDING_TONES.items()
}
# What a list shows unless another state is asked for: what holds now or soon, and what is in work.
CURRENT = (
    Standing.IN_FORCE,
    Standing.PENDING,
    VersionStatus.DRAFT,
    VersionStatus.CONSULTATION,
    VersionStatus.REVIEW,
)
TO_READ, SIGNED = "to_read", "signed"
OWN_STATES = {TO_READ: lazy("待阅"), SIGNED: lazy("已签认")}
OWN_TONES = {TO_READ: "warn", SIGNED: "ok"}

Owner = aliased(User)
Signed = aliased(RuleVersion)


def own_state(actor: Actor) -> ColumnElement[str]:
    """Return how a version stands for its reader: to read, signed, or nothing asked."""
    waiting = exists().where(
        Task.doc_type == RULE_VERSION,
        Task.doc_id == RuleVersion.id,
        Task.kind == "rule:read",
        Task.user_id == actor.id,
        Task.closed_at.is_(None),
    )
    signed = exists().where(
        RuleSignature.user_id == actor.id,
        RuleSignature.version_id == Signed.id,
        Signed.rule_id == RuleVersion.rule_id,
        Signed.edition == RuleVersion.edition,
    )
    return case((waiting, literal(TO_READ)), (signed, literal(SIGNED)), else_=null())


class RuleList(Listing):
    """The rules a reader may see, each by the version that matters now; older ones where their state is asked for."""

    searched = (RuleVersion.title, Rule.number)
    default_sort = "number"
    row_id = RuleVersion.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        mine = own_state(actor)
        columns = (
            Column("title", lazy("制度名称"), RuleVersion.title, "link", href=version_address),
            Column("number", lazy("编号"), Rule.number),
            Column(
                "category",
                lazy("类别"),
                RuleVersion.category,
                labels={str(code): label for code, label in CATEGORY_LABELS.items()},
            ),
            Column("department", lazy("归口部门"), Department.name),
            Column("edition", lazy("版次"), RuleVersion.edition, text=edition_text, below="number"),
            Column("correction", "", RuleVersion.correction, hidden=True, sortable=False),
            Column("status", lazy("状态"), RuleVersion.shown_status, "status", labels=STATES, tones=TONES),
            Column("effective_on", lazy("施行日期"), RuleVersion.effective_on, "date"),
            Column(
                "mine",
                lazy("我的阅读"),
                mine,
                labels=OWN_STATES,
                tone=lambda row: OWN_TONES.get(row.mine, ""),
            ),
            Column("owner", lazy("负责人"), Owner.name, "person"),
        )
        filters = (
            Filter(
                "status",
                lazy("状态"),
                options=list(STATES.items()),
                condition=lambda code: RuleVersion.shown_status == code,
            ),
            Filter(
                "category",
                lazy("类别"),
                RuleVersion.category,
                options=[(str(code), label) for code, label in CATEGORY_LABELS.items()],
            ),
            Filter(
                "mine",
                lazy("我的阅读"),
                options=list(OWN_STATES.items()),
                condition=lambda code: mine == code,
            ),
        )
        base = (
            queries.visible_to(actor)
            .join(Rule, Rule.id == RuleVersion.rule_id)
            .join(Owner, Owner.id == Rule.owner_id)
            .join(Department, Department.id == RuleVersion.department_id)
        )
        if arguments.get("status", "") not in STATES:
            base = base.where(RuleVersion.shown_status.in_([str(code) for code in CURRENT]))
        super().__init__(base, arguments, path, columns=columns, filters=filters)


def edition_text(row: Row[Any]) -> str:
    """Return how a row's version is called; nothing before its approval."""
    return "" if row.edition is None else str(versions.label_of(row.edition, row.correction))


def version_address(row: Row[Any]) -> str:
    """Return the address of a row's version."""
    return url_for("rules.show_version", version_id=row.row_id)


WAITING, LETTER_MISSING = "waiting", "letter_missing"
READER_STATES = {
    SIGNED: lazy("已签认"),
    LETTER_MISSING: lazy("已阅，待补确认书"),
    WAITING: lazy("未签认"),
}
READER_TONES = {SIGNED: "ok", LETTER_MISSING: "info", WAITING: "warn"}


class ReaderList(Listing):
    """Whom a version concerns, and who of them has signed its edition."""

    searched = (User.name, User.staff_number)
    default_sort = "state"
    row_id = User.id

    def __init__(self, version: RuleVersion, arguments: Mapping[str, str], path: str) -> None:
        last = (
            select(RuleSignature.user_id, func.max(RuleSignature.id).label("signature_id"))
            .where(RuleSignature.version_id.in_(queries.same_edition(version)))
            .group_by(RuleSignature.user_id)
            .subquery()
        )
        state = case(
            (last.c.signature_id.is_(None), literal(WAITING)),
            (letters.lacks_letter(), literal(LETTER_MISSING)),
            else_=literal(SIGNED),
        )
        columns = (
            Column("name", lazy("姓名"), User.name, "person"),
            Column("staff_number", lazy("工号"), User.staff_number),
            Column("department", lazy("部门"), Department.name),
            Column(
                "state",
                lazy("状态"),
                state,
                "status",
                labels=READER_STATES,
                tones=READER_TONES,
                sort_by=(case((last.c.signature_id.is_(None), 0), else_=1), Department.name),
            ),
            Column(
                "way",
                lazy("方式"),
                RuleSignature.way,
                labels={str(code): label for code, label in WAY_LABELS.items()},
            ),
            Column("signed_at", lazy("签认时间"), RuleSignature.signed_at, "datetime"),
        )
        base: Select[Any] = (
            select(User)
            .where(User.id.in_(queries.people_concerned(version)))
            .outerjoin(Department, Department.id == User.department_id)
            .outerjoin(last, last.c.user_id == User.id)
            .outerjoin(RuleSignature, and_(RuleSignature.id == last.c.signature_id))
        )
        super().__init__(base, arguments, path, columns=columns, filters=reader_filters(state))


def reader_filters(state: ColumnElement[str]) -> tuple[Filter, ...]:
    """Return the filters of readers by how they stand and by department."""
    departments = [
        (str(number), name) for number, name in sorted(department_names().items(), key=lambda item: item[1])
    ]
    return (
        Filter(
            "state",
            lazy("状态"),
            options=[
                (code, label)
                for code, label in READER_STATES.items()
                if code != LETTER_MISSING or letters.are_asked_for()
            ],
            condition=lambda code: state == code,
        ),
        Filter(
            "department",
            lazy("部门"),
            options=departments,
            condition=lambda code: User.department_id == int(code),
        ),
    )


def by_department(version: RuleVersion) -> list[tuple[str, int, int, str]]:
    """Return for each department how many signed, how many it concerns, and the names of those who have not."""
    people = queries.people_concerned(version).subquery()
    signed = queries.signers(version)
    rows = session.execute(
        select(Department.name, User.name.label("person"), User.id.in_(signed).label("signed"))
        .select_from(User)
        .join(people, people.c.id == User.id)
        .outerjoin(Department, Department.id == User.department_id)
        .order_by(Department.name, User.staff_number)
    )
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.name or "—", []).append(row)
    return [
        (
            name,
            sum(bool(row.signed) for row in rows),
            len(rows),
            listed(row.person for row in rows if not row.signed),
        )
        for name, rows in grouped.items()
    ]
