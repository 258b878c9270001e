"""Published calculations, each run through a policy folder written from the parameters its page states.

A folder holds ``policy/`` and ``case.yaml`` as any policy officer would write them, and ``expected.yaml``:

    page_prints   what the page prints, for the reader
    expect        per case: where in ``yijie quote --json`` which value must stand
    never         per case: what the page prints against its own rule, and the engine must not
    other_readings  where the page can be read otherwise: the folder of that policy and what then stands where
    refused       the error code where a bill cannot be: payers beyond the bill
"""

import contextlib
import io
import json
from pathlib import Path

import pytest
import typer
import yaml

from yijie.engines.benefit import load_policy
from yijie.interfaces.cli.language import Language
from yijie.interfaces.cli.quote import run
from yijie.kernel.money import fen_from_yuan

HERE = Path(__file__).parent
EXAMPLES = sorted(path.parent for path in HERE.glob("*/expected.yaml"))


def expectation(example):
    """What an example's ``expected.yaml`` says."""
    return yaml.safe_load((example / "expected.yaml").read_text(encoding="utf-8"))


READINGS = [(example, folder) for example in EXAMPLES for folder in expectation(example).get("other_readings", {})]


def quote(policy, case):
    """What ``yijie quote --json`` prints for a case file, one report per case."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(typer.Exit):
        run(policy, case, as_json=True, lang=Language.ZH)
    answer = json.loads(printed.getvalue())
    if isinstance(answer, list):
        return answer
    return answer.get("visits", [answer])


def at(report, path):
    """The value at a dotted path; in lists of layers and steps a word picks the entry that bears it."""
    for word in path.split("."):
        if isinstance(report, list) and not word.isdigit():
            named = [entry for entry in report if word in (entry.get("layer"), entry.get("step"))]
            report = named if word in {entry.get("layer") for entry in named} and "step" in named[0] else named[0]
        else:
            report = report[int(word)] if isinstance(report, list) else report[word]
    return report


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_published_calculation_comes_out(example):
    expected = expectation(example)
    reports = quote(example / "policy", example / "case.yaml")
    if "refused" in expected:
        assert {report["error"]["code"] for report in reports} == {expected["refused"]}
        return
    assert len(reports) == len(expected["expect"])
    for report, wanted in zip(reports, expected["expect"], strict=True):
        assert {path: at(report, path) for path in wanted} == wanted
        payers = [*report["funds"].values(), report["personal_account"], report["cash"], report["hospital_borne"]]
        assert sum(map(fen_from_yuan, payers)) == fen_from_yuan(report["total"])
    for report, slip in zip(reports, expected.get("never", []), strict=False):
        for path, printed in slip.items():
            assert at(report, path) != printed, "the page's slip is reproduced"


@pytest.mark.parametrize(("example", "folder"), READINGS, ids=lambda value: getattr(value, "name", value))
def test_where_a_source_can_be_read_otherwise_that_reading_is_a_policy_too(example, folder):
    wanted = expectation(example)["other_readings"][folder]
    reports = quote(example / folder, example / "case.yaml")
    for report, values in zip(reports, wanted, strict=True):
        assert {path: at(report, path) for path in values} == values


def test_examples_carry_their_source():
    for example in EXAMPLES:
        policy = load_policy(example / "policy")
        sources = {
            entry.source.trust
            for layer in policy.layers
            for step in layer.steps
            for parameter in step.parameters.values()
            for entry in parameter.entries
        }
        assert sources <= {"A", "B", "C"}
        assert sources
