"""The directory of people as a list."""

from flask import url_for

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, can
from app.features.people import queries
from app.features.people.enums import PeoplePerm
from app.features.people.models import Department, User


class PeopleList(Listing):
    """Who works here: name, department, position, telephone; for those who manage accounts also who left."""

    columns = (
        Column(
            "name",
            lazy("姓名"),
            User.name,
            kind="link",
            href=lambda row: url_for("people_directory.show", person_id=row.row_id),
        ),
        Column("staff_number", lazy("工号"), User.staff_number),
        Column("department", lazy("部门"), Department.name),
        Column("position", lazy("职务"), User.position),
        Column("phone", lazy("电话"), User.phone, sortable=False),
    )
    searched = (User.name, User.staff_number, User.phone, User.position, Department.name)
    default_sort = "staff_number"
    row_id = User.id


def people_list(actor: Actor, arguments: dict[str, str], path: str) -> PeopleList:
    """Return the directory as an actor sees it; filters by department, and by state for those who manage accounts."""
    listing = type("OpenPeopleList", (PeopleList,), {"filters": _filters(actor)})
    return listing(queries.people_statement(actor), arguments, path)


def _filters(actor: Actor) -> tuple[Filter, ...]:
    choices = [(str(code), label) for code, label in queries.department_choices()]
    filters = [Filter("department", lazy("部门"), User.department_id, kind="person", options=choices)]
    if can(actor, PeoplePerm.MANAGE) or can(actor, PeoplePerm.MANAGE_ROLES):
        states = (("active", lazy("在职")), ("left", lazy("已停用")))
        filters.append(
            Filter(
                "state",
                lazy("状态"),
                options=states,
                condition=lambda value: User.active.is_(value == "active"),
            )
        )
    return tuple(filters)
