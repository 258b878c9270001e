"""``yijie user``: the first accounts of an installation; all later ones are opened on the administrators' page."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from yijie.interfaces.node import setup
from yijie.interfaces.server.start import open_database
from yijie.kernel.region import NATION

app = typer.Typer(no_args_is_help=True)
Home = Annotated[Path | None, typer.Option(help="folder of the node or hub; without it the process stands alone")]


@app.callback()
def user() -> None:
    """页面用户 Accounts for the pages."""


@app.command("open")
def open_(
    username: Annotated[str, typer.Argument(help="3 to 50 letters, digits, dots or hyphens")],
    role: Annotated[str, typer.Option(help="administrator, hub_operator, supervisor, hospital_office, ...")],
    place: Annotated[
        str, typer.Option(help="region (000000: all that is here), or the institution of a hospital role")
    ],
    display: Annotated[str, typer.Option(help="姓名 the person's name")] = "",
    home: Home = None,
) -> None:
    """开立账号 Open an account with a role; its first password is shown once and changed at the first sign-in."""
    if home:
        setup.become(home)
    server = open_database()
    from yijie.domain import access  # noqa: PLC0415  wants Django started
    from yijie.domain.transaction import in_transaction  # noqa: PLC0415

    by = access.Scope(f"command:{getpass.getuser()}", frozenset(), (NATION,), ())

    def work() -> str:
        made, password = access.open_account(username, display, by=by.username)
        access.grant_role(made, role, place, until=None, granter=by)
        return password

    typer.echo(f"{username} 首次密码 first password: {in_transaction(work)}")
    del server


@app.command()
def sample(home: Home = None) -> None:
    """样例用户 Make the sample users, one of each role, for trying the pages; never where real people's data are."""
    if home:
        setup.become(home)
    server = open_database()
    from yijie.interfaces.sample.users import PASSWORD, USERS, ensure_users  # noqa: PLC0415  wants Django started

    ensure_users()
    typer.echo(f"{'、'.join(one.username for one in USERS)}\n密码 password: {PASSWORD}")
    del server
