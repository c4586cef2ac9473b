"""A PostgreSQL server for the tests alone: made in a temporary folder, thrown away afterwards."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from launcher.console import Refusal

USER = "zhangcheng"
START_SECONDS = 60
# durability is what a server that is thrown away does not need
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "timezone": "UTC",
}


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server: the one in POSTGRES_TEST_URL, else one started for this block.

    Its account may create databases. Raises Refusal where PostgreSQL is not installed or does not start.
    """
    given = os.environ.get("POSTGRES_TEST_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="zhangcheng-postgresql-") as work:
        folder = Path(work)
        account = unprivileged_account()
        if account:
            shutil.chown(folder, account)
        password = make_cluster(folder, account)
        port = free_port()
        process = start(folder, account, port)
        try:
            wait_until_ready(process, port, folder / "log")
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait(30)


def program(name: str) -> str:
    """Return the path of a program of the PostgreSQL server, the newest version's; Refusal where it is missing."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parent.parent.name)
    )
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise Refusal(
            f"找不到 {name}，请安装 PostgreSQL（Debian：apt install postgresql）。",
            f"{name} was not found: install PostgreSQL (on Debian: apt install postgresql).",
        )
    return path


def unprivileged_account() -> str | None:
    """Return the account under which PostgreSQL runs where this process is root, whom it refuses; None elsewhere."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd  # optional

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def as_account(account: str | None, command: list[str]) -> list[str]:
    """Return the command as it is run under another account."""
    return ["runuser", "-u", account, "--", *command] if account else command


def make_cluster(folder: Path, account: str | None) -> str:
    """Make the files of a server and return the password of its account."""
    password = secrets.token_urlsafe(24)
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    if account:
        shutil.chown(secret, account)
    command = [program("initdb"), "-D", str(folder / "data"), "-U", USER, "--encoding=UTF8", "--locale=C"]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
    done = subprocess.run(
        as_account(account, command), capture_output=True, text=True, cwd=folder, check=False
    )
    secret.unlink()
    if done.returncode:
        raise Refusal(f"initdb 失败：{done.stderr}", f"initdb failed: {done.stderr}")
    return password


def free_port() -> int:
    """Return a port that nobody uses now."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def start(folder: Path, account: str | None, port: int) -> subprocess.Popen[bytes]:
    """Start the server and return its process; what it says goes to a log in its folder."""
    command = [program("postgres"), "-D", str(folder / "data"), "-p", str(port)]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            as_account(account, command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )


def wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server takes connections. Raises Refusal with its log where it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if "ready to accept connections" in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.1)
    text = log.read_text(encoding="utf-8", errors="replace")[-1000:]
    raise Refusal(
        f"PostgreSQL 未能启动（端口 {port}）：{text}", f"PostgreSQL did not start (port {port}): {text}"
    )
