"""Administration: first run, settings, modules, permissions, log, backup."""

from flask import Flask

from app.core import settings, timeline
from app.core.i18n import lazy
from app.features.admin import registry as registry
from app.features.admin import set_up_views, views
from app.features.admin.enums import AdminPerm
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application; it comes last and shows what all others registered."""
    app.register_blueprint(views.blueprint)
    set_up_views.install(app)
    timeline.register_field_labels(
        {f"installation.{setting.key}": setting.label for setting in settings.registered()}
    )
    nav.register_nav(
        nav.NavItem(
            key="admin",
            label=lazy("系统设置"),
            icon="settings",
            endpoint="admin.settings_page",
            section="admin",
            permission=AdminPerm.SETTINGS,
            order=10,
        ),
        nav.NavItem(
            key="audit",
            label=lazy("操作日志"),
            icon="history",
            endpoint="admin.audit",
            section="admin",
            permission=AdminPerm.AUDIT,
            order=40,
        ),
    )
