"""Lines that are only read, kept from page to page: they say what the table says, and nobody changes them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.quotations import actions, presentation, queries
from app.features.quotations.enums import LineKind
from app.features.quotations.kept_lines import kept_lines
from app.features.quotations.models import QuotationLine, QuotationRevision
from app.features.quotations.reading import lines
from tests import factories, stories

COLUMNS = [column.key for column in inspect(QuotationLine).column_attrs]
TEXTS = st.sampled_from(["", "阀", "<b>", "1"])
ROWS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(LineKind)),
        "name": TEXTS.filter(bool),
        "model": TEXTS,
        "unit": st.sampled_from(["", "台"]),
        "quantity": st.sampled_from([None, Decimal(0), Decimal(1), Decimal("0.001")]),
        "unit_price": st.sampled_from([None, Decimal(0), Decimal("1.0001"), Decimal(1)]),
        "tax_rate": st.sampled_from([None, Decimal(13), Decimal("6.5")]),
        "lead_time_days": st.sampled_from([None, 0, 1]),
        "floor_price": st.sampled_from([None, Decimal(1), Decimal("1.0002")]),
        "floor_reason": TEXTS,
        "unmatched_code": TEXTS,
    }
)


def said(line: Any) -> list[tuple[type, str]]:
    """All that a line says, its types and the way its figures are written included."""
    told = [getattr(line, name) for name in (*COLUMNS, "amount", "below_floor")]
    return [(type(value), str(value)) for value in told]


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def test_kept_lines_say_what_the_table_says_whatever_was_read_before(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")

    @settings(max_examples=25, deadline=None)
    @given(rows=st.lists(ROWS, max_size=5))
    def check(rows: list[dict[str, Any]]) -> None:
        with unit_of_work():
            row = session.get_one(QuotationRevision, revision.id)
            row.lines[:] = [QuotationLine(position=place, **values) for place, values in enumerate(rows, 1)]
        kept = kept_lines(revision.id)
        assert list(map(said, kept)) == list(map(said, lines(revision.id)))
        assert all(again is line for again, line in zip(kept_lines(revision.id), kept, strict=True))

    check()


def test_a_kept_line_refuses_to_be_changed(desk: stories.Desk) -> None:
    revision = desk.quotation("draft")
    line, *_others = kept_lines(revision.id)
    with pytest.raises(AttributeError, match="only read"):
        line.unit_price = Decimal(1)
    assert said(line) == said(lines(revision.id)[0])


def test_a_page_reads_kept_lines_and_shows_of_them_what_it_shows_of_the_stored_ones(
    desk: stories.Desk,
) -> None:
    revision, actor = desk.quotation("draft"), factories.actor(desk.people.salesperson)
    place = (actor, revision.quotation_id, revision.revision)
    stored = presentation.line_rows(queries.get(*place), actor)
    session.expire_all()
    read = queries.get(*place, to_show=True)
    shown = presentation.line_rows(read, actor)
    assert list(shown) == list(stored)
    assert (shown.identity, stored.identity) == (tuple(read.lines), None)
    assert actions.totals_of(read.lines) == actions.totals_of(lines(revision.id))


def test_a_page_tells_of_a_change_at_once(desk: stories.Desk) -> None:
    revision, actor = desk.quotation("draft"), factories.actor(desk.people.salesperson)
    place = (actor, revision.quotation_id, revision.revision)
    before = presentation.line_rows(queries.get(*place, to_show=True), actor)
    with unit_of_work():
        queries.get(*place).lines[0].note = "加急"
    after = presentation.line_rows(queries.get(*place, to_show=True), actor)
    assert [row.note for row in after][0] == "加急"
    assert after.identity != before.identity
    assert list(after)[1:] == list(before)[1:]


def test_what_does_not_follow_from_the_lines_alone_has_no_identity(
    desk: stories.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision, actor = desk.quotation("draft"), factories.actor(desk.people.salesperson)
    place = (actor, revision.quotation_id, revision.revision)
    read = queries.get(*place, to_show=True)
    monkeypatch.setattr(presentation.secrecy, "sees_prices", lambda *_: False)
    assert presentation.line_rows(read, actor).identity is None
