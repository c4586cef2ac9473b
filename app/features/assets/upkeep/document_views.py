"""The pages of the documents of upkeep and their steps: reports, requests to scrap, self-checks."""

from typing import Any

from flask import request, url_for

from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.features.assets.upkeep import incidents, page, queries, scrapping, self_checks
from app.features.assets.upkeep.enums import ANSWER_LABELS, Answer
from app.features.assets.upkeep.forms import INCIDENT_STEPS, SCRAPPING_STEPS, SELF_CHECK_STEPS
from app.features.assets.upkeep.incident_flow import FLOW as INCIDENT_FLOW
from app.features.assets.upkeep.models import AssetIncident, AssetScrapping, AssetSelfCheckRequest
from app.features.assets.upkeep.scrapping_flow import FLOW as SCRAPPING_FLOW
from app.features.assets.upkeep.self_check_flow import FLOW as SELF_CHECK_FLOW
from app.features.assets.upkeep.self_checks import Answered
from app.features.assets.upkeep.views import blueprint
from app.web import documents, fragments
from app.web.guard import current_actor, signed_in
from app.web.step_pages import StepPages

INCIDENT_PAGE = "upkeep/show_incident.html"
SCRAPPING_PAGE = "upkeep/show_scrapping.html"
SELF_CHECK_PAGE = "upkeep/show_self_check.html"


# Reports of loss and damage


@blueprint.get("/incidents/<int:incident_id>")
@signed_in
def show_incident(incident_id: int) -> Any:
    return render_incident(queries.get_incident(current_actor(), incident_id))


def render_incident(incident: AssetIncident, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a report, with the refusal of a step where there is one."""
    return fragments.page(
        INCIDENT_PAGE,
        status=refusal.status if refusal else 200,
        **page.incident_context(incident, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/incidents/<int:incident_id>/<name>", methods=["GET", "POST"])
@signed_in
def incident_step(incident_id: int, name: str) -> Any:
    """Do a step of a report."""
    return INCIDENT_PAGES.answer(name, incident_id)


def incident_url(incident: AssetIncident) -> str:
    """Return the address of a report."""
    return url_for("upkeep.show_incident", incident_id=incident.id)


def show_incident_step(incident: AssetIncident, name: str, form: Any, status: int) -> Any:
    """Show the form of a step of a report."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=f"{INCIDENT_FLOW.step(name).label} {incident.number}",
        trail=[*page.trail_of("incidents"), (str(incident.number), incident_url(incident))],
        facts=(incident.item.name, incident.account),
        form=form,
        submit_label=INCIDENT_FLOW.step(name).label,
        cancel_url=incident_url(incident),
    )


INCIDENT_PAGES = StepPages(
    flow=INCIDENT_FLOW,
    load=queries.get_incident,
    fire=incidents.fire,
    address=incident_url,
    show=render_incident,
    template=INCIDENT_PAGE,
    buttons=page.incident_buttons,
    with_form=INCIDENT_STEPS,
    form=lambda document, name: INCIDENT_STEPS[name](),
    show_form=show_incident_step,
)


# Requests to scrap


@blueprint.get("/scrappings/<int:scrapping_id>")
@signed_in
def show_scrapping(scrapping_id: int) -> Any:
    return render_scrapping(queries.get_scrapping(current_actor(), scrapping_id))


def render_scrapping(document: AssetScrapping, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a request to scrap, with the refusal of a step where there is one."""
    return fragments.page(
        SCRAPPING_PAGE,
        status=refusal.status if refusal else 200,
        **page.scrapping_context(document, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/scrappings/<int:scrapping_id>/<name>", methods=["GET", "POST"])
@signed_in
def scrapping_step(scrapping_id: int, name: str) -> Any:
    """Do a step of a request to scrap."""
    return SCRAPPING_PAGES.answer(name, scrapping_id)


def scrapping_url(document: AssetScrapping) -> str:
    """Return the address of a request to scrap."""
    return url_for("upkeep.show_scrapping", scrapping_id=document.id)


def show_scrapping_step(document: AssetScrapping, name: str, form: Any, status: int) -> Any:
    """Show the form of a step of a request to scrap."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=f"{SCRAPPING_FLOW.step(name).label} {document.number}",
        trail=[*page.trail_of("scrappings"), (str(document.number), scrapping_url(document))],
        facts=(document.item.name, document.reason),
        form=form,
        submit_label=SCRAPPING_FLOW.step(name).label,
        cancel_url=scrapping_url(document),
    )


