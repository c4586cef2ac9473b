"""Equipment 设备: everything has a name on it, changes hands by agreement of two, and is counted."""

from flask import Flask

from app.core.i18n import lazy, lazy_in_context
from app.features.assets import catalogue_views as catalogue_views
from app.features.assets import hand_over_views as hand_over_views
from app.features.assets import indicators as indicators
from app.features.assets import models as models
from app.features.assets import paper_views as paper_views
from app.features.assets import person_views as person_views
from app.features.assets import registry as registry
from app.features.assets import scan_views as scan_views
from app.features.assets import upkeep
from app.features.assets.enums import MODULE, AssetPerm
from app.features.assets.import_views import blueprint
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(blueprint)
    upkeep.register(app)
    nav.register_nav(
        nav.NavItem(
            key="assets",
            label=lazy_in_context("list", "设备"),
            icon="package",
            endpoint="assets.index",
            section="things",
            permission=(AssetPerm.VIEW_ALL, AssetPerm.KEEP),
            module=MODULE,
            order=10,
        ),
        nav.NavItem(
            key="my_assets",
            label=lazy("我的设备"),
            icon="device-desktop",
            endpoint="assets.mine",
            section=nav.PERSONAL,
            module=MODULE,
        ),
    )
