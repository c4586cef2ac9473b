"""Reports upwards and requests across 重大问题汇报、部门协办: put to somebody, seen, answered in time, done with."""

from flask import Flask

from app.core.i18n import lazy
from app.features.escalations import indicators as indicators
from app.features.escalations import panel as panel
from app.features.escalations import registry as registry
from app.features.escalations import views
from app.features.escalations.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="escalations",
            label=lazy("汇报与协办"),
            icon="arrow-up",
            endpoint="escalations.index",
            section="team",
            module=MODULE,
            order=72,
        )
    )
