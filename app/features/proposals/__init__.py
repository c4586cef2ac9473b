"""Reward and penalty proposals 奖惩建议: by a clause, with evidence, heard, decided by another, open to appeal."""

from flask import Flask

from app.core.i18n import lazy
from app.features.proposals import paper_views as paper_views
from app.features.proposals import registry as registry
from app.features.proposals import tip_views as tip_views
from app.features.proposals import views
from app.features.proposals.actions import MODULE, PUBLIC
from app.features.proposals.enums import READERS
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("proposals.public", lazy("奖励公示"))
    lists.register_list_label("proposals.tips_list", lazy("奖惩线索"))
    lists.register_list_label("proposals.statistics", lazy("奖惩统计"))
    nav.register_nav(
        nav.NavItem(
            key="proposals",
            label=lazy("奖惩建议"),
            icon="certificate",
            endpoint="proposals.index",
            section="rules",
            permission=tuple(str(permission) for permission in READERS),
            module=MODULE,
            order=40,
        ),
        nav.NavItem(
            key="rewards",
            label=lazy("奖励公示"),
            icon="circle-check",
            endpoint="proposals.public",
            section="rules",
            module=PUBLIC,
            order=41,
        ),
    )
