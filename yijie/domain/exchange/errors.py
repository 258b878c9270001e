"""What can keep nodes from understanding each other."""

from __future__ import annotations

from typing import Any

from yijie.kernel.errors import YijieError


class PeerSilent(YijieError):
    """Another node did not answer in time, or is known to be away."""

    code = "exchange.peer_silent"
    zh = "{node} 节点联系不上（{why}），本次未作任何处理，请稍后用同一报文重试"
    en = "node {node} does not answer ({why}); nothing was done, send the same message again later"


class MessageUnreadable(YijieError):
    """Bytes that are no message."""

    code = "exchange.unreadable"
    zh = "节点报文无法读取：{why}"
    en = "the node message cannot be read: {why}"


class SenderUnknown(YijieError):
    """The sender is not in the directory, or has retired."""

    code = "exchange.sender_unknown"
    zh = "发送节点 {node} 不在节点目录中"
    en = "node {node} is not in the directory"


class SignatureWrong(YijieError):
    """The signature is not the sender's, by none of its keys in force."""

    code = "exchange.signature_wrong"
    zh = "节点 {node} 的报文签名不符"
    en = "the signature of node {node} does not fit the message"


class NotForUs(YijieError):
    """The message names another receiver."""

    code = "exchange.not_for_us"
    zh = "报文的接收节点是 {receiver}，不是本节点"
    en = "the message is for node {receiver}"


class TooOld(YijieError):
    """The sender's time is too far from ours: an old message sent again, or a clock that is wrong."""

    code = "exchange.time_off"
    zh = "节点 {node} 的报文时间 {time} 与本节点相差超过 {minutes} 分钟，请核对时钟"
    en = "the message of {node} is of {time}, more than {minutes} minutes off our clock; check the clocks"


class KindUnknown(YijieError):
    """A kind of message, or a version of it, that this release does not know."""

    code = "exchange.kind_unknown"
    zh = "不支持的节点报文 {kind} 第 {version} 版（支持第 {known} 版）"
    en = "message {kind} version {version} is not known here (known: {known})"


class IdReused(YijieError):
    """The same message id came with other content."""

    code = "exchange.id_reused"
    zh = "节点报文 {id} 已用于另一内容，本次未作任何处理"
    en = "message id {id} was used with other content; nothing was done"


class NotYours(YijieError):
    """A node speaks for a region, or about a person, that it has no business with."""

    code = "exchange.not_yours"
    zh = "节点 {node} 无权办理地区 {region} 的业务"
    en = "node {node} has no business with region {region}"


class RegionNotJoined(YijieError):
    """No node of the network holds the region."""

    code = "exchange.region_not_joined"
    zh = "{region}尚未接入网络，暂不能直接结算，请患者先自费，回参保地手工报销"
    en = "{region} has not joined the network; the patient pays first and claims at home"


class RegionMoving(YijieError):
    """A region is being handed from one node to another at this moment."""

    code = "busy.region_moving"
    zh = "地区 {region} 正在节点间移交，本次未作任何处理，请稍后用同一报文重试"
    en = "region {region} is being handed over; nothing was done, send the same message again shortly"


class KeyMissing(YijieError):
    """This process is to act as a node but has no usable key file."""

    code = "exchange.key_missing"
    zh = "本节点的密钥文件 {path} 无法使用：{why}，请先执行 yijie node init"
    en = "the node's key file {path} cannot be used: {why}; run yijie node init first"


class ToldByPeer(YijieError):
    """A refusal of another node, with its own code and words."""

    code = "exchange.told_by_peer"
    zh = "{zh}"
    en = "{en}"

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.code = facts["told"]
