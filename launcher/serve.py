"""``manage.py run``: make the data folder ready, bring the database up to date, serve, say where."""

import argparse
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher import folder
from launcher.console import Refusal, tell
from launcher.environment import ROOT
from launcher.main import data_folder, flask_command, variables_for

DEFAULT_PORT = 8000
LAST_PORT = 8019
WORKERS = 2
THREADS = 4
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - an intranet is for the office, not for one computer
READY_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """Where the program answers, and with what: address, port, certificate and key for HTTPS."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        """Return http or https."""
        return "https" if self.certificate else "http"

    def address(self, host: str) -> str:
        """Return the address to type into a browser for one of this computer's names."""
        usual = 443 if self.certificate else 80
        shown = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{shown}" + ("" if self.port == usual else f":{self.port}") + "/"


def run(options: argparse.Namespace) -> int:
    """Start the system and return when it was stopped."""
    data = data_folder(options)
    folder.remove_unfinished_demo(data)
    folder.prepare(data)
    variables = variables_for(data)
    report = set_up(variables, demo=not options.empty and not options.verify_only)
    site = choose_site(options, data, report)
    # behind a proxy that ends HTTPS the environment says so
    if site.certificate or "ZHANGCHENG_SCHEME" not in variables:
        variables["ZHANGCHENG_SCHEME"] = site.scheme
    if options.verify_only:
        variables["ZHANGCHENG_VERIFY_ONLY"] = "1"
    os.environ.update(variables)
    os.chdir(ROOT)
    threading.Thread(target=announce, args=(site, report), daemon=True).start()
    jobs = not options.no_jobs and not options.verify_only
    if os.name == "nt" and site.certificate is None:
        serve_with_waitress(site, jobs=jobs)
    else:
        serve_with_granian(site, jobs=jobs)
    tell("已停止。", "Stopped.")
    return 0


def set_up(variables: dict[str, str], *, demo: bool) -> dict[str, Any]:
    """Let the program bring its database up to date; return what it reports (demo, accounts, whether set up).

    Raises Refusal where that fails; its own words have been printed by then.
    """
    command = flask_command(["setup", "--demo" if demo else "--empty"])
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Refusal("系统未能启动，原因见上。", "The system could not be started, for the reason above.")
    report: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return report


def choose_site(options: argparse.Namespace, data: Path, report: dict[str, Any]) -> Site:
    """Return where to serve: the office's network for a company, this computer alone for a demo or before set-up."""
    host = options.host or (EVERYWHERE if report["ready"] and not report["demo"] else LOOPBACK)
    certificate, key = data / "keys" / "https" / "server.pem", data / "keys" / "https" / "server-key.pem"
    secured = certificate.exists() and key.exists()
    port = choose_port(host, options.port)
    return Site(host, port, certificate, key) if secured else Site(host, port)


def choose_port(host: str, wanted: int | None) -> int:
    """Return the wanted port, else the first free one from 8000. Raises Refusal where it is taken or forbidden."""
    if wanted is not None:
        problem = port_problem(host, wanted)
        if problem is None:
            return wanted
        raise Refusal(
            f"端口 {wanted} 无法使用（{problem}）。请换一个端口（--port）或先停止占用它的程序。",
            f"Port {wanted} cannot be used ({problem}). Choose another (--port) or stop the program that has it.",
        )
    for port in range(DEFAULT_PORT, LAST_PORT + 1):
        if port_problem(host, port) is None:
            if port != DEFAULT_PORT:
                tell(
                    f"端口 {DEFAULT_PORT} 已被占用，改用 {port}。",
                    f"Port {DEFAULT_PORT} is taken, using {port} instead.",
                )
            return port
    raise Refusal(
        f"端口 {DEFAULT_PORT} 到 {LAST_PORT} 都无法使用（{port_problem(host, DEFAULT_PORT)}），请用 --port 指定。",
        f"Ports {DEFAULT_PORT} to {LAST_PORT} cannot be used ({port_problem(host, DEFAULT_PORT)}): name one (--port).",
    )


