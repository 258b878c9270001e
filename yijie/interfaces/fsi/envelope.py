"""The request envelope (table 1.1 of the document): bytes of a message in, a validated record out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from yijie.interfaces.fsi.errors import BodyTooLarge, EncryptedInput, FieldMissing, InfnoDisagrees, NotAnObject, NotUtf8
from yijie.interfaces.fsi.jsontext import BODY_BYTES_MAX, json_value
from yijie.interfaces.fsi.reading import read_header
from yijie.interfaces.fsi.wording import kind_words, shown

BOM = b"\xef\xbb\xbf"
CIPHERTEXT = re.compile(r"[0-9A-Za-z+/=_\-\s]+")
"""What base64 and hexadecimal ciphertext are made of; a JSON text always has other characters."""

_CANONICAL = msgspec.json.Encoder(order="deterministic", decimal_format="number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A request: the header members under their national names, ``input`` as an object, everything else in ``extra``.

    Texts are stripped; an optional member that was left out is an empty text. ``inf_time`` is in Asia/Shanghai.
    """

    infno: str
    msgid: str
    mdtrtarea_admvs: str
    insuplc_admdvs: str = ""
    recer_sys_code: str
    dev_no: str = ""
    dev_safe_info: str = ""
    cainfo: str = ""
    signtype: str = ""
    infver: str
    opter_type: str
    opter: str
    opter_name: str
    inf_time: datetime
    fixmedins_code: str
    fixmedins_name: str
    sign_no: str = ""
    input: dict[str, Any]
    extra: dict[str, Any]

    def content_hash(self) -> str:
        """SHA-256 (hex) of what the message asks for: :func:`content_hash` of number, insured region and input."""
        return content_hash(self.infno, self.insuplc_admdvs, self.input)


def parse_request(body: bytes, path_infno: str | None = None) -> Envelope:
    """Read a request. ``path_infno`` is the transaction number of the URL, where the URL has one.

    Raises an :class:`~yijie.interfaces.fsi.errors.FsiError` for bytes that are no message, a header that breaks
    table 1.1, a number that differs from the path's, or an ``input`` that is neither an object nor the text of one.
    The transaction number itself is not looked up here.
    """
    message = dict(_object(json_value(_text(body), "报文"), "报文"))
    payload = message.pop("input", None)
    header, extra = read_header(message)
    infno = _agreed_infno(header.pop("infno", ""), path_infno)
    return Envelope(infno=infno, input=_input(payload, extra), extra=extra, **header)


def content_hash(infno: str, insuplc_admdvs: str, payload: dict[str, Any]) -> str:
    """SHA-256 (hex) of a message's content: transaction number, insured region, canonical ``input``.

    Equal for messages that differ in white space, order of members, or the way a number is written (12.5 and 12.50),
    and whatever the other header members say: a client that sends again with a new time, sign-in number or signature
    sends the same content. The number as text ("12.5") is other content than the number.
    """
    return hashlib.sha256(_CANONICAL.encode([infno, insuplc_admdvs, payload])).hexdigest()


def _text(body: bytes) -> str:
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge(size=len(body), size_max=BODY_BYTES_MAX)
    try:
        return body.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8(where=f"从第{error.start + 1}字节起") from None


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        got, got_en = kind_words(value)
        raise NotAnObject(what=what, got=got, got_en=got_en)
    return value


def _agreed_infno(infno: str, path_infno: str | None) -> str:
    infno, path_infno = infno.upper(), (path_infno or "").strip().upper()
    if infno and path_infno and infno != path_infno:
        raise InfnoDisagrees(infno=shown(infno), path_infno=shown(path_infno))
    if not infno and not path_infno:
        where = "报文头的“交易编号”（infno）"
        raise FieldMissing(where=where, path="infno", label="交易编号", field="infno", node="", row=None)
    return infno or path_infno


def _input(payload: Any, extra: dict[str, Any]) -> dict[str, Any]:
    """``input`` as an object: sent as one, as its JSON text, or left empty where a transaction needs none."""
    if payload is None or payload == "":
        return {}
    if isinstance(payload, str):
        if extra.get("enc_type") or CIPHERTEXT.fullmatch(payload):
            raise EncryptedInput
        payload = json_value(payload, "input")
    return _object(payload, "input")
