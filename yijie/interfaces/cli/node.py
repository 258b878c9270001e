"""``yijie node``: a node that answers for its regions, with a database of its own."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from yijie.interfaces.node import setup
from yijie.interfaces.server.start import HOST, PORT, THREADS, WORKERS, listen, open_database
from yijie.kernel.sm import new_private_key

app = typer.Typer(no_args_is_help=True, help="A node of the network: its regions, its database, its key.")
Home = Annotated[Path, typer.Option("--home", help="the node's folder: key file and database")]


@app.command()
def init(  # noqa: PLR0917  Typer reads options from parameters
    code: Annotated[str, typer.Argument(help="the node's name in the network, such as node-51")],
    home: Home,
    hub: Annotated[Path, typer.Option(help="the hub's card, as yijie hub init printed it", exists=True)],
    region: Annotated[
        list[str] | None, typer.Option(help="region prefix it holds: 51, 5101, ...; may be repeated")
    ] = None,
    address: Annotated[str, typer.Option(help="where other nodes reach it")] = f"http://127.0.0.1:{PORT}",
    certificate: Annotated[str, typer.Option(help="TLS certificate file (mutual TLS)")] = "",
    certificate_key: Annotated[str, typer.Option(help="key file of the certificate")] = "",
    authority: Annotated[str, typer.Option(help="file of the authority that signs all nodes' certificates")] = "",
) -> None:
    """Make a key and the node's file; prints the card that the hub's operator admits."""
    card = setup.read_card(hub)
    made = setup.Setup(
        code=code,
        private=new_private_key(),
        hub=str(card["code"]),
        certificate=certificate,
        certificate_key=certificate_key,
        authority=authority,
        address=address,
        regions=tuple(region or ()),
        hub_address=str(card["address"]),
        hub_public=str(card["public"]),
    )
    setup.write(home, made)
    typer.echo(msgspec.json.encode(made.card()).decode())


@app.command()
def start(
    home: Home,
    port: Annotated[int, typer.Option(min=1, max=65535)] = PORT,
    workers: Annotated[int, typer.Option(min=1, max=64)] = WORKERS,
    threads: Annotated[int, typer.Option(min=1, max=256)] = THREADS,
    listen_on: Annotated[
        str, typer.Option("--listen", help="this machine's address to listen on; 0.0.0.0 for all")
    ] = HOST,
) -> None:
    """Serve hospitals and other nodes until stopped."""
    made = setup.become(home)
    os.environ["YIJIE_DESKS"] = str(threads)  # read with the settings, when the database is opened
    os.environ.setdefault("YIJIE_HOSTS", ",".join({"127.0.0.1", "localhost", "[::1]", made.host()}))
    server = open_database()
    made = setup.follow_directory(home)
    setup.join(made)
    typer.echo(f"医结 Yijie {made.code}: {made.address} （{'、'.join(made.regions) or '枢纽 hub'}）")
    listen(server, port, workers=workers, host=listen_on)
    del server


@app.command()
def schemas() -> None:
    """Print the JSON Schema of the envelope and of the structures that messages carry."""
    from yijie.interfaces.server.start import wake_django  # noqa: PLC0415  the domain's types want Django started

    wake_django()
    from yijie.interfaces.node.schemas import published  # noqa: PLC0415

    typer.echo(msgspec.json.format(msgspec.json.encode(published())).decode())


@app.command("rotate-key")
def rotate_key(home: Home) -> None:
    """Make a fresh key and print the new card: admit it at the hub, then restart. The old key stays good for a day."""
    typer.echo(msgspec.json.encode(setup.rotate(home).card()).decode())


@app.command()
def status(home: Home) -> None:
    """Peers, what waits, open attempts and holds by age, what was refused, in words."""
    setup.become(home)
    server = open_database()
    from yijie.interfaces.node.telling import print_status  # noqa: PLC0415  wants Django started

    print_status()
    del server


@app.command()
def give(
    prefix: Annotated[str, typer.Argument(help="region that the hub has marked as moving")],
    file: Annotated[Path, typer.Argument(help="where its history is written")],
    home: Home,
) -> None:
    """Hand a region over, step 2 of 4: wait until nothing of it is open, write it to a file."""
    setup.become(home)
    server = open_database()
    from yijie.interfaces.node.handover import give as given, new_key  # noqa: PLC0415  wants Django started

    key = new_key()
    typer.echo(_rows(given(prefix, file, key)))
    typer.echo(f"移交密钥，与文件分开传递 key, to be carried apart from the file: {key}")
    del server


@app.command()
def take(
    file: Annotated[Path, typer.Argument(help="what the old node gave", exists=True)],
    home: Home,
    key: Annotated[
        str,
        typer.Option(help="key that yijie node give showed", prompt=True, hide_input=True, envvar="YIJIE_HANDOVER_KEY"),
    ],
) -> None:
    """Hand a region over, step 3 of 4, at the new node: take it from the file, all or nothing."""
    setup.become(home)
    server = open_database()
    from yijie.interfaces.node.handover import take as taken  # noqa: PLC0415  wants Django started

    found = taken(file, key)
    typer.echo(_rows(found.rows))
    for old, new in found.renamed.items():
        typer.echo(f"用户名已有人使用，改为 user name taken, now: {old} → {new}")
    del server


@app.command("let-go")
def let_go(prefix: Annotated[str, typer.Argument(help="region that the hub says is another's")], home: Home) -> None:
    """Hand a region over, at the old node once the hub named the new holder: remove what was given."""
    setup.become(home)
    server = open_database()
    from yijie.interfaces.node.handover import let_go as gone  # noqa: PLC0415  wants Django started

    typer.echo(_rows(gone(prefix)))
    setup.follow_directory(home)
    del server


def _rows(counts: dict[str, int]) -> str:
    return "\n".join(f"{rows:>10,} {table}" for table, rows in counts.items() if rows)


@app.command()
def resolve(
    number: Annotated[int, typer.Argument(help="number of an attempt, as status shows it")],
    home: Home,
    settle_by_hand: Annotated[
        bool, typer.Option("--close", help="end it by hand where that is safe; needs --reason")
    ] = False,
    reason: Annotated[str, typer.Option(help="why; it is recorded")] = "",
) -> None:
    """Explain an attempt or hold; with --close end it where that is safe."""
    setup.become(home)
    server = open_database()
    from yijie.interfaces.node.resolve import resolved  # noqa: PLC0415  wants Django started
    from yijie.interfaces.node.telling import print_known  # noqa: PLC0415

    print_known(number)
    if settle_by_hand:
        done = resolved(number, reason, by=f"command:{getpass.getuser()}")
        typer.echo(f"{done.zh} {done.en}")
    del server
