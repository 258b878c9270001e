"""The wire between platform and PostgreSQL, cut where a test says: before a statement, or after it, its answer lost.

It stands between the two as a socket of its own and understands just enough of the protocol to count exchanges: a
client ends each with Sync or Query, the server answers each with ReadyForQuery.
"""

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

BEFORE, AFTER = "before", "after"
ASKING, READY = {b"Q", b"S"}, b"Z"
CHUNK = 65536


class Wire:
    """Listens in ``folder`` as PostgreSQL would and passes everything on to the real one, until it is told to cut."""

    def __init__(self, folder, target):
        self.address, self.target = Path(folder) / ".s.PGSQL.5432", Path(target) / ".s.PGSQL.5432"
        self.exchanges = 0
        self.plan = None
        self.cuts = 0
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.address))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def cut_at(self, exchange, moment):
        """Within the block cut once, at the so-manieth exchange."""
        with self._lock:
            self.exchanges, self.plan, self.cuts = 0, (exchange, moment), 0
        try:
            yield
        finally:
            self.plan = None

    def close(self):
        """Accept nobody any more."""
        self._listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.target))
                _Connection(self, client, server)

    def due(self):
        """Count an exchange; the moment of the cut, where this is the one."""
        with self._lock:
            self.exchanges += 1
            if self.plan is None or self.exchanges != self.plan[0]:
                return None
            moment, self.plan = self.plan[1], None
            self.cuts += 1
            return moment


class _Connection:
    """One session passed through: a thread each way."""

    def __init__(self, wire, client, server):
        self.wire, self.client, self.server = wire, client, server
        self.losing_answer = threading.Event()
        for run in (self._up, self._down):
            threading.Thread(target=run, daemon=True).start()

    def _up(self):
        """Client to server; the first message (the start-up) carries no type."""
        pending, started = b"", False
        with suppress(OSError):
            while data := self.client.recv(CHUNK):
                pending += data
                while message := _first(pending, typed=started):
                    pending, started = pending[len(message) :], True
                    if message[:1] in ASKING and self._cut(message):
                        return
                    self.server.sendall(message)
        self._close()

    def _cut(self, message):
        moment = self.wire.due()
        if moment == BEFORE:
            self._close()
            return True
        if moment == AFTER:
            self.losing_answer.set()
            self.server.sendall(message)
            return True
        return False

    def _down(self):
        """Server to client, until the answer of the cut exchange is complete and lost."""
        pending = b""
        with suppress(OSError):
            while data := self.server.recv(CHUNK):
                if not self.losing_answer.is_set():
                    self.client.sendall(data)
                    continue
                pending += data
                while message := _first(pending, typed=True):
                    pending = pending[len(message) :]
                    if message[:1] == READY:
                        self._close()
                        return
        self._close()

    def _close(self):
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _first(data, *, typed):
    """The first whole message of what has arrived, empty where there is none yet."""
    head = 1 if typed else 0
    if len(data) < head + 4:
        return b""
    (length,) = struct.unpack_from("!i", data, head)
    return data[: head + length] if len(data) >= head + length else b""
