"""How two histories of one parameter differ: on which days, for which branches, what becomes what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias, cast

from yijie.engines.benefit.dated import Dated, Entry, Source
from yijie.engines.benefit.explain import kind_text, units_text
from yijie.engines.benefit.signature import Kind
from yijie.engines.benefit.values import Absent, Band, Gap, Key, Leaf, Phase, Span, Table, Value
from yijie.engines.benefit.words import CLOSED_DIMENSIONS, NUMBER_DIMENSIONS, Vocabulary, dimension_label
from yijie.kernel.language import Text
from yijie.kernel.money import yuan

NO_RULE = Text("不设", "none")
NOT_YET = Text("尚无规定", "no rule yet")
NOT_SAID = Text("未规定", "not said")
UNKNOWN = Text("缺口（未查明）", "declared gap (not found)")
ALL_BUT_MAX = 2
"""So many words left out of a dimension are told as "all but"."""

Row: TypeAlias = Band | Phase
Side: TypeAlias = Value | Text
"""A value, or in words why there is none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """For whom (one wording for each dimension; nothing for everybody) a figure becomes another."""

    whom: tuple[Text, ...]
    before: Text
    after: Text


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of days, both included and open without ``until``, on which the same differences hold."""

    since: date
    until: date | None
    differences: tuple[Difference, ...]
    source: Source | None
    """Where the later policy has its figures from; None where it has none."""


def stretches(before: Dated | None, after: Dated | None, comparison: Comparison) -> list[Stretch]:
    """The stretches on which two histories differ, neighbours with equal differences joined; None is no history."""
    days = sorted(set().union(*(history.change_days() for history in (before, after) if history)))
    found: list[Stretch] = []
    for day, following in zip(days, [*days[1:], None], strict=False):
        differences = tuple(comparison.between(_side(before, day), _side(after, day)))
        entry = _entry(after, day)
        until = following - timedelta(days=1) if following else None
        stretch = Stretch(day, until, differences, entry.source if entry else None)
        if found and found[-1].differences == differences and found[-1].source == stretch.source:
            found[-1] = replace(found[-1], until=until)
        else:
            found.append(stretch)
    return [stretch for stretch in found if stretch.differences]


def _side(history: Dated | None, day: date) -> Side:
    if history is None:
        return NO_RULE
    if day < history.since:
        return NOT_YET
    entry = history.on(day)
    return cast("Value", entry.value) if entry else NO_RULE


def _entry(history: Dated | None, day: date) -> Entry | None:
    return history.on(day) if history and day >= history.since else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares values of one kind, with the words of both policies; the later one's names are shown."""

    kind: Kind
    words: Vocabulary
    earlier_words: Vocabulary

    def between(self, before: Side, after: Side) -> list[Difference]:
        """The differences of two values, branch by branch; branches that change alike are told together."""
        table = next((side for side in (before, after) if isinstance(side, Table)), None)
        if table is not None:
            return self.over(table.dimension, before, after)
        rows = self.rows(before), self.rows(after)
        if rows[0] and [_border(row) for row in rows[0]] == [_border(row) for row in rows[1]]:
            return [found for old, new in zip(*rows, strict=True) for found in self.between_rows(old, new)]
        shown = self.text(before), self.text(after)
        return [] if shown[0] == shown[1] else [Difference((), *shown)]

    def over(self, dimension: str, before: Side, after: Side) -> list[Difference]:
        """The differences along a dimension that at least one of two values asks for."""
        groups: dict[tuple[Difference, ...], list[Key]] = {}
        keys = self.keys(dimension, (before, after))
        for key in keys:
            inner = self.between(_branch(before, dimension, key), _branch(after, dimension, key))
            groups.setdefault(tuple(inner), []).append(key)
        if len(groups) == 1:
            return list(next(iter(groups)))
        found: list[Difference] = []
        for inner_found, group in groups.items():
            whom = self.named(dimension, group, keys)
            found += [replace(difference, whom=(whom, *difference.whom)) for difference in inner_found]
        return found

    def between_rows(self, before: Row, after: Row) -> list[Difference]:
        """The differences within one band or phase that both values have."""
        whom = Text(_border(after), _border(after))
        shares = Comparison(Kind.SHARE, self.words, self.earlier_words).between(before.share, after.share)
        found = [replace(difference, whom=(whom, *difference.whom)) for difference in shares]
        if isinstance(before, Phase) and isinstance(after, Phase):
            most = Comparison(Kind.AMOUNT, self.words, self.earlier_words)
            limits = most.between(before.most or Absent(), after.most or Absent())
            whom = Text(f"{whom.zh} 每单位限额", f"{whom.en}, most per unit")
            found += [replace(difference, whom=(whom, *difference.whom)) for difference in limits]
        return found

    def keys(self, dimension: str, sides: Iterable[Side]) -> list[Key]:
        """Every word of a dimension, or the ranges into which the values' own ranges cut the whole numbers."""
        if dimension not in NUMBER_DIMENSIONS:
            known = (words for words in (self.earlier_words, self.words) if dimension in words.dimensions)
            return [
                frozenset({word}) for word in dict.fromkeys(word for words in known for word in words.words(dimension))
            ]
        spans = [key for side in sides for key in _keys_of(side, dimension) if isinstance(key, Span)]
        starts = {NUMBER_DIMENSIONS[dimension]}
        starts |= {span.low for span in spans} | {span.high + 1 for span in spans if span.high is not None}
        lows = sorted(starts)
        return [Span(low, high - 1 if high else None) for low, high in zip(lows, [*lows[1:], None], strict=True)]

    def named(self, dimension: str, group: list[Key], keys: list[Key]) -> Text:
        """Some of a dimension's words or ranges in words: 三级、二级; 除三级外; 年龄 60+."""
        left = [key for key in keys if key not in group]
        if dimension in CLOSED_DIMENSIONS and len(left) <= ALL_BUT_MAX < len(group):
            shown = self.labels(dimension, left)
            return Text(f"除{shown.zh}外", f"all but {shown.en}")
        return self.labels(dimension, group)

    def labels(self, dimension: str, keys: Iterable[Key]) -> Text:
        """Words with 、 between them; ranges behind the name of their dimension."""
        shown = [Text(*(self.label(dimension, key, language) for language in ("zh", "en"))) for key in keys]
        text = Text("、".join(text.zh for text in shown), ", ".join(text.en for text in shown))
        if dimension not in NUMBER_DIMENSIONS:
            return text
        return Text(f"{dimension_label(dimension, 'zh')} {text.zh}", f"{dimension_label(dimension, 'en')} {text.en}")

    def label(self, dimension: str, key: Key, language: str) -> str:
        """One word or range."""
        if isinstance(key, Span):
            return key.text
        names = [self.words if word in _known(self.words, dimension) else self.earlier_words for word in sorted(key)]
        return "/".join(name.label(dimension, word, language) for name, word in zip(names, sorted(key), strict=True))

    def rows(self, side: Side) -> tuple[Row, ...]:
        """The bands or phases of a value that is made of them."""
        figure = side.figure if isinstance(side, Leaf) and self.kind in (Kind.BANDS, Kind.PHASES) else ()
        return tuple(row for row in cast("tuple[Row, ...]", figure) if isinstance(row, Band | Phase))

    def text(self, side: Side) -> Text:
        """A value without branches in words."""
        return Text(self.say(side, "zh"), self.say(side, "en"))

    def say(self, side: Side, language: str) -> str:
        """A value in one language; of a table, as a band's share may be one, every branch."""
        if isinstance(side, Text):
            return side.say(language)
        if isinstance(side, Gap):
            return UNKNOWN.say(language)
        if isinstance(side, Absent):
            return NO_RULE.say(language)
        if isinstance(side, Table):
            branches = [
                f"{self.labels(side.dimension, [key]).say(language)} {self.say(v, language)}"
                for key, v in side.branches
            ]
            rest = [f"{REST.say(language)} {self.say(side.otherwise, language)}"] if side.otherwise else []
            return "，".join([*branches, *rest])
        if rows := self.rows(side):
            shares = Comparison(Kind.SHARE, self.words, self.earlier_words)
            return "；".join(f"{_border(row)}: {shares.say(row.share, language)}" for row in rows)
        return kind_text(self.kind, side.figure, self.words, language)


