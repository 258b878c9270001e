"""How the comparison of two policies calls conventions, forms of steps and the words that choose them."""

from __future__ import annotations

from yijie.kernel.language import Text

EVERYBODY = Text("所有人", "everybody")
MISSING = Text("无", "none")
THERE = Text("有", "there")
NEW = Text("新增", "new")
GONE = Text("取消", "gone")
CONVENTIONS: dict[str, Text] = {
    "year.begins": Text("医保年度起始日", "beginning of the year"),
    "year.stay_belongs_to": Text("跨年度住院归属", "year of a stay across its end"),
    "catalogue.direct": Text("直接结算所用目录", "catalogue of direct settlement"),
    "catalogue.manual": Text("手工报销所用目录", "catalogue of manual reimbursement"),
    "first_self_pay.direct": Text("直接结算的先行自付比例", "first self-pay of direct settlement"),
    "first_self_pay.manual": Text("手工报销的先行自付比例", "first self-pay of manual reimbursement"),
}
CONVENTION_WORDS: dict[str, Text] = {
    "discharge": Text("按出院日", "by discharge"),
    "admission": Text("按入院日", "by admission"),
    "split": Text("按年度分段", "split by year"),
    "care_region": Text("就医地", "the care region's"),
    "home_region": Text("参保地", "the home region's"),
}

FORM_WORDS: dict[str, Text] = {
    "charged": Text("收取方式", "charged"),
    "each_visit": Text("每次", "each visit"),
    "once_a_year": Text("一年一次", "once a year"),
    "subtracted": Text("扣除方式", "subtracted"),
    "before_ratio": Text("先扣起付线再按比例", "before the ratio"),
    "after_ratio": Text("从支付额中扣除", "off the payment"),
    "apart": Text("不在计算之内", "apart"),
    "measured_on": Text("分段依据", "measured on"),
    "cost": Text("费用（含起付线）", "cost with the deductible"),
    "excess": Text("起付线以上费用", "cost above the deductible"),
    "over": Text("分段累计", "counted over"),
    "per": Text("周期", "per"),
    "year": Text("年", "year"),
    "quarter": Text("季", "quarter"),
    "month": Text("月", "month"),
    "day": Text("日", "day"),
    "visit": Text("次", "visit"),
    "seen": Text("计算口径", "seen"),
    "left": Text("前面各方付后所余", "what earlier payers leave"),
    "billed": Text("按账单", "as billed"),
    "paid_to": Text("付给", "paid to"),
    "person": Text("本人", "the person"),
    "account": Text("个人账户", "the account"),
    "granted": Text("分次结算的住院", "a stay settled in parts"),
    "once_a_stay": Text("整次住院只付一次", "paid once"),
    "each_part": Text("每次结算各自支付", "each part by itself"),
    "direction": Text("取整方向", "direction"),
    "half_up": Text("四舍五入", "half up"),
    "down": Text("舍去", "down"),
    "up": Text("进位", "up"),
    "unit": Text("单位", "unit"),
    "counter": Text("合用限额名", "shared under"),
    "each": Text("分别计算", "for each"),
    "for_each": Text("每", "for each"),
}
"""Forms of steps and the words that choose them."""
