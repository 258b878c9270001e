"""The request envelope: what is taken, what is refused, and what counts as the same content."""

import json
from datetime import datetime
from decimal import Decimal

import messages
import pytest

from yijie.interfaces.fsi import content_hash, errors, parse_request
from yijie.interfaces.fsi.jsontext import BODY_BYTES_MAX, NESTING_MAX, json_value
from yijie.kernel.dates import SHANGHAI

PAYLOAD = messages.minimal_input("2207")


def refused(body, path_infno=None):
    with pytest.raises(errors.FsiError) as caught:
        parse_request(body, path_infno)
    assert len(caught.value.text("zh")) <= errors.ERR_MSG_MAX
    assert caught.value.text("en")
    return caught.value


def raw(**members):
    return json.dumps(members, ensure_ascii=False).encode()


def test_a_message_becomes_a_record():
    envelope = parse_request(messages.request("2207", PAYLOAD, sign_no="680003", recer_admdvs="430100"))
    assert envelope.infno == "2207"
    assert envelope.msgid == messages.HEADER["msgid"]
    assert envelope.inf_time == datetime(2026, 1, 31, 8, 30, tzinfo=SHANGHAI)
    assert envelope.sign_no == "680003"
    assert envelope.dev_no == ""
    assert envelope.extra == {"recer_admdvs": "430100"}
    assert envelope.input["data"]["psn_no"] == PAYLOAD["data"]["psn_no"]


def test_the_header_is_read_liberally():
    members = {
        "infver": "1.0.0",
        "opter_type": 3,
        "msgid": "7d9f0c2b5a6e4f1f8f0b0c9e1a2b3c",  # 30 hex characters, no institution, no time
        "inf_time": "20260131083000123",
        "fixmedins_code": "H" * 30,
        "fixmedins_name": "院" * 200,
        "insuplc_admdvs": None,
        "dev_no": None,
    }
    envelope = parse_request(b"\xef\xbb\xbf" + messages.request("2207", PAYLOAD, **members))
    assert envelope.opter_type == "3"
    assert envelope.insuplc_admdvs == ""
    assert envelope.inf_time == datetime(2026, 1, 31, 8, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("msgid", "", errors.FieldMissing),
        ("msgid", "1" * 31, errors.TextTooLong),
        ("msgid", "1\n2", errors.ControlCharacter),
        ("msgid", {}, errors.WrongType),
        ("mdtrtarea_admvs", "湖南", errors.NotDigits),
        ("mdtrtarea_admvs", "4301000", errors.NotDigits),
        ("insuplc_admdvs", "43010A", errors.NotDigits),
        ("opter_type", "4", errors.NotInCodeList),
        ("inf_time", "now", errors.NotADate),
        ("fixmedins_name", "院" * 201, errors.TextTooLong),
        ("cainfo", "A" * 1025, errors.TextTooLong),
    ],
)
def test_a_header_that_breaks_its_table_is_refused(member, value, expected):
    error = refused(messages.request("2207", PAYLOAD, **{member: value}))
    assert type(error) is expected
    assert error.facts["field"] == member


def test_the_number_may_stand_in_the_message_in_the_address_or_in_both():
    assert parse_request(messages.request("4101a", {})).infno == "4101A"
    assert parse_request(messages.request("2207", PAYLOAD), "2207").infno == "2207"
    assert parse_request(messages.request("", PAYLOAD), "13203").infno == "13203"
    assert isinstance(refused(messages.request("2207", PAYLOAD), "2208"), errors.InfnoDisagrees)
    missing = refused(messages.request("", PAYLOAD))
    assert isinstance(missing, errors.FieldMissing)
    assert missing.facts["field"] == "infno"


def test_input_comes_as_an_object_or_as_its_text():
    as_text = json.dumps(PAYLOAD, indent=2, ensure_ascii=False)
    plain = parse_request(messages.request("2207", PAYLOAD))
    assert parse_request(messages.request("2207", as_text)).input == plain.input
    for empty in (None, "", {}):
        assert parse_request(messages.request("5101", empty)).input == {}
    assert isinstance(refused(messages.request("2207", [PAYLOAD])), errors.NotAnObject)
    assert isinstance(refused(messages.request("2207", "[1]")), errors.NotAnObject)
    assert isinstance(refused(messages.request("2207", "{'a': 1}")), errors.NotJson)
    assert refused(messages.request("2207", '{"a":1,"a":1}')).text().startswith("input中同一对象内“a”出现多次")


@pytest.mark.parametrize("cipher", ["PznBlnVSzpDlyl54Vk3/hg==", "02D9D1178B6D96F314BF16AB36A817E5", "QUJD\nREVG"])
def test_ciphertext_is_refused_until_the_institution_has_a_key(cipher):
    assert isinstance(refused(messages.request("2207", cipher)), errors.EncryptedInput)
    assert isinstance(refused(messages.request("2207", "密文", enc_type="SM4")), errors.EncryptedInput)


