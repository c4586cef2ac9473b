"""Suggestions 合理化建议: anybody writes, with or without a name; everyone is answered and followed to effect."""

from flask import Flask

from app.core.i18n import lazy
from app.features.suggestions import more_views as more_views
from app.features.suggestions import receipt_views as receipt_views
from app.features.suggestions import registry as registry
from app.features.suggestions import views
from app.features.suggestions.enums import MODULE
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("suggestions.desk", lazy("建议办理时限"))
    lists.register_list_label("suggestions.board", lazy("合理化建议公示"))
    lists.register_list_label("suggestions.figures", lazy("建议统计"))
    lists.register_list_label("suggestions.themes", lazy("每月主题"))
    nav.register_nav(
        nav.NavItem(
            key="suggestions",
            label=lazy("合理化建议"),
            icon="bulb",
            endpoint="suggestions.index",
            section="team",
            module=MODULE,
            order=20,
        )
    )
