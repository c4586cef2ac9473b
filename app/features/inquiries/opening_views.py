"""The form in which new times of a tender are recorded."""

from typing import Any

from flask import flash, request, url_for
from flask_wtf.file import FileField

from app.core.errors import Invalid, Stale
from app.core.i18n import gettext as _
from app.core.i18n import lazy, pgettext
from app.core.uow import unit_of_work
from app.features.inquiries import forms, opening, queries
from app.features.inquiries.models import Inquiry
from app.features.inquiries.views import address, blueprint
from app.web import documents, filters, fragments
from app.web.forms import DateTimeField, EditForm, LongTextField
from app.web.guard import current_actor, signed_in


class OpeningForm(EditForm):
    """What a notice of correction says: the new times, and which notice it is."""

    deadline = DateTimeField(lazy("投标截止时间"), required=True, end_of_day=True)
    opening_at = DateTimeField(lazy("开标时间"), required=True)
    reason = LongTextField(lazy("依据"), required=True, longest=forms.REASON_LENGTH)
    file = FileField(lazy("更正公告"))


@blueprint.route("/inquiries/<int:inquiry_id>/opening", methods=["GET", "POST"])
@signed_in
def move_opening(inquiry_id: int) -> Any:
    actor = current_actor()
    inquiry = queries.get(actor, inquiry_id)
    form = OpeningForm(version=inquiry.version, deadline=inquiry.deadline, opening_at=inquiry.opening_at)
    if request.method != "POST":
        opening.check_movable(inquiry, actor)
        return _show_opening(inquiry, form)
    if not form.validate():
        opening.check_movable(inquiry, actor)
        return _show_opening(inquiry, form, 422)
    try:
        notice = documents.checked_upload(form.file.data)
        with unit_of_work():
            opening.move(
                queries.get(actor, inquiry_id),
                actor=actor,
                version=form.version.data,
                deadline=form.deadline.data,
                opening_at=form.opening_at.data,
                reason=form.reason.data,
                notice=notice,
            )
    except (Stale, Invalid) as problem:
        inquiry = queries.get(actor, inquiry_id)
        return _show_opening(inquiry, form, form.refuse(problem, version=inquiry.version))
    flash(_("投标时间已更改，已通知有关人员；报价保密到新的开标时间"), "ok")
    return fragments.go(address(inquiry_id))


def _show_opening(inquiry: Inquiry, form: OpeningForm, status: int = 200) -> Any:
    return fragments.page(
        "inquiries/opening.html",
        status=status,
        heading=_("更改投标时间"),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.title, address(inquiry.id))],
        facts=[
            inquiry.customer.name,
            _("现定截止 %(at)s", at=filters.moment_text(inquiry.deadline)),
            _("现定开标 %(at)s", at=filters.moment_text(inquiry.opening_at)) if inquiry.opening_at else "",
        ],
        form=form,
        submit_label=_("更改投标时间"),
        cancel_url=address(inquiry.id),
    )
