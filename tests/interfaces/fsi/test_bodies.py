"""``input`` and ``output`` signed and encrypted: what opens, what is refused, and that signing covers what it says."""

import base64
import json
from dataclasses import dataclass
from decimal import Decimal

import messages
import pytest

from yijie.interfaces.fsi import bodies, errors
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.fsi.envelope import opened, read_message
from yijie.interfaces.fsi.presenting import in_national_words, in_words_of
from yijie.kernel import sm

KEY = "YJCLIENT00000001"
PRIVATE = sm.new_private_key()
PUBLIC = sm.public_key_of(PRIVATE)
PAYLOAD = messages.minimal_input("2207")
TEXT = json.dumps(PAYLOAD, ensure_ascii=False)


@dataclass
class Keys:
    sm4_key: str = ""
    signed: str = "nothing"
    public_key: str = PUBLIC


def open_(keys, **members):
    payload = members.pop("input", PAYLOAD)
    return opened(read_message(messages.request("2207", payload, **members)), keys).input


def sealed(text=TEXT, key=KEY):
    return bodies.encrypted(text.encode(), key)


PLAIN_INPUT = open_(Keys())


def test_ciphertext_opens_in_base64_and_in_hexadecimal():
    keys = Keys(sm4_key=KEY)
    hexadecimal = base64.b64decode(sealed()).hex()
    for text in (sealed(), hexadecimal, hexadecimal.upper(), sealed()[:40] + "\n" + sealed()[40:]):
        assert open_(keys, input=text, enc_type="SM4") == PLAIN_INPUT
        assert open_(keys, input=text) == PLAIN_INPUT
    assert open_(keys, input=TEXT, enc_type="SM4") == PLAIN_INPUT
    assert open_(keys, input=PAYLOAD) == PLAIN_INPUT
    assert open_(keys, input="") == {}


@pytest.mark.parametrize(
    "text", [sealed(key="another key 0001"), sealed()[:-4], "AAAA", "密文", "A", bodies.encrypted(b"\xff\xfe", KEY)]
)
def test_ciphertext_that_does_not_open_is_refused(text):
    with pytest.raises(errors.CiphertextUnreadable):
        open_(Keys(sm4_key=KEY), input=text, enc_type="SM4")


def test_ciphertext_of_something_else_is_refused():
    with pytest.raises(errors.NotJson):
        open_(Keys(sm4_key=KEY), input=sealed("no json"))
    with pytest.raises(errors.NotAnObject):
        open_(Keys(sm4_key=KEY), input=sealed("[1]"))


@pytest.mark.parametrize("form", ["object", "text", "ciphertext"])
def test_a_signature_over_the_plain_input_as_it_was_sent(form):
    signature = bodies.signature_of(TEXT.encode(), PRIVATE)
    value = {"object": PAYLOAD, "text": TEXT, "ciphertext": sealed()}[form]
    keys = Keys(sm4_key=KEY, signed="input")
    assert open_(keys, input=value, cainfo=signature, signtype="SM2") == PLAIN_INPUT
    assert open_(keys, input=value, cainfo=base64.b64decode(signature).hex()) == PLAIN_INPUT
    for wrong in (
        bodies.signature_of(b"{}", PRIVATE),
        bodies.signature_of(TEXT.encode(), sm.new_private_key()),
        "no",
        "1",
    ):
        with pytest.raises(errors.SignatureWrong):
            open_(keys, input=value, cainfo=wrong)
    with pytest.raises(errors.SignatureMissing):
        open_(keys, input=value)


def test_a_signature_over_the_header():
    sent = messages.header("2207", enc_type="SM4", recer_admdvs="430100")
    text = "&".join(f"{name}={sent[name]}" for name in sorted(sent) if sent[name] and name != "cainfo")
    signature = bodies.signature_of(text.encode(), PRIVATE)
    extra = {"enc_type": "SM4", "recer_admdvs": "430100"}
    assert open_(Keys(signed="header"), cainfo=signature, **extra) == PLAIN_INPUT
    with pytest.raises(errors.SignatureWrong):
        open_(Keys(signed="header"), cainfo=signature, **extra | {"recer_admdvs": "430200"})


def test_other_uses_of_cainfo_are_not_looked_at():
    assert open_(Keys(), cainfo="an encrypted PIN", signtype="SM3") == PLAIN_INPUT


BILL = b'{"setlinfo":{"fund_pay_sumamt":100.00,"acct_pay":20.50,"certno":"x"},"setldetail":[{"fund_payamt":1.10}]}'


def test_the_fund_total_takes_the_account_in_and_out_again():
    guangdong = Profile("H1", account_in_funds=True)
    said = in_words_of("2304", BILL, guangdong)
    assert said == BILL.replace(b"100.00", b"120.50")
    assert in_words_of("2304", BILL, Profile("H1")) is BILL
    asked = {"data": {"fund_pay_sumamt": "120.50", "acct_pay": Decimal("20.50"), "medfee_sumamt": "1"}}
    assert in_national_words("3201", asked, guangdong)["data"]["fund_pay_sumamt"] == Decimal("100.00")
    assert in_national_words("3201", asked, Profile("H1")) is asked
    assert in_national_words("3202", asked, guangdong) is asked
    for wrong in ("x", True, [], "1e9999999999", Decimal("1e40")):
        odd = {"data": {"fund_pay_sumamt": wrong, "acct_pay": "1"}}
        assert in_national_words("3201", odd, guangdong) == odd
    listed = {"data": [{"fund_pay_sumamt": "3", "acct_pay": ""}, {"fund_pay_sumamt": "3"}], "note": "x"}
    assert in_national_words("3201", listed, guangdong)["data"][0]["fund_pay_sumamt"] == 3


def test_nodes_go_out_under_the_names_a_client_reads():
    profile = Profile("H1", node_names={"9001": {"signinoutb": "result"}})
    assert in_words_of("9001", b'{"signinoutb":{"sign_no":"1"}}', profile) == b'{"result":{"sign_no":"1"}}'
    assert in_words_of("9002", b'{"signoutoutb":{}}', profile) == b'{"signoutoutb":{}}'
