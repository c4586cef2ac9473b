"""The pages of requests for wet seals: list, application, page, steps with and without a form."""

from collections.abc import Mapping
from typing import Any

from flask import flash, request, url_for

from app.core import modules
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import Actor, can
from app.core.uow import unit_of_work
from app.features.seals import queries, request_actions, request_page, sources
from app.features.seals.enums import (
    KIND_LABELS,
    PAPER_KIND_LABELS,
    REQUEST_READERS,
    PaperKind,
    SealKind,
    SealPerm,
    UseMode,
)
from app.features.seals.flow import FLOW
from app.features.seals.forms import FilingForm, HandOverForm, ReturnForm, StampForm, UseRequestForm
from app.features.seals.lists import SealRequestList
from app.features.seals.models import SealRequest
from app.features.seals.request_actions import UseValues
from app.features.seals.views import blueprint, people_choices
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

TEMPLATE = "seals/request.html"
# To whom the list is open; which requests stand in it is decided row by row.
READERS = REQUEST_READERS
STEP_FORMS: Mapping[str, Any] = {
    "stamp": StampForm,
    "hand_over": HandOverForm,
    "return": ReturnForm,
    "file": FilingForm,
}


@blueprint.get("/seals/requests")
@requires(*READERS)
def requests() -> Any:
    actor = current_actor()
    return show_list(
        SealRequestList(queries.requests_visible_to(actor), request.args, request.path),
        pgettext("list", "用印"),
        template="seals/requests.html",
        new_url=url_for("seals.new_request") if can(actor, SealPerm.REQUEST) else "",
        new_label=_("申请用印"),
        register_url=url_for("seals.register") if queries.may_read_uses(actor) else "",
        sign_labels=(_("申请人"), _("批准人"), _("印章保管人")),
        empty_text=_("还没有用印申请"),
        empty_hint=_("纸质文件要盖实物章的，先申请；批准后由印章保管人盖章登记"),
    )


# Asking


def asked_document(actor: Actor) -> tuple[str | None, int | None, sources.Sealable | None]:
    """Return the document the address names, as it stands now; raises NotVisible for one the actor may not see."""
    doc_type, doc_id = request.args.get("document", ""), request.args.get("id", type=int)
    if not doc_type or doc_id is None:
        return None, None, None
    found = sources.find_visible(actor, doc_type, doc_id)
    if found is None:
        raise NotVisible
    return doc_type, doc_id, found


def request_form(document: sources.Sealable | None, *, posted: bool) -> UseRequestForm:
    """Return the form of an application, without what the document says of itself."""
    form = UseRequestForm()
    seals = queries.wet_seals()
    if document is not None:
        seals = [seal for seal in seals if document.legal_entity_id in (None, seal.legal_entity_id)]
        del form.paper_kind, form.title, form.pages
        if document.pages == 1:
            del form.split_seal
    if not modules.is_on(request_actions.TAKE_OUT):
        del form.mode, form.destination
    form.seal_id.choices = [(seal.id, seal_option(seal)) for seal in seals]
    if document is not None and not posted:
        form.copies.data = document.copies
        form.impressions.data = document.copies * (2 if document.pages > 1 else 1)
        if "split_seal" in form:
            form.split_seal.data = True
        form.purpose.data = _("对外递交 %(number)s", number=document.number)
    return form


def seal_option(seal: Any) -> str:
    """Return how a seal is named in the choice: company, kind, keeper."""
    company = seal.legal_entity.short_name or seal.legal_entity.name
    return _(
        "%(company)s %(kind)s（保管人 %(keeper)s）",
        company=company,
        kind=KIND_LABELS[SealKind(seal.kind)],
        keeper=seal.keeper.name,
    )


@blueprint.route("/seals/requests/new", methods=["GET", "POST"])
@requires(SealPerm.REQUEST)
def new_request() -> Any:
    actor = current_actor()
    doc_type, doc_id, document = asked_document(actor)
    posted = request.method == "POST"
    if document is not None and not document.approved:
        raise Conflict("seal_request:not-approved", document=document.title)
    form = request_form(document, posted=posted)
    if not posted:
        return show_new(form, document, 200)
    if not form.validate():
        return show_new(form, document, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: ask(form, actor, doc_type, doc_id))
    except (Conflict, Invalid) as problem:
        return show_new(form, document, form.refuse(problem))
    return fragments.go(address)


