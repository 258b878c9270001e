"""What can be wrong about a catalogue item."""

from yijie.kernel.errors import YijieError


class ItemUnknown(YijieError):
    """A national item code that the catalogue does not hold."""

    code = "catalogue.item_unknown"
    zh = "第 {position} 条明细（{serial}）的医疗目录编码 {item} 不在国家目录中，请先做目录对照，再以国家编码上传"
    en = "line {position} ({serial}): national item code {item} is not in the catalogue; map the item first"
