"""Lines kept in memory, compared and written one by one: what comes of them is what reading all anew would give."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.core import timeline
from app.core.db import session
from app.core.timeline import events_for
from app.features.products import matching
from app.features.quotations import actions
from app.features.quotations.forms import QuotationLineForm
from app.features.quotations.line_changes import TOLD_FIELDS
from app.features.quotations.models import QuotationLine, QuotationRevision
from tests import stories
from tests.client import Client
from tests.features.quotations.test_views import address, sign_in


@pytest.fixture
def draft(client: Client) -> QuotationRevision:
    desk = stories.desk()
    revision = desk.quotation("draft")
    sign_in(client, desk, "salesperson")
    return revision


def mostly(good: list[str], bad: list[str]) -> st.SearchStrategy[str]:
    """Return a strategy of cells most of which can be saved, so that whole tables are."""
    return st.sampled_from(good * 8 + bad)


CELLS = {
    "kind": mostly(["item", "item", "heading", "option"], ["", "zz"]),
    "name": mostly(["齿轮泵", "阀", " 阀 ", "<b>&amp;%s"], ["", "\x01", "长" * 130]),
    "model": mostly(["", "CBN-E316", "cbn e316", "6204"], ["无" * 130]),
    "quantity": mostly(["", "1", "1.000", "１，０００"], ["-1", "x", "0.0001", "9" * 20]),
    "unit_price": mostly(["", "9.9", "￥1,234.50", "0"], ["1e3", "y"]),
    "tax_rate": mostly(["", "13", "13％"], ["101", "z"]),
    "lead_time_days": mostly(["", "7", "7天"], ["-3", "99999"]),
    "note": mostly(["", "+", "a&b=c", "%E4%B8", "中\n文"], []),
    "product_id": mostly(["", "987654321"], ["0", "一"]),
    "unmatched_code": mostly(["", "P-9"], []),
    "inquiry_line_id": mostly(["", "987654321"], []),
}
ROW = st.fixed_dictionaries(
    {"kind": CELLS["kind"], "name": CELLS["name"]},
    optional={name: cells for name, cells in CELLS.items() if name not in ("kind", "name")},
)


def read_in_full(rows: Sequence[Mapping[str, str]]) -> tuple[list[actions.LineInput], dict[str, list[str]]]:
    """Read rows each by a form of its own, as if none had been read before; also what is wrong with them."""
    read, wrong = [], {}
    for row in rows:
        if not any(value.strip() for name, value in row.items() if name not in QuotationLineForm.presets):
            continue
        own = QuotationLineForm(MultiDict([*row.items(), ("posted", "1")]))
        own.validate()
        wrong |= {f"line-{len(read)}-{name}": [*map(str, said)] for name, said in own.errors.items()}
        read.append(actions.LineInput(**own.data))
    return read, wrong


def told_of(line: Any) -> tuple[Any, ...]:
    return tuple(
        getattr(line, name) for name in actions.LINE_FIELDS if name not in ("origin", "inquiry_line_id")
    )


def told_changes(before: Sequence[Any], after: Sequence[Any]) -> list[list[str]]:
    """Return what changed between lines, found by spelling out every field of every line."""
    facts: list[dict[str, Any]] = [
        {
            f"{place}/{name}": f"{value.normalize():f}" if isinstance(value, Decimal) else value
            for place, line in enumerate(lines, 1)
            for name, value in zip(TOLD_FIELDS, (getattr(line, name) for name in TOLD_FIELDS), strict=True)
        }
        for lines in (before, after)
    ]
    return timeline.diff(*facts)


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(ROW, max_size=4), edits=st.lists(st.tuples(st.integers(0, 4), ROW), max_size=3))
def test_what_is_saved_is_what_reading_all_of_it_anew_would_save(
    client: Client,
    draft: QuotationRevision,
    before: list[dict[str, str]],
    edits: list[tuple[int, dict[str, str]]],
) -> None:
    """Lines kept in memory, compared and written one by one: same errors, same form, same rows, same words."""
    place = address(draft, "/edit")
    rows = [dict(row) for row in before]
    for at, row in [(0, {}), *edits]:
        if at < len(rows):
            rows[at] = {**rows[at], **row}
        else:
            rows.append(dict(row))
        client.get(place)
        head = {
            name: text for name, text in client.page.values(place).items() if not name.startswith("line-")
        }
        shown = client.page.values(place)
        origins = [shown[f"line-{number}-origin"] for number in range(len(draft_lines(draft)))]
        typed = [
            {**row, **({"origin": origins[number]} if number < len(origins) else {})}
            for number, row in enumerate(rows)
        ]
        posted = {
            f"line-{number}-{name}": text for number, row in enumerate(typed) for name, text in row.items()
        }
        wanted, wrong = read_in_full(typed)
        stood = draft_lines(draft)
        response = client.post(place, {**head, **posted})
        if wrong:
            assert response.status_code == 422
            told = "\n".join(client.page.errors())
            assert [said for sentences in wrong.values() for said in sentences if said not in told] == []
            assert [told_of(line) for line in draft_lines(draft)] == [told_of(line) for line in stood]
            return
        assert response.status_code == 303
        kept = [item for item in wanted if item.inquiry_line_id is None]
        lines = draft_lines(draft)
        assert [told_of(line) for line in lines] == [
            told_of(item) for item in matching.settled(kept, matching.matches(kept))
        ]
        told = [
            change
            for event in events_for("quotation", draft.id)[:1]
            if event.verb == "quotation:edit"
            for change in event.data["changes"]
        ]
        assert [change for change in told_changes(stood, lines) if change not in told] == []


def draft_lines(draft: QuotationRevision) -> list[Any]:
    """Return the stored lines of a draft as they stand now, as rows of their own."""
    session.rollback()
    columns = [getattr(QuotationLine, name) for name in actions.LINE_FIELDS]
    of_draft = select(*columns).where(QuotationLine.revision_id == draft.id)
    found: list[Any] = [*session.execute(of_draft.order_by(QuotationLine.position))]
    return found
