"""Rules on paper: the text, the sheet to be signed by hand, the proof of reading."""

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.uow import unit_of_work
from app.features.rules import evidence, pdf, presentation, queries, versions
from app.features.rules.models import RuleVersion
from app.features.rules.signing_views import load_published
from app.features.rules.views import blueprint
from app.web import fragments
from app.web.documents import file_url
from app.web.guard import current_actor, signed_in
from app.web.papers import company_name, send_paper


def paper_name(version: RuleVersion, kind: str) -> str:
    """Return the name of a file."""
    return f"{version.title}-{versions.label(version)}-{kind}.pdf" if kind else f"{version.title}.pdf"


@blueprint.get("/rules/versions/<int:version_id>/print")
@signed_in
def print_version(version_id: int) -> Any:
    version = queries.get_version(current_actor(), version_id)
    state, _tone = presentation.state_of(version)
    return fragments.page(
        "rules/print.html",
        heading=version.title,
        facts=[
            (_("编号"), version.number or version.rule.number),
            (_("版次"), versions.label(version)),
            (_("状态"), state),
            (_("施行日期"), version.effective_on.isoformat() if version.effective_on else "—"),
            (_("归口部门"), version.department.name),
            (_("批准人"), version.approved_by.name if version.approved_by else "—"),
            (_("适用范围"), listed(queries.scope_words(version)) or _("全体人员")),
        ],
        clauses=presentation.shown_clauses(version),
        attachments=[(each.stored_file.name, each.stored_file.sha256) for each in version.attachments],
        back_url=url_for("rules.show_version", version_id=version_id),
        printed_by=current_actor().name,
        printed_at=clock.now(),
    )


@blueprint.get("/rules/versions/<int:version_id>.pdf")
@signed_in
def version_pdf(version_id: int) -> Response:
    version = queries.get_version(current_actor(), version_id)
    return send_paper(pdf.text_paper(version, company_name()), paper_name(version, _("正文")))


@blueprint.get("/rules/versions/<int:version_id>/sheet.pdf")
@signed_in
def sheet_pdf(version_id: int) -> Response:
    version = load_published(version_id)
    people = queries.waiting_people(version)
    if not people:
        raise Conflict("rule:all-signed")
    return send_paper(pdf.sheet_paper(version, company_name(), people), paper_name(version, _("签字表")))


@blueprint.post("/rules/versions/<int:version_id>/evidence")
@signed_in
def make_evidence(version_id: int) -> Any:
    """Make the proof for a version with everybody who signed, or for the one person the form names."""
    load_published(version_id)
    return prove(version_id, request.form.get("person", type=int))


@blueprint.post("/rules/versions/<int:version_id>/own-evidence")
@signed_in
def own_evidence(version_id: int) -> Any:
    """Make the reader's own proof of reading."""
    return prove(version_id, int(current_actor().id or 0))


def prove(version_id: int, user_id: int | None) -> Any:
    """Lead to a proof: the one made before where nothing has changed, else a new one."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    stored = evidence.known(version, user_id)
    if stored is None:
        prepared = evidence.prepare(version, company=company_name(), user_id=user_id)
        with unit_of_work():
            stored = evidence.keep(queries.get_version(actor, version_id), prepared, actor=actor)
            address = file_url(stored)
    else:
        address = file_url(stored)
    return fragments.go(address)
