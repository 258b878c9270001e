"""What can be wrong about an order of a remote purchase (异地购药订单)."""

from yijie.kernel.errors import YijieError


class OrderUnknown(YijieError):
    """No such order of this institution, or of that person."""

    code = "purchase.order_unknown"
    zh = "查无异地购药订单 {number}（mdtrt_regno）：须为本机构推送（2166）、属于该人员的订单，可用 2170、2171 查询"
    en = "no order {number}; it must be one this institution pushed (2166), of that person: ask with 2170 or 2171"


class OrderPaid(YijieError):
    """The order is paid: it can only be refunded."""

    code = "purchase.order_paid"
    zh = "订单 {number} 已付款（结算ID {settlement}），不能{step}；退货退款请用 2163"
    en = "order {number} is paid (settlement {settlement}); {step} is not possible, refund it with 2163"


class OrderCancelled(YijieError):
    """The order was taken back or refunded."""

    code = "purchase.order_cancelled"
    zh = "订单 {number} 已取消或已退费，不能{step}；如仍需购药请重新推送订单（2166）"
    en = "order {number} was cancelled or refunded; {step} is not possible, push a new order (2166)"


class OrderUnpaid(YijieError):
    """There is nothing to refund."""

    code = "purchase.order_unpaid"
    zh = "订单 {number} 尚未付款，没有可退的费用；不需要的订单请用 2167 取消"
    en = "order {number} is not paid, there is nothing to refund; cancel an order nobody wants with 2167"


class OrderElsewhere(YijieError):
    """The message names another institution or region than its header."""

    code = "purchase.header_differs"
    zh = "{field} {given} 与报文头 {header} 所指的 {expected} 不一致，请改正其中一项"
    en = "{field} {given} does not agree with {expected}, which {header} of the message header means; correct either"


class ItemUnmapped(YijieError):
    """A line without a national code whose own code is not mapped to exactly one."""

    code = "purchase.item_unmapped"
    zh = (
        "第 {position} 条明细（{serial}）未填 hilist_code，机构编码 {own_code} 当日有 {count} 个目录对照，"
        "请填写国家编码，或先上传唯一的目录对照（3301）"
    )
    en = "line {position} ({serial}) has no hilist_code and {own_code} has {count} mappings; give the code or map it"


class ReversalUnknown(YijieError):
    """A kind of step that 2181 does not know."""

    code = "purchase.reversal_unknown"
    zh = "冲正业务类型 {status}（status）无效，可用：1106 推送订单（2166）、1107 取消订单（2167）、1203 退费（2163）"
    en = "status {status} is no step of an order: 1106 pushing it (2166), 1107 cancelling (2167), 1203 refunding (2163)"


class StepFinal(YijieError):
    """A cancellation or refund that took effect cannot be undone."""

    code = "purchase.step_final"
    zh = "订单 {number} 的取消或退费已经生效，不能冲正；如仍需购药请重新推送订单（2166）并付款"
    en = "order {number} was cancelled or refunded, which is final; push a new order (2166) and have it paid"
