"""A client that costs little: a bounded number of GET requests over a few kept connections.

Run as a process of its own: ``python -m benchmarks._load PORT ADDRESS COOKIE COUNT CONNECTIONS`` prints seconds and
the bytes of one answer.
"""

import selectors
import socket
import sys
import time

LARGEST = 1 << 20
WAIT_SECONDS = 60


class Kept:
    """One connection: what is still to come of the present answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        self.received = b""
        self.expected = 0

    def send(self, request: bytes) -> None:
        """Ask for the page."""
        self.received, self.expected = b"", 0
        self.socket.sendall(request)

    def receive(self) -> int:
        """Take what has come; return the size of the answer once it is whole, else 0."""
        data = self.socket.recv(LARGEST)
        if not data:
            raise ConnectionError("the server closed a kept connection")
        self.received += data
        if not self.expected:
            head, found, _body = self.received.partition(b"\r\n\r\n")
            if not found:
                return 0
            if not head.startswith(b"HTTP/1.1 200"):
                raise ConnectionError(head.decode("latin-1"))
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.expected = len(head) + 4 + int(length.split(b":")[1])
        return self.expected if len(self.received) >= self.expected else 0


def load(port: int, address: str, cookie: str, count: int, connections: int) -> tuple[float, int]:
    """Send ``count`` requests and return the seconds they took and the bytes of the last answer, headers included."""
    request = (
        f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        "Accept-Language: zh-CN\r\nAccept: text/html\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    kept = [Kept(port) for _ in range(min(connections, count))]
    sent = size = answered = 0
    started = time.perf_counter()
    for connection in kept:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
        sent += 1
    while answered < count:
        ready = selector.select(WAIT_SECONDS)
        if not ready:
            raise TimeoutError(address)
        for key, _events in ready:
            whole = key.data.receive()
            if whole:
                answered, size = answered + 1, whole
                if sent < count:
                    key.data.send(request)
                    sent += 1
    seconds = time.perf_counter() - started
    for connection in kept:
        connection.socket.close()
    return seconds, size


if __name__ == "__main__":
    taken, answer = load(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    print(taken, answer)
