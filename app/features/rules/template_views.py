"""Templates of rules: choosing one, reading it, taking it over as a draft of one's own."""

from typing import Any

from flask import flash, request, url_for

from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.uow import unit_of_work
from app.features.people.queries import department_choices
from app.features.rules import presentation, queries, templates
from app.features.rules.enums import CATEGORY_LABELS, NumberStyle, RuleCategory, RulePerm, VersionStatus
from app.features.rules.forms import TakeTemplateForm
from app.features.rules.models import RuleVersion
from app.features.rules.outline import row_numbers
from app.features.rules.presentation import ShownClause, shown_blocks
from app.features.rules.templates import RuleTemplate
from app.features.rules.views import blueprint
from app.features.rules.word_views import own_department
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.papers import company_name


def load(key: str) -> RuleTemplate:
    """Return a template in the company's name; raises NotVisible for an unknown one."""
    try:
        return templates.template(key, company_name())
    except KeyError as error:
        raise NotVisible from error


@blueprint.get("/rules/templates", endpoint="templates")
@requires(RulePerm.DRAFT)
def template_list() -> Any:
    """All templates, with what there is already under the same title."""
    taken = titles_taken()
    return fragments.page(
        "rules/templates.html",
        heading=_("制度模板"),
        trail=presentation.trail(),
        facts=(_("取用后成为您的草稿，可以任意修改；批准之前不对任何人生效"),),
        rows=[
            (
                each,
                CATEGORY_LABELS[RuleCategory(each.category)],
                articles_text(each),
                each.title in taken,
            )
            for each in templates.all_templates(company_name())
        ],
    )


def titles_taken() -> set[str]:
    """Return the titles of the rules there are, as far as the reader may see them."""
    statement = (
        queries.visible_to(current_actor())
        .where(RuleVersion.status.not_in((VersionStatus.VOID, VersionStatus.DROPPED)))
        .with_only_columns(RuleVersion.title)
    )
    return set(session.execute(statement).scalars())


def articles_text(chosen: RuleTemplate) -> str:
    """Return how long a template is."""
    articles = sum(row.style == NumberStyle.ARTICLE for row in chosen.rows)
    return ngettext("%(num)s 条", "%(num)s 条", articles)


@blueprint.route("/rules/templates/<key>", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def template(key: str) -> Any:
    """A template to be read, and the button that takes it over."""
    chosen = load(key)
    form, status = TakeTemplateForm(), 200
    form.department_id.choices = department_choices()
    if request.method != "POST":
        form.department_id.data = own_department()
    else:
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    address = once(form, lambda: take(chosen, form))
                return fragments.go(address)
            except (Conflict, Invalid) as problem:
                status = form.refuse(problem)
    return fragments.page(
        "rules/template.html",
        fragment="form",
        status=status,
        heading=_("制度模板"),
        trail=[*presentation.trail(), (_("全部模板"), url_for("rules.templates"))],
        facts=[
            str(CATEGORY_LABELS[RuleCategory(chosen.category)]),
            articles_text(chosen),
            ngettext("%(num)s 道阅读题", "%(num)s 道阅读题", len(chosen.questions)),
        ],
        chosen=chosen,
        clauses=shown(chosen),
        form=form,
        taken=chosen.title in titles_taken(),
        submit_label=_("取用为草稿"),
        cancel_url=url_for("rules.templates"),
    )


def take(chosen: RuleTemplate, form: TakeTemplateForm) -> str:
    """Take a template over and return the address of its draft's editor."""
    version = templates.start_rule_from(
        chosen, actor=current_actor(), values=templates.values_of(chosen, int(form.department_id.data or 0))
    )
    flash(_("已取用为草稿 %(number)s，请按公司实际修改", number=version.rule.number), "ok")
    return url_for("rules.edit", version_id=version.id)


def shown(chosen: RuleTemplate) -> list[ShownClause]:
    """Return the clauses of a template as the pages of rules show clauses."""
    rows = chosen.rows
    named = zip(rows, row_numbers(rows), chosen.cited, strict=True)
    return [
        ShownClause(
            place,
            number,
            cited,
            row.title,
            row.level,
            row.style == NumberStyle.CHAPTER,
            shown_blocks(row.body, None),
        )
        for place, (row, number, cited) in enumerate(named)
    ]
