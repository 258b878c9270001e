"""The closed set of steps a policy is made of: what each says, where it was seen, its parameters and its forms.

A policy names them; what each does to the money is in :mod:`yijie.engines.benefit.arithmetic`, and how it is resolved
for a case in :mod:`yijie.engines.benefit.resolve`. What this set cannot say gets a new primitive here, with tests;
there is no way to write expressions or code in a policy.

The docstring of a primitive is shown to those who write policies (``yijie policy steps``); its line "Seen" names
published policies that use the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from yijie.engines.benefit.words import BEYOND, PARTS, Text


class Kind(StrEnum):
    """What a parameter's figures are, which decides how they are read."""

    AMOUNT = "amount"
    """yuan, kept as fen; or a share of a figure of the pool"""
    SHARE = "share"
    """0 % to 100 %"""
    POINTS = "points"
    """percentage points, -100 % to 100 %"""
    MULTIPLE = "multiple"
    """a factor from 0 up, written 2.5 or 50%"""
    DAYS = "days"
    """whole days, at least 1"""
    UNITS = "units"
    """a number of units with at most two decimals, kept in hundredths"""
    TEXT = "text"
    """a wording in Chinese and English"""
    PARTS = "parts"
    """parts or buckets of the bill"""
    SOME_PARTS = "some_parts"
    """parts and buckets of the bill, of which a share counts"""
    BUCKETS = "buckets"
    """buckets of the bill"""
    BANDS = "bands"
    """bands of cost"""
    PHASES = "phases"
    """phases of a stay, in days or other units"""
    GRAIN = "grain"
    """the smallest sum that is paid: fen, jiao or yuan"""


class Primitive:
    """The signature of a step.

    ``phase`` places it among the others; ``main`` is the parameter that says whether the step is in force;
    ``forms`` are the plain words that choose a form, the first being what holds when none is written;
    of steps with ``one_of`` set only the first whose condition holds is taken.
    """

    phase: ClassVar[int]
    main: ClassVar[str]
    parameters: ClassVar[Mapping[str, Kind]]
    forms: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    must_say: ClassVar[tuple[str, ...]] = ()
    """Forms without a default: published policies differ, so the policy must say."""
    goes_with: ClassVar[Mapping[str, str]] = {}
    """Parameter → form or parameter that must be written with it."""
    one_of: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()
    """Plain names a step may give: an accumulator shared with other layers, a stated sum, a dimension, a unit."""
    label: ClassVar[Text]


PERIODS = ("year", "quarter", "month", "day", "visit")
GRAINS = {"fen": 1, "jiao": 10, "yuan": 100}
UNIT = "unit"
EACH = "each"


class Covers(Primitive):
    """What of the bill a payer looks at: parts, marked sums inside parts, or what earlier ceilings cut off.

    ``partly`` adds further parts at ``partly_share`` of their amount.
    Seen: 上海 附加基金 on cost beyond the ceiling; 沂水 aid on what is left; 潍坊 commercial layers on what lies
    outside the catalogue and on special drugs; commercial layers that weigh class B.
    """

    phase = 0
    main = "parts"
    parameters: ClassVar = {
        "parts": Kind.PARTS,
        "without": Kind.BUCKETS,
        "partly": Kind.SOME_PARTS,
        "partly_share": Kind.SHARE,
    }
    forms: ClassVar = {"seen": ("left", "billed")}
    goes_with: ClassVar = {"partly": "partly_share", "partly_share": "partly"}
    one_of = "covers"
    label = Text("计算基数", "covers")


class Exclude(Primitive):
    """This layer pays nothing.

    Seen: 义乌, third and later unfiled visits borne whole; a Shandong city, hospitals outside the network.
    """

    phase = 1
    main = "reason"
    parameters: ClassVar = {"reason": Kind.TEXT}
    label = Text("不予支付", "not paid")


class Refuse(Primitive):
    """The case is not settled at all.

    Seen: 医保发〔2022〕22号, direct settlement outside the pool needs a filing; diseases not yet open across provinces.
    """

    phase = 1
    main = "reason"
    parameters: ClassVar = {"reason": Kind.TEXT}
    label = Text("不予结算", "refused")


class FirstAmount(Primitive):
    """A fixed sum that the patient bears for every unit, before anything else.

    Seen: 湘潭 long-term care, 15 yuan a visit.
    """

    phase = 2
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT}
    must_say = (UNIT,)
    names = (UNIT,)
    label = Text("按次由个人负担", "borne by the patient for every unit")


class FirstShare(Primitive):
    """A share that the patient bears before the normal ratio; it multiplies with the ratio.

    Seen: a Shandong city 10 % filed and 40 % not filed; 义乌 10 % referred, 20 % and 30 % by ordinal of visit.
    """

    phase = 2
    main = "share"
    parameters: ClassVar = {"share": Kind.SHARE}
    label = Text("先由个人负担", "first borne by the patient")


