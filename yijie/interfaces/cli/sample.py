"""``yijie sample``: fill a database with the sample nation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from yijie.engines.benefit import load_policy
from yijie.interfaces.sample import PEOPLE, SEED
from yijie.interfaces.server.start import open_database, wake_django

app = typer.Typer(no_args_is_help=True, help="The sample nation: people, institutions and catalogue that do not exist.")


@app.command()
def load(
    people: Annotated[int, typer.Option(min=0, help="how many people to make up, the cast comes on top")] = PEOPLE,
    seed: Annotated[int, typer.Option(min=1, max=9999, help="the same seed gives the same people")] = SEED,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="go on beside other persons and settlements; they stay as they are")
    ] = False,
    region: Annotated[
        list[str] | None, typer.Option(help="only these regions' people and institutions (prefix; may be repeated)")
    ] = None,
) -> None:
    """Load the sample nation into the database; a sample that is there is replaced."""
    console = Console()
    server = open_database()
    from yijie.interfaces.sample.load import load as load_nation  # noqa: PLC0415  the domain's apps want Django started

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("Making up the sample nation ...", total=None)
        loaded = load_nation(
            people,
            seed,
            anyway=anyway,
            regions=tuple(region or [""]),
            tell=lambda what, rows: progress.update(task, description=f"{rows:,} {what}"),
        )
        progress.update(task, description="Sample nation loaded")
    for what, rows in loaded.rows.items():
        console.print(f"  {rows:>9,} {what}")
    console.print(f"Seed {seed}: made up in {loaded.generated_s:.1f} s, stored in {loaded.stored_s:.1f} s.")
    del server


@app.command()
def credential(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="person number (人员编号) of a sample person")],
) -> None:
    """Show the code of a sample person's electronic credential, as the telephone would: good for ten minutes."""
    server = open_database()
    from yijie.interfaces.sample.telephone import code_of  # noqa: PLC0415  the domain's apps want Django started

    typer.echo(code_of(number))
    del server


@app.command()
def document(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Write the tables of a document about the sample nation anew, such as docs/sample-nation.md."""
    wake_django()
    from yijie.interfaces.sample.describe import filled  # noqa: PLC0415  the domain's apps want Django started

    file.write_text(filled(file.read_text(encoding="utf-8")), encoding="utf-8")


@app.command()
def claims(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="FILE.parquet or FILE.csv")],
    people: Annotated[int, typer.Option(min=1, help="how many people to make up")] = PEOPLE,
    seed: Annotated[int, typer.Option(min=1, max=9999, help="the same seed gives the same claims")] = SEED,
    policy: Annotated[
        Path | None, typer.Option(metavar="DIR", help="a pool whose tiers and own facts the claims should state")
    ] = None,
) -> None:
    """Write a year of claims of people who do not exist, for trying ``yijie simulate``."""
    from yijie.interfaces.simulate.sample import write_sample  # noqa: PLC0415  wants Arrow, the other commands do not

    written = write_sample(file, people, seed, load_policy(policy) if policy else None)
    typer.echo(f"{written:,} sample claims of {people:,} people who do not exist: {file}")
