from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy import select

from app.core import permissions
from app.core.db import one_visible, session
from app.core.errors import Conflict, Invalid, NotVisible, Problem, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.people import passwords
from app.features.people.models import User
from app.features.seals import actions, keys, marks, queries
from app.features.seals.enums import (
    FORM_LABELS,
    KIND_LABELS,
    REQUEST_READERS,
    STATUS_LABELS,
    STATUS_TONES,
    SealForm,
    SealKind,
    SealPerm,
    SealStatus,
)
from app.features.seals.forms import (
    EditEntityForm,
    KeyForm,
    NewEntityForm,
    SealActsForm,
    SealRegistrationForm,
)
from app.features.seals.lists import SealUseList
from app.features.seals.models import LegalEntity, Seal
from app.web import documents
from app.web.current import current_actor
from app.web.forms import once
from app.web.fragments import go, page
from app.web.guard import requires, signed_in
from app.web.lists import show_list

blueprint = Blueprint("seals", __name__)

LABELS = {
    "kind": {str(code): label for code, label in KIND_LABELS.items()},
    "form": {str(code): label for code, label in FORM_LABELS.items()},
    "status": {str(code): label for code, label in STATUS_LABELS.items()},
    "tone": {str(code): tone for code, tone in STATUS_TONES.items()},
}


@blueprint.get("/seals")
@signed_in
def index() -> Response:
    actor = current_actor()
    seals = list(session.execute(queries.visible_to(actor).order_by(Seal.id)).scalars())
    if not seals and not can(actor, SealPerm.VIEW):
        permissions.require(actor, SealPerm.VIEW)
    return page(
        "seals/index.html",
        heading=pgettext("list", "印章"),
        seals=seals,
        entities=queries.legal_entities(only_active=False),
        labels=LABELS,
        may_view_all=can(actor, SealPerm.VIEW),
        may_manage=can(actor, SealPerm.MANAGE),
        may_add_entity=can(actor, SealPerm.ADD_ENTITY),
        may_see_key=can(actor, SealPerm.VIEW_KEY),
        may_read_uses=queries.may_read_uses(actor),
        out=queries.out_counts() if any(can(actor, code) for code in REQUEST_READERS) else (0, 0),
    )


@blueprint.route("/seals/new", methods=["GET", "POST"])
@requires(SealPerm.MANAGE, confirmed=True)
def new() -> Response:
    form = SealRegistrationForm()
    form.legal_entity_id.choices = [(entity.id, entity.name) for entity in queries.legal_entities()]
    form.keeper_id.choices = people_choices()
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                with unit_of_work():
                    address = once(form, lambda: register_seal(form))
                return go(address)
            except (Invalid, Conflict) as problem:
                status = form.refuse(problem)
        else:
            status = 422
    return show_new(form, status)


def register_seal(form: SealRegistrationForm) -> str:
    """Register the seal of a valid form and return its address."""
    seal = actions.register_seal(
        actor=current_actor(),
        legal_entity=session.get_one(LegalEntity, form.legal_entity_id.data),
        kind=form.kind.data or "",
        form=form.form.data or "",
        purpose=form.purpose.data or "",
        filed_number=form.filed_number.data,
        diameter=form.diameter.data,
        keeper_id=form.keeper_id.data or 0,
    )
    flash(_("印章已登记"), "ok")
    return url_for("seals.show", seal_id=seal.id)


def show_new(form: SealRegistrationForm, status: int) -> Response:
    """Show the form of a new seal."""
    return page(
        "seals/form.html",
        fragment="form",
        status=status,
        heading=_("登记印章"),
        trail=((pgettext("list", "印章"), url_for("seals.index")),),
        facts=(_("只有报价专用章和投标专用章可由系统打印，其他印章只登记实物"),),
        form=form,
        submit_label=_("登记"),
        cancel_url=url_for("seals.index"),
    )


@blueprint.get("/seals/<int:seal_id>")
@signed_in
def show(seal_id: int) -> Response:
    return show_seal(load(seal_id), acts_form())


