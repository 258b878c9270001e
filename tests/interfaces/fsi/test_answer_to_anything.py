"""Whatever comes in, a well-formed answer goes out: never an internal error, never anything half stored."""

import json
import random

import able as ready
import messages
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from stored import everything_stored

from yijie.interfaces.fsi.service import OFFERED, answer

EVERY = sorted(OFFERED - ready.ANSWERED_BY_A_FILE)
MEMBERS = {"infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output"}
OURS = {"platform.unforeseen", "invariant.broken"}
"""Codes that no message may bring about."""

EXTREMES = st.sampled_from(
    [
        *("", " ", "0", "-1", "00", "1e5", "NaN", "-0.01", "0.000001", "99999999999999.99", "9999999999.999999"),
        *("999999999999.9999", "-999999999999.9999", "1900-01-01", "9999-12-31", "9999-12-31 23:59:59", "2026-02-29"),
        *("1900-01-01 00:00:00", "20260630", "字" * 12, "x" * 30, "x" * 4000, "null", "{}", '{"IPT_TYPE":"2"}'),
        *('{"a":' * 700, "\u0660\u0661", "²", "'; DROP TABLE x; --", "%s", "{0}", "\\", '"', "\t", "\u3000"),
        *(0, -1, 1, 2**63, -(2**63), 10**15, 0.1, True, False, None, [], {}, [[]], [{}], {"a": 1}, ["1"]),
        *("01", "02", "1", "2", "2101", "11", "14", "41", "310", "390", "0000", "110000", "510100", "999999"),
    ]
)
CHANGES = st.lists(st.tuples(st.integers(0, 200), EXTREMES), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def prepared(own_nation):
    """For each transaction a message that can be done; made anew once it was."""
    found = {}

    def fitting(infno):
        if infno not in found:
            found[infno] = ready.able(infno, random.Random().choice([messages.minimal_input, messages.maximal_input]))
        return found[infno]

    def used(infno):
        found.pop(infno, None)

    return fitting, used


def well_formed(raw):
    """The answer, read as a client would."""
    said = json.loads(raw)
    assert set(said) == MEMBERS
    assert said["infcode"] in (0, -1)
    assert len(said["err_msg"]) <= 200
    assert said["err_msg"].isprintable()
    assert (said["err_msg"] == "") == (said["infcode"] == 0)
    if said["infcode"]:
        assert said["output"] == {}
        assert said["err_msg"].rpartition("[")[2].rstrip("]") not in OURS, said["err_msg"]
    return said


TRIES = max(450, settings.default.max_examples)
"""The long lane takes its own number, which is larger."""


@settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
@given(infno=st.sampled_from(EVERY), changes=CHANGES, home=st.sampled_from(["", "110000", "510100", "1", "9"]))
def test_extreme_values_in_a_message_that_fits(prepared, infno, changes, home):
    fitting, used = prepared
    asked = fitting(infno)
    payload, fields = asked.payload, ready.fields_of(infno)
    for place, value in changes if fields else ():
        way, _ = fields[place % len(fields)]
        if messages.present(payload, way):
            payload = messages.with_value(payload, way, value)
    body = json.loads(asked.desk.message(infno, payload, insured_in=home or asked.patient.home_region))
    held = everything_stored()
    said = well_formed(answer(json.dumps(body, default=str).encode()))
    if said["infcode"] == 0:
        used(infno)
    else:
        assert everything_stored() == held


@settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
@given(
    infno=st.sampled_from(EVERY),
    member=st.sampled_from([*messages.HEADER, "infno", "input"]),
    value=EXTREMES,
)
def test_extreme_values_in_the_header(prepared, infno, member, value):
    fitting, used = prepared
    asked = fitting(infno)
    body = json.loads(asked.desk.message(infno, asked.payload, insured_in=asked.patient.home_region))
    held = everything_stored()
    said = well_formed(answer(json.dumps(body | {member: value}).encode()))
    if said["infcode"] == 0:
        used(infno)
    else:
        assert everything_stored() == held


@settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
@given(
    infno=st.sampled_from(EVERY),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3), st.integers(0, 4)), min_size=1, max_size=4),
)
def test_blind_changes_of_bytes(prepared, infno, cuts):
    """Bytes replaced, put in, taken out anywhere."""
    fitting, used = prepared
    asked = fitting(infno)
    body = asked.desk.message(infno, asked.payload, insured_in=asked.patient.home_region)
    for where, put, taken in cuts:
        at = int(where * len(body))
        body = body[:at] + put + body[at + taken :]
    held = everything_stored()
    said = well_formed(answer(body))
    if said["infcode"] == 0:
        used(infno)
    else:
        assert everything_stored() == held


@given(st.binary(max_size=200) | st.text().map(str.encode), st.text(max_size=8) | st.none())
def test_anything_at_all(own_nation, body, path):
    assert well_formed(answer(body, path))["infcode"] == -1
