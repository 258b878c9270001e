"""The closed set of steps a policy is made of: their order, their forms and their parameters.

What each step does to the money is in :mod:`yijie.engines.benefit.arithmetic`; how it is resolved for a case in
:mod:`yijie.engines.benefit.resolve`. What this set cannot say gets a new step here, with tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yijie.engines.benefit.dated import Dated
from yijie.engines.benefit.document import Place
from yijie.engines.benefit.values import Facts, Key, dimensions_of, fact_for, meets
from yijie.engines.benefit.words import BEYOND, PARTS, Text


class Kind(StrEnum):
    """What a parameter's figures are, which decides how they are read."""

    AMOUNT = "amount"
    """yuan, kept as fen"""
    SHARE = "share"
    """0 % to 100 %"""
    POINTS = "points"
    """percentage points, -100 % to 100 %"""
    MULTIPLE = "multiple"
    """a factor from 0 up, written 2.5 or 50%"""
    DAYS = "days"
    """whole days, at least 1"""
    TEXT = "text"
    """a wording in Chinese and English"""
    PARTS = "parts"
    """parts or buckets of the bill"""
    BUCKETS = "buckets"
    """buckets of the bill"""
    BANDS = "bands"
    """bands of cost"""


@dataclass(frozen=True, slots=True)
class Primitive:
    """The signature of a step.

    ``phase`` places it among the others; ``main`` is the parameter that says whether the step is in force;
    ``forms`` are the plain words that choose a form, the first being what holds when none is written;
    of steps with ``one_of`` set only the first whose condition holds is taken.
    """

    phase: int
    main: str
    parameters: Mapping[str, Kind]
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    must_say: tuple[str, ...] = ()
    """Forms without a default: published policies differ, so the policy must say."""
    one_of: str = ""
    names: tuple[str, ...] = ()
    """Plain names a step may give: an accumulator shared with other layers, a stated sum."""


PERIODS = {"per": ("year", "month", "day", "visit")}

PRIMITIVES: dict[str, Primitive] = {
    # what a payer looks at: aid and major illness on what is left, 附加基金 on cost beyond the ceiling (上海)
    "covers": Primitive(
        0, "parts", {"parts": Kind.PARTS, "without": Kind.BUCKETS}, {"seen": ("left", "billed")}, one_of="covers"
    ),
    # third and later unfiled visits borne whole (义乌); "filing required" refuses
    "exclude": Primitive(1, "reason", {"reason": Kind.TEXT}),
    "refuse": Primitive(1, "reason", {"reason": Kind.TEXT}),
    # 10 / 40 % (a Shandong city), 10 / 20 / 30 % (义乌) borne before the normal ratio
    "first_share": Primitive(2, "share", {"share": Kind.SHARE}),
    # 武汉: 240,000 counted on fund and person
    "cost_ceiling": Primitive(3, "amount", {"amount": Kind.AMOUNT}, PERIODS, ("per",), names=("counter",)),
    # tables (商洛, 西安), half (北京), minus a sum or 10 % (重庆), each 90 days (广州), once a year (杭州, 宁波)
    "deductible": Primitive(
        4,
        "amount",
        {
            "amount": Kind.AMOUNT,
            "times": Kind.MULTIPLE,
            "repeat_times": Kind.MULTIPLE,
            "repeat_minus": Kind.AMOUNT,
            "repeat_minus_share": Kind.SHARE,
            "least": Kind.AMOUNT,
            "again_every": Kind.DAYS,
        },
        {"charged": ("each_visit", "once_a_year"), "subtracted": ("before_ratio", "after_ratio", "apart")},
        one_of="deductible",
        names=("counter",),
    ),
    # ceiling on what enters the pool, above the deductible
    "excess_ceiling": Primitive(5, "amount", {"amount": Kind.AMOUNT}, PERIODS, ("per",), names=("counter",)),
    # flat or by level everywhere; by exact age: old 成都 and 四川省级
    "ratio": Primitive(6, "share", {"share": Kind.SHARE, "per_year_of_age": Kind.POINTS}, one_of="pay"),
    # on cost: 北京, 杭州; on the excess: 北京大病
    "bands": Primitive(
        6,
        "schedule",
        {"schedule": Kind.BANDS},
        {"measured_on": ("cost", "excess"), "over": ("visit", "year")},
        ("measured_on",),
        one_of="pay",
    ),
    # sums decided elsewhere: hospital waiver and civil-affairs aid on one bill (沂水)
    "stated": Primitive(6, "reason", {"reason": Kind.TEXT}, one_of="pay", names=("name",)),
    # retired bear 60 % (北京) or 80 % (武汉) of the own share
    "own_share": Primitive(7, "times", {"times": Kind.MULTIPLE}),
    "factor": Primitive(7, "times", {"times": Kind.MULTIPLE}),
    # -10 / -20 remote (national caps), +2 per decade of age (成都), +5 retired (深圳)
    "points": Primitive(7, "add", {"add": Kind.POINTS, "least": Kind.SHARE, "most": Kind.SHARE}),
    # 蚌埠: 45 / 40 % at least
    "guarantee": Primitive(8, "share", {"share": Kind.SHARE}),
    # annual ceilings everywhere; 300 a month (广州 outpatient)
    "payment_ceiling": Primitive(9, "amount", {"amount": Kind.AMOUNT}, PERIODS, ("per",), names=("counter",)),
}
ORDER = " → ".join(
    " / ".join(name for name, primitive in PRIMITIVES.items() if primitive.phase == phase) for phase in range(10)
)
COVERABLE = (*PARTS, *BEYOND)


