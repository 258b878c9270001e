"""From written values to figures, tables and histories, with every mistake named where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest
from types import MappingProxyType
from typing import cast

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.check_values import check_band, check_branches, check_sequence
from yijie.engines.benefit.dated import NOT_FOUND, Dated, Entry, Source
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import MissingKey
from yijie.engines.benefit.policy_errors import (
    DatesReversed,
    FigureSilent,
    PartsOverlap,
    UnknownNeedsNote,
    UnknownSource,
)
from yijie.engines.benefit.primitives import COVERABLE, GRAINS, Kind
from yijie.engines.benefit.read_numbers import (
    read_amount,
    read_date,
    read_days,
    read_multiple,
    read_percent,
    read_points,
    read_range,
    read_share,
    read_text,
    read_units,
)
from yijie.engines.benefit.values import Absent, Band, Derived, Figure, Found, Gap, Key, Leaf, Phase, Table, Value
from yijie.engines.benefit.words import NUMBER_DIMENSIONS, PARTS, Vocabulary
from yijie.kernel.language import Text
from yijie.kernel.money import Fen

LeafReader = Callable[[Node, str], Found]
"""Reads a figure, with the note of its entry at hand."""


@dataclass(frozen=True, slots=True)
class PoolFigure:
    """A figure of the pool of which amounts are shares, such as the average wage."""

    title: Text
    history: Dated


NO_FIGURES: Mapping[str, PoolFigure] = MappingProxyType({})


class ValueReader:
    """Reads the values of one pool: it knows the pool's words and figures, and the sources in reach."""

    def __init__(
        self, vocabulary: Vocabulary, sources: Mapping[str, Source], figures: Mapping[str, PoolFigure] = NO_FIGURES
    ) -> None:
        self.vocabulary = vocabulary
        self.sources = sources
        self.figures = figures
        self.day: date | None = None
        """The day on which shares of figures are taken while an entry is read."""
        self.readers: dict[Kind, LeafReader] = {
            Kind.AMOUNT: self.read_amount,
            Kind.SHARE: _plainly(read_share),
            Kind.POINTS: _plainly(read_points),
            Kind.MULTIPLE: _plainly(read_multiple),
            Kind.DAYS: _plainly(read_days),
            Kind.UNITS: _plainly(read_units),
            Kind.TEXT: _plainly(read_text),
            Kind.PARTS: _plainly(self.read_parts),
            Kind.SOME_PARTS: _plainly(lambda node: doc.words(node, (*PARTS, *vocabulary.buckets))),
            Kind.BUCKETS: _plainly(lambda node: doc.words(node, tuple(vocabulary.buckets))),
            Kind.GRAIN: _plainly(lambda node: (doc.word(node, tuple(GRAINS)),)),
            Kind.BANDS: lambda node, note: Leaf(self.bands(node, note)),
            Kind.PHASES: lambda node, note: Leaf(self.phases(node, note)),
        }

    def read_amount(self, node: Node, note: str) -> Found:
        """Yuan, or ``{share: 6%, of: average_wage}``: a share of a figure that the pool declares."""
        if not isinstance(node, doc.Mapping):
            return Leaf(read_amount(node))
        fields = doc.mapping(node, ("share", "of"))
        name = doc.word(fields["of"], tuple(self.figures))
        figure, share = self.figures[name], read_percent(fields["share"], 0, 999)
        day = cast("date", self.day)
        entry = figure.history.on(day) if day >= figure.history.since else None
        if entry is None or entry.value is None:
            raise FigureSilent(**node.place.facts, figure=name, day=day)
        found = entry.value
        return (
            Leaf(Derived.of(share, cast("Fen", found.figure), figure.title))
            if isinstance(found, Leaf)
            else Gap(note or entry.note, node.place)
        )

    def read_parts(self, node: Node) -> tuple[str, ...]:
        """Parts of the bill, or buckets, or what ceilings cut off: never mixed, for no fen is looked at twice."""
        named = doc.words(node, (*COVERABLE, *self.vocabulary.buckets))
        alone = len(named) == 1 or set(named) <= set(PARTS) or not set(named) & set(COVERABLE)
        if not alone or len(set(named)) < len(named):
            raise PartsOverlap(**node.place.facts, named=", ".join(named))
        return named

    def history(self, name: str, node: Node, kind: Kind) -> Dated:
        """A parameter: a list of entries in order of time."""
        return self.history_of(name, node, self.readers[kind])

    def history_of(self, name: str, node: Node, leaf: LeafReader) -> Dated:
        """A parameter whose figures ``leaf`` reads."""
        written = [(self.entry(item, leaf), item) for item in doc.items(node)]
        for (before, _), (after, _) in pairwise(written):
            check_sequence(before, after)
        entries: list[Entry] = []
        for (entry, item), follower in zip_longest(written, written[1:]):
            entries += self.cut(entry, item, follower[0] if follower else None, leaf)
        return Dated(name, tuple(entries), node.place)

    def entry(self, node: Node, leaf: LeafReader) -> Entry:
        """One dated value with its source; a gap needs none, for it was not found."""
        fields = doc.mapping(node, ("from", "value"), ("source", "to", "note"))
        since = read_date(fields["from"])
        until = read_date(fields["to"]) if "to" in fields else None
        if until is not None and until < since:
            raise DatesReversed(**fields["to"].place.facts, since=since, until=until)
        if "source" not in fields and not _is_word(fields["value"], "unknown"):
            raise MissingKey(**node.place.facts, key="source")
        source = self.source(fields["source"]) if "source" in fields else NOT_FOUND
        return Entry(since, until, self.on(since, node, leaf), source, _note(fields), node.place)

    def on(self, day: date, node: Node, leaf: LeafReader) -> Value | None:
        """The value written in an entry, with shares of figures taken on a day."""
        fields = doc.free_mapping(node)
        self.day = day
        if _is_word(fields["value"], "none"):
            return None
        return self.value(fields["value"], leaf, _note(fields))

    def cut(self, entry: Entry, node: Node, after: Entry | None, leaf: LeafReader) -> Iterator[Entry]:
        """An entry; with shares of a figure in it, one for every stretch in which the figure stands still."""
        yield entry
        last = entry.until or (after.since - timedelta(days=1) if after else date.max)
        days = {day for name in shares_in(node) for day in self.figures[name].history.change_days()}
        for day in sorted(day for day in days if entry.since < day <= last):
            yield replace(entry, since=day, value=self.on(day, node, leaf))

    def source(self, node: Node) -> Source:
        """A declared source, by name."""
        name = doc.text(node)
        if name not in self.sources:
            raise UnknownSource(**node.place.facts, name=name, known=", ".join(self.sources))
        return self.sources[name]

    def value(self, node: Node, leaf: LeafReader, note: str) -> Value:
        """A figure, a table, or one of the words ``unknown`` and, inside a table, ``none``."""
        if _is_word(node, "unknown"):
            if not note:
                raise UnknownNeedsNote(**node.place.facts)
            return Gap(note, node.place)
        if isinstance(node, doc.Mapping) and "by" in node.entries:
            return self.table(node, leaf, note)
        return leaf(node, note)

    def table(self, node: doc.Mapping, leaf: LeafReader, note: str) -> Table:
        """``{by: dimension, key: value, …, else: value}``, nested as wanted."""
        dimension = doc.word(node.entries["by"], self.vocabulary.dimensions)
        branches: list[tuple[Key, Value]] = []
        otherwise: Value | None = None
        for key, child in node.entries.items():
            if key == "else":
                otherwise = self.branch(child, leaf, note)
            elif key != "by":
                branches.append((self.key(dimension, key, child), self.branch(child, leaf, note)))
        check_branches(dimension, branches, node, complete=otherwise is not None)
        return Table(dimension, tuple(branches), otherwise, node.place)

    def branch(self, node: Node, leaf: LeafReader, note: str) -> Value:
        """A value in a table; ``none`` where the rule does not exist for those who take this branch."""
        return Absent() if _is_word(node, "none") and leaf is not ROW_SHARE else self.value(node, leaf, note)

    def key(self, dimension: str, text: str, node: Node) -> Key:
        """A branch's key: words with commas between them, or a range such as 1, 2-3, 4+."""
        if dimension in NUMBER_DIMENSIONS:
            return read_range(text, node)
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
            check_band(over, to, before, item, last=item is nodes[-1])
            bands.append(Band(over, to, self.value(fields["share"], ROW_SHARE, note)))
        return tuple(bands)

    def phases(self, node: Node, note: str) -> tuple[Phase, ...]:
        """Phases of a stay from its first unit on, each touching the next, the last open."""
        phases: list[Phase] = []
        nodes = doc.items(node)
        for item in nodes:
            fields = doc.mapping(item, ("over", "share"), ("to", "most"))
            over = read_units(fields["over"])
            to = read_units(fields["to"]) if "to" in fields else None
            before = phases[-1].to if phases else 0
            check_band(over, to, before, item, last=item is nodes[-1])
            share = self.value(fields["share"], ROW_SHARE, note)
            most = self.branch(fields["most"], self.read_amount, note) if "most" in fields else None
            phases.append(Phase(over, to, share, most))
        return tuple(phases)


def _plainly(read: Callable[[Node], Figure]) -> LeafReader:
    return lambda node, _note: Leaf(read(node))


ROW_SHARE = _plainly(read_share)
"""Reads the share of a band or phase, which always exists."""


def shares_in(node: Node) -> set[str]:
    """Names of the figures of which a value takes shares."""
    if isinstance(node, doc.Sequence):
        return set().union(*(shares_in(item) for item in node.items))
    if not isinstance(node, doc.Mapping):
        return set()
    own = {doc.text(node.entries["of"])} if node.entries.keys() == {"share", "of"} else set()
    return own.union(*(shares_in(child) for child in node.entries.values()))


def _note(fields: Mapping[str, Node]) -> str:
    return doc.text(fields["note"]) if "note" in fields else ""


def _is_word(node: Node, word: str) -> bool:
    return isinstance(node, doc.Scalar) and node.text == word
