"""Revisions edited at random: any two compare right, the old ones open, and their papers verify as they were."""

from decimal import Decimal
from itertools import permutations
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core import files
from app.core.db import session
from app.core.files import StoredFile
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import actions, compare
from app.features.quotations.compare import Content, content_of
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.verify.queries import file_by_hash, paper_by_code
from tests import stories
from tests.client import Client

LINE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["齿轮泵", "油缸", "备件包"]),
        "kind": st.sampled_from(["item", "item", "option", "heading"]),
        "model": st.sampled_from(["", "CB-1", "cb-1 "]),
        "unit": st.sampled_from(["台", "套"]),
        "quantity": st.sampled_from([Decimal(1), Decimal("2.5")]),
        "unit_price": st.sampled_from([Decimal(500), Decimal("620.25")]),
        "tax_rate": st.sampled_from([Decimal(13), Decimal(6)]),
        "lead_time_days": st.sampled_from([7, 15]),
        "note": st.sampled_from(["", "急"]),
    }
)
WHOLE: dict[str, Any] = {
    "name": "油站",
    "unit": "套",
    "quantity": Decimal(1),
    "unit_price": Decimal(9_000),
    "tax_rate": Decimal(13),
    "lead_time_days": 9,
}
EDIT = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 6), st.integers(0, 6)),
    st.tuples(st.just("drop"), st.integers(0, 6), st.none()),
    st.tuples(st.just("add"), st.integers(0, 6), LINE),
    st.tuples(st.just("change"), st.integers(0, 6), LINE),
    st.tuples(st.just("twice"), st.integers(0, 6), st.none()),
)
HEAD = st.fixed_dictionaries(
    {},
    optional={
        "payment_term": st.sampled_from(["prepaid", "monthly"]),
        "warranty": st.sampled_from(["", "18 个月"]),
        "other_terms": st.sampled_from(["", "含安装\n含培训"]),
        "freight": st.sampled_from(["included", "excluded"]),
        "attention": st.sampled_from(["王采购", "李总"]),
    },
)
ROUND = st.tuples(st.lists(EDIT, max_size=5), HEAD)


def edited(lines: list[actions.LineInput], edits: list[tuple[str, int, Any]]) -> list[actions.LineInput]:
    """The lines after what somebody did in the editor: those that stay keep their mark, new ones have none."""
    for what, place, more in edits:
        at = place % len(lines) if lines else 0
        if what == "add" or not lines:
            lines.insert(at, actions.LineInput(**(more if isinstance(more, dict) else WHOLE)))
        elif what == "move":
            lines.insert(more % len(lines), lines.pop(at))
        elif what == "drop":
            lines.pop(at)
        elif what == "change":
            lines[at] = actions.LineInput(**{**vars(lines[at]), **more})
        else:
            lines.insert(at, actions.LineInput(**{**vars(lines[at]), "origin": ""}))
    # an offer needs something that is sold
    return [*lines, actions.LineInput(**WHOLE)] if all(line.kind != "item" for line in lines) else lines


def plain(content: Content) -> tuple[Any, ...]:
    return dict(content.head), [dict(line.values) for line in content.lines], content.total


def next_revision(
    desk: stories.Desk, before: QuotationRevision, changes: tuple[list[Any], dict[str, Any]]
) -> QuotationRevision:
    edits, head = changes
    owner = desk.people.actor("salesperson")
    typed = NegotiationInput(counterpart="王采购", asked="重新报价", offered="可以")
    with unit_of_work():
        negotiations.record(before, actor=owner, typed=typed)
    with unit_of_work():
        fresh = actions.revise(before, actor=owner, version=before.version, reason="还价")
        lines = edited(stories.typed(fresh), edits)
        actions.edit(fresh, actor=owner, version=fresh.version, head=stories.head(fresh, **head), lines=lines)
    stories.step(desk.people, fresh, "submit", "salesperson")
    stories.approve(desk.people, fresh)
    return stories.issue(desk.people, fresh, desk.seal, copies=1)


@hypothesis_settings(
    max_examples=5,
    deadline=None,
    # each example prints papers: what fails is looked at as it came
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rounds=st.lists(ROUND, min_size=2, max_size=3))
def test_any_two_revisions_compare_right_and_the_old_ones_stay_what_they_were(
    client: Client, rounds: list[tuple[list[Any], dict[str, Any]]]
) -> None:
    session.rollback()
    known = getattr(client, "desk", None)
    desk = known or stories.desk()
    client.desk = desk  # type: ignore[attr-defined]
    rows = [desk.quotation("issued", lines=3)]
    kept: dict[int, tuple[Any, ...]] = {}
    for changes in rounds:
        kept[rows[-1].id] = plain(content_of(rows[-1]))
        rows.append(next_revision(desk, rows[-1], changes))
    session.expire_all()

    for before, after in permutations(rows, 2):
        one, other = content_of(before), content_of(after)
        found = compare.difference(one, other)
        assert plain(compare.apply(found, one)) == plain(other)
        assert found.total == after.total - before.total
    for row in rows[:-1]:
        assert plain(content_of(row)) == kept[row.id]
    opened(client, desk, rows)


def opened(client: Client, desk: stories.Desk, rows: list[QuotationRevision]) -> None:
    """Each revision opens, compares on its page, and its paper is the stored one and told as what it is now."""
    client.as_(session.get_one(User, desk.people.ids["salesperson"]))
    place = f"/quotations/{rows[0].quotation_id}"
    for row in rows:
        assert client.get(f"{place}/r/{row.revision}").status_code == 200
        paper = row.issued_files[0]
        content = files.read_bytes(session.get_one(StoredFile, paper.stored_file_id))
        assert client.get(f"{place}/r/{row.revision}/copies/1.pdf").get_data() == content
        assert file_by_hash(paper.sha256) is not None
        told = paper_by_code(paper.code)
        assert told is not None
        assert (told.standing == "current", told.amount) == (row is rows[-1], row.total)
        assert told.hash_start == (row.content_hash or "")[:8]
    assert (
        client.get(f"{place}/compare?from={rows[0].revision}&to={rows[-1].revision}&all=1").status_code == 200
    )
    alike = plain(content_of(rows[0])) == plain(content_of(rows[-1]))
    assert ("两版内容相同" in client.page.text) == alike
