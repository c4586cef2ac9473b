"""What people do with products."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core import search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.products import actions, queries
from app.features.products.actions import ProductValues
from app.features.products.models import Product
from tests import factories

VALUES = ProductValues(
    code="CB-500",
    name="齿轮泵",
    unit="台",
    brand="常林",
    model="HG500",
    list_price=Decimal("128.0050"),
    floor_price=Decimal(100),
    lead_time_days=20,
)


def create(person: User, values: ProductValues = VALUES) -> Product:
    with unit_of_work():
        return actions.create_product(actor=factories.actor(person), values=values)


def act(action, product: Product, person: User, **options) -> Product:
    with unit_of_work():
        row = session.get_one(Product, product.id)
        action(row, actor=factories.actor(person), version=options.pop("version", row.version), **options)
    return session.get_one(Product, product.id)


def test_a_product_is_made_with_exact_prices(manager):
    product = create(manager)
    assert (product.list_price, product.floor_price, product.tax_rate) == (Decimal("128.0050"), 100, 13)
    assert timeline.events_for("product", product.id)[0].verb == "product:create"


@pytest.mark.parametrize("part", ["salesperson", "technician", "buyer", "outsider", "administrator"])
def test_who_does_not_keep_the_list_makes_no_product(part, request):
    with pytest.raises(Denied):
        create(request.getfixturevalue(part))


def test_a_code_names_one_product(manager):
    create(manager)
    with pytest.raises(Invalid) as refused:
        create(manager)
    assert set(refused.value.fields) == {"code"}


@pytest.mark.parametrize("floor", [Decimal("128.0051"), Decimal(999)])
def test_a_floor_above_the_list_price_is_refused(manager, floor):
    with pytest.raises(Invalid) as refused:
        create(manager, replace(VALUES, floor_price=floor))
    assert set(refused.value.fields) == {"floor_price"}


@pytest.mark.parametrize(
    ("price", "floor"), [(None, Decimal(5)), (Decimal(5), None), (Decimal(5), Decimal(5))]
)
def test_prices_may_be_open_or_equal(manager, price, floor):
    assert create(manager, replace(VALUES, list_price=price, floor_price=floor)).floor_price == floor


def test_who_may_not_see_the_floor_leaves_it_as_it_is(manager, back_office):
    product = create(manager)
    changed = act(
        actions.update_product, product, back_office, values=replace(VALUES, name="泵", floor_price=None)
    )
    assert (changed.name, changed.floor_price) == ("泵", 100)
    with pytest.raises(Invalid) as refused:
        act(actions.update_product, product, back_office, values=replace(VALUES, list_price=Decimal(99)))
    assert set(refused.value.fields) == {"list_price"}
    assert create(back_office, replace(VALUES, code="X", floor_price=Decimal(1))).floor_price is None


def test_a_form_that_keeps_the_floor_keeps_it_even_for_who_sees_it(manager):
    product = create(manager)
    values = replace(VALUES, floor_price=None, keep_floor=True)
    assert act(actions.update_product, product, manager, values=values).floor_price == 100


def test_a_change_is_recorded_without_any_price(manager):
    product = create(manager)
    values = replace(VALUES, spec="50 升", list_price=Decimal("98765.43"), floor_price=Decimal("87654.32"))
    act(actions.update_product, product, manager, values=values)
    event = timeline.events_for("product", product.id)[0]
    assert event.data["changes"] == [
        ["spec", "", "50 升"],
        ["list_price", "…", "…"],
        ["floor_price", "…", "…"],
    ]


def test_saving_the_same_figures_written_otherwise_records_nothing(manager):
    product = create(manager)
    values = replace(VALUES, list_price=Decimal("128.005"), tax_rate=Decimal("13.00"))
    assert act(actions.update_product, product, manager, values=values).version == 1
    assert len(timeline.events_for("product", product.id)) == 1


def test_a_stale_form_is_refused(manager, back_office):
    product = create(manager)
    act(actions.update_product, product, back_office, values=replace(VALUES, spec="50 升"))
    with pytest.raises(Stale) as refused:
        act(actions.update_product, product, manager, values=VALUES, version=1)
    assert refused.value.changes == ("规格:  → 50 升",)


def test_a_product_leaves_the_choices_and_comes_back(manager, salesperson):
    product, reader = create(manager), factories.actor(salesperson)
    assert [item.code for item in queries.options(reader, "齿轮 HG5")] == ["CB-500"]
    act(actions.set_product_active, product, manager, active=False)
    assert queries.options(reader, "齿轮") == []
    with pytest.raises(Conflict):
        act(actions.set_product_active, product, manager, active=False)
    act(actions.set_product_active, product, manager, active=True)
    with pytest.raises(Conflict):
        act(actions.set_product_active, product, manager, active=True)
    with pytest.raises(Denied):
        act(actions.set_product_active, product, salesperson, active=False)


def test_search_finds_a_product_by_its_model_and_never_by_its_price(manager, salesperson):
    create(manager, replace(VALUES, list_price=Decimal("98765.43"), floor_price=Decimal("87654.32")))
    reader = factories.actor(salesperson)
    assert search.find(reader, "HG500")
    assert search.find(factories.actor(manager), "98765") == []
    assert search.find(factories.actor(manager), "87654") == []
