"""Bookings of cars 用车: asked for, agreed, dispatched, out and back; no car is ever given twice at a time."""

from flask import Flask

from app.features.bookings import calendar_views, day_line_views
from app.features.bookings import models as models
from app.features.bookings import registry as registry


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(day_line_views.blueprint)
    app.register_blueprint(calendar_views.blueprint)

    from flask import Blueprint  # STUB
    from app.web.guard import signed_in  # STUB

    stub = Blueprint("bookings", "stub", url_prefix="/bookings")  # STUB

    @stub.get("/new", endpoint="new")  # STUB
    @signed_in  # STUB
    def new() -> str:  # STUB
        return "new"  # STUB

    @stub.get("/all", endpoint="index")  # STUB
    @signed_in  # STUB
    def index() -> str:  # STUB
        return "all"  # STUB

    app.register_blueprint(stub)  # STUB
