"""Each pool's table of cases, as a policy officer would write it: the facts, and every sum worked out from the source.

A table is named after its pack. An entry says in words whose case it is and holds

    case      what a case file holds; the keys shared by the whole table stand once under ``all``. ``eligible`` alone
              stands for a bill that is wholly eligible
    expect    sums in yuan as arithmetic on the published figures, such as ``(20000 - 600) * 92%``
    refused   in place of ``expect``: the code of the refusal, and under ``says`` words of its text

Nothing here asks the engine for a figure: the arithmetic is done by this file.
"""

import ast
import json
import operator
import re
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from yijie.engines.benefit import benefit_report, evaluate, load_policy
from yijie.engines.benefit.read_cases import read_cases
from yijie.kernel.errors import YijieError
from yijie.kernel.money import half_up, yuan

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TABLES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))}
PACKS = {name: load_policy(ROOT / "policies" / name) for name in TABLES}
ENTRIES = [(pack, entry) for pack, table in TABLES.items() for entry in table["cases"]]
PERCENT = re.compile(r"([\d.]+)%")
OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def worked_out(arithmetic):
    """Yuan text of sums, differences, products, quotients and ``min(a, b)`` of decimal numbers and percentages."""

    def value(node):
        if isinstance(node, ast.Constant):
            return Fraction(str(node.value))
        if isinstance(node, ast.Call):
            return min(map(value, node.args))
        return OPERATIONS[type(node.op)](value(node.left), value(node.right))

    exact = value(ast.parse(PERCENT.sub(r"(\1 / 100)", str(arithmetic)), mode="eval").body) * 100
    return yuan(half_up(exact.numerator, exact.denominator))


def answer(pack, shared, facts):
    """The report on one case of a table."""
    facts = shared | facts
    if eligible := facts.pop("eligible", None):
        facts["amounts"] = {"total": eligible, "eligible": eligible}
    (case,) = read_cases(json.dumps(facts, default=str), "case.json").cases
    return benefit_report(PACKS[pack], evaluate(PACKS[pack], case))


@pytest.mark.parametrize(("pack", "entry"), ENTRIES, ids=[f"{pack}: {entry['who']}" for pack, entry in ENTRIES])
def test_a_case_of_the_table(pack, entry):
    shared = TABLES[pack].get("all", {})
    if "refused" in entry:
        with pytest.raises(YijieError) as refusal:
            answer(pack, shared, entry["case"])
        assert refusal.value.code == entry["refused"]
        assert entry["says"] in refusal.value.text("zh") + str(refusal.value)
        return
    report = answer(pack, shared, entry["case"])
    for name, arithmetic in entry["expect"].items():
        found = (
            report["funds"].get(name, report.get(name)) if name != "allowance" else report["allowances"][0]["amount"]
        )
        assert found == worked_out(arithmetic), f"{name} = {arithmetic}"


def test_the_arithmetic_of_the_tables():
    assert worked_out("(20000 - 600) * 92%") == "17848.00"
    assert worked_out("min(100, 30 + 0.005) / 3") == "10.00"
    assert worked_out("460 / 92%") == "500.00"


def test_every_pack_has_its_table_and_its_line_in_the_document():
    packs = {path.parent.name for path in (ROOT / "policies").glob("*/pool.yaml")}
    assert packs - {"national"} == TABLES.keys()
    document = (ROOT / "docs" / "policy-format.md").read_text(encoding="utf-8")
    assert [pack for pack in sorted(packs) if f"`{pack}`" not in document] == []
