"""Pages of hand-overs: offering, the page, its steps, accepting, also on the screen of who keeps the equipment."""

from typing import Any

from flask import Response, flash, request, url_for

from app.core import pictures, side_writes
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale, Throttled
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import directory
from app.core.side_writes import SideWrite
from app.core.uow import unit_of_work
from app.features.assets import accepting, actions, forms, lists, offering, page, queries
from app.features.assets.enums import AssetPerm, HandOverKind
from app.features.assets.flow import FLOW
from app.features.assets.models import AssetItem, HandOver
from app.features.assets.views import blueprint
from app.features.people import queries as people
from app.features.people import signin
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages

TEMPLATE = "assets/hand_over.html"
MOST_PHOTOS = 10


@blueprint.get("/hand-overs")
@signed_in
def hand_overs() -> Response:
    actor = current_actor()
    return show_list(
        lists.open_hand_overs(actor, request.args, request.path),
        _("设备交接"),
        template="assets/hand_overs.html",
        trail=[page.list_step(actor)],
        blank_url=url_for("assets.blank_sheet"),
        empty_text=_("还没有交接"),
        empty_hint=_("在设备页面点“交接”，对方接收后责任人随即变更"),
    )


# Offering


def chosen_items() -> list[AssetItem]:
    """Return the items the address names, each visible to the actor; raises NotVisible for any that is not."""
    ids = request.args.getlist("item", type=int)[: offering.MOST_ITEMS + 1]
    if not ids:
        return []
    statement = queries.visible_to(current_actor()).where(AssetItem.id.in_(ids)).order_by(AssetItem.number)
    found = list(session.execute(statement).unique().scalars())
    if len(found) != len(set(ids)):
        raise NotVisible
    return found


@blueprint.route("/hand-over", methods=["GET", "POST"])
@signed_in
def new_hand_over() -> Response:
    actor = current_actor()
    items = chosen_items()
    if not items:
        flash(_("请先勾选要交接的设备"), "warn")
        return fragments.go(url_for("assets.mine"))
    actions.check_may_hand_over(actor, items)
    form, posted = offer_form(items), request.method == "POST"
    rows = forms.offer_rows(items, request.form if posted else None)
    if not posted:
        return show_offer(form, rows, 200)
    if not form.validate():
        return show_offer(form, rows, 422)
    try:
        photos = read_photos()
        with unit_of_work():
            address = once(form, lambda: offered(form, rows, photos))
    except (Conflict, Invalid) as problem:
        return show_offer(form, forms.offer_rows(chosen_items(), request.form), form.refuse(problem))
    return fragments.go(address)


def is_returning() -> bool:
    """Tell whether the address asks to give things back to the store."""
    return request.args.get("returning") == "1"


def offer_form(items: list[AssetItem]) -> forms.OfferForm:
    """Return the form: to colleagues, or to those who keep the equipment where things go back to the store."""
    form = forms.OfferForm()
    form.place_id.choices = [(row.id, row.name) for row in queries.places()]
    if is_returning():
        form.to_id.choices = [(row.id, row.name) for row in queries.keepers(items[0].department_id)]
        del form.due_back_on
        if request.method != "POST" and len(form.to_id.choices) == 2:
            form.to_id.data = int(form.to_id.choices[1][0])
    else:
        form.to_id.choices = people.active_people()
    return form


def read_photos() -> list[CheckedFile]:
    """Return the photos that came along, made anew; raises Invalid at ``photos`` naming the one that is not taken."""
    found = []
    uploads = [upload for upload in request.files.getlist("photos") if upload.filename]
    if len(uploads) > MOST_PHOTOS:
        raise Invalid(fields={"photos": lazy("一次最多 %(most)s 张照片", most=MOST_PHOTOS)})
    for upload in uploads:
        try:
            found.append(pictures.read_photo(upload.filename or "", upload.stream))  # type: ignore[arg-type]
        except Invalid as problem:
            said = lazy("%(file)s：%(problem)s", file=upload.filename or "", problem=problem.fields["file"])
            raise Invalid(fields={"photos": said}) from problem
    return found


