"""What can be wrong with a policy folder or a case file; every message names file:line, the path, and the way out."""

from __future__ import annotations

from typing import ClassVar

from yijie.kernel.errors import YijieError


class FileError(YijieError):
    """Base of errors in a file a person wrote. Facts: ``place`` (file:line), ``path`` (where inside), and more.

    A subclass sets ``wrong_zh`` and ``wrong_en``: what is wrong and what to do. Place and path are put in front.
    """

    code = "benefit.file"
    wrong_zh: ClassVar[str] = "文件有误"
    wrong_en: ClassVar[str] = "the file is wrong"

    def __init_subclass__(cls, **kwargs: object) -> None:
        cls.zh = "{place}：{path} " + cls.wrong_zh
        cls.en = "{place}: {path}: " + cls.wrong_en
        super().__init_subclass__(**kwargs)


class NotReadable(FileError):
    """A file or folder that is missing, not UTF-8, or too large."""

    code = "benefit.file.not_readable"
    wrong_zh = "无法读取：{reason_zh}"
    wrong_en = "cannot be read: {reason_en}"


class BadSyntax(FileError):
    """Text that is neither YAML nor JSON."""

    code = "benefit.file.syntax"
    wrong_zh = "不是合法的 YAML/JSON（{reason}）；请检查缩进、冒号和引号"
    wrong_en = "is not well-formed YAML or JSON ({reason}); check indentation, colons and quotes"


class AliasFound(FileError):
    """A YAML anchor is used again: values are written out, so that each carries its own source."""

    code = "benefit.file.alias"
    wrong_zh = "使用了 YAML 引用（*名称）；请把内容完整写出"
    wrong_en = "uses a YAML alias (*name); write the value out"


class TooDeep(FileError):
    """Nesting beyond what any policy needs."""

    code = "benefit.file.too_deep"
    wrong_zh = "嵌套超过 {limit} 层；请简化"
    wrong_en = "is nested deeper than {limit} levels; simplify it"


class WrongShape(FileError):
    """A mapping, list or plain text where another of them belongs."""

    code = "benefit.file.shape"
    wrong_zh = "应为{expected_zh}，实为{found_zh}"
    wrong_en = "should be {expected_en}, not {found_en}"


class DuplicateKey(FileError):
    """The same key twice in one mapping."""

    code = "benefit.file.duplicate_key"
    wrong_zh = "重复出现键“{key}”；请只保留一个"
    wrong_en = "has the key {key!r} twice; keep one"


class UnknownKey(FileError):
    """A key that this place does not know."""

    code = "benefit.file.unknown_key"
    wrong_zh = "有未知的键“{key}”；此处可用：{known}"
    wrong_en = "has the unknown key {key!r}; known here: {known}"


class MissingKey(FileError):
    """A key that must be there is not."""

    code = "benefit.file.missing_key"
    wrong_zh = "缺少键“{key}”；请补充"
    wrong_en = "lacks the key {key!r}; add it"


class UnknownWord(FileError):
    """A word outside the closed list that belongs here."""

    code = "benefit.file.unknown_word"
    wrong_zh = "“{word}”不在可用词中；请从中选择：{known}"
    wrong_en = "{word!r} is not a known word; choose one of: {known}"


class BadNumber(FileError):
    """A text that is not the number, amount, share or date that belongs here."""

    code = "benefit.file.number"
    wrong_zh = "“{text}”不是{expected_zh}"
    wrong_en = "{text!r} is not {expected_en}"


class OutOfRange(FileError):
    """A number of the right form outside its bounds."""

    code = "benefit.file.out_of_range"
    wrong_zh = "“{text}”超出范围；应在 {low} 与 {high} 之间"
    wrong_en = "{text!r} is out of range; it lies between {low} and {high}"


class EmptyList(FileError):
    """A list that must hold at least one entry."""

    code = "benefit.file.empty"
    wrong_zh = "为空；请至少写一项"
    wrong_en = "is empty; write at least one entry"


