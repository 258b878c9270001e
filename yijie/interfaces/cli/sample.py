"""``yijie sample``: fill a database with the sample nation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from yijie.interfaces.sample import PEOPLE, SEED
from yijie.interfaces.server.postgres import check_given, data_home, start_embedded, url_of

app = typer.Typer(no_args_is_help=True, help="The sample nation: people, institutions and catalogue that do not exist.")


@app.command()
def load(
    people: Annotated[int, typer.Option(min=0, help="how many people to make up, the cast comes on top")] = PEOPLE,
    seed: Annotated[int, typer.Option(min=1, max=9999, help="the same seed gives the same people")] = SEED,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="go on beside other persons and settlements; they stay as they are")
    ] = False,
) -> None:
    """Load the sample nation into the database; a sample that is there is replaced."""
    console = Console()
    server = _open_database()
    from yijie.interfaces.sample.load import load as load_nation  # noqa: PLC0415  the domain's apps want Django started

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("Making up the sample nation ...", total=None)
        loaded = load_nation(
            people, seed, anyway=anyway, tell=lambda what, rows: progress.update(task, description=f"{rows:,} {what}")
        )
        progress.update(task, description="Sample nation loaded")
    for what, rows in loaded.rows.items():
        console.print(f"  {rows:>9,} {what}")
    console.print(f"Seed {seed}: made up in {loaded.generated_s:.1f} s, stored in {loaded.stored_s:.1f} s.")
    del server


@app.command()
def document(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Write the tables of a document about the sample nation anew, such as docs/sample-nation.md."""
    _start_django()
    from yijie.interfaces.sample.describe import filled  # noqa: PLC0415  the domain's apps want Django started

    file.write_text(filled(file.read_text(encoding="utf-8")), encoding="utf-8")


def _open_database() -> Any:
    """The given database, or our own (the handle keeps it running); brought to the newest tables either way."""
    given, server = os.environ.get("YIJIE_DATABASE_URL"), None
    if given:
        check_given(given)
    else:
        server = start_embedded(data_home())
        os.environ["YIJIE_DATABASE_URL"] = url_of(server)
    _start_django()
    from django.core.management import call_command  # noqa: PLC0415  wants Django started

    from yijie.domain.partition import ensure_partitions  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    ensure_partitions()
    return server


def _start_django() -> None:
    """Django reads its settings, and with them the database's address, the first time this is called."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijie.settings")
    import django  # noqa: PLC0415  only for the commands that need it

    django.setup()