class CostCeiling(Primitive):
    """The most cost that counts, deductible included.

    Seen: 武汉, 240,000 a year counted on fund and person together; large-amount funds limited by cost.
    """

    phase = 3
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT}
    forms: ClassVar = {"per": PERIODS}
    must_say = ("per",)
    names = ("counter", EACH)
    label = Text("费用限额", "ceiling on cost")


class UnitCeiling(Primitive):
    """The most cost that counts for every unit of service: a day, an hour, a visit; and how many units count.

    Seen: 滕州 long-term care 80, 100 and 120 a day by kind of care; 深圳 80 an hour; bed fees.
    """

    phase = 3
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT, "most": Kind.UNITS}
    forms: ClassVar = {"per": PERIODS}
    must_say = (UNIT,)
    goes_with: ClassVar = {"most": "per"}
    names = (UNIT, "counter")
    label = Text("按单位限额", "ceiling for every unit")


class Deductible(Primitive):
    """What the patient bears before the payer begins, by ordinal of the stay or once over the year.

    Seen: tables by level and ordinal (商洛, 西安); half from the second stay (北京, 深圳); 100 less (an unnamed city)
    or 10 % less with every stay (重庆); another after each 90 days of one stay (广州); once a year (杭州), at the
    highest level used (宁波象山); a multiple for remote care (沈阳); waived for tuberculosis and mental illness
    (沈阳), once a year for tumours; 12 % of the average wage (old 成都).
    """

    phase = 4
    main = "amount"
    parameters: ClassVar = {
        "amount": Kind.AMOUNT,
        "times": Kind.MULTIPLE,
        "repeat_times": Kind.MULTIPLE,
        "repeat_minus": Kind.AMOUNT,
        "repeat_minus_share": Kind.SHARE,
        "least": Kind.AMOUNT,
        "again_every": Kind.DAYS,
    }
    forms: ClassVar = {
        "charged": ("each_visit", "once_a_year"),
        "subtracted": ("before_ratio", "after_ratio", "apart"),
    }
    one_of = "deductible"
    names = ("counter", EACH)
    label = Text("起付线", "deductible")


class ExcessCeiling(Primitive):
    """The most cost above the deductible that counts.

    Seen: pools that limit the eligible cost entering the fund rather than its payments.
    """

    phase = 5
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT}
    forms: ClassVar = {"per": PERIODS}
    must_say = ("per",)
    names = ("counter", EACH)
    label = Text("起付线以上费用限额", "ceiling on cost above the deductible")


class RatioRule(Primitive):
    """One share of the cost above the deductible.

    Seen: flat or by level everywhere; by exact age, 75 % + 0.2 % × age (old 成都, 四川省级).
    """

    phase = 6
    main = "share"
    parameters: ClassVar = {"share": Kind.SHARE, "per_year_of_age": Kind.POINTS}
    one_of = "pay"
    label = Text("支付比例", "ratio")


class Bands(Primitive):
    """A share for every band of cost.

    Seen: on cost with the deductible inside the first band (北京, 杭州); on the excess over it (北京 大病).
    """

    phase = 6
    main = "schedule"
    parameters: ClassVar = {"schedule": Kind.BANDS}
    forms: ClassVar = {"measured_on": ("cost", "excess"), "over": ("visit", "year")}
    must_say = ("measured_on",)
    one_of = "pay"
    label = Text("分段支付", "bands")


class Phases(Primitive):
    """A share for every phase of a stay, the cost spread evenly over its days, with a limit a day where one is set.

    Seen: 石狮 80, 60 and 50 % of a bed-day rate in days 1–30, 31–60 and 61–90; 崇左 rehabilitation rates falling after
    60 days; 邢台 acute care up to 56 days.
    """

    phase = 6
    main = "schedule"
    parameters: ClassVar = {"schedule": Kind.PHASES}
    forms: ClassVar = {"over": ("visit", "year")}
    names = (UNIT,)
    one_of = "pay"
    label = Text("按日分段支付", "phases of a stay")


class Rate(Primitive):
    """A fixed sum for every unit of service, never more than the cost; and how many units count.

    Seen: long-term care 60 an hour for 25 or 35 hours a month (杭州滨江), 30 a day of self-care (滕州), 75 a visit
    (宜兴), 2,463 a month (南宁); fixed sums for a delivery.
    """

    phase = 6
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT, "most": Kind.UNITS}
    forms: ClassVar = {"per": PERIODS}
    must_say = (UNIT,)
    goes_with: ClassVar = {"most": "per"}
    one_of = "pay"
    names = (UNIT, "counter")
    label = Text("定额支付", "rate")


class Stated(Primitive):
    """A sum decided elsewhere, which the case states.

    Seen: hospital waiver and civil-affairs aid on one bill (沂水).
    """

    phase = 6
    main = "reason"
    parameters: ClassVar = {"reason": Kind.TEXT}
    one_of = "pay"
    names = ("name",)
    label = Text("按给定金额支付", "stated sum")


