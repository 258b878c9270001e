"""Words for error texts: JSON kinds, places in a message, and values with personal data masked."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from yijie.interfaces.fsi.errors import clipped
from yijie.kernel.identity import masked_name, masked_number
from yijie.kernel.language import Text

VALUE_ROOM = 20
NODE_ROOM = 40
LABEL_ROOM = 20
FIELD_ROOM = 24
KEY_ROOM = 30
RECEIVED_ROOM = 40

NAME_LABELS = re.compile("姓名")
NUMBER_LABELS = re.compile("证件号|身份证|电话|联系方式|手机|卡号|令牌|凭证编号|识别码|保障号|人员编号")
HIDDEN_LABELS = re.compile("联系地址|户口地址|单位地址|配送地址|照片")
LONG_NUMBER = re.compile(r"(?<![.0-9])[0-9]{11}")
"""Eleven digits or more, not decimals: an identity, phone, card or bank number may stand in the wrong field."""

KINDS: dict[type, Text] = {
    dict: Text("对象", "an object"),
    list: Text("列表", "a list"),
    str: Text("文本", "text"),
    bool: Text("布尔值", "true or false"),
    int: Text("数字", "a number"),
    float: Text("数字", "a number"),
    Decimal: Text("数字", "a number"),
    type(None): Text("空值", "null"),
}


def kind_words(value: Any) -> Text:
    """The JSON kind of a value."""
    return KINDS.get(type(value), Text("未知类型", "something else"))


def shown(value: Any, label: str = "") -> str:
    """A value as it may stand in an error text: one line, at most 20 characters, personal data masked."""
    text = "".join(c if c.isprintable() else "?" for c in str(value).strip()[: 10 * VALUE_ROOM])
    if HIDDEN_LABELS.search(label):
        return "***"
    if NAME_LABELS.search(label):
        text = masked_name(text)
    elif NUMBER_LABELS.search(label) or LONG_NUMBER.search(text):
        text = masked_number(text)
    return clipped(text, VALUE_ROOM)


def place_words(steps: tuple[tuple[str, int | None], ...]) -> tuple[str, str]:
    """A place in a message: in Chinese, cut at its beginning where it is deep, and as a whole path for programs.

    ``steps`` are (node, row counted from 1 or None) from the root on.
    """
    zh = "的".join(f"第{row}条{key}" if row else key for key, row in steps)
    path = ".".join(f"{key}[{row}]" if row else key for key, row in steps)
    return zh if len(zh) <= NODE_ROOM else "…" + zh[1 - NODE_ROOM :], path


def keys_received(keys: Any) -> str:
    """Names of the members that did arrive, for an error text."""
    names = "、".join(clipped(shown(key), KEY_ROOM) for key in list(keys)[:5])
    return clipped(names, RECEIVED_ROOM) or "无"
