"""What the page of a session shows, made ready so that the template decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from app.core import clock, money
from app.core import documents as core_documents
from app.core.files import files_for
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.timeline import Event, events_for
from app.features.rules import versions
from app.features.rules.models import RuleVersion
from app.features.training import feedback, queries, signing_in
from app.features.training.enums import (
    ATTENDANCE_LABELS,
    FORM_LABELS,
    METHOD_LABELS,
    PERSON_LABELS,
    PERSON_TONES,
    PRESENCE_LABELS,
    SIGN_IN_SHEET,
    TRAINING_SESSION,
    WAS_HELD,
    Attendance,
    PersonStatus,
    Presence,
    SessionForm,
    SessionStatus,
    SignInMethod,
)
from app.features.training.flow import FLOW, conductor, may_become
from app.features.training.models import TrainingPerson, TrainingSession
from app.web import documents, filters

Facts = list[tuple[Any, ...]]
# What people do with their own part is told to who conducts the session, and to themselves.
PERSONAL = frozenset(
    f"training_session:{name}"
    for name in (
        "enrol", "wait", "withdraw", "ask-leave", "grant-leave", "refuse-leave", "sign-in", "step-up",
    )
)  # fmt: skip


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the weeks."""
    return [(_("培训"), url_for("training.index"))]


def trail_to(training_session: TrainingSession) -> list[tuple[str, str]]:
    """Return the trail of every page below a session."""
    return [*trail(), (training_session.title, address(training_session))]


def address(training_session: TrainingSession) -> str:
    """Return the address of a session's page."""
    return url_for("training.show_session", session_id=training_session.id)


def span(starts_at: datetime, ends_at: datetime) -> str:
    """Return when a session takes place, with the day of the week and both its times."""
    begin, end = clock.to_local(starts_at), clock.to_local(ends_at)
    first, last = filters.weekday_text(begin.date()), filters.weekday_text(end.date())
    if begin.date() == end.date():
        return f"{first} {begin:%H:%M}–{end:%H:%M}"
    return f"{first} {begin:%H:%M} – {last} {end:%H:%M}"


def version_name(version: RuleVersion) -> str:
    """Return how a version of a rule is called."""
    return _("《%(title)s》%(label)s", title=version.title, label=versions.label(version))


def session_facts(training_session: TrainingSession) -> Facts:
    """Return what a session is about, when, where, for whom."""
    facts: Facts = [
        (_("时间"), span(training_session.starts_at, training_session.ends_at)),
        (_("地点"), training_session.place or _("待定")),
        (_("主持人"), training_session.chair.name),
        (_("方式"), FORM_LABELS[SessionForm(training_session.form)]),
        (_("面向"), queries.department_names(training_session.audience)),
        (_("是否须参加"), ATTENDANCE_LABELS[Attendance(training_session.attendance)]),
    ]
    if training_session.subject is not None:
        facts.append((_("科目"), training_session.subject.name))
    if training_session.provider is not None:
        facts.append((_("培训机构"), training_session.provider.name))
    if training_session.cost is not None:
        facts.append((_("费用"), f"¥{money.format_amount(training_session.cost)}"))
    if training_session.topic is not None:
        facts.append((_("话题"), training_session.topic.title, True))
    if training_session.summary:
        facts.append((_("讲什么"), training_session.summary, True))
    if training_session.outcome:
        facts.append((_("总结"), training_session.outcome, True))
    return facts


def seat_words(training_session: TrainingSession, counts: dict[str, int]) -> str:
    """Return how many seats are taken and how many people wait."""
    taken = sum(count for code, count in counts.items() if code in seats_of())
    waiting = counts.get(PersonStatus.WAITLISTED, 0)
    said = (
        _("报名 %(taken)s 人，名额 %(seats)s", taken=taken, seats=training_session.capacity)
        if training_session.capacity is not None
        else _("报名 %(taken)s 人", taken=taken)
    )
    if not waiting:
        return said
    queue = _("候补 %(waiting)s 人", waiting=waiting)
    return f"{said} · {queue}"


def seats_of() -> frozenset[str]:
    """Return the states of those who hold a seat."""
    return frozenset(str(code) for code in PersonStatus) - {
        str(PersonStatus.WAITLISTED),
        str(PersonStatus.WITHDRAWN),
        str(PersonStatus.LEAVE_GRANTED),
    }


