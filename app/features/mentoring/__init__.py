"""Mentoring 以优带优: who teaches whom, what for, the note of every week, the reviews and what both sides say."""

from flask import Flask

from app.core.i18n import lazy
from app.features.mentoring import registry as registry
from app.features.mentoring import views
from app.features.mentoring.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="mentoring",
            label=lazy("以优带优"),
            icon="user-plus",
            endpoint="mentoring.index",
            section="team",
            module=MODULE,
            order=40,
        )
    )
