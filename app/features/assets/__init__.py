"""Equipment 设备: everything has a name on it, changes hands by agreement of two, and is counted."""

from flask import Flask

from app.features.assets import models as models
from app.features.assets import registry as registry


def register(app: Flask) -> None:
    """Bring the feature into the application."""
