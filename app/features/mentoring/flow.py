"""The life of a pair: offered, accepted by both, noted every week, reviewed twice, closed or extended."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, directory, names_of
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, stay, step
from app.features.mentoring import weeks
from app.features.mentoring.enums import ACCEPT, ANSWER, NOTE, PAIR, RATE, MentoringPerm, PairStatus
from app.features.mentoring.models import MentorPair, MentorRating

PREFIX = "DJ"
LONGEST_DAYS = 731


def sides_apart(row: MentorPair) -> frozenset[int]:
    """Return who does not decide on the pair: its two sides."""
    return row.sides


def side_of(row: MentorPair, actor: Actor) -> Authority | None:
    """Return the authority of one of the two sides, for which nobody stands in."""
    if actor.id is None or actor.id not in row.sides:
        return None
    return Authority("mentor" if actor.id == row.mentor_id else "pupil")


def names_of_sides(row: MentorPair) -> str:
    """Return the names of both sides."""
    return names_of(directory().people(sorted(row.sides)).values())


either_side = Who(side_of, names_of_sides, people=lambda row: sorted(row.sides))
arranger = may(MentoringPerm.ARRANGE, apart=sides_apart)


def arranging(kind: str, row: MentorPair) -> Iterable[WantedTask]:
    """Yield a task for who arranges pairs there and is no side of this one.

    A task leaves out one person at most; where both sides hold the right, the others are named.
    """
    holders = directory().holders(str(MentoringPerm.ARRANGE), row.department_id)
    left_out = sorted({person.id for person in holders} & row.sides)
    if len(left_out) > 1:
        for person in holders:
            if person.id not in row.sides:
                yield WantedTask(kind, user_id=person.id)
        return
    yield WantedTask(
        kind,
        permission=str(MentoringPerm.ARRANGE),
        department_id=row.department_id,
        excluded_user_id=left_out[0] if left_out else None,
    )


def accepting(row: MentorPair) -> Iterable[WantedTask]:
    """Yield the task of saying yes or no, for each side that has not."""
    for person in row.waited_for:
        yield WantedTask(f"{PAIR}:{ACCEPT}", user_id=person)


def noting(row: MentorPair) -> Iterable[WantedTask]:
    """Yield the note of this week, the pupil's line to it, and the review that is due by the calendar."""
    week = weeks.present(row)
    if week is not None and week.noted_at is None:
        yield WantedTask(f"{PAIR}:{NOTE}", user_id=row.mentor_id, due_at=week.due_at)
    if week is not None and week.noted_at is not None and week.answered_at is None:
        yield WantedTask(f"{PAIR}:{ANSWER}", user_id=row.pupil_id, due_at=week.due_at)
    if row.status == PairStatus.RUNNING and clock.today() >= row.half:
        yield from arranging(f"{PAIR}:mid", row)
    if row.status != PairStatus.RUNNING and clock.today() > row.ends_on:
        yield from arranging(f"{PAIR}:finish", row)


def concluding(row: MentorPair) -> Iterable[WantedTask]:
    """Yield the rating of each side, then the conclusion."""
    for person in row.unrated:
        yield WantedTask(f"{PAIR}:{RATE}", user_id=person)
    if not row.unrated:
        yield from arranging(f"{PAIR}:close", row)


