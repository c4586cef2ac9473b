"""Team activities 团队活动: proposed, voted on, approved with a budget, enrolled in, held, recorded, settled."""

from flask import Flask

from app.core.i18n import lazy
from app.features.activities import models as models
from app.features.activities import registry as registry
from app.features.activities import views
from app.features.activities.enums import MODULE, ActivityPerm
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("activities.years", lazy("活动年度汇总"))
    nav.register_nav(
        nav.NavItem(
            key="activities",
            label=lazy("团队活动"),
            icon="calendar",
            endpoint="activities.index",
            section="team",
            permission=ActivityPerm.TAKE_PART,
            module=MODULE,
            order=80,
        )
    )
