"""Importing questions from a table: which columns are known, how a row is read and compared with the bank."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core import imports
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import in_every_language, lazy
from app.core.import_records import Outcome
from app.core.imports import ImportField, ImportKind, Plan
from app.core.permissions import Actor
from app.core.questions import FALSE, KIND_LABELS, LETTERS, TRUE, QuestionKind, check_question
from app.features.exams import bank
from app.features.exams.bank import QuestionValues
from app.features.exams.enums import DIFFICULTY_LABELS, EXAM_QUESTION, Difficulty, ExamPerm
from app.features.exams.forms import OPTION_FIELDS
from app.features.exams.models import ExamQuestion
from app.features.training.models import TrainingSubject
from app.web import forms
from app.web import imports as import_pages

TRUE_WORDS = frozenset({"对", "正确", "是", "√", "true", "t", "yes", "right"})
FALSE_WORDS = frozenset({"错", "错误", "否", "×", "x", "false", "f", "no", "wrong"})

FIELDS = (
    ImportField("text", lazy("题目"), ("题干", "试题", "问题", "question", "stem"), required=True),
    ImportField(
        "subject",
        lazy("科目"),
        ("课程", "类别", "subject", "course"),
        required=True,
        hint=lazy("须是已有的科目"),
    ),
    ImportField(
        "answer",
        lazy("答案"),
        ("正确答案", "正确选项", "answer", "right answer", "key"),
        required=True,
        hint=lazy("如 A；多选写 AC；判断题写 对 或 错"),
    ),
    ImportField("kind", lazy("题型"), ("类型", "question type", "type"), hint=lazy("不填的，按答案认出")),
    *(
        ImportField(
            name, lazy("选项 %(letter)s", letter=letter), (letter, f"选项{letter}", f"option {letter}")
        )
        for name, letter in zip(OPTION_FIELDS, LETTERS, strict=True)
    ),
    ImportField(
        "difficulty", lazy("难度"), ("难易", "级别", "level", "difficulty"), hint=lazy("入门、熟练 或 精通")
    ),
    ImportField("about", lazy("出处"), ("来源", "条款", "依据", "about", "source", "reference")),
    ImportField("explanation", lazy("解析"), ("说明", "讲解", "explanation")),
)


class QuestionRow(forms.LineForm):
    """A row of a table of questions, as it is typed."""

    text = forms.TextField(lazy("题目"), longest=300)
    subject = forms.TextField(lazy("科目"), longest=40)
    kind = forms.TextField(lazy("题型"), longest=40)
    answer = forms.TextField(lazy("答案"), longest=40)
    option_0 = forms.TextField(lazy("选项 A"))
    option_1 = forms.TextField(lazy("选项 B"))
    option_2 = forms.TextField(lazy("选项 C"))
    option_3 = forms.TextField(lazy("选项 D"))
    option_4 = forms.TextField(lazy("选项 E"))
    option_5 = forms.TextField(lazy("选项 F"))
    difficulty = forms.TextField(lazy("难度"), longest=40)
    about = forms.TextField(lazy("出处"), longest=120)
    explanation = forms.LongTextField(lazy("解析"), longest=500)


def named(labels: Mapping[Any, Any], typed: str) -> Any:
    """Return the code whose label in any language, or whose own name, was typed; None for none."""
    wanted = typed.strip().casefold()
    for code, label in labels.items():
        names = {str(code), *(text for text in in_every_language(label))}
        if wanted in {name.casefold() for name in names} or f"{wanted}题" in names:
            return code
    return None


def read_answer(typed: str) -> tuple[QuestionKind, tuple[int, ...]] | None:
    """Return kind and places of a typed answer: letters, or a word for true or false; None for neither."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if text.casefold() in TRUE_WORDS:
        return QuestionKind.TRUE_FALSE, (TRUE,)
    if text.casefold() in FALSE_WORDS:
        return QuestionKind.TRUE_FALSE, (FALSE,)
    letters = re.sub(r"[\s,、;，；/]+", "", text).upper()
    if not letters or any(letter not in LETTERS for letter in letters):
        return None
    places = tuple(sorted({LETTERS.index(letter) for letter in letters}))
    return (QuestionKind.SINGLE if len(places) == 1 else QuestionKind.SEVERAL), places


def fields(actor: Actor) -> Sequence[ImportField]:
    """Return the columns of a table of questions."""
    return FIELDS


