"""Products: what we sell, and the price list."""

from flask import Flask

from app.core.i18n import lazy_in_context
from app.features.products import import_views
from app.features.products import registry as registry
from app.features.products.enums import ProductPerm
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(import_views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="products",
            label=lazy_in_context("list", "产品"),
            icon="package",
            endpoint="products.index",
            section="sales",
            permission=ProductPerm.VIEW,
            module="products_menu",
            kept_for=ProductPerm.EDIT,
            order=50,
        )
    )
