"""``yijie policy``: what a policy officer does with policy folders."""

from __future__ import annotations

import re
from datetime import datetime
from inspect import cleandoc
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from yijie.engines.benefit import Policy, load_policies, load_policy
from yijie.engines.benefit.compare import compare
from yijie.engines.benefit.policy import Layer
from yijie.engines.benefit.primitives import PRIMITIVES
from yijie.engines.benefit.words import LABELS
from yijie.interfaces.cli.language import Language
from yijie.interfaces.cli.new_policy import schema_text, write_new_policy
from yijie.interfaces.cli.wrapping import print_wrapped
from yijie.kernel.language import Text
from yijie.kernel.region import NATION

app = typer.Typer(no_args_is_help=True)
SEEN = re.compile(r"\n\n|\n(?=Seen:)")
"""Where a paragraph of a primitive's docstring ends."""


@app.callback()
def policy() -> None:
    """检查待遇政策 Check benefit policies."""


@app.command()
def check(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="一个统筹区的政策文件夹，或其上级 / one pool or many")
    ],
    assumed: Annotated[
        Path | None, typer.Option(metavar="DIR", help="叠加其上的假设 / assumptions laid over it, in the same form")
    ] = None,
) -> None:
    """校验政策文件夹并列出内容；有误时给出文件与行号 Validate and list; errors name file and line, exit code 1."""
    single = (directory / "pool.yaml").exists() or not directory.is_dir()
    policies = [load_policy(directory, assumed)] if single else list(load_policies(directory, assumed).values())
    console = Console(highlight=False)
    for loaded in policies:
        _show(console, loaded)
    console.print(f"校验通过 valid: {len(policies)}")


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="新文件夹 / the new folder")],
    region: Annotated[str, typer.Option(help="六位医保区划 / six-digit region code")],
    zh: Annotated[str, typer.Option(help="统筹区名称 / Chinese name of the pool")],
    en: Annotated[str, typer.Option(help="英文名称 / English name")],
    since: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="规定施行日 / first day of the rules")
    ],
) -> None:
    """新建一个政策文件夹，各项数字先声明为缺口 Start a folder in which every figure is a declared gap."""
    names = write_new_policy(directory, region, zh, en, since.date())
    typer.echo(f"已写入 written: {', '.join(names)}")
    typer.echo(f"下一步 next: yijie policy check {directory}；docs/policy-format.md")


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="原政策文件夹 / the earlier folder")],
    after: Annotated[Path, typer.Argument(metavar="B", help="新政策文件夹 / the later folder")],
    lang: Annotated[Language | None, typer.Option(help="只用一种语言 / one language only")] = None,
) -> None:
    """用文字说出两份政策的不同：改了什么、从何时起、对谁 Say what changes, from when, for whom."""
    changes = compare(load_policy(before), load_policy(after))
    for change in changes:
        for number, language in enumerate([lang] if lang else Language):
            typer.echo(("    " if number else "• ") + change.say(language))
    found = (
        Text(f"共 {len(changes)} 处不同", f"{len(changes)} change{'s'[: len(changes) > 1]}")
        if changes
        else Text("没有不同", "no difference")
    )
    typer.echo(" ".join(found.say(language) for language in ([lang] if lang else Language)))


@app.command()
def schema(
    pool: Annotated[
        Path | None,
        typer.Option(metavar="P", help="带上该政策文件夹声明的词 / with the words this policy folder declares"),
    ] = None,
) -> None:
    """输出编辑器用的 JSON Schema Print the JSON Schema by which editors complete and check policy files."""
    typer.echo(schema_text(load_policy(pool) if pool else None), nl=False)


@app.command()
def steps() -> None:
    """列出政策可用的步骤、参数与形式 List the steps a policy may use, with their parameters and forms."""
    console = Console(highlight=False)
    for name, primitive in PRIMITIVES.items():
        console.print(f"\n[bold]{name}[/bold] {primitive.label.zh} {primitive.label.en}")
        for paragraph in SEEN.split(cleandoc(primitive.__doc__ or "")):
            print_wrapped(console, " ".join(paragraph.split()))
        for parameter, kind in primitive.parameters.items():
            console.print(f"  {parameter}: {kind.value}{' *' if parameter == primitive.main else ''}")
        for form, words in primitive.forms.items():
            console.print(f"  {form}: {' | '.join(words)}{' *' if form in primitive.must_say else ''}")
        for given in primitive.names:
            console.print(f"  {given}: name{' *' if given in primitive.must_say else ''}")
    console.print("\n* 必须写明 must be written")


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
