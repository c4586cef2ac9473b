"""Importing customers over HTTP: the pages every kind of import has, on this feature's addresses."""

from app.features.customers.imports import KIND
from app.features.customers.views import blueprint, trail
from app.web import imports as import_pages

import_pages.add_pages(blueprint, KIND, trail)
