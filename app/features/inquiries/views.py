"""The pages of inquiries."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from app.core import modules
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import gettext as _
from app.core.i18n import lazy, pgettext
from app.core.permissions import Actor, can, require
from app.core.uow import unit_of_work
from app.features.customers import queries as customers
from app.features.customers.enums import CustomerPerm
from app.features.customers.models import Customer
from app.features.inquiries import actions, earlier, forms, page, queries
from app.features.inquiries.enums import MARKET, PRICE_READERS, InquiryPerm, InquiryStatus, Subject
from app.features.inquiries.flow import DOC_TYPE, FLOW
from app.features.inquiries.listing import InquiryList
from app.features.inquiries.models import Inquiry, InquiryLine
from app.features.inquiries.pasting import TABLE
from app.web import documents, filters, fragments, pasting
from app.web.forms import Lines, once
from app.web.guard import current_actor, requires, signed_in
from app.web.lines import lines_only
from app.web.lists import show_list
from app.web.pasting import PasteView
from app.web.step_pages import StepPages

blueprint = Blueprint("inquiries", __name__)

TEMPLATE = "inquiries/show.html"
FORM_TEMPLATE = "inquiries/form.html"
# To whom the list is open; which inquiries stand in it is decided row by row.
READERS = (
    InquiryPerm.REGISTER,
    InquiryPerm.VIEW_ALL,
    InquiryPerm.ANSWER_TECHNICAL,
    InquiryPerm.ANSWER_PURCHASING,
)

HAND_OVER_FILTERS = ("q", "status", "owner", "kind", "customer")

address = page.address


def line_address(line_id: int) -> str:
    """Return the address of a line on its inquiry's page."""
    return f"/inquiries/lines/{line_id}"


@blueprint.get("/inquiries")
@requires(*READERS)
def index() -> Any:
    actor = current_actor()
    listing = InquiryList(actor, request.args, request.path)
    return show_list(
        listing,
        pgettext("list", "询价"),
        template="inquiries/list.html",
        hand_over_url=hand_over_url() if can(actor, InquiryPerm.HAND_OVER) else "",
        new_url=url_for("inquiries.quick_report") if can(actor, InquiryPerm.REGISTER) else "",
        new_label=_("快报"),
        empty_text=_("还没有询价"),
        empty_hint=_("客户打来电话、发来微信或来函，先登记再上报"),
    )


def hand_over_url() -> str:
    """Return the address where inquiries are chosen for a hand-over, filtered like the list one looks at."""
    kept: dict[str, Any] = {
        key: value for key, value in request.args.items() if key in HAND_OVER_FILTERS and value
    }
    return url_for("inquiries.choose_hand_over", **{"status": "open"} | kept)


@blueprint.get("/inquiries/lines/<int:line_id>")
@signed_in
def line(line_id: int) -> Any:
    found = queries.inquiry_of_line(current_actor(), line_id)
    return redirect(f"{address(found)}#line-{line_id}")


# Registering and editing


def _show_form(
    form: Any,
    lines: Lines[forms.InquiryLineForm],
    *,
    status: int = 200,
    stored: Sequence[InquiryLine] = (),
    paste: PasteView | None = None,
    **context: Any,
) -> Any:
    actor = current_actor()
    hint = ""
    if can(actor, CustomerPerm.CREATE):
        hint = forms.customer_hint()
    return fragments.page(
        FORM_TEMPLATE,
        fragment="form",
        status=status,
        form=form,
        **forms.line_table(lines, stored, paste),
        customer_hint=hint,
        contacts=customers.contact_options(actor, form.customer_id.data),
        **context,
    )


def _show_pasted(form: Any, lines: Lines[Any], **context: Any) -> Any:
    """Answer 「加入明细」: the form as it was typed, with the pasted rows among its lines."""
    paste = pasting.take(TABLE, request.form, lines)
    status = 422 if paste.problem or lines.problems else 200
    return _show_form(form, lines, status=status, paste=paste, **context)


@blueprint.route("/inquiries/new", methods=["GET", "POST"])
@requires(InquiryPerm.REGISTER)
def new() -> Any:
    actor = current_actor()
    form = forms.new_form(actor, request.args.get("customer", type=int))
    posted = request.method == "POST"
    lines = Lines(forms.InquiryLineForm, request.form if posted else None)
    context: dict[str, Any] = {
        "heading": _("登记询价"),
        "trail": [(pgettext("list", "询价"), url_for("inquiries.index"))],
        "edited": False,
        "cancel_url": url_for("inquiries.index"),
    }
    if not posted or lines_only(request.form):
        return _show_form(form, lines, **context)
    if pasting.asked(request.form):
        return _show_pasted(form, lines, **context)
    if not _all_valid(form, lines):
        return _show_form(form, lines, status=422, **context)
    report = request.form.get("then") == "report"
    try:
        with unit_of_work():
            url = once(form, lambda: _register(actor, form, lines, report=report))
    except (Conflict, Invalid) as problem:
        return _show_form(form, lines, status=form.refuse(problem), **context)
    flash(_("询价已登记并上报") if report else _("询价已登记为草稿，请尽快上报"), "ok")
    return fragments.go(url)


