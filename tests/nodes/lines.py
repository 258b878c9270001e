"""Lines between processes that can be cut, one way or both, slowed, and made to lose what they carry."""

from __future__ import annotations

import random
import socket
import threading
import time

CHUNK_BYTES = 65536


class Line:
    """A TCP proxy in front of a node's port: what a peer says to it, and what it says back, goes through here."""

    def __init__(self, target: int, *, seed: int = 0) -> None:
        self.target = target
        self.there, self.back = True, True
        self.delay_seconds, self.loss = 0.0, 0.0
        self.dice = random.Random(seed)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = True
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, *, there: bool = True, back: bool = True) -> None:
        """Nothing passes in the directions named until :meth:`mend`; connections stay, as they do on a dead line."""
        self.there, self.back = not there, not back

    def mend(self) -> None:
        """Everything passes again; connections that lost bytes are reset, as they would be in the end."""
        mended = not (self.there and self.back)
        self.there = self.back = True
        if mended:
            self.reset()

    def reset(self) -> None:
        """End every connection at once."""
        for pair in list(self.pairs):
            for end in pair:
                end.close()

    def close(self) -> None:
        """End the line."""
        self.open = False
        self.listener.close()
        self.reset()

    def _accept(self) -> None:
        while self.open:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(caller,), daemon=True).start()

    def _connect(self, caller: socket.socket) -> None:
        try:
            callee = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            caller.close()
            return
        callee.settimeout(None)
        self.pairs.add((caller, callee))
        for source, sink, way in ((caller, callee, "there"), (callee, caller, "back")):
            threading.Thread(target=self._carry, args=(source, sink, way), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        try:
            while data := source.recv(CHUNK_BYTES):
                if self.delay_seconds:
                    time.sleep(self.delay_seconds)
                if self.dice.random() < self.loss:
                    break
                if getattr(self, way):
                    sink.sendall(data)
        except OSError:
            pass
        source.close()
        sink.close()
