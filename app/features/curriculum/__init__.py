"""The curriculum 培养: career levels, plans by stage and level, who has had what, points, records."""

from flask import Flask

from app.core.i18n import lazy
from app.features.curriculum import registry as registry
from app.features.curriculum import views
from app.features.curriculum.enums import MODULE
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    lists.register_list_label("curriculum.matrix", lazy("科目覆盖表"))
    lists.register_list_label("curriculum.points_list", lazy("培训积分"))
    nav.register_nav(
        nav.NavItem(
            key="curriculum",
            label=lazy("培养计划"),
            icon="school",
            endpoint="curriculum.index",
            section="team",
            module=MODULE,
            order=31,
            within="training",
        ),
        nav.NavItem(
            key="own-training",
            label=lazy("我的培训档案"),
            icon="certificate",
            endpoint="curriculum.mine",
            section="personal",
            module=MODULE,
            order=60,
        ),
    )
