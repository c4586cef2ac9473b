"""Acknowledgements 确认书: every employee's letter on the use of the account and on delivery by it, signed by hand."""

from flask import Flask

from app.core.i18n import lazy
from app.features.acknowledgements import registry as registry
from app.features.acknowledgements import views
from app.features.acknowledgements.enums import MODULE, AcknowledgementPerm
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="acknowledgements",
            label=lazy("送达确认书"),
            icon="certificate",
            endpoint="acknowledgements.index",
            section="rules",
            permission=AcknowledgementPerm.KEEP,
            module=MODULE,
            order=60,
        )
    )
