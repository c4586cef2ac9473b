"""The pages of checks: list, recording, page, steps."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import documents as core_documents
from app.core import modules
from app.core.documents import DocumentLink
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import CheckedFile, files_for
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.checks import actions, follow_ups, queries
from app.features.checks.actions import CheckValues
from app.features.checks.enums import (
    CLAUSE_CHECK,
    RESULT_LABELS,
    RESULT_TONES,
    CheckPerm,
    CheckResult,
)
from app.features.checks.flow import FLOW
from app.features.checks.forms import CloseForm, ExplainForm, GuideForm, NewCheckForm
from app.features.checks.lists import CheckList
from app.features.checks.models import ClauseCheck
from app.features.checks.registry import READERS
from app.features.rules.queries import ClausePlace, citation, places_in_force
from app.features.rules.quoting import quote
from app.web import document_panels, documents, filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list

blueprint = Blueprint("checks", __name__, url_prefix="/checks")

STEP_FORMS: dict[str, Any] = {"explain": ExplainForm, "guide": GuideForm, "close": CloseForm}


@blueprint.get("")
@requires(*READERS)
def index() -> Any:
    return show_list(
        CheckList(current_actor(), request.args, request.path),
        _("执行检查"),
        empty_text=_("还没有执行检查"),
        empty_hint=_("打开一份现行制度，点“绑定与检查”，再在条款下点“记录检查”"),
        empty_url=url_for("rules.index"),
        empty_label=_("规章制度"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list, for those to whom the list is open."""
    listed = any(can(current_actor(), permission) for permission in READERS)
    return [(_("执行检查"), url_for("checks.index"))] if listed else []


# Recording


def asked_clause() -> ClausePlace:
    """Return the clause the address names, as it stands in force; raises NotVisible without one."""
    clause_id = request.args.get("clause", type=int)
    place = (
        places_in_force([clause_id]).get(clause_id)
        if clause_id is not None and 0 < clause_id < 2**31
        else None
    )
    if place is None:
        raise NotVisible
    return place


@blueprint.route("/new", methods=["GET", "POST"])
@requires(CheckPerm.RECORD)
def new() -> Any:
    """Record a check of the clause that the address names."""
    actor = current_actor()
    place = asked_clause()
    form = NewCheckForm()
    form.subject_id.choices = queries.checkable_people(actor)
    form.department_id.choices = queries.checkable_departments(actor)
    if request.method != "POST":
        return show_new(form, place, 200)
    if not form.validate():
        return show_new(form, place, 422)
    try:
        photo = documents.checked_upload(form.file.data)
        with unit_of_work():
            address = once(form, lambda: record(form, place, actor, photo))
    except (Conflict, Invalid) as problem:
        return show_new(form, place, form.refuse(problem))
    return fragments.go(address)


def record(form: NewCheckForm, place: ClausePlace, actor: Actor, photo: CheckedFile | None) -> str:
    """Record the check of a valid form and return its address."""
    check = actions.record_check(
        actor=actor,
        values=CheckValues(
            place.clause_id,
            form.result.data or "",
            form.note.data,
            form.subject_id.data,
            form.department_id.data,
        ),
        photo=photo,
    )
    flash(_("检查 %(number)s 已记录", number=check.number), "ok")
    return url_for("checks.show_check", check_id=check.id)


def show_new(form: NewCheckForm, place: ClausePlace, status: int) -> Any:
    """Show the form of a new check."""
    return fragments.page(
        "checks/form.html",
        status=status,
        heading=_("记录检查"),
        trail=trail(),
        quote=quote(place),
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("记录检查"),
        cancel_url=url_for("rules.show_rule", rule_id=place.rule_id, _anchor=f"clause-{place.clause_id}"),
    )


# The page and its steps


@blueprint.get("/<int:check_id>")
@signed_in
def show_check(check_id: int) -> Any:
    actor = current_actor()
    check = queries.get_check(actor, check_id)
    state = FLOW.state(check.status)
    events = events_for(CLAUSE_CHECK, check.id)
    return fragments.page(
        "checks/show.html",
        heading=str(check.number),
        trail=trail(),
        state=state.label,
        tone=state.tone,
        facts=[citation(check.rule_title, check.clause_name), check.subject_name],
        found=found_facts(check),
        result=(RESULT_LABELS[CheckResult(check.result)], RESULT_TONES[CheckResult(check.result)]),
        outcome=outcome_facts(check),
        clause_url=url_for(
            "rules.show_version", version_id=check.rule_version_id, _anchor=f"clause-{check.clause_id}"
        ),
        ways_on=follow_ups.of(check, actor),
        document=document_link(check, actor),
        steps=FLOW.open_steps(check, actor),
        action=url_for("checks.show_check", check_id=check.id),
        version=check.version,
        stations=documents.stations(FLOW, check.status, events),
        events=documents.timeline_rows(events),
        further=document_panels.beside(CLAUSE_CHECK, check.id, actor),
        files=documents.file_rows(files_for(CLAUSE_CHECK, check.id), events=events),
    )


def document_link(check: ClauseCheck, actor: Actor) -> DocumentLink | None:
    """Return the document a finding of the system is about, where the reader may see it."""
    key = (check.doc_type or "", check.doc_id or 0)
    if check.doc_id is None or not modules.shows(key[0]):
        return None
    if key not in core_documents.visible_keys(actor, [key]):
        return None
    return core_documents.links([key]).get(key)


def found_facts(check: ClauseCheck) -> list[tuple[Any, ...]]:
    """Return what was found."""
    facts: list[tuple[Any, ...]] = [(_("检查对象"), check.subject_name)]
    if check.subject is not None:
        facts.append((_("部门"), check.department.name))
    return [*facts, (_("记录人"), check.recorder_name), (_("情况"), check.told, True)]


def outcome_facts(check: ClauseCheck) -> list[tuple[Any, ...]]:
    """Return what came of it, as far as it went."""
    facts: list[tuple[Any, ...]] = []
    if check.explained_by is not None:
        who = check.explained_by.name
        facts.append((_("情况说明（%(who)s）", who=who), check.explanation, True))
    if check.agreed:
        facts.append((_("商定的做法"), check.agreed, True))
    if check.look_again_on is not None:
        facts.append((_("复看日期"), filters.date_text(check.look_again_on)))
    if check.conclusion:
        facts.append((_("结果"), check.conclusion, True))
    return facts


@blueprint.route("/<int:check_id>/<name>", methods=["GET", "POST"])
@signed_in
def check_step(check_id: int, name: str) -> Any:
    """Do a step; each of them asks for something, so each has a page."""
    actor = current_actor()
    check = queries.get_check(actor, check_id)
    if name not in STEP_FORMS:
        raise NotVisible
    form = STEP_FORMS[name]()
    return documents.step_with_form(
        FLOW,
        name,
        check,
        form,
        load=lambda: queries.get_check(actor, check_id),
        prepare=documents.typed_fields,
        fire=lambda row, data: FLOW.fire(row, name, actor, version=form.version.data, data=data),
        show=lambda row, status: show_step(row, name, form, status),
        back=url_for("checks.show_check", check_id=check_id),
    )


def show_step(check: ClauseCheck, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; what it is about stands above the fields."""
    return fragments.page(
        "checks/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {check.number}",
        trail=[*trail(), (check.number, url_for("checks.show_check", check_id=check.id))],
        facts=(citation(check.rule_title, check.clause_name),),
        form=form,
        found=[*found_facts(check), *outcome_facts(check)],
        submit_label=FLOW.step(name).label,
        cancel_url=url_for("checks.show_check", check_id=check.id),
    )
