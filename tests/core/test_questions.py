"""How a question is checked, judged and put into a person's own order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.questions import (
    FALSE,
    QuestionKind,
    check_question,
    in_own_order,
    is_right,
    letters_of,
)


def test_empty_options_are_left_out_and_the_right_ones_keep_their_text() -> None:
    checked = check_question(
        text=" 选哪些？ ", options=("甲", "", " 乙", "丙"), answers=(2, 3), kind=QuestionKind.SEVERAL
    )
    assert (checked.text, checked.options, checked.answers) == ("选哪些？", ("甲", "乙", "丙"), (1, 2))


def test_true_or_false_needs_no_options() -> None:
    checked = check_question(text="对吗？", options=(), answers=(FALSE,), kind=QuestionKind.TRUE_FALSE)
    assert (checked.options, checked.answers) == ((), (FALSE,))


@pytest.mark.parametrize(
    ("text", "options", "answers", "kind", "field"),
    [
        ("", ("甲", "乙"), (0,), QuestionKind.SINGLE, "text"),
        ("题" * 301, ("甲", "乙"), (0,), QuestionKind.SINGLE, "text"),
        ("题", ("甲",), (0,), QuestionKind.SINGLE, "options"),
        ("题", ("甲", "甲"), (0,), QuestionKind.SINGLE, "options"),
        ("题", ("甲", "乙" * 201), (0,), QuestionKind.SINGLE, "options"),
        ("题", ("甲", "乙"), (), QuestionKind.SINGLE, "answer"),
        ("题", ("甲", "乙"), (0, 1), QuestionKind.SINGLE, "answer"),
        ("题", ("甲", "", "乙"), (1,), QuestionKind.SINGLE, "answer"),
        ("题", ("甲", "乙"), (7,), QuestionKind.SINGLE, "answer"),
        ("题", ("甲", "乙"), (0,), QuestionKind.SEVERAL, "answer"),
        ("题", (), (), QuestionKind.TRUE_FALSE, "answer"),
        ("题", (), (0, 1), QuestionKind.TRUE_FALSE, "answer"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(text, options, answers, kind, field) -> None:
    with pytest.raises(Invalid) as refused:
        check_question(text=text, options=options, answers=answers, kind=kind)
    assert list(refused.value.fields) == [field]


places = st.sets(st.integers(0, 5))


@given(right=places, chosen=places)
def test_only_exactly_the_right_options_are_right(right: set[int], chosen: set[int]) -> None:
    assert is_right(sorted(right), chosen) is (bool(right) and right == chosen)


@given(items=st.lists(st.integers(1, 10_000), unique=True), exam=st.integers(), person=st.integers())
def test_an_own_order_is_the_same_every_time_and_loses_nothing(
    items: list[int], exam: int, person: int
) -> None:
    ordered = in_own_order(items, int, exam, person)
    assert sorted(ordered) == sorted(items)
    assert in_own_order(reversed(items), int, exam, person) == ordered


def test_two_people_have_different_orders() -> None:
    orders = {tuple(in_own_order(range(20), int, 1, person)) for person in range(50)}
    assert len(orders) == 50


def test_places_are_written_as_letters() -> None:
    assert letters_of([2, 0]) == "AC"
