"""A document's life drawn as SVG from its table: each state with the steps that lead on from it, so that no line
crosses another however many there are. The same table guards the document, so the drawing cannot be out of date.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.workflow import Flow, Step, permission_labels, stay
from app.web import charts

STATE_WIDTH, STEP_X, STEP_WIDTH = 116, 140, 330
LINE, GAP, BOX = 26, 12, 22
WIDTH = STEP_X + STEP_WIDTH + 24 + STATE_WIDTH + 2
TOKENS: Mapping[str, str] = {"ok": "ok", "bad": "bad", "warn": "warn", "info": "action"}
LONGEST_LABEL, LONGEST_STATE = 46, 15


@dataclass(frozen=True)
class Road:
    """A step out of a state, with the state it leads to; none where it stays."""

    step: Step
    target: str


def draw(flow: Flow, name: str) -> Markup:
    """Return the drawing of a flow; ``name`` is a prefix of ids, unlike that of every other drawing on the page."""
    top, parts = 2, []
    for code in in_order(flow):
        roads = roads_from(flow, code)
        height = max(LINE * len(roads), LINE)
        parts.append(_state(flow, code, 1, top + (LINE - BOX) // 2))
        for place, road in enumerate(roads):
            parts.append(_road(flow, road, top, top + LINE * place))
        top += height + GAP
    title = _("%(kind)s的流程", kind=flow.label)
    return charts.image(title, in_words(flow), WIDTH, top, "".join(parts), name)


def in_order(flow: Flow) -> list[str]:
    """Return the states from the first on, each as early as it can be reached."""
    order: list[str] = []
    waiting = [flow.initial]
    while waiting:
        code = str(waiting.pop(0))
        if code not in order:
            order.append(code)
            waiting += [str(road.target) for road in roads_from(flow, code)]
    return order


def roads_from(flow: Flow, code: str) -> list[Road]:
    """Return the steps that lead from a state to another one."""
    return [
        Road(item, str(target))
        for item in flow.steps
        if code in item.sources
        for target in item.targets
        if target != code and item.choose is not stay
    ]


def in_words(flow: Flow) -> str:
    """Return the drawing as text, for who does not see it."""
    return " ".join(
        _(
            "%(source)s → %(target)s：%(step)s。",
            source=flow.state(code).label,
            target=flow.state(road.target).label,
            step=said(road.step),
        )
        for code in in_order(flow)
        for road in roads_from(flow, code)
    )


def said(step: Step) -> str:
    """Return what a step is called, with the right it asks for."""
    who = listed([str(label) for label in permission_labels(step.allowed)])
    return _("%(step)s（%(who)s）", step=step.label, who=who) if who else str(step.label)


def _state(flow: Flow, code: str, x: int, y: int) -> str:
    state = flow.state(code)
    token = TOKENS.get(state.tone, "line-strong")
    label = charts.cut(str(state.label), LONGEST_STATE)
    return (
        f'<rect x="{x}" y="{y}" width="{STATE_WIDTH}" height="{BOX}" rx="4" fill="none" stroke="var(--{token})"/>'
        + charts.text(x + STATE_WIDTH // 2, y + 15, label, "middle", "ink")
    )


def _road(flow: Flow, road: Road, first: int, y: int) -> str:
    middle, start, end = y + LINE // 2, STATE_WIDTH + 1, STEP_X + STEP_WIDTH
    stem = (
        f"M{start + 10} {first + LINE // 2}V{middle}H{STEP_X - 6}"
        if y > first
        else f"M{start} {middle}H{STEP_X - 6}"
    )
    arrow = f"M{end} {middle}H{end + 20}m-5 -4l5 4l-5 4"
    return (
        f'<path d="{stem}{arrow}" fill="none" stroke="var(--line-strong)"/>'
        + charts.text(STEP_X, middle + 4, charts.cut(said(road.step), LONGEST_LABEL), "start", "ink-soft")
        + _state(flow, road.target, end + 22, y + (LINE - BOX) // 2)
    )
