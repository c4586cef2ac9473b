"""What the pages of the curriculum show."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from app.core import clock, documents, modules, settings
from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import CHINESE, using_locale
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.features.curriculum import pdf, points, queries, readiness
from app.features.curriculum.actions import ItemValues, PlanValues
from app.features.curriculum.enums import MODULE, RECORD, STAGE, STAGE_LABELS, CurriculumPerm, Stage
from app.features.curriculum.models import CurriculumPlan
from app.features.exams.models import Certificate
from app.features.exams.queries import published_exams
from app.features.people.models import User
from app.features.training.enums import PRESENCE_LABELS, TRAINING_SESSION, Presence
from app.features.training.queries import subject_choices
from app.web import documents as document_pages
from app.web import filters

EMPTY_ROWS = 3
EMPTY_ROW: dict[str, Any] = {"subject": "", "topic": "", "sessions": "", "exam": ""}
MOST_ROWS = 40


def check_module() -> None:
    """Raise NotVisible where the installation keeps no curriculum."""
    if not modules.is_on(MODULE):
        raise NotVisible


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to the curriculum and beyond."""
    return [(_("培养计划"), url_for("curriculum.index")), *more]


# Figures for everybody


def coverage(since: Any) -> dict[str, Any]:
    """Return the table of levels and subjects with how many had each, and the sums of the company."""
    counts = queries.coverage_by_level(since)
    subjects = queries.subjects()
    known = [(level.id, level.name) for level in queries.levels(active_only=False)]
    placed = {level_id for level_id, _subject in counts}
    rows = [
        (name, [counts.get((level_id, subject.id), (0, 0)) for subject in subjects])
        for level_id, name in [*known, (None, _("未登记层级"))]
        if level_id in placed
    ]
    whole = [
        (sum(cells[place][0] for _name, cells in rows), sum(cells[place][1] for _name, cells in rows))
        for place in range(len(subjects))
    ]
    return {"subjects": [subject.name for subject in subjects], "levels": rows, "whole": whole}


def points_rule() -> list[tuple[str, str]]:
    """Return what counts how many points, and for which period, as facts."""
    counts, period = points.rule(), points.this_period()
    first, after = period.days
    return [
        (_("全程到场"), _("%(num)s 分", num=counts.session)),
        (_("迟到或早退"), _("%(num)s 分", num=counts.late)),
        (_("主讲或主持"), _("%(num)s 分", num=counts.chair)),
        (_("通过测试"), _("%(num)s 分", num=counts.test)),
        (_("取得证书"), _("%(num)s 分", num=counts.certificate)),
        (_("本期"), _("%(first)s 起，%(after)s 前", first=first.isoformat(), after=after.isoformat())),
    ]


# The record of a person


def session_rows(rows: Sequence[queries.SessionRow], actor: Actor) -> list[dict[str, Any]]:
    """Return sessions as rows with an address where the reader may see them."""
    visible = documents.visible_keys(actor, [(TRAINING_SESSION, row.id) for row in rows])
    return [
        {
            "title": row.title,
            "subject": row.subject,
            "day": filters.date_text(row.starts_at),
            "presence": PRESENCE_LABELS[Presence(row.presence)] if row.presence else "",
            "tone": "bad" if row.presence == Presence.ABSENT else "ok",
            "url": documents.document_type(TRAINING_SESSION).url(row.id)
            if (TRAINING_SESSION, row.id) in visible
            else "",
        }
        for row in rows
    ]


def certificates_of(user_id: int) -> Sequence[Certificate]:
    """Return the certificates of a person, the newest first."""
    statement = (
        select(Certificate)
        .where(Certificate.user_id == user_id)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    )
    return list(session.execute(statement).unique().scalars())


def record_context(person: User, actor: Actor) -> dict[str, Any]:
    """Return what the training record of a person shows."""
    progress = readiness.progress_of([person])[0]
    since = clock.now() - queries.covered_for()
    history = queries.subject_history(person.id)
    tests = queries.exams_of(person.id)
    return {
        "heading": _("培训档案 %(name)s", name=person.name),
        "trail": trail(),
        "facts": [person.staff_number, person.position],
        "person": person,
        "progress": progress,
        "placements": queries.placements_of(person.id),
        "earned": progress.earned,
        "rule": points_rule(),
        "subjects": [
            (
                subject.name,
                history[subject.id][0] if subject.id in history else 0,
                subject.id in history and history[subject.id][1] > since,
                url_for("curriculum.cell", user_id=person.id, subject_id=subject.id),
            )
            for subject in queries.subjects()
        ],
        "sessions": session_rows(queries.sessions_of(person.id), actor),
        "tests": [(row, url_for("exams.show_exam", exam_id=row.id)) for row in tests],
        "certificates": [
            (row, url_for("exams.show_certificate", certificate_id=row.id))
            for row in certificates_of(person.id)
        ],
        "pdf_url": url_for("curriculum.record_pdf", user_id=person.id),
        "place_url": url_for("curriculum.place", user_id=person.id)
        if can(actor, CurriculumPerm.KEEP) and person.id != actor.id
        else "",
        "events": document_pages.timeline_rows(events_for(RECORD, person.id)),
    }


