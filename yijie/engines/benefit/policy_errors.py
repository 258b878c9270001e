"""What can be wrong with what a policy says: dates, bands, ranges, sources, steps, layers.

Like all :class:`FileError` they name file:line and the path inside, and say what to do.
"""

from __future__ import annotations

from yijie.engines.benefit.errors import FileError


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
    """A parameter whose history begins after the step's main one, or a step that begins after the layer's pay rule."""

    code = "benefit.policy.begins_late"
    wrong_zh = "从 {since} 才开始，而{same}的“{main}”从 {main_since} 开始；请从该日写起（此前没有则写 value: none）"
    wrong_en = (
        "begins on {since} but {main!r} of the same {same} begins on {main_since}; begin there (value: none if absent)"
    )


class AgainInAYear(FileError):
    """A deductible due once a year that would fall due again within a stay: one of the two would not be followed."""

    code = "benefit.policy.again_in_a_year"
    wrong_zh = "不能用于一年只收一次的起付线；请删去，或写 charged: each_visit"
    wrong_en = "has no place in a deductible charged once a year; leave it out, or write charged: each_visit"


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


class FigureSilent(FileError):
    """A share of a figure of the pool on a day for which the figure says nothing."""

    code = "benefit.policy.figure_silent"
    wrong_zh = "取 figures 中“{figure}”的比例，但 {day} 没有该数值；请补充"
    wrong_en = "takes a share of the figure {figure!r}, which says nothing for {day}; add the value"


class BandsGap(FileError):
    """A stretch of cost between two bands that no band covers."""

    code = "benefit.policy.bands_gap"
    wrong_zh = "从 {over} 开始，但前一段到 {to} 为止，中间有空缺；各段须首尾相接"
    wrong_en = "begins at {over} but the band before ends at {to}; bands must touch"


class BandsBeginLate(FileError):
    """Bands or phases whose first does not begin at 0."""

    code = "benefit.policy.bands_begin"
    wrong_zh = "第一段从 {over} 开始；请从 0 写起（0 到 {over} 不支付则写 share: 0%）"
    wrong_en = "the first band begins at {over}; begin at 0 (with share: 0% up to {over} if nothing is paid there)"


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
    wrong_zh = "同一笔金额会被计算两次（{named}）；费用部分、费用标记、超限部分不能混写，也不要重复"
    wrong_en = "would count the same money twice ({named}); name only parts, only buckets, or what a ceiling cut off"


class DimensionTaken(FileError):
    """A pool that declares words for a dimension whose words are fixed for all pools."""

    code = "benefit.policy.dimension_taken"
    wrong_zh = "维度“{dimension}”的词汇是固定的，不能在 words 中声明；请换一个名称"
    wrong_en = "declares words for {dimension!r}, whose words are fixed; use another name"


class UnitTaken(FileError):
    """A pool that declares a unit of service which every case has."""

    code = "benefit.policy.unit_taken"
    wrong_zh = "单位“{unit}”人人都有，不需声明；请删去，另有含义则换一个名称"
    wrong_en = "declares the unit {unit!r}, which every case has; leave it out, or use another name for another meaning"


class DiseaseUndeclared(FileError):
    """Disease codes for a word that the pool does not declare among its diseases."""

    code = "benefit.policy.disease_undeclared"
    wrong_zh = "words.disease 中没有“{word}”；请在那里声明。已声明：{known}"
    wrong_en = "names the disease {word!r}, which words.disease does not declare; declare it there. Declared: {known}"


class NotOneStep(FileError):
    """An entry of ``steps`` that holds several steps."""

    code = "benefit.policy.not_one_step"
    wrong_zh = "一项里写了 {count} 个步骤（{named}）；每个步骤单独成一项，以“- ”开头"
    wrong_en = "holds {count} steps ({named}); write each as an entry of its own, beginning with '- '"


class StepOrder(FileError):
    """A step that stands after one it must precede."""

    code = "benefit.policy.step_order"
    wrong_zh = "步骤“{step}”应写在“{before}”之前；顺序为：{order}"
    wrong_en = "the step {step!r} belongs before {before!r}; the order is: {order}"


class NoPayRule(FileError):
    """A layer of a fund without a step that says how much it pays."""

    code = "benefit.policy.no_pay_rule"
    wrong_zh = "没有说明支付多少；请写一个支付步骤：{rules}"
    wrong_en = "does not say how much is paid; add one of the steps {rules}"


class StepNotHere(FileError):
    """A step that this kind of subject cannot have."""

    code = "benefit.policy.step_not_here"
    wrong_zh = "步骤“{step}”不能用于{subject}"
    wrong_en = "the step {step!r} has no place in {subject}"


class UnknownLayer(FileError):
    """A layer name for which the folder holds no file."""

    code = "benefit.policy.unknown_layer"
    wrong_zh = "提到层“{layer}”，但没有文件 {layer}.yaml；现有：{known}"
    wrong_en = "names the layer {layer!r} but there is no {layer}.yaml; present: {known}"


class UnknownInclude(FileError):
    """A subject of another folder that is not there."""

    code = "benefit.policy.unknown_include"
    wrong_zh = "引用了“{subject}”，但没有该文件；同级文件夹中现有：{known}"
    wrong_en = "includes {subject!r}, which is not there; present beside this folder: {known}"


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
