"""The pages of the library: list, page, writing, links, files, what colleagues say, steps, paper."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import search
from app.core.db import LARGEST_ID
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.cases import actions, offering, page, pdf, queries
from app.features.cases.actions import CaseValues
from app.features.cases.enums import CASE
from app.features.cases.flow import FLOW
from app.features.cases.forms import CommentForm, EditCaseForm, FileForm, LinkForm, NewCaseForm
from app.features.cases.lists import CaseList
from app.features.cases.models import CaseStudy
from app.features.cases.offering import CaseSeed
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages
from app.web.uploads import read_photo_or_file

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

TEMPLATE = "cases/show.html"
HITS = 6
FIELDS = (
    "title",
    "outcome",
    "stage",
    "situation",
    "done",
    "result",
    "lesson",
    "figures",
    "tags",
    "anonymous",
    "hidden_names",
)


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    return show_list(
        CaseList(actor, request.args, request.path),
        _("案例库"),
        new_url=url_for("cases.new"),
        new_label=_("写案例"),
        empty_text=_("还没有案例"),
        empty_hint=_("做成了或做砸了的事，写下情况、做法、结果和教训，审核后大家都能看到"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


# Writing


def asked_seed() -> CaseSeed:
    """Return how a case begins: from the document the address names, else empty; raises NotVisible."""
    asked = request.args.get("from", "")
    if not asked:
        return CaseSeed(CaseValues(""), ())
    doc_type, _colon, number = asked.partition(":")
    return offering.seed(current_actor(), doc_type, whole(number))


def whole(text: str) -> int:
    """Return the id a text names; raises NotVisible for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_ID):
        raise NotVisible
    return int(text)


def typed_values(form: Any) -> CaseValues:
    """Return the case that was typed."""
    return CaseValues(**{name: form[name].data for name in FIELDS})


def fill(form: Any, source: Any) -> None:
    """Fill the form with what is known."""
    for name in FIELDS:
        form[name].data = getattr(source, name)


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Write a case: free, or from a document the address names."""
    seed, form = asked_seed(), NewCaseForm()
    if request.method != "POST":
        fill(form, seed.values)
        return show_form(form, _("写案例"), 200, tied=len(seed.links))
    if not form.validate():
        return show_form(form, _("写案例"), 422, tied=len(seed.links))

    def begin() -> str:
        made = actions.draft(actor=current_actor(), values=typed_values(form), links=seed.links)
        flash(_("案例已存为草稿，可以关联单据、上传照片，然后提交审核"), "ok")
        return page.address(made)

    try:
        with unit_of_work():
            address = once(form, begin)
    except (Conflict, Invalid) as problem:
        return show_form(form, _("写案例"), form.refuse(problem), tied=len(seed.links))
    return fragments.go(address)


def own_draft(case_id: int, step: str) -> CaseStudy:
    """Return a case of the reader's own that is being written; raises NotVisible, Conflict once it was handed in."""
    row = queries.get_case(current_actor(), case_id)
    if row.owner_id != current_actor().id:
        raise NotVisible
    if row.status not in actions.OPEN:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=step)
    return row


