"""Pages of products."""

from flask import Blueprint, Response, flash, jsonify, request, url_for

from app.core import money, timeline
from app.core.errors import Invalid, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.products import actions, forms, lists, panels, queries
from app.features.products.enums import ProductPerm
from app.features.products.models import Product
from app.web import documents, fragments
from app.web import lists as list_pages
from app.web.forms import once
from app.web.guard import current_actor, requires

blueprint = Blueprint("products", __name__, url_prefix="/products")


@blueprint.get("")
@requires(ProductPerm.VIEW)
def index() -> Response:
    actor = current_actor()
    return list_pages.show_list(
        lists.open_list(actor, request.args, request.path),
        pgettext("list", "产品"),
        new_url=url_for("products.new") if can(actor, ProductPerm.EDIT) else "",
        new_label=_("新建产品"),
        empty_text=_("还没有产品"),
        empty_hint=_("登记产品后，询价和报价的明细可以直接选用"),
        template="products/list.html",
        import_url=url_for("products.import_new") if can(actor, ProductPerm.EDIT) else "",
        imports_url=url_for("products.import_index") if can(actor, ProductPerm.EDIT) else "",
    )


@blueprint.get("/options")
@requires(ProductPerm.VIEW)
def options() -> Response:
    found = queries.options(current_actor(), request.args.get("q", ""))
    return jsonify(
        options=[{"value": item.id, "label": label_of(item), "fields": fields_of(item)} for item in found]
    )


def label_of(option: queries.ProductOption) -> str:
    return " ".join(filter(None, (option.code, option.name, option.model)))


def fields_of(option: queries.ProductOption) -> dict[str, str]:
    price, days = option.list_price, option.lead_time_days
    return {
        "name": option.name,
        "brand": option.brand,
        "model": option.model,
        "spec": option.spec,
        "unit": option.unit,
        "tax_rate": f"{option.tax_rate.normalize():f}",
        "unit_price": "" if price is None else money.format_unit_price(price),
        "lead_time_days": "" if days is None else str(days),
    }


@blueprint.get("/suggest")
@requires(ProductPerm.VIEW)
def suggest() -> Response:
    """The products that fit what is typed in a line, at most 20, with what the line needs."""
    typed = request.args.get("q", "")
    found = queries.options(current_actor(), typed) if typed.strip() else []
    return fragments.page(
        "products/suggest.html",
        fragment="options",
        heading=_("选择产品"),
        options=[(item, label_of(item), fields_of(item)) for item in found],
        query=typed,
        trail=trail(),
    )


@blueprint.get("/<int:product_id>")
@requires(ProductPerm.VIEW)
def show(product_id: int) -> Response:
    actor = current_actor()
    product = queries.get(actor, product_id)
    events = timeline.events_for(actions.DOC_TYPE, product.id)
    return fragments.page(
        "products/show.html",
        heading=product.name,
        product=product,
        trail=trail(),
        state=_("使用中") if product.active else _("已停用"),
        tone="ok" if product.active else "neutral",
        facts=[product.code],
        may_edit=can(actor, ProductPerm.EDIT),
        sees_price=can(actor, ProductPerm.SEE_PRICE),
        sees_floor=can(actor, ProductPerm.SEE_FLOOR),
        price_changes=queries.price_changes(actor, events),
        panels=panels.render(product, actor),
        events=documents.timeline_rows(events),
    )


def trail(product: Product | None = None) -> list[tuple[str, str]]:
    path = [(pgettext("list", "产品"), url_for("products.index"))]
    if product is not None:
        path.append((product.name, url_for("products.show", product_id=product.id)))
    return path


@blueprint.get("/new")
@requires(ProductPerm.EDIT)
def new() -> Response:
    form = forms.NewProductForm(data={"tax_rate": money.parse_tax_rate(forms.USUAL_TAX_RATE)})
    forms.without_floor(form, sees_floor())
    return show_new(form)


@blueprint.post("/new")
@requires(ProductPerm.EDIT)
def create() -> Response:
    form = forms.NewProductForm()
    forms.without_floor(form, sees_floor())
    if not form.validate():
        return show_new(form, 422)

    def make() -> str:
        product = actions.create_product(actor=current_actor(), values=form.values(sees_floor(), active=True))
        return url_for("products.show", product_id=product.id)

    try:
        with unit_of_work():
            url = once(form, make)
    except Invalid as problem:
        return show_new(form, form.refuse(problem))
    flash(_("已保存产品“%(name)s”", name=form.name.data), "ok")
    return fragments.go(url)


def sees_floor() -> bool:
    return can(current_actor(), ProductPerm.SEE_FLOOR)


def show_new(form: forms.NewProductForm, status: int = 200) -> Response:
    return fragments.page(
        "products/form.html",
        fragment="form",
        status=status,
        heading=_("新建产品"),
        form=form,
        categories=queries.categories(current_actor()),
        trail=trail(),
        cancel_url=url_for("products.index"),
    )


@blueprint.get("/<int:product_id>/edit")
@requires(ProductPerm.EDIT)
def edit(product_id: int) -> Response:
    product = queries.get(current_actor(), product_id)
    return show_edit(forms.filled_from(product, sees_floor()), product)


@blueprint.post("/<int:product_id>/edit")
@requires(ProductPerm.EDIT)
def update(product_id: int) -> Response:
    actor = current_actor()
    product = queries.get(actor, product_id)
    form = forms.ProductForm()
    forms.without_floor(form, sees_floor())
    if not form.validate():
        return show_edit(form, product, 422)
    try:
        with unit_of_work():
            product = queries.get(actor, product_id)
            values = form.values(sees_floor(), active=product.active)
            actions.update_product(product, actor=actor, version=form.version.data, values=values)
    except (Invalid, Stale) as problem:
        product = queries.get(actor, product_id)
        status = form.refuse(problem, version=product.version if isinstance(problem, Stale) else None)
        return show_edit(form, product, status)
    flash(_("已保存"), "ok")
    return fragments.go(url_for("products.show", product_id=product_id))


def show_edit(form: forms.ProductForm, product: Product, status: int = 200) -> Response:
    return fragments.page(
        "products/form.html",
        fragment="form",
        status=status,
        heading=_("修改产品"),
        form=form,
        categories=queries.categories(current_actor()),
        product=product,
        trail=trail(product),
        cancel_url=url_for("products.show", product_id=product.id),
    )


@blueprint.post("/<int:product_id>/deactivate")
@requires(ProductPerm.EDIT)
def deactivate(product_id: int) -> Response:
    return set_active(product_id, active=False)


@blueprint.post("/<int:product_id>/activate")
@requires(ProductPerm.EDIT)
def activate(product_id: int) -> Response:
    return set_active(product_id, active=True)


def set_active(product_id: int, *, active: bool) -> Response:
    actor = current_actor()
    with unit_of_work():
        actions.set_product_active(
            queries.get(actor, product_id), actor=actor, version=documents.typed_step().version, active=active
        )
    flash(_("已恢复使用") if active else _("已停用，新单据里不再出现这个产品"), "ok")
    return fragments.go(url_for("products.show", product_id=product_id))