@blueprint.get("/seals/<int:seal_id>/specimen.svg")
@signed_in
def specimen(seal_id: int) -> Response:
    from app.features.seals.drawing import seal_svg  # slow import

    seal = load(seal_id)
    if seal.form != SealForm.DRAWN:
        raise NotVisible
    response = Response(seal_svg(marks.mark_of(seal, specimen=True)), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    return response


@blueprint.post("/seals/<int:seal_id>/authorise")
@requires(SealPerm.AUTHORISE, confirmed=True)
def authorise(seal_id: int) -> Response:
    form = acts_form()
    return act(
        seal_id,
        form,
        lambda seal, version: actions.authorise_printing(
            seal, actor=current_actor(), version=version, confirmed=bool(form.confirmed.data)
        ),
        _("已授权系统打印此章"),
    )


@blueprint.post("/seals/<int:seal_id>/stop")
@requires(SealPerm.MANAGE, confirmed=True)
def stop(seal_id: int) -> Response:
    form = acts_form()
    return act(
        seal_id,
        form,
        lambda seal, version: actions.stop(
            seal, actor=current_actor(), version=version, reason=form.reason.data or ""
        ),
        _("印章已停用"),
    )


@blueprint.post("/seals/<int:seal_id>/change-keeper")
@requires(SealPerm.MANAGE, confirmed=True)
def change_keeper(seal_id: int) -> Response:
    form = acts_form()
    return act(
        seal_id,
        form,
        lambda seal, version: actions.change_keeper(
            seal, actor=current_actor(), version=version, keeper_id=form.keeper_id.data or 0
        ),
        _("保管人已更换"),
    )


def act(seal_id: int, form: SealActsForm, do: Any, done: str) -> Response:
    """Do one act on a seal and go back to its page, or show the page again with the refusal."""
    load(seal_id)
    if not form.validate():
        return show_seal(load(seal_id), form, 422)
    version = documents.typed_step().version
    try:
        with unit_of_work():
            do(load(seal_id), version)
    except (Conflict, Invalid) as problem:
        return show_seal(load(seal_id), form, form.refuse(problem))
    flash(done, "ok")
    return go(url_for("seals.show", seal_id=seal_id))


def acts_form() -> SealActsForm:
    """Return the form of the acts, with the people to choose a keeper from."""
    form = SealActsForm()
    form.keeper_id.choices = people_choices()
    return form


def load(seal_id: int) -> Seal:
    """Return a seal the reader may see, or raise NotVisible."""
    statement = queries.visible_to(current_actor()).where(Seal.id == seal_id)
    return one_visible(statement)


def show_seal(seal: Seal, form: SealActsForm, status: int = 200) -> Response:
    """Show the page of a seal."""
    actor = current_actor()
    waiting = (
        seal.form == SealForm.DRAWN
        and seal.status == SealStatus.ACTIVE
        and seal.printing_authorised_at is None
    )
    if form.keeper_id.raw_data is None:
        form.keeper_id.data = seal.keeper_id
    return page(
        "seals/show.html",
        status=status,
        heading=f"{seal.legal_entity.short_name or seal.legal_entity.name} {KIND_LABELS[SealKind(seal.kind)]}",
        state=STATUS_LABELS[SealStatus(seal.status)],
        tone=STATUS_TONES[SealStatus(seal.status)],
        facts=(_("保管人 %(name)s", name=seal.keeper.name),),
        seal=seal,
        form=form,
        labels=LABELS,
        uses_url=url_for("seals.register", seal=seal.id) if queries.may_read_uses(actor) else "",
        may_authorise=waiting and can(actor, SealPerm.AUTHORISE),
        may_manage=can(actor, SealPerm.MANAGE),
        events=documents.timeline_rows(queries.latest_events(actions.SEAL, seal.id)),
    )


def people_choices() -> list[tuple[int, str]]:
    """Return everybody who works here, to choose a keeper from."""
    rows = session.execute(
        select(User.id, User.name, User.staff_number).where(User.active).order_by(User.staff_number)
    )
    return [(row.id, f"{row.name} ({row.staff_number})") for row in rows]


@blueprint.get("/seals/uses")
@signed_in
def register() -> Any:
    actor = current_actor()
    rows = queries.uses_visible_to(actor)
    if not queries.may_read_uses(actor):
        permissions.require(actor, SealPerm.AUDIT)
    return show_list(
        SealUseList(rows, request.args, request.path, seals=queries.visible_to(actor)),
        _("用印登记"),
        trail=((pgettext("list", "印章"), url_for("seals.index")),),
        sign_labels=(_("印章保管人"), _("用印审计"), _("公司主管领导")),
        list_facts=[]
        if queries.reads_all_uses(actor)
        else [_("这里是您的用印和您保管的印章的用印；全部登记由用印审计查阅和导出")],
        empty_text=_("还没有用印"),
        empty_hint=_("出具盖章文件、盖实物章时自动登记，不能修改、不能删除"),
    )


@blueprint.route("/seals/entities/new", methods=["GET", "POST"])
@requires(SealPerm.ADD_ENTITY, confirmed=True)
def new_entity() -> Response:
    form = NewEntityForm()
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                with unit_of_work():
                    address = once(form, lambda: add_entity(form))
                return go(address)
            except (Invalid, Conflict) as problem:
                status = form.refuse(problem)
        else:
            status = 422
    return page(
        "seals/form.html",
        fragment="form",
        status=status,
        heading=_("登记公司主体"),
        trail=((pgettext("list", "印章"), url_for("seals.index")),),
        facts=(_("印章上只能是这里登记的公司全称；登记是公司主管领导的事，留有记录"),),
        form=form,
        submit_label=_("登记"),
        cancel_url=url_for("seals.index"),
    )


def add_entity(form: NewEntityForm) -> str:
    """Register the company of a valid form and return its address."""
    entity = actions.add_legal_entity(actor=current_actor(), **entity_values(form))
    flash(_("公司主体已登记"), "ok")
    return url_for("seals.show_entity", entity_id=entity.id)


def entity_values(form: NewEntityForm | EditEntityForm) -> dict[str, Any]:
    """Return the fields of a company as typed; the credit code in capitals."""
    values = {name: form[name].data for name in actions.ENTITY_FIELDS if name in form}
    values["credit_code"] = values["credit_code"].replace(" ", "").upper()
    return values


@blueprint.get("/seals/entities/<int:entity_id>")
@requires(SealPerm.VIEW)
def show_entity(entity_id: int) -> Response:
    entity = load_entity(entity_id)
    return page(
        "seals/entity.html",
        heading=entity.name,
        entity=entity,
        may_change=can(current_actor(), SealPerm.ADD_ENTITY),
        events=documents.timeline_rows(queries.latest_events(actions.ENTITY, entity.id)),
    )


@blueprint.route("/seals/entities/<int:entity_id>/edit", methods=["GET", "POST"])
@requires(SealPerm.ADD_ENTITY, confirmed=True)
def edit_entity(entity_id: int) -> Response:
    entity = load_entity(entity_id)
    form = EditEntityForm(obj=entity)
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                with unit_of_work():
                    actions.change_legal_entity(
                        load_entity(entity_id),
                        actor=current_actor(),
                        version=form.version.data,
                        values=entity_values(form),
                    )
                flash(_("公司主体已修改"), "ok")
                return go(url_for("seals.show_entity", entity_id=entity_id))
            except (Invalid, Conflict) as problem:
                status = refuse(form, problem, entity_id)
        else:
            status = 422
    return page(
        "seals/form.html",
        fragment="form",
        status=status,
        heading=_("修改公司主体"),
        trail=(
            (pgettext("list", "印章"), url_for("seals.index")),
            (entity.name, url_for("seals.show_entity", entity_id=entity_id)),
        ),
        form=form,
        cancel_url=url_for("seals.show_entity", entity_id=entity_id),
    )


def refuse(form: EditEntityForm, problem: Problem, entity_id: int) -> int:
    """Put a refusal into the form; after a stale one the form may be sent again knowingly."""
    version = load_entity(entity_id).version if isinstance(problem, Stale) else None
    return form.refuse(problem, version=version)


def load_entity(entity_id: int) -> LegalEntity:
    """Return a company, or raise NotVisible."""
    entity = session.get(LegalEntity, entity_id)
    if entity is None:
        raise NotVisible
    return entity


@blueprint.get("/seals/key")
@requires(SealPerm.VIEW_KEY)
def key() -> Response:
    return show_key(KeyForm(), 200)


@blueprint.get("/seals/key/authority.pem")
@requires(SealPerm.VIEW_KEY)
def authority() -> Response:
    response = Response(keys.authority_pem(), mimetype="application/x-pem-file")
    response.headers["Content-Disposition"] = 'attachment; filename="authority.pem"'
    return response


@blueprint.post("/seals/key")
@requires(SealPerm.REPLACE_KEY, confirmed=True)
def replace_key() -> Response:
    form = KeyForm()
    upload = request.files.get("file")
    if not form.validate():
        return show_key(form, 422)
    user = session.get_one(User, current_actor().id)
    if not passwords.fits(form.password.data, user.password_hash):
        form.password.errors = [_("登录密码不对")]
        return show_key(form, 422)
    content = upload.stream.read(keys.MAX_PKCS12_BYTES + 1) if upload is not None else b""
    try:
        with unit_of_work():
            keys.replace(actor=current_actor(), content=content, passphrase=form.passphrase.data)
    except (Invalid, Conflict) as problem:
        return show_key(form, form.refuse(problem))
    flash(_("签名证书已更换，原证书签过的文件仍可核验"), "ok")
    return go(url_for("seals.key"))


def show_key(form: KeyForm, status: int) -> Response:
    """Show the certificate that signs papers."""
    summary, problem = None, ""
    try:
        summary = keys.summary()
    except Conflict as refusal:
        problem = refusal.sentence()
    return page(
        "seals/key.html",
        status=status,
        heading=_("签名证书"),
        key=summary,
        problem=problem,
        form=form,
        seals_url=url_for("seals.index") if can(current_actor(), SealPerm.VIEW) else "",
        may_replace=can(current_actor(), SealPerm.REPLACE_KEY),
        events=documents.timeline_rows(queries.latest_events(keys.KEY, 1)),
    )
