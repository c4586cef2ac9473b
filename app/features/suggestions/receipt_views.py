"""Suggestions without a name: the form, the receipt code that is shown once, and the page that reads the answer."""

from typing import Any

from flask import flash, request, url_for

from app.core import once as once_core
from app.core.errors import Conflict, Invalid, NotVisible, Problem
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import SYSTEM as SYSTEM_AUTHOR
from app.core.uow import unit_of_work
from app.features.suggestions import page, queries, rules_of, unnamed
from app.features.suggestions.enums import Naming
from app.features.suggestions.flow import FLOW
from app.features.suggestions.forms import NOBODY_OR_KEEPER, ReceiptActForm, ReceiptForm, UnnamedForm
from app.features.suggestions.models import Suggestion
from app.features.suggestions.views import blueprint, brought, choose, similar_rows, values_of
from app.web import documents, filters, fragments
from app.web.guard import current_actor, signed_in


def open_ways() -> list[tuple[str, Any]]:
    """Return in which ways a suggestion may be sent without a name."""
    ways = []
    if rules_of.is_on(rules_of.UNNAMED):
        ways.append((str(Naming.UNNAMED), NOBODY_OR_KEEPER[Naming.UNNAMED]))
    if rules_of.keeper_id() is not None:
        ways.append((str(Naming.KEEPER), NOBODY_OR_KEEPER[Naming.KEEPER]))
    return ways


@blueprint.route("/unnamed", methods=["GET", "POST"])
@signed_in
def new_unnamed() -> Any:
    """Write a suggestion without a name; who sends it fully unnamed is told the code on the page that answers."""
    form = UnnamedForm()
    choose(form)
    form.department_id.blank = _("由公司指定")
    form.department_id.choices = queries.departments()
    form.naming.choices = open_ways()
    if not open_ways():
        raise Conflict("suggestion:unnamed-off")
    if request.method != "POST":
        form.naming.data = open_ways()[0][0]
        return show_unnamed(form, 200)
    if not form.validate():
        return show_unnamed(form, 422)
    try:
        photos = brought(form.file.data or (), photos_only=True)
        return send(form, photos)
    except (Conflict, Invalid) as problem:
        return show_unnamed(form, form.refuse(problem))


def send(form: UnnamedForm, photos: Any) -> Any:
    """Send a valid form once; its token is kept without a person."""
    codes: list[str] = []
    keeping = form.naming.data == Naming.KEEPER

    def make() -> str:
        if keeping:
            sent = unnamed.send_to_keeper(actor=current_actor(), values=values_of(form), photos=photos)
            return page.address(sent)
        codes.append(unnamed.send_unnamed(values=values_of(form), photos=photos)[1])
        return url_for("suggestions.receipt")

    with unit_of_work(), unnamed.untraced():
        address = once_core.create_once(form.form_token.data or "", None, make)
    if codes:
        return fragments.page(
            "suggestions/receipt_code.html",
            heading=_("建议已收到"),
            trail=page.trail(),
            code=codes[0],
            receipt_url=url_for("suggestions.receipt"),
        )
    if keeping:
        flash(_("建议已提交，姓名只有保管人知道"), "ok")
    return fragments.go(address)


def show_unnamed(form: UnnamedForm, status: int) -> Any:
    """Show the form of a suggestion without a name."""
    return fragments.page(
        "suggestions/form.html",
        status=status,
        heading=_("不署名提建议"),
        trail=page.trail(),
        form=form,
        theme=queries.theme_of_month(),
        similar=similar_rows(form.title.data or ""),
        keeper=unnamed.keeper_name(),
        submit_label=_("提交"),
        cancel_url=url_for("suggestions.new"),
    )


@blueprint.route("/receipt", methods=["GET", "POST"])
@signed_in
def receipt() -> Any:
    """Read the answer by the receipt code, which travels in no address."""
    form = ReceiptForm()
    if request.method != "POST":
        return show_asking(form, 200)
    if not form.validate():
        return show_asking(form, 422)
    try:
        suggestion = unnamed.of_code(form.code.data)
    except NotVisible:
        wrong = Invalid(fields={"code": lazy("没有这个回执码的建议，请核对后再输入")})
        return show_asking(form, form.refuse(wrong))
    return show_answer(suggestion, form.code.data)


def show_asking(form: ReceiptForm, status: int) -> Any:
    """Ask for the code; a plain form, for what it leads to is another page, and no address may carry the code."""
    return fragments.page(
        "_ui/upload_form.html",
        status=status,
        heading=_("回执码查询"),
        trail=page.trail(),
        form=form,
        action=url_for("suggestions.receipt"),
        submit_label=_("看答复"),
        cancel_url=url_for("suggestions.index"),
    )


@blueprint.post("/receipt/act")
@signed_in
def receipt_act() -> Any:
    """Answer as the author of an unnamed suggestion: add to it, confirm, appeal."""
    form, name = ReceiptActForm(), request.form.get("step", "")
    suggestion = unnamed.of_code(request.form.get("code", ""))
    code = request.form.get("code", "")
    if not form.validate() or not FLOW.has_step(name):
        faults = [str(text) for field in form for text in field.errors]
        return show_answer(suggestion, code, Conflict("core:form-token") if not faults else None, faults, 422)
    try:
        with unit_of_work():
            suggestion = unnamed.act_by_code(code, name, data=documents.typed_fields(form, "code", "step"))
    except (Conflict, Invalid) as problem:
        return show_answer(unnamed.of_code(code), code, problem, status=problem.status)
    return show_answer(unnamed.of_code(code), code)


def show_answer(
    suggestion: Suggestion,
    code: str,
    problem: Problem | None = None,
    faults: Any = (),
    status: int = 200,
) -> Any:
    """Show what became of an unnamed suggestion to whoever holds its code."""
    state = FLOW.state(suggestion.status)
    said = [] if problem is None else [documents.refusal(problem).sentence]
    return fragments.page(
        "suggestions/receipt.html",
        status=status,
        heading=f"{suggestion.number} {suggestion.title}",
        trail=[*page.trail(), (_("回执码查询"), url_for("suggestions.receipt"))],
        state=state.label,
        tone=state.tone,
        facts=[text for text in (page.clock_of(suggestion),) if text],
        said=page.said_facts(suggestion),
        answered=[*page.answer_facts(suggestion), *page.work_facts(suggestion)],
        submitted=filters.moment_text(suggestion.submitted_at or suggestion.created_at),
        open_steps=[
            each.name
            for each in FLOW.open_steps(suggestion, SYSTEM_AUTHOR)
            if each.name in unnamed.AUTHOR_STEPS and each.blocked is None
        ],
        suggestion=suggestion,
        code=code,
        act_url=url_for("suggestions.receipt_act"),
        problems=[*said, *faults],
        typed=request.form if status >= 400 else {},
    )