class DatesOverlap(FileError):
    """Two entries of one parameter hold on the same day, or stand in the wrong order."""

    code = "benefit.policy.dates_overlap"
    wrong_zh = "自 {since} 起的值与前一项（至 {until}）重叠或次序颠倒；请按日期先后书写"
    wrong_en = "begins on {since} although the entry before holds until {until}; order the entries by date"


class DatesGap(FileError):
    """Days between two entries of one parameter for which nothing is said."""

    code = "benefit.policy.dates_gap"
    wrong_zh = "前一项至 {until} 止，本项自 {since} 起，中间有空缺；请补齐，或写 value: none / unknown"
    wrong_en = "begins on {since} but the entry before ended on {until}; fill the gap, or write value: none or unknown"


class DatesReversed(FileError):
    """An entry that ends before it begins."""

    code = "benefit.policy.dates_reversed"
    wrong_zh = "结束日 {until} 早于开始日 {since}"
    wrong_en = "ends on {until}, before it begins on {since}"


class BeginsLate(FileError):
    """A secondary parameter of a step whose history begins after that of the step's main parameter."""

    code = "benefit.policy.begins_late"
    wrong_zh = "从 {since} 才开始，而同一步骤的“{main}”从 {main_since} 开始；请从该日写起（此前没有则写 value: none）"
    wrong_en = (
        "begins on {since} but {main!r} of the same step begins on {main_since}; begin there (value: none if absent)"
    )


class UnknownSource(FileError):
    """A source name that is declared neither in this file nor in pool.yaml."""

    code = "benefit.policy.unknown_source"
    wrong_zh = "引用了未登记的来源“{name}”；请在 sources 中登记。已登记：{known}"
    wrong_en = "names the source {name!r}, which no sources list declares; declared: {known}"


class UnknownNeedsNote(FileError):
    """A gap declared without saying what is missing."""

    code = "benefit.policy.unknown_needs_note"
    wrong_zh = "声明为 unknown，但没有 note；请说明缺什么"
    wrong_en = "is declared unknown without a note; say what is missing"


class BandsGap(FileError):
    """A stretch of cost between two bands that no band covers."""

    code = "benefit.policy.bands_gap"
    wrong_zh = "从 {over} 开始，但前一段到 {to} 为止，中间有空缺；各段须首尾相接"
    wrong_en = "begins at {over} but the band before ends at {to}; bands must touch"


class BandsOverlap(FileError):
    """Two bands that cover the same cost."""

    code = "benefit.policy.bands_overlap"
    wrong_zh = "从 {over} 开始，但前一段到 {to} 才结束，两段重叠；各段须首尾相接"
    wrong_en = "begins at {over} although the band before reaches {to}; bands must touch"


class BandsOpen(FileError):
    """Only the last band may be open above, and the last must be."""

    code = "benefit.policy.bands_open"
    wrong_zh = "只有最后一段可以（且必须）不写 to；限额请用 ceiling 步骤表示"
    wrong_en = "only the last band leaves out 'to', and the last must; say a limit with a ceiling step"


class BandReversed(FileError):
    """A band that ends at or below where it begins."""

    code = "benefit.policy.band_reversed"
    wrong_zh = "段的终点 {to} 不大于起点 {over}"
    wrong_en = "ends at {to}, not above its beginning {over}"


class RangesGap(FileError):
    """Numbers between two ranges of a table that no range covers, or an open end without ``else``."""

    code = "benefit.policy.ranges_gap"
    wrong_zh = "没有覆盖 {missing}；各区间须首尾相接，最后一个写成“N+”或另写 else"
    wrong_en = "says nothing for {missing}; ranges must touch, the last written as 'N+', or add else"


class RangesOverlap(FileError):
    """A number that two ranges of one table cover."""

    code = "benefit.policy.ranges_overlap"
    wrong_zh = "“{key}”与前面的区间重叠"
    wrong_en = "has the range {key!r} overlapping an earlier one"


