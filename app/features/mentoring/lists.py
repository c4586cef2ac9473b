"""Pairs as a list."""

from collections.abc import Mapping

from flask import url_for
from sqlalchemy import func, or_, select

from app.core import clock
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.mentoring import queries
from app.features.mentoring.flow import FLOW
from app.features.mentoring.models import MentorPair, MentorWeek
from app.features.mentoring.queries import Mentor, Pupil
from app.features.people.queries import active_people

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}


class PairList(Listing):
    """The pairs a reader may see, the newest first."""

    searched = (MentorPair.number, MentorPair.goals, Mentor.name, Pupil.name)
    default_sort = "-starts_on"
    row_id = MentorPair.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        now = clock.now()
        ours = (MentorWeek.pair_id == MentorPair.id,)
        noted = (
            select(func.count())
            .where(*ours, MentorWeek.noted_at.is_not(None))
            .correlate(MentorPair)
            .scalar_subquery()
        )
        missed = (
            select(func.count())
            .where(*ours, MentorWeek.noted_at.is_(None), MentorWeek.due_at <= now)
            .correlate(MentorPair)
            .scalar_subquery()
        )
        columns = (
            Column(
                "mentor",
                lazy("师傅"),
                Mentor.name,
                "link",
                href=lambda row: url_for("mentoring.show_pair", pair_id=row.row_id),
            ),
            Column("pupil", lazy("徒弟"), Pupil.name, "person"),
            Column("starts_on", lazy("开始"), MentorPair.starts_on, "date"),
            Column("ends_on", lazy("结束"), MentorPair.ends_on, "date"),
            Column("noted", lazy("周记"), noted, "number"),
            Column("missed", lazy("缺记"), missed, "number", tone=lambda row: "bad" if row.missed else ""),
            Column("status", lazy("状态"), MentorPair.status, "status", labels=STATES, tones=TONES),
        )
        filters = (
            Filter("status", lazy("状态"), MentorPair.status, options=list(STATES.items())),
            Filter(
                "person",
                lazy("人员"),
                kind="person",
                options=[(str(number), name) for number, name in active_people()],
                condition=lambda text: or_(
                    MentorPair.mentor_id == int(text), MentorPair.pupil_id == int(text)
                ),
            ),
            Filter(
                "missed", lazy("周记"), options=[("yes", lazy("有缺记"))], condition=lambda _code: missed > 0
            ),
            Filter("starts", lazy("开始日期"), MentorPair.starts_on, kind="date_range"),
        )
        base = (
            queries.visible_ids(actor)
            .join(Mentor, Mentor.id == MentorPair.mentor_id)
            .join(Pupil, Pupil.id == MentorPair.pupil_id)
        )
        super().__init__(base, arguments, path, filters=filters, columns=columns)
