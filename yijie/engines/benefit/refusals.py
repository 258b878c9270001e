"""Why a case gets no benefit answer: the policy says so, the policy does not say, or the case is incomplete."""

from __future__ import annotations

from yijie.engines.benefit.errors import FileError
from yijie.kernel.errors import YijieError


class FactMissing(FileError):
    """The policy asks for a fact that the case does not state."""

    code = "benefit.case.fact_missing"
    wrong_zh = "需要“{fact}”才能确定，但个案没有提供；请补充"
    wrong_en = "depends on {fact!r}, which the case does not state; state it"


class NothingSaid(FileError):
    """A table of the policy has no branch for the case."""

    code = "benefit.policy.nothing_said"
    wrong_zh = "对 {dimension}={fact} 没有规定；请补充该分支或写 else"
    wrong_en = "says nothing for {dimension}={fact}; add the branch or else"


class ParameterUnknown(FileError):
    """The case needs a figure that the policy declares as a gap."""

    code = "benefit.policy.unknown"
    wrong_zh = "该参数尚未查明：{note}；不能据此结算"
    wrong_en = "is a declared gap: {note}; nothing can be settled on it"


class NotYetInForce(FileError):
    """The case lies before the first day for which the policy says anything."""

    code = "benefit.policy.not_yet_in_force"
    wrong_zh = "最早自 {since} 起有规定，而适用日为 {day}；请补充更早的参数"
    wrong_en = "says nothing before {since} and the day that counts is {day}; add the earlier value"


class NoRuleForCase(FileError):
    """A layer applies to the case but none of its pay rules does."""

    code = "benefit.policy.no_rule"
    wrong_zh = "适用于该个案，但没有一条支付规则的条件成立；请补充规则"
    wrong_en = "applies to the case but the condition of none of its pay rules holds; add the rule"


class CareRefused(YijieError):
    """The policy refuses to settle the case, for instance because a filing is required."""

    code = "benefit.refused"
    zh = "按政策不能结算：{reason}（{layer}，{place}）"
    en = "the policy refuses to settle: {reason} ({layer}, {place})"


class PayersExceedBill(YijieError):
    """Payers together would pay more than the bill."""

    code = "benefit.payers_exceed_bill"
    zh = "各方支付合计 {paid} 元超过费用总额 {total} 元，已拒绝；请检查政策各层的计算基数（covers）或给定的金额"
    en = "payers together pay {paid} yuan, more than the bill of {total}; check what each layer covers, or stated sums"


class PayersDoNotAddUp(YijieError):
    """A stated breakdown whose payers are not the total."""

    code = "benefit.payers_do_not_add_up"
    zh = "各方支付合计 {paid} 元不等于费用总额 {total} 元；请核对"
    en = "payers together pay {paid} yuan of a bill of {total}; check the amounts"


class NegativeAmount(YijieError):
    """An amount below zero where none can be."""

    code = "benefit.negative"
    zh = "“{name}”为负（{amount}）；结算金额不得为负，退费请作撤销"
    en = "{name} is negative ({amount}); amounts to settle are not below zero, a refund is a void"


class PartsDoNotAddUp(YijieError):
    """The graded parts of a case are not its total."""

    code = "benefit.parts_do_not_add_up"
    zh = "各部分之和 {parts} 不等于总额 {total}；请核对费用分解"
    en = "the graded parts add up to {parts}, not to the total {total}; check the grading"


class BucketTooLarge(YijieError):
    """A named bucket of a bill larger than the part it belongs to."""

    code = "benefit.bucket_too_large"
    zh = "费用标记“{bucket}”合计 {amount} 元，超过所属“{part}”的 {limit} 元；请核对"
    en = "the bucket {bucket!r} holds {amount} yuan, more than its part {part!r} ({limit}); check the amounts"


class ServiceDatesReversed(YijieError):
    """A stay that ends before it begins."""

    code = "benefit.dates_reversed"
    zh = "出院日 {service_to} 早于入院日 {service_from}；请核对日期"
    en = "the service ends on {service_to}, before it begins on {service_from}; check the dates"


class StayCrossesYears(YijieError):
    """A stay across the year's end where the policy assigns each part to its own year."""

    code = "benefit.stay_crosses_years"
    zh = "就诊跨 {years} 年度，该统筹区按年度分段结算；请按年度拆成多个个案，后段写 continues"
    en = "the stay crosses the years {years} and the pool settles each year apart; give one case per year"


class YearRuleMissing(YijieError):
    """A stay across the year's end where the policy does not say which year it belongs to."""

    code = "benefit.year_rule_missing"
    zh = "就诊跨 {years} 年度，但 pool.yaml 没有 year.stay_belongs_to；请补充"
    en = "the stay crosses the years {years} but pool.yaml has no year.stay_belongs_to; add it"


class RuleNotDeclared(YijieError):
    """A question about the pool's conventions that its policy does not answer."""

    code = "benefit.rule_not_declared"
    zh = "政策包未声明“{name}”（{day}）；请在 pool.yaml 中补充"
    en = "the policy does not declare {name!r} for {day}; add it to pool.yaml"


class FactUndeclared(YijieError):
    """A fact of the case for which the pool declares no dimension, or a word it does not know."""

    code = "benefit.case.fact_undeclared"
    zh = "个案给出 {fact}={word}，政策包未声明；可用：{known}"
    en = "the case states {fact}={word}, which the policy does not declare; declared: {known}"


class CodeUnclear(YijieError):
    """A disease code of which the published rule does not say whether it is meant."""

    code = "benefit.case.code_unclear"
    zh = "公布的政策没有说明病种编码 {code} 是否属于其所指的病种；请在个案中直接写明病种或 none"
    en = "the published rule does not say whether it means the disease code {code}; state the pool's word, or none"


class LineContradicts(YijieError):
    """A fee line whose amount and quantity point in different directions."""

    code = "benefit.line_contradicts"
    zh = "费用明细的金额 {amount} 与数量 {quantity} 正负不一致；退费应二者皆为负"
    en = "a fee line has amount {amount} and quantity {quantity} of opposite sign; a refund has both negative"


class BucketsInTwoParts(YijieError):
    """A bucket with covered and uncovered lines in it."""

    code = "benefit.bucket_in_two_parts"
    zh = "费用标记“{bucket}”同时用于可报销与不可报销的明细；请使用两个标记"
    en = "the bucket {bucket!r} marks covered and uncovered lines alike; use two buckets"
