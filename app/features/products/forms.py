"""Forms of products."""

from app.core.i18n import lazy
from app.features.products.actions import ProductValues
from app.features.products.models import Product
from app.web import forms

USUAL_TAX_RATE = "13"


class ProductFields:
    """What is typed about a product, new or not. ``floor_price`` is left out for those who may not see it."""

    code = forms.TextField(lazy("产品编码"), required=True, longest=40)
    name = forms.TextField(lazy("产品名称"), required=True, longest=120)
    brand = forms.TextField(lazy("品牌"), longest=80)
    model = forms.TextField(lazy("型号"), longest=120)
    spec = forms.TextField(lazy("规格"))
    category = forms.TextField(lazy("产品类别"), longest=80)
    unit = forms.TextField(lazy("单位"), required=True, longest=20)
    tax_rate = forms.TaxRateField(lazy("税率"), required=True)
    list_price = forms.UnitPriceField(lazy("标价（含税）"))
    floor_price = forms.UnitPriceField(lazy("底价（含税）"))
    lead_time_days = forms.WholeNumberField(lazy("交货期"), least=0, most=3_650)

    def values(self, sees_floor: bool, active: bool) -> ProductValues:
        """Return the typed values for the actions; without the right to see it the floor price stays."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        known = {key: typed[key] for key in ProductValues.__dataclass_fields__ if key in typed}
        if not sees_floor:
            known.pop("floor_price", None)
        return ProductValues(**known, active=active, keep_floor=not sees_floor)


class NewProductForm(ProductFields, forms.CreationForm):
    """A new product."""


class ProductForm(ProductFields, forms.EditForm):
    """A change of a product."""


def without_floor(form: NewProductForm | ProductForm, sees_floor: bool) -> None:
    """Take the floor price out of a form whose reader may not see it."""
    if not sees_floor:
        del form.floor_price


def filled_from(product: Product, sees_floor: bool) -> ProductForm:
    """Return the form of a product as it is."""
    form = ProductForm(obj=product)
    without_floor(form, sees_floor)
    form.version.data = product.version
    return form