def certificates_table(person: User) -> tuple[str, Sequence[str], Sequence[Sequence[str]]]:
    """Return the certificates of a person as the paper of a training record lists them."""
    rows = [
        (
            row.title,
            row.number,
            row.issued_on.isoformat(),
            "有效" if row.is_valid else ("已撤销" if row.revoked_at else "已过期"),
        )
        for row in certificates_of(person.id)
    ]
    return "证书", ("证书", "编号", "发证日期", "状态"), rows


def record_text(person: User) -> pdf.RecordText:
    """Return what the paper of a training record says, in Chinese."""
    with using_locale(CHINESE):
        progress = readiness.progress_of([person])[0]
        history = queries.subject_history(person.id)
        return pdf.RecordText(
            person.name,
            [
                ("姓名", person.name),
                ("工号", person.staff_number),
                ("职务", person.position),
                ("职业层级", progress.level.name if progress.level else "未登记"),
                ("本期积分", str(progress.points)),
                ("参训场次", str(sum(count for count, _last in history.values()))),
            ],
            [
                (
                    "各科目参训",
                    ("科目", "场次"),
                    [
                        (subject.name, str(history[subject.id][0] if subject.id in history else 0))
                        for subject in queries.subjects()
                    ],
                ),
                (
                    "培训记录",
                    ("培训", "科目", "日期", "到场"),
                    [
                        (
                            row.title,
                            row.subject,
                            clock.to_local(row.starts_at).date().isoformat(),
                            str(PRESENCE_LABELS[Presence(row.presence)]) if row.presence else "",
                        )
                        for row in queries.sessions_of(person.id, limit=200)
                    ],
                ),
                (
                    "测试",
                    ("测试", "最好成绩", "结果"),
                    [
                        (row.title, str(row.score), "及格" if row.passed else "未及格")
                        for row in queries.exams_of(person.id, limit=200)
                    ],
                ),
                certificates_table(person),
            ],
        )


# Plans


def plan_rows(plans: Sequence[CurriculumPlan]) -> list[dict[str, Any]]:
    """Return plans as rows of a list."""
    return [
        {
            "title": plan.title,
            "sub": f"{STAGE_LABELS[Stage(plan.stage)]} · {plan.level.name}",
            "count": len(plan.items),
            "active": plan.active,
            "url": url_for("curriculum.show_plan", plan_id=plan.id),
        }
        for plan in plans
    ]


def all_plans() -> list[CurriculumPlan]:
    """Return all plans, those in use first, by level."""
    statement = select(CurriculumPlan).order_by(
        CurriculumPlan.active.desc(), CurriculumPlan.level_id, CurriculumPlan.id
    )
    return list(session.execute(statement).unique().scalars())


def typed_rows(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows of parts as they were typed, without the empty ones."""
    rows = [
        {name: form.get(f"{name}-{place}", "").strip() for name in EMPTY_ROW} for place in range(MOST_ROWS)
    ]
    return [row for row in rows if any(row.values())]


def typed_items(rows: Sequence[Mapping[str, str]]) -> tuple[ItemValues, ...]:
    """Return the parts that were typed; what is no number becomes one that the actions refuse."""
    return tuple(
        ItemValues(
            whole(row["subject"]),
            row["topic"],
            whole(row["sessions"] or "0"),
            whole(row["exam"]) if row["exam"] else None,
        )
        for row in rows
    )


def whole(text: str) -> int:
    """Return a typed whole number, -1 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def item_rows(items: Sequence[ItemValues]) -> list[dict[str, Any]]:
    """Return parts as rows of the form."""
    return [
        {
            "subject": item.subject_id,
            "topic": item.topic,
            "sessions": item.sessions_needed,
            "exam": item.exam_id or "",
        }
        for item in items
    ]


def items_of(plan: CurriculumPlan) -> tuple[ItemValues, ...]:
    """Return the parts of a plan as they would be typed."""
    return tuple(
        ItemValues(item.subject_id, item.topic, item.sessions_needed, item.exam_id) for item in plan.items
    )


def form_context(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the form of a plan needs besides its head: its parts and some empty rows, and the choices."""
    return {
        "rows": [*rows, *[EMPTY_ROW] * EMPTY_ROWS][:MOST_ROWS],
        "subjects": [(str(number), name) for number, name in subject_choices()],
        "exams": [(str(number), name) for number, name in published_exams()],
    }


def plan_values(form: Any, items: tuple[ItemValues, ...]) -> PlanValues:
    """Return the values of a valid form with its parts."""
    return PlanValues(
        form.title.data,
        Stage(form.stage.data),
        form.level_id.data,
        form.description.data,
        bool(form.active.data),
        items,
    )


def present_stage() -> Stage:
    """Return the stage the company is in, by the setting."""
    return Stage(settings.get(STAGE))


def ask_url() -> str:
    """Return where a topic for training is proposed, by everybody."""
    return url_for("training_topics.new")
