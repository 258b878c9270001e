"""The words policies and case files are written in, with their Chinese and English names for people.

Closed vocabularies are the enumerations of :mod:`yijie.kernel.codes`, each member called by its name in lower case:
``tertiary``, ``retired``, ``referral``. A pool adds words of its own for the open dimensions (tier, disease and any
further one) in the ``words`` of its ``pool.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    Fund,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    RemoteSituation,
    SpecialGroup,
)
from yijie.kernel.language import Text

Member = TypeVar("Member", bound=StrEnum)


def word_of(member: StrEnum) -> str:
    """The word for an enumeration member: its name in lower case."""
    return member.name.lower()


def words_of(vocabulary: type[StrEnum]) -> tuple[str, ...]:
    """All words of an enumeration, in its order."""
    return tuple(word_of(member) for member in vocabulary)


def member_of(vocabulary: type[Member], word: str) -> Member:
    """The enumeration member that a word of :func:`words_of` stands for."""
    return vocabulary[word.upper()]


POOLED = word_of(Fund.POOLED)
PERSONAL_ACCOUNT = "personal_account"
HOSPITAL = "hospital"
PAYERS = (*words_of(Fund), PERSONAL_ACCOUNT, HOSPITAL)
"""Who a layer may pay from: the funds, the personal account, or the hospital that bears an amount itself."""

PARTS = ("eligible", "first_self_pay", "over_ceiling", "not_covered")
"""Parts of a graded bill, in the order in which the engine keeps them."""
BEYOND = ("beyond_ceiling", "unpaid_over_ceiling")
"""What ceilings of earlier layers cut off: as cost, or as payment."""

YES_NO = ("yes", "no")
NONE = "none"

NUMBER_DIMENSIONS = {"ordinal": 1, "remote_ordinal": 1, "age": 0}
"""Dimensions measured in whole numbers, with the least value each can take."""

DIRECT, MANUAL = "direct", "manual"
CHANNELS = (DIRECT, MANUAL)
"""Direct settlement on the spot, or manual reimbursement at home."""
DAY = "day"
VISIT = "visit"
COMMON_UNITS = {DAY: Text("日", "day"), VISIT: Text("次", "visit")}
"""Units of service every case has: the days of service (at least one) and the visit itself."""

CLOSED_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "insurance": words_of(Insurance),
    "care": words_of(CareKind),
    "category": words_of(PersonCategory),
    "group": (*words_of(SpecialGroup), NONE),
    "civil_servant": YES_NO,
    "company": YES_NO,
    "level": words_of(HospitalLevel),
    "contracted": YES_NO,
    "relation": words_of(Relation),
    "remote": words_of(RemoteSituation),
    "filing": (*words_of(FilingKind), NONE),
    "emergency": YES_NO,
    "channel": CHANNELS,
}
"""Dimensions whose words are fixed for every pool."""

UNCLEAR = "unclear"
"""Stands among a pool's disease codes for those of which its rule does not say which word they mean."""

