"""Quotations: built from answers, reviewed by the manager, sealed, issued, and able to prove themselves."""

from flask import Flask

from app.features.customers import panels as customer_panels
from app.features.inquiries import panels as inquiry_panels
from app.features.quotations import editor_views as editor_views
from app.features.quotations import panels, registry, step_views, views
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    registry.register()
    app.register_blueprint(step_views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="quotations",
            label=registry.NAV_LABEL,
            icon="file-invoice",
            endpoint="quotations.index",
            section="sales",
            permission=views.READERS,
            module="quotations",
            order=21,
            bar=2,
        )
    )
    inquiry_panels.register("quotations/_inquiry_panel.html", panels.inquiry_panel, place=inquiry_panels.SIDE)
    customer_panels.register(
        "quotations/_customer_panel.html", panels.customer_panel, of_documents=registry.DOC_TYPE
    )
