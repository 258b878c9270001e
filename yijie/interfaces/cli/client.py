"""``yijie client``: which systems of institutions may connect, and how each of them speaks."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from yijie.interfaces.server.start import open_database
from yijie.kernel import sm

app = typer.Typer(no_args_is_help=True)

SECRET_BYTES = 24
SM4_KEY_CHARACTERS = 16
NODE_NAME_PARTS = 3


@app.callback()
def client() -> None:
    """接入机构登记 Register the systems of institutions."""


@app.command()
def register(  # noqa: PLR0917  each is an option on the command line
    institution: Annotated[str, typer.Argument(help="机构编号 fixmedins_code")],
    gateway: Annotated[str, typer.Option(help="api, tif, oauth, none")] = "none",
    access_key: Annotated[str, typer.Option(help="_api_access_key, x-tif-paasid, client id; generated if empty")] = "",
    secret: Annotated[str, typer.Option(help="shared secret; generated if empty", envvar="YIJIE_CLIENT_SECRET")] = "",
    username: Annotated[str, typer.Option(help="gateway oauth")] = "",
    password: Annotated[str, typer.Option(help="gateway oauth", envvar="YIJIE_CLIENT_PASSWORD")] = "",
    window: Annotated[int, typer.Option(help="时间戳有效秒数 seconds a time stamp is good for")] = 1800,
    signed: Annotated[str, typer.Option(help="what cainfo signs: nothing, input, header")] = "nothing",
    public_key: Annotated[str, typer.Option(help="SM2 public key of the institution, 128 hexadecimal digits")] = "",
    sm4_key: Annotated[str, typer.Option(help="16 characters; 'client-id': the first 16 of the access key")] = "",
    encrypts_output: Annotated[bool, typer.Option("--encrypts-output", help="output 加密")] = False,
    signs_output: Annotated[bool, typer.Option("--signs-output", help="answers carry an SM2 signature")] = False,
    infcode_as_text: Annotated[bool, typer.Option("--infcode-as-text", help='infcode "0" instead of 0')] = False,
    account_in_funds: Annotated[bool, typer.Option("--account-in-funds", help="基金支付总额含个人账户")] = False,
    node_name: Annotated[list[str] | None, typer.Option(help="9001:signinoutb=result, may be repeated")] = None,
    rate: Annotated[int | None, typer.Option(min=1, help="messages a second and server process")] = None,
) -> None:
    """登记或更改一家机构 Register an institution, or replace its profile; generated keys are shown this once."""
    server = open_database()
    from yijie.interfaces.fsi import clients  # noqa: PLC0415  wants Django started

    needs_key = gateway != "none"
    access_key = access_key or (f"YJ{secrets.token_hex(7).upper()}" if needs_key else "")
    profile = clients.Profile(
        institution=institution,
        gateway=gateway,
        access_key=access_key,
        secret=secret or (secrets.token_urlsafe(SECRET_BYTES) if needs_key else ""),
        username=username or (institution if gateway == "oauth" else ""),
        password=password or (secrets.token_urlsafe(SECRET_BYTES) if gateway == "oauth" else ""),
        window_seconds=window,
        signed=signed,
        public_key=public_key,
        sm4_key=access_key[:SM4_KEY_CHARACTERS] if sm4_key == "client-id" else sm4_key,
        encrypts_output=encrypts_output,
        own_key=sm.new_private_key() if signs_output else "",
        infcode_as_text=infcode_as_text,
        account_in_funds=account_in_funds,
        node_names=_node_names(node_name or []),
        rate_max=rate,
    )
    clients.register(profile)
    for label, value in _to_hand_over(profile).items():
        typer.echo(f"{label}: {value}")
    del server


@app.command("list")
def list_() -> None:
    """列出接入机构 List the registered institutions; keys are not shown."""
    server = open_database()
    from yijie.interfaces.fsi import clients  # noqa: PLC0415  wants Django started

    table = Table("机构", "网关", "访问标识", "签名", "output", "infcode", "基金总额", "每秒上限")
    for one in clients.profiles():
        output = "加密" if one.encrypts_output else "明文"
        table.add_row(
            one.institution,
            one.gateway,
            one.access_key,
            one.signed,
            f"{output}，签名" if one.own_key else output,
            '"0"' if one.infcode_as_text else "0",
            "含个人账户" if one.account_in_funds else "不含个人账户",
            str(one.rate_max or ""),
        )
    Console().print(table)
    del server


@app.command()
def remove(institution: Annotated[str, typer.Argument(help="机构编号 fixmedins_code")]) -> None:
    """删除登记 Forget an institution's profile."""
    server = open_database()
    from yijie.interfaces.fsi import clients  # noqa: PLC0415  wants Django started

    if not clients.remove(institution):
        raise clients.ClientUnknown(institution=institution)
    del server


def _node_names(given: list[str]) -> dict[str, dict[str, str]]:
    """``9001:signinoutb=result`` → {"9001": {"signinoutb": "result"}}"""
    names: dict[str, dict[str, str]] = {}
    for one in given:
        infno, _, renamed = one.partition(":")
        ours, _, theirs = renamed.partition("=")
        if not (infno and ours and theirs):
            raise typer.BadParameter(f"{one}: write 9001:signinoutb=result", param_hint="--node-name")
        names.setdefault(infno, {})[ours] = theirs
    return names


def _to_hand_over(profile: Any) -> dict[str, str]:
    """What the vendor of the institution's system must be told."""
    told = {
        "机构 institution": profile.institution,
        "网关 gateway": profile.gateway,
        "访问标识 access key": profile.access_key,
        "密钥 secret": profile.secret,
        "用户名 username": profile.username,
        "口令 password": profile.password,
        "SM4 key": profile.sm4_key,
        "平台公钥 platform public key": sm.public_key_of(profile.own_key) if profile.own_key else "",
    }
    return {label: value for label, value in told.items() if value}
