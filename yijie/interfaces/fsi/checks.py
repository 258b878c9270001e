"""How one value is read: a function per field, made once from the field's type, from JSON value to typed value.

Liberal in what it takes, exact in what it gives: numbers may come as JSON numbers or as text and become ``Decimal``
(never rounded, never float); dates in every form seen from clients become ``date`` or ``datetime`` in Asia/Shanghai;
other writings of a code become the code. A check gives None for an empty value and raises :class:`Refused`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

from yijie.interfaces.fsi import moments
from yijie.interfaces.fsi.codelists import CodeList
from yijie.interfaces.fsi.errors import (
    ControlCharacter,
    FieldError,
    NotADate,
    NotANumber,
    NotDigits,
    NotInCodeList,
    NumberTooLarge,
    TextTooLong,
    TooManyDecimals,
    WrongType,
    clipped,
)
from yijie.interfaces.fsi.tables import Field, Kind
from yijie.interfaces.fsi.wording import kind_words, shown
from yijie.kernel.language import Text

Check = Callable[[Any], Any]

ZERO = Decimal(0)
NO_LIMIT = 1 << 62
EXACT = Context(prec=100)
"""Precise enough to compare any number of the interface with itself at its scale."""
PLAIN_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
NUMBER_CHARACTERS_MAX = 40
PROSE_LENGTH_MIN = 200
"""Fields with room for this many characters hold sentences: line breaks and tabs are part of them."""
UNSEEN = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
"""Changes what a person sees without being seen: DEL, C1, line separators, text direction, characters that are none."""
CONTROL = re.compile(f"[\x00-\x1f{UNSEEN}]")
CONTROL_IN_PROSE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{UNSEEN}]")
CODES_LISTED_MAX = 8
CODES_ROOM = 60
LABEL_ROOM = 16
BYTE_MAX = 255
BYTE_MIN = -128
"""Java clients send bytes as signed numbers."""


class Refused(Exception):
    """A value a check does not take: which error, and its facts without the place, which the reader knows."""

    def __init__(self, error: type[FieldError], **facts: Any) -> None:
        super().__init__(error, facts)
        self.error = error
        self.facts = facts


def check_for(field: Field) -> Check:
    """The check of a field's values; a node's value is read by the node's own reader and has no check."""
    if field.code_list is not None:
        return _code_check(field, field.code_list)
    return _BUILDERS[field.kind](field)


# ------------------------------------------------------------------------------------------------ text


def text_room(field: Field) -> int:
    """Characters an uncoded text field has room for, -1 for every other field: lets a reader pass good text by."""
    if field.kind is not Kind.TEXT or field.code_list is not None:
        return -1
    return NO_LIMIT if field.length is None else field.length


def _text_check(field: Field) -> Check:
    room = text_room(field)
    control = CONTROL_IN_PROSE if room >= PROSE_LENGTH_MIN else CONTROL

    def check(raw: Any) -> str | None:
        text = (raw if type(raw) is str else _as_text(raw)).strip()
        if len(text) > room:
            raise Refused(TextTooLong, length=len(text), length_max=room)
        if not text.isprintable():
            _refuse_control(text, control)
        return text or None

    return check


def _as_text(raw: Any) -> str:
    """Text of a JSON text or number; numbers appear in plain decimal notation, as a sender meant them."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Decimal):
        return f"{raw:f}"
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    raise _wrong_type(raw, Text("文本", "text"))


def _wrong_type(raw: Any, wanted: Text) -> Refused:
    return Refused(WrongType, wanted=wanted, got=kind_words(raw))


def _refuse_control(text: str, control: re.Pattern[str]) -> None:
    found = control.search(text)
    if found:
        raise Refused(ControlCharacter, position=found.start() + 1, point=f"U+{ord(found[0]):04X}")


def _digits_check(field: Field) -> Check:
    length_max = field.length or NUMBER_CHARACTERS_MAX
    pattern = re.compile(f"[0-9]{{1,{length_max}}}")

    def check(raw: Any) -> str | None:
        text = _as_text(raw).strip()
        if text and not pattern.fullmatch(text):
            raise Refused(NotDigits, length_max=length_max, value=shown(text, field.label))
        return text or None

    return check


def _scalar(raw: Any) -> str | None:
    text = _as_text(raw).strip()
    _refuse_control(text, CONTROL_IN_PROSE)
    return text or None


# ------------------------------------------------------------------------------------------------ numbers


def _number_check(field: Field) -> Check:
    decimals_max = field.scale or 0
    digits_max = NUMBER_CHARACTERS_MAX if field.length is None else field.length - decimals_max
    if field.length is None:
        decimals_max = NUMBER_CHARACTERS_MAX
    decimals = rf"(?:\.[0-9]{{1,{decimals_max}}})?" if decimals_max else ""
    fits = re.compile(f"-?[0-9]{{1,{max(digits_max, 1)}}}{decimals}").fullmatch
    unit, limit = Decimal(1).scaleb(-decimals_max), Decimal(1).scaleb(digits_max)
    below, rounded = -limit, EXACT.quantize

    def check(raw: Any) -> Decimal | None:
        if type(raw) is Decimal and below < raw < limit and rounded(raw, unit) == raw:
            return raw or ZERO
        if type(raw) is str and fits(raw):
            return Decimal(raw) or ZERO
        text = _number_text(raw)
        if not text:
            return None
        _refuse_number(text, digits_max, decimals_max, field.label)
        return Decimal(text) or ZERO

    return check


def _number_text(raw: Any) -> str:
    """Plain decimal text of a JSON number or text; refuses what is neither."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, Decimal | int) and not isinstance(raw, bool):
        return f"{Decimal(raw):f}"
    raise _wrong_type(raw, Text("数字", "a number"))


