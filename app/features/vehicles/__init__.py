"""Vehicles 车辆: the car with its papers, defects, costs and fines, and who is responsible for it."""

from flask import Flask

from app.features.vehicles import models as models
from app.features.vehicles import registry as registry


def register(app: Flask) -> None:
    """Bring the feature into the application."""
