"""docs/his-interface.md says what the code does."""

import re
from pathlib import Path

import messages
import pytest

from yijie.interfaces.fsi import FsiError, err_msg, errors, read_input, transactions
from yijie.interfaces.fsi.jsontext import BODY_BYTES_MAX, NESTING_MAX, NUMBER_CHARACTERS_MAX
from yijie.interfaces.fsi.reading import ROWS_MAX
from yijie.interfaces.fsi.specfiles import spec_rows
from yijie.kernel.errors import YijieError

DOCUMENT = (Path(__file__).parents[3] / "docs" / "his-interface.md").read_text(encoding="utf-8")
BASES = {errors.FsiError.code, errors.FieldError.code}


def said_of(infno, payload):
    with pytest.raises(FsiError) as refused:
        read_input(infno, payload)
    return err_msg(refused.value)


def test_every_error_is_in_the_catalogue_and_no_other():
    catalogue = set(re.findall(r"^\| `(fsi\.\w+)` \|", DOCUMENT, re.MULTILINE))
    kinds = {code for code, kind in YijieError.by_code.items() if issubclass(kind, FsiError)}
    assert catalogue == kinds - BASES


def test_every_refusal_of_the_interface_itself_is_explained():
    assert transactions.__name__, "imported, its errors are known"
    codes = {code for code in YijieError.by_code if code.startswith(("fsi.", "purchase.", "reconcile."))} - BASES
    assert {code for code in codes if f"`{code}`" not in DOCUMENT} == set()


def test_the_samples_are_what_is_answered():
    settle = messages.minimal_input("2207")["data"]
    lines = messages.minimal_input("2301")["feedetail"] * 3
    samples = [
        said_of("2207", {"data": settle | {"medfee_sumamt": "12.345"}}),
        said_of("2301", {"feedetail": [*lines[:2], messages.without(lines[2], ("cnt",))]}),
        said_of("2207", {"data": settle | {"acct_used_flag": "9"}}),
        said_of("2207", {"Data": settle}),
        said_of("9999", {}),
    ]
    for sample in samples:
        assert f"| {sample} |" in DOCUMENT


def test_limits_and_other_names_are_those_of_the_code():
    assert (
        f"At most {BODY_BYTES_MAX // 2**20} MiB per message, {ROWS_MAX} rows per node, {NESTING_MAX} levels" in DOCUMENT
    )
    assert f"numbers of more than {NUMBER_CHARACTERS_MAX} characters" in DOCUMENT
    for row in spec_rows("aliases.csv"):
        assert f"`{row['alias']}`" in DOCUMENT
