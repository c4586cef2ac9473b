"""Comments on a version that is open for them, their answers, and the records of the procedure."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.files import files_for
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.rules import actions, presentation, procedure, queries
from app.features.rules.enums import (
    ANSWER_LABELS,
    RECORD_LABELS,
    RULE_VERSION,
    CommentAnswer,
    RecordKind,
    VersionStatus,
)
from app.features.rules.flow import drafter
from app.features.rules.forms import AnswerForm, CommentForm, RecordForm
from app.features.rules.models import RuleVersion
from app.features.rules.views import blueprint
from app.web import documents, filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in


@blueprint.route("/rules/versions/<int:version_id>/comments", methods=["GET", "POST"])
@signed_in
def comments(version_id: int) -> Any:
    """The text with what was said of each clause; ``clause`` in the address is the one to speak of."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    form, clause_id = CommentForm(), request.args.get("clause", type=int)
    if request.method != "POST":
        return show_comments(version, actor, form, clause_id)
    if not form.validate():
        return show_comments(version, actor, form, clause_id, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: say(version_id, form, clause_id, actor))
    except (Conflict, Invalid) as problem:
        version = queries.get_version(actor, version_id)
        return show_comments(version, actor, form, clause_id, form.refuse(problem))
    flash(_("意见已提交，答复后会通知您"), "ok")
    return fragments.go(address)


def say(version_id: int, form: CommentForm, clause_id: int | None, actor: Actor) -> str:
    """Keep the comment of a valid form and return where it is read."""
    version = queries.get_version(actor, version_id)
    procedure.comment(version, actor=actor, text=form.text.data, clause_id=clause_id)
    place = f"clause-{clause_id}" if clause_id is not None else "whole"
    return url_for("rules.comments", version_id=version_id, _anchor=place)


def show_comments(
    version: RuleVersion, actor: Actor, form: CommentForm, clause_id: int | None, status: int = 200
) -> Any:
    """Show the text with its comments, and the form for one of the clauses or for the whole."""
    said: dict[int | None, list[Any]] = {}
    for comment in version.comments:
        said.setdefault(comment.clause_id, []).append(comment)
    clauses = presentation.shown_clauses(version)
    present = {clause.clause_id for clause in clauses}
    loose = [row for clause, rows in said.items() if clause not in present for row in rows]
    unanswered = sum(comment.answer is None for comment in version.comments)
    until = version.comments_until
    open_now = version.status == VersionStatus.CONSULTATION
    return fragments.page(
        "rules/comments.html",
        status=status,
        heading=_("征求意见"),
        trail=presentation.trail_to(version),
        facts=[
            version.title,
            *([_("%(day)s截止", day=filters.date_text(until))] if until else []),
            _("共 %(count)s 条意见，%(open)s 条待答复", count=len(version.comments), open=unanswered),
        ],
        rule_version=version,
        clauses=clauses,
        said=said,
        loose=loose,
        form=form,
        chosen=clause_id if clause_id in present else None,
        open_now=open_now,
        may_answer=drafter.test(version, actor) is not None
        and version.status in (VersionStatus.CONSULTATION, VersionStatus.DRAFT),
        answers=[(str(code), label) for code, label in ANSWER_LABELS.items()],
        answer_labels={str(code): label for code, label in ANSWER_LABELS.items()},
        tones={str(CommentAnswer.ADOPTED): "ok", str(CommentAnswer.DECLINED): "neutral"},
        here=url_for("rules.comments", version_id=version.id),
        show_url=url_for("rules.show_version", version_id=version.id),
    )


@blueprint.route("/rules/versions/<int:version_id>/comments/<int:comment_id>", methods=["GET", "POST"])
@signed_in
def answer_comment(version_id: int, comment_id: int) -> Any:
    """Answer a comment: its page, with what was typed where it is refused."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    actions.check_drafter(version, actor)
    comment = next((row for row in version.comments if row.id == comment_id), None)
    if comment is None:
        raise Conflict("rule:comment-gone")
    form, status = AnswerForm(), 200
    if request.method != "POST":
        form.answer.data, form.reason.data = comment.answer, comment.reason
    elif not form.validate():
        status = 422
    else:
        try:
            with unit_of_work():
                procedure.answer_comment(
                    queries.get_version(actor, version_id),
                    comment_id,
                    actor=actor,
                    answer=form.answer.data or "",
                    reason=form.reason.data,
                )
            flash(_("已答复"), "ok")
            return fragments.go(url_for("rules.comments", version_id=version_id))
        except (Conflict, Invalid) as problem:
            status = form.refuse(problem)
    names = queries.clause_numbers(version)
    return fragments.page(
        "rules/answer.html",
        fragment="form",
        status=status,
        heading=_("答复意见"),
        trail=[
            *presentation.trail_to(version),
            (_("征求意见"), url_for("rules.comments", version_id=version_id)),
        ],
        form=form,
        comment=comment,
        about=names.get(comment.clause_id or 0, _("全文")),
        submit_label=_("答复"),
        cancel_url=url_for("rules.comments", version_id=version_id),
    )


@blueprint.route("/rules/versions/<int:version_id>/records", methods=["GET", "POST"])
@signed_in
def records(version_id: int) -> Any:
    """The records the law asks for before approval, with their papers."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    actions.check_editable(version, actor)
    form, status = RecordForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                paper = documents.checked_upload(form.file.data)
                with unit_of_work():
                    procedure.keep_record(
                        queries.get_version(actor, version_id),
                        actor=actor,
                        kind=form.kind.data or "",
                        held_on=form.held_on.data,
                        participants=form.participants.data,
                        result=form.result.data,
                        paper=paper,
                    )
                flash(_("程序材料已登记"), "ok")
                return fragments.go(url_for("rules.records", version_id=version_id))
            except (Conflict, Invalid) as problem:
                status = form.refuse(problem)
                version = queries.get_version(actor, version_id)
    return fragments.page(
        "rules/records.html",
        status=status,
        heading=_("程序材料"),
        trail=presentation.trail_to(version),
        facts=(_("涉及劳动者切身利益的制度，批准前须有两份记录和书面材料（劳动合同法第四条）"),),
        form=form,
        kept=record_rows(version),
        missing=listed(
            label
            for kind, label in RECORD_LABELS.items()
            if kind not in {record.kind for record in version.records}
        ),
        cancel_url=url_for("rules.show_version", version_id=version_id),
    )


def record_rows(version: RuleVersion) -> list[tuple[Any, ...]]:
    """Return the records kept so far with the address of their papers."""
    papers = {row.id: row for row in files_for(RULE_VERSION, version.id, procedure.RECORD_FILE)}
    return [
        (
            RECORD_LABELS[RecordKind(record.kind)],
            [
                (_("日期"), filters.date_text(record.held_on)),
                (_("参加人员"), record.participants, True),
                (_("结果"), record.result, True),
            ],
            documents.file_rows([papers[record.stored_file_id]]),
        )
        for record in version.records
    ]
