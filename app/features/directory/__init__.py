"""The directory 通讯录 and the organisation chart 组织架构: positions by date, then, now and planned."""

from flask import Flask

from app.core.i18n import lazy
from app.features.directory import models as models
from app.features.directory import plan_views, position_views, views
from app.features.directory import registry as registry
from app.features.directory.enums import MODULE
from app.features.people.enums import PeoplePerm
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    for blueprint in (views.blueprint, position_views.blueprint, plan_views.blueprint):
        app.register_blueprint(blueprint)
    lists.register_list_label("structure_plans.index", lazy("架构规划"))
    nav.register_nav(
        nav.NavItem(
            key="directory",
            label=lazy("通讯录"),
            icon="phone",
            endpoint="directory.index",
            section="team",
            permission=PeoplePerm.VIEW,
            module=MODULE,
            order=90,
        ),
        nav.NavItem(
            key="structure",
            label=lazy("组织架构"),
            icon="sitemap",
            endpoint="directory.show_structure",
            section="team",
            permission=PeoplePerm.VIEW,
            module=MODULE,
            order=91,
            within="directory",
        ),
    )
