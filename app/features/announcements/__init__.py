"""Announcements 通知公告: to whom they are addressed, from when to when, and who has confirmed having read them."""

from flask import Flask

from app.core.i18n import lazy
from app.features.announcements import registry as registry
from app.features.announcements import views
from app.features.announcements.enums import MODULE
from app.features.announcements.file_gate import may_read_stored
from app.web import documents, lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    documents.register_file_gate("announcement", may_read_stored)
    lists.register_list_label("announcements.receipts", lazy("通知确认情况"))
    nav.register_nav(
        nav.NavItem(
            key="announcements",
            label=lazy("通知公告"),
            icon="bell",
            endpoint="announcements.index",
            section="team",
            module=MODULE,
            order=10,
        )
    )
