"""What the pages of a test show: its questions, the own attempts, what may be done now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select

from app.core import clock, modules
from app.core import documents as core_documents
from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import CHINESE, listed, ngettext, using_locale
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.questions import KIND_LABELS, QuestionKind, is_right, shown_options
from app.core.timeline import events_for
from app.features.exams import answering, queries
from app.features.exams.enums import EXAM, MODULE, ExamPerm, ExamStatus
from app.features.exams.flow import FLOW
from app.features.exams.models import Exam, ExamItem, ExamSheet
from app.features.rules import reading
from app.features.rules.models import RuleVersion
from app.features.training import queries as training
from app.features.training.enums import TAKES_PLACE, TRAINING_SESSION
from app.features.training.models import TrainingSession
from app.web import documents, filters

PRIVATE = ("exam:begin", "exam:hand-in")
SHOWN_MISSING = 40
SESSIONS_FROM = timedelta(days=60)


@dataclass(frozen=True)
class ShownOption:
    """An option as a sheet shows it; ``place`` is what is posted for it."""

    place: int
    text: str
    ticked: bool
    right: bool


@dataclass(frozen=True)
class ShownQuestion:
    """A question as a sheet shows it; ``judged`` None while it is not told whether it was answered right."""

    id: int
    text: str
    kind: str
    several: bool
    options: Sequence[ShownOption]
    judged: bool | None
    about: str
    explanation: str


def check_module() -> None:
    """Raise NotVisible where the installation holds no tests."""
    if not modules.is_on(MODULE):
        raise NotVisible


def address(exam: Exam) -> str:
    """Return the address of a test's page."""
    return url_for("exams.show_exam", exam_id=exam.id)


def trail(exam: Exam | None = None) -> list[tuple[str, str]]:
    """Return the way to the tests, and to one of them."""
    way = [(_("测试"), url_for("exams.index"))]
    return way if exam is None else [*way, (f"{exam.number} {exam.title}", address(exam))]


def may_keep(actor: Actor, exam: Exam) -> bool:
    """Tell whether an actor keeps a test."""
    return can(actor, ExamPerm.KEEP, exam.department_id)


def buttons(exam: Exam, actor: Actor) -> Mapping[str, Any]:
    """Return what the step buttons of a test need."""
    return {
        "steps": FLOW.open_steps(exam, actor),
        "action": address(exam),
        "version": exam.version,
    }


def shown_questions(
    exam: Exam, user_id: int | None, answers: Mapping[str, Collection[int]], *, told: bool
) -> list[ShownQuestion]:
    """Return the questions of a test in a person's order with what they ticked; ``told`` shows what is right."""
    return [
        shown_question(item, places, set(answers.get(str(item.id), ())), told=told)
        for item, places in answering.own_order(exam, user_id)
    ]


def shown_question(item: ExamItem, places: Sequence[int], ticked: set[int], *, told: bool) -> ShownQuestion:
    """Return one question with its options in the order of ``places``."""
    texts, right = shown_options(item.kind, item.options), set(item.answers)
    return ShownQuestion(
        item.id,
        item.text,
        str(KIND_LABELS[QuestionKind(item.kind)]),
        item.kind == QuestionKind.SEVERAL,
        [ShownOption(place, texts[place], place in ticked, told and place in right) for place in places],
        is_right(item.answers, ticked) if told else None,
        item.about if told else "",
        item.explanation if told else "",
    )


def facts(exam: Exam) -> list[str]:
    """Return the line of facts below the title."""
    for_whom = (
        _("到场人员")
        if exam.session_id is not None
        else (exam.department.name if exam.department is not None else _("全公司"))
    )
    return [
        str(exam.number),
        for_whom,
        ngettext("%(num)s 题", "%(num)s 题", len(exam.items) + (0 if exam.published_at else exam.draw_count)),
        _("%(mark)s%% 及格", mark=exam.pass_mark),
        ngettext("可答 %(num)s 次", "可答 %(num)s 次", exam.attempts),
        _(
            "%(begin)s 至 %(end)s",
            begin=filters.moment_text(exam.opens_at),
            end=filters.moment_text(exam.closes_at),
        ),
    ]