REST = Text("其他", "others")


def _known(words: Vocabulary, dimension: str) -> tuple[str, ...]:
    return words.words(dimension) if dimension in words.dimensions else ()


def _border(row: Row) -> str:
    """A band in yuan, a phase in units: 30000–40000, 100000+."""
    show = yuan_short if isinstance(row, Band) else units_text
    return f"{show(row.over)}+" if row.to is None else f"{show(row.over)}–{show(row.to)}"


def yuan_short(fen: int) -> str:
    """Yuan without decimals that are zero."""
    return yuan(fen).removesuffix(".00")


def _branch(side: Side, dimension: str, key: Key) -> Side:
    """A value with one word or range of a dimension chosen, wherever its tables ask for it."""
    if not isinstance(side, Table):
        return side
    if side.dimension == dimension:
        chosen = next((child for own, child in side.branches if _within(key, own)), side.otherwise)
        return NOT_SAID if chosen is None else _branch(chosen, dimension, key)
    branches = tuple((own, cast("Value", _branch(child, dimension, key))) for own, child in side.branches)
    otherwise = cast("Value", _branch(side.otherwise, dimension, key)) if side.otherwise else None
    return replace(side, branches=branches, otherwise=otherwise)


def _within(key: Key, own: Key) -> bool:
    """Whether a branch is for a word, or for all of a range cut along the branches' borders."""
    if isinstance(key, Span):
        return key.low in own
    return not isinstance(own, Span) and key <= own


def _keys_of(side: Side, dimension: str) -> Iterator[Key]:
    """The keys of every table over a dimension within a value."""
    if isinstance(side, Table):
        for key, child in side.branches:
            if side.dimension == dimension:
                yield key
            yield from _keys_of(child, dimension)
        if side.otherwise:
            yield from _keys_of(side.otherwise, dimension)
