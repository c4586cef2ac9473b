"""Drills for tests: prepared and brought to a state by actions and steps alone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock, modules, settings
from app.core.db import session
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.drills import actions, queries
from app.features.drills.actions import DrillValues, TemplateValues
from app.features.drills.models import Drill, DrillTemplate
from app.features.people.models import User
from tests import factories

CRITERIA = "调研 | 问清介质和工况 | 30\n方案 | 型号与工况相配 | 40\n谈判 | 守住付款条件 | 30"
JUDGES = ("leader", "engineer")
STAGES = ("survey", "proposal", "negotiation")


@dataclass
class Stage:
    """Who arranges, who plays, who judges, who works elsewhere."""

    manager: User
    leader: User
    engineer: User
    player: User
    second: User
    keeper: User

    def actor(self, name: str) -> Actor:
        """Return one of them as who acts now."""
        return factories.actor(getattr(self, name))


def stage() -> Stage:
    """Make the people, or return those of an earlier example."""
    known = {row.staff_number: row for row in session.execute(select(User)).unique().scalars()}
    if known:
        return Stage(*(known[number] for number in ("m1", "l1", "t1", "s1", "s2", "w1")))
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    sales, store = factories.department("销售部"), factories.department("仓库")
    return Stage(
        factories.user("王经理", "m1", sales, [Role.MANAGER]),
        factories.user("刘总", "l1", None, [Role.LEADER]),
        factories.user("李工", "t1", store, [Role.TECHNICAL]),
        factories.user("周文静", "s1", sales, [Role.SALESPERSON]),
        factories.user("陈志远", "s2", sales, [Role.SALESPERSON]),
        factories.user("马国强", "w1", store, [Role.WAREHOUSE]),
    )


def template_values(**changed: Any) -> TemplateValues:
    """Return a template of a criterion a stage."""
    said = {
        "name": "泵站改造询价",
        "scene": "泵站要换 6 台离心泵",
        "survey_task": "问清介质、扬程、流量",
        "proposal_task": "选型并报价",
        "negotiation_task": "客户要降 8%",
        "criteria": CRITERIA,
    }
    return TemplateValues(**{**said, **changed})  # type: ignore[arg-type]


def template(stage: Stage) -> int:
    """Return the id of the template, made once."""
    known = session.execute(select(DrillTemplate.id)).scalars().first()
    if known is not None:
        return known
    with unit_of_work():
        return actions.create_template(actor=stage.actor("manager"), values=template_values()).id


def prepared(stage: Stage, *, parts: bool = True, **changed: Any) -> int:
    """Prepare a drill; usually with a player and two judges."""
    values = {"title": "泵站改造", "template_id": template(stage), "held_on": clock.today()}
    with unit_of_work():
        row = actions.prepare(actor=stage.actor("manager"), values=DrillValues(**{**values, **changed}))
        number = row.id
    if parts:
        cast(stage, number, "player", "player", "销售员")
        for name in JUDGES:
            cast(stage, number, name, "judge")
    return number


def cast(stage: Stage, number: int, name: str, kind: str, role: str = "", who: str = "manager") -> None:
    """Give somebody a part."""
    with unit_of_work():
        person = session.get_one(User, stage.actor(name).id)
        actions.cast(load(number), actor=stage.actor(who), user_id=person.id, kind=kind, role=role)


def note(stage: Stage, number: int, kind: str, who: str = "player", notes: str = "问了八个问题") -> None:
    """Note how a stage went."""
    with unit_of_work():
        actions.note_stage(load(number), kind, actor=stage.actor(who), version=None, notes=notes)


def rehearsed(stage: Stage) -> int:
    """Return a drill that waits for its judges."""
    number = prepared(stage)
    for kind in STAGES:
        note(stage, number, kind)
    step(stage, number, "rehearse", "manager")
    return number


def score(stage: Stage, number: int, who: str, *points: int, words: str = "") -> Drill:
    """Give the sheet of a judge, with points for each criterion."""
    row = load(number)
    data = {f"points_{each.id}": given for each, given in zip(row.criteria, points, strict=False)}
    return step(stage, number, "score", who, **data, words=words)


def scored(stage: Stage) -> int:
    """Return a drill both judges have scored: 80.0 and 60.0."""
    number = rehearsed(stage)
    score(stage, number, "leader", 8, 8, 8, words="问得细")
    score(stage, number, "engineer", 6, 6, 6)
    return number


def load(number: int) -> Drill:
    """A drill as the system sees it."""
    return queries.get_drill(SYSTEM, number)


def step(stage: Stage, number: int, name: str, who: str, note: str = "", **data: Any) -> Drill:
    """Do a step as one of the people."""
    with unit_of_work():
        actions.fire(load(number), name, actor=stage.actor(who), version=None, note=note, data=data)
    return load(number)
