"""The working state of claims that are settled together: the twin of :mod:`yijie.engines.benefit.run`.

All of them have plans of the same forms, so that every step is a handful of operations over whole columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.asked import plain_name
from yijie.engines.benefit.columnar.arithmetic import Figure, least, most, share
from yijie.engines.benefit.columnar.claims import MISSING, Column, Flags, Rows
from yijie.engines.benefit.columnar.figures import Figures
from yijie.engines.benefit.columnar.fold import Fold
from yijie.engines.benefit.plan import CoverPlan, LayerPlan
from yijie.engines.benefit.run import PART_INDEX
from yijie.engines.benefit.words import DAY, PARTS, VISIT

Marked = Mapping[tuple[str, str], Figure]
"""Named sums inside the bill, by (part, name)."""


class Block:
    """Layers read and write this in turn; it lives for one block of claims only."""

    def __init__(self, fold: Fold, rows: Rows, reads: frozenset[tuple[str, str]], *, beyond: bool) -> None:
        claims = fold.claims
        self.fold, self.claims, self.rows, self.reads = fold, claims, rows, reads
        self.tells_beyond = beyond
        """Whether some layer looks at what ceilings cut off."""
        self.total: Column = claims.total[rows]
        self.billed: tuple[Figure, ...] = tuple(part[rows] for part in claims.parts)
        self.left: list[Figure] = list(self.billed)
        self.marked: Marked = {key: column[rows] for key, column in claims.buckets.items()}
        self.buckets: dict[tuple[str, str], Figure] = dict(self.marked)
        self.beyond: Figure = 0
        self.unpaid: Figure = 0
        self.paid: dict[str, Figure] = {}
        self.deductible: Figure = 0
        self.deltas: dict[tuple[str, str], Figure] = {}
        self.allowances: dict[str, Figure] = {}
        self.figures: Figures
        """Those of the layer that is paying."""
        self.refused: dict[str, Flags] = {}
        """Which claims are refused, by code; of several the first counts."""

    def refuse(self, code: str, which: Flags | np.bool_ | bool) -> None:
        """Refuse claims for which no earlier refusal speaks."""
        if np.any(which):
            flags = np.broadcast_to(np.asarray(which), self.total.shape)
            self.refused[code] = self.refused[code] | flags if code in self.refused else flags

    def used_per(self, accumulator: str, per: str) -> Figure:
        """What a limit's period has used, earlier layers of these very claims included."""
        if per == VISIT:
            return self.in_stay(accumulator) + self.deltas.get((accumulator, "year"), 0)
        return self.fold.used(accumulator, per, self.rows) + self.deltas.get((accumulator, per), 0)

    def in_stay(self, name: str) -> Figure:
        """What earlier settlements of the same stay have moved."""
        return self.fold.in_stay(name, self.rows)

    def days(self) -> Column:
        """Days of service."""
        return self.claims.service_to[self.rows] - self.claims.service_from[self.rows]

    def units(self, unit: str) -> tuple[Figure, Flags | bool]:
        """Units of service in hundredths, and for which claims nobody stated them."""
        stated = self.claims.stated("units", unit)
        column = None if stated is None else stated[self.rows]
        if unit in (DAY, VISIT):
            own: Figure = most(self.days(), 1) * HUNDREDTHS if unit == DAY else HUNDREDTHS
            return (own if column is None else np.where(column == MISSING, own, column)), False
        if column is None:
            return 0, True
        return most(column, 0), column == MISSING

    def see(self, covers: CoverPlan) -> Figure:
        """The sum a layer looks at: of what is left, or of the bill as it was."""
        parts: Sequence[Figure] = self.billed if covers.billed else self.left
        marked: Marked = self.marked if covers.billed else self.buckets
        seen: Figure = 0
        for index in covers.parts:
            free = _free(parts, marked, index, covers.without)
            seen = free if isinstance(seen, int) else seen + free
        if covers.buckets:
            seen = seen + _marked(parts, marked, covers.buckets)
        if covers.partly is not None:
            some = _marked(parts, marked, covers.partly.buckets)
            for index in covers.partly.parts:
                some = some + parts[index]
            seen = seen + share([(some, self.figures["partly.share"])], self.figures["partly.of"])
        if covers.beyond:
            seen = seen + least(self.beyond, self.left[0])
        if covers.unpaid:
            seen = seen + least(self.unpaid, self.left[0])
        return seen

    def take(self, covers: CoverPlan, paid: Figure) -> None:
        """Take a payment off what it was paid on; what exceeds that comes off the rest of the bill in order."""
        if not self.buckets and len(covers.parts) == 1 and _one_part_of_what_is_left(covers):
            self.left[covers.parts[0]] = self.left[covers.parts[0]] - paid
            return
        rest = self._take_named(covers.buckets, paid)
        for index in covers.parts:
            rest = rest - self._take_part(index, rest, _free(self.left, self.buckets, index, covers.without))
        if covers.partly is not None:
            rest = self._take_named(covers.partly.buckets, rest)
            for index in covers.partly.parts:
                rest = rest - self._take_part(index, rest, self.left[index])
        if np.any(rest):
            for index, left in enumerate(self.left):
                rest = rest - self._take_part(index, rest, left)

    def book(self, plan: LayerPlan, sums: Mapping[str, Figure]) -> None:
        """Move the accumulators that some step reads by what the layer counts."""
        for kind, accumulator, per in plan.marks:
            if kind in sums and self._is_read(accumulator, per):
                key = accumulator, per
                self.deltas[key] = self.deltas[key] + sums[kind] if key in self.deltas else sums[kind]

    def _is_read(self, accumulator: str, per: str) -> bool:
        name = plain_name(accumulator)
        return (name, per) in self.reads or (per == "year" and (name, VISIT) in self.reads)

    def _take_named(self, buckets: tuple[str, ...], wanted: Figure) -> Figure:
        for wanted_name in buckets:
            for part, name in self.buckets:
                if name == wanted_name:
                    taken = least(wanted, self.buckets[part, name])
                    self.buckets[part, name] = self.buckets[part, name] - taken
                    wanted = wanted - self._take_part(PART_INDEX[part], taken, taken)
        return wanted

    def _take_part(self, index: int, wanted: Figure, available: Figure) -> Figure:
        taken = least(wanted, available)
        self.left[index] = self.left[index] - taken
        for part, name in self.buckets:
            if PART_INDEX[part] == index:
                self.buckets[part, name] = least(self.buckets[part, name], self.left[index])
        return taken


def _one_part_of_what_is_left(covers: CoverPlan) -> bool:
    """Whether a layer looks at nothing but the one part it names, so that all it pays comes off that."""
    return not (covers.billed or covers.partly or covers.beyond or covers.unpaid)


def _free(parts: Sequence[Figure], marked: Marked, index: int, without: tuple[str, ...]) -> Figure:
    """What of a part lies outside the named buckets."""
    return most(parts[index] - _inside(marked, without, index), 0) if without else parts[index]


def _marked(parts: Sequence[Figure], marked: Marked, names: tuple[str, ...]) -> Figure:
    """What lies inside the named buckets, of each part no more than the part."""
    found: Figure = 0
    for index in range(len(PARTS)) if names else ():
        found = found + least(_inside(marked, names, index), parts[index])
    return found


def _inside(marked: Marked, names: tuple[str, ...], index: int) -> Figure:
    """The named buckets of a part."""
    found: Figure = 0
    for (part, name), column in marked.items():
        if name in names and PART_INDEX[part] == index:
            found = found + column
    return found
