"""``yijie certify``: watch what an institution's system sends, beside the acceptance list of its type."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yijie.interfaces.server.start import open_database

LOOKED_EVERY_SECONDS = 1.0
SHOWN_AT_ONCE_MAX = 200


def run(  # noqa: PLR0917  each is an option on the command line
    institution: Annotated[str, typer.Option(help="机构编号 fixmedins_code")],
    kind: Annotated[str, typer.Option(help="pharmacy, clinic, primary, higher; as registered if empty")] = "",
    address: Annotated[str, typer.Option(help="地址 where the server listens")] = "http://127.0.0.1:8000",
    once: Annotated[bool, typer.Option("--once", help="show and end; exit code 1 until all passed")] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="写出报告 write the page as HTML")] = None,
    finish: Annotated[bool, typer.Option("--end", help="end the certification; the page stays")] = False,
) -> None:
    """开始或继续一家机构的接口验收 Begin or continue; Ctrl-C stops looking, the server goes on watching."""
    server = open_database()
    from yijie.domain.institution import standing  # noqa: PLC0415  wants Django started
    from yijie.interfaces.fsi.certification import page, result, watching  # noqa: PLC0415

    known = standing(institution)
    chosen = kind or kind_of(known.kind, known.level)
    if chosen not in result.COLUMNS:
        raise typer.BadParameter(", ".join(result.COLUMNS), param_hint="--kind")
    certification = watching.begin(institution, chosen)
    console = Console(highlight=False)
    console.print(f"{escape(known.name)} {institution}：{address}/certification/{certification.token}/")
    if not (once or finish or report):
        _watch(console, certification)
    if finish:
        watching.end(certification)
        certification.refresh_from_db()
    found = result.result_of(certification)
    if report:
        report.write_text(page.rendered(found, "zh"), encoding="utf-8")
    _summary(console, found, page.STATES)
    del server
    if once and not found.passed:
        raise typer.Exit(1)


def kind_of(kind: str, level: str) -> str:
    """Whose acceptance list applies to an institution of a kind and level."""
    if kind != "1":
        return "pharmacy"
    return {"2": "higher", "3": "higher", "community": "clinic"}.get(level, "primary")


def _watch(console: Console, certification: Any) -> None:
    """Tell of each message as it is kept, until Ctrl-C."""
    seen = 0
    try:
        while True:
            for one in certification.observations.filter(pk__gt=seen).order_by("pk")[:SHOWN_AT_ONCE_MAX]:
                seen = one.pk
                verdict = f"[red]{escape(one.text)}[/red]" if one.code else "[green]通过 passed[/green]"
                console.print(f"{one.infno} {escape(one.msgid)} {verdict}")
            time.sleep(LOOKED_EVERY_SECONDS)
    except KeyboardInterrupt:
        console.print()


def _summary(console: Console, found: Any, states: dict[str, tuple[str, str]]) -> None:
    table = Table("交易", "名称", "结果 result", "成功", "拒绝", "原因 why")
    for item in found.items:
        zh, en = states[item.state]
        table.add_row(item.infno, item.name, f"{zh} {en}", str(item.done), str(item.refused), escape(item.text))
    console.print(table)
    console.print(" · ".join(f"{zh} {en} {found.count(state)}" for state, (zh, en) in states.items()))
    if not found.repeated:
        console.print("尚未观察到原样重发 no message was sent again yet")
