"""``yijie catalogue``: publish national lists from their files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yijie.interfaces.server.start import open_database

app = typer.Typer(no_args_is_help=True, help="National lists: drugs, services, consumables, diseases, operations …")


@app.callback()
def group() -> None:
    """Present so that the command's name stays on the command line."""


@app.command()
def publish(
    transaction: Annotated[str, typer.Argument(help="number of the download: 1301 drugs, 1307 diseases …")],
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="a sheet (.xlsx, .csv); 1307 to 1327 also ZIP or text, TAB between values"
        ),
    ],
) -> None:
    """Put the entries of a list in place as a new release; hospitals download what changed."""
    server = open_database()
    from yijie.interfaces.fsi.catalogue_import import publish as publish_file  # noqa: PLC0415  wants Django started

    changed = publish_file(transaction, file)
    typer.echo(f"{transaction}: 变更 {changed} 条 / {changed} entries changed")
    del server
