"""Load: many connections driven from one thread, prebuilt requests, so that the client costs the server little."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What a load run saw: answers in order of arrival, seconds each took, and seconds in all."""

    answers: list[bytes] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.answers) / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which ``share`` of the answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def http_request(body: bytes, path: str = "/fsi/api/rsfComIfsService/callService") -> bytes:
    """The bytes of a keep-alive POST."""
    head = (
        "POST",
        path,
        "HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length:",
        str(len(body)),
    )
    return " ".join(head).encode() + b"\r\n\r\n" + body


class _Connection:
    """One connection: sends a request, collects its answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.began = 0.0

    def send(self, request: bytes) -> None:
        self.received = b""
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> bytes | None:
        """The body once it is whole, else None."""
        chunk = self.socket.recv(65536)
        assert chunk, "the server closed the connection"
        self.received += chunk
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        lowered = head.lower()
        at = lowered.index(b"content-length:") + 15
        length = int(lowered[at : lowered.find(b"\r\n", at) if b"\r\n" in lowered[at:] else None])
        return body if len(body) >= length else None


def drive(port: int, requests: Sequence[bytes], clients: int) -> Outcome:
    """Send every request once over ``clients`` connections, each sending its next when its last was answered."""
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    outcome = Outcome()
    began = time.perf_counter()
    busy = 0
    for _ in range(clients):
        request = next(waiting, None)
        if request is None:
            break
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
        busy += 1
    while busy:
        for key, _ in selector.select():
            connection = key.data
            answer = connection.answer()
            if answer is None:
                continue
            outcome.answers.append(answer)
            outcome.latencies.append(time.perf_counter() - connection.began)
            request = next(waiting, None)
            if request is None:
                selector.unregister(connection.socket)
                connection.socket.close()
                busy -= 1
            else:
                connection.send(request)
    outcome.seconds = time.perf_counter() - began
    return outcome


def paced(port: int, requests: Sequence[bytes], per_second: float, clients: int) -> Outcome:
    """Send requests at a steady rate over at most ``clients`` connections, whether or not earlier ones are answered.

    A latency counts from the moment the request was due, so that a server that makes its clients wait cannot hide it.
    """
    selector = selectors.DefaultSelector()
    outcome = Outcome()
    free = [_Connection(port) for _ in range(clients)]
    for connection in free:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    due = {}
    began = time.perf_counter()
    sent = 0
    while len(outcome.answers) < len(requests):
        moment = time.perf_counter() - began
        while free and sent < len(requests) and sent / per_second <= moment:
            connection = free.pop()
            due[connection] = sent / per_second
            connection.send(requests[sent])
            sent += 1
        wait = max(0.0, sent / per_second - (time.perf_counter() - began)) if free and sent < len(requests) else None
        for key, _ in selector.select(wait):
            answer = key.data.answer()
            if answer is not None:
                outcome.answers.append(answer)
                outcome.latencies.append(time.perf_counter() - began - due.pop(key.data))
                free.append(key.data)
    outcome.seconds = time.perf_counter() - began
    for connection in free:
        connection.socket.close()
    return outcome
