"""Training: sessions weekly and single, the pool of topics, seats and queue, signing in, feedback."""

from flask import Flask

from app.core.i18n import lazy
from app.features.training import (
    catalogue_views,
    paper_views,
    people_views,
    series_views,
    topic_views,
    views,
)
from app.features.training import registry as registry
from app.features.training.enums import MODULE
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    for module in (views, people_views, paper_views, topic_views, series_views, catalogue_views):
        app.register_blueprint(module.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="training",
            label=lazy("培训"),
            icon="school",
            endpoint="training.index",
            section="team",
            module=MODULE,
            order=30,
        )
    )
