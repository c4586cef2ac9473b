"""Reports and requests as a list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, case
from sqlalchemy.orm import aliased

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.escalations import queries
from app.features.escalations.enums import KIND_LABELS, WAITING
from app.features.escalations.flow import FLOW
from app.features.escalations.models import Escalation
from app.features.people.models import User

Owner, To = aliased(User), aliased(User)
KINDS = {str(code): label for code, label in KIND_LABELS.items()}
STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
WAITS_FIRST = case((Escalation.status.in_(WAITING), 0), else_=1)


def row_address(row: Row[Any]) -> str:
    """Return the address of a row's report."""
    return url_for("escalations.show_escalation", escalation_id=row.row_id)


class EscalationList(Listing):
    """The reports and requests a reader may see; what waits for an answer stands first."""

    searched = (Escalation.number, Escalation.text, Owner.name, To.name)
    default_sort = "due_at"
    row_id = Escalation.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""

        def concerns(code: str) -> ColumnElement[bool]:
            return (Escalation.owner_id if code == "mine" else Escalation.to_id) == actor.id

        columns = (
            Column("number", lazy("编号"), Escalation.number, "link", href=row_address),
            Column("kind", lazy("类别"), Escalation.kind, labels=KINDS),
            Column("text", lazy("事由"), Escalation.text),
            Column("owner", lazy("提出人"), Owner.name, "person"),
            Column("to", lazy("交给"), To.name, "person"),
            Column("status", lazy("状态"), Escalation.status, "status", labels=STATES, tones=TONES),
            Column(
                "due_at",
                lazy("答复时限"),
                Escalation.due_at,
                "datetime",
                sort_by=(WAITS_FIRST, Escalation.due_at),
            ),
            Column("answered_at", lazy("答复时间"), Escalation.answered_at, "datetime"),
        )
        filters = (
            Filter("kind", lazy("类别"), Escalation.kind, options=list(KINDS.items())),
            Filter("status", lazy("状态"), Escalation.status, options=list(STATES.items())),
            Filter(
                "whose",
                lazy("范围"),
                options=[("mine", lazy("我提出的")), ("to_me", lazy("交给我的"))],
                condition=concerns,
            ),
        )
        base = (
            queries.visible_ids(actor)
            .join(Owner, Owner.id == Escalation.owner_id)
            .join(To, To.id == Escalation.to_id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)
