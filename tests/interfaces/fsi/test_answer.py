"""The response envelope, member for member and byte for byte."""

import json
from datetime import UTC, datetime

import pytest

from yijie.interfaces.fsi import err_msg, errors, failure, milliseconds_text, reference_number, success
from yijie.kernel.dates import SHANGHAI
from yijie.kernel.errors import BrokenInvariant, YijieError

RECEIVED = datetime(2026, 1, 31, 8, 30, 0, 1999, tzinfo=SHANGHAI)
RESPONDED = datetime(2026, 1, 31, 0, 30, 0, 42_000, tzinfo=UTC)
REFERENCE = "430100202601310830000000000001"


def test_a_success_is_built_exactly():
    output = b'{"data":{"mdtrt_id":"1","amt":1200.00}}'
    answer = success(output, reference=REFERENCE, received=RECEIVED, responded=RESPONDED)
    assert answer == (
        b'{"infcode":0,"inf_refmsgid":"430100202601310830000000000001","refmsg_time":"20260131083000001",'
        b'"respond_time":"20260131083000042","err_msg":"","output":{"data":{"mdtrt_id":"1","amt":1200.00}}}'
    )


def test_a_failure_says_why():
    error = errors.UnknownTransaction(infno="9999")
    answer = json.loads(failure(error, reference=REFERENCE, received=RECEIVED, responded=RESPONDED))
    assert list(answer) == ["infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output"]
    assert answer["infcode"] == -1
    assert answer["output"] == {}
    assert answer["err_msg"] == "交易编号“9999”不存在，请核对接口规范中的交易编号后重新发送 [fsi.unknown_transaction]"


def test_clients_that_compare_texts_get_the_code_as_text():
    moments = {"reference": REFERENCE, "received": RECEIVED, "responded": RESPONDED, "infcode_as_text": True}
    assert json.loads(success(b"{}", **moments))["infcode"] == "0"
    assert json.loads(failure(errors.UnknownTransaction(infno="1"), **moments))["infcode"] == "-1"


def test_the_reference_number_is_region_time_and_serial():
    number = reference_number("430100", RECEIVED, 1)
    assert number == REFERENCE
    assert len(reference_number("430100", RECEIVED, 10**10 - 1)) == 30
    for region, serial in (("4301", 1), ("湖南省长沙市", 1), ("430100", -1), ("430100", 10**10)):
        with pytest.raises(BrokenInvariant):
            reference_number(region, RECEIVED, serial)


def test_times_are_shanghais_to_the_millisecond():
    assert milliseconds_text(RECEIVED) == "20260131083000001"
    assert milliseconds_text(RESPONDED) == "20260131083000042"


def test_err_msg_has_room_for_200_characters_and_always_ends_in_the_code():
    class Talkative(YijieError):
        code = "test.talkative"
        zh = "{story}"
        en = "{story}"

    for length in (0, 1, 150, 180, 200, 1000):
        message = err_msg(Talkative(story="话" * length))
        assert len(message) <= 200
        assert message.endswith(" [test.talkative]")
    assert "…" in err_msg(Talkative(story="话" * 1000))


def test_no_two_errors_share_a_code_and_each_has_both_languages():
    kinds = [kind for kind in YijieError.by_code.values() if issubclass(kind, errors.FsiError)]
    assert len(kinds) >= 25
    for kind in kinds:
        assert kind.code.startswith("fsi.")
        assert kind.zh != errors.FsiError.zh or kind is errors.FsiError
        assert kind.__doc__