def context(exam: Exam, actor: Actor) -> dict[str, Any]:
    """Return what the page of a test shows to a reader."""
    events = events_for(EXAM, exam.id)
    keeps, results = may_keep(actor, exam), can(actor, ExamPerm.RESULTS)
    state = FLOW.state(exam.status)
    own = own_part(exam, actor)
    return {
        "heading": exam.title,
        "trail": trail(),
        "state": _("已截止") if exam.status == ExamStatus.PUBLISHED and exam.is_over else state.label,
        "tone": state.tone,
        "facts": facts(exam),
        "exam": exam,
        "of_session": of_session(exam, actor),
        "edit_url": url_for("exams.edit", exam_id=exam.id)
        if keeps and exam.status in (ExamStatus.DRAFT, ExamStatus.PUBLISHED)
        else "",
        "choose_url": url_for("exams.choose", exam_id=exam.id)
        if keeps and exam.status == ExamStatus.DRAFT
        else "",
        "certify_url": url_for("exams.certify", exam=exam.id) if can(actor, ExamPerm.CERTIFY) else "",
        "results_url": url_for("exams.results", exam_id=exam.id) if results and exam.published_at else "",
        "stations": documents.stations(FLOW, exam.status, events),
        "events": documents.timeline_rows(
            events, shown=lambda event: keeps or event.verb not in PRIVATE or event.actor_id == actor.id
        ),
        **own,
        **(kept_part(exam) if keeps else {}),
        **buttons(exam, actor),
    }


def own_part(exam: Exam, actor: Actor) -> dict[str, Any]:
    """Return the own attempts of a reader, and whether another one may begin."""
    sheets = queries.sheets_of(exam.id, actor.id)
    handed_in = [sheet for sheet in sheets if sheet.submitted_at is not None]
    running = sheets[-1] if sheets and sheets[-1].submitted_at is None else None
    left = exam.attempts - len(handed_in)
    passed = any(sheet.passed for sheet in handed_in)
    can_try = exam.is_open and not passed and left > 0 and queries.is_concerned(actor, exam)
    told = answering.answers_shown(exam, sheets)
    best = max(handed_in, key=lambda sheet: (sheet.right_count or 0, sheet.id), default=None)
    return {
        "sheets": sheets,
        "running": running,
        "left": left,
        "can_try": can_try,
        "start_url": url_for("exams.start", exam_id=exam.id),
        "answer_url": url_for("exams.answer", exam_id=exam.id),
        "waits": exam.status == ExamStatus.PUBLISHED and clock.now() < exam.opens_at,
        "own_questions": shown_questions(exam, actor.id, best.answers, told=True) if told and best else [],
        "answers_later": bool(handed_in) and not told,
        "signs": signs(exam),
    }


def kept_part(exam: Exam) -> dict[str, Any]:
    """Return what who keeps a test sees besides: its questions, how each was answered, who is missing."""
    sheets = queries.judged_answers(exam.id)
    missing, names = queries.missing_names(exam, SHOWN_MISSING) if exam.published_at else (0, [])
    return {
        "keeps": True,
        "asked": [
            (
                shown_question(item, range(len(shown_options(item.kind, item.options))), set(), told=True),
                rights(item, sheets),
                len(sheets),
            )
            for item in exam.items
        ],
        "handed_in": len({sheet.user_id for sheet in sheets}),
        "passed": len({sheet.user_id for sheet in sheets if sheet.passed}),
        "missing": missing,
        "missing_names": listed(names),
    }


def rights(item: ExamItem, sheets: Sequence[ExamSheet]) -> int:
    """Return how many of some sheets answered a question right."""
    return sum(is_right(item.answers, sheet.answers.get(str(item.id), ())) for sheet in sheets)


def signs(exam: Exam) -> str:
    """Return the wording that passing signs, where the session of a test is about a rule version; else empty."""
    of = exam.training_session
    if of is None or of.rule_version_id is None:
        return ""
    with using_locale(CHINESE):
        return reading.wording(session.get_one(RuleVersion, of.rule_version_id))


def of_session(exam: Exam, actor: Actor) -> tuple[str, str] | None:
    """Return title and address of the session of a test; no address for whom it is not visible."""
    of = exam.training_session
    if of is None:
        return None
    seen = core_documents.is_visible(actor, TRAINING_SESSION, of.id)
    return of.title, core_documents.document_type(TRAINING_SESSION).url(of.id) if seen else ""


def session_choices(actor: Actor, kept: TrainingSession | None = None) -> list[tuple[int, str]]:
    """Return the sessions a test may belong to: those an actor sees of the last two months and all that are ahead."""
    statement = (
        select(TrainingSession.id, TrainingSession.title, TrainingSession.starts_at)
        .where(
            TrainingSession.id.in_(training.visible_ids(actor)),
            TrainingSession.status.in_(TAKES_PLACE),
            TrainingSession.starts_at >= clock.now() - SESSIONS_FROM,
        )
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id)
        .limit(200)
    )
    rows = [(row.id, row.title, row.starts_at) for row in session.execute(statement)]
    if kept is not None and kept.id not in {row[0] for row in rows}:
        rows.append((kept.id, kept.title, kept.starts_at))
    return [(number, f"{clock.to_local(at):%Y-%m-%d} {title}") for number, title, at in rows]
