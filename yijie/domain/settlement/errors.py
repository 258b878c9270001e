"""What can keep charges from being settled or a settlement from being voided."""

from yijie.kernel.errors import YijieError


class TotalDiffers(YijieError):
    """The total the desk declares is not the sum of the lines it uploaded."""

    code = "settlement.total_differs"
    zh = "申报{what} {declared} 元与已上传明细合计 {charged} 元（{lines} 条）不符，请核对明细后重新上传或改正金额"
    en = (
        "declared {what} {declared} differs from the {lines} uploaded lines' {charged}; correct the lines or the amount"
    )


class InsuranceDiffers(YijieError):
    """The desk settles under another insurance than the encounter was registered with."""

    code = "settlement.insurance_differs"
    zh = (
        "结算险种 {given}（insutype）与就诊 {number} 登记的险种 {registered} 不符，请改正，或撤销登记后按该险种重新办理"
    )
    en = "insurance {given} is not the one encounter {number} was registered with ({registered}); correct it"


class NotDischarged(YijieError):
    """A final settlement needs the discharge first."""

    code = "settlement.not_discharged"
    zh = "就诊 {number} 尚未办理出院（2402），不能出院结算；如需中途结算请将 mid_setl_flag 置 1"
    en = "encounter {number} is not discharged; discharge it first (2402) or settle mid-stay"


class SettlementUnknown(YijieError):
    """No such settlement of that encounter."""

    code = "settlement.unknown"
    zh = "查无结算 {number}，请核对 setl_id、mdtrt_id 和人员编号"
    en = "no settlement {number}; check settlement, encounter and person numbers"


class AlreadyVoided(YijieError):
    """The settlement was voided before."""

    code = "settlement.already_voided"
    zh = "结算 {number} 已于 {at} 撤销，无需重复撤销"
    en = "settlement {number} was voided at {at}"


class LaterIntervalLives(YijieError):
    """A later interval of the same stay is settled; it rests on this one, also where it belongs to the next year."""

    code = "settlement.later_interval_lives"
    zh = "本次住院此后的结算区间尚未撤销，请按从新到旧先撤销：{numbers}"
    en = "later intervals of this stay are settled; void first, newest first: {numbers}"


class FamilyAccountNotOffered(YijieError):
    """Paying from a family member's account is not offered yet."""

    code = "settlement.family_account_not_offered"
    zh = "本平台暂不支持使用共济账户（acct_used_flag=2），请改为 0 不使用或 1 使用本人个人账户"
    en = "paying from a family account (acct_used_flag 2) is not offered; use 0 or 1"


class AttemptOpen(YijieError):
    """The same batch, or the same message, is being settled with another node at this moment."""

    code = "busy.attempt_open"
    zh = "就诊 {number} 正在与参保地办理结算或撤销，本次未作任何处理，请稍后用同一报文重试"
    en = "encounter {number} is being settled or voided with its home region; send the same message again shortly"


class AttemptAborted(YijieError):
    """The attempt was ended before the home region's answer could be used; nothing was settled."""

    code = "settlement.attempt_aborted"
    zh = "本次办理已超过期限，未结算，请用同一报文重试"
    en = "the attempt ran out of time and was not settled; send the same message again"


class ChangedMeanwhile(YijieError):
    """Fee lines or the encounter changed while the home region was asked; nothing was settled."""

    code = "settlement.changed_meanwhile"
    zh = "就诊 {number} 的费用明细或状态在结算过程中有变动，本次未结算，请核对后重新结算"
    en = "encounter {number} changed while it was being settled; nothing was settled, check it and settle again"


class Certified(YijieError):
    """A certificate of failed settlement was issued for the batch: it is claimed by hand at home."""

    code = "settlement.certified"
    zh = "就诊 {number} 已出具结算失败证明 {certificate}，须回参保地手工报销；如需直接结算请先收回该证明"
    en = "encounter {number} has certificate {certificate} and is claimed by hand at home; withdraw it to settle here"


class CertificateUnknown(YijieError):
    """No such certificate, or it was withdrawn."""

    code = "settlement.certificate_unknown"
    zh = "查无有效的结算失败证明 {number}"
    en = "no certificate of failed settlement {number} is in force"
