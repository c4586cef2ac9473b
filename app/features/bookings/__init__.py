"""Bookings of cars 用车: asked for, agreed, dispatched, out and back; no car is ever given twice at a time."""

from flask import Flask

from app.features.bookings import models as models
from app.features.bookings import registry as registry


def register(app: Flask) -> None:
    """Bring the feature into the application."""