@blueprint.route("/<int:case_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(case_id: int) -> Any:
    """Change a case that is not handed in."""
    row, actor, form = own_draft(case_id, _("修改")), current_actor(), EditCaseForm()
    if request.method != "POST":
        fill(form, row)
        form.version.data = row.version
        return show_form(form, _("修改案例"), 200, row)
    if not form.validate():
        return show_form(form, _("修改案例"), 422, row)
    try:
        with unit_of_work():
            actions.edit(
                queries.get_case(actor, case_id),
                actor=actor,
                version=form.version.data,
                values=typed_values(form),
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_case(actor, case_id)
        return show_form(form, _("修改案例"), form.refuse(problem, version=row.version), row)
    return fragments.go(page.address(row))


def show_form(form: Any, heading: str, status: int, row: CaseStudy | None = None, *, tied: int = 0) -> Any:
    """Show the form of a case."""
    return fragments.page(
        "cases/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail() if row is None else page.trail_to(row),
        form=form,
        tied=tied,
        action=request.full_path.rstrip("?"),
        submit_label=_("存为草稿"),
        cancel_url=url_for("cases.index") if row is None else page.address(row),
    )


# Links


@blueprint.get("/<int:case_id>/links")
@signed_in
def links(case_id: int) -> Any:
    """Look for a document by number or name, to tie the case to it."""
    row, actor = own_draft(case_id, _("关联单据")), current_actor()
    typed = request.args.get("q", "").strip()[:100]
    groups = search.find(actor, typed, HITS) if typed else []
    tied = {(link.doc_type, link.doc_id) for link in row.links}
    return fragments.page(
        "cases/links.html",
        heading=_("关联单据"),
        trail=page.trail_to(row),
        facts=(row.title,),
        typed=typed,
        hits=[
            (group.source.label, hit, (hit.doc_type, hit.doc_id) in tied)
            for group in groups
            if actions.may_be_tied(group.source.doc_type)
            for hit in group.hits
            if (hit.doc_type, hit.doc_id) != (CASE, row.id)
        ],
        add_url=url_for("cases.add_link", case_id=row.id),
        back_url=page.address(row),
    )


@blueprint.post("/<int:case_id>/links")
@signed_in
def add_link(case_id: int) -> Any:
    """Tie the case to a document."""
    row, actor, form = own_draft(case_id, _("关联单据")), current_actor(), LinkForm()
    doc_type, doc_id = form.doc_type.data or "", whole(form.doc_id.data or "")
    try:
        with unit_of_work():
            actions.add_link(queries.get_case(actor, case_id), actor=actor, doc_type=doc_type, doc_id=doc_id)
    except Conflict as problem:
        return show(queries.get_case(actor, case_id), documents.refusal(problem))
    return fragments.go(f"{page.address(row)}#links")


@blueprint.post("/<int:case_id>/links/<int:link_id>/remove")
@signed_in
def remove_link(case_id: int, link_id: int) -> Any:
    """Untie a document."""
    row, actor = own_draft(case_id, _("取消关联")), current_actor()
    with unit_of_work():
        actions.remove_link(queries.get_case(actor, case_id), link_id, actor=actor)
    return fragments.go(f"{page.address(row)}#links")


# Files


def uploaded(form: FileForm) -> CheckedFile | None:
    """Return the file that came along, a photo made anew without place and device; raises Invalid."""
    return read_photo_or_file(form.file.data) if form.file.data else None


@blueprint.post("/<int:case_id>/files")
@signed_in
def add_file(case_id: int) -> Any:
    """Put a file or photo to a case."""
    row, actor, form = own_draft(case_id, _("添加附件")), current_actor(), FileForm()
    try:
        file = uploaded(form)
        with unit_of_work():
            actions.attach(queries.get_case(actor, case_id), actor=actor, file=file)
    except (Conflict, Invalid) as problem:
        return show(queries.get_case(actor, case_id), documents.refusal(problem))
    return fragments.go(f"{page.address(row)}#attachments")


@blueprint.post("/<int:case_id>/files/<int:file_id>/remove")
@signed_in
def remove_file(case_id: int, file_id: int) -> Any:
    """Take a file back."""
    row, actor = own_draft(case_id, _("移除附件")), current_actor()
    with unit_of_work():
        actions.remove_file(queries.get_case(actor, case_id), file_id, actor=actor)
    return fragments.go(f"{page.address(row)}#attachments")


# What colleagues say


@blueprint.post("/<int:case_id>/marks/<kind>")
@signed_in
def mark(case_id: int, kind: str) -> Any:
    """Say something of a case by a click, or take it back."""
    actor = current_actor()
    try:
        with unit_of_work():
            actions.mark(queries.get_case(actor, case_id), actor=actor, kind=kind)
    except Conflict as problem:
        return show(queries.get_case(actor, case_id), documents.refusal(problem))
    return fragments.go(url_for("cases.show_case", case_id=case_id))


@blueprint.post("/<int:case_id>/comments")
@signed_in
def comment(case_id: int) -> Any:
    """Write below a case."""
    actor, form = current_actor(), CommentForm()
    row = queries.get_case(actor, case_id)
    typed = request.form.get("text", "")
    if not form.validate():
        said = " ".join(str(error) for error in form.text.errors)
        return show(row, documents.refusal(Invalid(fields={"text": said})), comment_typed=typed)
    try:
        with unit_of_work():
            actions.comment(queries.get_case(actor, case_id), actor=actor, text=form.text.data or "")
    except (Conflict, Invalid) as problem:
        return show(queries.get_case(actor, case_id), documents.refusal(problem), comment_typed=typed)
    return fragments.go(f"{page.address(row)}#discussion")


# The page and its steps


@blueprint.get("/<int:case_id>")
@signed_in
def show_case(case_id: int) -> Any:
    return show(queries.get_case(current_actor(), case_id))


def show(row: CaseStudy, refusal: documents.Refusal | None = None, *, comment_typed: str = "") -> Any:
    """Show the page of a case, with the refusal of a step or a comment where there is one, and what was typed."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(row, current_actor()),
        refusal=refusal,
        comment_typed=comment_typed,
    )


@blueprint.get("/<int:case_id>/case.pdf")
@signed_in
def paper(case_id: int) -> Response:
    row = queries.get_case(current_actor(), case_id)
    return send_paper(pdf.case_paper(row, company_name()), f"{row.title}.pdf")


@blueprint.route("/<int:case_id>/<name>", methods=["GET", "POST"])
@signed_in
def case_step(case_id: int, name: str) -> Any:
    """Do a step of a case."""
    return STEPS.answer(name, case_id)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_case,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
)
