"""The pages of rules: list, the text in force, a version with its steps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, request, url_for

from app.core import files
from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import LazyText, listed
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import Event, events_for
from app.features.rules import citing, presentation, queries, versions
from app.features.rules.enums import RulePerm, Standing, VersionStatus
from app.features.rules.flow import DOC_TYPE, FLOW, drafter
from app.features.rules.forms import MATERIAL, ApproveForm, ConsultForm, VoidForm
from app.features.rules.importing import ORIGINAL_FILE
from app.features.rules.lists import RuleList
from app.features.rules.living import acts_of, may_act, notes_of
from app.features.rules.models import ClauseText, RuleVersion
from app.features.rules.signed import reading_state
from app.features.rules.whole_text import whole_text
from app.web import documents, fragments
from app.web.guard import current_actor, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

# Who signed stands in the list of readers, not in the record of the version.
SIGNED = ("rule_version:sign", "rule_version:sign-by-training")

blueprint = Blueprint("rules", __name__)

TEMPLATE = "rules/show.html"
STEP_FORMS: dict[str, Any] = {"consult": ConsultForm, "approve": ApproveForm, "void": VoidForm}


@blueprint.get("/rules")
@signed_in
def index() -> Any:
    actor = current_actor()
    may_draft = can(actor, RulePerm.DRAFT)
    return show_list(
        RuleList(actor, request.args, request.path),
        _("规章制度"),
        template="rules/list.html",
        new_url=url_for("rules.new") if may_draft else "",
        new_label=_("起草制度"),
        import_url=url_for("rules.import_rule") if may_draft else "",
        templates_url=url_for("rules.templates") if may_draft else "",
        empty_text=_("还没有制度"),
        empty_hint=_("批准施行的制度会列在这里，人人可查"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.get("/rules/<int:rule_id>")
@signed_in
def show_rule(rule_id: int) -> Any:
    """The text in force; where there is none yet, the version this reader may see."""
    actor = current_actor()
    rule = queries.get_rule(actor, rule_id, to_show=True)
    seen = queries.visible_versions(actor, rule)
    version = rule.in_force or rule.newest or seen[0]
    return show(version)


@blueprint.get("/rules/clauses/<int:text_id>")
@signed_in
def show_clause(text_id: int) -> Any:
    """Lead to a clause on the page of its version (what a search finds)."""
    text = session.get(ClauseText, text_id)
    if text is None:
        raise NotVisible
    version = queries.get_version(current_actor(), text.version_id)
    address = url_for("rules.show_version", version_id=version.id)
    return fragments.go(f"{address}#clause-{text.clause_id}")


@blueprint.get("/rules/versions/<int:version_id>")
@signed_in
def show_version(version_id: int) -> Any:
    return show(queries.get_version(current_actor(), version_id, to_show=True))


def show(version: RuleVersion, refusal: documents.Refusal | None = None) -> Any:
    """Show a version, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        keep=True,
        **page_context(version, current_actor()),
        refusal=refusal,
    )


