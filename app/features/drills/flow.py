"""The life of a drill: prepared, gone through in three stages, scored by several judges, talked over."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, modules
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy, listed
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, stay, step
from app.features.cases import actions as cases
from app.features.cases.enums import MODULE as CASES
from app.features.cases.enums import Outcome, Stage
from app.features.drills import score_sheet
from app.features.drills.enums import (
    DRILL,
    MOST_POINTS,
    SCORE,
    STAGE_LABELS,
    DrillPerm,
    DrillStatus,
    StageKind,
)
from app.features.drills.models import Drill, DrillScore, DrillSheet, points_text

FEWEST_JUDGES = 2
WELL, FAIRLY = 800, 600
LONGEST = 2_000


def judge_of(row: Drill, actor: Actor) -> Authority | None:
    """Return the authority of a judge, for whom nobody stands in."""
    judging = {part.user_id for part in row.judges}
    return Authority("judge") if actor.id is not None and actor.id in judging else None


a_judge = Who(
    judge_of,
    lambda row: listed(part.person.name for part in row.judges),
    people=lambda row: [part.user_id for part in row.judges],
)
leader = any_of(mine, may(DrillPerm.ARRANGE))


def preparing(row: Drill) -> Iterable[WantedTask]:
    """Yield the task of holding it, due at the end of its day."""
    yield WantedTask(f"{DRILL}:rehearse", user_id=row.owner_id, due_at=clock.day_bounds(row.held_on)[1])


def scoring(row: Drill) -> Iterable[WantedTask]:
    """Yield the sheet of each judge that is not in."""
    for person in row.unscored:
        yield WantedTask(f"{DRILL}:{SCORE}", user_id=person)


def debriefing(row: Drill) -> Iterable[WantedTask]:
    """Yield the task of talking it over."""
    yield WantedTask(f"{DRILL}:debrief", user_id=row.owner_id)


def ready_to_end(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a drill without players or judges, with a stage that was not gone through, or before its day."""
    if not row.players:
        return Conflict("drill:nobody-plays")
    if len(row.judges) < FEWEST_JUDGES:
        return Conflict("drill:too-few-judges", fewest=FEWEST_JUDGES)
    undone = [str(STAGE_LABELS[StageKind(each.kind)]) for each in row.stages if each.done_at is None]
    if undone:
        return Conflict("drill:stages-left", stages=listed(undone))
    return Conflict("drill:not-yet", day=row.held_on.isoformat()) if row.held_on > clock.today() else None


