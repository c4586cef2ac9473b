"""The demo company behind a server, and Chromium in front of it."""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from app.demo import PASSWORD
from config import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = 1360, 390
START_WITHIN = 90
PATIENCE = 20_000
# The browser itself reports an answer of 4xx here; that answer is what some tests want.
EXPECTED_COMPLAINT = "Failed to load resource: the server responded with a status of 4"

expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def database() -> None:
    """No database in this process: the server has its own."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def demo_company(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the loaded demo, made once for all workers of a run; never served itself."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder = shared / "demo-company"
    with (shared / "demo-company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "loaded").exists():
            command = [sys.executable, "-m", "tests.browser.serving", "load", str(folder)]
            subprocess.run(command, cwd=ROOT, check=True)
            (folder / "loaded").touch()
    return folder


@pytest.fixture(scope="module")
def site(demo_company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a copy of the demo, of this module alone."""
    folder = tmp_path_factory.mktemp("site") / "data"
    shutil.copytree(demo_company, folder)
    yield from served(folder)


def served(folder: Path) -> Iterator[str]:
    """Serve a data folder for as long as the address that is given is asked for."""
    port = free_port()
    command = [sys.executable, "-m", "tests.browser.serving", "serve", str(folder), str(port)]
    log = folder.with_name("server.log")
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base, process, log)
        yield base
    finally:
        process.terminate()
        process.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


def wait_for(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return once the server answers."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/verify", timeout=10):
            return
        time.sleep(0.2)
    raise AssertionError(f"no answer from {base}: {log.read_text()}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Of a module, not of the session: its event loop must not stand around the tests of others.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


def sign_in(page: Page, site: str, account: str) -> None:
    page.goto(f"{site}/login")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


class Visits:
    """Opens browsers for people; afterwards no console may have complained."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self.chromium = chromium
        self.site = site
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.options: dict[str, Any] = {}
        self.language = "zh"
        self.theme = "light"

    def prefer(
        self, *, language: str = "zh", theme: str = "light", width: int = WIDE, **options: Any
    ) -> None:
        """Choose how the browsers opened from now on are set."""
        self.language, self.theme = language, theme
        self.options = {"viewport": {"width": width, "height": 900}, **options}

    def open(self, account: str = "", address: str = "/", kept: dict[str, Any] | None = None) -> Page:
        """Return a page of a browser of its own, of a person of the demo or of a stranger.

        ``kept`` holds what earlier browsers of the people kept, so that nobody has to sign in twice.
        """
        state = (kept or {}).get(account)
        context = self.chromium.new_context(**{"locale": "zh-CN", **self.options}, storage_state=state)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        if account and state is None:
            sign_in(page, self.site, account)
            if kept is not None:
                kept[account] = context.storage_state()
        # After signing in: the account's own choice is taken over then.
        for name, value in (("language", self.language), ("theme", self.theme)):
            context.add_cookies([{"name": name, "value": value, "url": self.site}])
        if kept is None:
            page.goto(self.site + address)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED_COMPLAINT):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()


@pytest.fixture
def visits(chromium: Browser, site: str) -> Iterator[Visits]:
    """Browsers of this test; their consoles stayed silent."""
    visits = Visits(chromium, site)
    visits.prefer()
    yield visits
    visits.close()
    assert not visits.complaints, visits.complaints