def test_bytes_that_are_no_message():
    assert isinstance(refused(b"x" * (BODY_BYTES_MAX + 1)), errors.BodyTooLarge)
    assert refused("{'门诊': 1}".encode("gbk")).text().startswith("报文不是有效的UTF-8编码（从第3字节起）")
    assert refused(b'{"a": 1,\n "b": tru }').text().startswith("报文不是有效的JSON：第2行第7列")
    assert isinstance(refused(b""), errors.NotJson)
    assert isinstance(refused(b'{"a": "tab\there"}'), errors.NotJson)
    assert isinstance(refused(b"[]"), errors.NotAnObject)
    assert isinstance(refused(b"1"), errors.NotAnObject)
    assert isinstance(refused(raw(infno="2207") + b" x"), errors.NotJson)


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1" * 41, "1e41", "1E-99", "1e999999999999", "91e999223372036854775808"]
)
def test_numbers_beyond_any_field_are_refused(number):
    assert isinstance(refused(f'{{"x": {number}}}'.encode()), errors.NumberUnusable)


def test_a_member_twice_is_refused_wherever_it_stands():
    error = refused(b'{"input": {"data": {"psn_no": "1", "psn_no": "2"}}}')
    assert isinstance(error, errors.DuplicateKey)
    assert error.text() == "报文中同一对象内“psn_no”出现多次，无法判断以哪个为准，请HIS厂商删除重复项"


def test_nesting_is_limited():
    def nested(depth):
        return ("[" * depth + "]" * depth).encode()

    assert json_value(nested(NESTING_MAX).decode(), "报文")
    assert isinstance(refused(nested(NESTING_MAX + 1)), errors.TooDeep)
    assert isinstance(refused(nested(200_000)), errors.TooDeep)
    assert isinstance(refused(b'{"a":' * 5000 + b"1" + b"}" * 5000), errors.TooDeep)


def test_half_of_a_surrogate_pair_is_refused_and_a_whole_one_is_a_character():
    assert isinstance(refused(b'{"a": "\\ud842"}'), errors.NotUtf8)
    assert isinstance(refused(b'{"\\udfff": 1}'), errors.NotUtf8)
    assert json_value('"\\ud842\\udfb7"', "报文") == "𠮷"


def test_numbers_are_exact_and_equal_numbers_are_alike():
    value = json_value("[0.1, 12.50, 1.25e1, 100.00, 1E2, -0.0, 0.1234567890123456789012345678901]", "报文")
    assert [str(number) for number in value] == [
        "0.1",
        "12.5",
        "12.5",
        "100",
        "100",
        "0",
        "0.1234567890123456789012345678901",
    ]
    assert all(type(number) is Decimal for number in value)


def hash_of(payload_text, **members):
    members = {"insuplc_admdvs": "430100"} | members
    body = json.dumps(messages.header("2207", **members), ensure_ascii=False)[:-1] + ', "input": ' + payload_text + "}"
    return parse_request(body.encode()).content_hash()


def test_the_content_is_the_same_whatever_the_order_the_spaces_and_the_time():
    first = hash_of('{"data": {"psn_no": "1", "medfee_sumamt": 12.50, "list": [{"a": 1, "b": 2}]}}')
    assert first == hash_of('{"data":{"list":[{"b":2,"a":1}],"medfee_sumamt":12.5,"psn_no":"1"}}')
    assert first == hash_of(
        '{"data": {"psn_no": "1", "medfee_sumamt": 1.25e1, "list": [{"a": 1.0, "b": 2}]}}',
        inf_time="2026-02-01 00:00:00",
        sign_no="9",
        cainfo="signature",
        msgid="other",
    )
    as_text = json.dumps('{"data": {"psn_no": "1", "medfee_sumamt": 12.5, "list": [{"a": 1, "b": 2}]}}')
    assert first == hash_of(as_text)


def test_other_content_is_other():
    first = hash_of('{"data": {"a": "1", "rows": [1, 2]}}')
    others = [
        hash_of('{"data": {"a": "2", "rows": [1, 2]}}'),
        hash_of('{"data": {"a": 1, "rows": [1, 2]}}'),
        hash_of('{"data": {"a": "1", "rows": [2, 1]}}'),
        hash_of('{"data": {"a": "1", "rows": [1, 2], "b": null}}'),
        hash_of('{"data": {"a": "1", "rows": [1, 2]}}', insuplc_admdvs="430200"),
        content_hash("2208", "430100", {"data": {"a": "1", "rows": [Decimal(1), Decimal(2)]}}),
    ]
    assert len({first, *others}) == len(others) + 1


def test_the_hash_never_changes_because_it_is_stored():
    """Stored with every message id: a new library version must not turn a repeated message into another content."""
    payload = json_value('{"data": {"psn_no": "甲\\u00e9/\\"", "x": [1.50, -0, true, null, {}]}, "A": 1e-7}', "input")
    assert content_hash("2207", "430100", payload) == "0f9a591d6d7c7b1559320cdef935c85b21f0dbb13767f9d48375fea3bccdd0f8"
