"""JSON of a message, read exactly: every number a ``Decimal`` of the value written, no member twice, within limits.

The standard library's scanner is used because it hands over the members of each object in order, so that a repeated
one can be refused; msgspec, which writes our JSON, silently keeps the last. Numbers are kept without trailing zeros:
what is equal in value is equal in form, which the content hash relies on.
"""

from __future__ import annotations

import json
import re
from decimal import Context, Decimal, InvalidOperation
from typing import Any, NoReturn

from yijie.interfaces.fsi.errors import DuplicateKey, FsiError, NotJson, NotUtf8, NumberUnusable, TooDeep, clipped
from yijie.interfaces.fsi.wording import KEY_ROOM, VALUE_ROOM, shown
from yijie.kernel.language import Text

BODY_BYTES_MAX = 4 * 1024 * 1024
"""Bytes of one message: enough for a photograph of 2 M characters or some 4,000 fee lines."""
NESTING_MAX = 16
"""Levels of objects and lists; the deepest message of the interface (3101) has 10."""
NUMBER_CHARACTERS_MAX = 40
EXPONENT_MAX = 40

ZERO, ONE = Decimal(0), Decimal(1)
EXACT = Context(prec=2 * NUMBER_CHARACTERS_MAX + EXPONENT_MAX)
HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape that may be half of a surrogate pair; whole pairs are fine, halves cannot be written as UTF-8."""


class _Repeated(Exception):
    """A member stands twice in an object."""


class _Unusable(Exception):
    """A number outside what any field could hold."""


def json_value(text: str, what: Text) -> Any:
    """The value of a JSON text. ``what`` names it in error texts (报文, input). Raises an :class:`FsiError`."""
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(what=what, line=error.lineno, column=error.colno) from None
    except _Repeated as error:
        raise DuplicateKey(what=what, key=clipped(shown(error.args[0]), KEY_ROOM)) from None
    except _Unusable as error:
        raise NumberUnusable(what=what, text=clipped(error.args[0], VALUE_ROOM)) from None
    except RecursionError:
        raise _too_deep(what) from None
    _refuse_depth(value, what)
    if HALF_PAIR.search(text):
        _refuse_half_pairs(value, what)
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(next(name for name in names if names.count(name) > 1))
    return members


def _number(text: str) -> Decimal:
    if len(text) > NUMBER_CHARACTERS_MAX:
        raise _Unusable(text)
    if text.isdigit():
        return Decimal(text)
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond what a Decimal can hold
        raise _Unusable(text) from None
    if not number:
        return ZERO
    if abs(number.adjusted()) > EXPONENT_MAX:
        raise _Unusable(text)
    if number == number.to_integral_value(context=EXACT):
        return EXACT.quantize(number, ONE)
    return EXACT.normalize(number)


def _constant(text: str) -> NoReturn:
    raise _Unusable(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_number, parse_int=_number, parse_constant=_constant
)


def _refuse_half_pairs(value: Any, what: Text) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise NotUtf8(where=Text(f"{what.zh}含有不成对的代理字符", f"{what.en}: half of a surrogate pair")) from None


def _refuse_depth(value: Any, what: Text) -> None:
    """Walks level by level, so that depth costs no stack; only objects and lists are looked into."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(NESTING_MAX):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return
    raise _too_deep(what)


def _too_deep(what: Text) -> FsiError:
    return TooDeep(what=what, depth_max=NESTING_MAX)
