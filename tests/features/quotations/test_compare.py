"""Any two revisions side by side: the difference is complete and told; an offer is prolonged in one act."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import actions, compare
from app.features.quotations.compare import COMPARED_HEAD, COMPARED_LINE, Content, Line
from app.features.quotations.models import QuotationRevision
from app.features.quotations.prolong import may_prolong, prolong
from tests import stories
from tests.client import Client

WORDS = st.sampled_from(["", "油泵", "油缸", "CB-1", "HSG-63", "整改"])
FIGURES = st.none() | st.decimals(min_value=0, max_value=999, places=2)
LINE_VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(COMPARED_LINE, WORDS),
    **dict.fromkeys(("quantity", "unit_price", "amount", "tax_rate"), FIGURES),
    "kind": st.sampled_from(["item", "heading", "option"]),
    "lead_time_days": st.none() | st.integers(0, 60),
}
LINES = st.lists(
    st.builds(
        Line,
        st.fixed_dictionaries(LINE_VALUES),
        st.sampled_from(["", "a", "b", "c", "d"]),
        st.none() | st.integers(1, 4),
    ),
    max_size=7,
)
HEADS = st.fixed_dictionaries(
    {name: st.none() | WORDS if name != "valid_until" else st.none() | st.dates() for name in COMPARED_HEAD}
)
CONTENTS = st.builds(
    Content,
    HEADS,
    LINES.map(tuple),
    st.decimals(min_value=0, max_value=99999, places=2, allow_nan=False),
)


def plain(content: Content) -> tuple[Any, ...]:
    """A content without the marks, which are no content."""
    return dict(content.head), [dict(line.values) for line in content.lines], content.total


@hypothesis_settings(max_examples=300, deadline=None)
@given(before=CONTENTS, after=CONTENTS)
def test_a_difference_makes_the_later_of_the_earlier(before: Content, after: Content) -> None:
    found = compare.difference(before, after)

    assert plain(compare.apply(found, before)) == plain(after)
    removed = [item for item in found.lines if item.state == compare.REMOVED]
    added = [item for item in found.lines if item.state == compare.ADDED]
    assert len(before.lines) - len(removed) + len(added) == len(after.lines)
    assert [item.old_place for item in removed] == sorted(item.old_place or 0 for item in removed)
    assert sorted(item.new_place for item in found.lines if item.new_place is not None) == list(
        range(len(after.lines))
    )


@hypothesis_settings(max_examples=100, deadline=None)
@given(content=CONTENTS)
def test_nothing_differs_from_itself(content: Content) -> None:
    found = compare.difference(content, content)
    assert found.total == 0
    assert not found.head
    assert {item.state for item in found.lines} <= {compare.SAME, compare.CHANGED}


def line(name: str, model: str = "", origin: str = "", **values: Any) -> Line:
    usual = {**dict.fromkeys(COMPARED_LINE, ""), "kind": "item", "name": name, "model": model}
    return Line({**usual, **values}, origin)


def test_lines_are_known_by_origin_before_model_and_name() -> None:
    head = dict.fromkeys(COMPARED_HEAD)
    before = Content(head, (line("油泵", "CB-1", "a"), line("油缸", "HSG")), Decimal(10))
    after = Content(
        head,
        (line("油缸", "HSG", note="急"), line("高压油泵", "CB-2", "a"), line("油泵", "CB-1", "n")),
        Decimal(12),
    )
    found = compare.difference(before, after)
    states = [(item.state, item.old_place, item.new_place) for item in found.lines]
    assert states == [("changed", 1, 0), ("changed", 0, 1), ("added", None, 2)]
    assert [(change.field, change.new) for change in found.lines[1].changes] == [
        ("name", "高压油泵"),
        ("model", "CB-2"),
    ]
    assert [item.moved for item in found.lines].count(True) == 1
    assert (found.total, found.counts["added"]) == (Decimal(2), 1)


@given(order=st.permutations(range(7)))
def test_as_few_lines_as_possible_are_called_moved(order: list[int]) -> None:
    stayed = compare.rising(order)
    runs = [part for size in range(1, 8) for part in combinations(order, size) if list(part) == sorted(part)]
    assert len(stayed) == max(map(len, runs))
    assert [place for place in order if place in stayed] == sorted(stayed)


# Over HTTP


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def second_of(desk: stories.Desk, first: QuotationRevision) -> QuotationRevision:
    with unit_of_work():
        owner = desk.people.actor("salesperson")
        second = actions.revise(first, actor=owner, version=first.version, reason="还价")
        lines = stories.typed(second)
        lines[0] = actions.LineInput(**{**vars(lines[0]), "unit_price": Decimal(470)})
        lines.append(actions.LineInput(name="备件包", quantity=Decimal(1), unit_price=Decimal(90), unit="套"))
        head = stories.head(second, payment_term="monthly", warranty="18 个月")
        actions.edit(second, actor=owner, version=second.version, head=head, lines=[lines[0], *lines[2:]])
    return second


def test_the_page_tells_what_was_changed_added_and_removed(
    client: Client, desk: stories.Desk, queries: Any
) -> None:
    first = desk.quotation("issued")
    second_of(desk, first)
    place = f"/quotations/{first.quotation_id}/compare"
    sign_in(client, desk, "manager")
    with queries() as sent:
        assert client.get(place).status_code == 200
    assert len(sent) <= 10
    shown = client.page.text
    for text in ("465.50", "470.00", "备件包", "新增", "删除", "月结 30 天", "18 个月", "R1", "R2"):
        assert text in shown, text
    assert "-4,520.00" in shown
    assert "另有 1 行未变" in shown
    assert len(client.page.all("tr")) == 1 + 3
    client.get(f"{place}?from=1&to=2&all=1")
    assert len(client.page.all("tr")) == 1 + 4
    client.get(f"{place}?from=2&to=1", htmx=True)
    assert "+4,520.00" in client.page.text
    client.get(f"{place}?from=1&to=1")
    assert "两版内容相同" in client.page.text
    for strange in ("from=x&to=99", "from=-1", "to=1e3&from="):
        assert client.get(f"{place}?{strange}").status_code == 200
    client.get(f"{place}?format=print")
    assert "R1 → R2" in client.page.text
    client.get(f"/quotations/{first.quotation_id}")
    assert client.page.all("a", href=place)
    assert sign_in(client, desk, "colleague").get(place).status_code == 404
    assert sign_in(client, desk, "technician").get(place).status_code == 403


# 延期


def test_an_expired_offer_is_prolonged_and_reviewed_like_any_revision(
    client: Client, desk: stories.Desk
) -> None:
    first = desk.quotation("issued")
    with clock.frozen(clock.now() + timedelta(days=45)):
        place = f"/quotations/{first.quotation_id}/r/1"
        sign_in(client, desk, "salesperson").get(place)
        assert client.page.all("a", href=f"{place}/prolong")
        new = (clock.today() + timedelta(days=20)).isoformat()
        for wrong in ("", "2020-01-01", first.valid_until.isoformat()):
            assert client.submit(f"{place}/prolong", {"valid_until": wrong}).status_code == 422
        fields = {"valid_until": new, "then": "submit"}
        response = client.submit(f"{place}/prolong", fields)
        assert (response.status_code, response.location) == (303, f"/quotations/{first.quotation_id}/r/2")
        assert client.post(f"{place}/prolong", {**client.page.values(), **fields}).status_code == 409
        second = session.query(QuotationRevision).filter_by(revision=2).one()
        assert (second.status, second.valid_until) == ("review", date.fromisoformat(new))
        assert stories.approve(desk.people, second).status == "approved"
        stories.issue(desk.people, second, desk.seal)
        session.refresh(first)
        assert first.status == "superseded"
        assert len(first.issued_files) == 2


def test_only_the_owner_prolongs_and_only_what_is_about_to_end(client: Client, desk: stories.Desk) -> None:
    first = desk.quotation("issued")
    owner, later = desk.people.actor("salesperson"), clock.today() + timedelta(days=60)
    assert not may_prolong(first)
    options: dict[str, Any] = {"version": first.version, "valid_until": later, "submit": False}
    with pytest.raises(Conflict) as early, unit_of_work():
        prolong(first, actor=owner, **options)
    assert early.value.code == "quotation:still-valid"
    place = f"/quotations/{first.quotation_id}/r/1/prolong"
    assert sign_in(client, desk, "salesperson").get(place).status_code == 409
    assert sign_in(client, desk, "manager").get(place).status_code == 403
    with clock.frozen(clock.now() + timedelta(days=25)):
        with pytest.raises(Denied), unit_of_work():
            prolong(first, actor=desk.people.actor("manager"), **options)
        with pytest.raises(Invalid), unit_of_work():
            prolong(first, actor=owner, **{**options, "valid_until": first.valid_until})
        with unit_of_work():
            fresh = prolong(first, actor=owner, **options)
    assert (fresh.status, fresh.revision, fresh.valid_until) == ("draft", 2, later)
