"""The JSON Schema that editors use: made from the primitives, not stale, true of every policy there is."""

import json
import re
from pathlib import Path

import fastjsonschema
import pytest
import yaml
from test_policy_files import GOOD, MISTAKES, read
from typer.testing import CliRunner

from yijie.engines.benefit import load_policy
from yijie.engines.benefit.primitives import PRIMITIVES
from yijie.engines.benefit.schema import policy_schema
from yijie.engines.benefit.schema_of_pool import pool_schema
from yijie.engines.benefit.words import Vocabulary
from yijie.interfaces.cli import policy
from yijie.kernel.language import Text

ROOT = Path(__file__).parents[2]
FITS = fastjsonschema.compile(policy_schema())
SEEN_BY_SCHEMA = {"file.unknown_key", "file.missing_key", "file.unknown_word", "file.out_of_range", "file.shape"}
"""Mistakes within one value or one mapping; the others need the whole folder."""

BEYOND_WORDS = {"a figure nobody declared", "reversed range"}
"""Mistakes that the words of a pool do not show either."""
NOT_IN_REACH = {
    "a counter for each word of no dimension",
    "a figure nobody declared",
    "a unit nobody declared",
    "assumed word that is not declared",
    "codes for a disease without a word",
    "further days for each of something unknown",
    "reversed range",
    "unknown dimension",
    "unknown dimension in a condition",
    "unknown part",
    "unknown tier in a condition",
}
"""Mistakes in words and names that a pool declares itself, and a comparison of two numbers."""


class EditorLoader(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: days stay text, yes and no are words."""


EditorLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in known
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")
    ]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def as_an_editor_reads(text):
    """Keys are text in JSON, numbers stay numbers."""
    return json.loads(json.dumps(yaml.load(text, Loader=EditorLoader)))  # noqa: S506  a safe loader with fewer types


def test_the_shipped_schema_is_what_the_primitives_say():
    printed = CliRunner().invoke(policy.app, ["schema"])
    assert printed.stdout == (ROOT / "policies" / "policy.schema.json").read_text(encoding="utf-8"), (
        "run: yijie policy schema > policies/policy.schema.json"
    )


@pytest.fixture(scope="module")
def fits_the_pool():
    """The schema of the folder that mistakes are made in."""
    return fastjsonschema.compile(pool_schema(read(GOOD).vocabulary))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["what"])
def test_with_a_pools_own_words_mistakes_in_them_show_too(mistake, fits_the_pool):
    text = GOOD[mistake["file"]]
    fits_the_pool(as_an_editor_reads(text))
    if mistake["code"] in SEEN_BY_SCHEMA and mistake["what"] not in BEYOND_WORDS:
        with pytest.raises(fastjsonschema.JsonSchemaException):
            fits_the_pool(as_an_editor_reads(text.replace(mistake["old"], mistake["new"], 1)))


@pytest.mark.parametrize("pool", ["guangzhou", "xiantao"])
def test_a_pack_fits_the_schema_with_its_own_words(pool):
    folder = ROOT / "policies" / pool
    printed = CliRunner().invoke(policy.app, ["schema", "--pool", str(folder)])
    fits = fastjsonschema.compile(json.loads(printed.stdout))
    for path in folder.glob("*.yaml"):
        fits(as_an_editor_reads(path.read_text(encoding="utf-8")))


def test_an_editor_offers_the_words_a_pool_declares():
    parts = pool_schema(load_policy(ROOT / "policies" / "guangzhou").vocabulary)["definitions"]
    assert parts["condition"]["properties"]["disease"]["anyOf"][0]["enum"] == ["tuberculosis", "psychiatric", "none"]
    assert "basic_drugs" in parts["value_parts"]["anyOf"][0]["anyOf"][0]["enum"]
    assert parts["step_allowance"]["properties"]["unit"]["enum"] == ["day", "visit", "leave_day"]
    assert "local_referral" in parts["step_payment_ceiling"]["properties"]["each"]["enum"]


def test_words_that_look_like_numbers_or_truth_values_are_offered_as_editors_read_them():
    known = Vocabulary({"tier": {"2": Text("二档", "2"), "yes": Text("是", "yes")}, "disease": {}}, {}, {})
    offered = pool_schema(known)["definitions"]["condition"]["properties"]["tier"]["anyOf"][0]["enum"]
    assert offered == ["2", 2, "yes", True]


@pytest.mark.parametrize("folder", ["policies", "tests/golden"])
def test_every_policy_there_is_fits(folder):
    files = [path for path in (ROOT / folder).rglob("*.yaml") if (path.parent / "pool.yaml").exists()]
    assert len(files) > 90
    for path in files:
        try:
            FITS(as_an_editor_reads(path.read_text(encoding="utf-8")))
        except fastjsonschema.JsonSchemaException as wrong:
            raise AssertionError(f"{path}: {wrong.message}") from wrong


def test_every_step_is_described_where_an_editor_shows_it():
    steps = policy_schema()["definitions"]
    for name, primitive in PRIMITIVES.items():
        assert "Seen:" in steps[f"step_{name}"]["description"]
        assert primitive.label.zh in steps[f"step_{name}"]["title"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["what"])
def test_a_mistake_in_a_word_or_key_shows_while_writing(mistake):
    text = GOOD[mistake["file"]]
    FITS(as_an_editor_reads(text))
    wrong = text.replace(mistake["old"], mistake["new"], 1)
    if mistake["code"] not in SEEN_BY_SCHEMA or mistake["what"] in NOT_IN_REACH:
        return
    with pytest.raises(fastjsonschema.JsonSchemaException):
        FITS(as_an_editor_reads(wrong))
