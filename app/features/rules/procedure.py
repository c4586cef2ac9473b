"""What comes before an approval: comments and their answers, the records the law asks for, questions to readers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.core import clock, files, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.core.questions import check_question
from app.core.workflow import lock
from app.core.written import check_written
from app.features.rules import editing
from app.features.rules.actions import check_drafter, open_for_writing
from app.features.rules.enums import RULE_VERSION, CommentAnswer, RecordKind, VersionStatus
from app.features.rules.flow import FLOW
from app.features.rules.models import ProcedureRecord, RuleComment, RuleQuestion, RuleVersion

RECORD_FILE = "procedure_record"
LONGEST_COMMENT = 2_000
MOST_QUESTIONS = 10


def comment(version: RuleVersion, *, actor: Actor, text: str, clause_id: int | None) -> RuleComment:
    """Say something of a version that is open for comments, or of one clause of it."""
    lock(version)
    if version.status != VersionStatus.CONSULTATION or (
        version.comments_until is not None and clock.today() > version.comments_until
    ):
        raise Conflict("rule:no-comments")
    said = text.strip()
    if not said or len(said) > LONGEST_COMMENT:
        raise Invalid(fields={"text": lazy("请写下意见，最多 %(most)s 字", most=LONGEST_COMMENT)})
    check_written(said, "text")
    if clause_id is not None:
        editing.place_of(version, clause_id)
    row = RuleComment(version_id=version.id, clause_id=clause_id, author_id=actor.id, text=said)
    session.add(row)
    session.flush()
    timeline.record(RULE_VERSION, version.id, "rule_version:comment", actor, tell=[version.owner_id])
    return row


def answer_comment(version: RuleVersion, comment_id: int, *, actor: Actor, answer: str, reason: str) -> None:
    """Answer a comment: adopted, or declined with the reason; the author is told."""
    lock(version)
    check_drafter(version, actor)
    if version.status not in (VersionStatus.CONSULTATION, VersionStatus.DRAFT):
        raise Conflict("rule:not-editable", state=FLOW.state(version.status).label)
    row = session.get(RuleComment, comment_id)
    if row is None or row.version_id != version.id:
        raise Conflict("rule:comment-gone")
    faults: dict[str, LazyText | str] = {}
    if answer not in set(CommentAnswer):
        faults["answer"] = lazy("请选择采纳或不采纳")
    if not reason.strip():
        faults["reason"] = lazy("请写明理由，提意见的人会看到")
    if faults:
        raise Invalid(fields=faults)
    check_written(reason, "reason")
    row.answer, row.reason = answer, reason.strip()
    row.answered_by_id, row.answered_at = actor.id, clock.now()
    timeline.record(RULE_VERSION, version.id, "rule_version:answer", actor, tell=[row.author_id])


def keep_record(
    version: RuleVersion,
    *,
    actor: Actor,
    kind: str,
    held_on: date,
    participants: str,
    result: str,
    paper: CheckedFile | None,
) -> None:
    """Keep one of the two records before approval, with its paper; a second one of a kind replaces the first."""
    open_for_writing(version, actor)
    faults: dict[str, LazyText | str] = {}
    if held_on > clock.today():
        faults["held_on"] = lazy("日期不能晚于今天")
    for name, value in (("participants", participants), ("result", result)):
        if not value.strip():
            faults[name] = lazy("请填写这一项，审批时要看")
    row = next((each for each in version.records if each.kind == kind), None)
    if paper is None and row is None:
        faults["file"] = lazy("请上传签到表、会议纪要等书面材料")
    if faults:
        raise Invalid(fields=faults)
    check_written(participants, "participants")
    check_written(result, "result")
    stored = (
        files.attach(paper, RULE_VERSION, version.id, actor, kind=RECORD_FILE, legal_hold=True).id
        if paper is not None
        else None
    )
    facts: dict[str, Any] = {
        "held_on": held_on,
        "participants": participants.strip(),
        "result": result.strip(),
        "entered_by_id": actor.id,
        "entered_at": clock.now(),
    }
    if row is None:
        version.records.append(ProcedureRecord(kind=str(RecordKind(kind)), stored_file_id=stored, **facts))
    else:
        for name, value in facts.items():
            setattr(row, name, value)
        row.stored_file_id = stored or row.stored_file_id
    version.touch()
    session.flush()
    timeline.record(RULE_VERSION, version.id, "rule_version:record", actor, data={"kind": kind})


# Questions


def put_question(
    version: RuleVersion,
    *,
    actor: Actor,
    text: str,
    options: Sequence[str],
    answer: int | None,
    clause_id: int | None = None,
) -> RuleQuestion:
    """Add a question that readers answer before they sign; ``answer`` is the place of the right option."""
    open_for_writing(version, actor)
    checked = check_question(text=text, options=options, answers=() if answer is None else (answer,))
    if len(version.questions) >= MOST_QUESTIONS:
        raise Conflict("rule:too-many-questions", most=MOST_QUESTIONS)
    question = RuleQuestion(
        position=len(version.questions),
        clause_id=clause_id,
        text=checked.text,
        options=list(checked.options),
        answer=checked.answers[0],
    )
    version.questions.append(question)
    version.touch()
    session.flush()
    timeline.record(RULE_VERSION, version.id, "rule_version:questions", actor)
    return question


def remove_question(version: RuleVersion, question_id: int, *, actor: Actor) -> None:
    """Take a question out of a draft."""
    open_for_writing(version, actor)
    version.questions[:] = [each for each in version.questions if each.id != question_id]
    for place, each in enumerate(version.questions):
        each.position = place
    version.touch()
    session.flush()
    timeline.record(RULE_VERSION, version.id, "rule_version:questions", actor)