class WordTwice(FileError):
    """A word that two branches of one table name."""

    code = "benefit.policy.word_twice"
    wrong_zh = "词“{word}”出现在两个分支中；请只保留一个"
    wrong_en = "names {word!r} in two branches; keep one"


class PartsOverlap(FileError):
    """A covers step that would look at the same fen twice."""

    code = "benefit.policy.parts_overlap"
    wrong_zh = "同一笔金额会被计算两次（{named}）；请只写费用部分或只写费用标记，且不要重复"
    wrong_en = "would count the same money twice ({named}); name parts or buckets, not both, each once"


class DimensionTaken(FileError):
    """A pool that declares words for a dimension whose words are fixed for all pools."""

    code = "benefit.policy.dimension_taken"
    wrong_zh = "维度“{dimension}”的词汇是固定的，不能在 words 中声明；请换一个名称"
    wrong_en = "declares words for {dimension!r}, whose words are fixed; use another name"


class StepOrder(FileError):
    """A step that stands after one it must precede."""

    code = "benefit.policy.step_order"
    wrong_zh = "步骤“{step}”应写在“{before}”之前；顺序为：{order}"
    wrong_en = "the step {step!r} belongs before {before!r}; the order is: {order}"


class NoPayRule(FileError):
    """A layer of a fund without a step that says how much it pays."""

    code = "benefit.policy.no_pay_rule"
    wrong_zh = "没有说明支付多少；请写 ratio、bands 或 stated 步骤"
    wrong_en = "does not say how much is paid; add a ratio, bands or stated step"


class StepNotHere(FileError):
    """A step that this kind of subject cannot have."""

    code = "benefit.policy.step_not_here"
    wrong_zh = "步骤“{step}”不能用于{subject_zh}"
    wrong_en = "the step {step!r} has no place in {subject_en}"


class UnknownLayer(FileError):
    """A layer name for which the folder holds no file."""

    code = "benefit.policy.unknown_layer"
    wrong_zh = "提到层“{layer}”，但没有文件 {layer}.yaml；现有：{known}"
    wrong_en = "names the layer {layer!r} but there is no {layer}.yaml; present: {known}"


class LayerOutsideChain(FileError):
    """A layer file that the chain of pool.yaml does not name, so it would never pay."""

    code = "benefit.policy.outside_chain"
    wrong_zh = "不在 pool.yaml 的 chain 中，永远不会支付；请加入 chain 或删除文件"
    wrong_en = "is not in the chain of pool.yaml and would never pay; add it there or remove the file"


class BadRegion(FileError):
    """A region code that is not six digits of a known province, nor 000000 for the nation."""

    code = "benefit.policy.region"
    wrong_zh = "“{text}”不是医保区划代码；应为 6 位数字（全国写 000000）"
    wrong_en = "{text!r} is not a region code; write six digits (000000 for the nation)"


class RegionTwice(FileError):
    """Two pool folders for one region."""

    code = "benefit.policy.region_twice"
    wrong_zh = "区划 {region} 已由 {other} 定义；一个统筹区只能有一个政策包"
    wrong_en = "the region {region} is already defined by {other}; one folder per pool"


class AmountsDoNotAddUp(FileError):
    """Graded amounts of a case whose parts are not the total."""

    code = "benefit.case.amounts"
    wrong_zh = "各部分之和 {parts} 不等于总额 {total}；请核对金额"
    wrong_en = "the parts add up to {parts}, not to the total {total}; check the amounts"


class CaseOutOfOrder(FileError):
    """A visit that was settled before the one listed above it."""

    code = "benefit.case.order"
    wrong_zh = "结算日 {settled} 早于上一次就诊的 {before}；请按结算先后排列"
    wrong_en = "was settled on {settled}, before the visit above it ({before}); list visits in order of settlement"