def _all_valid(form: Any, lines: Lines[Any]) -> bool:
    head, rows = form.validate(), lines.validate()
    return bool(head and rows)


def _head(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in actions.HEAD_FIELDS}


def _register(actor: Actor, form: Any, lines: Lines[Any], *, report: bool) -> str:
    head = _head(form)
    customer = session.get_one(Customer, head.pop("customer_id"))
    inquiry = actions.register(actor=actor, customer=customer, lines=forms.line_inputs(lines), **head)
    if report:
        actions.fire(inquiry, "report", actor=actor, version=None)
    return address(inquiry.id)


@blueprint.route("/inquiries/<int:inquiry_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(inquiry_id: int) -> Any:
    actor = current_actor()
    inquiry = queries.get(actor, inquiry_id)
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("修改询价"), who=inquiry.owner.name)
    posted = request.method == "POST"
    form = forms.change_form(actor, inquiry)
    lines = Lines(forms.InquiryLineForm, request.form if posted else None, stored=inquiry.lines)
    context: dict[str, Any] = {
        "heading": _("修改询价"),
        "trail": [
            (pgettext("list", "询价"), url_for("inquiries.index")),
            (inquiry.title, address(inquiry.id)),
        ],
        "edited": True,
        "cancel_url": address(inquiry.id),
        "stored": inquiry.lines,
    }
    if not posted and inquiry.status != InquiryStatus.DRAFT:
        raise Conflict("inquiry:only-draft-editable")
    if not posted or lines_only(request.form):
        return _show_form(form, lines, **context)
    if pasting.asked(request.form):
        return _show_pasted(form, lines, **context)
    if not _all_valid(form, lines):
        return _show_form(form, lines, status=422, **context)
    try:
        with unit_of_work():
            inquiry = queries.get(actor, inquiry_id)
            inputs = forms.line_inputs(lines, inquiry.lines)
            actions.edit(inquiry, actor=actor, version=form.version.data, head=_head(form), lines=inputs)
    except (Conflict, Invalid) as problem:
        status = form.refuse(problem, version=queries.get(actor, inquiry_id).version)
        return _show_form(form, lines, status=status, **context)
    flash(_("询价已修改"), "ok")
    return fragments.go(address(inquiry_id))


# The page and its steps


@blueprint.get("/inquiries/<int:inquiry_id>")
@signed_in
def show(inquiry_id: int) -> Any:
    actor = current_actor()
    return show_page(queries.get(actor, inquiry_id), actor)


def show_page(
    inquiry: Inquiry, actor: Actor, refusal: documents.Refusal | None = None, **context: Any
) -> Any:
    status = refusal.status if refusal else context.pop("status", 200)
    upload = forms.upload_form(inquiry)
    shown = {**page.page_context(inquiry, actor, refusal), "upload": upload, **context}
    return fragments.page(TEMPLATE, status=status, **shown)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get,
    fire=actions.fire,
    address=lambda inquiry: address(inquiry.id),
    show=lambda inquiry, refusal: show_page(inquiry, current_actor(), refusal),
    template=TEMPLATE,
    buttons=page.steps_context,
)


@blueprint.route("/inquiries/<int:inquiry_id>/<step>", methods=["GET", "POST"])
@signed_in
def do_step(inquiry_id: int, step: str) -> Any:
    actor = current_actor()
    inquiry = queries.get(actor, inquiry_id)
    if not FLOW.has_step(step) or FLOW.step(step).hidden:
        raise NotVisible
    form_name = FLOW.step(step).form
    if form_name is not None:
        return _step_with_form(inquiry, step, form_name, actor)
    return STEPS.answer(step, inquiry_id)


def fire_step(
    inquiry_id: int, step: str, actor: Actor, refused: Any, data: dict[str, Any] | None = None, back: str = ""
) -> Any:
    return documents.fire_step(
        FLOW,
        step,
        load=lambda: queries.get(actor, inquiry_id),
        fire=lambda inquiry, name, **options: actions.fire(inquiry, name, actor=actor, **options),
        back=back or address(inquiry_id),
        refused=refused,
        data=data,
    )


