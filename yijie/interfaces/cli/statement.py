"""A decision as a statement on the terminal: the bill, the payers, and every step with its source."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yijie.engines.benefit import Benefit, Policy
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.explain import band_sentence, parameter_sentence, sentence, step_label
from yijie.engines.benefit.result import TraceStep
from yijie.engines.benefit.words import LABELS, PARTS, Text, word_of
from yijie.kernel.money import Fen, percent, yuan

TOTAL = Text("费用总额", "total")
CASH = Text("现金", "cash")
PREPAID = Text("已预交", "prepaid")
CASH_DUE = Text("应补", "still due")
REFUND = Text("应退", "refund")
FROM_POLICY = Text("依据", "rests on")


def print_statement(console: Console, policy: Policy, case: Case, benefit: Benefit, language: str) -> None:
    """The bill and its payers in two tables, then the steps of every layer."""
    console.print(f"\n[bold]待遇测算 Benefit quote  {escape(benefit.case_id)}[/bold]")
    console.print(f"{policy.name.zh} {policy.name.en} {policy.region}，{benefit.day}，{benefit.year} 年度 year")
    console.print(_sums("费用构成 bill", [(TOTAL, benefit.amounts.total), *_parts(benefit)]))
    console.print(_sums("支付 paid by", _payers(benefit)))
    if benefit.prepaid:
        console.print(_sums("预交金 prepaid", _prepaid(benefit)))
    if benefit.allowances:
        titles = {layer.name: layer.title for layer in policy.layers}
        rows = [(titles[paid.layer], paid.amount) for paid in benefit.allowances]
        console.print(_sums("另付（不在费用内） paid beside the bill", rows))
    facts = f"起付线 deductible {yuan(benefit.deductible)}"
    if benefit.pooled_ratio is not None:
        facts += f"，统筹支付比例 pooled ratio {percent(benefit.pooled_ratio)}"
    console.print(facts)
    for _, steps in groupby(benefit.trace, key=lambda step: step.layer.name):
        _print_layer(console, policy, list(steps), language)
    console.print(f"政策指纹 policy fingerprint {policy.fingerprint[:16]}")


def print_year(console: Console, insurance: str, year: int, accumulators: Mapping[str, object]) -> None:
    """The year's accumulators after all visits."""
    table = Table("累计 accumulator", "值 value", title=f"{LABELS['insurance'][insurance].zh} {insurance} {year}")
    for name, amount in accumulators.items():
        table.add_row(name, str(amount))
    console.print(table)


def _parts(benefit: Benefit) -> list[tuple[Text, Fen]]:
    return [(LABELS["part"][part], getattr(benefit.amounts, part)) for part in PARTS]


def _payers(benefit: Benefit) -> list[tuple[Text, Fen]]:
    payers = [(LABELS["payer"][word_of(fund)], paid) for fund, paid in benefit.funds.items()]
    payers.append((LABELS["payer"]["personal_account"], benefit.personal_account))
    payers.append((CASH, benefit.cash))
    if benefit.hospital_borne:
        payers.append((LABELS["payer"]["hospital"], benefit.hospital_borne))
    return payers


def _prepaid(benefit: Benefit) -> list[tuple[Text, Fen]]:
    return [(PREPAID, benefit.prepaid), (CASH_DUE, benefit.cash_due), (REFUND, benefit.refund)]


def _sums(title: str, rows: list[tuple[Text, Fen]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(min_width=36)
    table.add_column(justify="right", min_width=16)
    for label, amount in rows:
        table.add_row(f"{label.zh} {label.en}", yuan(amount))
    return table


def _print_layer(console: Console, policy: Policy, steps: list[TraceStep], language: str) -> None:
    title = steps[0].layer.title
    payer = LABELS["payer"][steps[0].layer.payer]
    console.print(f"\n[bold]{escape(title.say(language))}[/bold] → {payer.say(language)}")
    for step in steps:
        console.print(f"  • {step_label(step, language)}: {escape(sentence(step, language))}")
        if step.step in ("bands", "phases"):
            for band in step.bands:
                console.print(f"      {band_sentence(band, language, step.step)}")
        for use in step.uses:
            words = parameter_sentence(use, step.step, policy.vocabulary, language)
            console.print(f"      [dim]{FROM_POLICY.say(language)}: {escape(words)}[/dim]")
