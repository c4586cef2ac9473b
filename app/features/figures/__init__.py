"""Figures: win rate, reporting, answers, quotations per month, each number with the way to its rows."""

from flask import Flask

from app.core import modules
from app.core.i18n import lazy
from app.features.figures import indicators as indicators
from app.features.figures import registry, views
from app.features.figures.enums import FiguresPerm
from app.web import lists, nav

modules.register(
    modules.Module("figures", lazy("统计"), preset=modules.STANDARD, parent="quotations", order=60)
)


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    registry.register()
    app.register_blueprint(views.blueprint)
    for endpoint, label in views.PAGES[1:]:
        lists.register_list_label(endpoint, label)
    lists.register_list_label("figures.rows", lazy("统计明细"))
    nav.register_nav(
        nav.NavItem(
            key="figures",
            label=lazy("统计"),
            icon="list-details",
            endpoint="figures.index",
            section="sales",
            permission=FiguresPerm.VIEW,
            module="figures",
            order=70,
        )
    )
