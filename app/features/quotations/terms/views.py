"""The pages of the terms library: everybody who quotes reads it, the manager keeps it."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import timeline
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.pages import tabs
from app.features.quotations.terms import actions, queries
from app.features.quotations.terms.forms import ChangeTermsForm, NewTermsForm
from app.features.quotations.terms.listing import TermsList, base
from app.features.quotations.views import READERS
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("terms", __name__, url_prefix="/quotations/terms")


def trail() -> list[tuple[str, str]]:
    return [(pgettext("list", "报价"), url_for("quotations.index")), (_("条款库"), url_for("terms.index"))]


@blueprint.get("")
@requires(*READERS)
def index() -> Any:
    actor = current_actor()
    manages = can(actor, QuotationPerm.MANAGE_TERMS)
    return show_list(
        TermsList(base(), request.args, request.path),
        _("条款库"),
        template="quotations/list.html",
        tabs=tabs(actor, "terms"),
        new_url=url_for("terms.new") if manages else "",
        new_label=_("新建条款"),
        empty_text=_("条款库还是空的"),
        empty_hint=_("经理把常用的付款、交货、质保条款存成一套，编制报价时一点就填好"),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(QuotationPerm.MANAGE_TERMS)
def new() -> Any:
    actor, form = current_actor(), NewTermsForm()
    if request.method != "POST":
        return show_form(form, _("新建条款"))
    if not form.validate():
        return show_form(form, _("新建条款"), 422)

    def make() -> str:
        row = actions.create(actor=actor, values=form.values())
        return url_for("terms.show", terms_id=row.id)

    try:
        with unit_of_work():
            target = once(form, make)
    except (Conflict, Invalid) as problem:
        return show_form(form, _("新建条款"), form.refuse(problem))
    flash(_("条款已保存"), "ok")
    return fragments.go(target)


@blueprint.get("/<int:terms_id>")
@requires(*READERS)
def show(terms_id: int) -> Any:
    row, actor = queries.get(terms_id), current_actor()
    form = ChangeTermsForm(obj=row)
    if can(actor, QuotationPerm.MANAGE_TERMS):
        return show_form(form, row.name, row=row)
    return fragments.page(
        "quotations/terms/show.html",
        heading=row.name,
        trail=trail(),
        terms=[
            (field.label.text, choice_text(field), True) for field in form if field.name in actions.FIELDS
        ],
    )


def choice_text(field: Any) -> str:
    """Return what a field holds, in words."""
    if field.type == "SelectField":
        return next((str(text) for _value, text, chosen, _more in field.iter_choices() if chosen), "")
    if field.type == "BooleanField":
        return _("是") if field.data else _("否")
    return str(field._value())


@blueprint.post("/<int:terms_id>")
@requires(QuotationPerm.MANAGE_TERMS)
def save(terms_id: int) -> Any:
    actor, row, form = current_actor(), queries.get(terms_id), ChangeTermsForm()
    if not form.validate():
        return show_form(form, row.name, 422, row=row)
    try:
        with unit_of_work():
            row = queries.get(terms_id)
            actions.change(row, actor=actor, version=form.version.data or 0, values=form.values())
    except (Conflict, Invalid) as problem:
        row = queries.get(terms_id)
        return show_form(form, row.name, form.refuse(problem, version=row.version), row=row)
    flash(_("条款已保存"), "ok")
    return fragments.go(url_for("terms.index"))


@blueprint.post("/<int:terms_id>/<any(retire,restore):name>")
@requires(QuotationPerm.MANAGE_TERMS)
def put_away(terms_id: int, name: str) -> Any:
    actor, typed = current_actor(), documents.typed_step()
    with unit_of_work():
        row = queries.get(terms_id)
        actions.put_away(row, actor=actor, version=typed.version, active=name == "restore")
        said = (
            _("“%(name)s”已重新使用", name=row.name) if row.active else _("“%(name)s”已停用", name=row.name)
        )
    flash(said, "ok")
    return fragments.go(url_for("terms.index"))


def show_form(form: Any, heading: str, status: int = 200, row: Any = None) -> Any:
    events = timeline.events_for(actions.DOC_TYPE, row.id) if row is not None else []
    return fragments.page(
        "quotations/terms/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=trail(),
        form=form,
        row=row,
        events=documents.timeline_rows(events),
        cancel_url=url_for("terms.index"),
    )
