"""What a reader does: the own list, the text to its end, the questions, the signature."""

from typing import Any

from flask import flash, request, url_for
from sqlalchemy import select

from app.core import side_writes
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.permissions import Actor
from app.core.side_writes import SideWrite
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.rules import compare, letters, panels, presentation, queries, reading, versions
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RuleReading, RuleSignature, RuleVersion
from app.features.rules.views import attachment_rows, blueprint, signed_label
from app.web import fragments
from app.web.guard import current_actor, signed_in

PAGE = "rules/read.html"


@blueprint.get("/rules/mine")
@signed_in
def mine() -> Any:
    """What is to be read, and what was signed when."""
    actor = current_actor()
    waiting = session.execute(
        select(RuleVersion, Task.due_at)
        .join(Task, Task.doc_id == RuleVersion.id)
        .where(
            Task.doc_type == RULE_VERSION,
            Task.kind == "rule:read",
            Task.user_id == actor.id,
            Task.closed_at.is_(None),
        )
        .order_by(Task.due_at)
    ).unique()
    signed = (
        session.execute(
            select(RuleSignature, RuleVersion)
            .join(RuleVersion, RuleVersion.id == RuleSignature.version_id)
            .where(RuleSignature.user_id == actor.id)
            .order_by(RuleSignature.signed_at.desc())
        )
        .unique()
        .all()
    )
    filed = letters.of_signers(row for row, _version in signed)
    lacking = {row.id for row, _version in signed if letters.waits(row, filed)}
    return fragments.page(
        "rules/mine.html",
        heading=_("我的制度"),
        trail=presentation.trail(),
        waiting=[(version, versions.label(version), due) for version, due in waiting],
        signed=[(row, versions.label(version), row.id in lacking) for row, version in signed],
        panels=panels.render(None, actor),
        letter_url="/acknowledgements/mine" if lacking else "",
    )


@blueprint.get("/rules/versions/<int:version_id>/read")
@signed_in
def read(version_id: int) -> Any:
    """The whole text, and at its end what to do; that it was opened is noted beside the request."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    reading.check_signable(version, actor)
    user_id = int(actor.id or 0)
    mine = queries.reading_of(version_id, user_id)
    if mine is None:
        side_writes.after_request(SideWrite.RULE_FIRST_VIEW, lambda: reading.note_opened(version_id, user_id))
    return show_reading(version, actor, mine)


def show_reading(
    version: RuleVersion,
    actor: Actor,
    mine: RuleReading | None,
    *,
    status: int = 200,
    answers: dict[int, int | None] | None = None,
    refusal: str = "",
    wrong: tuple[int, ...] = (),
) -> Any:
    """Show the text with its end: to be reached, to be signed, or signed."""
    last = queries.last_signed(version.rule_id, actor.id)
    names = queries.clause_numbers(version)
    signature = queries.signature_of(version, actor.id)
    return fragments.page(
        PAGE,
        fragment="signing",
        status=status,
        heading=version.title,
        trail=[(_("我的制度"), url_for("rules.mine"))],
        facts=presentation.facts_line(version),
        banner=presentation.banner(version),
        rule_version=version,
        clauses=presentation.shown_clauses(version),
        attachments=attachment_rows(version),
        changed=changed_since(last, version),
        signature=signature,
        signed_label=signed_label(version, signature.version_id if signature is not None else None),
        ended=mine is not None and mine.end_reached_at is not None,
        wording=reading.wording(version),
        questions=[(question, names.get(question.clause_id or 0, "")) for question in version.questions],
        answers=answers or {},
        refusal=refusal,
        wrong=wrong,
        end_url=url_for("rules.reach_end", version_id=version.id),
        sign_url=url_for("rules.sign", version_id=version.id),
        proof_url=url_for("rules.own_evidence", version_id=version.id),
        mine_url=url_for("rules.mine"),
    )


def changed_since(last: RuleVersion | None, version: RuleVersion) -> dict[str, Any] | None:
    """Return what changed since the reader's own last signature; None for who never signed, or signed this one."""
    if last is None or last.sequence >= version.sequence:
        return None
    found = [each for each in compare.of_versions(last, version) if each.state != compare.SAME]
    return {
        "text": ngettext(
            "自您签认%(label)s以来，有 %(num)s 条改动",
            "自您签认%(label)s以来，有 %(num)s 条改动",
            len(found),
            label=versions.label(last),
        ),
        "clauses": [each for each in found if each.new_number],
        "url": url_for("rules.compare", rule_id=version.rule_id, old=last.sequence, new=version.sequence),
    }


@blueprint.post("/rules/versions/<int:version_id>/end")
@signed_in
def reach_end(version_id: int) -> Any:
    """Note that the end was reached: sent by the page when the end comes into view, or by the button there."""
    actor = current_actor()
    with unit_of_work():
        reading.reach_end(queries.get_version(actor, version_id), actor=actor)
    if fragments.wants_fragment():
        return show_reading(
            queries.get_version(actor, version_id), actor, queries.reading_of(version_id, actor.id)
        )
    return fragments.go(url_for("rules.read", version_id=version_id, _anchor="signing"))


@blueprint.post("/rules/versions/<int:version_id>/sign")
@signed_in
def sign(version_id: int) -> Any:
    """Sign, with the answers to the questions; a wrong one comes back with the clause it is about."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    answers = typed_answers(version)
    if not request.form.get("confirmed"):
        reading.check_signable(version, actor)
        mine = queries.reading_of(version_id, actor.id)
        return show_reading(
            version, actor, mine, status=422, answers=answers, refusal=_("请先勾选确认，再签认")
        )
    with unit_of_work():
        wrong = reading.note_attempt(queries.get_version(actor, version_id), actor=actor, answers=answers)
    try:
        with unit_of_work():
            reading.sign(queries.get_version(actor, version_id), actor=actor, answers=answers)
    except Invalid as problem:
        version = queries.get_version(actor, version_id)
        return show_reading(
            version,
            actor,
            queries.reading_of(version_id, actor.id),
            status=problem.status,
            answers=answers,
            refusal=problem.sentence(),
            wrong=tuple(wrong),
        )
    except Conflict as problem:
        if problem.code != "rule:signed-already":
            raise
    flash(_("已签认《%(title)s》", title=version.title), "ok")
    return fragments.go(url_for("rules.mine"))


def typed_answers(version: RuleVersion) -> dict[int, int | None]:
    """Return the option chosen for each question, None where none was."""
    return {
        question.id: request.form.get(f"question_{question.id}", type=int) for question in version.questions
    }
