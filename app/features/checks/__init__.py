"""Checks 执行检查: what was found of a clause at a person or a department, and what came of it."""

from flask import Flask

from app.core.i18n import lazy
from app.features.checks import registry as registry
from app.features.checks import views
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="checks",
            label=lazy("执行检查"),
            icon="checklist",
            endpoint="checks.index",
            section="rules",
            permission=tuple(str(permission) for permission in registry.READERS),
            module=registry.MODULE,
            order=30,
        )
    )
