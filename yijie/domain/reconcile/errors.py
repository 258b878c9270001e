"""What can keep two books from being compared."""

from yijie.kernel.errors import YijieError


class PeriodUnfit(YijieError):
    """A period that ends before it begins, or is too long."""

    code = "reconcile.period_unfit"
    zh = "对账期间 {since} 至 {until} 有误：{why}，请改正 stmt_begndate、stmt_enddate"
    en = "the period {since} to {until} cannot be reconciled: {why}"


class ControlDiffers(YijieError):
    """The sums a message declares are not those of the file it names."""

    code = "reconcile.control_differs"
    zh = "申报的{what} {declared} 与对账文件合计 {found} 不符，文件可能缺行或重复，请重新生成并上传后再对账"
    en = "declared {what} {declared} differs from the file's {found}; lines may be lost or doubled, make the file anew"
