"""The processes that serve: two workers, one process for background work, and the words at the start.

On Linux the program is loaded once and the processes are forked from it, which shares its memory and saves its
loading time; nothing in the loading process has threads or open connections. macOS starts each afresh.
"""

import gc
import http.client
import multiprocessing
import os
import signal
import ssl
import sys
import threading
import time
from contextlib import closing
from contextvars import copy_context
from multiprocessing.process import BaseProcess
from typing import Any

from launcher.console import tell
from launcher.site import EVERYWHERE, LOOPBACK, Site, reachable_hosts

WORKERS = 2
THREADS = 4
READY_SECONDS = 60
STOP_SECONDS = 15
# Every installation serves it to everybody.
FIRST_PAGE = "/verify"

Report = dict[str, Any]


def serve(site: Site, report: Report, *, jobs: bool) -> None:
    """Serve until SIGTERM or Ctrl+C."""
    if os.name == "nt" and site.certificate is None:
        serve_with_waitress(site, report, jobs=jobs)
    else:
        serve_with_granian(site, report, jobs=jobs)


def serve_with_granian(site: Site, report: Report, *, jobs: bool) -> None:
    """Serve with two processes of four threads each; one that dies is replaced."""
    from granian import Granian  # slow import
    from granian.constants import Interfaces, SSLProtocols  # slow import
    from granian.log import LogLevels  # slow import

    method = "fork" if sys.platform.startswith("linux") else "spawn"
    multiprocessing.set_start_method(method, force=True)
    if method == "fork":
        load_once()
    # Windows cannot share the listening socket between processes
    workers = 1 if os.name == "nt" else WORKERS
    server = Granian(
        "wsgi:app",
        address=site.host,
        port=site.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS * WORKERS // workers,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=site.certificate,
        ssl_key=site.key,
        ssl_protocol_min=SSLProtocols.tls12,
        workers_kill_timeout=STOP_SECONDS,
    )
    companion = multiprocessing.Process(target=accompany, args=(site, report, jobs, os.getpid()), name="jobs")
    companion.start()
    try:
        server.serve()
    finally:
        stop_companion(companion)


def load_once() -> None:
    """Load the program before the processes are forked, and keep the collector from touching what they share.

    The libraries of papers and what the first page leaves behind are loaded as well: they make up half of what each
    process would otherwise hold for itself.
    """
    gc.disable()
    from app.core import papers  # slow import
    from app.core.db import db  # slow import
    from wsgi import app  # slow import

    papers.load()
    # what a request leaves in its context must not be found by another process
    copy_context().run(app.test_client().get, FIRST_PAGE)
    with app.app_context():
        # a connection to the database must never be shared by two processes
        db.engine.dispose()
    gc.freeze()
    gc.enable()


def stop_companion(companion: BaseProcess) -> None:
    """End the process of the background work after its current job, at the latest after a while."""
    companion.terminate()
    companion.join(STOP_SECONDS)
    if companion.is_alive():
        companion.kill()


def accompany(site: Site, report: Report, jobs: bool, parent: int) -> None:
    """Be the process beside the workers: announce the start, then run the background work until told to stop."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    # Ctrl+C reaches every process of a terminal; the launcher decides when this one ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    announce(site, report, stopping)
    if not jobs:
        return
    from app.core.jobs import Worker  # slow import
    from wsgi import app  # slow import

    worker = Worker(f"launcher-{os.getpid()}", app.app_context)
    worker.start()
    # a launcher that was killed leaves its companion to itself: end then, too
    while not stopping.wait(1) and (os.name == "nt" or os.getppid() == parent):
        pass
    worker.stop(STOP_SECONDS - 5)


def serve_with_waitress(site: Site, report: Report, *, jobs: bool) -> None:
    """Serve with one process of eight threads, on Windows; background work is a thread of it."""
    from waitress.server import create_server  # slow import

    from app.core.jobs import Worker  # slow import
    from wsgi import app  # slow import

    server = create_server(app, host=site.host, port=site.port, threads=THREADS * WORKERS, ident=None)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    threading.Thread(target=announce, args=(site, report, threading.Event()), daemon=True).start()
    worker = Worker(f"launcher-{os.getpid()}", app.app_context)
    if jobs:
        worker.start()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        worker.stop()


def announce(site: Site, report: Report, stopping: threading.Event) -> None:
    """Wait until the first page is served, then print the addresses and, for a demo, its accounts."""
    if not wait_until_ready(site, stopping):
        return
    tell("\n章程已启动，请在浏览器打开：", "\nZhangcheng is running. Open in a browser:")
    for host in reachable_hosts(site.host):
        print(f"  {site.address(host)}", flush=True)
    if report["demo"]:
        from app import demo  # slow import

        tell(f"演示账户（密码都是 {demo.PASSWORD}）：", f"Demo accounts (password {demo.PASSWORD}):")
        for account in demo.ACCOUNTS:
            print("  " + "  ".join(account), flush=True)
    elif not report["ready"]:
        tell(
            "首次使用：先在本机浏览器完成设置，然后停止（Ctrl+C）并重新启动，同事即可访问。",
            "First start: complete the set-up in a browser on this computer, then stop (Ctrl+C) and start"
            " again to open the system to your colleagues.",
        )
    tell("按 Ctrl+C 停止。", "Press Ctrl+C to stop.")


def wait_until_ready(site: Site, stopping: threading.Event) -> bool:
    """Ask for a page until one comes; False after a minute without, or when the start was given up."""
    host = LOOPBACK if site.host == EVERYWHERE else "::1" if site.host == "::" else site.host
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not stopping.is_set():
        connection: http.client.HTTPConnection
        if site.certificate is None:
            connection = http.client.HTTPConnection(host, site.port, timeout=30)
        else:
            # only the own server on this computer is asked whether it is awake
            context = ssl._create_unverified_context()  # noqa: S323
            connection = http.client.HTTPSConnection(host, site.port, timeout=30, context=context)
        with closing(connection):
            try:
                connection.request("GET", FIRST_PAGE)
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            else:
                return True
    return False
