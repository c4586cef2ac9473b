"""What the pages of tests, of the bank and of certificates take."""

from app.core.i18n import lazy, lazy_in_context
from app.core.questions import KIND_LABELS, LETTERS, TRUE_FALSE_LABELS, QuestionKind
from app.features.exams.actions import ExamValues
from app.features.exams.bank import QuestionValues
from app.features.exams.certificates import CertificateValues
from app.features.exams.enums import DIFFICULTY_LABELS, Difficulty
from app.features.exams.models import MOST_ATTEMPTS, Exam, ExamQuestion
from app.web.forms import (
    ChoiceField,
    CreationForm,
    DateField,
    DateTimeField,
    EditForm,
    LongTextField,
    MultipleField,
    RadioField,
    TextField,
    WholeNumberField,
)

OPTION_FIELDS = tuple(f"option_{place}" for place in range(len(LETTERS)))


class QuestionFields:
    """What is typed about a question: its kind says which of the answers counts."""

    kind = RadioField(
        lazy("题型"),
        choices=[(str(code), label) for code, label in KIND_LABELS.items()],
        required=True,
        id="question-kind",
    )
    text = TextField(lazy("题目"), required=True, longest=300)
    option_0 = TextField(lazy("选项 A"), longest=200)
    option_1 = TextField(lazy("选项 B"), longest=200)
    option_2 = TextField(lazy("选项 C"), longest=200)
    option_3 = TextField(lazy("选项 D"), longest=200)
    option_4 = TextField(lazy("选项 E"), longest=200)
    option_5 = TextField(lazy("选项 F"), longest=200)
    answer = MultipleField(
        lazy("正确选项"),
        coerce=int,
        choices=[(place, letter) for place, letter in enumerate(LETTERS)],
        id="right-options",
    )
    truth = RadioField(
        lazy("判断题的答案"),
        coerce=int,
        choices=[(place, label) for place, label in enumerate(TRUE_FALSE_LABELS)],
        id="truth",
    )
    subject_id = ChoiceField(lazy("科目"), coerce=int, required=True)
    difficulty = ChoiceField(
        lazy("难度"),
        choices=[(str(code), label) for code, label in DIFFICULTY_LABELS.items()],
        blank=None,
        required=True,
    )
    about = TextField(lazy_in_context("question", "出处"), longest=120)
    explanation = LongTextField(lazy("解析"), longest=500)

    def values(self) -> QuestionValues:
        """Return the typed values for the actions."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        kind = QuestionKind(typed["kind"])
        truth = typed["truth"]
        if kind == QuestionKind.TRUE_FALSE:
            answers = () if truth is None else (truth,)
        else:
            answers = tuple(typed["answer"] or ())
        return QuestionValues(
            kind,
            typed["text"],
            typed["subject_id"],
            tuple(typed[name] for name in OPTION_FIELDS),
            answers,
            Difficulty(typed["difficulty"]),
            typed["about"],
            typed["explanation"],
        )


class NewQuestionForm(QuestionFields, CreationForm):
    """A new question."""


class QuestionForm(QuestionFields, EditForm):
    """A change of a question."""


def filled_question(question: ExamQuestion) -> QuestionForm:
    """Return the form of a question as it is."""
    is_judged = question.kind == QuestionKind.TRUE_FALSE
    form = QuestionForm(
        data={
            "kind": question.kind,
            "text": question.text,
            **dict(zip(OPTION_FIELDS, question.options, strict=False)),
            "answer": [] if is_judged else question.answers,
            "truth": question.answers[0] if is_judged else None,
            "subject_id": question.subject_id,
            "difficulty": question.difficulty,
            "about": question.about,
            "explanation": question.explanation,
        }
    )
    form.version.data = question.version
    return form


class ExamFields:
    """What is typed about a test."""

    title = TextField(lazy("名称"), required=True, longest=120)
    session_id = ChoiceField(lazy("属于哪场培训"), coerce=int, blank=lazy("不属于培训"))
    subject_id = ChoiceField(lazy("科目"), coerce=int)
    department_id = ChoiceField(lazy("面向部门"), coerce=int, blank=lazy("全公司"))
    opens_at = DateTimeField(lazy("开始时间"), required=True)
    closes_at = DateTimeField(lazy("截止时间"), required=True, end_of_day=True)
    pass_mark = WholeNumberField(lazy("及格线"), required=True, least=1, most=100)
    attempts = WholeNumberField(lazy("可答次数"), required=True, least=1, most=MOST_ATTEMPTS)
    draw_count = WholeNumberField(lazy("随机抽题"), least=0, most=100)
    draw_subject_id = ChoiceField(lazy("抽题的科目"), coerce=int, blank=lazy("全部科目"))
    draw_difficulty = ChoiceField(
        lazy("抽题的难度"),
        choices=[(str(code), label) for code, label in DIFFICULTY_LABELS.items()],
        blank=lazy("不限难度"),
    )

    def values(self) -> ExamValues:
        """Return the typed values for the actions."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        difficulty = typed["draw_difficulty"]
        return ExamValues(
            **{
                key: typed[key]
                for key in ExamValues.__dataclass_fields__
                if key not in ("draw_count", "draw_difficulty")
            },
            draw_count=typed["draw_count"] or 0,
            draw_difficulty=Difficulty(difficulty) if difficulty else None,
        )


class NewExamForm(ExamFields, CreationForm):
    """A new test."""


class ExamForm(ExamFields, EditForm):
    """A change of a test."""


def filled_exam(exam: Exam) -> ExamForm:
    """Return the form of a test as it is."""
    form = ExamForm(obj=exam)
    form.version.data = exam.version
    return form


class ChooseForm(EditForm):
    """The ticks beside the questions that are offered; the page reads them."""


class AnswerForm(CreationForm):
    """A sheet; its answers are as many as the test has questions, and the page reads them."""


class CertificateForm(CreationForm):
    """Certificates for one person or several."""

    people = MultipleField(lazy("获证的人"), coerce=int, id="certified-people")
    title = TextField(lazy("证书名称"), required=True, longest=120)
    basis = TextField(lazy("依据"), longest=200)
    valid_until = DateField(lazy("有效期至"))

    def values(self, exam_id: int | None) -> CertificateValues:
        """Return the typed values for the actions."""
        return CertificateValues(self.title.data, self.basis.data or "", self.valid_until.data, exam_id)


class RevokeForm(EditForm):
    """The reason why a certificate is revoked."""

    reason = TextField(lazy("撤销原因"), required=True, longest=200)
