"""Pages of equipment: the list, an item, entering it, changing its card, photos."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import pictures
from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.uow import unit_of_work
from app.features.assets import actions, forms, lists, page, queries
from app.features.assets.enums import AssetPerm
from app.features.assets.models import AssetItem
from app.features.people import queries as people
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@blueprint.get("")
@requires(AssetPerm.VIEW_ALL, AssetPerm.KEEP)
def index() -> Response:
    actor = current_actor()
    keeps = queries.keeps(actor)
    shown = lists.open_items(actor, request.args, request.path)
    return show_list(
        shown,
        pgettext("list", "设备"),
        template="assets/list.html",
        new_url=url_for("assets.new") if keeps else "",
        new_label=_("登记设备"),
        empty_text=_("还没有设备"),
        empty_hint=_("先建类别和存放地点，再逐件登记，或导入现有的台账"),
        sign_labels=(_("资产管理员"), _("部门经理")),
        hand_overs_url=url_for("assets.hand_overs"),
        categories_url=url_for("assets.categories") if keeps else "",
        places_url=url_for("assets.places") if keeps else "",
        import_url=url_for("assets.import_new") if keeps else "",
        labels_url=url_for("assets.labels", **filters_of(shown)) if keeps else "",
    )


def filters_of(shown: lists.ItemList) -> dict[str, Any]:
    """Return what narrows a list, for an address that means the same items."""
    chosen = {item.key: item.value for item in shown.filters if item.value}
    return {"q": shown.query, **chosen} if shown.query else chosen


@blueprint.get("/<int:item_id>")
@signed_in
def show(item_id: int) -> Response:
    actor = current_actor()
    return show_item(queries.get_item(actor, item_id))


def show_item(item: AssetItem, refusal: documents.Refusal | None = None) -> Response:
    """Show the page of an item, with the refusal of what was tried there."""
    return fragments.page(
        "assets/show.html",
        status=refusal.status if refusal else 200,
        **page.item_context(item, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def new() -> Response:
    form = forms.NewItemForm()
    put_choices(form)
    form.person_id.choices = people.active_people()
    if request.method != "POST":
        return show_new(form)
    if not form.validate():
        return show_new(form, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: entered(form))
    except (Invalid, Conflict) as problem:
        return show_new(form, form.refuse(problem))
    return fragments.go(address)


def entered(form: forms.NewItemForm) -> str:
    """Enter the item of a valid form and return its address; accessories left empty are those of its category."""
    values = form.values({})
    if not values.accessories:
        category = next(row for row in queries.categories() if row.id == values.category_id)
        values = actions.with_accessories(values, category.accessories)
    item = actions.register_item(actor=current_actor(), values=values, person_id=form.person_id.data)
    flash(_("已登记 %(number)s %(name)s", number=item.number, name=item.name), "ok")
    return url_for("assets.show", item_id=item.id)


def put_choices(form: Any, item: AssetItem | None = None) -> None:
    """Give a form the categories and places in use, and those the item bears already."""
    categories = {row.id: row.name for row in queries.categories()}
    places = {row.id: row.name for row in queries.places()}
    if item is not None:
        categories[item.category_id] = item.category.name
        if item.place is not None:
            places[item.place.id] = item.place.name
    form.category_id.choices = list(categories.items())
    form.place_id.choices = list(places.items())


def show_new(form: forms.NewItemForm, status: int = 200) -> Response:
    return fragments.page(
        "assets/form.html",
        fragment="form",
        status=status,
        heading=_("登记设备"),
        trail=page.trail(current_actor()),
        form=form,
        own=[],
        more_open=bool(form.errors),
        categories_url="" if form.category_id.choices[1:] else url_for("assets.new_category"),
        submit_label=_("登记"),
        cancel_url=url_for("assets.index"),
    )


@blueprint.route("/<int:item_id>/edit", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def edit(item_id: int) -> Response:
    actor = current_actor()
    item = queries.get_item(actor, item_id)
    form = forms.item_form(item.category, item, posted=request.method == "POST")
    put_choices(form, item)
    if request.method != "POST":
        return show_edit(form, item)
    if not form.validate():
        return show_edit(form, item, 422)
    try:
        with unit_of_work():
            present = queries.get_item(actor, item_id)
            values = form.values(forms.own_values(form, present.category, present))
            actions.change_item(present, actor=actor, version=form.version.data, values=values)
    except (Invalid, Conflict) as problem:
        item = queries.get_item(actor, item_id)
        version = item.version if isinstance(problem, Stale) else None
        return show_edit(form, item, form.refuse(problem, version=version))
    flash(_("已保存"), "ok")
    return fragments.go(url_for("assets.show", item_id=item_id))


def show_edit(form: Any, item: AssetItem, status: int = 200) -> Response:
    return fragments.page(
        "assets/form.html",
        fragment="form",
        status=status,
        heading=_("修改设备资料"),
        trail=page.trail(current_actor(), item),
        form=form,
        own=[form[f"own_{place}"] for place in range(len(item.category.fields))],
        more_open=True,
        cancel_url=url_for("assets.show", item_id=item.id),
    )


@blueprint.post("/<int:item_id>/photos")
@signed_in
def add_photo(item_id: int) -> Response:
    actor = current_actor()
    item = queries.get_item(actor, item_id)
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Invalid(fields={"file": _("请先选择照片")})
        photo = pictures.read_photo(upload.filename, upload.stream)  # type: ignore[arg-type]
        with unit_of_work():
            actions.add_photo(queries.get_item(actor, item_id), actor=actor, photo=photo)
    except Invalid as problem:
        return show_item(queries.get_item(actor, item_id), documents.refusal(problem))
    flash(_("照片已添加"), "ok")
    return fragments.go(url_for("assets.show", item_id=item.id))


@blueprint.post("/<int:item_id>/assume")
@requires(AssetPerm.KEEP)
def assume(item_id: int) -> Response:
    actor = current_actor()
    queries.get_item(actor, item_id)
    with unit_of_work():
        actions.assume_lost(
            queries.get_item(actor, item_id), actor=actor, version=documents.typed_step().version
        )
    flash(_("责任已转到您名下"), "ok")
    return fragments.go(url_for("assets.show", item_id=item_id))