@dataclass(frozen=True, slots=True)
class Condition:
    """Facts that must hold: for every dimension named, the case's fact is one of its keys. Empty: always."""

    keys: tuple[tuple[str, tuple[Key, ...]], ...]
    place: Place

    def failing(self, facts: Facts) -> tuple[str, tuple[Key, ...]] | None:
        """The first dimension that does not hold, with what it asks for; None when all hold."""
        for dimension, keys in self.keys:
            fact = fact_for(dimension, facts, self.place)
            if not any(meets(key, fact) for key in keys):
                return dimension, keys
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the policy writes it: which primitive, when, in which form, with which dated parameters."""

    name: str
    condition: tuple[Condition, ...]
    forms: Mapping[str, str]
    parameters: Mapping[str, Dated]
    place: Place

    @property
    def primitive(self) -> Primitive:
        """The signature this step follows."""
        return PRIMITIVES[self.name]

    @property
    def main(self) -> Dated:
        """The parameter whose time is the step's time."""
        return self.parameters[self.primitive.main]

    def holds(self, facts: Facts) -> bool:
        """Whether all conditions of the step hold for the case."""
        return all(condition.failing(facts) is None for condition in self.condition)

    @property
    def dimensions(self) -> frozenset[str]:
        """Every dimension on which the step depends, through its conditions or its tables."""
        conditions = {dimension for condition in self.condition for dimension, _ in condition.keys}
        entries = (entry for parameter in self.parameters.values() for entry in parameter.entries)
        return frozenset(conditions).union(*(dimensions_of(entry.value) for entry in entries if entry.value))


STEP_LABELS: dict[str, Text] = {
    "covers": Text("计算基数", "covers"),
    "exclude": Text("不予支付", "not paid"),
    "refuse": Text("不予结算", "refused"),
    "first_share": Text("先由个人负担", "first borne by the patient"),
    "cost_ceiling": Text("费用限额", "ceiling on cost"),
    "deductible": Text("起付线", "deductible"),
    "excess_ceiling": Text("起付线以上费用限额", "ceiling on cost above the deductible"),
    "ratio": Text("支付比例", "ratio"),
    "bands": Text("分段支付", "bands"),
    "stated": Text("按给定金额支付", "stated sum"),
    "own_share": Text("个人负担比例折算", "own share scaled"),
    "factor": Text("支付比例折算", "ratio scaled"),
    "points": Text("支付比例增减", "percentage points"),
    "guarantee": Text("保底支付", "guaranteed share"),
    "payment_ceiling": Text("支付限额", "ceiling on payments"),
}
