"""``yijie statement``: the statement of a settlement."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from yijie.interfaces.server.start import open_database


def run(
    number: Annotated[str, typer.Argument(help="settlement number, setl_id in the HIS interface")],
    lang: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """Print the statement of a settlement: every fen with its reason."""
    server = open_database()
    from yijie.interfaces.statement import print_statement  # noqa: PLC0415  wants Django started

    print_statement(number, lang, Console(highlight=False))
    del server
