"""Questions with options: how one is kept, checked and judged, for rules, the bank of questions and tests alike.

A question has a text and its options in their order; an answer is a set of places among the options. Those of true
or false keep no options of their own: their two are named in the reader's language.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.written import check_written

LONGEST_TEXT, LONGEST_OPTION = 300, 200
LETTERS = "ABCDEF"
TRUE, FALSE = 0, 1

Item = TypeVar("Item")


class QuestionKind(StrEnum):
    """How a question is answered: by one option, by all that are right, or by true or false."""

    SINGLE = "single"
    SEVERAL = "several"
    TRUE_FALSE = "true_false"


KIND_LABELS: dict[QuestionKind, LazyText] = {
    QuestionKind.SINGLE: lazy("单选题"),
    QuestionKind.SEVERAL: lazy("多选题"),
    QuestionKind.TRUE_FALSE: lazy("判断题"),
}
TRUE_FALSE_LABELS: tuple[LazyText, LazyText] = (
    lazy_in_context("answer", "对"),
    lazy_in_context("answer", "错"),
)


class QuestionMixin:
    """What every kept question has: its text, and its options as texts in their order."""

    text: Mapped[str] = mapped_column(String(LONGEST_TEXT), nullable=False)
    options: Mapped[list[str]] = mapped_column(JSON, nullable=False)


@dataclass(frozen=True)
class CheckedQuestion:
    """A question that may be kept: trimmed, its empty options left out, ``answers`` the places of the right ones."""

    kind: QuestionKind
    text: str
    options: tuple[str, ...]
    answers: tuple[int, ...]


def check_question(
    *,
    text: str,
    options: Sequence[str],
    answers: Collection[int],
    kind: QuestionKind = QuestionKind.SINGLE,
) -> CheckedQuestion:
    """Return a question as it is kept; ``answers`` are places among ``options`` as they were typed.

    Of true or false the options do not matter: ``answers`` holds TRUE or FALSE. Raises Invalid at ``text``,
    ``options`` or ``answer``.
    """
    faults: dict[str, LazyText | str] = {}
    if not text.strip():
        faults["text"] = lazy("请填写题目")
    elif len(text.strip()) > LONGEST_TEXT:
        faults["text"] = lazy("题目最多 %(most)s 个字", most=LONGEST_TEXT)
    typed = [] if kind == QuestionKind.TRUE_FALSE else [option.strip() for option in options]
    offered = [option for option in typed if option]
    if kind == QuestionKind.TRUE_FALSE:
        right = sorted(place for place in set(answers) if place in (TRUE, FALSE))
    else:
        chosen = {typed[place] for place in answers if 0 <= place < len(typed)} - {""}
        right = [place for place, option in enumerate(offered) if option in chosen]
        if len(offered) < 2 or len(set(offered)) < len(offered):
            faults["options"] = lazy("请填写至少两个不同的选项")
        elif any(len(option) > LONGEST_OPTION for option in offered):
            faults["options"] = lazy("选项最多 %(most)s 个字", most=LONGEST_OPTION)
    if "options" not in faults:
        wrong = answer_fault(kind, right)
        if wrong is not None:
            faults["answer"] = wrong
    if faults:
        raise Invalid(fields=faults)
    for written in (text, *offered):
        check_written(written, "text")
    return CheckedQuestion(kind, text.strip(), tuple(offered), tuple(right))


def answer_fault(kind: QuestionKind, right: Collection[int]) -> LazyText | None:
    """Return what is wrong with the number of right options; None where nothing is."""
    if kind == QuestionKind.SEVERAL:
        return None if len(right) >= 2 else lazy("多选题请至少选两个正确的选项")
    return None if len(right) == 1 else lazy("请选择正确的选项")


def is_right(answers: Collection[int], chosen: Collection[int]) -> bool:
    """Tell whether what was chosen is right: exactly the right options, neither fewer nor more."""
    return bool(answers) and set(answers) == set(chosen)


def shown_options(kind: str, options: Sequence[str]) -> list[str]:
    """Return the options of a question as its reader sees them."""
    if kind == QuestionKind.TRUE_FALSE:
        return [str(label) for label in TRUE_FALSE_LABELS]
    return list(options)


def letters_of(places: Iterable[int]) -> str:
    """Return places of options as letters: AC for the first and third."""
    return "".join(LETTERS[place] for place in sorted(places) if 0 <= place < len(LETTERS))


def in_own_order(items: Iterable[Item], key: Callable[[Item], int], *parts: object) -> list[Item]:
    """Return items in an order that is fixed by ``parts`` (a test and a person, say) and looks like chance.

    ``key`` names an item. The same parts give the same order on every machine and in every process.
    """
    begin = ":".join(str(part) for part in parts)
    return sorted(
        items, key=lambda item: (hashlib.sha256(f"{begin}:{key(item)}".encode()).hexdigest(), key(item))
    )
