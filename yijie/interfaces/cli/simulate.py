"""``yijie simulate``: what a change of policy would do to many claims."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from yijie.engines.benefit import load_policy
from yijie.interfaces.simulate.compare import Comparison
from yijie.interfaces.simulate.reading import Tell
from yijie.interfaces.simulate.run import REPORT, RESULTS, simulate
from yijie.interfaces.simulate.summary import Summary
from yijie.kernel.money import yuan


class Engine(StrEnum):
    """Where claims are reckoned."""

    LOCAL = "local"
    SPARK = "spark"


def run(
    *,
    policy: Annotated[Path, typer.Option(metavar="NEW", help="新政策的文件夹 / folder of the new policy")],
    against: Annotated[Path, typer.Option(metavar="OLD", help="对照政策的文件夹 / folder of the policy it is held to")],
    claims: Annotated[Path, typer.Option(metavar="FILE", help="个案，Parquet 或 CSV / claims, Parquet or CSV")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="报告和结果表写到哪里 / where report and results go")],
    fold: Annotated[
        bool, typer.Option("--fold/--no-fold", help="同一人的就诊按先后累计 / visits of one person add up in order")
    ] = True,
    engine: Annotated[Engine, typer.Option(help="本机或 Spark / this machine or Spark")] = Engine.LOCAL,
) -> None:
    """两个政策各结算一遍，比较得失 Settle every claim under both policies; report.html tells who gains and loses."""
    comparison = Comparison(load_policy(policy), load_policy(against), fold)
    console = Console(highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}/{task.total:,}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=whole)
            progress.update(tasks[what], completed=done, total=max(done, whole))

        summary = _reckoned(engine)(comparison, claims, out, tell)
    _conclude(console, summary, out)


def _reckoned(engine: Engine) -> Callable[[Comparison, Path, Path, Tell], Summary]:
    if engine is Engine.SPARK:
        from yijie.interfaces.simulate.spark import simulate_on_spark  # noqa: PLC0415  an extra that few install

        return simulate_on_spark
    return simulate


def _conclude(console: Console, summary: Summary, out: Path) -> None:
    everybody = summary.everybody
    console.print(f"个案 claims: {summary.claims:,}，未结算 not settled: {summary.claims - summary.settled:,}")
    console.print(f"基金支出变化 funds: {yuan(everybody.funds)} 元；个人得益 persons gain: {yuan(everybody.gain)} 元")
    console.print(f"受益 better off: {everybody.winners:,} 人，受损 worse off: {everybody.losers:,} 人")
    console.print(f"{out / REPORT}\n{out / RESULTS}")