def own_words(person: TrainingPerson | None) -> tuple[str, str, str]:
    """Return how a reader's own part stands: label, tone, and a sentence where there is more to say."""
    if person is None:
        return "", "", ""
    status = PersonStatus(person.status)
    label, tone = str(PERSON_LABELS[status]), PERSON_TONES[status]
    if status == PersonStatus.WAITLISTED:
        return (
            label,
            tone,
            _("候补第 %(place)s 位，有空位会自动转为报名", place=queries.place_in_queue(person)),
        )
    if status == PersonStatus.LEAVE_ASKED:
        return label, tone, _("请假原因：%(reason)s", reason=person.leave_reason)
    if person.leave_answer:
        return label, tone, _("答复：%(text)s", text=person.leave_answer)
    return label, tone, ""


def own_ways(
    training_session: TrainingSession, person: TrainingPerson | None, actor: Actor
) -> dict[str, str]:
    """Return what a reader may do with their own part now: addresses by name."""
    status = person.status if person is not None else None
    ways: dict[str, str] = {}

    def way(name: str, endpoint: str) -> None:
        ways[name] = url_for(endpoint, session_id=training_session.id)

    is_chair = actor.id == training_session.chair_id
    if training_session.status == SessionStatus.ANNOUNCED and not is_chair:
        if may_become(status, "enrol") and clock.now() < training_session.starts_at:
            way("enrol", "training_people.enrol")
        if person is not None and may_become(status, "withdraw") and person.attendance == Attendance.OPTIONAL:
            way("withdraw", "training_people.withdraw")
    if training_session.status in (SessionStatus.ANNOUNCED, SessionStatus.OPEN) and may_become(
        status, "ask_leave"
    ):
        way("leave", "training_people.leave")
    if signing_in.may_sign_in(training_session, person, actor):
        way("sign_in", "training_people.here")
    if feedback.may_give(training_session, person):
        way("feedback", "training_people.give_feedback")
    return ways


def conducting_ways(training_session: TrainingSession) -> list[tuple[str, str]]:
    """Return what who conducts a session may open: label and address."""
    ways = []
    key: dict[str, Any] = {"session_id": training_session.id}
    if training_session.status in (SessionStatus.PLANNED, SessionStatus.ANNOUNCED):
        ways.append((_("修改"), url_for("training.edit", **key)))
    if training_session.status == SessionStatus.ANNOUNCED:
        ways.append((_("加入须参加的人"), url_for("training_people.summon", **key)))
    if training_session.code_secret is not None and training_session.status == SessionStatus.OPEN:
        ways.append((_("屏幕二维码"), url_for("training_people.screen", **key)))
    if training_session.status in (SessionStatus.ANNOUNCED, SessionStatus.OPEN):
        ways.append((_("签到表 PDF"), url_for("training_papers.sheet", **key)))
    if training_session.status in WAS_HELD:
        ways.append((_("出勤记录 PDF"), url_for("training_papers.record", **key)))
    return ways


def person_rows(training_session: TrainingSession, actor: Actor) -> list[dict[str, Any]]:
    """Return who takes part, as far as the reader sees them, with what may be answered."""
    rows = []
    place = 0
    for row in queries.people_rows(actor, training_session):
        place += row.status == PersonStatus.WAITLISTED
        said = []
        if row.presence is not None and row.status in (PersonStatus.TESTED, PersonStatus.GAVE_FEEDBACK):
            said.append(str(PRESENCE_LABELS[Presence(row.presence)]))
        if row.signed_in_how is not None:
            said.append(
                f"{METHOD_LABELS[SignInMethod(row.signed_in_how)]} {filters.moment_text(row.signed_in_at)}"
            )
        if row.status == PersonStatus.WAITLISTED:
            said.append(_("第 %(place)s 位", place=place))
        if row.leave_reason:
            said.append(_("请假原因：%(reason)s", reason=row.leave_reason))
        asked = row.status == PersonStatus.LEAVE_ASKED and row.user_id != actor.id
        rows.append(
            {
                "name": row.name,
                "department": row.department or "",
                "attendance": ATTENDANCE_LABELS[Attendance(row.attendance)],
                "label": PERSON_LABELS[PersonStatus(row.status)],
                "tone": PERSON_TONES[PersonStatus(row.status)],
                "said": " · ".join(said),
                "answer_url": url_for(
                    "training_people.answer_leave", session_id=training_session.id, person_id=row.id
                )
                if asked
                else "",
            }
        )
    return rows


