"""An application of the edge and the people feature alone, with views that do what real ones should never do."""

import errno
import sqlite3
from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy.exc import IntegrityError, OperationalError

import config
from app import ROOT
from app.core.db import db, session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale, Throttled
from app.core.settings import SettingRow
from app.core.uow import unit_of_work
from app.features.people import signin_views, structure_views, views
from app.features.people.enums import PeoplePerm
from app.web import guard, setup

PROBLEMS = {
    "denied": lambda: Denied("people:only-own"),
    "hidden": lambda: NotVisible(),
    "conflict": lambda: Conflict("core:race"),
    "stale": lambda: Stale("周文静", "11-23 09:41", ("单价: 1 → 2",)),
    "invalid": lambda: Invalid(),
    "throttled": lambda: Throttled(90, "2 分钟"),
    "full": lambda: OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")),
    "readonly": lambda: OperationalError(
        "INSERT", {}, sqlite3.OperationalError("attempt to write a readonly database")
    ),
    "locked": lambda: OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked")),
    "away": lambda: OperationalError("SELECT", {}, sqlite3.OperationalError("unable to open database file")),
    "race": lambda: IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed")),
    "no-space": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "read-only-disk": lambda: OSError(errno.EROFS, "Read-only file system"),
    "lost-file": lambda: FileNotFoundError(errno.ENOENT, "gone"),
    "bug": lambda: ZeroDivisionError("a secret of the program"),
}


@guard.public
def refuse(name: str) -> Response:
    raise PROBLEMS[name]()


@guard.public
def write_on_get() -> str:
    session.add(SettingRow(key="x", value=1))
    session.flush()
    return "written"


@guard.public
def write_and_fail() -> str:
    with unit_of_work():
        session.add(SettingRow(key="half", value=1))
        raise Conflict("core:race")


@guard.public
def echo_form() -> str:
    return f"{len(request.form)} {request.host}"


@guard.requires(PeoplePerm.MANAGE, confirmed=True)
def dangerous() -> str:
    return "done"


def edge_app(data: Path, *, finish: bool = True, **settings: object) -> Flask:
    """Return the application with its tables made."""
    app = Flask("edge", root_path=str(ROOT), static_folder="static", template_folder="templates")
    setup.configure(app, config.Testing({"ZHANGCHENG_DATA": str(data)}))
    app.config.update(settings)
    db.init_app(app)
    setup.install(app)
    for blueprint in (signin_views.blueprint, views.blueprint, structure_views.blueprint):
        app.register_blueprint(blueprint)
    app.add_url_rule("/refuse/<name>", "refuse", refuse, methods=["GET", "POST"])
    app.add_url_rule("/write-on-get", "write_on_get", write_on_get)
    app.add_url_rule("/write-and-fail", "write_and_fail", write_and_fail, methods=["POST"])
    app.add_url_rule("/echo", "echo_form", echo_form, methods=["POST"])
    app.add_url_rule("/dangerous", "dangerous", dangerous, methods=["GET", "POST"])
    if finish:
        setup.finish(app)
    with app.app_context():
        db.create_all()
    return app