def port_problem(host: str, port: int) -> str | None:
    """Return why a port cannot be listened on, in the words of the operating system; None where it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as trial:
        if os.name != "nt":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
            trial.listen(1)
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", None) or str(error)
    return None


def serve_with_granian(site: Site, *, jobs: bool) -> None:
    """Serve with two processes of four threads each; one that dies is replaced. Returns after SIGTERM or Ctrl+C."""
    import multiprocessing  # slow import

    from granian import Granian  # slow import
    from granian.constants import Interfaces, SSLProtocols  # slow import
    from granian.http import HTTP1Settings  # slow import
    from granian.log import LogLevels  # slow import

    # a process forked from one with threads may inherit a lock that nobody will ever release
    multiprocessing.set_start_method("spawn", force=True)
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
        http1_settings=HTTP1Settings(),
        log_level=LogLevels.warning,
        ssl_cert=site.certificate,
        ssl_key=site.key,
        ssl_protocol_min=SSLProtocols.tls12,
        workers_kill_timeout=15,
    )
    worker = start_jobs() if jobs else None
    try:
        server.serve()
    finally:
        if worker is not None:
            worker.stop()


def serve_with_waitress(site: Site, *, jobs: bool) -> None:
    """Serve with one process of eight threads, on Windows. Returns after Ctrl+C."""
    from waitress.server import create_server  # slow import

    from wsgi import app  # slow import

    server = create_server(app, host=site.host, port=site.port, threads=THREADS * WORKERS, ident=None)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    worker = start_jobs() if jobs else None
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        if worker is not None:
            worker.stop()


class JobThread(threading.Thread):
    """The background work of the launcher: waits until the first page is served, then runs what is due."""

    def __init__(self) -> None:
        super().__init__(name="jobs", daemon=True)
        self.stopping = threading.Event()
        self.worker: Any = None

    def run(self) -> None:
        """Load the program and hand over to its worker."""
        # the pages come first: both cores are busy loading the servers in the first seconds
        if self.stopping.wait(3):
            return
        from app.core.jobs import Worker  # slow import
        from wsgi import app  # slow import

        self.worker = Worker(f"launcher-{os.getpid()}", app.app_context)
        self.worker.start()

    def stop(self) -> None:
        """End after the current job."""
        self.stopping.set()
        if self.worker is not None:
            self.worker.stop()


def start_jobs() -> JobThread:
    """Start the background work in a thread of this process."""
    thread = JobThread()
    thread.start()
    return thread


def announce(site: Site, report: dict[str, Any]) -> None:
    """Wait until the first page is served, then print the addresses and, for a demo, its accounts."""
    if not wait_until_ready(site):
        return
    lines = [site.address(host) for host in reachable_hosts(site.host)]
    tell("\n章程已启动，请在浏览器打开：", "\nZhangcheng is running. Open in a browser:")
    for line in lines:
        print(f"  {line}", flush=True)
    if report["demo"]:
        tell(
            "演示账户（密码都是 " + report["password"] + "）：",
            f"Demo accounts (password {report['password']}):",
        )
        for account in report["accounts"]:
            print("  " + "  ".join(account), flush=True)
    elif not report["ready"]:
        tell(
            "首次使用：先在本机浏览器完成设置，然后停止（Ctrl+C）并重新启动，同事即可访问。",
            "First start: complete the set-up in a browser on this computer, then stop (Ctrl+C) and start again"
            " to open the system to your colleagues.",
        )
    tell("按 Ctrl+C 停止。", "Press Ctrl+C to stop.")


def wait_until_ready(site: Site) -> bool:
    """Ask for a page until one comes; False after a minute without."""
    host = LOOPBACK if site.host == EVERYWHERE else "::1" if site.host == "::" else site.host
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        connection: http.client.HTTPConnection
        if site.certificate is None:
            connection = http.client.HTTPConnection(host, site.port, timeout=30)
        else:
            # only the own server on this computer is asked whether it is awake
            context = ssl._create_unverified_context()  # noqa: S323
            connection = http.client.HTTPSConnection(host, site.port, timeout=30, context=context)
        with closing(connection):
            try:
                connection.request("GET", "/verify")
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            else:
                return True
    return False


def reachable_hosts(host: str) -> list[str]:
    """Return the names by which this computer is reached: all of them where it listens everywhere."""
    if host not in (EVERYWHERE, "::"):
        return [host]
    names = [socket.gethostname()]
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            # connecting a datagram socket sends nothing; it only asks which own address would be used
            probe.connect(("192.0.2.1", 9))
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    return ["localhost", *dict.fromkeys(name for name in names if name)]
