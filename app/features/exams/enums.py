"""Codes of the question bank, of tests and certificates, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy, lazy_in_context

EXAM = "exam"
EXAM_QUESTION = "exam_question"
CERTIFICATE = "exam_certificate"
MODULE = "exams"


class Difficulty(StrEnum):
    """How hard a question is."""

    BASIC = "basic"
    SKILLED = "skilled"
    EXPERT = "expert"


class ExamStatus(StrEnum):
    """Where a test stands. When a published one can be answered follows from its times."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ShowAnswers(StrEnum):
    """When the right answers are shown to who answered."""

    AFTER_CLOSING = "after_closing"
    AT_ONCE = "at_once"
    NEVER = "never"


class ExamPerm(StrEnum):
    """The rights around tests; who is concerned by a test answers it and sees the own result without any.

    ``KEEP`` writes questions and holds tests, ``RESULTS`` sees results by name, ``CERTIFY`` issues certificates.
    """

    KEEP = "exams:exam:keep"
    RESULTS = "exams:exam:results"
    CERTIFY = "exams:certificate:issue"


DIFFICULTY_LABELS = {
    Difficulty.BASIC: lazy("入门"),
    Difficulty.SKILLED: lazy("熟练"),
    Difficulty.EXPERT: lazy("精通"),
}
SHOW_LABELS = {
    ShowAnswers.AFTER_CLOSING: lazy("测试结束后"),
    ShowAnswers.AT_ONCE: lazy("交卷后立即"),
    ShowAnswers.NEVER: lazy_in_context("answers", "不公布"),
}
