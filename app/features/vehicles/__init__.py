"""Vehicles 车辆: the car with its papers, defects, costs and fines, and who is responsible for it."""

from flask import Flask

from app.core.i18n import lazy_in_context
from app.features.assets import panels as item_panels
from app.features.vehicles import (
    correction_views,
    defect_views,
    fine_views,
    indicators,
    licence_views,
    models,
    page,
    paper_views,
    registry,
)
from app.features.vehicles.enums import MODULE, VEHICLE, VehiclePerm
from app.features.vehicles.views import blueprint
from app.web import nav

# Each registers itself where it is imported.
PARTS = (correction_views, defect_views, fine_views, indicators, licence_views, models, paper_views, registry)


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(blueprint)
    item_panels.register("vehicles/_item.html", page.of_item, place="actions", of_documents=VEHICLE)
    nav.register_nav(
        nav.NavItem(
            key="vehicles",
            label=lazy_in_context("list", "车辆"),
            icon="car",
            endpoint="vehicles.index",
            section="things",
            permission=(VehiclePerm.MANAGE, VehiclePerm.VIEW_COSTS),
            module=MODULE,
            order=30,
        )
    )
