"""Configuration, read once from the environment when the program starts.

Everything an installation owns lies in one data folder: ``database.sqlite3``, ``files/`` and ``keys/``. The
variables read here:

=======================  ================================================================================
ZHANGCHENG_ENV           development, testing or production (the default)
ZHANGCHENG_DATA          the data folder; ``instance`` beside this file when absent
DATABASE_URL             PostgreSQL instead of the SQLite file in the data folder
SECRET_KEY               signs cookies; otherwise ``keys/secret_key`` in the data folder is used
ZHANGCHENG_SCHEME        https when the launcher serves with a certificate; http otherwise
ZHANGCHENG_HOSTS         host names that are answered, comma separated; all when absent
ZHANGCHENG_PROXIES       number of trusted reverse proxies in front (X-Forwarded-*); 0 when absent
ZHANGCHENG_TIME_ZONE     zone of the company's calendar; Asia/Shanghai when absent, fixed after set-up
ZHANGCHENG_VERIFY_ONLY   1: nothing but the verification page is served
=======================  ================================================================================
"""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024
SHORTEST_SECRET = 32
WEAK_SECRETS = ("secret", "changeme", "change-me", "development", "testing", "password", "zhangcheng")
# When Python's collector looks for things that hold each other: after so many new ones, and the next generations after
# so many times. A page of two hundred lines makes ten thousand that are dropped one by one; at Python's own setting the
# collector looked through them several times a page, a sixth of its time.
COLLECTOR = (20_000, 10, 10)


class ConfigurationError(Exception):
    """The installation cannot start as it is configured; the message says what to change."""


class Base:
    """Settings common to all environments.

    Construct it with a mapping of environment variables and hand the instance to ``app.config.from_object``.
    Raises ConfigurationError when the environment holds something unusable.
    """

    DEBUG = False
    TESTING = False

    # Long forms are posted urlencoded; files have forms of their own. A page of 200 lines with 12 fields each
    # must pass, a text of one megabyte must reach its field to be refused there with a sentence.
    MAX_CONTENT_LENGTH = 52 * MEGABYTE
    MAX_FORM_MEMORY_SIZE = 4 * MEGABYTE
    MAX_FORM_PARTS = 5_000

    # A form left open over lunch must still be accepted; the token dies with the session instead.
    WTF_CSRF_TIME_LIMIT = None
    WTF_I18N_ENABLED = False
    # The token and the Origin header carry the protection: a Referer is often stripped in an office network.
    WTF_CSRF_SSL_STRICT = False

    SESSION_COOKIE_NAME = "zhangcheng"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_PATH = "/"
    SESSION_REFRESH_EACH_REQUEST = False
    PREFERRED_URL_SCHEME = "http"

    SQLALCHEMY_TRACK_MODIFICATIONS = False
    SQLALCHEMY_RECORD_QUERIES = False
    TEMPLATES_AUTO_RELOAD = False

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self.DATA_DIR = Path(environ.get("ZHANGCHENG_DATA") or ROOT / "instance").resolve()
        self.FILES_DIR = self.DATA_DIR / "files"
        self.KEYS_DIR = self.DATA_DIR / "keys"
        self.BACKUP_FOLDER = self.backup_folder()
        self.DEMO = is_demo(self.DATA_DIR)
        self.SQLALCHEMY_DATABASE_URI = database_url(environ, self.DATA_DIR)
        self.SECRET_KEY = self.secret_key(environ)
        https = environ.get("ZHANGCHENG_SCHEME", "http") == "https"
        # A Secure cookie is dropped by browsers under plain HTTP with a host name, and nobody could sign in.
        self.SESSION_COOKIE_SECURE = https
        self.PREFERRED_URL_SCHEME = "https" if https else "http"
        hosts = [host.strip() for host in environ.get("ZHANGCHENG_HOSTS", "").split(",") if host.strip()]
        self.TRUSTED_HOSTS = hosts or None
        self.PROXIES = _small_number(environ, "ZHANGCHENG_PROXIES")
        self.COMPANY_TIME_ZONE = environ.get("ZHANGCHENG_TIME_ZONE") or "Asia/Shanghai"
        self.VERIFY_ONLY = environ.get("ZHANGCHENG_VERIFY_ONLY") == "1"

    def backup_folder(self) -> Path:
        """Return where backups are written: beside the program, never inside the data folder they must outlive."""
        return ROOT / "backups"

    def secret_key(self, environ: Mapping[str, str]) -> str:
        """Return the key that signs cookies, from the environment or from the data folder."""
        given = environ.get("SECRET_KEY")
        if given:
            return given
        path = self.KEYS_DIR / "secret_key"
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The secret key {path} cannot be read: {error}") from error


