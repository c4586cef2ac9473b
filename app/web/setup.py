"""The edge put together: configuration, then everything between the network and the features, in its order."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

import config as configuration
from app.core import clock
from app.core.db import LARGEST_ID, end_reading
from app.web import compiled_templates, documents, errors, guard, preferences, security, session, static, ui

LONGEST_REMEMBERED = timedelta(days=90)


class IdConverter(IntegerConverter):
    """An id in an address: one that no database could hold is simply not found."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, **{"max": LARGEST_ID, **options})


def configure(app: Flask, config: object | None) -> None:
    """Read the configuration: an object or class of config.py, or the one the environment names."""
    if config is None:
        config = configuration.load()
    elif isinstance(config, type):
        config = config()
    app.config.from_object(config)
    app.config["DATA_FOLDER"] = app.config["DATA_DIR"]
    app.config.setdefault("COMPANY_TIME_ZONE", clock.DEFAULT_ZONE)
    # The row of a sign-in decides how long it lasts; the cookie only has to live as long.
    app.config["PERMANENT_SESSION_LIFETIME"] = LONGEST_REMEMBERED
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:"):
        Path(app.config["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    else:
        # the connection used last comes first: it knows the plans of what is asked most
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"pool_pre_ping": True, "pool_use_lifo": True})


def install(app: Flask) -> None:
    """Install the edge. The order of the hooks is the order in which a request meets them."""
    proxies = app.config.get("PROXIES", 0)
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    # Escaping does not depend on how a template is named.
    app.jinja_env.autoescape = True
    app.url_map.converters["int"] = IdConverter
    security.install(app)
    session.install(app)
    guard.install(app)
    CSRFProtect(app)
    errors.install(app)
    preferences.install(app)
    app.register_blueprint(documents.blueprint)
    ui.install(app)
    static.install(app)
    compiled_templates.keep(app.jinja_env)

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if error is None:
            end_reading()


def finish(app: Flask) -> None:
    """Check what must hold of the whole application; raises RuntimeError for a view without a policy."""
    guard.check_every_view(app)