def not_accepted_yet(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second acceptance, and one after the last day."""
    if actor.id not in row.waited_for:
        return Conflict("mentor_pair:accepted-already")
    return Conflict("mentor_pair:over-already") if row.ends_on < clock.today() else None


def after_acceptance(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the state after an acceptance: running once both have accepted."""
    return PairStatus.OFFERED if set(row.waited_for) - {actor.id} else PairStatus.RUNNING


def on_accept(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep who accepted when; once both have, give the number and plan the weeks from today on."""
    if actor.id == row.mentor_id:
        row.mentor_accepted_at = clock.now()
    else:
        row.pupil_accepted_at = clock.now()
    if not row.waited_for:
        row.number = next_number(PAIR, PREFIX)
        weeks.plan(row, max(row.starts_on, clock.today()))
    return None


def written(name: str, sentence: Any) -> Any:
    """Return the readiness of a step whose form must hold a text."""

    def ready(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
        return None if str(data.get(name) or "").strip() else Invalid(fields={name: sentence})

    return ready


def on_mid(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep what the mid review found; the goals may be put anew."""
    row.mid_text = str(data["mid_text"]).strip()
    row.goals = str(data.get("goals") or "").strip() or row.goals
    return None


def on_finish(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Owe no further notes."""
    weeks.drop_coming(row)
    return None


def ready_to_rate(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second rating of a period, a score out of range and a rating without words."""
    if actor.id in row.rated:
        return Conflict("mentor_pair:rated-already")
    faults: dict[str, Any] = {}
    if str(data.get("score")) not in ("1", "2", "3", "4", "5"):
        faults["score"] = lazy("请选择 1 到 5 分")
    if not str(data.get("words") or "").strip():
        faults["words"] = lazy("请写明评价，举一两件事")
    return Invalid(fields=faults) if faults else None


def on_rate(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep the rating."""
    row.ratings.append(
        MentorRating(
            period=row.period,
            author_id=int(actor.id or 0),
            score=int(data["score"]),
            words=str(data["words"]).strip(),
            rated_at=clock.now(),
        )
    )
    session.flush()
    return None


def ready_to_close(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse an end before both sides have rated, or without a conclusion."""
    if row.unrated:
        people = directory().people(row.unrated).values()
        return Conflict("mentor_pair:not-rated", who=names_of(people))
    return written("conclusion", lazy("请写结业意见"))(row, actor, data)


def on_close(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep the conclusion and the day."""
    row.conclusion, row.ended_on = str(data["conclusion"]).strip(), clock.today()
    return None


def ready_to_extend(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a new last day that is not later than today and the old one, or too far."""
    day = data.get("ends_on")
    if not isinstance(day, date):
        return Invalid(fields={"ends_on": lazy("请填写新的结束日期")})
    if day <= max(row.ends_on, clock.today()):
        return Invalid(fields={"ends_on": lazy("新的结束日期须晚于今天和原来的结束日期")})
    if (day - row.starts_on).days > LONGEST_DAYS:
        return Invalid(fields={"ends_on": lazy("带教期最长两年")})
    return None


def on_extend(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Begin another period, with weeks from today to the new last day."""
    row.ends_on, row.period = data["ends_on"], row.period + 1
    weeks.plan(row, clock.today())
    return None


def on_dissolve(row: MentorPair, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Owe no further notes, keep the day."""
    weeks.drop_coming(row)
    row.ended_on = clock.today()
    return None


def both(row: MentorPair) -> list[int | None]:
    """Return both sides."""
    return [row.mentor_id, row.pupil_id]


def everybody(row: MentorPair) -> list[int | None]:
    """Return both sides and who offered it."""
    return [*both(row), row.owner_id]


def who_offered(row: MentorPair) -> list[int | None]:
    """Return who offered it."""
    return [row.owner_id]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    PAIR,
    PairStatus.OFFERED,
    (
        State(PairStatus.OFFERED, lazy("待双方同意"), "warn", accepting, milestone=True),
        State(PairStatus.RUNNING, lazy("带教中"), "info", noting, milestone=True),
        State(PairStatus.MID_REVIEW, lazy("已中期考评"), "info", noting, milestone=True),
        State(PairStatus.EXTENDED, lazy("延长带教"), "info", noting),
        State(PairStatus.FINAL_REVIEW, lazy("结业互评"), "warn", concluding, milestone=True),
        State(PairStatus.CLOSED, lazy("已结业"), "ok", terminal=True, milestone=True),
        State(PairStatus.DISSOLVED, lazy("已解除"), "bad", terminal=True),
        State(PairStatus.DECLINED, lazy("未结对"), "neutral", terminal=True),
    ),
    (
        step(ACCEPT, "offered", "offered running", either_side, lazy("同意结对"), ready=not_accepted_yet,
             choose=after_acceptance, effect=on_accept, tell=who_offered, kind="primary", offered_when_ready=True),
        step("decline", "offered", "declined", any_of(either_side, mine), lazy("不结对"), reason=True,
             tell=everybody, usual_reasons=(lazy("近期工作排不开"), lazy("换一位师傅更合适"))),
        step("mid", "running", "mid_review", arranger, lazy("中期考评"), form="mid", effect=on_mid, tell=both,
             ready=written("mid_text", lazy("请写明进展和下一步")), kind="primary"),
        step("finish", "mid_review extended", "final_review", arranger, lazy("进入结业互评"), effect=on_finish,
             tell=both, kind="primary"),
        step(RATE, "final_review", "final_review", either_side, lazy("互评"), form=RATE, ready=ready_to_rate,
             choose=stay, effect=on_rate, kind="primary", offered_when_ready=True),
        step("close", "final_review", "closed", arranger, lazy("结业"), form="close", ready=ready_to_close,
             effect=on_close, tell=both, kind="primary"),
        step("extend", "final_review", "extended", arranger, lazy("延长"), form="extend", ready=ready_to_extend,
             effect=on_extend, tell=both),
        step("dissolve", "running mid_review extended final_review", "dissolved", arranger, lazy("解除结对"),
             reason=True, effect=on_dissolve, tell=everybody, kind="danger",
             usual_reasons=(lazy("一方调岗或离职"), lazy("双方协商不再继续"))),
    ),
    lazy("以优带优"),
)
# fmt: on