def _step_with_form(inquiry: Inquiry, step: str, form_name: str, actor: Actor) -> Any:
    inquiry_id, posted = inquiry.id, request.method == "POST"
    typed = documents.typed_step()
    form = forms.step_form(form_name, inquiry)
    rows = forms.decide_rows(inquiry, request.form if posted else None) if form_name == "decide" else []
    show = lambda status: _show_step_form(inquiry_id, step, form, rows, actor, status)  # noqa: E731
    try:
        FLOW.check_possible(inquiry, step, actor, typed.version if posted else None)
    except Stale as problem:
        return show(form.refuse(problem, version=inquiry.version))
    except Conflict as problem:
        return STEPS.refuse(problem, typed, step, inquiry_id)
    if not posted:
        return show(200)
    valid = form.validate()
    wrong = forms.question_problem(rows)
    if not valid or wrong:
        form.form_errors = [*form.form_errors, *([wrong] if wrong else [])]
        return show(422)

    def refused(problem: Problem, typed: documents.TypedStep) -> Any:
        if isinstance(problem, Stale | Invalid):
            return show(form.refuse(problem, version=queries.get(actor, inquiry_id).version))
        return STEPS.refuse(problem, typed, step, inquiry_id)

    return fire_step(inquiry_id, step, actor, refused, forms.step_data(form, rows))


def _show_step_form(
    inquiry_id: int, step: str, form: Any, rows: list[forms.DecideRow], actor: Actor, status: int
) -> Any:
    inquiry = queries.get(actor, inquiry_id)
    return fragments.page(
        "inquiries/decide.html" if isinstance(form, forms.DecideForm) else "inquiries/step.html",
        fragment="form",
        status=status,
        heading=str(FLOW.step(step).label),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.title, address(inquiry.id))],
        facts=[inquiry.customer.name, f"{_('答复客户期限')} {filters.due_text(inquiry.deadline)}"],
        form=form,
        rows=rows,
        earlier_by_line=earlier.earlier_answers(actor, [row.line for row in rows]),
        submit_label=FLOW.step(step).label,
        cancel_url=address(inquiry.id),
    )


# Answers of the departments


def visible_line(inquiry_id: int, line_id: int, subject: str, actor: Actor) -> Any:
    """Return the inquiry and the line put to the actor's department, or refuse in the order of steps."""
    inquiry = queries.get(actor, inquiry_id)
    found = next((line for line in inquiry.lines if line.id == line_id), None)
    seen = queries.sight(inquiry, actor)
    if found is None or found not in seen.lines(inquiry) or subject not in set(Subject):
        raise NotVisible
    return inquiry, found


@blueprint.route("/inquiries/<int:inquiry_id>/lines/<int:line_id>/<subject>", methods=["GET", "POST"])
@signed_in
def answer(inquiry_id: int, line_id: int, subject: str) -> Any:
    actor = current_actor()
    inquiry, line = visible_line(inquiry_id, line_id, subject, actor)
    permission = page.ANSWER_PERMISSIONS[Subject(subject)]
    if not can(actor, permission):
        require(actor, permission)
    actions.check_asked(inquiry, line, Subject(subject))
    form = forms.answer_form(Subject(subject), line, queries.last_price(actor, line))
    if request.method != "POST":
        return _show_answer(inquiry, line, subject, form)
    if not form.validate():
        return _show_answer(inquiry, line, subject, form, status=422)
    try:
        file = documents.checked_upload(form.file.data)
        with unit_of_work():
            url = once(form, lambda: _save_answer(inquiry_id, line_id, Subject(subject), form, file, actor))
    except Invalid as problem:
        status = form.refuse(problem)
        inquiry, line = visible_line(inquiry_id, line_id, subject, actor)
        return _show_answer(inquiry, line, subject, form, status=status)
    flash(_("答复已保存，已通知负责人"), "ok")
    return fragments.go(url)


def _save_answer(
    inquiry_id: int, line_id: int, subject: Subject, form: Any, file: CheckedFile | None, actor: Actor
) -> str:
    inquiry = queries.get(actor, inquiry_id)
    if subject == Subject.TECHNICAL:
        actions.answer_technical(
            inquiry,
            line_id,
            actor=actor,
            model=form.model.data,
            parameters=form.parameters.data,
            deviation=form.deviation.data,
            file=file,
        )
    else:
        actions.answer_purchasing(inquiry, line_id, actor=actor, answer=form.values(), file=file)
    return f"{address(inquiry_id)}#line-{line_id}"


def _show_answer(inquiry: Inquiry, line: Any, subject: str, form: Any, status: int = 200) -> Any:
    more = forms.MORE_FIELDS if subject == Subject.PURCHASING else ()
    return fragments.page(
        "inquiries/answer.html",
        status=status,
        heading=_("第 %(position)s 项 %(label)s", position=line.position, label=page.subject_label(subject)),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.title, address(inquiry.id))],
        form=form,
        line=line,
        earlier=earlier.earlier_answers(current_actor(), [line]).get(line.id),
        take_over=page.offers_to_take(inquiry, line, current_actor())
        if subject == Subject.PURCHASING
        else [],
        market_url=url_for("inquiries.market", q=line.model or line.name)
        if modules.is_on(MARKET) and any(can(current_actor(), code) for code in PRICE_READERS)
        else "",
        more=more,
        more_open=any(form[name].errors for name in more),
        more_label=_("类别、税率、日期等（已按上次填好）"),
        submit_label=_("提交答复"),
        cancel_url=f"{address(inquiry.id)}#line-{line.id}",
    )


