"""``yijie quote``: a policy folder and a case file in, the decision out, as a readable statement or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from yijie.engines.benefit import (
    Benefit,
    Policy,
    Years,
    benefit_report,
    error_report,
    evaluate,
    load_policy,
    settle_in_order,
)
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.loading import read_text_file
from yijie.engines.benefit.read_cases import CaseFile, read_cases
from yijie.engines.benefit.report import accumulators_report
from yijie.engines.benefit.words import word_of
from yijie.interfaces.cli.language import Language
from yijie.interfaces.cli.statement import print_statement, print_year
from yijie.kernel.errors import YijieError

Answer = Benefit | YijieError


def run(
    policy: Annotated[Path, typer.Option(metavar="DIR", help="一个统筹区的政策文件夹 / folder of one pool")],
    case: Annotated[Path, typer.Option(metavar="FILE", help="个案文件，JSON 或 YAML / case file")],
    assumed: Annotated[
        Path | None, typer.Option(metavar="DIR", help="叠加其上的假设文件夹 / folder of assumptions laid over it")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出完整结果 JSON / print the full result as JSON")] = False,
    lang: Annotated[Language, typer.Option(help="说明语言 / language of the explanations")] = Language.ZH,
) -> None:
    """按政策测算个案，不保存任何内容 Work out who pays what and store nothing; exit code 1 if a case fails."""
    loaded = load_policy(policy, assumed)
    cases = read_cases(read_text_file(case), str(case))
    years = Years()
    answers = list(_answers(loaded, cases, years))
    if as_json:
        typer.echo(json.dumps(_document(loaded, cases, answers, years), ensure_ascii=False, indent=2))
    else:
        _print(loaded, cases, answers, years, lang)
    failed = [answer for answer in answers if isinstance(answer, YijieError)]
    for error in failed:
        typer.echo(f"{error.text('zh')}\n{error}", err=True)
    if failed:
        raise typer.Exit(1)


def _answers(policy: Policy, cases: CaseFile, years: Years) -> Iterator[Answer]:
    """A benefit or an error per case; visits of one person end at the first error, since later ones rest on it."""
    if cases.one_person:
        settled = settle_in_order(policy, cases.cases, years)
        try:
            yield from settled
        except YijieError as error:
            yield error
        return
    for case in cases.cases:
        yield _answer(policy, case)


def _answer(policy: Policy, case: Case) -> Answer:
    try:
        return evaluate(policy, case)
    except YijieError as error:
        return error


def _document(policy: Policy, cases: CaseFile, answers: list[Answer], years: Years) -> Any:
    """One object for a single case, a list for a list, an object with ``visits`` for one person's visits."""
    reports = [
        error_report(case.id, answer) if isinstance(answer, YijieError) else benefit_report(policy, answer)
        for case, answer in zip(cases.cases, answers, strict=False)
    ]
    if cases.single:
        return reports[0]
    if not cases.one_person:
        return reports
    accumulators = [
        {"insurance": word_of(insurance), "year": year, "accumulators": accumulators_report(known)}
        for (insurance, year), known in years.known.items()
    ]
    return {"visits": reports, "accumulators": accumulators}


def _print(policy: Policy, cases: CaseFile, answers: list[Answer], years: Years, lang: Language) -> None:
    console = Console(highlight=False)
    for case, answer in zip(cases.cases, answers, strict=False):
        if isinstance(answer, Benefit):
            print_statement(console, policy, case, answer, lang.value)
    if cases.one_person:
        for (insurance, year), known in years.known.items():
            print_year(console, word_of(insurance), year, accumulators_report(known))
