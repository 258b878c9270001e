"""What can be wrong with a file of claims."""

from __future__ import annotations

from yijie.kernel.errors import YijieError


class ClaimsNotReadable(YijieError):
    """A file that is neither CSV nor Parquet, or not well-formed."""

    code = "simulate.not_readable"
    zh = "无法读取 {file}：{reason}；请提供 UTF-8 的 CSV 或 Parquet 文件"
    en = "{file} cannot be read: {reason}; give a CSV file in UTF-8 or a Parquet file"


class ColumnUnknown(YijieError):
    """A column whose name means nothing."""

    code = "simulate.column_unknown"
    zh = "{file} 有无法识别的列 {column}；可用的列见 docs/simulate.md，仅供分组的列请命名为 region"
    en = "{file} has a column {column} that means nothing here; docs/simulate.md lists the columns"


class ColumnMissing(YijieError):
    """A column without which nothing can be settled."""

    code = "simulate.column_missing"
    zh = "{file} 缺少列 {column}；必须有 {required}"
    en = "{file} lacks the column {column}; it must have {required}"


class WordUnknown(YijieError):
    """A word that is not one of a column's."""

    code = "simulate.word_unknown"
    zh = "{file} 的列 {column} 中有“{word}”；可用：{known}"
    en = "{file} has {word!r} in the column {column}; it may hold {known}"


class NotAnAmount(YijieError):
    """A column of money or units that is kept as floating-point numbers or has more than two decimals."""

    code = "simulate.not_an_amount"
    zh = "{file} 的列 {column} 不是最多两位小数的金额（{reason}）；Parquet 请用 decimal、整数或文本，不要用浮点数"
    en = "{file}: the column {column} does not hold amounts with at most two decimals ({reason}); no floating point"


class DateMissing(YijieError):
    """A claim without a date."""

    code = "simulate.date_missing"
    zh = "{file} 的列 {column} 有空值或不是日期（{reason}）；日期写作 2025-01-31"
    en = "{file}: the column {column} has empty values or values that are no dates ({reason}); write 2025-01-31"


class PersonMissing(YijieError):
    """A claim of nobody."""

    code = "simulate.person_missing"
    zh = "{file} 的列 person 有 {count} 个空值；每个个案都要写明是谁的"
    en = "{file} has {count} claims without a person; say whose each claim is"


class NothingToSettle(YijieError):
    """A file without claims."""

    code = "simulate.nothing"
    zh = "{file} 没有任何个案"
    en = "{file} holds no claims"


class SparkMissing(YijieError):
    """Spark was asked for and is not installed."""

    code = "simulate.spark_missing"
    zh = "没有安装 Spark；请执行 .venv/bin/pip install -r requirements/spark.txt，并安装 Java 17"
    en = "Spark is not installed; run .venv/bin/pip install -r requirements/spark.txt and install Java 17"
