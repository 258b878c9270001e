"""What can keep two books from being compared."""

from yijie.kernel.errors import YijieError


class PeriodUnfit(YijieError):
    """A period that ends before it begins, or is too long."""

    code = "reconcile.period_unfit"
    zh = "期间 {since} 至 {until} 有误：{why}，请改正开始日期、结束日期"
    en = "the period {since} to {until} cannot be used: {why}; correct its first or last day"


class MonthsUnfit(YijieError):
    """Months that are none, end before they begin, or are too many."""

    code = "reconcile.months_unfit"
    zh = "年月 {since} 至 {until} 有误：{why}，请改正起始年月、结束年月（形如 202611）"
    en = "the months {since} to {until} cannot be used: {why}; write them like 202611"


class ControlDiffers(YijieError):
    """The sums a message declares are not those of the file it names."""

    code = "reconcile.control_differs"
    zh = "申报的{what} {declared} 与对账文件合计 {found} 不符，文件可能缺行或重复，请重新生成并上传后再对账"
    en = "declared {what} {declared} differs from the file's {found}; lines may be lost or doubled, make the file anew"
