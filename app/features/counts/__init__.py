"""Stock counts 盘点: what should stand somewhere against what does, and what is done about the difference."""

from flask import Flask

from app.core.i18n import lazy
from app.features.counts import models as models
from app.features.counts import registry as registry
from app.features.counts import views
from app.features.counts.enums import MODULE, READERS
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("counts.line_list", lazy("盘点明细"))
    nav.register_nav(
        nav.NavItem(
            key="counts",
            label=lazy("盘点"),
            icon="list-details",
            endpoint="counts.index",
            section="things",
            permission=tuple(str(permission) for permission in READERS),
            module=MODULE,
            order=20,
        )
    )
