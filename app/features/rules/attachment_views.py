"""The attachments of a rule: brought and taken away while it is a draft, found by the search once it is in force."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, url_for

from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.uow import unit_of_work
from app.features.rules import actions, attachments, presentation, queries
from app.features.rules.attachment_text import ReadText
from app.features.rules.enums import RulePerm
from app.features.rules.forms import AttachmentForm
from app.features.rules.models import RuleAttachment
from app.features.rules.views import attachment_rows, blueprint
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in


@blueprint.get("/rules/attachments/<int:attachment_id>")
@signed_in
def show_attachment(attachment_id: int) -> Any:
    """Lead to an attachment on the page of its version (what a search finds)."""
    found = session.get(RuleAttachment, attachment_id)
    if found is None:
        raise NotVisible
    version = queries.get_version(current_actor(), found.version_id)
    return fragments.go(url_for("rules.show_version", version_id=version.id, _anchor="attachments"))


@blueprint.route("/rules/versions/<int:version_id>/attachments", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def manage_attachments(version_id: int) -> Any:
    """The attachments of a draft, with the form that brings more."""
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    actions.check_editable(version, actor)
    form, status = AttachmentForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                brought = attachments.read_all(documents.checked_uploads(form.file.data or ()))
                with unit_of_work():
                    address = once(form, lambda: bring(version_id, brought))
                flash(_("已添加附件 %(count)s 个", count=len(brought)), "ok")
                return fragments.go(address)
            except (Conflict, Invalid) as problem:
                status = form.refuse(problem)
                version = queries.get_version(actor, version_id)
    return fragments.page(
        "rules/attachments.html",
        status=status,
        heading=pgettext("rule", "附件"),
        trail=presentation.trail_to(version),
        facts=(
            _("附件是制度的一部分，批准后不能增减"),
            _(".docx、.xlsx、.pdf、.txt 的文字在制度施行后可以搜索"),
        ),
        form=form,
        kept=[
            replace(row, remove_url=removal_url(version_id, each.id))
            for each, row in zip(version.attachments, attachment_rows(version), strict=True)
        ],
        cancel_url=url_for("rules.show_version", version_id=version_id),
    )


def removal_url(version_id: int, attachment_id: int) -> str:
    """Return the address that takes an attachment out of a draft."""
    return url_for("rules.remove_attachment", version_id=version_id, attachment_id=attachment_id)


def bring(version_id: int, brought: Sequence[tuple[CheckedFile, ReadText]]) -> str:
    """Attach what was read and return the address of the page."""
    version = queries.get_version(current_actor(), version_id)
    attachments.add(version, actor=current_actor(), brought=brought)
    return url_for("rules.manage_attachments", version_id=version_id)


@blueprint.post("/rules/versions/<int:version_id>/attachments/<int:attachment_id>/remove")
@requires(RulePerm.DRAFT)
def remove_attachment(version_id: int, attachment_id: int) -> Any:
    actor = current_actor()
    with unit_of_work():
        attachments.remove(queries.get_version(actor, version_id), attachment_id, actor=actor)
    flash(_("附件已移除"), "ok")
    return fragments.go(url_for("rules.manage_attachments", version_id=version_id))