def feedback_facts(training_session: TrainingSession) -> Facts:
    """Return the averages of the feedback, without any name; nothing where nobody answered.

    Of fewer than `feedback.FEWEST_SHOWN` only their number: each would know who said what.
    """
    found = queries.feedback_of(training_session.id)
    if not found.answers:
        return []
    if found.answers < feedback.FEWEST_SHOWN:
        later = _("%(count)s 人，满 %(least)s 人后显示", count=found.answers, least=feedback.FEWEST_SHOWN)
        return [(_("评价人数"), later)]
    said = [
        (_("内容"), found.content),
        (_("讲解"), found.delivery),
        (_("对工作有没有用"), found.usefulness),
    ]
    facts: Facts = [(label, f"{float(value):.1f} / 5") for label, value in said]
    facts.append((_("评价人数"), str(found.answers)))
    comments = queries.feedback_comments(training_session.id)
    if comments:
        facts.append((_("想说的话"), _("；").join(comments), True))
    return facts


def shown_events(training_session: TrainingSession, actor: Actor, events: Sequence[Event]) -> list[Any]:
    """Return the record: what people did with their own parts only for who conducts the session and for themselves."""
    all_of_it = queries.sees_people(actor, training_session)
    return documents.timeline_rows(
        events,
        shown=lambda event: all_of_it or event.verb not in PERSONAL or event.actor_id == actor.id,
    )


def topic_link(training_session: TrainingSession, actor: Actor) -> Any:
    """Return the document the topic comes from, where the reader may see it."""
    topic = training_session.topic
    if topic is None or topic.doc_type is None or topic.doc_id is None:
        return None
    key = (topic.doc_type, topic.doc_id)
    if key not in core_documents.visible_keys(actor, [key]):
        return None
    return core_documents.links([key]).get(key)


def links_of(training_session: TrainingSession, actor: Actor) -> list[tuple[str, str]]:
    """Return what a session is tied to: the rule it teaches, the document of its topic, the session before it."""
    found = []
    if training_session.rule_version is not None:
        version = training_session.rule_version
        found.append((version_name(version), url_for("rules.show_version", version_id=version.id)))
    document = topic_link(training_session, actor)
    if document is not None:
        found.append((f"{document.label} {document.title}", document.url))
    if training_session.moved_from is not None:
        before = training_session.moved_from
        said = _("原定 %(when)s", when=span(before.starts_at, before.ends_at))
        found.append((said, address(before)))
    return found


def steps_context(training_session: TrainingSession, actor: Actor) -> dict[str, Any]:
    """Return what the buttons of the steps need."""
    return {
        "steps": FLOW.open_steps(training_session, actor),
        "action": address(training_session),
        "version": training_session.version,
    }


def context(training_session: TrainingSession, actor: Actor) -> dict[str, Any]:
    """Return everything the page shows."""
    state = FLOW.state(training_session.status)
    events = events_for(TRAINING_SESSION, training_session.id)
    person = queries.person_of(training_session, actor.id)
    leads = conductor.test(training_session, actor) is not None
    files = files_for(TRAINING_SESSION, training_session.id)
    sees = queries.sees_people(actor, training_session)
    shown = [row for row in files if sees or row.kind != SIGN_IN_SHEET]
    key: dict[str, Any] = {"session_id": training_session.id}
    label, tone, said = own_words(person)
    return {
        "heading": training_session.title,
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [
            training_session.number or _("未编号"),
            span(training_session.starts_at, training_session.ends_at),
            seat_words(training_session, queries.counts(training_session.id)),
        ],
        "about": session_facts(training_session),
        "links": links_of(training_session, actor),
        "own": (label, tone) if label else None,
        "own_said": said,
        "ways": own_ways(training_session, person, actor),
        "is_chair": actor.id == training_session.chair_id,
        "conducting": conducting_ways(training_session) if leads else [],
        "roll_url": url_for("training_people.sign_in", **key)
        if leads and training_session.status in signing_in.CORRECTED_IN
        else "",
        "people": person_rows(training_session, actor),
        "feedback": feedback_facts(training_session) if sees and training_session.status in WAS_HELD else [],
        **steps_context(training_session, actor),
        "stations": documents.stations(FLOW, training_session.status, events),
        "events": shown_events(training_session, actor, events),
        "files": documents.file_rows(shown, events=events),
        "file_upload": url_for("training.upload", **key) if leads else "",
    }
