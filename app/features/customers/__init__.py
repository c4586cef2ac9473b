"""Customers: who they are, who cares for them."""

from flask import Flask

from app.core.i18n import lazy_in_context
from app.features.customers import contact_views as contact_views
from app.features.customers import hand_over_views as hand_over_views
from app.features.customers import import_views
from app.features.customers import registry as registry
from app.features.customers.enums import CustomerPerm
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(import_views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="customers",
            label=lazy_in_context("list", "客户"),
            icon="building",
            endpoint="customers.index",
            section="sales",
            permission=CustomerPerm.VIEW,
            order=10,
        )
    )
