"""Training: sessions weekly and single, the pool of topics, seats and queue, signing in, feedback."""

from flask import Flask

from app.features.training import models as models


def register(app: Flask) -> None:
    """Bring the feature in."""
