"""One question a day 每日一题: the questions of the rules in force come back until they are known."""

from flask import Flask

from app.features.daily_questions import registry as registry
from app.features.daily_questions import views


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
