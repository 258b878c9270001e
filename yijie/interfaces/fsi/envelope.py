"""The request envelope (table 1.1 of the document): bytes of a message in, a validated record out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from yijie.interfaces.fsi.bodies import PLAIN, Keys, opened_text
from yijie.interfaces.fsi.errors import BodyTooLarge, FieldMissing, InfnoDisagrees, NotAnObject, NotUtf8
from yijie.interfaces.fsi.jsontext import BODY_BYTES_MAX, json_value
from yijie.interfaces.fsi.reading import read_header
from yijie.interfaces.fsi.wording import kind_words, shown
from yijie.kernel.language import Text

WHOLE, INPUT = Text("报文", "the message"), Text("input", "input")
BOM = b"\xef\xbb\xbf"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unopened:
    """A message whose header is read and whose ``input`` stands as it came: an object, a text, or ciphertext."""

    infno: str
    header: dict[str, Any]
    extra: dict[str, Any]
    sent: dict[str, Any]
    """the members beside ``input`` as they came, which is what a signature over them covers"""
    payload: Any
    body: bytes

    @property
    def institution(self) -> str:
        """The institution that the message says it comes from."""
        return str(self.header["fixmedins_code"])


def parse_request(body: bytes, path_infno: str | None = None) -> Envelope:
    """Read a request of a client that neither signs nor encrypts: :func:`read_message` and :func:`opened`."""
    return opened(read_message(body, path_infno))


def read_message(body: bytes, path_infno: str | None = None) -> Unopened:
    """Read bytes and header. ``path_infno`` is the transaction number of the URL, where the URL has one.

    Raises an :class:`~yijie.interfaces.fsi.errors.FsiError` for bytes that are no message, a header that breaks
    table 1.1, or a number that differs from the path's. The transaction number itself is not looked up here.
    """
    message = dict(_object(json_value(_text(body), WHOLE), WHOLE))
    payload = message.pop("input", None)
    header, extra = read_header(message)
    infno = _agreed_infno(header.pop("infno", ""), path_infno)
    return Unopened(infno=infno, header=header, extra=extra, sent=message, payload=payload, body=body)


def opened(message: Unopened, keys: Keys = PLAIN) -> Envelope:
    """The message with its ``input`` decrypted and its signature checked, as the client's ``keys`` say.

    Raises an :class:`~yijie.interfaces.fsi.errors.FsiError` where either fails, or ``input`` is neither an object
    nor the text of one.
    """
    text = opened_text(message.payload, message.sent, message.body, keys)
    value = message.payload if text is None else json_value(text, INPUT) if text else None
    payload = {} if value is None else _object(value, INPUT)
    return Envelope(infno=message.infno, input=payload, extra=message.extra, **message.header)


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
        raise NotUtf8(where=Text(f"从第{error.start + 1}字节起", f"from byte {error.start + 1}")) from None


def _object(value: Any, what: Text) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotAnObject(what=what, got=kind_words(value))
    return value


def _agreed_infno(infno: str, path_infno: str | None) -> str:
    infno, path_infno = infno.upper(), (path_infno or "").strip().upper()
    if infno and path_infno and infno != path_infno:
        raise InfnoDisagrees(infno=shown(infno), path_infno=shown(path_infno))
    if not infno and not path_infno:
        where = "报文头的“交易编号”（infno）"
        raise FieldMissing(
            where=where, path="infno", label=Text("交易编号", "transaction"), field="infno", node="", row=None
        )
    return infno or path_infno
