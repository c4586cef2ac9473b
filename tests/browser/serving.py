"""A demo company behind a server of its own, for the browser: ``python -m tests.browser.serving load|serve …``.

The clock starts on the morning for which the demo was made and runs on from there, so that a test never depends
on the hour at which it is run: a telephone call at 9:00 lies in the past, the working day is not over.
"""

import sys
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from waitress import serve

import config
from app import create_app, demo
from app.core import clock, settings
from app.core.db import db
from app.core.uow import unit_of_work
from launcher import folder

MORNING = datetime(2026, 11, 23, 1, 41, tzinfo=UTC)  # 9:41 in the company's zone


def running_from(moment: datetime) -> ContextVar[Callable[[], datetime] | None]:
    """Return a clock for all threads that shows the moment now and runs on."""
    ahead = moment - datetime.now(UTC)
    return ContextVar("clock", default=lambda: datetime.now(UTC) + ahead)


def load(data: Path) -> None:
    """Make the folder of a demo company that worked until the evening before MORNING."""
    folder.prepare(data)
    folder.set_kind(data, folder.DEMO)
    app = create_app(config.Production({"ZHANGCHENG_DATA": str(data)}))
    with app.app_context():
        db.create_all()
        demo.load(today=clock.to_local(MORNING).date(), progress=lambda line: None)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


def serve_from(data: Path, port: int) -> None:
    """Serve the folder on the loopback address until the process is ended."""
    clock._clock = running_from(MORNING)
    app = create_app(config.Production({"ZHANGCHENG_DATA": str(data)}))
    with app.app_context(), unit_of_work():
        settings.put("verification.public_url", f"http://127.0.0.1:{port}")
    serve(app, host="127.0.0.1", port=port, threads=6)


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(Path(sys.argv[2]))
    else:
        serve_from(Path(sys.argv[2]), int(sys.argv[3]))
