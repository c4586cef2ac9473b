"""Lines written where they differ: whatever was edited, the same rows, sums and words as comparing them all."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.core.db import session
from app.core.search_index import SearchEntry
from app.core.uow import rehearsal
from app.features.quotations import actions, line_writing
from app.features.quotations.models import QuotationLine, QuotationRevision
from tests import stories

VALUES: dict[str, list[Any]] = {
    "kind": ["item", "option", "heading"],
    "name": ["齿轮泵", "阀"],
    "model": ["", "CBN-E316", "cbn e316"],
    "spec": ["", "DN 50"],
    "quantity": [None, Decimal(2), Decimal("2.000"), Decimal("0.5"), Decimal("0.00001"), Decimal("1E+12")],
    "unit_price": [None, Decimal("1.25"), Decimal("1.2500"), Decimal("9E+15")],
    "tax_rate": [None, Decimal(13), Decimal("6.00")],
    "lead_time_days": [None, 0, 7],
    "note": ["", "急"],
    "floor_reason": ["", "老客户"],
    "product_id": [None, 987_654_321],
    "unmatched_code": ["", "P-9"],
    "inquiry_line_id": [None, 987_654_321],
    "origin": ["", "a mark of its own"],
}
CELL = st.sampled_from([(name, value) for name, values in VALUES.items() for value in values])
EDITS = st.lists(st.tuples(st.integers(0, 3), CELL), max_size=4)
MOVES = st.sampled_from(["", "", "", "swap", "drop", "add", "twice"])


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def edited(lines: list[actions.LineInput], edits: Sequence[Any], move: str) -> list[actions.LineInput]:
    for place, (name, value) in edits:
        lines[place % len(lines)] = replace(lines[place % len(lines)], **{name: value})
    moved = {
        "swap": lines[::-1],
        "drop": lines[1:],
        "add": [*lines, actions.LineInput(name="另加")],
        "twice": [*lines, lines[0]],
    }
    return moved.get(move, lines)


def outcome(desk: stories.Desk, revision: QuotationRevision, lines: list[actions.LineInput]) -> Any:
    """Return what an edit leaves behind, or how it is refused; all of it is taken back."""
    told: list[Any] = []
    found: Any = None
    try:
        with rehearsal(), patch.object(actions.timeline, "record", lambda *_, **said: told.append(said)):
            row = session.get_one(QuotationRevision, revision.id)
            head = {name: getattr(row, name) for name in actions.HEAD_FIELDS}
            stood = {line.origin: line.id for line in row.lines}
            session.expire(row)
            actions.edit(
                row, actor=desk.people.actor("salesperson"), version=row.version, head=head, lines=lines
            )
            columns = [
                getattr(QuotationLine, name)
                for name in (*actions.LINE_FIELDS, "floor_price", "floor_unit", "position")
            ]
            written = session.execute(
                select(QuotationLine.id, *columns)
                .where(QuotationLine.revision_id == row.id)
                .order_by(QuotationLine.position)
            )
            entry = session.execute(
                select(SearchEntry.text).where(
                    SearchEntry.doc_type == "quotation", SearchEntry.doc_id == row.id
                )
            ).scalar_one()
            found = (
                [
                    # a new row has a mark and a number of its own
                    tuple(line) if stood.get(line.origin) == line.id else ("new", *without_mark(line))
                    for line in written
                ],
                row.total,
                row.version,
                entry,
            )
    except Exception as problem:
        found = (type(problem), str(problem))
    return found, told


def without_mark(line: Any) -> list[Any]:
    return [value for name, value in line._mapping.items() if name not in ("id", "origin")]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=EDITS, move=MOVES)
@example(edits=[], move="")
@example(edits=[(0, ("quantity", Decimal("0.00001")))], move="")
@example(edits=[(0, ("unit_price", Decimal("9E+15")))], move="")
def test_lines_are_written_as_comparing_them_all_would(
    desk: stories.Desk, edits: list[Any], move: str
) -> None:
    revision = kept_draft(desk)
    stored = [
        actions.LineInput(**{name: getattr(line, name) for name in actions.LINE_FIELDS})
        for line in session.get_one(QuotationRevision, revision.id).lines
    ]
    lines = edited(stored, edits, move)
    quick = outcome(desk, revision, lines)
    with patch.object(actions, "put_changed", return_value=None):
        slow = outcome(desk, revision, lines)
    assert quick == slow


_drafts: dict[int, QuotationRevision] = {}


def kept_draft(desk: stories.Desk) -> QuotationRevision:
    if id(desk) not in _drafts:
        _drafts.clear()
        _drafts[id(desk)] = desk.quotation("draft")
    return _drafts[id(desk)]


def test_only_lines_that_differ_are_made_rows_of(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    lines = [
        actions.LineInput(**{name: getattr(line, name) for name in actions.LINE_FIELDS})
        for line in revision.lines
    ]
    assert len(lines) > 1
    lines[1] = replace(lines[1], note="改过")
    head = {name: getattr(revision, name) for name in actions.HEAD_FIELDS}
    actor, version, number = desk.people.actor("salesperson"), revision.version, revision.id
    session.rollback()
    session.expunge_all()
    with rehearsal(), patch.object(line_writing, "read_objects", wraps=line_writing.read_objects) as made:
        row = session.get_one(QuotationRevision, number, options=[lazyload(QuotationRevision.lines)])
        actions.edit(row, actor=actor, version=version, head=head, lines=lines)
        # an object that nobody holds goes once it is written
        assert not [item for item in session if isinstance(item, QuotationLine)]
        assert [line.note for line in row.lines] == [line.note for line in lines]
    assert [len(call.args[2]["ids"]) for call in made.call_args_list] == [1]


def test_what_is_counted_of_a_typed_line_is_no_part_of_it() -> None:
    line = actions.LineInput(name="泵", quantity=Decimal("2.5"), unit_price=Decimal(3), tax_rate=Decimal(13))
    assert line.written[line_writing.LINE_FIELDS.index("quantity")] == 2_500
    assert line.amount == Decimal("7.50")
    assert vars(line) == vars(replace(line))
