"""The command line ``yijie``: one module per command, each imported only when its command is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import NoReturn

import typer
from typer.main import get_command

from yijie.kernel.errors import YijieError

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "演示跨省结算全程 Play the cross-region journey"),
    "serve": ("serve", "启动服务 Serve the national HIS interface"),
    "client": ("client", "接入机构 Which hospital systems may connect, and how each of them speaks"),
    "certify": ("certify", "接口验收 Watch what a hospital system sends, beside the acceptance list"),
    "policy": ("policy", "检查待遇政策 Check benefit policies"),
    "quote": ("quote", "测算待遇 Work out who pays what of a case"),
    "simulate": ("simulate", "模拟政策变化 What a change of policy would do to many claims"),
    "sample": ("sample", "样例数据 The sample nation: people, institutions and catalogue that do not exist"),
    "catalogue": ("catalogue", "发布国家目录 Publish national lists that hospitals download"),
    "statement": ("settlement_statement", "打印结算单 Print the statement of a settlement"),
    "certificate": ("certificate", "结算失败证明 Certificate of failed settlement, for manual reimbursement"),
    "user": ("user", "页面用户 The first accounts for the pages"),
    "node": ("node", "地区节点 Run a node of the network for its regions"),
    "hub": ("hub", "国家枢纽 Run the hub: directory, routing, positions"),
    "coherent": ("coherent", "核对账目 Do all books agree with each other"),
}
"""Command → (module in this package, one line of help). A module offers ``app``, a Typer application of several
commands, or ``run``, the function of a single command."""


def main() -> None:
    """Run the command named on the command line; business errors become one sentence and exit code 1."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    chosen = [words[0]] if words and words[0] in COMMANDS else list(COMMANDS)
    app = typer.Typer(name="yijie", help="医结 Yijie: open settlement for medical insurance", no_args_is_help=True)
    app.callback()(_root)
    for name in chosen:
        module_name, help_line = COMMANDS[name]
        module = import_module(f"{__name__}.{module_name}")
        if hasattr(module, "run"):
            app.command(name, help=help_line)(module.run)
        else:
            app.add_typer(module.app, name=name, help=help_line)
    try:
        get_command(app)()
    except YijieError as error:
        _end_with(error)
    except Exception as error:
        from yijie.interfaces.server.postgres import as_unavailable  # noqa: PLC0415  most commands need no database

        unavailable = as_unavailable(error)
        if unavailable is None:
            raise
        _end_with(unavailable)


def _end_with(error: YijieError) -> NoReturn:
    typer.echo(f"{error.text('zh')}\n{error}", err=True)
    sys.exit(1)


def _root() -> None:
    """Present so that Typer keeps the command's name on the command line when only one command is loaded."""
