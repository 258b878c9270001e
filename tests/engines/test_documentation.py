"""What ``docs/policy-format.md`` shows is run: files are written as named, results come out, lists are whole."""

import json
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from yijie.engines.benefit import load_policy
from yijie.engines.benefit.steps import PRIMITIVES
from yijie.engines.benefit.words import CLOSED_DIMENSIONS, NUMBER_DIMENSIONS, PAYERS
from yijie.interfaces.cli import quote

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "policy-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(yaml|json)([^\n]*)\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of the document, under the names it gives them."""
    root = tmp_path_factory.mktemp("docs")
    for _, info, body in BLOCKS:
        if name := re.fullmatch(r" file=(\S+)", info):
            path = root / name.group(1)
            path.parent.mkdir(exist_ok=True)
            path.write_text(body, encoding="utf-8")
    return root


def contained(shown, actual):
    """Whether everything the document shows stands in the actual answer."""
    if isinstance(shown, dict):
        return all(key in actual and contained(value, actual[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(actual) and all(map(contained, shown, actual))
    return shown == actual


RESULTS = [(info.split("=", 1)[1].split(), body) for kind, info, body in BLOCKS if info.startswith(" expect=")]


@pytest.mark.parametrize(("names", "body"), RESULTS, ids=lambda value: value[1] if isinstance(value, list) else "")
def test_a_result_in_the_document_comes_out(folder, names, body):
    app = quote.typer.Typer()
    app.command()(quote.run)
    policy, case = names
    ran = CliRunner().invoke(app, ["--policy", str(folder / policy), "--case", str(folder / case), "--json"])
    assert ran.exit_code == 0, ran.output
    assert contained(json.loads(body), json.loads(ran.stdout)), ran.stdout


def test_the_example_folder_is_valid(folder):
    policy = load_policy(folder / "example")
    assert [layer.name for layer in policy.layers] == ["employee_inpatient", "large_amount", "personal_account"]
    assert len(RESULTS) == 4


def test_fragments_are_well_formed():
    for kind, info, body in BLOCKS:
        if kind == "yaml" and not info:
            assert yaml.safe_load(body)


def test_every_step_parameter_and_form_is_described():
    for name, primitive in PRIMITIVES.items():
        assert f"`{name}`" in DOCUMENT or f"### {name}" in DOCUMENT
        for word in (*primitive.parameters, *primitive.forms, *primitive.names):
            assert f"`{word}`" in DOCUMENT, f"{name}: {word}"
        for words in primitive.forms.values():
            for word in words:
                assert f"`{word}`" in DOCUMENT, f"{name}: {word}"


def test_every_dimension_word_and_payer_is_listed():
    for dimension in (*CLOSED_DIMENSIONS, *NUMBER_DIMENSIONS):
        assert f"`{dimension}`" in DOCUMENT
    for words in (*CLOSED_DIMENSIONS.values(), PAYERS):
        for word in words:
            assert re.search(rf"\b{word}\b", DOCUMENT), word


FORMS = (ROOT / "docs" / "policy-forms.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in FORMS.splitlines() if line.startswith("| ")][1:]


def exists(proof):
    """Whether a test, a case of a pack or a published calculation is there."""
    kind, _, name = proof.partition(" ")
    if kind == "golden":
        return (ROOT / "tests" / "golden" / name / "expected.yaml").exists()
    if kind == "pack":
        pack, _, who = name.partition(": ")
        table = yaml.safe_load((ROOT / "tests" / "packs" / f"{pack}.yaml").read_text(encoding="utf-8"))
        return who in [entry["who"] for entry in table["cases"]]
    module, _, function = proof.strip("`").partition(".")
    return f"def {function}(" in (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")


def test_every_published_form_names_its_step_and_what_tries_it():
    named = {word for _, step, _ in ROWS for word in re.findall(r"`([a-z_]+)", step)}
    assert PRIMITIVES.keys() <= named, "a step that says no published form"
    proofs = [proof for _, _, tried in ROWS for proof in tried.split(", ")]
    proofs += re.findall(r"`test_\w+\.test_\w+`", FORMS)
    assert [proof for proof in proofs if not exists(proof)] == []
