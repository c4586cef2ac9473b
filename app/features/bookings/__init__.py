"""Bookings of cars 用车: asked for, agreed, dispatched, out and back; no car is ever given twice at a time."""

from flask import Flask

from app.core.i18n import lazy
from app.features.bookings import ask_views as ask_views
from app.features.bookings import (
    calendar_views,
    car_panels,
    day_line_views,
    paper_views,
    trip_log_views,
    views,
)
from app.features.bookings import models as models
from app.features.bookings import registry as registry
from app.features.bookings.enums import BOOKING, MODULE, BookingPerm
from app.features.vehicles import panels as vehicle_panels
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(day_line_views.blueprint)
    app.register_blueprint(calendar_views.blueprint)
    app.register_blueprint(paper_views.blueprint)
    app.register_blueprint(trip_log_views.blueprint)
    app.register_blueprint(views.blueprint)
    vehicle_panels.register("bookings/_car_ways.html", car_panels.ways, place="actions", of_documents=BOOKING)
    lists.register_list_label("bookings.index", lazy("全部用车"))
    lists.register_list_label("trip_log.index", lazy("行车记录"))
    lists.register_list_label("trip_log.report", lazy("用车月报"))
    nav.register_nav(
        nav.NavItem(
            key="bookings",
            label=lazy("用车"),
            icon="car",
            endpoint="day_line.index",
            section="things",
            permission=BookingPerm.REQUEST,
            module=MODULE,
            order=40,
            bar=3,
        )
    )
