"""The library of cases 案例库: what one did, why it worked or failed, and what others learn from it."""

from flask import Flask

from app.core.i18n import lazy
from app.features.cases import panels, views
from app.features.cases import registry as registry
from app.features.cases.enums import CASE, MODULE
from app.features.customers import panels as customer_panels
from app.features.products import panels as product_panels
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    customer_panels.register(
        "cases/_panel.html", panels.of_customer, place=customer_panels.SIDE, of_documents=CASE
    )
    product_panels.register(
        "cases/_panel.html", panels.of_product, place=product_panels.SIDE, of_documents=CASE
    )
    nav.register_nav(
        nav.NavItem(
            key="cases",
            label=lazy("案例库"),
            icon="file-text",
            endpoint="cases.index",
            section="team",
            module=MODULE,
            order=60,
        )
    )
