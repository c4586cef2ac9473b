"""What happens to equipment besides changing hands: repair, loss, damage, scrapping, borrowing, self-checks."""

from flask import Flask

from app.core.i18n import lazy
from app.features.assets import panels
from app.features.assets.upkeep import document_views as document_views
from app.features.assets.upkeep import page, views
from app.features.assets.upkeep import registry as registry
from app.web import lists


def register(app: Flask) -> None:
    """Bring the upkeep of equipment into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("upkeep.repair_list", lazy("设备维修"))
    lists.register_list_label("upkeep.incident_list", lazy("报失报损"))
    lists.register_list_label("upkeep.scrapping_list", lazy("设备报废"))
    lists.register_list_label("upkeep.overdue_list", lazy("逾期未还"))
    lists.register_list_label("upkeep.self_check_list", lazy("设备自查"))
    panels.register("upkeep/ways.html", page.ways, place="actions")
    panels.register("upkeep/panel.html", page.panel)
