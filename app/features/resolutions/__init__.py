"""Resolutions 决议落实: what a leader or a meeting decided, who carries it out until when, checked by another."""

from flask import Flask

from app.core.i18n import lazy
from app.features.resolutions import answers as answers
from app.features.resolutions import indicators as indicators
from app.features.resolutions import panel as panel
from app.features.resolutions import registry as registry
from app.features.resolutions import views
from app.features.resolutions.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="resolutions",
            label=lazy("决议落实"),
            icon="checklist",
            endpoint="resolutions.index",
            section="team",
            module=MODULE,
            order=71,
            within="meetings",
        )
    )
