"""Resolutions as a list: by who carries them out, and by the days that are left."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, case
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.people.models import User
from app.features.resolutions import queries
from app.features.resolutions.enums import ResolutionStatus
from app.features.resolutions.flow import FLOW
from app.features.resolutions.models import Resolution

Owner, Responsible = aliased(User), aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
OPEN_FIRST = case((Resolution.status == ResolutionStatus.OPEN, 0), else_=1)
SOON = 3


def row_address(row: Row[Any]) -> str:
    """Return the address of a row's resolution."""
    return url_for("resolutions.show_resolution", resolution_id=row.row_id)


def left(row: Row[Any]) -> str:
    """Return how many days are left, or by how many it is late; nothing once it is done."""
    if row.status != ResolutionStatus.OPEN:
        return "—"
    days = (row.due_on - clock.today()).days
    if days < 0:
        return _("超期 %(days)s 天", days=-days)
    return _("今天到期") if days == 0 else _("剩 %(days)s 天", days=days)


def tone_of_days(row: Row[Any]) -> str:
    """Return the tone of the days that are left."""
    if row.status != ResolutionStatus.OPEN:
        return "neutral"
    days = (row.due_on - clock.today()).days
    return "bad" if days < 0 else "warn" if days <= SOON else "info"


class ResolutionList(Listing):
    """The resolutions a reader may see: by who carries them out, those open first, the one due next on top."""

    searched = (Resolution.number, Resolution.text, Resolution.progress, Responsible.name, Owner.name)
    default_sort = "responsible"
    row_id = Resolution.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""

        def concerns(code: str) -> ColumnElement[bool]:
            return (Resolution.owner_id if code == "decided" else Resolution.responsible_id) == actor.id

        columns = (
            Column(
                "responsible",
                lazy("落实人"),
                Responsible.name,
                "person",
                sort_by=(OPEN_FIRST, Responsible.name, Resolution.due_on),
            ),
            Column("number", lazy("编号"), Resolution.number, "link", href=row_address),
            Column("text", lazy("决议"), Resolution.text),
            Column("due_on", lazy("期限"), Resolution.due_on, "date"),
            Column(
                "left",
                lazy("剩余"),
                Resolution.due_on,
                "status",
                text=left,
                tone=tone_of_days,
                sortable=False,
            ),
            Column("progress", lazy("最新进展"), Resolution.progress),
            Column("status", lazy("状态"), Resolution.status, "status", labels=STATES, tones=TONES),
            Column("owner", lazy("决定人"), Owner.name, "person"),
            Column("decided_on", lazy("决定日期"), Resolution.decided_on, "date"),
        )
        filters = (
            Filter("status", lazy("状态"), Resolution.status, options=list(STATES.items())),
            Filter(
                "whose",
                lazy("范围"),
                options=[("mine", lazy("我落实的")), ("decided", lazy("我决定的"))],
                condition=concerns,
            ),
            Filter("due", lazy("期限"), Resolution.due_on, kind="date_range"),
        )
        base = (
            queries.visible_ids(actor)
            .join(Owner, Owner.id == Resolution.owner_id)
            .join(Responsible, Responsible.id == Resolution.responsible_id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)
