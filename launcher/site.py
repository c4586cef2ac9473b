"""Where the program answers: address, port, scheme, and the names to type into a browser."""

import os
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from launcher.console import Refusal, tell

DEFAULT_PORT = 8000
LAST_PORT = 8019
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - an intranet is for the office, not for one computer


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


def choose_site(data: Path, host: str | None, wanted_port: int | None, *, is_open: bool) -> Site:
    """Return where to serve: the office's network where it is open to colleagues, else this computer alone."""
    host = host or (EVERYWHERE if is_open else LOOPBACK)
    certificate, key = data / "keys" / "https" / "server.pem", data / "keys" / "https" / "server-key.pem"
    secured = certificate.exists() and key.exists()
    port = choose_port(host, wanted_port)
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
