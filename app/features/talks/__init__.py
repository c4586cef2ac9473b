"""One-to-one talks 谈话: private to the two, agenda and notes of both, agreements with their days."""

from flask import Flask

from app.core.i18n import lazy
from app.features.talks import indicators as indicators
from app.features.talks import registry as registry
from app.features.talks import views
from app.features.talks.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="talks",
            label=lazy("一对一谈话"),
            icon="message",
            endpoint="talks.index",
            section="team",
            module=MODULE,
            order=73,
        )
    )
