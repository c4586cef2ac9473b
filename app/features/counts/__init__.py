"""Stock counts 盘点: what should stand somewhere against what does, and what is done about the difference."""

from flask import Flask

from app.features.counts import models as models


def register(app: Flask) -> None:
    """Bring the feature into the application."""
