"""``yijie coherent``: do the books agree?"""

from __future__ import annotations

import typer

from yijie.interfaces.server.start import open_database


def run() -> None:
    """Ask whether every book of this node agrees with every other; exit code 1 and the disagreements when not."""
    server = open_database()
    from yijie.domain.coherent import disagreements  # noqa: PLC0415  wants Django started

    found = disagreements()
    for one in found:
        typer.echo(f"{one.promise}: {one.key}: {one.seen}", err=True)
    typer.echo("coherent" if not found else f"{len(found)} disagreements")
    del server
    raise typer.Exit(code=1 if found else 0)
