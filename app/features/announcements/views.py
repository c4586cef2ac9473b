"""The pages of announcements: list, page, writing, correcting, confirming, who has read, steps, paper."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import side_writes
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext
from app.core.permissions import can
from app.core.side_writes import SideWrite
from app.core.uow import unit_of_work
from app.features.announcements import actions, page, pdf, queries
from app.features.announcements import receipts as receipt_writing
from app.features.announcements.actions import AnnouncementValues
from app.features.announcements.enums import AnnouncementPerm, AnnouncementStatus
from app.features.announcements.flow import FLOW
from app.features.announcements.forms import (
    AGAIN,
    CorrectionForm,
    EditAnnouncementForm,
    FileForm,
    NewAnnouncementForm,
)
from app.features.announcements.lists import AnnouncementList, ReceiptList, by_department
from app.features.announcements.models import Announcement
from app.features.people.queries import active_people, department_choices
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages

blueprint = Blueprint("announcements", __name__, url_prefix="/announcements")

TEMPLATE = "announcements/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    return show_list(
        AnnouncementList(actor, request.args, request.path),
        _("通知公告"),
        new_url=url_for("announcements.new") if can(actor, AnnouncementPerm.PUBLISH) else "",
        new_label=_("起草通知"),
        empty_text=_("还没有通知"),
        empty_hint=_("发给您的通知会出现在这里；要求确认的同时进入待办"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


# Writing


def with_choices(form: Any) -> Any:
    """Give a form its departments and people."""
    form.departments.choices = [(number, name.strip()) for number, name in department_choices()]
    form.people.choices = active_people()
    return form


def typed_values(form: Any) -> AnnouncementValues:
    """Return the announcement that was typed."""
    return AnnouncementValues(
        title=form.title.data,
        text=form.text.data,
        for_everybody=form.for_everybody.data,
        departments=tuple(form.departments.data or ()),
        roles=tuple(form.roles.data or ()),
        people=tuple(form.people.data or ()),
        must_confirm=form.must_confirm.data,
        confirm_hours=form.confirm_hours.data,
        pinned=form.pinned.data,
        visible_from=form.visible_from.data,
        visible_until=form.visible_until.data,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(AnnouncementPerm.PUBLISH)
def new() -> Any:
    """Begin an announcement."""
    form = with_choices(NewAnnouncementForm())
    if request.method != "POST":
        form.confirm_hours.data = AnnouncementValues.confirm_hours
        return show_form(form, _("起草通知"), 200)
    if not form.validate():
        return show_form(form, _("起草通知"), 422)

    def begin() -> str:
        made = actions.draft(actor=current_actor(), values=typed_values(form))
        flash(_("已存为草稿，核对后点“发布通知”"), "ok")
        return page.address(made)

    try:
        with unit_of_work():
            address = once(form, begin)
    except (Conflict, Invalid) as problem:
        return show_form(form, _("起草通知"), form.refuse(problem))
    return fragments.go(address)


@blueprint.route("/<int:announcement_id>/edit", methods=["GET", "POST"])
@requires(AnnouncementPerm.PUBLISH)
def edit(announcement_id: int) -> Any:
    """Change a draft."""
    row, actor = own_draft(announcement_id, _("修改")), current_actor()
    form = with_choices(EditAnnouncementForm())
    if request.method != "POST":
        fill(form, row)
        return show_form(form, _("修改通知"), 200, row)
    if not form.validate():
        return show_form(form, _("修改通知"), 422, row)
    try:
        with unit_of_work():
            actions.edit(
                queries.get_announcement(actor, announcement_id),
                actor=actor,
                version=form.version.data,
                values=typed_values(form),
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_announcement(actor, announcement_id)
        return show_form(form, _("修改通知"), form.refuse(problem, version=row.version), row)
    return fragments.go(page.address(row))


def own_draft(announcement_id: int, step: str) -> Announcement:
    """Return a draft of the reader's own; raises NotVisible, Conflict once it was released."""
    row = queries.get_announcement(current_actor(), announcement_id)
    if row.owner_id != current_actor().id:
        raise NotVisible
    if row.status != AnnouncementStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=step)
    return row


def fill(form: EditAnnouncementForm, row: Announcement) -> None:
    """Fill the form with what the draft says."""
    names = ("title", "text", "for_everybody", "must_confirm", "confirm_hours", "pinned")
    for name in (*names, "visible_from", "visible_until", "version"):
        form[name].data = getattr(row, name)
    form.departments.data = [each.department_id for each in row.scopes if each.department_id]
    form.roles.data = [each.role for each in row.scopes if each.role]
    form.people.data = [each.user_id for each in row.scopes if each.user_id]


def show_form(form: Any, heading: str, status: int, row: Announcement | None = None) -> Any:
    """Show the form of an announcement."""
    return fragments.page(
        "announcements/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail() if row is None else page.trail_to(row),
        form=form,
        submit_label=_("存为草稿"),
        cancel_url=url_for("announcements.index") if row is None else page.address(row),
    )


@blueprint.route("/<int:announcement_id>/correct", methods=["GET", "POST"])
@requires(AnnouncementPerm.PUBLISH)
def correct(announcement_id: int) -> Any:
    """Begin a correction of an announcement that is up."""
    actor, form = current_actor(), CorrectionForm()
    row = queries.get_announcement(actor, announcement_id)
    if not queries.handles(actor, row):
        raise Denied("core:denied", what=lazy("更正通知"), who=row.owner.name)
    if request.method != "POST":
        return show_correction(form, row, 200)
    if not form.validate():
        return show_correction(form, row, 422)

    def begin() -> str:
        found = queries.get_announcement(actor, announcement_id)
        return page.address(actions.correct(found, actor=actor, asks_again=form.asks.data == AGAIN))

    try:
        with unit_of_work():
            address = once(form, begin)
    except (Conflict, Invalid) as problem:
        row = queries.get_announcement(actor, announcement_id)
        return show_correction(form, row, form.refuse(problem))
    flash(_("更正已存为草稿，改好后发布；发布前原通知仍然有效"), "ok")
    return fragments.go(address)


