"""Checks as a list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, func
from sqlalchemy.orm import aliased

from app.core.i18n import lazy, lazy_in_context
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.checks import queries
from app.features.checks.enums import RESULT_LABELS, RESULT_TONES, SOURCE_LABELS, CheckSource
from app.features.checks.flow import FLOW
from app.features.checks.models import ClauseCheck
from app.features.people.models import Department, User
from app.features.rules.queries import citation, places_in_force

Subject = aliased(User)
Recorder = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
LONGEST_ID = 9


def check_address(row: Row[Any]) -> str:
    """Return the address of a row's check."""
    return url_for("checks.show_check", check_id=row.row_id)


def cited_text(row: Row[Any]) -> str:
    """Return how the clause of a row is cited."""
    return citation(row.rule_title, row.clause_name)


def recorder_text(row: Row[Any]) -> str:
    """Return who recorded a row's check: a person, else the system."""
    return row.recorder or str(SOURCE_LABELS[CheckSource.SYSTEM])


def source_condition(code: str) -> ColumnElement[bool]:
    """Return the condition that a check was recorded by a person, or found by the system."""
    by_person = ClauseCheck.finding_kind.is_(None)
    return by_person if code == CheckSource.PERSON else ~by_person


class CheckList(Listing):
    """The checks a reader may see, the newest first."""

    searched = (
        ClauseCheck.number,
        ClauseCheck.rule_title,
        ClauseCheck.clause_name,
        Subject.name,
        Department.name,
        ClauseCheck.note,
        ClauseCheck.doc_number,
    )
    default_sort = "-created_at"
    row_id = ClauseCheck.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        results = {str(code): label for code, label in RESULT_LABELS.items()}
        columns = (
            Column("number", lazy("编号"), ClauseCheck.number, "link", href=check_address),
            Column("rule_title", lazy_in_context("rule", "条款"), ClauseCheck.rule_title, text=cited_text),
            Column("clause_name", "", ClauseCheck.clause_name, hidden=True, sortable=False),
            Column("subject", lazy("检查对象"), func.coalesce(Subject.name, Department.name), "person"),
            Column("department", lazy("部门"), Department.name),
            Column(
                "result",
                lazy("结果"),
                ClauseCheck.result,
                labels=results,
                tones={str(code): tone for code, tone in RESULT_TONES.items()},
            ),
            Column("status", lazy("状态"), ClauseCheck.status, "status", labels=STATES, tones=TONES),
            Column("recorder", lazy("记录人"), Recorder.name, "person", text=recorder_text),
            Column("found", "", ClauseCheck.finding_kind, hidden=True, sortable=False),
            Column("created_at", lazy("记录时间"), ClauseCheck.created_at, "datetime"),
            Column("look_again_on", lazy("复看日期"), ClauseCheck.look_again_on, "date"),
        )
        filters = (
            Filter("status", lazy("状态"), ClauseCheck.status, options=list(STATES.items())),
            Filter("result", lazy("结果"), ClauseCheck.result, options=list(results.items())),
            Filter(
                "source",
                lazy("来源"),
                options=[(str(code), label) for code, label in SOURCE_LABELS.items()],
                condition=source_condition,
            ),
            Filter("created", lazy("记录日期"), ClauseCheck.created_at, kind="date_range"),
            *clause_filter(arguments.get("clause", "")),
        )
        base = (
            queries.visible_ids(actor)
            .join(Department, Department.id == ClauseCheck.department_id)
            .outerjoin(Recorder, Recorder.id == ClauseCheck.owner_id)
            .outerjoin(Subject, Subject.id == ClauseCheck.subject_id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)


def clause_filter(chosen: str) -> list[Filter]:
    """Return the filter by the clause the address names, none where it names no clause in force."""
    if not chosen.isascii() or not chosen.isdecimal() or len(chosen) > LONGEST_ID:
        return []
    place = places_in_force([int(chosen)]).get(int(chosen))
    if place is None:
        return []
    return [
        Filter(
            "clause",
            lazy_in_context("rule", "条款"),
            options=[(chosen, place.cited)],
            condition=lambda code: ClauseCheck.clause_id == int(code),
        )
    ]
