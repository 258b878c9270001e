"""The place every database benchmark runs in: our own PostgreSQL with commits awaited, the sample nation, a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

CLUSTER = """
fsync = on
synchronous_commit = on
max_connections = 120
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 30min
autovacuum_naptime = 20s
random_page_cost = 1.1
jit = off
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = _free_port()


@contextmanager
def nation(people: int = 20_000) -> Iterator[Any]:
    """A database with the sample nation; yields the embedded server. Django is awake on it."""
    from yijie.interfaces.server.postgres import start_embedded, url_of
    from yijie.interfaces.server.start import open_database

    with tempfile.TemporaryDirectory(prefix="yijie-bench-") as folder:
        server = start_embedded(Path(folder), settings=CLUSTER)
        os.environ["YIJIE_DATABASE_URL"] = url_of(server)
        open_database()
        from yijie.interfaces.sample.load import load

        load(people)
        try:
            yield server
        finally:
            from django.db import connection

            connection.close()
            server.cleanup()


@contextmanager
def serving(
    *, workers: int = 2, threads: int = 32, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[subprocess.Popen[bytes]]:
    """A serving process on the current database; every message leaves its line in a log, as in production.

    One institution sends everything here, so the limit on its rate is lifted.
    """
    command = [sys.executable, "-m", "yijie", "serve", "--port", str(PORT)]
    command += ["--workers", str(workers), "--threads", str(threads)]
    told = {**os.environ, "YIJIE_LOG_LEVEL": "INFO", "YIJIE_RATE_MAX": "1000000", **environment}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=told)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{PORT}", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)
