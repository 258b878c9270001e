"""What can keep a record from being stored or withdrawn."""

from yijie.kernel.errors import YijieError


class EntryTaken(YijieError):
    """A record that must be new is there already."""

    code = "archive.taken"
    zh = "第 {position} 条（{key}）已上传，未作任何改动；需要修改请用变更交易"
    en = "record {position} ({key}) is there already; nothing was changed, use the transaction that changes it"


class EntryMissing(YijieError):
    """A record that must be there is not."""

    code = "archive.missing"
    zh = "第 {position} 条（{key}）没有有效记录，请核对后重新上传"
    en = "record {position} ({key}) is not there"


class EntryTwice(YijieError):
    """Two records of one message have the same key."""

    code = "archive.twice"
    zh = "第 {position} 条（{key}）在同一报文中重复，本次全部未保存，请去重后重新上传"
    en = "record {position} ({key}) stands twice in one message; nothing was stored"


class ForeignEncounter(YijieError):
    """An encounter that is not this institution's and this person's."""

    code = "archive.foreign_encounter"
    zh = "第 {position} 条的就诊 {number} 不是本机构该人员的就诊，请核对 mdtrt_id 与 psn_no；自费患者请留空"
    en = "record {position}: encounter {number} is not this person's here; leave it empty for self-payers"


class ForeignSettlement(YijieError):
    """A settlement that is not this institution's."""

    code = "archive.foreign_settlement"
    zh = "第 {position} 条的结算 {number} 不是本机构的结算，请核对 setl_id；自费请留空"
    en = "record {position}: settlement {number} is not this institution's; leave it empty where there is none"
