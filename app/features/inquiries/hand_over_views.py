"""Handing inquiries over: one or many are ticked in a list and given away in a single act."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request, url_for
from sqlalchemy import select

from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext, pgettext
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.inquiries import handing_over
from app.features.inquiries.enums import InquiryPerm
from app.features.inquiries.listing import HandOverList
from app.features.inquiries.views import blueprint
from app.features.people.models import User
from app.web import forms, fragments
from app.web import lists as list_pages
from app.web.forms import once
from app.web.guard import current_actor, requires

MOST_AT_ONCE = 500
ALL = "all"


class HandOverForm(forms.CreationForm):
    """To whom inquiries go; each carries its version with its tick."""

    owner_id = forms.ChoiceField(lazy("移交给"), coerce=int, required=True)
    note = forms.LongTextField(lazy("说明"), longest=500)


@blueprint.get("/inquiries/hand-over")
@requires(InquiryPerm.HAND_OVER)
def choose_hand_over() -> Response:
    return show_hand_over(hand_over_form())


@blueprint.post("/inquiries/hand-over")
@requires(InquiryPerm.HAND_OVER)
def hand_over() -> Response:
    actor, form = current_actor(), hand_over_form()
    ticked = frozenset(request.form.getlist("inquiry"))
    if not form.validate():
        return show_hand_over(form, Invalid(), ticked)
    try:
        with unit_of_work():
            target = once(form, lambda: give(actor, form, ticked))
    except (Invalid, Conflict) as problem:
        return show_hand_over(form, problem, ticked)
    return fragments.go(target)


def hand_over_form() -> HandOverForm:
    form = HandOverForm()
    form.owner_id.choices = [(str(person.id), person.name) for person in handing_over.takers()]
    return form


def give(actor: Actor, form: HandOverForm, ticked: frozenset[str]) -> str:
    """Hand over what was chosen, and return the address of the list of its new owner."""
    chosen = chosen_inquiries(actor, request.args, ticked, request.form.get("scope", ""))
    owner_id = form.owner_id.data
    count = handing_over.hand_over(chosen, actor=actor, owner_id=owner_id, note=form.note.data)
    name = session.execute(select(User.name).where(User.id == owner_id)).scalar_one()
    told = ngettext("已把 %(num)s 份询价和它们的报价移交给%(name)s，双方都会收到通知",
                    "已把 %(num)s 份询价和它们的报价移交给%(name)s，双方都会收到通知", count, name=name)  # fmt: skip
    flash(told, "ok")
    return url_for("inquiries.index", owner=owner_id)


def show_hand_over(
    form: HandOverForm,
    problem: Invalid | Conflict | None = None,
    chosen: frozenset[str] = frozenset(),
) -> Response:
    """Show the list to choose from, with what was chosen and a refusal above it."""
    shown = HandOverList(current_actor(), request.args, request.path)
    status = form.refuse(problem) if problem is not None else 200
    return list_pages.show_list(
        shown,
        _("移交询价"),
        template="_ui/hand_over.html",
        trail=[(pgettext("list", "询价"), url_for("inquiries.index"))],
        form=form,
        field="inquiry",
        chosen=chosen,
        scope=request.form.get("scope", ""),
        status=status,
        post_url=shown.url(page=shown.page),
        submit_label=_("移交询价"),
        all_label=ngettext("符合筛选条件的全部 %(num)s 份", "符合筛选条件的全部 %(num)s 份", shown.total),
    )


def chosen_inquiries(
    actor: Actor, arguments: Mapping[str, str], ticked: frozenset[str], scope: str
) -> list[tuple[int, int | None]]:
    """Return id and version of the inquiries to be handed over: those ticked, or all the filters leave."""
    if scope == ALL:
        rows: list[Any] = list(HandOverList(actor, arguments, "").all_rows(MOST_AT_ONCE + 1))
        if len(rows) > MOST_AT_ONCE:
            raise Invalid(fields={"inquiry": lazy("一次最多移交 %(most)s 份，请先筛选", most=MOST_AT_ONCE)})
        return [(row.row_id, None) for row in rows]
    found = list_pages.ticked_rows(ticked)
    if not found:
        raise Invalid(fields={"inquiry": lazy("请先勾选要移交的询价")})
    return list(found.items())