def offered(form: forms.OfferForm, rows: list[forms.OfferRow], photos: list[CheckedFile]) -> str:
    """Offer the items of a valid form and return the address of the hand-over."""
    made = offering.offer(
        actor=current_actor(),
        items=[row.offered for row in rows],
        to_id=form.to_id.data,
        returning=is_returning(),
        place_id=form.place_id.data,
        due_back_on=form.due_back_on.data if "due_back_on" in form else None,
        note=form.note.data or "",
        photos=photos,
    )
    flash(_("已发起交接 %(number)s，等%(name)s接收", number=made.number, name=made.receiver.name), "ok")
    return url_for("assets.show_hand_over", hand_over_id=made.id)


def show_offer(form: forms.OfferForm, rows: list[forms.OfferRow], status: int) -> Response:
    actor = current_actor()
    returning = is_returning()
    return fragments.page(
        "assets/offer.html",
        status=status,
        heading=_("退库") if returning else _("交接设备"),
        trail=page.trail(actor, rows[0].item if len(rows) == 1 else None),
        form=form,
        rows=rows,
        conditions=forms.CONDITIONS,
        more_open=bool(form.errors or form.form_errors),
        action=request.full_path.rstrip("?"),
        submit_label=_("发起退库") if returning else _("发起交接"),
        cancel_url=page.trail(actor, rows[0].item if len(rows) == 1 else None)[-1][1],
    )


@blueprint.route("/take-back", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def take_back() -> Response:
    items = chosen_items()
    if not items:
        return fragments.go(url_for("assets.index"))
    form, posted = forms.TakeBackForm(), request.method == "POST"
    form.place_id.choices = [(row.id, row.name) for row in queries.places()]
    rows = forms.offer_rows(items, request.form if posted else None, checked=True)
    if not posted:
        return show_take_back(form, rows, 200)
    if not form.validate():
        return show_take_back(form, rows, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: taken_back(form, rows))
    except (Conflict, Invalid) as problem:
        rows = forms.offer_rows(chosen_items(), request.form, checked=True)
        return show_take_back(form, rows, form.refuse(problem))
    return fragments.go(address)


def taken_back(form: forms.TakeBackForm, rows: list[forms.OfferRow]) -> str:
    """Take the items of a valid form back and return the address of the hand-over."""
    made = accepting.take_back(
        actor=current_actor(),
        items=[row.offered for row in rows],
        place_id=form.place_id.data,
        checklists={row.item.id: row.checklist for row in rows if row.checks},
        note=form.note.data or "",
    )
    flash(_("已收回 %(count)s 件，责任人现在是您", count=len(rows)), "ok")
    return url_for("assets.show_hand_over", hand_over_id=made.id)


def show_take_back(form: forms.TakeBackForm, rows: list[forms.OfferRow], status: int) -> Response:
    actor = current_actor()
    return fragments.page(
        "assets/take_back.html",
        fragment="form",
        status=status,
        heading=_("收回设备"),
        trail=page.trail(actor, rows[0].item if len(rows) == 1 else None),
        form=form,
        rows=rows,
        conditions=forms.CONDITIONS,
        action=request.full_path.rstrip("?"),
        submit_label=_("收回"),
        cancel_url=url_for("assets.index"),
    )


# The page and its steps


@blueprint.get("/hand-overs/<int:hand_over_id>")
@signed_in
def show_hand_over(hand_over_id: int) -> Response:
    return show(queries.get_hand_over(current_actor(), hand_over_id))


def show(hand_over: HandOver, refusal: documents.Refusal | None = None) -> Response:
    """Show the page of a hand-over, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.hand_over_context(hand_over, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/hand-overs/<int:hand_over_id>/<name>", methods=["GET", "POST"])
@signed_in
def hand_over_step(hand_over_id: int, name: str) -> Any:
    return STEPS.answer(name, hand_over_id)


def accept_form(hand_over: HandOver, name: str) -> forms.AcceptForm:
    """Return the form by which the receiver accepts, with what is looked at on a return."""
    form = forms.AcceptForm()
    form.hand_over = hand_over
    returned = hand_over.kind == HandOverKind.RETURN
    form.checks = forms.line_checks(hand_over, request.form) if returned else {}
    return form


def prepared(form: forms.AcceptForm) -> accepting.Prepared:
    """Draw the sheet before any lock."""
    return accepting.prepare(form.hand_over, checklists=forms.kept_checks(form.checks))


def fire(hand_over: HandOver, name: str, *, actor: Any, version: int, note: str, data: Any) -> None:
    """Do a step; accepting is given the sheet that was drawn for it."""
    if name == "accept":
        accepting.accept(hand_over, actor=actor, version=version, prepared=data)
    else:
        offering.fire(hand_over, name, actor=actor, version=version, note=note, data=data)


def show_accept(hand_over: HandOver, name: str, form: forms.AcceptForm, status: int) -> Response:
    """Show what is offered with the one button that accepts it."""
    checks = form.checks if request.method == "POST" and form.checks else None
    return fragments.page(
        "assets/accept.html",
        fragment="form",
        status=status,
        heading=_("接收设备"),
        trail=[*page.trail(current_actor()), (hand_over.number, address(hand_over))],
        form=form,
        submit_label=_("接收"),
        cancel_url=address(hand_over),
        **page.accept_context(hand_over, current_actor(), checks),
    )


def address(hand_over: HandOver) -> str:
    """Return the address of a hand-over's page."""
    return url_for("assets.show_hand_over", hand_over_id=hand_over.id)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_hand_over,
    fire=fire,
    address=address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=("accept",),
    form=accept_form,
    prepare=prepared,
    show_form=show_accept,
)


