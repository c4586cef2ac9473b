"""Templates of drills, preparing a drill, its cast, its stages, its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import clock, files, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, directory, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.drills import queries, score_sheet
from app.features.drills.enums import DRILL, DrillPerm, DrillStatus, PartKind, StageKind
from app.features.drills.flow import FLOW, LONGEST
from app.features.drills.models import Drill, DrillCriterion, DrillPart, DrillStage, DrillTemplate
from app.features.people.models import User

PREFIX = "YL"
ATTACHMENT = "attachment"
MOST_FILES = 20
MOST_PARTS = 30
TEXTS = ("name", "scene", "survey_task", "proposal_task", "negotiation_task", "criteria")
STEP_TEXTS = ("good", "bad", "lesson", "words")


@dataclass(frozen=True)
class TemplateValues:
    """What drills are made from; ``criteria`` are lines 「阶段 | 标准 | 权重」."""

    name: str
    scene: str
    survey_task: str
    proposal_task: str
    negotiation_task: str
    criteria: str
    active: bool = True


@dataclass(frozen=True)
class DrillValues:
    """A drill to prepare; without a scene it has that of its template."""

    title: str
    template_id: int
    held_on: date
    scene: str = ""


# Templates


def create_template(*, actor: Actor, values: TemplateValues) -> DrillTemplate:
    """Add a template; raises Denied without the right, Invalid at the fields."""
    require(actor, DrillPerm.ARRANGE)
    check_template(values, None)
    row = DrillTemplate(created_at=clock.now(), updated_at=clock.now())
    write_template(row, values)
    session.add(row)
    session.flush()
    return row


def edit_template(row: DrillTemplate, *, actor: Actor, version: int | None, values: TemplateValues) -> None:
    """Change a template; drills made from it stay as they are. Raises Denied, Stale, Invalid."""
    lock(row)
    require(actor, DrillPerm.ARRANGE)
    check_version("drill_template", row, version)
    check_template(values, row)
    write_template(row, values)
    row.touch()
    session.flush()


def check_template(values: TemplateValues, row: DrillTemplate | None) -> None:
    """Raise Invalid at the fields for what cannot be a template."""
    faults: dict[str, LazyText | str] = {}
    for name in TEXTS:
        check_written(getattr(values, name), name)
        if not getattr(values, name).strip():
            faults[name] = lazy("请填写")
    other = queries.template_named(values.name.strip())
    if other is not None and other is not row:
        faults["name"] = lazy("已有同名的模板")
    if faults:
        raise Invalid(fields=faults)
    score_sheet.read(values.criteria)


def write_template(row: DrillTemplate, values: TemplateValues) -> None:
    """Put what was typed and checked into the row."""
    for name in TEXTS:
        setattr(row, name, getattr(values, name).strip())
    row.active = values.active


# Preparing


def prepare(*, actor: Actor, values: DrillValues) -> Drill:
    """Prepare a drill from a template, with its own copy of tasks and criteria.

    Raises Denied without the right, Invalid at the fields.
    """
    require(actor, DrillPerm.ARRANGE)
    faults = faults_of(values.title, values.scene)
    template = session.get(DrillTemplate, values.template_id)
    if template is None or not template.active:
        raise Invalid(fields={**faults, "template_id": lazy("请选择在用的模板")})
    if faults:
        raise Invalid(fields=faults)
    person = session.get_one(User, actor.id)
    tasks = (template.survey_task, template.proposal_task, template.negotiation_task)
    row = Drill(
        number=next_number(DRILL, PREFIX),
        status=FLOW.initial,
        owner=person,
        owner_id=person.id,
        department_id=person.department_id,
        template=template,
        title=values.title.strip(),
        held_on=values.held_on,
        scene=values.scene.strip() or template.scene,
        good="",
        bad="",
        lesson="",
        stages=[
            DrillStage(place=place, kind=kind, task=task, notes="")
            for place, (kind, task) in enumerate(zip(StageKind, tasks, strict=True))
        ],
        criteria=[
            DrillCriterion(place=place, stage=line.stage, name=line.name, weight=line.weight)
            for place, line in enumerate(score_sheet.read(template.criteria))
        ],
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(row)
    session.flush()
    FLOW.sync_tasks(row)
    timeline.record(DRILL, row.id, "drill:prepare", actor, to_status=row.status)
    index(row)
    return row


def faults_of(title: str, scene: str) -> dict[str, LazyText | str]:
    """Return what is wrong with title and scene, by field; raises Invalid for what cannot be kept as text."""
    check_written(title, "title")
    check_written(scene, "scene")
    return {} if title.strip() else {"title": lazy("请填写标题")}


def edit(
    row: Drill, *, actor: Actor, version: int | None, title: str, held_on: date, scene: str = ""
) -> None:
    """Change title, day and scene of a drill in preparation; an empty scene leaves the one it has.

    Its template is not asked for again: it may have been retired since. Raises Denied, Stale, Conflict, Invalid.
    """
    open_prepared(row, actor, version, lazy("修改演练"))
    faults = faults_of(title, scene)
    if faults:
        raise Invalid(fields=faults)
    row.title, row.held_on = title.strip(), held_on
    row.scene = scene.strip() or row.scene
    kept(row, "drill:edit", actor)


def open_prepared(
    row: Drill, actor: Actor, version: int | None, what: LazyText, *, players: bool = False
) -> None:
    """Lock a drill in preparation for who leads it; with ``players`` for who plays too.

    Raises Denied, Stale, Conflict, in this order.
    """
    lock(row)
    playing = players and any(part.user_id == actor.id for part in row.players)
    if not playing and not queries.leads(actor, row):
        raise Denied("core:denied", what=what, who=row.owner.name)
    check_version(DRILL, row, version)
    if row.status != DrillStatus.PREPARED:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=what)


def kept(row: Drill, verb: str, actor: Actor, **record: Any) -> None:
    """Record a change of a drill, bring tasks and search up to date."""
    row.touch()
    session.flush()
    FLOW.sync_tasks(row)
    timeline.record(DRILL, row.id, verb, actor, **record)
    index(row)


def index(row: Drill) -> None:
    """Bring the search up to date."""
    notes = " ".join(stage.notes for stage in row.stages)
    search.put(DRILL, row.id, row.title, f"{row.number or ''} {row.scene} {notes} {row.lesson}")


def fire(
    row: Drill,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a drill; what cannot be kept as text is refused at its field."""
    check_written(note, "note")
    for field in STEP_TEXTS:
        check_written(str((data or {}).get(field) or ""), field)
    FLOW.fire(row, name, actor, version=version, note=note, data=data)
    index(row)


