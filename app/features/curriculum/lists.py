"""The matrix of people and subjects, and the points of a period, as lists."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, func, literal, select

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.curriculum import points, queries
from app.features.curriculum.models import CareerLevel
from app.features.people.models import Department, User
from app.features.people.queries import department_choices
from app.features.training.models import TrainingSubject


def record_address(row: Row[Any]) -> str:
    """Return the address of the training record of a row's person."""
    return url_for("curriculum.record", user_id=row.row_id)


def cell_address(subject_id: int) -> Callable[[Row[Any]], str]:
    """Return what gives the address of a cell: the sessions of that person in that subject, or how to ask for one."""
    return lambda row: url_for("curriculum.cell", user_id=row.row_id, subject_id=subject_id)


def cell_text(key: str) -> Callable[[Row[Any]], str]:
    """Return what is shown in a cell: the day of the last session, or that there was none."""

    def text(row: Row[Any]) -> str:
        at = getattr(row, key)
        return clock.to_local(at).strftime("%Y-%m-%d") if at is not None else _("未参加")

    return text


def cell_tone(key: str) -> Callable[[Row[Any]], str]:
    """Return what gives the tone of a cell."""
    return lambda row: "ok" if getattr(row, key) is not None else "warn"


def subject_column(subject: TrainingSubject, since: datetime) -> Column:
    """Return the column of a subject: when each person had it last since then."""
    key = f"subject_{subject.id}"
    return Column(
        key,
        subject.name,
        queries.last_had(User.id, subject.id, since).label(key),
        "datetime",
        text=cell_text(key),
        href=cell_address(subject.id),
        tone=cell_tone(key),
        sortable=False,
    )


class MatrixList(Listing):
    """Who has had which subject within the months of the setting: a row for each active person a reader may see."""

    searched = (User.name, User.staff_number)
    default_sort = "name"
    row_id = User.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the matrix for a reader, a column for each subject in use."""
        since = clock.now() - queries.covered_for()
        subjects = queries.subjects()
        place = queries.present_level().subquery()
        columns = (
            Column("name", lazy("姓名"), User.name, "person", href=record_address),
            Column("department", lazy("部门"), func.coalesce(Department.name, literal("—"))),
            Column("level", lazy("职业层级"), func.coalesce(CareerLevel.name, literal("—"))),
            *(subject_column(subject, since) for subject in subjects),
        )

        def lacking(code: str) -> ColumnElement[bool]:
            """Return the condition that a person had no session of a subject."""
            known = {subject.id for subject in subjects}
            number = int(code) if code.isascii() and code.isdecimal() and len(code) < 10 else 0
            return ~queries.held_with(User.id, number if number in known else 0, since, clock.now())

        filters = (
            Filter(
                "department",
                lazy("部门"),
                User.department_id,
                kind="person",
                options=[(str(code), label) for code, label in department_choices()],
            ),
            Filter(
                "level",
                lazy("职业层级"),
                place.c.level_id,
                kind="person",
                options=[(str(level.id), level.name) for level in queries.levels()],
            ),
            Filter(
                "lacking",
                lazy("未参加的科目"),
                options=[(str(subject.id), subject.name) for subject in subjects],
                condition=lacking,
            ),
        )
        base = (
            queries.visible_people(actor)
            .where(User.active)
            .outerjoin(Department, Department.id == User.department_id)
            .outerjoin(place, place.c.user_id == User.id)
            .outerjoin(CareerLevel, CareerLevel.id == place.c.level_id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)


class PointsList(Listing):
    """The points of the running period by person, the most first."""

    searched = (User.name, User.staff_number)
    default_sort = "-points"
    row_id = User.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        found = points.summed(points.this_period()).subquery()
        names = (
            ("sessions", lazy("到场")),
            ("chaired", lazy("主讲")),
            ("tests", lazy("通过测试")),
            ("certificates", lazy("证书")),
            ("points", lazy("积分")),
        )
        columns = (
            Column("name", lazy("姓名"), User.name, "person", href=record_address),
            Column("department", lazy("部门"), func.coalesce(Department.name, literal("—"))),
            *(Column(key, label, func.coalesce(found.c[key], 0), "number") for key, label in names),
        )
        filters = (
            Filter(
                "department",
                lazy("部门"),
                User.department_id,
                kind="person",
                options=[(str(code), label) for code, label in department_choices()],
            ),
        )
        base = (
            select(User.id)
            .where(User.active, queries.people_condition(actor))
            .outerjoin(Department, Department.id == User.department_id)
            .outerjoin(found, found.c.user_id == User.id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)