OPEN_DIMENSIONS = ("tier", "disease")
"""Dimensions every case has and whose words each pool declares; ``disease`` always also has ``none``."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The word dimensions of one pool: the closed ones and those its ``pool.yaml`` declares, word by word."""

    declared: Mapping[str, Mapping[str, Text]]
    buckets: Mapping[str, Text]
    """Names for sums inside a part of the bill that the policy treats apart, such as basic drugs."""
    codes: Mapping[str, str]
    """Beginnings of national disease codes with the word each stands for; :data:`UNCLEAR` where nobody knows."""
    own_units: Mapping[str, Text] = field(default_factory=dict)
    """Units of service beside days and visits, such as hours of care."""

    @property
    def units(self) -> dict[str, Text]:
        """All units of service."""
        return COMMON_UNITS | dict(self.own_units)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of all dimensions a table or condition of this pool may use."""
        return (*CLOSED_DIMENSIONS, *NUMBER_DIMENSIONS, *self.declared)

    def words(self, dimension: str) -> tuple[str, ...]:
        """The words of a word dimension."""
        if dimension in CLOSED_DIMENSIONS:
            return CLOSED_DIMENSIONS[dimension]
        none = (NONE,) if dimension == "disease" else ()
        return (*self.declared[dimension], *none)

    def word_for(self, dimension: str, given: str) -> str | None:
        """The word of a declared dimension that a case means: the word itself, its Chinese name, or a disease code.

        A national disease code (it holds a digit) means the word with the longest beginning it has, or ``none``.
        Returns None for a text that means nothing in this pool, :data:`UNCLEAR` for a code of which the pool's rule
        does not say whether it is meant.
        """
        declared = self.declared.get(dimension, {})
        if given in declared:
            return given
        named = next((word for word, name in declared.items() if name.zh == given), None)
        if named is None and dimension == "disease" and any(letter.isdigit() for letter in given):
            begun = [beginning for beginning in self.codes if given.startswith(beginning)]
            return self.codes[max(begun, key=len)] if begun else NONE
        return named

    def label(self, dimension: str, word: str, language: str) -> str:
        """How people call a word: 三级 for tertiary; the word itself where nobody gave it a name."""
        declared = self.declared.get(dimension, {})
        named = declared.get(word) or LABELS.get(dimension, {}).get(word) or COMMON_LABELS.get(word)
        return named.say(language) if named else word


def _labels(vocabulary: type[StrEnum], names: tuple[str, ...]) -> dict[str, Text]:
    """Chinese names beside the words of an enumeration; the English name is the word with spaces."""
    return {word: Text(name, word.replace("_", " ")) for word, name in zip(words_of(vocabulary), names, strict=True)}


COMMON_LABELS = {"yes": Text("是", "yes"), "no": Text("否", "no"), "none": Text("无", "none")}

LABELS: dict[str, dict[str, Text]] = {
    "insurance": _labels(Insurance, ("职工医保", "居民医保", "生育保险", "长护险", "离休保障")),
    "care": _labels(CareKind, ("住院", "普通门诊", "门诊慢特病", "门诊两病", "药店购药", "生育", "长期护理")),
    "category": _labels(PersonCategory, ("在职", "退休", "离休", "未成年居民", "大学生", "成年居民", "老年居民")),
    "group": _labels(SpecialGroup, ("优抚", "三无", "建档立卡", "低保", "特困", "低收入", "因病致贫", "残疾")),
    "level": _labels(HospitalLevel, ("社区", "一级", "二级", "三级", "其他等级", "未定级")),
    "relation": _labels(Relation, ("统筹区内", "省内异地", "跨省异地")),
    "remote": _labels(RemoteSituation, ("本地", "异地长期居住", "异地转诊", "异地急诊", "临时外出", "未备案")),
    "filing": _labels(FilingKind, ("异地安置退休", "异地长期居住", "常驻异地工作", "异地转诊", "其他临时外出")),
    "payer": {
        **_labels(
            Fund,
            ("统筹基金", "大额补助", "大病保险", "企业补充", "公务员补助", "医疗救助", "伤残人员保障", "其他基金"),
        ),
        PERSONAL_ACCOUNT: Text("个人账户", "personal account"),
        HOSPITAL: Text("医院负担", "borne by the hospital"),
    },
    "channel": {"direct": Text("直接结算", "direct settlement"), "manual": Text("手工报销", "manual reimbursement")},
    "part": {
        "eligible": Text("符合范围金额", "eligible amount"),
        "first_self_pay": Text("先行自付", "first self-pay"),
        "over_ceiling": Text("超限价", "over the price ceiling"),
        "not_covered": Text("全自费", "not covered"),
        "beyond_ceiling": Text("限额以上费用", "cost beyond the ceiling"),
        "unpaid_over_ceiling": Text("超限额未付", "payment cut by the ceiling"),
    },
}

DIMENSION_LABELS: dict[str, Text] = {
    "insurance": Text("险种", "insurance"),
    "care": Text("就诊种类", "care"),
    "category": Text("人员类别", "category"),
    "group": Text("特殊人群", "special group"),
    "civil_servant": Text("公务员", "civil servant"),
    "company": Text("企业补充", "company supplement"),
    "level": Text("医院等级", "hospital level"),
    "contracted": Text("签约", "contracted"),
    "relation": Text("就医地", "place of care"),
    "remote": Text("异地情形", "remote situation"),
    "filing": Text("备案", "filing"),
    "emergency": Text("急诊抢救", "emergency"),
    "channel": Text("结算方式", "channel"),
    "tier": Text("缴费档次", "tier"),
    "disease": Text("病种", "disease"),
    "ordinal": Text("年内次数", "ordinal in the year"),
    "remote_ordinal": Text("同类异地就医次数", "ordinal of remote visit"),
    "age": Text("年龄", "age"),
}


def dimension_label(dimension: str, language: str) -> str:
    """How people call a dimension; a pool's own dimension goes by its declared name."""
    known = DIMENSION_LABELS.get(dimension)
    return known.say(language) if known else dimension