# The cast


def cast(row: Drill, *, actor: Actor, user_id: int, kind: str, role: str = "") -> DrillPart:
    """Give somebody a part, one each: whoever plays does not judge.

    Raises Denied, Conflict once it is over or for too many, Invalid at the fields.
    """
    open_prepared(row, actor, None, lazy("安排人员"))
    check_written(role, "role")
    known = directory().people([user_id])
    faults: dict[str, LazyText | str] = {}
    if user_id not in known or not known[user_id].active:
        faults["user_id"] = lazy("请选择在职人员")
    elif any(part.user_id == user_id for part in row.parts):
        faults["user_id"] = lazy("这个人已经在名单里；一人一职，参演的人不能当评委")
    if kind not in set(PartKind):
        faults["kind"] = lazy("请选择参演或评委")
    if kind == PartKind.PLAYER and not role.strip():
        faults["role"] = lazy("请填写扮演谁，如 客户采购经理")
    if faults:
        raise Invalid(fields=faults)
    if len(row.parts) >= MOST_PARTS:
        raise Conflict("drill:too-many-parts", most=MOST_PARTS)
    made = DrillPart(
        person=session.get_one(User, user_id), user_id=user_id, kind=kind, role=role.strip()[:40]
    )
    row.parts.append(made)
    kept(row, "drill:cast", actor, data={"person": known[user_id].name}, tell=[user_id])
    return made


def uncast(row: Drill, part_id: int, *, actor: Actor) -> None:
    """Take somebody's part away; raises as ``cast``, NotVisible for one that is not there."""
    open_prepared(row, actor, None, lazy("安排人员"))
    part = next((each for each in row.parts if each.id == part_id), None)
    if part is None:
        raise NotVisible
    row.parts.remove(part)
    kept(row, "drill:uncast", actor, data={"person": part.person.name}, tell=[part.user_id])


# Stages and files


def may_note(row: Drill, stage: DrillStage, actor: Actor) -> None:
    """Raise where an actor cannot note how a stage went: Denied, Conflict in a wrong state or out of turn."""
    what = lazy("记录阶段")
    playing = any(part.user_id == actor.id for part in row.players)
    if not playing and not queries.leads(actor, row):
        raise Denied("core:denied", what=what, who=row.owner.name)
    if row.status != DrillStatus.PREPARED:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=what)
    if any(each.done_at is None for each in row.stages if each.place < stage.place):
        raise Conflict("drill:stage-before")


def get_stage(row: Drill, kind: str) -> DrillStage:
    """Return a stage of a drill; raises NotVisible for an unknown one."""
    found = next((each for each in row.stages if each.kind == kind), None)
    if found is None:
        raise NotVisible
    return found


def note_stage(row: Drill, kind: str, *, actor: Actor, version: int | None, notes: str) -> None:
    """Note how a stage went, one after another; it may be written anew while the drill is not over.

    Raises Denied for who neither leads nor plays, Stale, Conflict, Invalid for an empty text.
    """
    lock(row)
    stage = get_stage(row, kind)
    may_note(row, stage, actor)
    check_version(DRILL, row, version)
    check_written(notes, "notes")
    if not notes.strip():
        raise Invalid(fields={"notes": lazy("请写这个阶段做了什么、问到什么、谈到哪里")})
    if len(notes) > LONGEST:
        raise Invalid(fields={"notes": lazy("最多 %(most)s 字", most=LONGEST)})
    stage.notes, stage.done_at = notes.strip(), stage.done_at or clock.now()
    kept(row, f"drill:note-{stage.kind}", actor)


def attach(row: Drill, *, actor: Actor, file: CheckedFile | None) -> StoredFile:
    """Put a file to a drill in preparation; raises as ``note_stage``, Invalid without a file, Conflict for too many."""
    open_prepared(row, actor, None, lazy("添加附件"), players=True)
    if file is None:
        raise Invalid(fields={"file": lazy("请选择要上传的文件")})
    if len(files.files_for(DRILL, row.id)) >= MOST_FILES:
        raise Conflict("drill:too-many-files", most=MOST_FILES)
    stored = files.attach(file, DRILL, row.id, actor, kind=ATTACHMENT)
    timeline.record(DRILL, row.id, "drill:attach", actor)
    return stored


def remove_file(row: Drill, file_id: int, *, actor: Actor) -> None:
    """Take a file back; raises as ``attach``, NotVisible for one that is not there."""
    open_prepared(row, actor, None, lazy("移除附件"), players=True)
    stored = next((each for each in files.files_for(DRILL, row.id) if each.id == file_id), None)
    if stored is None:
        raise NotVisible
    files.mark_deleted(stored)
    timeline.record(DRILL, row.id, "drill:remove-file", actor)