class Allowance(Primitive):
    """A sum paid to the person beside the bill: base × share × units ÷ ``divided_by``.

    The base is a figure of the policy (``base``) or stated by the case under the name ``stated_as``, held between
    ``least`` and ``most``. The units are given by ``days`` or stated by the case under the name ``unit``.
    Seen: maternity allowance, average monthly wage ÷ 30 × days (广州, 仙桃, with a least wage); the monthly credit of a
    retired person's account (武汉, 2.5 % of the average pension); family care paid by the day.
    """

    phase = 6
    main = "share"
    parameters: ClassVar = {
        "share": Kind.SHARE,
        "base": Kind.AMOUNT,
        "least": Kind.AMOUNT,
        "most": Kind.AMOUNT,
        "days": Kind.DAYS,
        "divided_by": Kind.DAYS,
    }
    forms: ClassVar = {"paid_to": ("person", "account")}
    one_of = "pay"
    names = ("stated_as", UNIT)
    label = Text("津贴", "allowance")


class MoreDays(Primitive):
    """Further days of an allowance, once or for every unit of something.

    Seen: 15 days more for a difficult delivery, 15 for every further child (仙桃).
    """

    phase = 7
    main = "days"
    parameters: ClassVar = {"days": Kind.DAYS}
    names = ("for_each",)
    label = Text("增加天数", "further days")


class OwnShare(Primitive):
    """The patient's own share × a multiple.

    Seen: retired persons bear 60 % (北京) or 80 % (武汉) of what others bear; 重庆 remote care +5 % read as a relative
    increase.
    """

    phase = 7
    main = "times"
    parameters: ClassVar = {"times": Kind.MULTIPLE}
    label = Text("个人负担比例折算", "own share scaled")


class Factor(Primitive):
    """The fund's share × a multiple.

    Seen: named among the forms of remote care; the pools of the sample take points off instead.
    """

    phase = 7
    main = "times"
    parameters: ClassVar = {"times": Kind.MULTIPLE}
    label = Text("支付比例折算", "ratio scaled")


class Points(Primitive):
    """Percentage points added to the fund's share; ``least`` and ``most`` bound the change.

    Seen: -10 and -20 at most for remote care (national), -5 (青岛), +2 for every decade of age (成都), +5 retired
    (深圳), +10 for a signed family doctor (沈阳), -10 with a floor of 45 % (蚌埠).
    """

    phase = 7
    main = "add"
    parameters: ClassVar = {"add": Kind.POINTS, "least": Kind.SHARE, "most": Kind.SHARE}
    label = Text("支付比例增减", "percentage points")


class Guarantee(Primitive):
    """The fund pays at least a share of the cost above the deductible.

    Seen: 蚌埠, 45 or 40 % whatever the ratios make of it.
    """

    phase = 8
    main = "share"
    parameters: ClassVar = {"share": Kind.SHARE}
    label = Text("保底支付", "guaranteed share")


class Rounding(Primitive):
    """The payment in whole jiao or yuan, rounded half up, down or up.

    Seen: account credits in whole yuan (武汉, 82.50 → 83), maternity allowances without fen (广州).
    """

    phase = 9
    main = "to"
    parameters: ClassVar = {"to": Kind.GRAIN}
    forms: ClassVar = {"direction": ("half_up", "down", "up")}
    label = Text("取整", "rounding")


class PaymentCeiling(Primitive):
    """The most the payer pays.

    Seen: annual ceilings everywhere; 300 a month (广州 outpatient); limits for every chronic disease, by the quarter or
    the year; 900 a month for a package of home care.
    """

    phase = 10
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT}
    forms: ClassVar = {"per": PERIODS}
    must_say = ("per",)
    names = ("counter", EACH)
    label = Text("支付限额", "ceiling on payments")


PRIMITIVES: dict[str, type[Primitive]] = {
    "covers": Covers,
    "exclude": Exclude,
    "refuse": Refuse,
    "first_amount": FirstAmount,
    "first_share": FirstShare,
    "cost_ceiling": CostCeiling,
    "unit_ceiling": UnitCeiling,
    "deductible": Deductible,
    "excess_ceiling": ExcessCeiling,
    "ratio": RatioRule,
    "bands": Bands,
    "phases": Phases,
    "rate": Rate,
    "stated": Stated,
    "allowance": Allowance,
    "more_days": MoreDays,
    "own_share": OwnShare,
    "factor": Factor,
    "points": Points,
    "guarantee": Guarantee,
    "rounding": Rounding,
    "payment_ceiling": PaymentCeiling,
}
PHASES = 11
ORDER = " → ".join(
    " / ".join(name for name, primitive in PRIMITIVES.items() if primitive.phase == phase) for phase in range(PHASES)
)
COVERABLE = (*PARTS, *BEYOND)