def show_correction(form: CorrectionForm, row: Announcement, status: int) -> Any:
    """Show the form that begins a correction."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=_("更正通知"),
        trail=page.trail_to(row),
        facts=(row.title, _("更正另存一份草稿，文字和附件照抄原通知，改好后发布")),
        form=form,
        submit_label=_("起草更正"),
        cancel_url=page.address(row),
    )


@blueprint.post("/<int:announcement_id>/files")
@requires(AnnouncementPerm.PUBLISH)
def add_file(announcement_id: int) -> Any:
    """Put a file to a draft."""
    row, actor, form = own_draft(announcement_id, _("添加附件")), current_actor(), FileForm()
    try:
        file: CheckedFile | None = documents.checked_upload(form.file.data)
        with unit_of_work():
            actions.attach(queries.get_announcement(actor, announcement_id), actor=actor, file=file)
    except (Conflict, Invalid) as problem:
        return show(row, documents.refusal(problem))
    return fragments.go(f"{page.address(row)}#attachments")


@blueprint.post("/<int:announcement_id>/files/<int:file_id>/remove")
@requires(AnnouncementPerm.PUBLISH)
def remove_file(announcement_id: int, file_id: int) -> Any:
    """Take a file from a draft."""
    row, actor = own_draft(announcement_id, _("移除附件")), current_actor()
    with unit_of_work():
        actions.remove_file(queries.get_announcement(actor, announcement_id), file_id, actor=actor)
    return fragments.go(f"{page.address(row)}#attachments")


# Reading


@blueprint.get("/<int:announcement_id>")
@signed_in
def show_announcement(announcement_id: int) -> Any:
    """Show an announcement; that it was opened is noted beside the request."""
    actor = current_actor()
    row = queries.get_announcement(actor, announcement_id)
    context = page.context(row, actor)
    if row.is_up and not context["seen"] and queries.is_addressed(actor, row):
        seen = (row.id, int(row.series_id or row.id), row.edition, int(actor.id or 0))
        side_writes.after_request(SideWrite.RECENTLY_SEEN, lambda: receipt_writing.note_seen(*seen))
    return fragments.page(TEMPLATE, **context)


def show(row: Announcement, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of an announcement, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(row, current_actor()),
        refusal=refusal,
    )


@blueprint.post("/<int:announcement_id>/confirm")
@signed_in
def confirm(announcement_id: int) -> Any:
    """Confirm that it was read."""
    actor = current_actor()
    try:
        with unit_of_work():
            actions.confirm(queries.get_announcement(actor, announcement_id), actor=actor)
    except Conflict as problem:
        return show(queries.get_announcement(actor, announcement_id), documents.refusal(problem))
    flash(_("已确认"), "ok")
    return fragments.go(url_for("announcements.show_announcement", announcement_id=announcement_id))


def handled(announcement_id: int) -> Announcement:
    """Return an announcement the reader answers for and that was out; raises NotVisible, Denied."""
    actor = current_actor()
    row = queries.get_announcement(actor, announcement_id)
    if not queries.handles(actor, row):
        raise Denied("core:denied", what=lazy("查看确认情况"), who=row.owner.name)
    if not row.was_out:
        raise NotVisible
    return row


@blueprint.get("/<int:announcement_id>/receipts")
@signed_in
def receipts(announcement_id: int) -> Any:
    """Show who has read it and who has not, by department and person by person."""
    row = handled(announcement_id)
    waits = row.must_confirm and row.is_up
    return show_list(
        ReceiptList(row, request.args, request.path),
        _("确认情况"),
        template="announcements/receipts.html",
        trail=page.trail_to(row),
        departments=by_department(row),
        remind_url=url_for("announcements.remind", announcement_id=row.id) if waits else "",
        paper_url=url_for("announcements.paper", announcement_id=row.id),
        empty_text=_("没有通知对象"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.post("/<int:announcement_id>/remind")
@signed_in
def remind(announcement_id: int) -> Any:
    """Remind those who have not confirmed."""
    actor = current_actor()
    handled(announcement_id)
    try:
        with unit_of_work():
            count = actions.remind(queries.get_announcement(actor, announcement_id), actor=actor)
    except Conflict as problem:
        return show(queries.get_announcement(actor, announcement_id), documents.refusal(problem))
    flash(ngettext("已提醒 %(num)s 人", "已提醒 %(num)s 人", count), "ok")
    return fragments.go(url_for("announcements.receipts", announcement_id=announcement_id))


@blueprint.get("/<int:announcement_id>/announcement.pdf")
@signed_in
def paper(announcement_id: int) -> Response:
    """The announcement on paper; with who has confirmed for those who may know."""
    actor = current_actor()
    row = queries.get_announcement(actor, announcement_id)
    handles = queries.handles(actor, row)
    if row.status == AnnouncementStatus.WITHDRAWN and not handles:
        raise NotVisible
    content = pdf.announcement_paper(row, company_name(), with_receipts=handles)
    return send_paper(content, f"{row.title}.pdf")


@blueprint.route("/<int:announcement_id>/<name>", methods=["GET", "POST"])
@signed_in
def announcement_step(announcement_id: int, name: str) -> Any:
    """Do a step of an announcement."""
    return STEPS.answer(name, announcement_id)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_announcement,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
)
