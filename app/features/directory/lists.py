"""The directory 通讯录 as a list, and the planned structures."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Row

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.directory import queries
from app.features.directory.flow import FLOW
from app.features.directory.models import StructurePlan
from app.features.directory.people_pages import person_address
from app.features.people.models import Department, User
from app.features.people.queries import department_choices

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}


def call_address(row: Row[Any]) -> str | None:
    """Return the address that a telephone calls at a tap; None where no number is known."""
    number = "".join(character for character in row.phone if character.isdigit() or character == "+")
    return f"tel:{number}" if number else None


class DirectoryList(Listing):
    """Who works here: department, position, telephone; found by name, in letters too. Who left is not among them."""

    columns = (
        Column("name", lazy("姓名"), User.name, "link", href=lambda row: person_address(row.row_id)),
        Column("department", lazy("部门"), Department.name),
        Column("position", lazy("职务"), User.position),
        Column("phone", lazy("工作电话"), User.phone, "link", href=call_address, sortable=False),
        Column("email", lazy("邮箱"), User.email, sortable=False),
    )
    searched = (User.search_key, User.phone, Department.name)
    default_sort = "department"
    default_page_size = 60
    row_id = User.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the directory for a reader."""
        choices = [(str(code), label) for code, label in department_choices()]
        filters = (Filter("department", lazy("部门"), User.department_id, kind="person", options=choices),)
        base = queries.colleagues(actor).outerjoin(Department, Department.id == User.department_id)
        super().__init__(base, arguments, path, filters=filters)


class PlanList(Listing):
    """The planned structures a reader may see, the nearest day last."""

    searched = (StructurePlan.number, StructurePlan.title, StructurePlan.note)
    default_sort = "-day"
    row_id = StructurePlan.id
    columns = (
        Column(
            "number",
            lazy("编号"),
            StructurePlan.number,
            "link",
            href=lambda row: url_for("structure_plans.show_plan", plan_id=row.row_id),
        ),
        Column("title", lazy("名称"), StructurePlan.title),
        Column("day", lazy("生效日期"), StructurePlan.day, "date"),
        Column("status", lazy("状态"), StructurePlan.status, "status", labels=STATES, tones=TONES),
        Column("owner", lazy("起草人"), User.name, "person"),
    )
    filters = (Filter("status", lazy("状态"), StructurePlan.status, options=list(STATES.items())),)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = queries.visible_plans(actor).join(User, User.id == StructurePlan.owner_id)
        super().__init__(base, arguments, path)
