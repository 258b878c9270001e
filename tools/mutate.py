"""mutate.py: small mistakes put into the benefit engine one at a time, to see whether its tests notice.

Each mutant changes one operator, comparison, constant, condition or call, or one sign in the text that ``compiled/``
writes. It runs in a fork of this process, which has imported the libraries but none of the engine, and is never written
to disk. Tests of the module's part go first, the slow comparisons only where nothing has noticed. What survives is
listed in docs/reports/mutation.md with the argument that tools/mutants_argued.yaml gives for it; one without fails
the run.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path

import hypothesis
import hypothesis.strategies
import msgspec
import numpy as np
import pytest
import typer
import yaml

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "yijie" / "engines" / "benefit"
REPORT = ROOT / "docs" / "reports" / "mutation.md"
ARGUED = ROOT / "tools" / "mutants_argued.yaml"
TESTS = ROOT / "tests" / "engines"
PRELOADED = (hypothesis.strategies, msgspec, np, typer, yaml)
"""Imported here once, so that no fork has to."""
QUICKLY, SLOWLY, SURVIVED = "noticed quickly", "noticed slowly", "SURVIVED"
SLOWEST_S = 600
"""A mutant whose tests run longer has been noticed: it loops."""
SLOW = "random or real_packs or published or quarter_of or agree"
GROUPS = {
    "scalar": (
        (
            "accumulators",
            "active",
            "arithmetic",
            "asked",
            "booking",
            "case",
            "catalogue",
            "evaluate",
            "paying",
            "profile",
            "resolve",
            "resolve_base",
            "resolve_pay",
            "run",
            "values",
            "visits",
        ),
        (
            "test_steps",
            "test_units",
            "test_allowances",
            "test_shared_rules",
            "test_answers",
            "test_catalogue",
            "test_packs",
        ),
        ("test_compiled", "test_properties", "test_columnar", "../golden/test_golden"),
    ),
    "compiled": (
        (
            "compiled/bill",
            "compiled/chain",
            "compiled/kinds",
            "compiled/paying",
            "compiled/programs",
            "compiled/writing",
        ),
        ("test_compiled",),
        ("test_compiled", "test_answers"),
    ),
    "columnar": (
        (
            "columnar/arithmetic",
            "columnar/block",
            "columnar/claims",
            "columnar/columns",
            "columnar/dates",
            "columnar/evaluate",
            "columnar/figures",
            "columnar/fold",
            "columnar/paying",
            "columnar/plans",
            "columnar/profiles",
        ),
        ("test_columnar", "test_allowances"),
        ("test_columnar",),
    ),
}
"""Modules, the tests that run first (without the slow ones), and those that survivors must survive too."""

COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip
RECKONED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
            ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}  # fmt: skip
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "least": "most", "most": "least"}
WRITTEN = (
    (" - ", " + "),
    (" + ", " - "),
    (" < ", " <= "),
    (" <= ", " < "),
    (" * ", " // "),
    ("min(", "max("),
    ("max(", "min("),
    (" > ", " >= "),
    ("+= ", "-= "),
    ("-= ", "+= "),
    ("// ", "* "),
    (" if ", " if not "),
)
"""Signs in the text of a program, and what each becomes."""


@dataclass(frozen=True)
class Mutant:
    """One mistake: where it is, what the line said and says."""

    module: str
    line: int
    said: str
    change: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    text = (ENGINE / f"{module}.py").read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    places = [
        (node, change) for node in run_code(tree) for change in changes(node, written=module.startswith("compiled"))
    ]
    for node, (what, apply) in places:
        before = {name: list(value) if isinstance(value, list) else value for name, value in node.__dict__.items()}
        apply()
        yield Mutant(module, node.lineno, lines[node.lineno - 1].strip(), what, ast.unparse(tree))
        node.__dict__.clear()
        node.__dict__.update(before)


def run_code(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The nodes that run: not annotations, docstrings, type aliases, what is imported, or that a ``zip`` is strict."""
    for name, value in ast.iter_fields(tree):
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or name in ("annotation", "returns", "decorator_list", "bases"):
                continue
            if isinstance(node, ast.keyword) and node.arg == "strict":
                continue
            texts = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            alias = isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation)
            if texts or alias or isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if isinstance(node, ast.expr | ast.stmt):
                yield node
            yield from run_code(node)


Change = tuple[str, Callable[[], None]]


