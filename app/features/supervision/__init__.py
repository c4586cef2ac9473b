"""Supervision 执行看板: clauses bound to indicators and flows, and the board of how far they are kept."""

from flask import Flask

from app.core.i18n import lazy
from app.features.supervision import figures, views
from app.features.supervision import registry as registry
from app.features.supervision.enums import SupervisionPerm
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("supervision.exceptions", lazy("例外名单"))
    nav.register_nav(
        nav.NavItem(
            key="supervision",
            label=lazy("执行看板"),
            icon="list-details",
            endpoint="supervision.board",
            section="rules",
            permission=SupervisionPerm.BOARD,
            module=figures.MODULE,
            order=20,
        )
    )
