"""What can be wrong with a policy folder or a case file; every message names file:line, the path, and the way out."""

from __future__ import annotations

from typing import ClassVar

from yijie.kernel.errors import YijieError
from yijie.kernel.language import spoken


class FileError(YijieError):
    """Base of errors in a file a person wrote. Facts: ``place`` (file:line), ``path`` (where inside), and more.

    A subclass sets ``wrong_zh`` and ``wrong_en``: what is wrong and what to do. Place and path are put in front; the
    path ``/`` is the whole file and goes unsaid.
    """

    code = "benefit.file"
    wrong_zh: ClassVar[str] = "文件有误"
    wrong_en: ClassVar[str] = "the file is wrong"

    def __init_subclass__(cls, **kwargs: object) -> None:
        cls.zh = "{place}：{path} " + cls.wrong_zh
        cls.en = "{place}: {path}: " + cls.wrong_en
        super().__init_subclass__(**kwargs)

    def __str__(self) -> str:
        return f"{self.text('en')} [{self.code}]"

    def text(self, language: str = "") -> str:
        """The message for a person, with the place in front."""
        language = language or spoken()
        said = super().text(language)
        return said.replace("：/ ", "：", 1) if language == "zh" else said.replace(": /: ", ": ", 1)


class NotReadable(FileError):
    """A file or folder that is missing, not UTF-8, or too large."""

    code = "benefit.file.not_readable"
    wrong_zh = "无法读取：{reason}"
    wrong_en = "cannot be read: {reason}"


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
    wrong_zh = "应为{expected}，实为{found}"
    wrong_en = "should be {expected}, not {found}"


class DuplicateKey(FileError):
    """The same key twice in one mapping."""

    code = "benefit.file.duplicate_key"
    wrong_zh = "重复出现键“{key}”；请只保留一个"
    wrong_en = "has the key {key!r} twice; keep one"


class UnknownKey(FileError):
    """A key that this place does not know."""

    code = "benefit.file.unknown_key"
    wrong_zh = "有未知的键“{key}”{meant}；此处可用：{known}"
    wrong_en = "has the unknown key {key!r}{meant}; known here: {known}"


class SplitNumber(FileError):
    """A number with a comma in it inside ``{…}``, which YAML reads as a value and a key."""

    code = "benefit.file.split_number"
    wrong_zh = "前面的数被逗号拆开，“{key}”成了键；请不写千分位逗号，如 60000"
    wrong_en = "is the rest of a number that a comma splits; write it without the comma, like 60000"


class MissingKey(FileError):
    """A key that must be there is not."""

    code = "benefit.file.missing_key"
    wrong_zh = "缺少键“{key}”；请补充"
    wrong_en = "lacks the key {key!r}; add it"


class UnknownWord(FileError):
    """A word outside the closed list that belongs here."""

    code = "benefit.file.unknown_word"
    wrong_zh = "“{word}”不在可用词中{meant}；请从中选择：{known}"
    wrong_en = "{word!r} is not a known word{meant}; choose one of: {known}"


class BadNumber(FileError):
    """A text that is not the number, amount, share or date that belongs here."""

    code = "benefit.file.number"
    wrong_zh = "“{text}”不是{expected}"
    wrong_en = "{text!r} is not {expected}"


class OutOfRange(FileError):
    """A number of the right form outside its bounds."""

    code = "benefit.file.out_of_range"
    wrong_zh = "“{text}”超出范围；应在 {low} 与 {high} 之间"
    wrong_en = "{text!r} is out of range; it lies between {low} and {high}"


class RangeReversed(FileError):
    """A range of numbers whose end lies before its beginning."""

    code = "benefit.file.range_reversed"
    wrong_zh = "区间“{text}”的终点小于起点；请写成 {high}-{low}"
    wrong_en = "the range {text!r} ends before it begins; write {high}-{low}"


class EmptyList(FileError):
    """A list that must hold at least one entry."""

    code = "benefit.file.empty"
    wrong_zh = "为空；请至少写一项"
    wrong_en = "is empty; write at least one entry"


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
