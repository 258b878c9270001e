"""What can be wrong about a catalogue item."""

from yijie.kernel.errors import YijieError


class ItemUnknown(YijieError):
    """A national item code that the catalogue does not hold."""

    code = "catalogue.item_unknown"
    zh = "第 {position} 条明细（{serial}）的医疗目录编码 {item} 不在国家目录中，请先做目录对照，再以国家编码上传"
    en = "line {position} ({serial}): national item code {item} is not in the catalogue; map the item first"


class MappingUnfit(YijieError):
    """A mapping that cannot be kept."""

    code = "catalogue.mapping_unfit"
    zh = "第 {position} 条对照（机构编码 {own_code}）不能保存：{why}，本次全部未保存，请改正后重新上传"
    en = "mapping {position} (own code {own_code}) cannot be kept: {why}; nothing was stored"


class MappingUnknown(YijieError):
    """A mapping that is not there to be withdrawn."""

    code = "catalogue.mapping_unknown"
    zh = "第 {position} 条：未找到机构编码 {own_code} 与国家编码 {item} 的有效对照，本次全部未撤销"
    en = "row {position}: there is no mapping of {own_code} to {item}; nothing was withdrawn"


class AcceptanceUnfit(YijieError):
    """Accepted mappings that cannot be reviewed or undone."""

    code = "catalogue.acceptance_unfit"
    zh = "这批对照不能{step}：{why}"
    en = "these mappings cannot be {step}: {why}"