def page_context(version: RuleVersion, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a version needs, for this reader."""
    state, tone = presentation.state_of(version)
    handled = queries.may_handle(actor, version)
    events = events_for(DOC_TYPE, version.id) if handled else []
    text = whole_text(version)
    living = notes_of(version, text.clause_ids, actor)
    # Most read; what may be done at each clause stands there only for who asks for it.
    may_ask, asked = bool(text.clauses) and may_act(version, actor), bool(request.args.get("acts"))
    acts = acts_of(version, text.clause_ids, actor) if asked else {}
    seen = queries.visible_versions(actor, version.rule)
    return {
        "heading": version.title,
        "trail": presentation.trail(),
        "state": state,
        "tone": tone,
        "facts": presentation.facts_line(version),
        "banner": presentation.banner(version),
        "text": text.pieces(living, acts),
        "acts": acts,
        "contents": text.contents.strip(),
        "head": presentation.head_facts(version),
        "versions": version_rows(version, seen),
        "reading": reading_context(version, actor),
        **steps_context(version, actor),
        "stations": documents.stations(FLOW, version.status, events)
        if handled and not version.is_published
        else [],
        "events": documents.timeline_rows(events, shown=lambda event: event.verb not in SIGNED),
        "handled": handled,
        "originals": originals(version, events) if handled else [],
        "attachments": attachment_rows(version, events) if text.has_attachments else [],
        "dead": listed(text.dead) if handled else "",
        "links": links(version, actor, seen)
        | ({"acts": acts_address(version)} if may_ask and not asked else {})
        | ({"acted": url_for("rules.show_version", version_id=version.id)} if asked else {}),
    }


def acts_address(version: RuleVersion) -> str:
    """Return the address of a version with what may be done at each clause."""
    return url_for("rules.show_version", version_id=version.id, acts=1)


def reading_context(version: RuleVersion, actor: Actor) -> dict[str, Any]:
    """Return how many have signed, and how the reader stands; empty for what asks nobody."""
    if version.standing not in (Standing.IN_FORCE, Standing.PENDING):
        return {}
    state = reading_state(version, actor.id)
    own = state.own_version
    return {
        "signed": state.signed,
        "of": state.of,
        "own_at": state.own_at,
        "label": signed_label(version, own),
        "asked": own is None and queries.is_concerned(actor, version),
        "url": url_for("rules.read", version_id=version.id),
        "proof": url_for("rules.own_evidence", version_id=version.id) if own is not None else "",
    }


def originals(version: RuleVersion, events: list[Event]) -> list[documents.FileRow]:
    """Return the files a text was brought along in, for whoever works on it."""
    return documents.file_rows(files.listed(DOC_TYPE, version.id, ORIGINAL_FILE), events=events)


def attachment_rows(version: RuleVersion, events: Sequence[Event] = ()) -> list[documents.FileRow]:
    """Return the attachments of a version as its pages list them."""
    notes = {each.stored_file_id: presentation.reading_note(each) for each in version.attachments}
    rows = [each.stored_file for each in version.attachments]
    return [
        replace(shown, note=notes[row.id])
        for row, shown in zip(rows, documents.file_rows(rows, events=events), strict=True)
    ]


def signed_label(version: RuleVersion, signed_id: int | None) -> LazyText | str:
    """Return how the version is called that somebody signed of the same rule, an empty text where none was."""
    return next((versions.label(each) for each in version.rule.versions if each.id == signed_id), "")


def version_rows(version: RuleVersion, seen: list[RuleVersion]) -> list[tuple[str, str, str, str, bool]]:
    """Return the versions this reader may see: label, address, state, tone, whether it is this one."""
    return [
        (
            str(versions.label(each)),
            url_for("rules.show_version", version_id=each.id),
            *presentation.state_of(each),
            each.id == version.id,
        )
        for each in seen
    ]


def links(version: RuleVersion, actor: Actor, seen: list[RuleVersion]) -> dict[str, str]:
    """Return the addresses of what this reader may do besides steps; what is missing may not be done."""
    number = version.id
    found = {
        "print": url_for("rules.print_version", version_id=number),
        "pdf": url_for("rules.version_pdf", version_id=number),
        "word": url_for("rules.word_file", version_id=number),
    }
    if len(seen) > 1:
        found["compare"] = url_for("rules.compare", rule_id=version.rule_id, new=version.sequence)
    works = drafter.test(version, actor) is not None
    if works and version.status == VersionStatus.DRAFT:
        found["edit"] = url_for("rules.edit", version_id=number)
        found["import"] = url_for("rules.import_clauses", version_id=number)
        found["head"] = url_for("rules.head", version_id=number)
        found["questions"] = url_for("rules.questions", version_id=number)
        found["attachments"] = url_for("rules.manage_attachments", version_id=number)
    if works and version.affects_staff and version.status == VersionStatus.DRAFT:
        found["records"] = url_for("rules.records", version_id=number)
    if version.comments_until is not None:
        found["comments"] = url_for("rules.comments", version_id=number)
        if version.status == VersionStatus.CONSULTATION and not works:
            found["say"] = found["comments"]
    if version.is_published:
        if queries.may_handle(actor, version):
            found["readers"] = url_for("rules.readers", version_id=number)
        newest = version.rule.newest or version
        if can(actor, RulePerm.DRAFT, version.department_id) and newest is version:
            found["care"] = url_for("rules.care", rule_id=version.rule_id)
            if version.rule.working is None:
                found["revise"] = url_for("rules.revise", rule_id=version.rule_id)
    return found


def steps_context(version: RuleVersion, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons alone need, to be renewed beside a refusal."""
    return {
        "steps": FLOW.open_steps(version, actor),
        "action": url_for("rules.show_version", version_id=version.id),
        "version": version.version,
    }


# Steps


@blueprint.route("/rules/versions/<int:version_id>/<name>", methods=["GET", "POST"])
@signed_in
def version_step(version_id: int, name: str) -> Any:
    return STEPS.answer(name, version_id)


def step_data(form: Any) -> dict[str, Any]:
    """Return what a step is given from its form."""
    if isinstance(form, ApproveForm):
        return {"effective_on": form.effective_on.data, "material": form.kind.data == MATERIAL}
    return documents.typed_fields(form, "note")


def show_step(version: RuleVersion, name: str, form: Any, status: int) -> Any:
    """Show the page of a step with a form; what must be known before stands above the fields."""
    problem = versions.unfinished(version) if name == "approve" else None
    return fragments.page(
        "rules/step.html",
        fragment="form",
        status=status,
        heading=FLOW.step(name).label,
        trail=presentation.trail_to(version),
        form=form,
        step=name,
        facts=presentation.facts_line(version),
        cited=citing.cited_by(version.rule) if name == "void" else [],
        bereft=citing.bereft_by(version) if name == "approve" else [],
        blocked=problem.sentence() if problem else "",
        audience=len(queries.audience_ids(version)),
        submit_label=FLOW.step(name).label,
        cancel_url=url_for("rules.show_version", version_id=version.id),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_version,
    fire=FLOW.fire,
    address=lambda version: url_for("rules.show_version", version_id=version.id),
    show=show,
    template=TEMPLATE,
    buttons=steps_context,
    with_form=STEP_FORMS,
    form=lambda _version, name: STEP_FORMS[name](),
    prepare=step_data,
    show_form=show_step,
    leads_to={"drop": "rules.index"},
)
