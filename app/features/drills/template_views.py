"""The pages of templates of drills."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.drills import actions, page, queries
from app.features.drills.actions import TEXTS, TemplateValues
from app.features.drills.enums import DrillPerm
from app.features.drills.forms import EditTemplateForm, NewTemplateForm
from app.features.drills.lists import TemplateList
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("drill_templates", __name__, url_prefix="/drills/templates")


@blueprint.get("")
@requires(DrillPerm.ARRANGE)
def index() -> Any:
    return show_list(
        TemplateList(current_actor(), request.args, request.path),
        _("演练模板"),
        trail=page.trail(),
        new_url=url_for("drill_templates.new"),
        new_label=_("新建模板"),
        empty_text=_("还没有模板"),
        empty_hint=_("模板写明情景、三个阶段的任务和评分标准"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def values_of(form: Any) -> TemplateValues:
    """Return the template that was typed."""
    return TemplateValues(**documents.typed_fields(form, "form_token"))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(DrillPerm.ARRANGE)
def new() -> Any:
    """Add a template."""
    form, actor = NewTemplateForm(), current_actor()
    if request.method != "POST":
        return show(form, _("新建模板"), 200)
    if not form.validate():
        return show(form, _("新建模板"), 422)

    def begin() -> str:
        made = actions.create_template(actor=actor, values=values_of(form))
        flash(_("模板“%(name)s”已保存", name=made.name), "ok")
        return url_for("drill_templates.index")

    try:
        with unit_of_work():
            address = once(form, begin)
    except (Conflict, Invalid) as problem:
        return show(form, _("新建模板"), form.refuse(problem))
    return fragments.go(address)


@blueprint.route("/<int:template_id>", methods=["GET", "POST"])
@requires(DrillPerm.ARRANGE)
def edit(template_id: int) -> Any:
    """Change a template; drills made from it stay as they are."""
    actor = current_actor()
    row, form = queries.get_template(actor, template_id), EditTemplateForm()
    if request.method != "POST":
        for name in (*TEXTS, "active", "version"):
            form[name].data = getattr(row, name)
        return show(form, row.name, 200)
    if not form.validate():
        return show(form, row.name, 422)
    try:
        with unit_of_work():
            row = queries.get_template(actor, template_id)
            actions.edit_template(row, actor=actor, version=form.version.data, values=values_of(form))
    except (Conflict, Invalid) as problem:
        row = queries.get_template(actor, template_id)
        return show(form, row.name, form.refuse(problem, version=row.version))
    flash(_("模板“%(name)s”已保存", name=row.name), "ok")
    return fragments.go(url_for("drill_templates.index"))


def show(form: Any, heading: str, status: int) -> Any:
    """Show the form of a template."""
    return fragments.page(
        "drills/template.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=[*page.trail(), (_("演练模板"), url_for("drill_templates.index"))],
        form=form,
        cancel_url=url_for("drill_templates.index"),
    )
