"""Regular meetings between departments 部门会议: planned by themselves, minutes that open resolutions, confirmed."""

from flask import Flask

from app.core.i18n import lazy
from app.features.meetings import registry as registry
from app.features.meetings import series_views as series_views
from app.features.meetings import views
from app.features.meetings.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="meetings",
            label=lazy("部门会议"),
            icon="users",
            endpoint="meetings.index",
            section="team",
            module=MODULE,
            order=70,
        )
    )
