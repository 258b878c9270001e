"""What can keep a settlement list from being uploaded or submitted."""

from yijie.kernel.errors import YijieError


class ListLocked(YijieError):
    """A list that is submitted or approved is not replaced."""

    code = "settlement_list.locked"
    zh = "结算 {number} 的清单{state}，不能重新上传；审核不通过退回后方可修改"
    en = "the list of settlement {number} is {state}; it can be replaced only after it was returned"


class ListMissing(YijieError):
    """No list was uploaded for a settlement."""

    code = "settlement_list.missing"
    zh = "结算 {number} 尚未上传结算清单（4101）"
    en = "no settlement list was uploaded for {number}"


class QualityFailed(YijieError):
    """A list with errors is not submitted."""

    code = "settlement_list.quality_failed"
    zh = "清单质控未通过（{count} 处错误），不能提交；首处：{field} {why}。请用4104查询全部结果，改正后重新上传"
    en = "{count} errors in the list, it cannot be submitted; the first: {field} {why}. Ask 4104 for all"


class StateUnfit(YijieError):
    """A change of state that is not allowed."""

    code = "settlement_list.state_unfit"
    zh = "清单状态不能由 {current} 改为 {target}，只能 0→1、3→0、3→1"
    en = "a list cannot go from {current} to {target}, only 0 to 1, 3 to 0 and 3 to 1"
