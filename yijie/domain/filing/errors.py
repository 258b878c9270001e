"""What can be wrong about a filing."""

from yijie.kernel.errors import YijieError


class FilingNotNeeded(YijieError):
    """Care in the home pool needs no filing."""

    code = "filing.not_needed"
    zh = "{region}就是参保地，本地就医无需异地备案"
    en = "{region} is the home region; local care needs no filing"


class FilingKindUnfit(YijieError):
    """The kind of filing is not open to this person."""

    code = "filing.kind_unfit"
    zh = "备案类型“{kind}”不适用：{why}"
    en = "filing kind {kind} does not fit: {why}"


class PromiseMissing(YijieError):
    """Without papers a filing needs the signed promise (承诺制)."""

    code = "filing.promise_missing"
    zh = "未提交证明材料的备案须签署个人承诺书，请患者签署后再申请"
    en = "a filing without papers needs the signed promise; have it signed and request again"


class DatesUnfit(YijieError):
    """A filing or choice that ends before it begins, or begins long after today."""

    code = "filing.dates_unfit"
    zh = "起止日期不合理：{since} 至 {until}，结束日期不得早于开始日期，开始日期不得晚于今日一年以上，请核对"
    en = "the dates {since} to {until} do not fit: it may not end before it begins, nor begin more than a year from now"


class FilingUnknown(YijieError):
    """No filing has that number."""

    code = "filing.unknown"
    zh = "查无备案 {number}，请核对待遇申报明细流水号"
    en = "no filing {number}; check the number"


class FilingStateUnfit(YijieError):
    """The filing is not in a state that allows the step."""

    code = "filing.state_unfit"
    zh = "备案 {number} 当前“{state}”，不能{step}"
    en = "filing {number} is {state}; it cannot {step}"


class DesignationTaken(YijieError):
    """The person already designated an institution at that rank."""

    code = "filing.designation_taken"
    zh = "该人员同类业务、定点排序号 {rank} 已有定点机构 {institution}，请先撤销（2506）或换排序号"
    en = "rank {rank} of this business is already {institution}; withdraw it (2506) or use another rank"


class SameHand(YijieError):
    """Whoever agreed at one level may not agree at the next."""

    code = "filing.same_hand"
    zh = "您已办理过上一级审核，须由另一人办理"
    en = "you already agreed at an earlier level; another person must go on"


class Unreviewed(YijieError):
    """An earlier level has not agreed yet."""

    code = "filing.unreviewed"
    zh = "备案 {number} 还差 {missing} 级审核，尚不能终审"
    en = "filing {number} lacks {missing} earlier approval(s)"


class ChronicTaken(YijieError):
    """The disease is filed already, or asked for."""

    code = "filing.chronic_taken"
    zh = "该人员的慢特病“{disease}”已备案或正在办理，无需重复申请"
    en = "chronic disease {disease} is filed or asked for already"