def ready_to_score(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second sheet, and one without points from 0 to 10 for every criterion."""
    if row.sheet_of(actor.id) is not None:
        return Conflict("drill:scored-already")
    faults: dict[str, Any] = {}
    for criterion in row.criteria:
        points = data.get(f"points_{criterion.id}")
        if not isinstance(points, int) or not 0 <= points <= MOST_POINTS:
            faults[f"points_{criterion.id}"] = lazy("请打 0 到 %(most)s 分", most=MOST_POINTS)
    return Invalid(fields=faults) if faults else None


def after_sheet(row: Drill, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the state after a sheet: scored with the last one."""
    return DrillStatus.REHEARSED if set(row.unscored) - {actor.id} else DrillStatus.SCORED


def on_score(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep the sheet; with the last one the result too."""
    # The new state needs its result: nothing may be written before both are there.
    with session.no_autoflush:
        row.sheets.append(
            DrillSheet(
                judge_id=int(actor.id or 0),
                words=str(data.get("words") or "").strip(),
                given_at=clock.now(),
                scores=[
                    DrillScore(criterion_id=each.id, points=data[f"points_{each.id}"])
                    for each in row.criteria
                ],
            )
        )
        keep_result(row)
    session.flush()
    return None


def keep_result(row: Drill) -> None:
    """Keep average and spread of the sheets once scoring is over."""
    if row.status == DrillStatus.SCORED:
        totals = sheet_totals(row)
        row.average, row.spread = score_sheet.average(totals), score_sheet.spread(totals)


def sheet_totals(row: Drill) -> list[int]:
    """Return the totals of the sheets, in tenths of a point of 100."""
    weights = {each.id: each.weight for each in row.criteria}
    return [score_sheet.total(weights, sheet.points) for sheet in row.sheets]


def ready_to_stop(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to go on without the missing judges while fewer than two sheets are in."""
    if len(row.sheets) < FEWEST_JUDGES:
        return Conflict("drill:too-few-sheets", fewest=FEWEST_JUDGES, count=len(row.sheets))
    return None


def on_stop(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep the result of the sheets that are in."""
    with session.no_autoflush:
        keep_result(row)
    return None


def ready_to_debrief(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse without what went well, what did not and what is learnt."""
    asked = {"good": lazy("请写做得好的"), "bad": lazy("请写不足"), "lesson": lazy("请写经验教训")}
    faults: dict[str, Any] = {
        name: said for name, said in asked.items() if not str(data.get(name) or "").strip()
    }
    return Invalid(fields=faults) if faults else None


def on_debrief(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep what was said."""
    for name in ("good", "bad", "lesson"):
        setattr(row, name, str(data[name]).strip())
    return None


def ready_for_library(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a second case of the same drill, and any while the library is switched off."""
    if row.case_id is not None:
        return Conflict("drill:case-already")
    return None if modules.is_on(CASES) else Conflict("case_study:switched-off")


def outcome_of(average: int | None) -> Outcome:
    """Return how a result counts in the library: from 80 points it worked, from 60 partly."""
    if average is None or average < FAIRLY:
        return Outcome.FAILED
    return Outcome.WORKED if average >= WELL else Outcome.PARTLY


def on_write_case(row: Drill, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Put the lesson into the library as a draft of who does it."""
    # Stored text is of no language: the stages are numbered, not named.
    gone_through = [f"{number}. {each.notes}" for number, each in enumerate(row.stages, 1)]
    made = cases.draft_from(
        actor=actor,
        title=row.title,
        links=[(DRILL, row.id)],
        outcome=outcome_of(row.average),
        stage=Stage.NEGOTIATION,
        situation=row.scene,
        done="\n\n".join(gone_through),
        result=f"{row.good}\n\n{row.bad}",
        lesson=row.lesson,
        figures=f"{points_text(row.average)} / 100 (± {points_text(row.spread)})",
    )
    row.case_id = made.id
    return None


def everybody(row: Drill) -> list[int | None]:
    """Return all who take part, and who leads it."""
    return [row.owner_id, *(part.user_id for part in row.parts)]


def judges(row: Drill) -> list[int | None]:
    """Return the judges."""
    return [part.user_id for part in row.judges]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DRILL,
    DrillStatus.PREPARED,
    (
        State(DrillStatus.PREPARED, lazy("筹备中"), "info", preparing, milestone=True),
        State(DrillStatus.REHEARSED, lazy("待评分"), "warn", scoring, milestone=True),
        State(DrillStatus.SCORED, lazy("待复盘"), "warn", debriefing, milestone=True),
        State(DrillStatus.DEBRIEFED, lazy("已复盘"), "ok", milestone=True),
        State(DrillStatus.CANCELLED, lazy("已取消"), "neutral", terminal=True),
    ),
    (
        step("rehearse", "prepared", "rehearsed", leader, lazy("演练结束，请评委评分"), ready=ready_to_end,
             tell=judges, kind="primary"),
        step(SCORE, "rehearsed", "rehearsed scored", a_judge, lazy("评分"), ready=ready_to_score,
             choose=after_sheet, effect=on_score, hidden=True),
        step("stop_scoring", "rehearsed", "scored", leader, lazy("不再等其余评委"), ready=ready_to_stop,
             effect=on_stop, reason=True, offered_when_ready=True, usual_reasons=(lazy("评委出差或请假"),)),
        step("debrief", "scored", "debriefed", leader, lazy("复盘"), form="debrief", ready=ready_to_debrief,
             effect=on_debrief, tell=everybody, kind="primary"),
        step("write_case", "debriefed", "debriefed", leader, lazy("写入案例库"), ready=ready_for_library,
             choose=stay, effect=on_write_case, offered_when_ready=True, kind="primary"),
        step("cancel", "prepared rehearsed", "cancelled", leader, lazy("取消演练"), reason=True, tell=everybody,
             kind="danger", usual_reasons=(lazy("人员到不齐"), lazy("与业务冲突，另行安排"))),
    ),
    lazy("情景演练"),
)
# fmt: on