def compare(plans: Sequence[Plan], actor: Actor) -> None:
    """Decide what becomes of rows that could be read: new, changed, the same, or at fault."""
    subjects = {
        row.name.casefold(): row.id
        for row in session.execute(
            select(TrainingSubject.id, TrainingSubject.name).where(TrainingSubject.active)
        )
    }
    for plan in plans:
        if not plan.faults:
            read_row(plan, subjects)
    sound = [plan for plan in plans if not plan.faults]
    seen: dict[tuple[int, str], int] = {}
    present = twins([plan.values.text for plan in sound])
    for plan in sound:
        key = (plan.values.subject_id, plan.values.text)
        if key in seen:
            plan.refuse("text", lazy("题目与第 %(row)s 行相同", row=seen[key]))
            continue
        seen[key] = plan.number
        settle(plan, present.get(key))


def read_row(plan: Plan, subjects: Mapping[str, int]) -> None:
    """Make the values of one row, or name its faults."""
    typed = plan.values
    subject = subjects.get(typed.get("subject", "").casefold())
    answer = read_answer(typed.get("answer", ""))
    kind = named(KIND_LABELS, typed["kind"]) if typed.get("kind") else (answer[0] if answer else None)
    difficulty = (
        named(DIFFICULTY_LABELS, typed["difficulty"]) if typed.get("difficulty") else Difficulty.BASIC
    )
    for key, value, sentence in (
        ("text", typed.get("text"), lazy("请填写题目")),
        ("subject", subject, lazy("没有这个科目，请先在培训科目里建立")),
        ("answer", answer, lazy("答案应是选项的字母，判断题写 对 或 错")),
        ("kind", kind, lazy("题型应是 单选题、多选题 或 判断题")),
        ("difficulty", difficulty, lazy("难度应是 入门、熟练 或 精通")),
    ):
        if value is None or value == "":
            plan.refuse(key, sentence)
    if plan.faults or answer is None or subject is None or kind is None:
        return
    values = QuestionValues(
        kind,
        typed["text"],
        subject,
        tuple(typed.get(name, "") for name in OPTION_FIELDS),
        answer[1],
        difficulty,
        typed.get("about", ""),
        typed.get("explanation", ""),
    )
    try:
        checked = check_question(
            text=values.text, options=values.options, answers=values.answers, kind=values.kind
        )
    except Invalid as problem:
        for key, said in problem.fields.items():
            plan.refuse(OPTION_FIELDS[0] if key == "options" else key, said)
        return
    plan.values = replace(values, options=checked.options, answers=checked.answers)


def twins(texts: Sequence[str]) -> dict[tuple[int, str], ExamQuestion]:
    """Return the questions of the bank with these texts, by subject and text."""
    statement = select(ExamQuestion).where(ExamQuestion.text.in_(texts)).order_by(ExamQuestion.id)
    rows = session.execute(statement).unique().scalars() if texts else ()
    return {(row.subject_id, row.text): row for row in rows}


def settle(plan: Plan, twin: ExamQuestion | None) -> None:
    """Decide about one row: its twin in the bank is changed or stays."""
    if twin is None:
        return
    plan.twin_id = twin.id
    values: QuestionValues = plan.values
    before = bank.facts(twin)
    after = {
        "kind": str(values.kind),
        "options": " / ".join(values.options),
        "answers": bank.letters_of(values.answers),
        "difficulty": str(values.difficulty),
        "about": values.about,
        "explanation": values.explanation,
    }
    labels = {
        "kind": lazy("题型"),
        "options": lazy("选项"),
        "answers": lazy("答案"),
        "difficulty": lazy("难度"),
    }
    labels |= {"about": lazy("出处"), "explanation": lazy("解析")}
    plan.changes = [
        (str(labels[key]), str(before[key]), value) for key, value in after.items() if value != before[key]
    ]
    plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME


def save(plans: Sequence[Plan], actor: Actor) -> None:
    """Make and change the questions of rows, in the open unit of work."""
    for plan in plans:
        if plan.twin_id is None:
            row = bank.add_question(actor=actor, values=plan.values, verb="exam_question:import")
        else:
            row = session.get_one(ExamQuestion, plan.twin_id)
            bank.change_question(row, actor=actor, version=None, values=plan.values)
        plan.doc_id = row.id


KIND = ImportKind(
    code="exam-question",
    label=lazy("题目导入"),
    record_type=EXAM_QUESTION,
    model=ExamQuestion,
    permission=ExamPerm.KEEP,
    sees_all=ExamPerm.KEEP,
    url="/exams/bank/imports",
    fields=fields,
    read=import_pages.reader(QuestionRow),
    compare=compare,
    save=save,
    remove=bank.remove_imported,
    update_label=lazy("题库里已有的题目：用表格里的选项、答案和解析更新"),
)
imports.register(KIND)
