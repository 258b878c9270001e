"""The national algorithms against their published examples, and against being tampered with."""

import pytest
from hypothesis import given, settings, strategies as st

from yijie.kernel import sm

# GB/T 32918.5-2017, annex A: the example on the recommended curve
PRIVATE = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


def test_the_standards_signature_verifies():
    assert sm.public_key_of(PRIVATE) == PUBLIC
    assert sm.verify(PUBLIC, b"message digest", SIGNATURE)
    assert not sm.verify(PUBLIC, b"message digesT", SIGNATURE)


@settings(max_examples=30)
@given(st.binary(max_size=300), st.integers(0, 63), st.integers(1, 255))
def test_what_was_signed_verifies_and_any_changed_byte_does_not(message, place, change):
    private = sm.new_private_key()
    public = sm.public_key_of(private)
    signature = sm.sign(private, message)
    assert len(signature) == 64
    assert sm.verify(public, message, signature)
    broken = bytearray(signature)
    broken[place] ^= change
    assert not sm.verify(public, message, bytes(broken))
    assert not sm.verify(sm.public_key_of(sm.new_private_key()), message, signature)


@pytest.mark.parametrize("signature", [b"", b"\x00" * 63, b"\x00" * 64, b"\xff" * 64])
def test_malformed_signatures_do_not_verify(signature):
    assert not sm.verify(PUBLIC, b"x", signature)


@pytest.mark.parametrize("key", ["", "zz", "00" * 64, "0" * 200])
def test_what_is_no_public_key_is_refused(key):
    with pytest.raises(sm.KeyUnusable):
        sm.verify(key, b"x", SIGNATURE)


@pytest.mark.parametrize("key", ["", "zz", "-1"])
def test_what_is_no_private_key_is_refused(key):
    with pytest.raises(sm.KeyUnusable):
        sm.sign(key, b"x")


def test_published_digests():
    # GB/T 32905-2016, annex A
    assert sm.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm.sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_published_cipher_blocks():
    # GB/T 32907-2016, annex A.1; the second block is the padding that the interface's clients add
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    assert sm.sm4_ecb_encrypt(key, key)[:16].hex() == "681edf34d206965e86b3e94f536e4246"
    # RFC 8998, annex A.1
    nonce = bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd")
    plain += bytes.fromhex("eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    assert sm.sm4_gcm_encrypt(key, nonce, plain, bound).hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )


def test_the_key_derivation_that_client_code_shows():
    # HIS interface, signing of mobile payment: confirmed by public client code in two languages
    derived = sm.sm4_ecb_encrypt(b"APPID00000000001"[:16], b"SECRET0123456789").hex().upper()[:16].encode()
    assert derived == b"B961C77335B4BE4B"
    assert sm.sm4_ecb_encrypt(derived, b'{"a":"1"}').hex().upper() == "02D9D1178B6D96F314BF16AB36A817E5"


@given(st.binary(max_size=100))
def test_ciphertext_reads_back(data):
    key, nonce = b"0123456789abcdef", b"123456789012"
    assert sm.sm4_ecb_decrypt(key, sm.sm4_ecb_encrypt(key, data)) == data
    assert sm.sm4_gcm_decrypt(key, nonce, sm.sm4_gcm_encrypt(key, nonce, data, b"bound"), b"bound") == data


def test_altered_ciphertext_and_wrong_keys_are_refused():
    key, other, nonce = b"0123456789abcdef", b"fedcba9876543210", b"123456789012"
    sealed = sm.sm4_gcm_encrypt(key, nonce, b"data", b"bound")
    for attempt in ((key, sealed, b"other"), (other, sealed, b"bound"), (key, sealed[:-1] + b"\x00", b"bound")):
        with pytest.raises(sm.CiphertextUnreadable):
            sm.sm4_gcm_decrypt(attempt[0], nonce, attempt[1], attempt[2])
    for broken in (b"", b"x" * 15, sm.sm4_ecb_encrypt(key, b"data")[:-1] + b"\x00"):
        with pytest.raises(sm.CiphertextUnreadable):
            sm.sm4_ecb_decrypt(key, broken)
    with pytest.raises(sm.CiphertextUnreadable):
        sm.sm4_ecb_decrypt(key, sm.sm4_ecb_encrypt(other, b"a longer text than one block"))
    for short in (b"", b"short"):
        with pytest.raises(sm.KeyUnusable):
            sm.sm4_ecb_encrypt(short, b"")
        with pytest.raises(sm.KeyUnusable):
            sm.sm4_gcm_encrypt(short, nonce, b"")
