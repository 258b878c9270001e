"""Whatever arrives, the edge answers with its own typed errors and a text that fits ``err_msg``."""

import json
from decimal import Decimal

import messages
import pytest
from hypothesis import given, settings, strategies as st

from yijie.interfaces.fsi import (
    FsiError,
    content_hash,
    err_msg,
    input_errors,
    parse_request,
    read_input,
    transaction,
    transaction_numbers,
)
from yijie.interfaces.fsi.errors import ERR_MSG_MAX
from yijie.interfaces.fsi.jsontext import json_value

FUZZ = settings(max_examples=300)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=300) | st.sampled_from(
    ["", " ", "0", "-1", "1e9", "NaN", "2026-01-31", "110105194912310021", "\x00", "{", "}{", "{0}", "%s", "汉" * 250]
)
SCALARS = st.none() | st.booleans() | TEXTS | st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


def check(error):
    """An error of ours, with texts in both languages, the Chinese one within its room."""
    assert isinstance(error, FsiError)
    assert len(error.text("zh")) <= ERR_MSG_MAX
    message = err_msg(error)
    assert len(message) <= ERR_MSG_MAX
    assert message.endswith(f"[{error.code}]")
    assert error.text("en")
    assert message.isprintable()
    message.encode()


def read(body, path_infno=None):
    try:
        envelope = parse_request(body, path_infno)
        envelope.content_hash()
        read_input(envelope.infno, envelope.input)
    except FsiError as error:
        check(error)


@FUZZ
@given(st.binary(max_size=400), st.none() | TEXTS)
def test_any_bytes(body, path_infno):
    read(body, path_infno)


@FUZZ
@given(VALUES)
def test_any_json(value):
    read(json.dumps(value, default=str).encode("utf-8", "surrogatepass"))


@FUZZ
@given(st.text(st.sampled_from('{}[]":,0123456789.eE+-\\ntruefalsnu \t\ud83d\ude00')))
def test_anything_that_nearly_is_json(text):
    read(text.encode("utf-8", "surrogatepass"))
    try:
        content_hash("2207", "", {"x": json_value(text, "报文")})
    except FsiError as error:
        check(error)


@FUZZ
@given(st.dictionaries(st.sampled_from([*messages.HEADER, "infno", "input", "enc_type"]), VALUES))
def test_any_header(members):
    message = messages.header("2207", input=messages.minimal_input("2207")) | members
    read(json.dumps(message, default=str).encode("utf-8", "surrogatepass"))


@FUZZ
@given(st.data())
def test_any_value_in_any_field_of_any_transaction(data):
    infno = data.draw(st.sampled_from(transaction_numbers()))
    payload = messages.skeleton_input(infno)
    found = list(messages.places(transaction(infno).input))
    if found:
        way, _ = data.draw(st.sampled_from(found))
        payload = messages.with_value(payload, way, data.draw(VALUES))
    for error in input_errors(infno, payload, errors_max=5):
        check(error)


@FUZZ
@given(st.sampled_from(transaction_numbers()), st.dictionaries(TEXTS, VALUES, max_size=4))
def test_any_nodes(infno, payload):
    for error in input_errors(infno, payload):
        check(error)


@FUZZ
@given(st.decimals(min_value=Decimal("-99999999999999.99"), max_value=Decimal("99999999999999.99"), places=2))
def test_every_amount_arrives_to_the_fen(amount):
    payload = messages.minimal_input("2207")["data"]
    for sent in (json.dumps(str(amount)), str(amount)):
        body = json.dumps({"data": payload | {"medfee_sumamt": "AMOUNT"}}).replace('"AMOUNT"', sent)
        assert read_input("2207", json_value(body, "input")).nodes["data"]["medfee_sumamt"] == amount


@pytest.mark.parametrize("infno", ["3101", "4701", "2301"])
def test_the_longest_error_text_still_fits(infno):
    """The deepest places, the longest names and values at once."""
    for way, field in messages.places(transaction(infno).input):
        if field.node is None:
            payload = messages.with_value(messages.skeleton_input(infno), way, "9" * 5000 + "汉\x00" * 100)
            for error in input_errors(infno, payload):
                check(error)
