"""What the pages of drills show, made ready so that templates decide nothing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for

from app.core import documents as core_documents
from app.core import files
from app.core.files import StoredFile
from app.core.i18n import LazyText
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.timeline import Event, events_for
from app.features.cases.enums import CASE
from app.features.drills import queries, score_sheet
from app.features.drills.enums import DRILL, STAGE_LABELS, DrillStatus, StageKind
from app.features.drills.flow import FLOW
from app.features.drills.models import Drill, DrillCriterion, DrillStage, points_text
from app.features.people.models import User
from app.web import charts, documents

TREND = 12


@dataclass(frozen=True)
class StageRow:
    """A stage as the page shows it; the address is empty where this reader cannot note how it went."""

    label: LazyText
    task: str
    notes: str
    done: bool
    url: str


@dataclass(frozen=True)
class ResultRow:
    """A criterion with average, lowest and highest points of the judges."""

    stage: LazyText
    name: str
    weight: int
    average: str
    least: int
    most: int


@dataclass(frozen=True)
class JudgeRow:
    """What a judge gave: the total, and words; for who leads or judges."""

    name: str
    total: str
    words: str
    url: str


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("情景演练"), url_for("drills.index"))]


def address(row: Drill) -> str:
    """Return the address of a drill's page."""
    return url_for("drills.show_drill", drill_id=row.id)


def trail_to(row: Drill) -> list[tuple[str, str]]:
    """Return the trail of every page below a drill."""
    return [*trail(), (row.title, address(row))]


def plays(row: Drill, actor: Actor) -> bool:
    """Tell whether an actor plays in a drill."""
    return any(part.user_id == actor.id for part in row.players)


def judges(row: Drill, actor: Actor) -> bool:
    """Tell whether an actor judges a drill."""
    return any(part.user_id == actor.id for part in row.judges)


def stage_rows(row: Drill, actor: Actor) -> list[StageRow]:
    """Return the stages; the next one, and those before it, can be noted by who leads or plays."""
    writing = row.status == DrillStatus.PREPARED and (queries.leads(actor, row) or plays(row, actor))
    return [stage_row(row, stage, writing=writing) for stage in row.stages]


def stage_row(row: Drill, stage: DrillStage, *, writing: bool) -> StageRow:
    """Return a stage for a reader."""
    in_turn = all(each.done_at is not None for each in row.stages if each.place < stage.place)
    return StageRow(
        STAGE_LABELS[StageKind(stage.kind)],
        stage.task,
        stage.notes,
        stage.done_at is not None,
        url_for("drills.stage", drill_id=row.id, kind=stage.kind) if writing and in_turn else "",
    )


def result_rows(row: Drill) -> list[ResultRow]:
    """Return the criteria with what the judges gave, once scoring is over."""
    if row.average is None or not row.sheets:
        return []
    return [result_row(each, [sheet.points[each.id] for sheet in row.sheets]) for each in row.criteria]


def result_row(criterion: DrillCriterion, points: list[int]) -> ResultRow:
    """Return a criterion with average, lowest and highest."""
    return ResultRow(
        STAGE_LABELS[StageKind(criterion.stage)],
        criterion.name,
        criterion.weight,
        points_text(score_sheet.average([10 * each for each in points])),
        min(points),
        max(points),
    )


def judge_rows(row: Drill, actor: Actor) -> list[JudgeRow]:
    """Return what each judge gave: once scoring is over for who leads or judges, before that one's own alone."""
    over = row.average is not None and (queries.leads(actor, row) or judges(row, actor))
    weights = {each.id: each.weight for each in row.criteria}
    return [
        JudgeRow(
            sheet.judge.name,
            points_text(score_sheet.total(weights, sheet.points)),
            sheet.words,
            url_for("drills.own_sheet", drill_id=row.id) if sheet.judge_id == actor.id else "",
        )
        for sheet in row.sheets
        if over or sheet.judge_id == actor.id
    ]


def part_rows(row: Drill, actor: Actor) -> list[dict[str, Any]]:
    """Return who takes part, each with the way to take the part away and to their results."""
    casting = row.status == DrillStatus.PREPARED and queries.leads(actor, row)
    given = {sheet.judge_id for sheet in row.sheets}
    playing = {part.user_id for part in row.players}
    return [
        {
            "name": part.person.name,
            "role": part.role or _("评委"),
            "given": part.user_id in given,
            "url": url_for("drills.results", user_id=part.user_id)
            if part.user_id in playing and queries.may_see_results(actor, part.person)
            else "",
            "remove_url": url_for("drills.uncast", drill_id=row.id, part_id=part.id) if casting else "",
        }
        for part in [*row.players, *row.judges]
    ]


