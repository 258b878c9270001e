"""From written values to figures, tables and histories, with every mistake named where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.dated import Dated, Entry, Source
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import BadNumber, OutOfRange
from yijie.engines.benefit.policy_errors import (
    BandReversed,
    BandsGap,
    BandsOpen,
    BandsOverlap,
    DatesGap,
    DatesOverlap,
    DatesReversed,
    PartsOverlap,
    RangesGap,
    RangesOverlap,
    UnknownNeedsNote,
    UnknownSource,
    WordTwice,
)
from yijie.engines.benefit.steps import COVERABLE, Kind
from yijie.engines.benefit.values import Band, Figure, Gap, Key, Leaf, Span, Table, Value
from yijie.engines.benefit.words import NUMBER_DIMENSIONS, PARTS, Text, Vocabulary
from yijie.kernel.money import Fen, Ratio, fen_from_yuan, ratio_from_text, yuan

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")
PERCENT = re.compile(r"-?\d{1,3}(\.\d{1,6})?\s?%")
MULTIPLE = re.compile(r"\d{1,3}(\.\d{1,6})?")
RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4})|(\+))?")

FigureReader = Callable[[Node], Figure]


def read_date(node: Node) -> date:
    """A calendar day written 2025-01-31."""
    text = doc.text(node)
    if DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadNumber(
        **node.place.facts, text=text, expected_zh="日期（如 2025-01-31）", expected_en="a date like 2025-01-31"
    )


def read_amount(node: Node) -> Fen:
    """Yuan with at most two decimals, not below zero, without separators."""
    text = doc.text(node)
    if not AMOUNT.fullmatch(text):
        expected = {
            "expected_zh": "金额（元，最多两位小数，如 1300.50）",
            "expected_en": "an amount in yuan like 1300.50",
        }
        raise BadNumber(**node.place.facts, text=text, **expected)
    return fen_from_yuan(text)


def read_percent(node: Node, low: int, high: int) -> Ratio:
    """A percentage between bounds, exactly as written."""
    text = doc.text(node)
    if not PERCENT.fullmatch(text):
        raise BadNumber(
            **node.place.facts, text=text, expected_zh="百分数（如 85%）", expected_en="a percentage like 85%"
        )
    ratio = ratio_from_text(text)
    if not low <= ratio * 100 <= high:
        raise OutOfRange(**node.place.facts, text=text, low=f"{low}%", high=f"{high}%")
    return ratio


def read_share(node: Node) -> Ratio:
    """0 % to 100 %."""
    return read_percent(node, 0, 100)


def read_points(node: Node) -> Ratio:
    """Percentage points to add, -100 % to 100 %."""
    return read_percent(node, -100, 100)


def read_multiple(node: Node) -> Ratio:
    """A factor from 0 up, written as a percentage or a decimal."""
    text = doc.text(node)
    if MULTIPLE.fullmatch(text):
        return Fraction(Decimal(text))
    return read_percent(node, 0, 999)


def read_whole(node: Node, low: int, high: int) -> int:
    """A whole number between bounds."""
    text = doc.text(node)
    if not (text.isascii() and text.isdigit()):
        raise BadNumber(**node.place.facts, text=text, expected_zh="整数", expected_en="a whole number")
    if not low <= int(text) <= high:
        raise OutOfRange(**node.place.facts, text=text, low=low, high=high)
    return int(text)


def read_days(node: Node) -> int:
    """A length in days, from one to ten years."""
    return read_whole(node, 1, 3660)


def read_text(node: Node) -> Text:
    """A wording in both languages: ``{zh: …, en: …}``."""
    entries = doc.mapping(node, ("zh", "en"))
    return Text(doc.text(entries["zh"]), doc.text(entries["en"]))


class ValueReader:
    """Reads the values of one pool: it knows the pool's words and the sources in reach."""

    def __init__(self, vocabulary: Vocabulary, sources: Mapping[str, Source]) -> None:
        self.vocabulary = vocabulary
        self.sources = sources
        self.readers: dict[Kind, FigureReader] = {
            Kind.AMOUNT: read_amount,
            Kind.SHARE: read_share,
            Kind.POINTS: read_points,
            Kind.MULTIPLE: read_multiple,
            Kind.DAYS: read_days,
            Kind.TEXT: read_text,
            Kind.PARTS: self.read_parts,
            Kind.BUCKETS: lambda node: doc.words(node, tuple(vocabulary.buckets)),
        }

    def read_parts(self, node: Node) -> tuple[str, ...]:
        """Parts of the bill, or buckets, or what ceilings cut off: never mixed, for no fen is looked at twice."""
        named = doc.words(node, (*COVERABLE, *self.vocabulary.buckets))
        alone = len(named) == 1 or set(named) <= set(PARTS) or not set(named) & set(COVERABLE)
        if not alone or len(set(named)) < len(named):
            raise PartsOverlap(**node.place.facts, named=", ".join(named))
        return named

    def history(self, name: str, node: Node, kind: Kind) -> Dated:
        """A parameter: a list of entries in order of time."""
        if kind is Kind.BANDS:
            return self.history_of(name, node, lambda leaf, note: Leaf(self.bands(leaf, note)))
        reader = self.readers[kind]
        return self.history_of(name, node, lambda leaf, _note: Leaf(reader(leaf)))

    def history_of(self, name: str, node: Node, leaf: Callable[[Node, str], Leaf]) -> Dated:
        """A parameter whose figures ``leaf`` reads."""
        entries = [self.entry(item, leaf) for item in doc.items(node)]
        for before, after in pairwise(entries):
            _check_sequence(before, after)
        return Dated(name, tuple(entries), node.place)

    def entry(self, node: Node, leaf: Callable[[Node, str], Leaf]) -> Entry:
        """One dated value with its source."""
        fields = doc.mapping(node, ("from", "value", "source"), ("to", "note"))
        since = read_date(fields["from"])
        until = read_date(fields["to"]) if "to" in fields else None
        if until is not None and until < since:
            raise DatesReversed(**fields["to"].place.facts, since=since, until=until)
        note = doc.text(fields["note"]) if "note" in fields else ""
        value = None if _is_word(fields["value"], "none") else self.value(fields["value"], leaf, note)
        return Entry(since, until, value, self.source(fields["source"]), note, node.place)

    def source(self, node: Node) -> Source:
        """A declared source, by name."""
        name = doc.text(node)
        if name not in self.sources:
            raise UnknownSource(**node.place.facts, name=name, known=", ".join(self.sources))
        return self.sources[name]

    def value(self, node: Node, leaf: Callable[[Node, str], Leaf], note: str) -> Value:
        """A figure, a table, or the word ``unknown``."""
        if _is_word(node, "unknown"):
            if not note:
                raise UnknownNeedsNote(**node.place.facts)
            return Gap(note, node.place)
        if isinstance(node, doc.Mapping) and "by" in node.entries:
            return self.table(node, leaf, note)
        return leaf(node, note)

    def table(self, node: doc.Mapping, leaf: Callable[[Node, str], Leaf], note: str) -> Table:
        """``{by: dimension, key: value, …, else: value}``, nested as wanted."""
        dimension = doc.word(node.entries["by"], self.vocabulary.dimensions)
        branches: list[tuple[Key, Value]] = []
        otherwise: Value | None = None
        for key, child in node.entries.items():
            if key == "else":
                otherwise = self.value(child, leaf, note)
            elif key != "by":
                branches.append((self.key(dimension, key, child), self.value(child, leaf, note)))
        _check_branches(dimension, branches, node, complete=otherwise is not None)
        return Table(dimension, tuple(branches), otherwise, node.place)

    def key(self, dimension: str, text: str, node: Node) -> Key:
        """A branch's key: words with commas between them, or a range such as 1, 2-3, 4+."""
        if dimension in NUMBER_DIMENSIONS:
            return _read_range(text, node)
        known = self.vocabulary.words(dimension)
        words = [word.strip() for word in text.split(",")]
        for word in words:
            doc.word(doc.Scalar(node.place, word, plain=True), known)
        return frozenset(words)

    def bands(self, node: Node, note: str) -> tuple[Band, ...]:
        """Bands of cost from zero upwards, each touching the next, the last open."""
        bands: list[Band] = []
        nodes = doc.items(node)
        for item in nodes:
            fields = doc.mapping(item, ("over", "share"), ("to",))
            over = read_amount(fields["over"])
            to = read_amount(fields["to"]) if "to" in fields else None
            before = bands[-1].to if bands else 0
            _check_band(over, to, before, item, last=item is nodes[-1])
            share = self.value(fields["share"], lambda leaf, _note: Leaf(read_share(leaf)), note)
            bands.append(Band(over, to, share))
        return tuple(bands)


