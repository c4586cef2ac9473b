"""The edge alone, with an empty database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.db import db
from tests.client import Client
from tests.web.edge import edge_app


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Flask]:
    app = edge_app(tmp_path, PROPAGATE_EXCEPTIONS=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(edge: Flask) -> Client:
    return Client(edge)
