"""The workbench: what waits, notices, search, the sheet of the day."""

from flask import Flask

from app.core.i18n import lazy
from app.features.home import indicators as indicators
from app.features.home import queries, views
from app.features.home import registry as registry
from app.features.inquiries import panels as inquiry_panels
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("home.notices", lazy("通知"))
    nav.register_nav(
        nav.NavItem(
            key="home",
            label=lazy("工作台"),
            icon="home",
            endpoint="home.index",
            section="work",
            order=0,
            bar=5,
        ),
        nav.NavItem(
            key="tasks",
            label=lazy("待办"),
            icon="inbox",
            endpoint="home.tasks",
            section="work",
            order=10,
            count=queries.count_tasks,
            bar=1,
        ),
        nav.NavItem(
            key="shortcuts",
            label=lazy("键盘快捷键"),
            icon="list-details",
            endpoint="home.shortcuts",
            section=nav.PERSONAL,
            order=90,
        ),
    )
    inquiry_panels.register(
        "home/remind_panel.html",
        lambda inquiry, actor: views.reminder_panel("inquiry", inquiry.id, actor),
        place=inquiry_panels.REMIND,
    )
