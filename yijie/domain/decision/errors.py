"""What can keep a home region from deciding a benefit or from taking it back."""

from yijie.kernel.errors import YijieError


class PolicyMissing(YijieError):
    """No policy pack is loaded for a home region."""

    code = "decision.policy_missing"
    zh = "参保地{region}的待遇政策未接入本平台，暂不能直接结算，请患者先自费，回参保地手工报销"
    en = "no policy of {region} is loaded here; the patient pays first and claims at home"


class LaterDecisionLives(YijieError):
    """Later settlements of the same person, insurance and year rest on this one."""

    code = "decision.later_lives"
    zh = "该人员 {year} 年度此后还有未撤销的结算，请按从新到旧先撤销：{numbers}"
    en = "later settlements of {year} rest on this one; void first, newest first: {numbers}"


class DecisionUnknown(YijieError):
    """A settlement without a decision here."""

    code = "decision.unknown"
    zh = "查无结算 {settlement} 的待遇决定"
    en = "no benefit decision for settlement {settlement}"