def _refuse_number(text: str, digits_max: int, decimals_max: int, label: str) -> None:
    """Say why a text is no number of the field. Zeros that change no value (``007.500``) are no reason."""
    value = shown(text, label)
    if not PLAIN_NUMBER.fullmatch(text) or len(text) > NUMBER_CHARACTERS_MAX:
        raise Refused(NotANumber, value=value)
    whole, _, decimals = text.lstrip("+-").partition(".")
    if len(whole.lstrip("0")) > digits_max:
        raise Refused(NumberTooLarge, value=value, digits_max=digits_max)
    if len(decimals.rstrip("0")) > decimals_max:
        raise Refused(TooManyDecimals, value=value, decimals_max=decimals_max)


# ------------------------------------------------------------------------------------------------ dates


def _date_check(field: Field) -> Check:
    def check(raw: Any) -> Any:
        text = (raw if type(raw) is str else _as_text(raw)).strip()
        if not text:
            return None
        day = moments.date_from(text)
        if day is None:
            raise _no_date(text, field.label, "yyyy-MM-dd", "2026-01-31")
        return day

    return check


def _moment_check(field: Field) -> Check:
    def check(raw: Any) -> Any:
        text = (raw if type(raw) is str else _as_text(raw)).strip()
        if not text:
            return None
        moment = moments.moment_from(text)
        if moment is None:
            raise _no_date(text, field.label, "yyyy-MM-dd HH:mm:ss", "2026-01-31 08:30:00")
        return moment

    return check


def _no_date(text: str, label: str, form: str, example: str) -> Refused:
    return Refused(NotADate, value=shown(text, label), form=form, example=example)


# ------------------------------------------------------------------------------------------------ codes


def _code_check(field: Field, code_list: CodeList) -> Check:
    reads = {code: code for code in code_list.codes} | code_list.aliases
    remedy = _remedy(code_list)

    def check(raw: Any) -> str | None:
        code = reads.get(raw) if type(raw) is str else None
        if code is not None:
            return code
        text = _as_text(raw).strip()
        if not text or text in reads:
            return reads.get(text)
        raise Refused(
            NotInCodeList,
            value=shown(text, field.label),
            list=code_list.name,
            list_label=clipped(code_list.label, LABEL_ROOM),
            remedy=remedy,
        )

    return check


def _remedy(code_list: CodeList) -> Text:
    """What to do about a wrong code: the allowed ones where they are few, else where to find them."""
    meanings = "；".join(f"{code} {meaning}" for code, meaning in code_list.codes.items())
    if len(code_list.codes) <= CODES_LISTED_MAX and len(meanings) <= CODES_ROOM:
        return Text(f"可用代码：{meanings}", "allowed: " + ", ".join(code_list.codes))
    return Text("请用1901交易下载字典核对", "look it up with transaction 1901")


# ------------------------------------------------------------------------------------------------ other kinds

FLAGS: dict[str, bool] = {"true": True, "1": True, "false": False, "0": False}


def _flag(raw: Any) -> bool | None:
    if isinstance(raw, bool):
        return raw
    text = _as_text(raw).strip().lower() if isinstance(raw, str | int | Decimal) else None
    if text == "":
        return None
    if text not in FLAGS:
        raise _wrong_type(raw, Text("true或false", "true or false"))
    return FLAGS[text]


def _content(raw: Any) -> bytes | None:
    """File content: base64 text, or a list of byte values."""
    if isinstance(raw, str):
        try:
            return base64.b64decode("".join(raw.split()), validate=True) or None
        except (binascii.Error, ValueError):
            raise _wrong_type(raw, Text("base64文本", "base64 text")) from None
    if not isinstance(raw, list):
        raise _wrong_type(raw, Text("base64文本或字节列表", "base64 text or a list of bytes"))
    if not all(isinstance(b, int | Decimal) and b == int(b) and BYTE_MIN <= b <= BYTE_MAX for b in raw):
        raise _wrong_type(raw, Text("0至255的字节列表", "a list of bytes from 0 to 255"))
    return bytes(int(b) % (BYTE_MAX + 1) for b in raw)


def _anything(raw: Any) -> Any:
    return raw


_BUILDERS: dict[Kind, Callable[[Field], Check]] = {
    Kind.TEXT: _text_check,
    Kind.NUMBER: _number_check,
    Kind.DATE: _date_check,
    Kind.MOMENT: _moment_check,
    Kind.DIGITS: _digits_check,
    Kind.FLAG: lambda _: _flag,
    Kind.BYTES: lambda _: _content,
    Kind.SCALAR: lambda _: _scalar,
    Kind.ANY: lambda _: _anything,
    Kind.NODE: lambda _: _anything,
}
