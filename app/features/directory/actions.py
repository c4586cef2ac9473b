"""Positions by date, who is in them, and drafting structures. Each is called inside a unit of work."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import LazyText, lazy, listed
from app.core.numbering import next_number
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.directory import queries, structure
from app.features.directory.enums import PLAN, POSITION, DirectoryPerm, HolderKind, PlanStatus
from app.features.directory.flow import FLOW
from app.features.directory.models import (
    MOST_PLACES,
    PlannedPosition,
    Position,
    PositionHolder,
    PositionTerm,
    StructurePlan,
)
from app.features.people.models import Department, User


@dataclass(frozen=True)
class PositionValues:
    """What a position is: its title, where it belongs, whom it reports to, how many people it takes."""

    title: str
    department_id: int | None = None
    reports_to_id: int | None = None
    places: int = 1


# Positions


def create_position(*, actor: Actor, values: PositionValues, from_date: date) -> Position:
    """Enter a position that there is from a day on; raises Denied, Invalid."""
    require(actor, DirectoryPerm.STRUCTURE)
    _check(values)
    position = _identity()
    _refuse_superior(values, position.id, from_date)
    _add_term(position, values, from_date)
    data = {"title": values.title.strip(), "from_date": from_date.isoformat()}
    timeline.record(POSITION, position.id, "position:create", actor, data=data)
    return position


def _identity() -> Position:
    position = Position(created_at=clock.now(), updated_at=clock.now())
    session.add(position)
    session.flush()
    return position


def _add_term(position: Position, values: PositionValues, from_date: date) -> PositionTerm:
    term = PositionTerm(position_id=position.id, from_date=from_date, **_columns(values))
    session.add(term)
    session.flush()
    return term


def change_position(
    position: Position, *, actor: Actor, version: int | None, values: PositionValues, from_date: date
) -> None:
    """Make a position another one from a day on; what it was before stays as history.

    On the first day of its present term the term itself is corrected. Raises Denied, Stale, Conflict once it ended,
    Invalid at the fields.
    """
    term = _open_term(position, actor, version)
    _check(values)
    if from_date < term.from_date:
        raise Invalid(
            fields={"from_date": lazy("不能早于现在这一段的开始日期 %(day)s", day=term.from_date.isoformat())}
        )
    _refuse_superior(values, position.id, from_date)
    _refuse_too_few(position.id, values.places, from_date)
    before, after = _told(_values_of(term)), _told(values)
    changes = timeline.diff(before, after)
    if not changes:
        return
    if from_date == term.from_date:
        for name, value in _columns(values).items():
            setattr(term, name, value)
    else:
        term.until_date = from_date - timedelta(days=1)
        session.flush()
        _add_term(position, values, from_date)
    position.touch()
    session.flush()
    data = {"from_date": from_date.isoformat(), "changes": changes}
    timeline.record(POSITION, position.id, "position:change", actor, data=data)


def end_position(position: Position, *, actor: Actor, version: int | None, last_day: date) -> None:
    """Let there be a position no more after a day. Raises Conflict while others report to it or people are in it."""
    term = _open_term(position, actor, version)
    if last_day < term.from_date:
        raise Invalid(fields={"last_day": lazy("不能早于开始日期 %(day)s", day=term.from_date.isoformat())})
    below = _below_after(position.id, last_day)
    if below:
        raise Conflict("position:others-below", what=listed(below))
    if _people_after(position.id, last_day):
        raise Conflict("position:people-in-it")
    term.until_date = last_day
    position.touch()
    session.flush()
    data = {"last_day": last_day.isoformat()}
    timeline.record(POSITION, position.id, "position:end", actor, data=data)


def _open_term(position: Position, actor: Actor, version: int | None) -> PositionTerm:
    lock(position)
    require(actor, DirectoryPerm.STRUCTURE)
    check_version(POSITION, position, version)
    terms = queries.terms_of(position.id)
    if not terms:
        raise Conflict("position:only-planned")
    if terms[0].until_date is not None:
        raise Conflict("position:ended", day=terms[0].until_date.isoformat())
    return terms[0]


def _check(values: PositionValues) -> None:
    check_written(values.title, "title")
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写岗位名称")
    if not 1 <= values.places <= MOST_PLACES:
        faults["places"] = lazy("请填写 1 到 %(most)s 之间的名额", most=MOST_PLACES)
    if values.department_id is not None and session.get(Department, values.department_id) is None:
        faults["department_id"] = lazy("请从列表中选择部门")
    if faults:
        raise Invalid(fields=faults)


def _refuse_superior(values: PositionValues, position_id: int, from_date: date) -> None:
    """Raise Invalid for a superior that is not there then, or that itself reports to the position on some day."""
    if values.reports_to_id is None:
        return
    days = _days_of_change(from_date)
    for day in days:
        boxes = dict(structure.on(day).boxes)
        if day == from_date and values.reports_to_id not in boxes:
            raise Invalid(
                fields={"reports_to_id": lazy("上级岗位在 %(day)s 还没有或已撤销", day=day.isoformat())}
            )
        _refuse_circle(boxes, position_id, values.reports_to_id)


def _refuse_circle(boxes: dict[int, structure.Box], position_id: int, above: int | None) -> None:
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == position_id:
            raise Invalid(fields={"reports_to_id": lazy("这样会绕成一圈：上级岗位本身在这个岗位之下")})
        seen.add(above)
        above = boxes[above].reports_to_id if above in boxes else None


def _days_of_change(from_date: date) -> list[date]:
    """Return a day and those after it on which any position changes."""
    statement = (
        select(PositionTerm.from_date)
        .where(PositionTerm.from_date > from_date)
        .distinct()
        .order_by(PositionTerm.from_date)
    )
    return [from_date, *session.execute(statement).scalars()]


def _refuse_too_few(position_id: int, places: int, from_date: date) -> None:
    most = _most_at_once(position_id, from_date, None)
    if most > places:
        raise Invalid(fields={"places": lazy("这个岗位有 %(count)s 人任职，名额不能更少", count=most)})


def _most_at_once(position_id: int, from_date: date, until: date | None) -> int:
    """Return how many people hold a position at once, at most, from a day on."""
    rows = session.execute(
        select(PositionHolder.from_date, PositionHolder.until_date).where(
            PositionHolder.position_id == position_id,
            PositionHolder.kind == HolderKind.HOLDER,
            or_(PositionHolder.until_date.is_(None), PositionHolder.until_date >= from_date),
        )
    ).all()
    days = [max(row.from_date, from_date) for row in rows]
    return max(
        (
            sum(row.from_date <= day and (row.until_date is None or row.until_date >= day) for row in rows)
            for day in days
            if until is None or day <= until
        ),
        default=0,
    )


def _below_after(position_id: int, last_day: date) -> list[str]:
    rows = session.execute(
        select(PositionTerm.title)
        .where(
            PositionTerm.reports_to_id == position_id,
            or_(PositionTerm.until_date.is_(None), PositionTerm.until_date > last_day),
        )
        .order_by(PositionTerm.id)
    )
    return list(rows.scalars())


def _people_after(position_id: int, last_day: date) -> bool:
    statement = select(PositionHolder.id).where(
        PositionHolder.position_id == position_id,
        or_(PositionHolder.until_date.is_(None), PositionHolder.until_date > last_day),
    )
    return session.execute(statement.limit(1)).first() is not None


def _columns(values: PositionValues) -> dict[str, Any]:
    return {
        "title": values.title.strip(),
        "department_id": values.department_id,
        "reports_to_id": values.reports_to_id,
        "places": values.places,
    }


def _values_of(row: PositionTerm | PlannedPosition) -> PositionValues:
    return PositionValues(row.title, row.department_id, row.reports_to_id, row.places)


def _told(values: PositionValues) -> dict[str, Any]:
    return {
        "title": values.title.strip(),
        "department": queries.department_names().get(values.department_id or 0, ""),
        "reports_to": queries.position_titles([values.reports_to_id]).get(values.reports_to_id, "")
        if values.reports_to_id is not None
        else "",
        "places": values.places,
    }


# People in positions


def assign(
    position: Position, *, actor: Actor, version: int | None, user_id: int | None, kind: str, from_date: date
) -> PositionHolder:
    """Put a person into a position from a day on, as holder, deputy or successor.

    Raises Denied, Stale, Conflict where no place is free, Invalid at the fields.
    """
    term = _open_term(position, actor, version)
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or not user.active:
        raise Invalid(fields={"user_id": lazy("请从列表中选择在职的同事")})
    if kind not in set(HolderKind):
        raise Invalid(fields={"kind": lazy("请选择任职、代理人或后备人选")})
    first = queries.terms_of(position.id)[-1].from_date
    if from_date < first:
        raise Invalid(
            fields={"from_date": lazy("岗位从 %(day)s 起才有，请填写之后的日期", day=first.isoformat())}
        )
    _refuse_twice(position, user, from_date)
    if kind == HolderKind.HOLDER and _most_at_once(position.id, from_date, None) >= term.places:
        raise Conflict("position:full", places=term.places)
    holder = PositionHolder(
        position_id=position.id, user_id=user.id, kind=kind, from_date=from_date, created_at=clock.now()
    )
    holder.user = user
    session.add(holder)
    position.touch()
    session.flush()
    data = {"who": user.name, "kind": str(kind), "from_date": from_date.isoformat()}
    timeline.record(POSITION, position.id, "position:assign", actor, data=data, tell=[user.id])
    return holder


def _refuse_twice(position: Position, user: User, from_date: date) -> None:
    statement = select(PositionHolder.id).where(
        PositionHolder.position_id == position.id,
        PositionHolder.user_id == user.id,
        or_(PositionHolder.until_date.is_(None), PositionHolder.until_date >= from_date),
    )
    if session.execute(statement.limit(1)).first() is not None:
        raise Invalid(fields={"user_id": lazy("%(who)s那天已经在这个岗位上", who=user.name)})


def release(position: Position, holder_id: int, *, actor: Actor, version: int | None, last_day: date) -> None:
    """Let a person leave a position after a day; one who never came is taken back. Raises NotVisible, Conflict."""
    lock(position)
    require(actor, DirectoryPerm.STRUCTURE)
    check_version(POSITION, position, version)
    holder = session.get(PositionHolder, holder_id)
    if holder is None or holder.position_id != position.id:
        raise NotVisible
    if holder.until_date is not None:
        raise Conflict("position:left-already", day=holder.until_date.isoformat())
    data = {"who": holder.user.name, "kind": holder.kind, "last_day": last_day.isoformat()}
    told = holder.user_id
    if last_day < holder.from_date:
        session.delete(holder)
    else:
        holder.until_date = last_day
    position.touch()
    session.flush()
    timeline.record(POSITION, position.id, "position:leave", actor, data=data, tell=[told])


# Plans


def draft_plan(*, actor: Actor, title: str, day: date, note: str = "") -> StructurePlan:
    """Begin a structure for a day to come, at first as it will be without it; raises Denied, Invalid."""
    require(actor, DirectoryPerm.STRUCTURE)
    _check_plan(title, day, note)
    plan = StructurePlan(
        title=title.strip(),
        day=day,
        note=note.strip(),
        status=FLOW.initial,
        owner_id=int(actor.id or 0),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    plan.owner = session.get_one(User, actor.id)
    plan.number = next_number(PLAN, "JG")
    session.add(plan)
    session.flush()
    timeline.record(PLAN, plan.id, "structure_plan:draft", actor, to_status=plan.status)
    return plan


def edit_plan(
    plan: StructurePlan, *, actor: Actor, version: int | None, title: str, day: date, note: str
) -> None:
    """Change title, day and note of a draft; raises Denied, Stale, Conflict, Invalid."""
    _open_draft(plan, actor, version)
    _check_plan(title, day, note)
    before = _plan_told(plan)
    plan.title, plan.day, plan.note = title.strip(), day, note.strip()
    changes = timeline.diff(before, _plan_told(plan))
    if changes:
        plan.touch()
        session.flush()
        timeline.record(PLAN, plan.id, "structure_plan:edit", actor, data={"changes": changes})


def _plan_told(plan: StructurePlan) -> dict[str, Any]:
    return {"title": plan.title, "day": plan.day.isoformat(), "note": plan.note}


def _check_plan(title: str, day: date, note: str) -> None:
    check_written(title, "title")
    check_written(note, "note")
    faults: dict[str, LazyText | str] = {}
    if not title.strip():
        faults["title"] = lazy("请填写规划的名称，如“二期架构”")
    if day <= clock.today():
        faults["day"] = lazy("请填写今天以后的日期；今天的架构请直接改岗位")
    if faults:
        raise Invalid(fields=faults)


def _open_draft(plan: StructurePlan, actor: Actor, version: int | None) -> None:
    lock(plan)
    require(actor, DirectoryPerm.STRUCTURE)
    check_version(PLAN, plan, version)
    if plan.status != PlanStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(plan.status).label, step=lazy("修改规划"))


def plan_position(
    plan: StructurePlan,
    position_id: int | None,
    *,
    actor: Actor,
    version: int | None,
    values: PositionValues,
) -> PlannedPosition:
    """Say in a draft what a position becomes; without ``position_id`` a new, empty one. Raises as change_position."""
    _open_draft(plan, actor, version)
    _check(values)
    planned = structure.on(plan.day, plan)
    if position_id is not None and position_id not in planned.boxes:
        raise NotVisible
    if values.reports_to_id is not None and values.reports_to_id not in planned.boxes:
        raise Invalid(fields={"reports_to_id": lazy("请从列表中选择规划里有的岗位")})
    if position_id is None:
        position_id = _identity().id
        verb = "structure_plan:add"
    else:
        _refuse_circle(dict(planned.boxes), position_id, values.reports_to_id)
        verb = "structure_plan:change"
    row = _planned_row(plan, position_id)
    for name, value in _columns(values).items():
        setattr(row, name, value)
    row.falls_away = False
    _note(plan, actor, verb, values.title.strip(), row)
    return row


def plan_removal(plan: StructurePlan, position_id: int, *, actor: Actor, version: int | None) -> None:
    """Say in a draft that a position falls away; one that only the draft knew is gone. Raises NotVisible, Conflict."""
    _open_draft(plan, actor, version)
    planned = structure.on(plan.day, plan)
    box = planned.boxes.get(position_id)
    if box is None:
        raise NotVisible
    below = [child.title for child in planned.children.get(position_id, ())]
    if below:
        raise Conflict("position:others-below", what=listed(below))
    row = _planned_row(plan, position_id)
    if position_id in structure.on(plan.day).boxes:
        row.title, row.department_id = box.title, box.department_id
        row.reports_to_id, row.places = box.reports_to_id, box.places
        row.falls_away = True
        _note(plan, actor, "structure_plan:remove", box.title, row)
    else:
        session.delete(row)
        _note(plan, actor, "structure_plan:remove", box.title, None)


def take_back(plan: StructurePlan, position_id: int, *, actor: Actor, version: int | None) -> None:
    """Leave a position as it is without the plan; raises NotVisible, and Conflict where others were put below it."""
    _open_draft(plan, actor, version)
    row = next((one for one in queries.planned_of(plan.id) if one.position_id == position_id), None)
    if row is None:
        raise NotVisible
    lasting = position_id in structure.on(plan.day).boxes
    below = structure.on(plan.day, plan).children.get(position_id, ())
    if below and not lasting:
        raise Conflict("position:others-below", what=listed([child.title for child in below]))
    title = row.title
    session.delete(row)
    _note(plan, actor, "structure_plan:take-back", title, None)


def _planned_row(plan: StructurePlan, position_id: int) -> PlannedPosition:
    known = next((one for one in queries.planned_of(plan.id) if one.position_id == position_id), None)
    return known or PlannedPosition(plan_id=plan.id, position_id=position_id)


def _note(plan: StructurePlan, actor: Actor, verb: str, title: str, row: PlannedPosition | None) -> None:
    if row is not None:
        session.add(row)
    plan.touch()
    session.flush()
    timeline.record(PLAN, plan.id, verb, actor, data={"title": title})


def fire(
    plan: StructurePlan,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Any = None,
) -> None:
    """Do a step of a plan, in the open unit of work."""
    FLOW.fire(plan, name, actor, version=version, note=note, data=data)
