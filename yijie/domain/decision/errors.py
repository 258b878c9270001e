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


class HoldOpen(YijieError):
    """Another attempt for the same person and year is under way between nodes."""

    code = "busy.hold_open"
    zh = "该人员 {year} 年度另有一笔异地结算正在办理，本次未作任何处理，请稍后用同一报文重试"
    en = "another settlement of this person's {year} is under way; nothing was done, send the same message again"


class HoldCancelled(YijieError):
    """The care node has taken the attempt back before or after the hold arrived."""

    code = "decision.hold_cancelled"
    zh = "办理 {attempt} 已被就医地取消，不能再预占"
    en = "attempt {attempt} was cancelled by its care node and cannot be held"


class HoldMissing(YijieError):
    """A confirm for an attempt of which nothing is held here."""

    code = "decision.hold_missing"
    zh = "办理 {attempt} 在参保地没有预占（{state}），不能确认，请双方经办核对"
    en = "attempt {attempt} is not held here ({state}) and cannot be confirmed; both bureaus must look at it"


class HoldConfirmed(YijieError):
    """A cancel for an attempt that was confirmed."""

    code = "decision.hold_confirmed"
    zh = "办理 {attempt} 已确认，不能取消，请双方经办核对"
    en = "attempt {attempt} is confirmed and cannot be cancelled; both bureaus must look at it"
