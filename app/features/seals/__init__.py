"""Seals: the legal entities, their seals in three hands, the register of use, the signing key."""

from pathlib import Path

from flask import Flask

from app.core.i18n import lazy, lazy_in_context
from app.features.seals import keys, marks, request_page, request_views, views
from app.features.seals import registry as registry
from app.features.seals.enums import SEAL_REQUEST, SealPerm
from app.web import documents as files_of_documents
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    keys.use_folder(Path(app.config["DATA_FOLDER"]) / "keys")
    marks.use_demo(bool(app.config.get("DEMO")))
    app.register_blueprint(views.blueprint)
    files_of_documents.register_file_gate(SEAL_REQUEST, request_page.may_read_stored)
    lists.register_list_label("seals.register", lazy("用印登记"))
    nav.register_nav(
        nav.NavItem(
            key="seal_requests",
            label=lazy_in_context("list", "用印"),
            icon="file-certificate",
            endpoint="seals.requests",
            section="sales",
            permission=request_views.READERS,
            module="seal_requests",
            order=49,
        ),
        nav.NavItem(
            key="seals",
            label=lazy_in_context("list", "印章"),
            icon="rubber-stamp",
            endpoint="seals.index",
            section="sales",
            permission=SealPerm.VIEW,
            module="quotations",
            order=50,
        ),
    )