class Development(Base):
    """For work on the program itself: reloads templates, accepts a missing secret key."""

    DEBUG = True
    TEMPLATES_AUTO_RELOAD = True

    def secret_key(self, environ: Mapping[str, str]) -> str:
        """Return the configured key or a fixed one, which no other environment accepts."""
        return super().secret_key(environ) or "development"


class Testing(Base):
    """For the test suite: one fixed key; forms keep their protection."""

    TESTING = True

    def backup_folder(self) -> Path:
        """Return a folder beside the data of the tests: a test never writes into the checkout."""
        return self.DATA_DIR.with_name(f"{self.DATA_DIR.name}-backups")

    def secret_key(self, environ: Mapping[str, str]) -> str:
        """Return a fixed key."""
        return "testing"


class Production(Base):
    """For every real installation and for the demo company."""

    def secret_key(self, environ: Mapping[str, str]) -> str:
        """Return the configured key. Raises ConfigurationError when it is missing, short or well known."""
        key = super().secret_key(environ)
        if not key:
            raise ConfigurationError(
                "There is no secret key: start with `manage.py run`, which makes"
                f" {self.KEYS_DIR / 'secret_key'}, or set SECRET_KEY."
            )
        if len(key) < SHORTEST_SECRET or len(set(key)) < 8 or key.lower().startswith(WEAK_SECRETS):
            raise ConfigurationError(
                f"SECRET_KEY is too weak: at least {SHORTEST_SECRET} random characters are needed."
            )
        return key


ENVIRONMENTS: dict[str, type[Base]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def load(environ: Mapping[str, str] | None = None) -> Base:
    """Return the configuration that ZHANGCHENG_ENV names, production when it names none."""
    environ = os.environ if environ is None else environ
    name = environ.get("ZHANGCHENG_ENV") or "production"
    if name not in ENVIRONMENTS:
        raise ConfigurationError(f"ZHANGCHENG_ENV is {name!r}; known are {', '.join(ENVIRONMENTS)}.")
    return ENVIRONMENTS[name](environ)


def database_url(environ: Mapping[str, str], data_folder: Path) -> str:
    """Return the SQLAlchemy URL: PostgreSQL when DATABASE_URL says so, else the file in the data folder."""
    given = environ.get("DATABASE_URL", "")
    if not given:
        return "sqlite:///" + (data_folder / "database.sqlite3").as_posix()
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    if given.startswith(("postgresql+psycopg://", "sqlite:///")):
        return given
    raise ConfigurationError("DATABASE_URL must begin with postgresql:// or sqlite:///.")


def is_demo(data_folder: Path) -> bool:
    """Tell whether the data folder holds the demo company; written once by the launcher, never changed."""
    try:
        return (data_folder / "keys" / "installation").read_text(encoding="ascii").strip() == "demo"
    except (OSError, UnicodeDecodeError):
        return False


def _small_number(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name) or "0"
    if text not in {"0", "1", "2", "3"}:
        raise ConfigurationError(f"{name} must be a number from 0 to 3, not {text!r}.")
    return int(text)
