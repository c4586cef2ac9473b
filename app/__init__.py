"""Zhangcheng 章程: the intranet of a sales and marketing department."""

from importlib import import_module
from pathlib import Path

from flask import Flask

from app.core import clock, erasures, files, kept_uploads
from app.core.db import db

ROOT = Path(__file__).resolve().parent.parent

# Lower features first: a feature may use those before it, never those after it.
FEATURES = (
    "people",
    "profiles",
    "directory",
    "acknowledgements",
    "customers",
    "products",
    "seals",
    "rules",
    "assets",
    "counts",
    "vehicles",
    "bookings",
    "supervision",
    "checks",
    "proposals",
    "daily_questions",
    "announcements",
    "escalations",
    "resolutions",
    "meetings",
    "talks",
    "training",
    "mentoring",
    "activities",
    "exams",
    "cases",
    "suggestions",
    "curriculum",
    "drills",
    "inquiries",
    "quotations",
    "verify",
    "figures",
    "home",
    "admin",
)


def create_app(config: object | None = None) -> Flask:
    """Return the application: configuration, database, edge, features, in this order.

    ``config`` is a configuration object or class; None chooses by the environment (see config.py).
    """
    from app import cli  # slow import
    from app.web import setup  # slow import
    from app.web.application import Application  # slow import

    app = Application(__name__, root_path=str(ROOT), static_folder="static", template_folder="templates")
    setup.configure(app, config)
    clock.set_company_zone(app.config["COMPANY_TIME_ZONE"])
    files.use_folder(Path(app.config["DATA_FOLDER"]) / "files")
    kept_uploads.use_folder(Path(app.config["DATA_FOLDER"]) / "uploads")
    erasures.use_folder(Path(app.config["BACKUP_FOLDER"]))
    db.init_app(app)
    setup.install(app)
    for name in FEATURES:
        import_module(f"app.features.{name}").register(app)
    setup.finish(app)
    cli.install(app)
    return app