SCRAPPING_PAGES = StepPages(
    flow=SCRAPPING_FLOW,
    load=queries.get_scrapping,
    fire=scrapping.fire,
    address=scrapping_url,
    show=render_scrapping,
    template=SCRAPPING_PAGE,
    buttons=page.scrapping_buttons,
    with_form=SCRAPPING_STEPS,
    form=lambda document, name: SCRAPPING_STEPS[name](),
    show_form=show_scrapping_step,
)


# Self-checks


@blueprint.get("/self-checks/<int:request_id>")
@signed_in
def show_self_check(request_id: int) -> Any:
    return render_self_check(queries.get_self_check(current_actor(), request_id))


def render_self_check(document: AssetSelfCheckRequest, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a self-check, with the refusal of a step where there is one."""
    return fragments.page(
        SELF_CHECK_PAGE,
        status=refusal.status if refusal else 200,
        **page.self_check_context(document, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/self-checks/<int:request_id>/<name>", methods=["GET", "POST"])
@signed_in
def self_check_step(request_id: int, name: str) -> Any:
    """Answer a self-check: everything in order by one tap, or item by item."""
    return SELF_CHECK_PAGES.answer(name, request_id)


def self_check_url(document: AssetSelfCheckRequest) -> str:
    """Return the address of a self-check."""
    return url_for("upkeep.show_self_check", request_id=document.id)


def typed_answers(form: Any) -> dict[str, Any]:
    """Return the posted answers by item; raises Invalid for one that is none of those offered."""
    answers = {}
    for name, value in request.form.items():
        number = name.removeprefix("answer-")
        if number == name or not (number.isascii() and number.isdigit() and len(number) < 10):
            continue
        if value not in set(Answer):
            raise Invalid(fields={name: _("请从三项里选择一项")})
        answers[int(number)] = Answered(Answer(value), request.form.get(f"note-{number}", ""))
    if "all_well" in request.form:
        answers = {number: Answered(Answer.WELL) for number in answers}
    return {"answers": answers}


def show_self_check_form(document: AssetSelfCheckRequest, name: str, form: Any, status: int) -> Any:
    """Show all items due with what was chosen for each so far."""
    due = self_checks.due_items([document.owner_id]).get(document.owner_id, [])
    return fragments.page(
        "upkeep/self_check_form.html",
        fragment="form",
        status=status,
        heading=_("设备自查"),
        trail=[],
        facts=(
            _("共 %(count)s 件", count=len(due)),
            _("请在 %(day)s 前答复", day=document.due_on.isoformat()),
        ),
        form=form,
        rows=[
            (
                item,
                request.form.get(f"answer-{item.id}", Answer.WELL),
                request.form.get(f"note-{item.id}", ""),
            )
            for item in due
        ],
        choices=list(ANSWER_LABELS.items()),
        action=request.path,
        cancel_url=self_check_url(document),
    )


SELF_CHECK_PAGES = StepPages(
    flow=SELF_CHECK_FLOW,
    load=queries.get_self_check,
    fire=SELF_CHECK_FLOW.fire,
    address=self_check_url,
    show=render_self_check,
    template=SELF_CHECK_PAGE,
    buttons=page.self_check_buttons,
    with_form=SELF_CHECK_STEPS,
    form=lambda document, name: SELF_CHECK_STEPS[name](),
    prepare=typed_answers,
    show_form=show_self_check_form,
)
