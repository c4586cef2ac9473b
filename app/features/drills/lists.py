"""Drills and their templates as lists."""

from collections.abc import Mapping

from flask import url_for
from sqlalchemy import func, select

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.drills import queries
from app.features.drills.enums import PartKind
from app.features.drills.flow import FLOW
from app.features.drills.models import Drill, DrillPart, DrillSheet, DrillTemplate, points_text
from app.features.people.queries import active_people

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
IN_USE = {"1": lazy("在用"), "0": lazy("停用")}

JUDGES = (
    select(func.count())
    .where(DrillPart.drill_id == Drill.id, DrillPart.kind == PartKind.JUDGE)
    .correlate(Drill)
    .scalar_subquery()
)
SHEETS = select(func.count()).where(DrillSheet.drill_id == Drill.id).correlate(Drill).scalar_subquery()
DRILLS = (
    select(func.count())
    .where(Drill.template_id == DrillTemplate.id)
    .correlate(DrillTemplate)
    .scalar_subquery()
)


class DrillList(Listing):
    """The drills a reader may see, the newest first."""

    searched = (Drill.number, Drill.title, Drill.scene, Drill.lesson)
    default_sort = "-held_on"
    row_id = Drill.id
    columns = (
        Column("number", lazy("编号"), Drill.number),
        Column(
            "title",
            lazy("标题"),
            Drill.title,
            "link",
            href=lambda row: url_for("drills.show_drill", drill_id=row.row_id),
        ),
        Column("held_on", lazy("演练日期"), Drill.held_on, "date"),
        Column("judges", lazy("评委"), JUDGES, "number"),
        Column("sheets", lazy("评分表"), SHEETS, "number"),
        Column(
            "average", lazy("平均分"), Drill.average, align="right", text=lambda row: points_text(row.average)
        ),
        Column("status", lazy("状态"), Drill.status, "status", labels=STATES, tones=TONES),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        filters = (
            Filter("status", lazy("状态"), Drill.status, options=list(STATES.items())),
            Filter(
                "person",
                lazy("人员"),
                kind="person",
                options=[(str(number), name) for number, name in active_people()],
                condition=lambda text: Drill.id.in_(
                    select(DrillPart.drill_id).where(DrillPart.user_id == int(text))
                ),
            ),
            Filter("held", lazy("演练日期"), Drill.held_on, kind="date_range"),
        )
        super().__init__(queries.visible_ids(actor), arguments, path, filters=filters)


class TemplateList(Listing):
    """The templates, by name."""

    searched = (DrillTemplate.name, DrillTemplate.scene)
    default_sort = "name"
    row_id = DrillTemplate.id
    columns = (
        Column(
            "name",
            lazy("模板名称"),
            DrillTemplate.name,
            "link",
            href=lambda row: url_for("drill_templates.edit", template_id=row.row_id),
        ),
        Column("drills", lazy("演练次数"), DRILLS, "number"),
        Column(
            "active",
            lazy("状态"),
            DrillTemplate.active,
            text=lambda row: str(IN_USE["1" if row.active else "0"]),
        ),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        filters = (
            Filter(
                "active",
                lazy("状态"),
                options=list(IN_USE.items()),
                condition=lambda text: DrillTemplate.active.is_(text == "1"),
            ),
        )
        super().__init__(queries.visible_templates(actor), arguments, path, filters=filters)
