"""Steps before the ratio and ceilings after it: what a layer looks at, what is borne first, what counts at most."""

from __future__ import annotations

from typing import ClassVar

from yijie.engines.benefit.signature import EACH, PERIODS, UNIT, Kind, Primitive
from yijie.kernel.language import Text


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

    Seen: 240,000 a year of what fund and person share (武汉), read as the cost above the deductible; with the
    deductible inside it is a ``cost_ceiling``.
    """

    phase = 5
    main = "amount"
    parameters: ClassVar = {"amount": Kind.AMOUNT}
    forms: ClassVar = {"per": PERIODS}
    must_say = ("per",)
    names = ("counter", EACH)
    label = Text("起付线以上费用限额", "ceiling on cost above the deductible")


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
