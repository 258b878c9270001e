"""``yijie serve``: the server on 127.0.0.1."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from yijie.interfaces.server.start import PORT, THREADS, WORKERS, listen, open_database


def run(
    port: Annotated[int, typer.Option(min=1, max=65535, help="port on 127.0.0.1")] = PORT,
    workers: Annotated[int, typer.Option(min=1, max=64, help="server processes")] = WORKERS,
    threads: Annotated[int, typer.Option(min=1, max=256, help="requests served at once by each process")] = THREADS,
    sample: Annotated[bool, typer.Option("--sample", help="load the sample nation first where there is none")] = False,
) -> None:
    """Serve the national HIS interface; Ctrl-C finishes what was accepted and stops."""
    os.environ["YIJIE_DESKS"] = str(threads)  # read with the settings, when the database is opened
    server = open_database()
    if sample:
        from yijie.interfaces.sample.load import ensure  # noqa: PLC0415  wants Django started

        ensure()
        from yijie.interfaces.sample.own_items import ensure_own_items  # noqa: PLC0415
        from yijie.interfaces.sample.users import PASSWORD, USERS, ensure_users  # noqa: PLC0415

        ensure_users()
        ensure_own_items()
        typer.echo(f"样例用户 sample users: {', '.join(user.username for user in USERS)}; 密码 password {PASSWORD}")
    typer.echo(f"页面 pages: http://127.0.0.1:{port}/desk/")
    typer.echo(f"医结 Yijie: http://127.0.0.1:{port}/fsi/api/rsfComIfsService/callService")
    listen(server, port, workers=workers)
    del server
