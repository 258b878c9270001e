"""What can be wrong about a registration, a stay or a fee line."""

from yijie.kernel.errors import YijieError


class EncounterUnknown(YijieError):
    """No such encounter of that person at that institution."""

    code = "encounter.unknown"
    zh = "查无就诊 {number}，请核对 mdtrt_id（须为本机构为该人员登记的就诊）"
    en = "no encounter {number}; mdtrt_id must be one this institution registered for the person"


class EncounterStateUnfit(YijieError):
    """The encounter is in a state that does not allow the step."""

    code = "encounter.state_unfit"
    zh = "就诊 {number} 当前“{state}”，不能{step}；{todo}"
    en = "encounter {number} is {state}; {step} is not possible; {todo}"


class KindUnfit(YijieError):
    """A transaction for stays names a visit, or the other way round."""

    code = "encounter.kind_unfit"
    zh = "就诊 {number} 是{kind}登记，本交易不适用，请改用{kind}交易（{use}）"
    en = "encounter {number} is {kind}; use the transactions for that ({use})"


class AlreadySettled(YijieError):
    """The encounter or charge batch is settled; it must be voided before anything under it changes."""

    code = "encounter.already_settled"
    zh = "就诊 {number} 的费用已结算（结算ID {settlement}），不能{step}，请先撤销该结算"
    en = "the charges of encounter {number} are settled ({settlement}); {step} needs that settlement voided first"


class AlreadyAdmitted(YijieError):
    """The same record number was admitted already, or the person is in hospital now."""

    code = "encounter.already_admitted"
    zh = "{what}，就诊ID {number}；如需重新办理请先撤销入院（2404）或办理出院结算"
    en = "{what}, encounter {number}; cancel that admission (2404) or settle it first"


class TimesUnfit(YijieError):
    """Times of an encounter contradict each other."""

    code = "encounter.times_unfit"
    zh = "时间不合理：{what}，请核对 {field}"
    en = "times do not fit: {what}; check {field}"


class DiagnosisMissing(YijieError):
    """An encounter needs at least one diagnosis, and exactly one principal one where it is an admission."""

    code = "encounter.diagnosis_missing"
    zh = "诊断信息不完整或有误：{what}，请补充或改正 diseinfo"
    en = "diagnoses incomplete or wrong: {what}; complete or correct diseinfo"


class LineDuplicate(YijieError):
    """A fee line's serial number was used already in the encounter."""

    code = "encounter.line_duplicate"
    zh = "第 {position} 条明细流水号 {serial} 在本次就诊中已存在，请换流水号，或先撤销该明细再传"
    en = "line {position}: serial {serial} exists already in this encounter; use another or revoke it first"


class LineUnknown(YijieError):
    """A fee line that is not there."""

    code = "encounter.line_unknown"
    zh = "查无费用明细 {serial}，请核对 {field}"
    en = "no fee line {serial}; check {field}"


class LinePriceWrong(YijieError):
    """A line's price is below zero."""

    code = "encounter.line_price_wrong"
    zh = "第 {position} 条明细（{serial}）单价 {price} 为负；退费请填正单价、负数量，并填原流水号 init_feedetl_sn"
    en = "line {position} ({serial}): price {price} is below zero; a refund has a negative quantity"


class LineTooLarge(YijieError):
    """A line costs more than anything does."""

    code = "encounter.line_too_large"
    zh = "第 {position} 条明细（{serial}）金额 {amount} 元超过单条上限 {most} 元，请核对单价和数量，确属实情请分条上传"
    en = "line {position} ({serial}): {amount} yuan is above {most} for one line; check price and quantity"


class LineAhead(YijieError):
    """A line is dated in the future: it would be graded by terms that are not known yet."""

    code = "encounter.line_ahead"
    zh = "第 {position} 条明细（{serial}）费用发生时间 {at} 在将来，请改正后重新上传"
    en = "line {position} ({serial}) is dated {at}, which lies ahead; correct its time"


class LineAmountWrong(YijieError):
    """A line's amount is not price × quantity."""

    code = "encounter.line_amount_wrong"
    zh = "第 {position} 条明细（{serial}）金额 {amount} ≠ 单价 {price} × 数量 {quantity} = {product}，请核对金额"
    en = "line {position} ({serial}): amount {amount} is not {price} × {quantity} = {product}"


class RefundUnfit(YijieError):
    """A negative line that does not mirror a line uploaded before."""

    code = "encounter.refund_unfit"
    zh = "第 {position} 条退费明细（{serial}）有误：{why}，请核对 init_feedetl_sn；没有该字段的交易请整单撤销"
    en = (
        "line {position} ({serial}), a refund, is wrong: {why}; check init_feedetl_sn;"
        " where the transaction has none, void the whole"
    )


class NothingCharged(YijieError):
    """There is nothing to settle."""

    code = "encounter.nothing_charged"
    zh = "就诊 {number} 没有待结算的费用明细，请先上传明细（2204/2301）"
    en = "encounter {number} has no fee lines to settle; upload them first"