@blueprint.route("/inquiries/<int:inquiry_id>/lines/<int:line_id>/<subject>/waive", methods=["GET", "POST"])
@signed_in
def waive(inquiry_id: int, line_id: int, subject: str) -> Any:
    actor = current_actor()
    inquiry, line = visible_line(inquiry_id, line_id, subject, actor)
    form = forms.waive_form(inquiry)
    posted = request.method == "POST"
    try:
        actions.check_waivable(inquiry, line, Subject(subject), actor, form.version.data if posted else None)
    except Stale as problem:
        status = form.refuse(problem, version=inquiry.version)
        return _show_waive(inquiry, line, subject, form, status=status)
    if not posted:
        return _show_waive(inquiry, line, subject, form)
    if not form.validate():
        return _show_waive(inquiry, line, subject, form, status=422)
    try:
        with unit_of_work():
            actions.waive(
                queries.get(actor, inquiry_id),
                line_id,
                actor=actor,
                version=form.version.data,
                subject=Subject(subject),
                reason=form.reason.data,
            )
    except (Stale, Invalid) as problem:
        inquiry, line = visible_line(inquiry_id, line_id, subject, actor)
        status = form.refuse(problem, version=inquiry.version)
        return _show_waive(inquiry, line, subject, form, status=status)
    flash(_("已免予答复"), "ok")
    return fragments.go(f"{address(inquiry_id)}#line-{line_id}")


def _show_waive(inquiry: Inquiry, line: Any, subject: str, form: Any, status: int = 200) -> Any:
    return fragments.page(
        "inquiries/step.html",
        fragment="form",
        status=status,
        heading=_("免予%(label)s", label=page.subject_label(subject)),
        trail=[(pgettext("list", "询价"), url_for("inquiries.index")), (inquiry.title, address(inquiry.id))],
        form=form,
        line=line,
        submit_label=_("免予答复"),
        cancel_url=f"{address(inquiry.id)}#line-{line.id}",
    )


# Files


@blueprint.post("/inquiries/<int:inquiry_id>/files")
@signed_in
def attach(inquiry_id: int) -> Any:
    actor = current_actor()
    inquiry = queries.get(actor, inquiry_id)
    if not queries.sight(inquiry, actor).whole:
        raise Denied("core:denied", what=lazy("添加附件"), who=inquiry.owner.name)
    form = forms.upload_form(inquiry)
    if not form.validate():
        return show_page(inquiry, actor, upload=form, status=422)
    try:
        file = documents.checked_upload(form.file.data)
        with unit_of_work():
            url = once(form, lambda: _attach(inquiry_id, form, file, actor))
    except (Conflict, Invalid) as problem:
        status = form.refuse(problem)
        return show_page(queries.get(actor, inquiry_id), actor, upload=form, status=status)
    flash(_("附件已上传"), "ok")
    return fragments.go(url)


def _attach(inquiry_id: int, form: Any, file: CheckedFile | None, actor: Actor) -> str:
    assert file is not None, "the form asked for a file"  # noqa: S101 - validated before
    inquiry = queries.get(actor, inquiry_id)
    actions.attach_file(inquiry, actor=actor, file=file, line_id=form.line_id.data)
    return f"{address(inquiry_id)}#attachments"


@blueprint.post("/inquiries/<int:inquiry_id>/files/<int:file_id>/remove")
@signed_in
def remove_file(inquiry_id: int, file_id: int) -> Any:
    actor = current_actor()
    queries.get(actor, inquiry_id)
    with unit_of_work():
        inquiry = queries.get(actor, inquiry_id)
        row = session.get(StoredFile, file_id)
        belongs = row is not None and (row.doc_type, row.doc_id) == (DOC_TYPE, inquiry_id)
        if row is None or not belongs or row.deleted_at is not None:
            raise NotVisible
        if not page.may_read_file(actor, inquiry, row):
            raise NotVisible
        actions.remove_file(inquiry, row, actor=actor)
    flash(_("附件已移除"), "ok")
    return fragments.go(f"{address(inquiry_id)}#attachments")


def may_read_stored(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of an inquiry (the gate of the one view that serves files)."""
    try:
        inquiry = queries.get(actor, row.doc_id)
    except NotVisible:
        return False
    return page.may_read_file(actor, inquiry, row)
