"""A running installation for proofs and benchmarks: its data folder, its server, and browsers over HTTP."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

import config
from app import create_app
from app.core.db import db, session
from launcher import folder, postgres
from launcher.console import Refusal
from launcher.environment import ROOT
from tests.client import Page

PASSWORD = "zhangcheng-demo"
READY_SECONDS = 120
STOP_SECONDS = 30


def variables(data: Path, database: str = "") -> dict[str, str]:
    """Return the environment in which the program finds this installation and no other."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ZHANGCHENG", "DATABASE"))}
    own = {"ZHANGCHENG_DATA": str(data), "PYTHONUTF8": "1", "FLASK_SKIP_DOTENV": "1"}
    return {**kept, **own, **({"DATABASE_URL": database} if database else {})}


@contextmanager
def databases(work: Path) -> Iterator[list[tuple[str, Path, str]]]:
    """Give (engine, data folder, DATABASE_URL) of SQLite and, where it is installed, of a thrown-away PostgreSQL."""
    try:
        server = postgres.server()
        url = server.__enter__()
    except Refusal:
        yield [("SQLite", work / "sqlite", "")]
        return
    try:
        yield [("SQLite", work / "sqlite", ""), ("PostgreSQL", work / "postgresql", url)]
    finally:
        server.__exit__(None, None, None)


def install(data: Path, database: str = "") -> None:
    """Set up an empty installation as ``manage.py run --empty`` does, without serving it."""
    folder.prepare(data)
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "setup", "--empty"],
        cwd=ROOT,
        env=variables(data, database),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


@contextmanager
def opened(data: Path, database: str = "") -> Iterator[Flask]:
    """Open an installation in this very process, to set the stage or to look at what is stored."""
    app = create_app(config.load(variables(data, database)))
    with app.app_context():
        try:
            yield app
        finally:
            session.remove()
            db.engine.dispose()


class Server:
    """The server of an installation, started as the README says."""

    def __init__(self, data: Path, database: str = "", *options: str) -> None:
        self.port = postgres.free_port()
        self.data = data
        self.started = time.monotonic()
        command = [sys.executable, "manage.py", "run", "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--data", str(data), *options],
            cwd=ROOT,
            env=variables(data, database),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            # a group of its own, so that all its processes can be ended at one blow and nothing else is
            start_new_session=True,
        )
        self.ready_after = self._wait()

    def _wait(self) -> float:
        said = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            if f"http://127.0.0.1:{self.port}/" in line:
                return time.monotonic() - self.started
        raise RuntimeError("the server did not start:\n" + "".join(said))

    def stop(self) -> None:
        """End the server as Ctrl+C does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End all its processes at once, as a power failure would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def processes(self) -> list[int]:
        """Return the ids of the launcher and of everything it started."""
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        found = [self.process.pid]
        for identity in found:
            found += [child for child, parent in parents.items() if parent == identity]
        return found


@contextmanager
def served(data: Path, database: str = "", *options: str) -> Iterator[Server]:
    """Serve an installation for the time of a block."""
    server = Server(data, database, *options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


class Browser:
    """One person's browser: keeps cookies, opens pages, sends forms as they stand on the page."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self.status = 0
        self.location = ""
        self.body = b""

    def request(self, method: str, address: str, fields: Mapping[str, str] | str | None = None) -> int:
        """Send a request on a connection of its own and return the status; ``fields`` may be encoded already."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = fields if isinstance(fields, str) else urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            self.body = answer.read()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies.update({name: item.value for name, item in SimpleCookie(line).items()})
            self.status, self.location = answer.status, answer.headers.get("Location", "")
        return self.status

    def get(self, address: str) -> Page:
        """Open a page; AssertionError where it does not answer 200."""
        status = self.request("GET", address)
        assert status == 200, f"GET {address}: {status}"
        return Page(self.body.decode())

    def form(self, page: str, action: str | None = None, **typed: str) -> dict[str, str]:
        """Open the page of a form and return what it would send, with some of it typed."""
        return {**self.get(page).values(action or page), **typed}

    def sign_in(self, name: str) -> "Browser":
        """Sign in with the password of all invented people."""
        fields = self.form("/login", login=name, password=PASSWORD)
        fields.pop("remember", None)
        assert self.request("POST", "/login", fields) == 303, f"{name} could not sign in"
        return self


def examine(data: Path, database: str = "") -> str:
    """Run ``manage.py check`` and return what it found, empty where it found nothing."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--data", str(data)],
        cwd=ROOT,
        env=variables(data, database),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def install_demo(data: Path, database: str = "") -> None:
    """Load the demo company into a new data folder, as the first ``manage.py run`` does."""
    folder.prepare(data)
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "setup", "--demo"],
        cwd=ROOT,
        env=variables(data, database),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
