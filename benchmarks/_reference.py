"""The reference page: what Flask itself costs for a signed-in reader of thirty rows, on the same server.

Flask, Flask-Login, the user loaded from the database, one ORM read of 30 of 100,000 rows, a bare table of 5 KB.
Started as ``python -m benchmarks._reference PORT FOLDER``.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask, redirect, render_template
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 100_000
SHOWN = 30
TABLE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rows</title></head><body>
<p>{{ current_user.name }}</p>
<table><thead><tr><th>Number</th><th>Customer</th><th>Total</th><th>State</th><th>Valid until</th></tr></thead><tbody>
{% for row in rows %}<tr><td><a href="/rows/{{ row.id }}">{{ row.number }}</a></td><td>{{ row.customer }}</td>
<td>{{ row.total }}</td><td>{{ row.status }}</td><td>{{ row.valid_until }}</td></tr>
{% endfor %}</tbody></table></body></html>
"""


class Base(DeclarativeBase):
    """The parent of the two tables."""


db = SQLAlchemy(model_class=Base)


class Person(UserMixin, db.Model):  # type: ignore[name-defined, misc]
    """Who is signed in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Row(db.Model):  # type: ignore[name-defined, misc]
    """A row of the table."""

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    customer: Mapped[str]
    total: Mapped[int]
    status: Mapped[str]
    valid_until: Mapped[date]
    created_at: Mapped[datetime]


def create_app(folder: Path) -> Flask:
    """Return the application over a database in the folder, filled when it is new."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "the key of a measurement"
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'reference.sqlite3'}"
    app.jinja_loader = DictLoader({"rows.html": TABLE})
    db.init_app(app)
    manager = LoginManager(app)
    manager.user_loader(lambda identity: db.session.get(Person, int(identity)))

    @app.get("/login")
    def login():
        login_user(db.session.get(Person, 1))
        return redirect("/rows")

    @app.get("/rows")
    @login_required
    def rows():
        found = db.session.execute(select(Row).order_by(Row.id.desc()).limit(SHOWN)).scalars().all()
        return render_template("rows.html", rows=found)

    with app.app_context():
        db.create_all()
        if db.session.get(Person, 1) is None:
            fill()
        db.session.remove()
        db.engine.dispose()
    return app


def fill() -> None:
    """Write the person and the rows."""
    day, moment = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    db.session.add(Person(id=1, name="王建国"))
    rows = [
        {
            "number": f"BJ-2026-{place:05d}",
            "customer": f"江苏测试液压有限公司 {place % 60}",
            "total": place * 37,
            "status": "issued",
            "valid_until": day + timedelta(days=place % 300),
            "created_at": moment,
        }
        for place in range(ROWS)
    ]
    db.session.execute(insert(Row), rows)
    db.session.commit()


def serve(port: int, folder: Path) -> None:
    """Serve as ``manage.py run`` serves: as many processes and threads, loaded once and forked."""
    import multiprocessing  # slow import

    from granian import Granian  # slow import
    from granian.constants import Interfaces  # slow import
    from granian.log import LogLevels  # slow import

    from launcher.server import THREADS, WORKERS  # slow import

    app = create_app(folder)
    multiprocessing.set_start_method("fork", force=True)
    Granian(
        "benchmarks._reference:app",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve(target_loader=lambda *_: app)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
