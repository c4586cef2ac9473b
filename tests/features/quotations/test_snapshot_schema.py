"""The frozen snapshot: what is read, what is refused and where."""

import hashlib
import json
import re
from dataclasses import asdict

import pytest

from app.features.quotations.pdf import (
    load_snapshot,
)
from app.features.quotations.snapshot_schema import SnapshotError, snapshot_from


def test_a_snapshot_survives_the_way_through_canonical_json(full):
    text = full.to_json()
    assert load_snapshot(text) == full
    assert hashlib.sha256(text).hexdigest() == full.content_hash
    assert snapshot_from(json.loads(text)) == full
    assert not re.search(rb":\s*-?\d+\.\d", text)


def change(content: dict, path: str, value: object) -> dict:
    *steps, last = path.split(".")
    place = content
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("schema", 2, "schema 1"),
        ("revision", "1", "snapshot.revision: int"),
        ("revision", True, "snapshot.revision: int"),
        ("number", 12, "snapshot.number: str"),
        ("surprise", "x", "unknown entry surprise"),
        ("company", [], "snapshot.company: an object"),
        ("lines", {}, "snapshot.lines: a list"),
        ("lines.0.kind", "other", "snapshot.lines[0].kind"),
        ("lines.1.quantity", "NaN", "lines[1].quantity"),
        ("lines.1.unit_price", "abc", "lines[1].unit_price"),
        ("totals.gross", "1e", "totals.gross"),
        ("date", "2026-02-30", "snapshot.date"),
        ("prepared.date", "", "prepared.date"),
        ("lines.1.lead_time_days", "7", "lead_time_days: int"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_its_place(full, path, value, words):
    content = change(json.loads(full.to_json()), path, value)
    with pytest.raises(SnapshotError) as caught:
        snapshot_from(content)
    assert words in str(caught.value)


def test_a_missing_entry_a_float_and_a_broken_text_are_refused(full):
    content = asdict(full)
    del content["number"]
    with pytest.raises(SnapshotError, match="number"):
        snapshot_from(content)
    with pytest.raises(SnapshotError, match="decimal strings"):
        load_snapshot('{"schema": 1.5}')
    with pytest.raises(SnapshotError, match="decimal strings"):
        load_snapshot('{"schema": NaN}')
    with pytest.raises(SnapshotError, match="no JSON"):
        load_snapshot("{")
    with pytest.raises(SnapshotError, match="schema 1"):
        snapshot_from([])
