"""Getting ready: a database at the newest tables, Django awake, policies read; then granian listens."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path
from typing import Any

from yijie.kernel.errors import YijieError

from .measured import measurements
from .postgres import check_given, data_home, kept_running, start_embedded, url_of

HOST = "127.0.0.1"
PORT = 8000
WORKERS = 2
THREADS = 32
SPARE_THREADS = 16
"""Threads that turn away whom neither desk nor queue has room for, and tell about health: nobody waits for them."""
CONNECTIONS_MAX = 8192
BACKLOG = 4096
STOP_SECONDS_MAX = 60
"""How long a stop waits for what was accepted; longer than any statement may take."""


class PortTaken(YijieError):
    """Something else listens where the server should."""

    code = "server.port_taken"
    zh = "端口 {port} 已被占用：请先停止占用它的程序，或用 --port 另选端口"
    en = "port {port} is taken; stop what uses it or choose another with --port"


def open_database() -> Any:
    """Stand on the given PostgreSQL, or start our own; bring it to the newest tables and wake Django.

    Returns the handle that keeps our own server running (None for a given one). Sets ``YIJIE_DATABASE_URL``.
    """
    server = None
    if given := os.environ.get("YIJIE_DATABASE_URL"):
        check_given(given)
    else:
        server = start_embedded(data_home())
        os.environ["YIJIE_DATABASE_URL"] = url_of(server)
    os.environ.setdefault("YIJIE_SECRET_KEY", kept_secret(data_home()))
    wake_django()
    bring_tables_up()
    _reach_others()
    return server


def kept_secret(home: Path) -> str:
    """The secret that signs sessions, made once and kept in ``home``, so that restarts and workers agree on it."""
    home.mkdir(parents=True, exist_ok=True)
    kept = home / "secret-key"
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return kept.read_text(encoding="ascii")


def _reach_others() -> None:
    """A command that runs as a node may ask others."""
    from yijie.domain import exchange  # noqa: PLC0415  wants Django started

    if not exchange.alone():
        from yijie.interfaces.node import http  # noqa: PLC0415  only nodes need it

        exchange.transport_is(http.carry)


def bring_tables_up() -> None:
    """Bring the database to the newest tables, with partitions for what is to come and the policies of today."""
    from django.core.management import call_command  # noqa: PLC0415  wants Django started

    from yijie.domain import access, decision, files  # noqa: PLC0415  wants Django started
    from yijie.domain.partition import ensure_partitions  # noqa: PLC0415

    if _tables_wait():
        call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    access.apply_region_scope()
    ensure_partitions()
    decision.keep_packs()
    files.remove_expired()


def _tables_wait() -> bool:
    """Whether any migration is not done yet; a server that is started again need not go through all of them."""
    from django.db import connection  # noqa: PLC0415  wants Django started
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def wake_django() -> None:
    """Let Django read its settings, and with them the database's address; only the first call does anything."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijie.settings")
    import django  # noqa: PLC0415  commands that need no database start faster without it

    django.setup()


def require_port(port: int, host: str = HOST) -> None:
    """Refuse a port that something else listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port=port) from error


def listen(database: Any, port: int = PORT, *, workers: int = WORKERS, host: str = HOST) -> None:
    """Serve until stopped; requests that were accepted are finished first.

    ``database`` is what :func:`open_database` returned: our own server is started again should it end.
    Each process works on as many messages at once as it has desks (``YIJIE_DESKS``, see ``fsi.door``); further threads
    carry those who wait.
    """
    from django.conf import settings  # noqa: PLC0415  wants Django started
    from granian import Granian  # noqa: PLC0415  only the serving process needs it
    from granian.constants import Interfaces  # noqa: PLC0415

    require_port(port, host)
    with measurements() as folder, kept_running(database):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        Granian(
            target="yijie.interfaces.server.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=settings.DESKS + settings.WAITING_MAX + SPARE_THREADS,
            backlog=BACKLOG,
            backpressure=CONNECTIONS_MAX,
            workers_kill_timeout=STOP_SECONDS_MAX,
            respawn_failed_workers=True,
            log_enabled=False,
            websockets=False,
            **_tls(),
        ).serve()


def _tls() -> dict[str, Any]:
    """Where the node has certificates: serve by them, and only for those whom the network's authority vouches for."""
    from yijie.domain import exchange  # noqa: PLC0415  wants Django started

    identity = exchange.me()
    if identity is None or not identity.authority:
        return {}
    return {
        "ssl_cert": Path(identity.certificate),
        "ssl_key": Path(identity.certificate_key),
        "ssl_ca": Path(identity.authority),
        "ssl_client_verify": True,
    }
