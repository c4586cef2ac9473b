"""What two versions differ in: every clause accounted for, both texts spelled by the pieces."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.uow import unit_of_work
from app.features.rules import compare, editing
from app.features.rules.compare import ComparedClause, difference, word_pieces
from tests.features.rules import rulebook

texts = st.text(alphabet="车辆由专人负责 abc12。", max_size=12)


@settings(max_examples=80)
@given(texts, texts)
def test_pieces_spell_the_old_text_and_the_new(old: str, new: str) -> None:
    pieces = word_pieces(old, new)
    assert "".join(text for kind, text in pieces if kind != "new") == old
    assert "".join(text for kind, text in pieces if kind != "old") == new


clauses = st.lists(st.integers(1, 8), unique=True, max_size=8).flatmap(
    lambda ids: st.tuples(*(st.tuples(st.just(number), texts) for number in ids))
)


def compared(pairs: tuple[tuple[int, str], ...]) -> list[ComparedClause]:
    return [ComparedClause(clause, f"第{place}条", text) for place, (clause, text) in enumerate(pairs, 1)]


@settings(max_examples=80)
@given(clauses, clauses)
def test_every_clause_is_accounted_for_once(
    old: tuple[tuple[int, str], ...], new: tuple[tuple[int, str], ...]
) -> None:
    found = difference(compared(old), compared(new))
    kept = [each.clause_id for each in found if each.state != compare.REMOVED]
    assert kept == [clause for clause, _text in new]
    before, after = dict(old), dict(new)
    assert {each.clause_id for each in found if each.state == compare.REMOVED} == set(before) - set(after)
    assert {each.clause_id for each in found if each.state == compare.ADDED} == set(after) - set(before)
    for each in found:
        if each.state == compare.CHANGED:
            assert before[each.clause_id] != after[each.clause_id]
        if each.state in (compare.SAME, compare.MOVED):
            assert before[each.clause_id] == after[each.clause_id]


def test_moving_one_clause_marks_that_one_alone() -> None:
    old = compared(((1, "甲"), (2, "乙"), (3, "丙")))
    new = compared(((3, "丙"), (1, "甲"), (2, "乙")))
    assert [
        (each.clause_id, each.state, each.old_number, each.new_number) for each in difference(old, new)
    ] == [
        (3, "moved", "第3条", "第1条"),
        (1, "same", "第1条", "第2条"),
        (2, "same", "第2条", "第3条"),
    ]


def test_versions_are_compared_by_identity_of_clauses() -> None:
    desk = rulebook.desk()
    first = rulebook.published(desk)
    new = rulebook.begun_again(desk, first)
    with unit_of_work():
        version = rulebook.load(new)
        editing.remove(version, 1)
        editing.add(version, 1)
    found = compare.of_versions(rulebook.load(first), rulebook.load(new))
    assert [each.state for each in found] == ["same", "removed", "same", "added", "same", "same"]
    assert compare.counts(found) == {"changed": 0, "moved": 0, "added": 1, "removed": 1}
