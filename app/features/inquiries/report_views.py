"""Reporting an inquiry in one go, and adding its lines afterwards, over HTTP."""

from dataclasses import replace
from typing import Any

from flask import flash, request, url_for
from flask_wtf.file import MultipleFileField

from app.core import clock
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.files import CheckedFile, check_upload
from app.core.i18n import gettext as _
from app.core.i18n import lazy, pgettext
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.inquiries import forms, queries, reporting, ways
from app.features.inquiries.actions import default_deadline
from app.features.inquiries.enums import InquiryPerm
from app.features.inquiries.flow import FLOW
from app.features.inquiries.models import Inquiry
from app.features.inquiries.pasting import TABLE
from app.features.inquiries.views import address, blueprint
from app.web import fragments, pasting
from app.web.forms import CheckField, CreationForm, EditForm, Lines, TextField, once
from app.web.guard import current_actor, requires, signed_in
from app.web.lines import lines_only
from app.web.pasting import PasteView

# Suggestions of a field are sent with the page: no more than a phone shows at once without waiting.
MOST_NAMES = 300
MOST_FILES = 10
PREFILLED = ("kind", "channel", "received_at")


class QuickReportForm(CreationForm):
    """Three fields to fill in; the others are known beforehand."""

    customer = TextField(lazy("客户"), required=True, longest=120)
    summary = forms.HeadFields.summary
    deadline = forms.HeadFields.deadline
    kind = forms.HeadFields.kind
    channel = forms.HeadFields.channel
    received_at = forms.HeadFields.received_at
    accept_similar = CheckField(lazy("不是同一家，仍新建客户"))
    file = MultipleFileField(lazy("照片或文件"))


class MoreLinesForm(EditForm):
    """The lines stand beside it; the form itself carries the version alone."""


@blueprint.route("/inquiries/report", methods=["GET", "POST"])
@requires(InquiryPerm.REGISTER)
def quick_report() -> Any:
    actor = current_actor()
    now = clock.now().replace(second=0, microsecond=0)
    form = QuickReportForm(received_at=now, deadline=default_deadline(now))
    if request.method != "POST":
        return _show_quick(form, actor)
    lines = Lines(forms.InquiryLineForm, request.form)
    paste = pasting.take(TABLE, request.form, lines) if pasting.asked(request.form) else None
    wrong = paste is not None and bool(paste.problem or lines.problems)
    if not form.validate() or wrong:
        return _show_quick(form, actor, 422, paste if wrong else None, lines)
    said: list[str] = []
    try:
        files = _checked_files(form)
        with unit_of_work():
            url = once(form, lambda: _report(actor, form, files, said, lines))
    except (Conflict, Invalid) as problem:
        return _show_quick(form, actor, form.refuse(problem))
    flash("".join(said) or _("询价已登记并上报"), "ok")
    return fragments.go(url)


def _report(
    actor: Actor,
    form: QuickReportForm,
    files: list[CheckedFile],
    said: list[str],
    lines: Lines[forms.InquiryLineForm],
) -> str:
    typed = str(form.customer.data)
    named = reporting.customer_named(actor, typed, accept_similar=form.accept_similar.data)
    inquiry = reporting.report_at_once(
        actor=actor,
        customer=named.customer,
        received_at=form.received_at.data,
        deadline=form.deadline.data,
        kind=str(form.kind.data),
        channel=str(form.channel.data),
        summary=form.summary.data,
        files=files,
        lines=forms.line_inputs(lines),
    )
    if named.created:
        said.append(_("询价已登记并上报，并新建了客户“%(name)s”", name=named.customer.name))
    elif named.customer.name != typed:
        said.append(_("询价已登记并上报，用的是已有的客户“%(name)s”", name=named.customer.name))
    return address(inquiry.id)


def _checked_files(form: QuickReportForm) -> list[CheckedFile]:
    given = [item for item in form.file.data or () if getattr(item, "filename", "")]
    if len(given) > MOST_FILES:
        raise Invalid(fields={"file": lazy("一次最多 %(most)s 个文件").filled(most=MOST_FILES)})
    return [check_upload(item.filename, item.stream) for item in given]


def pasted_problems(paste: PasteView, lines: Lines[forms.InquiryLineForm] | None) -> list[str]:
    """Return what is wrong with pasted rows, for the summary above the form."""
    said = [problem["text"] for problem in lines.problems] if lines is not None else []
    return [*said, *([paste.problem] if paste.problem else [])]


def _show_quick(
    form: QuickReportForm,
    actor: Actor,
    status: int = 200,
    paste: PasteView | None = None,
    lines: Lines[forms.InquiryLineForm] | None = None,
) -> Any:
    text = request.form.get(pasting.PASTED, "")
    # rows that are wrong stay in the field, to be mended there or in the full form
    shown = replace(paste, text=text) if paste is not None else pasting.kept(TABLE, request.form)
    return fragments.page(
        "inquiries/report.html",
        status=status,
        heading=_("快报"),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index"))],
        form=form,
        names=reporting.customer_names(actor, MOST_NAMES),
        more=PREFILLED,
        more_open=any(form[name].errors for name in PREFILLED),
        ways=ways.offered(actor),
        full_url=url_for("inquiries.new"),
        paste=shown,
        problems=[{"text": said, "href": f"#{pasting.PASTED}"} for said in pasted_problems(shown, lines)],
        cancel_url=url_for("inquiries.index"),
    )


@blueprint.route("/inquiries/<int:inquiry_id>/lines", methods=["GET", "POST"])
@signed_in
def add_lines(inquiry_id: int) -> Any:
    actor = current_actor()
    inquiry = queries.get(actor, inquiry_id)
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("补充询价明细"), who=inquiry.owner.name)
    posted = request.method == "POST"
    form = MoreLinesForm(version=inquiry.version)
    lines = Lines(forms.InquiryLineForm, request.form if posted else None)
    if not posted or lines_only(request.form):
        if not reporting.may_add_lines(inquiry, actor):
            label = FLOW.state(inquiry.status).label
            raise Conflict("core:wrong-state", state=label, step=lazy("补充询价明细"))
        return _show_lines(inquiry, form, lines)
    if pasting.asked(request.form):
        paste = pasting.take(TABLE, request.form, lines)
        return _show_lines(inquiry, form, lines, 422 if paste.problem or lines.problems else 200, paste)
    if not lines.validate() or not form.validate():
        return _show_lines(inquiry, form, lines, 422)
    try:
        with unit_of_work():
            reporting.add_lines(
                queries.get(actor, inquiry_id),
                actor=actor,
                version=form.version.data,
                lines=forms.line_inputs(lines),
            )
    except (Stale, Invalid) as problem:
        inquiry = queries.get(actor, inquiry_id)
        return _show_lines(inquiry, form, lines, form.refuse(problem, version=inquiry.version))
    flash(_("明细已补充，已通知审批人"), "ok")
    return fragments.go(f"{address(inquiry_id)}#lines")


def _show_lines(
    inquiry: Inquiry,
    form: MoreLinesForm,
    lines: Lines[forms.InquiryLineForm],
    status: int = 200,
    paste: PasteView | None = None,
) -> Any:
    return fragments.page(
        "inquiries/lines.html",
        fragment="form",
        status=status,
        heading=_("补充询价明细"),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.title, address(inquiry.id))],
        form=form,
        **forms.line_table(lines, paste=paste),
        submit_label=_("补充这些明细"),
        cancel_url=address(inquiry.id),
    )