def ask(form: UseRequestForm, actor: Actor, doc_type: str | None, doc_id: int | None) -> str:
    """Make the request of a valid form and return its address."""
    values = {name: form[name].data for name in UseValues.__dataclass_fields__ if name in form}
    defaults: dict[str, Any] = {"paper_kind": PaperKind.OTHER, "title": "", "mode": UseMode.STAMP}
    made = request_actions.request_use(
        actor=actor, values=UseValues(**{**defaults, **values}), doc_type=doc_type, doc_id=doc_id
    )
    flash(_("用印申请 %(number)s 已提交", number=made.number), "ok")
    return url_for("seals.show_request", request_id=made.id)


def show_new(form: UseRequestForm, document: sources.Sealable | None, status: int) -> Any:
    """Show the application; of a document what it says of itself stands above the fields."""
    known: list[tuple[Any, ...]] = []
    if document is not None:
        known = [
            (_("文件类别"), PAPER_KIND_LABELS[PaperKind(document.paper_kind)]),
            (_("单据编号"), document.number),
            (_("文件名称"), document.title, True),
            (_("每份页数"), document.pages),
            (_("内容摘要"), document.content_hash[:8]),
        ]
    return fragments.page(
        "seals/request_form.html",
        fragment="form",
        status=status,
        heading=_("申请用印"),
        trail=request_page.trail(),
        form=form,
        known=known,
        action=request.full_path.rstrip("?"),
        submit_label=_("提交申请"),
        cancel_url=url_for("seals.requests"),
    )


# The page and its steps


@blueprint.get("/seals/requests/<int:request_id>")
@signed_in
def show_request(request_id: int) -> Any:
    return show(queries.get_request(current_actor(), request_id))


def show(asked: SealRequest, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a request, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **request_page.context(asked, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/seals/requests/<int:request_id>/<name>", methods=["GET", "POST"])
@signed_in
def request_step(request_id: int, name: str) -> Any:
    return STEPS.answer(name, request_id)


def step_form(asked: SealRequest, name: str) -> Any:
    """Return the form of a step, filled with what was approved where nothing was posted yet."""
    form = STEP_FORMS[name]()
    if isinstance(form, HandOverForm):
        form.first.choices = form.second.choices = people_choices()
    if request.method != "POST" and "copies" in form:
        form.copies.data, form.impressions.data = asked.copies, asked.impressions
    return form


def step_data(form: Any) -> dict[str, Any]:
    """Return what a step is given; an upload is checked here, before any lock."""
    data = documents.typed_fields(form, "file")
    if isinstance(form, StampForm):
        return {
            "compared": form.compared,
            "copies": data["copies"],
            "impressions": data["impressions"],
            "photo": documents.checked_upload(form.file.data),
        }
    if isinstance(form, FilingForm):
        data["scan"] = documents.checked_upload(form.file.data)
    return data


def show_step(asked: SealRequest, name: str, form: Any, status: int) -> Any:
    """Show the page of a step with a form; what it is about stands above the fields."""
    return fragments.page(
        "seals/request_step.html",
        status=status,
        heading=f"{FLOW.step(name).label} {asked.number}",
        trail=[*request_page.trail(), (asked.number, url_for("seals.show_request", request_id=asked.id))],
        form=form,
        step=name,
        asked=request_page.asked_facts(asked),
        request_=asked,
        submit_label=FLOW.step(name).label,
        cancel_url=url_for("seals.show_request", request_id=asked.id),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_request,
    fire=request_actions.fire,
    address=lambda asked: url_for("seals.show_request", request_id=asked.id),
    show=show,
    template=TEMPLATE,
    buttons=request_page.steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    prepare=step_data,
    show_form=show_step,
)
