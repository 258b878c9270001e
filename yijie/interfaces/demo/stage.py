"""The stage: a database with the sample nation and a real server on it, put up before the journey, then removed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from yijie.interfaces.server.postgres import data_home
from yijie.interfaces.server.start import HOST, bring_tables_up, open_database, require_port
from yijie.kernel.errors import YijieError

READY_SECONDS_MAX = 30.0


class ServerDidNotStart(YijieError):
    """The serving process ended, or does not answer."""

    code = "demo.server_did_not_start"
    zh = "服务未能启动，原因见 {log}"
    en = "the server did not start; see {log}"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the server listens, and the handle that keeps our own PostgreSQL running (None for a given one)."""

    address: str
    database: Any


def open_stage() -> Any:
    """The database as new, nothing left of the last demonstration; refused where real persons are in it."""
    server = open_database()
    from yijie.interfaces.sample.reset import take_down  # noqa: PLC0415  wants Django started

    take_down()
    bring_tables_up()
    return server


@contextmanager
def serving(port: int, database: Any) -> Iterator[Stage]:
    """A server on the demo's database, stopped at the end of the block."""
    require_port(port)
    home = data_home()
    home.mkdir(parents=True, exist_ok=True)
    log_path = home / "demo-server.log"
    with log_path.open("w") as log:
        command = [sys.executable, "-m", "yijie", "serve", "--port", str(port)]
        # A session of its own: Ctrl-C reaches the demonstration alone, which then ends the server in good order.
        process = subprocess.Popen(  # noqa: S603  our own command
            command, env=os.environ, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://{HOST}:{port}"
            wait_for(process, address, str(log_path))
            yield Stage(address, database)
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(process: subprocess.Popen[bytes], address: str, log: str) -> None:
    """Wait until a serving process answers; ``log`` is where its words are if it never does."""
    deadline = time.monotonic() + READY_SECONDS_MAX
    with httpx.Client(trust_env=False, timeout=2) as client:
        while True:
            try:
                client.get(address)
            except httpx.TransportError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ServerDidNotStart(log=log) from error
                time.sleep(0.05)
            else:
                return
