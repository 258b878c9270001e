"""Who tells the story: Chinese first, English beside it, money in tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

WIDTH_MAX = 118


class Narrator:
    """Tells scenes and steps on a terminal, or as plain lines where there is none."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, width=None if Console().is_terminal else WIDTH_MAX)

    def scene(self, letter: str, zh: str, en: str) -> None:
        """A new part of the story."""
        self.console.print()
        self.console.rule(f"[bold]({letter}) {zh}  {en}[/bold]", align="left", characters="─")

    def tell(self, zh: str, en: str) -> None:
        """What happens."""
        self.console.print(f"  {zh}")
        self.console.print(Padding(f"[dim]{en}[/dim]", (0, 0, 0, 2), expand=False))

    def message(self, infno: str, zh: str, en: str) -> None:
        """A message that a hospital system sends, and what came of it."""
        self.console.print(f"  [cyan]{infno}[/cyan] {zh}")
        self.console.print(f"       [dim]{en}[/dim]")

    def refused(self, infno: str, text: str) -> None:
        """A message that the platform refused, in its own words."""
        self.console.print(f"  [cyan]{infno}[/cyan] [yellow]✗ {text}[/yellow]")

    def money(self, settled: dict[str, Any], title: str) -> None:
        """The amounts of a quote or settlement as one table."""
        info = settled["setlinfo"]
        self.console.print(f"  [bold]{title}[/bold]")
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column("", min_width=30)
        table.add_column("", justify="right")
        for label, field in PARTS:
            table.add_row(label, f"{info[field]:,.2f}")
        for row in settled["setldetail"]:
            table.add_row(f"{row['fund_pay_type_name']}", f"{row['fund_payamt']:,.2f}", style="green")
        table.add_row(
            "现金 cash at the desk", f"{info.get('psn_cash_pay', info.get('pdn_cash_pay', 0)):,.2f}", style="bold"
        )
        self.console.print(Padding(table, (0, 0, 0, 4), expand=False))

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Any table; numbers stand right."""
        table = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(column, justify="right" if "元" in column else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

    def block(self, text: str) -> None:
        """A text as it is, such as a statement."""
        for line in text.splitlines():
            self.console.print(f"  {line}", markup=False)


PARTS = (
    ("医疗费总额 total", "medfee_sumamt"),
    ("全自费 not covered", "fulamt_ownpay_amt"),
    ("超限价 over the ceiling", "overlmt_selfpay"),
    ("先行自付 first self-pay", "preselfpay_amt"),
    ("符合范围 eligible", "inscp_scp_amt"),
    ("起付线 deductible", "act_pay_dedc"),
)
