"""Profiles: what people give of themselves and to whom, birthdays in either calendar, cards, thanks, growth."""

from flask import Flask

from app.core.files import StoredFile
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.people import panels
from app.features.profiles import people_views, views, visibility
from app.features.profiles import registry as registry
from app.features.profiles.enums import MODULE, PROFILE
from app.web import documents, nav


def may_read_photo(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may see a photo: the present one of somebody who shows it to them."""
    seen = visibility.visible_fields(actor, [row.doc_id])[row.doc_id]
    return seen.photo_id == row.id


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    documents.register_file_gate(PROFILE, may_read_photo)
    panels.register(
        "profiles/person_panel.html", people_views.person_panel, place=panels.SIDE, of_documents=PROFILE
    )
    nav.register_nav(
        nav.NavItem(
            key="profile",
            label=lazy("我的资料"),
            icon="user",
            endpoint="profiles.own",
            section=nav.PERSONAL,
            module=MODULE,
            order=10,
        )
    )
