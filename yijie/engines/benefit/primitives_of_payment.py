"""Steps that say how much is paid: the pay rules, what changes their ratios, the guarantee, rounding."""

from __future__ import annotations

from typing import ClassVar

from yijie.engines.benefit.signature import PERIODS, UNIT, Kind, Primitive
from yijie.kernel.language import Text


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
    A stay settled in parts has it once: what earlier parts were paid is taken off what the stay as now known comes to,
    and ``day`` counts all days of the stay so far; ``granted: each_part`` pays every part for its own units instead.
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
    forms: ClassVar = {"paid_to": ("person", "account"), "granted": ("once_a_stay", "each_part")}
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

    Seen: the first 10 % borne and the rest at the normal ratio (义乌), as one multiple: the ratio × 0.9, which is
    14.5 % borne where 95 % is paid at home.
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
