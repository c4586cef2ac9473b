"""Importing equipment over HTTP: the pages every kind of import has, on this feature's addresses."""

from app.features.assets import page
from app.features.assets.imports import KIND
from app.features.assets.views import blueprint
from app.web import imports as import_pages
from app.web.guard import current_actor


def trail() -> list[tuple[str, str]]:
    return page.trail(current_actor())


import_pages.add_pages(blueprint, KIND, trail)