def _is_word(node: Node, word: str) -> bool:
    return isinstance(node, doc.Scalar) and node.text == word


def _check_sequence(before: Entry, after: Entry) -> None:
    """An entry follows the one before it in time, at once where that one names its end."""
    if after.since <= before.since or (before.until is not None and before.until >= after.since):
        raise DatesOverlap(**after.place.facts, since=after.since, until=before.until or before.since)
    if before.until is not None and before.until + timedelta(days=1) < after.since:
        raise DatesGap(**after.place.facts, since=after.since, until=before.until)


def _check_band(over: Fen, to: Fen | None, before: Fen | None, node: Node, *, last: bool) -> None:
    """A band begins where the one before ends and ends above its beginning; only the last is open."""
    if before is not None and over > before:
        raise BandsGap(**node.place.facts, over=yuan(over), to=yuan(before))
    if before is not None and over < before:
        raise BandsOverlap(**node.place.facts, over=yuan(over), to=yuan(before))
    if (to is None) != last:
        raise BandsOpen(**node.place.facts)
    if to is not None and to <= over:
        raise BandReversed(**node.place.facts, over=yuan(over), to=yuan(to))


def _read_range(text: str, node: Node) -> Span:
    """1 (just one), 2-3 (both included) or 4+ (open above)."""
    match = RANGE.fullmatch(text)
    if not match:
        raise BadNumber(
            **node.place.facts, text=text, expected_zh="区间（如 1、2-3、4+）", expected_en="a range like 1, 2-3, 4+"
        )
    low = int(match.group(1))
    high = None if match.group(3) else int(match.group(2) or low)
    if high is not None and high < low:
        raise OutOfRange(**node.place.facts, text=text, low=low, high=high)
    return Span(low, high)


def _check_branches(dimension: str, branches: list[tuple[Key, Value]], node: Node, *, complete: bool) -> None:
    """No word or number in two branches; numbers covered without holes, or ``else`` (``complete``) takes the rest."""
    seen: set[str] = set()
    spans: list[Span] = []
    for key, _ in branches:
        if isinstance(key, Span):
            spans.append(key)
        else:
            for word in sorted(key & seen):
                raise WordTwice(**node.place.facts, word=word)
            seen |= key
    if spans:
        _check_spans(sorted(spans, key=lambda span: span.low), NUMBER_DIMENSIONS[dimension], node, complete=complete)


def _check_spans(spans: list[Span], least: int, node: Node, *, complete: bool) -> None:
    covered: int | None = least - 1
    for span in spans:
        if covered is None or span.low <= covered:
            raise RangesOverlap(**node.place.facts, key=span.text)
        if span.low > covered + 1 and not complete:
            raise RangesGap(**node.place.facts, missing=Span(covered + 1, span.low - 1).text)
        covered = span.high
    if covered is not None and not complete:
        raise RangesGap(**node.place.facts, missing=f"{covered + 1}+")
