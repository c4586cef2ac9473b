"""The demo company, loaded once for all tests that look at it."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

import config
from app import create_app, demo
from app.core import clock, files, i18n
from app.core.db import db, session
from app.features.seals import keys, marks
from tests.conftest import worker_database

# A Monday after a week without holidays; the half year before it holds the long holiday of October.
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def demo_app(
    app: Flask, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """An application of its own with the demo company in it."""
    data = tmp_path_factory.mktemp("demo")
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    own = create_app(
        config.Testing(
            {"ZHANGCHENG_DATA": str(data), "DATABASE_URL": worker_database(f"demo_{worker}", data)}
        )
    )
    with own.app_context():
        db.create_all()
        demo.load(today=TODAY, progress=lambda line: None)
    # the tests of other seals run in this process too
    marks.use_demo(False)
    yield own
    with own.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def database(demo_app: Flask, app: Flask) -> Iterator[None]:
    """The demo's database for every test here, on the morning for which it was made; nobody writes to it."""
    data = Path(demo_app.config["DATA_DIR"])
    files.use_folder(data / "files")
    keys.use_folder(data / "keys")
    moment = clock.from_local(datetime.combine(TODAY, time(8, 30)))
    with demo_app.app_context(), clock.frozen(moment):
        i18n.set_locale(i18n.CHINESE)
        session.execute(text("SELECT 1"))
        yield
        session.remove()
    own = Path(app.config["DATA_DIR"])
    files.use_folder(own / "files")
    keys.use_folder(own / "keys")
