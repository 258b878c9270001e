"""``yijie policy``: what a policy officer does with policy folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from yijie.engines.benefit import Policy, load_policies, load_policy
from yijie.engines.benefit.policy import NATION, Layer
from yijie.engines.benefit.words import LABELS

app = typer.Typer(no_args_is_help=True)


@app.callback()
def policy() -> None:
    """检查待遇政策 Check benefit policies."""


@app.command()
def check(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="一个统筹区的政策文件夹，或其上级 / one pool or many")
    ],
) -> None:
    """校验政策文件夹并列出内容；有误时给出文件与行号 Validate and list; errors name file and line, exit code 1."""
    single = (directory / "pool.yaml").exists() or not directory.is_dir()
    policies = [load_policy(directory)] if single else list(load_policies(directory).values())
    console = Console(highlight=False)
    for loaded in policies:
        _show(console, loaded)
    console.print(f"校验通过 valid: {len(policies)}")


def _show(console: Console, policy: Policy) -> None:
    """One pool: its layers in order, the days on which something changes, sources by trust, declared gaps."""
    console.print(f"\n[bold]{policy.name.zh} {policy.name.en}[/bold] {policy.region}  {policy.fingerprint[:12]}")
    table = Table("顺序 order", "层 layer", "付款方 payer", "步骤 steps")
    for number, layer in enumerate(policy.layers, 1):
        payer = LABELS["payer"][layer.payer]
        steps = ", ".join(step.name for step in layer.steps)
        table.add_row(str(number), f"{layer.title.zh} {layer.name}", f"{payer.zh} {payer.en}", steps)
    for adjuster in policy.adjusters:
        steps = ", ".join(step.name for step in adjuster.steps)
        table.add_row("+", f"{adjuster.title.zh} {adjuster.name}", LABELS["payer"][adjuster.payer].zh, steps)
    console.print(table)
    if policy.change_days:
        console.print(f"变更日 changes: {', '.join(map(str, policy.change_days))}")
    for gap in policy.gaps:
        console.print(f"[yellow]缺口 gap[/yellow] {gap.zh} / {gap.en}")
    for layer in policy.layers:
        if policy.region != NATION and layer.payer == "pooled" and not _knows_remote_care(layer):
            console.print(
                f"[yellow]注意 note[/yellow] {layer.name}: 未区分异地就医，按本地支付 / remote care is paid as local"
            )


def _knows_remote_care(layer: Layer) -> bool:
    """Whether anything in the layer depends on where the care happens."""
    asked = frozenset().union(*(step.dimensions for step in layer.steps))
    return not asked.isdisjoint({"remote", "relation", "filing", "remote_ordinal"})
