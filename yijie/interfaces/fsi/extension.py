"""``exp_content``: the JSON text in which cross-province messages carry upper-case flags (异地就医 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

from .codes import EMERGENCY_TYPES, TRAUMA_TYPES
from .errors import FsiError
from .jsontext import json_value

EMERGENCY_STAY = "2"
"""IPT_TYPE 急诊或抢救住院"""
EMERGENCY_VISITS = frozenset({"1", "3"})
"""OTP_ER_REFL_FLAG 急诊, 转诊合并急诊"""


class ExtensionUnreadable(YijieError):
    """``exp_content`` that looks like JSON and is not."""

    code = "fsi.exp_content_unreadable"
    zh = "字段扩展 exp_content 不是有效的 JSON 文本，请改为如 {example} 的形式或留空"
    en = "exp_content is no JSON text; write it like {example} or leave it empty"


class ThirdPartyUndeclared(YijieError):
    """A trauma without saying whether a third party is liable."""

    code = "fsi.third_party_undeclared"
    zh = "外伤患者（TRUM_FLAG=1）须在 exp_content 申报是否涉及第三方 REL_TTP_FLAG（0 否 1 是）"
    en = "a trauma (TRUM_FLAG=1) must declare REL_TTP_FLAG (0 or 1) in exp_content"


@dataclass(frozen=True, slots=True)
class Flags:
    """What the extension and the medical type say about an encounter."""

    emergency: bool
    trauma: bool
    third_party: bool


def flags(row: Mapping[str, Any], medical_type: str, *, remote: bool) -> Flags:
    """Emergency (counts as filed), trauma and third-party liability of an encounter.

    Medical types 13 and 1301 are emergencies, 22 and 9903 trauma, whatever the extension says. A trauma in remote care
    must declare third-party liability.
    """
    said = _read(row.get("exp_content") or "")
    emergency = (
        medical_type in EMERGENCY_TYPES
        or said.get("IPT_TYPE") == EMERGENCY_STAY
        or said.get("OTP_ER_REFL_FLAG") in EMERGENCY_VISITS
    )
    trauma = medical_type in TRAUMA_TYPES or said.get("TRUM_FLAG") == "1"
    if trauma and remote and said.get("REL_TTP_FLAG") not in {"0", "1"}:
        raise ThirdPartyUndeclared
    return Flags(emergency, trauma, said.get("REL_TTP_FLAG") == "1")


def _read(content: str) -> dict[str, str]:
    if not content.lstrip().startswith("{"):
        return {}
    try:
        said = json_value(content, Text("exp_content", "exp_content"))
    except FsiError as error:
        raise ExtensionUnreadable(example='{"IPT_TYPE":"2"}') from error
    return {name.upper(): str(value) for name, value in said.items() if isinstance(value, str | Decimal)}