def facts(row: Drill) -> list[tuple[Any, ...]]:
    """Return what stands beside the stages."""
    found: list[tuple[Any, ...]] = [
        (_("编号"), row.number),
        (_("模板"), row.template.name),
        (_("演练日期"), row.held_on),
        (_("组织人"), row.owner.name),
    ]
    if row.average is not None:
        found += [(_("平均分"), points_text(row.average)), (_("最高与最低之差"), points_text(row.spread))]
    return found


def file_rows(row: Drill, events: list[Event], *, writing: bool) -> list[documents.FileRow]:
    """Return the attachments, each with the way to take it back while the drill is prepared."""

    def remove_url(file: StoredFile) -> str:
        return url_for("drills.remove_file", drill_id=row.id, file_id=file.id) if writing else ""

    return documents.file_rows(files.files_for(DRILL, row.id), remove_url, events)


def case_url(row: Drill, actor: Actor) -> str:
    """Return the address of the case the lesson became, for who may see it."""
    if row.case_id is None or not core_documents.is_visible(actor, CASE, row.case_id):
        return ""
    return core_documents.document_type(CASE).url(row.case_id)


def context(row: Drill, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a drill needs, for this reader."""
    state, leading = FLOW.state(row.status), queries.leads(actor, row)
    prepared = row.status == DrillStatus.PREPARED
    writing = prepared and (leading or plays(row, actor))
    scoring = row.status == DrillStatus.REHEARSED and judges(row, actor) and row.sheet_of(actor.id) is None
    events = events_for(DRILL, row.id)
    return {
        "heading": row.title,
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [row.number, row.held_on],
        "told": facts(row),
        "scene": row.scene,
        "stages": stage_rows(row, actor),
        "results": result_rows(row),
        "sheets": judge_rows(row, actor),
        "sheet_line": _("%(given)s / %(all)s 份评分表", given=len(row.sheets), all=len(row.judges)),
        "lessons": [
            (label, text)
            for label, text in (
                (_("做得好的"), row.good),
                (_("不足"), row.bad),
                (_("经验教训"), row.lesson),
            )
            if text
        ],
        "parts": part_rows(row, actor),
        "cast_url": url_for("drills.cast", drill_id=row.id) if prepared and leading else "",
        "edit_url": url_for("drills.edit", drill_id=row.id) if prepared and leading else "",
        "score_url": url_for("drills.score", drill_id=row.id) if scoring else "",
        "blank_url": url_for("drills.blank_sheet", drill_id=row.id),
        "result_url": url_for("drills.result_sheet", drill_id=row.id) if row.average is not None else "",
        "case_url": case_url(row, actor),
        "files": file_rows(row, events, writing=writing),
        "file_upload": url_for("drills.add_file", drill_id=row.id) if writing else "",
        **steps_context(row, actor),
        "stations": documents.stations(FLOW, row.status, events),
        "events": documents.timeline_rows(events),
    }


def steps_context(row: Drill, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(row, actor), "action": address(row), "version": row.version}


def criteria_by_stage(row: Drill) -> list[tuple[LazyText, list[DrillCriterion]]]:
    """Return the criteria, those of a stage together."""
    return [
        (label, [each for each in row.criteria if each.stage == kind]) for kind, label in STAGE_LABELS.items()
    ]


def trend_context(person: User, actor: Actor) -> dict[str, Any]:
    """Return how a person did over the newest drills: a chart, and a row each with the stages apart."""
    found = queries.results_of(actor, person.id, TREND)
    sums = queries.stage_sums([row.id for row in found]) if found else {}

    def reached(number: int, kind: StageKind) -> str:
        weights, points = sums.get((number, kind), (0, 0))
        return points_text(score_sheet.share(weights, points)) if weights else ""

    rows = [
        {
            "title": row.title,
            "url": url_for("drills.show_drill", drill_id=row.id),
            "held_on": row.held_on,
            "role": row.role,
            "stages": [(label, reached(row.id, kind)) for kind, label in STAGE_LABELS.items()],
            "average": points_text(row.average),
            "spread": points_text(row.spread),
        }
        for row in found
    ]
    bars = [
        charts.Bar(f"{row.held_on:%m-%d}", Decimal(row.average) / 10, points_text(row.average))
        for row in reversed(found)
    ]
    return {
        "heading": _("%(name)s的演练成绩", name=person.name),
        "trail": trail(),
        "rows": rows,
        "stages": list(STAGE_LABELS.values()),
        "chart": charts.columns(_("演练平均分"), _("按演练日期从左到右，满分 100"), bars, "drill-trend"),
    }
