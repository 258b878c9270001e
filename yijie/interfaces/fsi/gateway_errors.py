"""What a gateway answers instead of the platform, as ``{"code": 401, "message": …}``."""

from __future__ import annotations

from yijie.kernel.errors import YijieError


class GatewayRefusal(YijieError):
    """Base of every refusal of a gateway."""

    code = "gateway.refused"
    zh = "网关拒绝"
    en = "refused by the gateway"


class HeadersMissing(GatewayRefusal):
    """The profile's family wants headers that did not come."""

    code = "gateway.headers_missing"
    zh = "缺少请求头：{names}。本机构登记的网关为“{gateway}”，请按该网关签名"
    en = "headers are missing: {names}; this institution is registered for the gateway {gateway!r}"


class StampExpired(GatewayRefusal):
    """The time stamp is too far from the platform's clock, or is none."""

    code = "gateway.timestamp_expired"
    zh = "时间戳“{stamp}”无效或已过期（允许相差 {window} 秒），平台时间 {clock}，请校准时钟后重新签名"
    en = "time stamp {stamp!r} is no time within {window} s of {clock}; set the clock and sign again"


class CallerUnknown(GatewayRefusal):
    """The access key is not the one registered for the institution."""

    code = "gateway.caller_unknown"
    zh = "非法用户：访问标识“{key}”不是机构 {institution} 登记的标识"
    en = "access key {key!r} is not the one registered for institution {institution}"


class SignatureWrong(GatewayRefusal):
    """The signature does not fit the headers and the registered secret."""

    code = "gateway.signature_wrong"
    zh = "签名不符：{why}"
    en = "the signature does not match: {why}"


class NonceUsed(GatewayRefusal):
    """Another request came under the same time stamp and nonce."""

    code = "gateway.nonce_used"
    zh = "随机数已被另一请求使用，请换新的 x-tif-nonce 重新签名发送"
    en = "the nonce was used by another request; sign again with a new one"


class TokenRefused(GatewayRefusal):
    """The token endpoint does not know the client, the user or the password, or is asked in another way."""

    code = "gateway.token_refused"
    zh = "令牌申请被拒绝：{why}"
    en = "no token is given: {why}"
