"""Drills 情景演练: survey, proposal and negotiation rehearsed, scored by several judges, talked over."""

from flask import Flask

from app.core.i18n import lazy
from app.features.drills import registry as registry
from app.features.drills import template_views, views
from app.features.drills.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(template_views.blueprint)
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="drills",
            label=lazy("情景演练"),
            icon="user-check",
            endpoint="drills.index",
            section="team",
            module=MODULE,
            order=50,
        )
    )
