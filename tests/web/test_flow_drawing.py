"""The drawing of a document's life: every state and every step of the table is in it, and nothing else."""

import re

import pytest
from flask import Flask

from app.core import workflow
from app.web import charts, flow_drawing

KINDS = ("clause_check", "inquiry", "negotiation", "quotation", "rule_version", "seal_request")


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_and_every_step_is_drawn_and_said(app: Flask, kind: str) -> None:
    flow = workflow.flows()[kind]
    drawn = str(flow_drawing.draw(flow, "drawing"))
    order = flow_drawing.in_order(flow)
    assert order[0] == flow.initial
    assert sorted(order) == sorted(str(state.code) for state in flow.states)
    leading = [item for item in flow.steps if item.choose is not workflow.stay]
    roads = [
        (source, target)
        for item in leading
        for source in item.sources
        for target in item.targets
        if source != target
    ]
    assert drawn.count("<rect") == len(flow.states) + len(roads)
    said = flow_drawing.in_words(flow)
    assert said.count("→") == len(roads)
    assert all(str(item.label) in said for item in leading if set(item.targets) - set(item.sources))
    right = max(int(x) + flow_drawing.STATE_WIDTH for x in re.findall(r'<rect x="(\d+)"', drawn))
    assert right < flow_drawing.WIDTH


def test_a_course_leaves_a_gap_where_nothing_was_due(app: Flask) -> None:
    drawn = str(charts.course("course", "100% — 50%", [1000, None, 500, 0], "c"))
    assert drawn.count("<rect") == 3
    assert drawn.count("var(--ok)") == 1
    assert drawn.count("var(--warn)") == 2
    assert 'height="2"' in drawn
