"""What the pages of pairs show, made ready so that templates decide nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from app.core import clock
from app.core.i18n import LazyText
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.timeline import events_for
from app.features.mentoring import weeks
from app.features.mentoring.enums import NOTED, PAIR, WEEK_LABELS, WEEK_TONES, WeekState
from app.features.mentoring.flow import FLOW
from app.features.mentoring.models import MentorPair, MentorWeek
from app.web import documents


@dataclass(frozen=True)
class WeekRow:
    """A week as the page shows it; the addresses are empty where this reader cannot write."""

    first_day: date
    last_day: date
    label: LazyText
    tone: str
    note: str
    noted_at: datetime | None
    answer: str
    answered_at: datetime | None
    note_url: str
    answer_url: str


@dataclass(frozen=True)
class RatingRow:
    """What one side said of the other."""

    person: str
    period: int
    score: int
    words: str


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("以优带优"), url_for("mentoring.index"))]


def address(row: MentorPair) -> str:
    """Return the address of a pair's page."""
    return url_for("mentoring.show_pair", pair_id=row.id)


def trail_to(row: MentorPair) -> list[tuple[str, str]]:
    """Return the trail of every page below a pair."""
    return [*trail(), (row.name, address(row))]


def week_rows(row: MentorPair, actor: Actor) -> list[WeekRow]:
    """Return the weeks that have begun, the newest first."""
    begun = [week for week in row.weeks if week.state != WeekState.COMING]
    return [week_row(row, week, actor) for week in reversed(begun)]


def week_row(row: MentorPair, week: MentorWeek, actor: Actor) -> WeekRow:
    """Return a week for a reader; what is written can be changed until the week is over."""
    writing = row.status in NOTED
    over = week.due_at <= clock.now()
    notes = writing and actor.id == row.mentor_id and not (over and week.noted_at is not None)
    answers = writing and actor.id == row.pupil_id and not (over and week.answered_at is not None)
    return WeekRow(
        week.first_day,
        week.last_day,
        WEEK_LABELS[week.state],
        WEEK_TONES[week.state],
        week.note,
        week.noted_at,
        week.answer,
        week.answered_at,
        url_for("mentoring.note", pair_id=row.id, week_id=week.id) if notes else "",
        url_for("mentoring.answer", pair_id=row.id, week_id=week.id) if answers else "",
    )


def rating_rows(row: MentorPair, actor: Actor) -> list[RatingRow]:
    """Return the ratings a reader may see: of a period both have rated all, before that one's own alone."""
    shown = [
        each
        for each in row.ratings
        if each.period < row.period or not row.unrated or each.author_id == actor.id
    ]
    names = {row.mentor_id: row.mentor.name, row.pupil_id: row.pupil.name}
    return [RatingRow(names[each.author_id], each.period, each.score, each.words) for each in shown]


def facts(row: MentorPair) -> list[tuple[Any, ...]]:
    """Return who, from when to when, in which period."""
    found: list[tuple[Any, ...]] = [
        (_("编号"), row.number),
        (_("师傅"), row.mentor.name),
        (_("徒弟"), row.pupil.name),
        (_("部门"), row.department.name if row.department is not None else None),
        (_("提出人"), row.owner.name),
        (_("带教期"), f"{row.starts_on} – {row.ends_on}"),
    ]
    if row.ended_on is not None:
        found.append((_("结束"), row.ended_on))
    return found


def context(row: MentorPair, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a pair needs, for this reader."""
    state = FLOW.state(row.status)
    events = events_for(PAIR, row.id)
    noted = [week for week in row.weeks if week.noted_at is not None]
    return {
        "heading": row.name,
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [row.number or _("待编号"), f"{row.starts_on} – {row.ends_on}"],
        "told": facts(row),
        "goals": row.goals,
        "weeks": week_rows(row, actor),
        "noted": len(noted),
        "missed": len(weeks.missed(row)),
        "mid_text": row.mid_text,
        "ratings": rating_rows(row, actor),
        "conclusion": row.conclusion,
        "paper_url": url_for("mentoring.paper", pair_id=row.id),
        **steps_context(row, actor),
        "stations": documents.stations(FLOW, row.status, events),
        "events": documents.timeline_rows(events),
    }


def steps_context(row: MentorPair, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(row, actor), "action": address(row), "version": row.version}
