"""``yijie hub``: the directory of nodes, routing between them, positions between regions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from yijie.interfaces.cli.node import Home, rotate_key, start
from yijie.interfaces.node import setup
from yijie.interfaces.server.start import PORT, open_database
from yijie.kernel.sm import new_private_key

app = typer.Typer(no_args_is_help=True, help="The hub: which node holds which region, and what regions owe each other.")
app.command()(start)
app.command("rotate-key")(rotate_key)


@app.command()
def init(  # noqa: PLR0917  Typer reads options from parameters
    home: Home,
    code: Annotated[str, typer.Option(help="the hub's name in the network")] = "hub",
    address: Annotated[str, typer.Option(help="where nodes reach it")] = f"http://127.0.0.1:{PORT}",
    certificate: Annotated[str, typer.Option()] = "",
    certificate_key: Annotated[str, typer.Option()] = "",
    authority: Annotated[str, typer.Option()] = "",
) -> None:
    """Make the hub's key and file; prints the card that nodes are given at their init."""
    made = setup.Setup(code, new_private_key(), "", certificate, certificate_key, authority, address, (), "", "")
    setup.write(home, made)
    typer.echo(msgspec.json.encode(made.card()).decode())


@app.command()
def admit(card: Annotated[Path, typer.Argument(help="a node's card", exists=True)], home: Home) -> None:
    """Write a node into the directory: a new one, a new address, or a new key of a known one."""
    setup.become(home)
    server = open_database()
    from yijie.domain import exchange  # noqa: PLC0415  wants Django started
    from yijie.domain.transaction import in_transaction  # noqa: PLC0415

    shown = msgspec.convert(setup.read_card(card), exchange.Card)
    in_transaction(lambda: exchange.admit(shown))
    typer.echo(f"已入网 admitted: {shown.code} {shown.address}")
    del server


@app.command()
def retire(code: Annotated[str, typer.Argument(help="node that leaves; it must hold no region")], home: Home) -> None:
    """Take a node out of the network."""
    setup.become(home)
    server = open_database()
    from yijie.domain.exchange import membership  # noqa: PLC0415  wants Django started
    from yijie.domain.transaction import in_transaction  # noqa: PLC0415

    in_transaction(lambda: membership.retire(code))
    typer.echo(f"已退网 retired: {code}")
    del server


@app.command()
def move(
    prefix: Annotated[str, typer.Argument(help="region that moves")],
    to: Annotated[str, typer.Argument(help="node that will hold it")],
    home: Home,
    done: Annotated[bool, typer.Option("--done", help="step 4 of 4: the new node has taken it")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="it stays where it is")] = False,
) -> None:
    """Hand a region over, step 1 of 4: mark it as moving; everybody answers "busy" for it until --done."""
    setup.become(home)
    server = open_database()
    from yijie.domain.exchange import membership  # noqa: PLC0415  wants Django started
    from yijie.domain.transaction import in_transaction  # noqa: PLC0415

    if done:
        in_transaction(lambda: membership.moved(prefix, to))
    else:
        in_transaction(lambda: membership.moving(prefix, "" if undo else to))
    typer.echo(f"{prefix} → {to}{' 已移交 moved' if done else ' 未移交 stays' if undo else ' 移交中 moving'}")
    del server


@app.command()
def status(home: Home) -> None:
    """Nodes, regions, and positions of every pair of regions with both sides compared."""
    setup.become(home)
    server = open_database()
    from yijie.interfaces.node.telling import print_positions, print_status  # noqa: PLC0415  wants Django started

    print_status()
    agree = print_positions()
    del server
    raise typer.Exit(code=0 if agree else 1)
