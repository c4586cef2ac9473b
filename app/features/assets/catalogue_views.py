"""Pages of categories and places."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request, url_for
from sqlalchemy import select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible, Stale
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.assets import catalogue, forms, lists, page
from app.features.assets.enums import CATEGORY, PLACE, AssetPerm
from app.features.assets.models import AssetCategory, AssetPlace
from app.features.assets.views import blueprint
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list


@blueprint.get("/categories")
@requires(AssetPerm.KEEP)
def categories() -> Response:
    return show_list(
        lists.CategoryList(select(AssetCategory), request.args, request.path),
        _("设备类别"),
        trail=page.trail(current_actor()),
        new_url=url_for("assets.new_category"),
        new_label=_("新增类别"),
        empty_text=_("还没有类别"),
        empty_hint=_("类别决定设备有哪些专用栏目、退库时检查什么"),
    )


@blueprint.get("/places")
@requires(AssetPerm.KEEP)
def places() -> Response:
    return show_list(
        lists.PlaceList(select(AssetPlace), request.args, request.path),
        _("存放地点"),
        trail=page.trail(current_actor()),
        new_url=url_for("assets.new_place"),
        new_label=_("新增地点"),
        empty_text=_("还没有存放地点"),
        empty_hint=_("库房、办公室、柜子；盘点按地点进行"),
    )


@blueprint.route("/categories/new", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def new_category() -> Response:
    form = forms.NewCategoryForm()

    def add() -> str:
        made = catalogue.add_category(actor=current_actor(), values=form.values)
        flash(_("已新增类别“%(name)s”", name=made.name), "ok")
        return url_for("assets.categories")

    return answer_new(form, add, _("新增类别"), "assets/category.html", "assets.categories", _("设备类别"))


@blueprint.route("/places/new", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def new_place() -> Response:
    form = forms.NewPlaceForm()

    def add() -> str:
        made = catalogue.add_place(actor=current_actor(), values=form.values)
        flash(_("已新增存放地点“%(name)s”", name=made.name), "ok")
        return url_for("assets.places")

    return answer_new(form, add, _("新增地点"), "assets/place.html", "assets.places", _("存放地点"))


def answer_new(
    form: Any, add: Callable[[], str], heading: str, template: str, back: str, back_label: str
) -> Response:
    """Answer the form of something new in the catalogue."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    address = once(form, add)
                return fragments.go(address)
            except (Invalid, Conflict) as problem:
                status = form.refuse(problem)
    return fragments.page(
        template,
        fragment="form",
        status=status,
        heading=heading,
        trail=[*page.trail(current_actor()), (back_label, url_for(back))],
        form=form,
        events=[],
        cancel_url=url_for(back),
    )


def load(model: Any, number: int) -> Any:
    """Return a category or place; raises NotVisible."""
    row = session.get(model, number)
    if row is None:
        raise NotVisible
    return row


@blueprint.route("/categories/<int:category_id>", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def edit_category(category_id: int) -> Response:
    category: AssetCategory = load(AssetCategory, category_id)
    form = forms.CategoryForm()
    if request.method != "POST":
        form.name.data, form.active.data = category.name, category.active
        form.check_days.data, form.version.data = category.check_days, category.version
        form.fields_.data = "\n".join(field["label"] for field in category.fields)
        form.checklist.data = "\n".join(category.checklist)
        form.accessories.data = "\n".join(category.accessories)

    def change(row: AssetCategory) -> None:
        catalogue.change_category(row, actor=current_actor(), version=form.version.data, values=form.values)

    return answer_edit(
        form, AssetCategory, category_id, change, "assets/category.html", "assets.categories", CATEGORY
    )


@blueprint.route("/places/<int:place_id>", methods=["GET", "POST"])
@requires(AssetPerm.KEEP)
def edit_place(place_id: int) -> Response:
    place: AssetPlace = load(AssetPlace, place_id)
    form = forms.PlaceForm()
    if request.method != "POST":
        form.name.data, form.is_store.data = place.name, place.is_store
        form.active.data, form.version.data = place.active, place.version

    def change(row: AssetPlace) -> None:
        catalogue.change_place(row, actor=current_actor(), version=form.version.data, values=form.values)

    return answer_edit(form, AssetPlace, place_id, change, "assets/place.html", "assets.places", PLACE)


def answer_edit(
    form: Any,
    model: Any,
    number: int,
    change: Callable[[Any], None],
    template: str,
    back: str,
    doc_type: str,
) -> Response:
    """Answer the form of a category or place that is there."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    change(load(model, number))
                flash(_("已保存"), "ok")
                return fragments.go(url_for(back))
            except (Invalid, Conflict) as problem:
                version = load(model, number).version if isinstance(problem, Stale) else None
                status = form.refuse(problem, version=version)
    back_label = _("设备类别") if doc_type == CATEGORY else _("存放地点")
    return fragments.page(
        template,
        fragment="form",
        status=status,
        heading=load(model, number).name,
        trail=[*page.trail(current_actor()), (back_label, url_for(back))],
        form=form,
        events=documents.timeline_rows(timeline.events_for(doc_type, number)),
        cancel_url=url_for(back),
    )
