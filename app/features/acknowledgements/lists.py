"""The letters of all people as a list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, case, func, literal, select

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.acknowledgements import queries
from app.features.acknowledgements.enums import AcknowledgementStatus
from app.features.acknowledgements.flow import FLOW
from app.features.acknowledgements.models import Acknowledgement
from app.features.people.models import Department, User
from app.features.people.queries import department_choices

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}


def letter_address(row: Row[Any]) -> str:
    """Return the address of a person's letter."""
    return url_for("acknowledgements.of_person", person_id=row.row_id)


class LetterList(Listing):
    """Whoever works here with the own letter; who was never asked counts as missing it."""

    searched = (User.name, User.staff_number)
    default_sort = "state"
    row_id = User.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for who keeps letters."""
        state = func.coalesce(Acknowledgement.status, literal(str(AcknowledgementStatus.MISSING)))
        order = case({code: place for place, code in enumerate(STATES)}, value=state)
        columns = (
            Column("name", lazy("姓名"), User.name, "link", href=letter_address),
            Column("staff_number", lazy("工号"), User.staff_number),
            Column("department", lazy("部门"), Department.name),
            Column(
                "state",
                lazy("状态"),
                state,
                "status",
                labels=STATES,
                tones=TONES,
                sort_by=(order, Department.name, User.staff_number),
            ),
            Column("text_version", lazy("文本版次"), Acknowledgement.text_version, "number"),
            Column("signed_on", lazy("签字日期"), Acknowledgement.signed_on, "date"),
            Column("filed_at", lazy("归档时间"), Acknowledgement.filed_at, "datetime"),
        )
        filters = (
            Filter(
                "state",
                lazy("状态"),
                options=list(STATES.items()),
                condition=lambda code: state == code,
            ),
            Filter(
                "department",
                lazy("部门"),
                User.department_id,
                kind="person",
                options=[(str(code), label) for code, label in department_choices()],
            ),
        )
        base: Select[Any] = (
            select(User)
            .where(queries.kept_people(actor))
            .outerjoin(Department, Department.id == User.department_id)
            .outerjoin(Acknowledgement, Acknowledgement.owner_id == User.id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)
