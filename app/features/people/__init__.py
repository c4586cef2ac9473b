"""People: accounts and sign-in, departments, roles, delegation by date."""

from flask import Flask

from app.core.i18n import lazy
from app.features.people import registry as registry
from app.features.people import signin_views, structure_views, views
from app.features.people.enums import PeoplePerm
from app.web import nav, session


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    for blueprint in (signin_views.blueprint, views.blueprint, structure_views.blueprint):
        app.register_blueprint(blueprint)
    session.use_accounts(signin_views.load_identity, signin_views.note_seen)
    session.on_preference(signin_views.keep_preference)
    nav.register_nav(
        nav.NavItem(
            key="people",
            label=lazy("人员"),
            icon="users",
            endpoint="people_directory.index",
            section="admin",
            permission=PeoplePerm.MANAGE,
            order=20,
        )
    )