def changes(node: ast.AST, *, written: bool) -> Iterator[Change]:
    """What can go wrong at a node: words for it, and what does it."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        other = COMPARED[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} → {other.__name__}", lambda: node.ops.__setitem__(0, other())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in RECKONED:
        turned = RECKONED[type(node.op)]
        yield f"{type(node.op).__name__} → {turned.__name__}", lambda: setattr(node, "op", turned())
    elif isinstance(node, ast.BoolOp):
        turned_to = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} → {turned_to.__name__}", lambda: setattr(node, "op", turned_to())
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} → {node.value + 1}", lambda: setattr(node, "value", node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} → {not node.value}", lambda: setattr(node, "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and written:
        yield from in_text(node, node.value)
    elif isinstance(node, ast.If | ast.IfExp):
        yield "condition negated", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", lambda: setattr(node, "op", ast.UAdd()) or setattr(node, "operand", truth(node.operand))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED:
        name = node.func.id
        yield f"{name} → {CALLED[name]}", lambda: setattr(node, "func", ast.Name(CALLED[name], ast.Load()))


def truth(node: ast.expr) -> ast.expr:
    """The node as a truth value, which may stand behind a sign."""
    return ast.Call(ast.Name("bool", ast.Load()), [node], [])


def in_text(node: ast.Constant, text: str) -> Iterator[Change]:
    for sign, other in WRITTEN:
        if sign in text:
            yield (
                f"text: {sign.strip()} → {other.strip()}",
                lambda o=other, s=sign: setattr(node, "value", text.replace(s, o, 1)),
            )


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Gives one module its mutated source."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = f"yijie.engines.benefit.{mutant.module.replace('/', '.')}"

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        path = str(ENGINE / f"{self.mutant.module}.py")
        return importlib.machinery.ModuleSpec(name, self, origin=path) if name == self.name else None

    def get_filename(self, _: str) -> str:
        return f"{self.mutant.module}.mutated"

    def get_data(self, _: str) -> bytes:
        return self.mutant.source.encode()


def noticed(mutant: Mutant | None, tests: tuple[str, ...], chosen: str) -> bool:
    """Whether tests fail, cannot even begin, or never end, with the mutant in place."""
    pid = os.fork()
    if pid == 0:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        if mutant is not None:
            sys.meta_path.insert(0, Mutated(mutant))
        files = [str(TESTS / f"{test}.py") for test in tests]
        options = [
            "-x",
            "-q",
            "--noconftest",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            "-m",
            "not soak",
            "-o",
            "filterwarnings=",
        ]
        code = 99
        with contextlib.suppress(BaseException):
            code = pytest.main([*options, *(["-k", chosen] if chosen else []), *files])
        os._exit(int(code) % 256)
    return waited(pid) != 0


def waited(pid: int) -> int:
    """The exit code of a child; one that takes too long is ended and counts as failed."""
    until = time.monotonic() + SLOWEST_S
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return -1


def outcome_of(mutant: Mutant, until: float) -> tuple[Mutant, str]:
    """Which tests of its part notice a mutant: the quick ones, the slow ones, or none; "" where time is up."""
    if time.monotonic() > until:
        return mutant, ""
    first, second = next(tests for modules, *tests in GROUPS.values() if mutant.module in modules)
    if noticed(mutant, first, f"not ({SLOW})"):
        return mutant, QUICKLY
    return mutant, SLOWLY if noticed(mutant, second, "") else SURVIVED


def main() -> None:
    """Try a random sample within a time, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=30, help="stop after so long; the report says what was covered"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--group", choices=[*GROUPS], action="append", help="only this part of the engine")
    chosen = parser.parse_args()
    groups = chosen.group or list(GROUPS)
    hypothesis.settings.register_profile("the same", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("the same")
    for group in groups:
        if noticed(None, GROUPS[group][1], f"not ({SLOW})") or noticed(None, GROUPS[group][2], ""):
            sys.exit(f"The tests of {group} fail without any mutant.")
    everything = {group: [m for module in GROUPS[group][0] for m in mutants(module)] for group in groups}
    for found in everything.values():
        random.Random(chosen.seed).shuffle(found)  # noqa: S311  a sample, not a secret
    in_turn = [one for row in zip_longest(*everything.values()) for one in row if one is not None]
    tried: list[tuple[Mutant, str]] = []
    with multiprocessing.get_context("fork").Pool() as workers:
        asked = partial(outcome_of, until=time.monotonic() + chosen.minutes * 60)
        for mutant, outcome in workers.imap_unordered(asked, in_turn):
            if outcome:
                tried.append((mutant, outcome))
                print(f"{len(tried)} {outcome} {mutant.module}:{mutant.line} {mutant.change}", flush=True)
    sys.exit(report(everything, tried, chosen.seed))


def report(everything: dict[str, list[Mutant]], tried: list[tuple[Mutant, str]], seed: int) -> int:
    """Write what was found; 1 if a survivor has no argument."""
    argued = yaml.safe_load(ARGUED.read_text(encoding="utf-8")) if ARGUED.exists() else {}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    rows, unargued = [], 0
    for mutant, outcome in tried:
        if outcome == SURVIVED:
            argument = argued.get(mutant.module, {}).get(f"{mutant.said} | {mutant.change}")
            unargued += argument is None
            said = mutant.said.replace("|", "\\|")
            rows.append(f"| `{mutant.module}:{mutant.line}` | `{said}` | {mutant.change} | {argument or '**none**'} |")
    counts = []
    for group, found in everything.items():
        own = [outcome for mutant, outcome in tried if mutant.module in GROUPS[group][0]]
        by = " | ".join(str(own.count(outcome)) for outcome in (QUICKLY, SLOWLY, SURVIVED))
        counts.append(f"| {group} | {len(found)} | {len(own)} | {by} |")
    text = [
        "# Mutation testing of the benefit engine (`make mutate`)",
        "",
        f"- commit {commit.stdout.strip() or 'unknown'}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, seed {seed}",
        "- a random sample, in turn from each part of the engine, for as long as was given",
        "- noticed means: some test fails, or never ends, within the tests named in `tools/mutate.py`",
        "",
        "| part | mutants | tried | noticed by quick tests | only by slow comparisons | survived |",
        "|---|---|---|---|---|---|",
        *counts,
        "",
        "| survivor | line | change | argument |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(text), encoding="utf-8")
    print(f"{len(rows)} of {len(tried)} survived, {unargued} without an argument. Report: {REPORT.relative_to(ROOT)}")
    return int(unargued > 0)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
