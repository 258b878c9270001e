"""``input`` and ``output`` signed and encrypted with the national algorithms, as clients of several provinces do.

* ``input`` may be ciphertext: SM4, ECB, PKCS#7, base64 or hexadecimal, under a key of 16 bytes (Jilin: the client id).
* ``cainfo`` may be an SM2 signature with SM3, the 64 bytes r‖s as base64 or hexadecimal, user id ``1234567812345678``,
  over the UTF-8 text of the plain ``input`` as it was sent (Jilin), or over the header: its members without ``cainfo``
  and ``input``, those that are not empty, sorted by name, ``k=v`` joined by ``&`` (Hubei).
* ``output`` goes back encrypted and signed in the same way where the profile says so.

Other uses of ``cainfo`` (an SM3 digest that covers no content, an encrypted card PIN) are taken and not looked at.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from yijie.interfaces.fsi.errors import CiphertextUnreadable, EncryptedInput, SignatureMissing, SignatureWrong
from yijie.kernel import sm

SIGNATURE_TYPE = "SM2"
ENCRYPTION_TYPE = "SM4"
CIPHERTEXT = re.compile(r"[0-9A-Za-z+/=_\-\s]+")
"""What base64 and hexadecimal ciphertext are made of; a JSON text always has other characters."""
HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+")
UNSIGNED, BY_INPUT, BY_HEADER = "nothing", "input", "header"


class Keys(Protocol):
    """What opening a message needs to know of its sender; a client profile has it."""

    @property
    def sm4_key(self) -> str:
        """16 bytes as text, empty without encryption."""

    @property
    def signed(self) -> str:
        """What ``cainfo`` signs: nothing, input, header."""

    @property
    def public_key(self) -> str:
        """The client's SM2 key."""


class _Plain:
    """A client that neither signs nor encrypts."""

    sm4_key = ""
    signed = UNSIGNED
    public_key = ""


PLAIN = _Plain()


class _Raw(msgspec.Struct):
    input: msgspec.Raw = msgspec.Raw(b"")


def opened_text(payload: Any, header: Mapping[str, Any], body: bytes, keys: Keys) -> str | None:
    """The JSON text of an ``input`` that came as text or ciphertext, None where it came as an object.

    The signature is checked on the way. ``header`` has every other member of the message, ``body`` is the whole message
    as it came.
    """
    text = payload if isinstance(payload, str) else None
    if text and (CIPHERTEXT.fullmatch(text) or (header.get("enc_type") and not text.lstrip().startswith("{"))):
        if not keys.sm4_key:
            raise EncryptedInput
        text = decrypted(text, keys.sm4_key)
    if keys.signed != UNSIGNED:
        signed = _input_text(text, body) if keys.signed == BY_INPUT else header_text(header)
        _require_signature(keys.public_key, signed, str(header.get("cainfo") or ""))
    return text


def header_text(header: Mapping[str, Any]) -> str:
    """What a signature over the header covers."""
    names = sorted(header.keys() - {"cainfo", "input"})
    return "&".join(f"{name}={header[name]}" for name in names if header[name] not in (None, ""))


def decrypted(ciphertext: str, key: str) -> str:
    """The text that :func:`encrypted` encrypted."""
    packed = "".join(ciphertext.split())
    try:
        raw = bytes.fromhex(packed) if HEXADECIMAL.fullmatch(packed) else base64.b64decode(packed, validate=True)
        return sm.sm4_ecb_decrypt(key.encode(), raw).decode()
    except (binascii.Error, ValueError, sm.CiphertextUnreadable):
        raise CiphertextUnreadable from None


def encrypted(text: bytes, key: str) -> str:
    """A text under SM4, ECB, PKCS#7, as base64."""
    return base64.b64encode(sm.sm4_ecb_encrypt(key.encode(), text)).decode()


def signature_of(text: bytes, private_key: str) -> str:
    """The SM2 signature of a text as ``cainfo`` carries it."""
    return base64.b64encode(sm.sign(private_key, text)).decode()


def _input_text(text: str | None, body: bytes) -> str:
    """The plain ``input`` as its sender wrote it."""
    if text is not None:
        return text
    return bytes(msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Raw).input).decode()


def _require_signature(public_key: str, text: str, given: str) -> None:
    packed = "".join(given.split())
    if not packed:
        raise SignatureMissing
    try:
        signature = bytes.fromhex(packed) if HEXADECIMAL.fullmatch(packed) else base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if not sm.verify(public_key, text.encode(), signature):
        raise SignatureWrong