# On the screen of who keeps the equipment


@blueprint.route("/hand-overs/<int:hand_over_id>/sign", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def keepers_screen(hand_over_id: int) -> Response:
    actor = current_actor()
    hand_over = queries.get_hand_over(actor, hand_over_id)
    receiver = directory().actor(hand_over.to_id)
    if receiver is None or not queries.keeps(actor, hand_over.department_id):
        raise Denied("core:denied", what=lazy("请接收人在此确认"), who=hand_over.receiver.name)
    form = forms.KeepersScreenForm()
    form.hand_over = hand_over
    returned = hand_over.kind == HandOverKind.RETURN
    form.checks = forms.line_checks(hand_over, request.form) if returned else {}
    posted = request.method == "POST"
    if not posted:
        form.version.data = hand_over.version
        return show_sign(form, 200)
    if not form.validate():
        return show_sign(form, 422)
    number, address_of_device = hand_over.receiver.staff_number, request.remote_addr or ""
    try:
        signin.check_throttle(number, address_of_device)
        FLOW.check_possible(hand_over, "accept", receiver, form.version.data)
        if not signin.password_fits(hand_over.receiver, form.password.data):
            side_writes.after_request(
                SideWrite.THROTTLE, lambda: signin.count_failure(number, address_of_device)
            )
            raise Invalid(fields={"password": lazy("密码不对，请接收人本人再输入一次")})
        made = accepting.prepare(hand_over, keeper=actor, checklists=forms.kept_checks(form.checks))
        with unit_of_work():
            signin.forget_failures(number)
            accepting.accept(
                queries.get_hand_over(actor, hand_over_id),
                actor=receiver,
                version=form.version.data,
                prepared=made,
            )
    except (Conflict, Invalid, Throttled) as problem:
        form.hand_over = queries.get_hand_over(actor, hand_over_id)
        version = form.hand_over.version if isinstance(problem, Stale) else None
        response = show_sign(form, form.refuse(problem, version=version))
        if isinstance(problem, Throttled):
            response.headers["Retry-After"] = str(problem.seconds)
        return response
    flash(_("%(name)s已接收", name=hand_over.receiver.name), "ok")
    return fragments.go(address(hand_over))


def show_sign(form: forms.KeepersScreenForm, status: int) -> Response:
    """Show what is offered, and where the receiver types the password."""
    hand_over = form.hand_over
    checks = form.checks if request.method == "POST" and form.checks else None
    context = page.accept_context(hand_over, current_actor(), checks)
    return fragments.page(
        "assets/sign.html",
        fragment="form",
        status=status,
        heading=_("请%(name)s在此确认", name=hand_over.receiver.name),
        trail=[*page.trail(current_actor()), (hand_over.number, address(hand_over))],
        form=form,
        submit_label=_("接收"),
        cancel_url=address(hand_over),
        **{**context, "action": request.path, "other_steps": []},
    )
