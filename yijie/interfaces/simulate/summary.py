"""What the results of many claims add up to; bounded memory, however many claims come."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from yijie.engines.benefit.columnar.claims import Column
from yijie.interfaces.simulate.columns import YUAN, hundredths
from yijie.interfaces.simulate.compare import AGAINST, NEW

BORDERS_YUAN = (100, 300, 1_000, 3_000, 10_000)
"""Between the classes of change per person, on either side of no change."""
SIDE = len(BORDERS_YUAN) + 1
CLASSES = 2 * SIDE + 1
LARGEST = 10
DIMENSIONS = ("insurance", "category", "groups", "level", "care", "relation", "region")
NOT_STATED = ""


@dataclass(slots=True)
class Tally:
    """Persons, or those of one group: how many, by class of change, and the sums in fen."""

    persons: int = 0
    gain: int = 0
    funds: int = 0
    """What all funds pay more under the new policy."""
    classes: Column = field(default_factory=lambda: np.zeros(CLASSES, dtype=np.int64))

    @property
    def losers(self) -> int:
        """Persons who are worse off."""
        return int(self.classes[:SIDE].sum())

    @property
    def winners(self) -> int:
        """Persons who are better off."""
        return int(self.classes[SIDE + 1 :].sum())


@dataclass(slots=True)
class Summary:
    """The whole comparison so far."""

    claims: int = 0
    settled: int = 0
    total: int = 0
    everybody: Tally = field(default_factory=Tally)
    groups: dict[str, dict[str, Tally]] = field(default_factory=dict)
    """By dimension and word. A person counts where the costliest of the person's claims does."""
    payers: dict[str, dict[str, int]] = field(default_factory=dict)
    """By side and payer the sums over claims that both policies settle."""
    refused: dict[tuple[str, str], int] = field(default_factory=dict)
    """Claims by the codes with which the new and the old policy refuse them."""
    largest: list[tuple[int, str, int]] = field(default_factory=list)
    """(size of the change, person, gain) of the persons with the largest changes, as a heap."""

    def add(self, rows: pa.Table) -> None:
        """Add the result of a table of whole persons."""
        rows = rows.combine_chunks()
        codes = {side: rows[f"{side}.refused"] for side in (NEW, AGAINST)}
        settled = np.logical_and(*(_is_settled(column) for column in codes.values()))
        self.claims += rows.num_rows
        self.settled += int(settled.sum())
        self.total += int(fen_of(rows, "total").sum())
        self._add_payers(rows, settled)
        self._add_refused(codes, settled)
        self._add_persons(rows, settled)

    def merge_largest(self) -> list[tuple[str, int]]:
        """The persons with the largest changes, largest first, with what each gains."""
        return [(person, gain) for _, person, gain in sorted(self.largest, key=lambda one: (-one[0], one[1]))]

    def _add_payers(self, rows: pa.Table, settled: np.ndarray) -> None:
        for name in rows.column_names:
            side, _, payer = name.partition(".")
            if side in (NEW, AGAINST) and payer not in ("refused", "deductible", ""):
                sums = self.payers.setdefault(side, {})
                sums[payer] = sums.get(payer, 0) + int(fen_of(rows, name)[settled].sum())

    def _add_refused(self, codes: dict[str, pa.ChunkedArray], settled: np.ndarray) -> None:
        if not settled.all():
            refused = pa.table(codes).filter(pa.array(~settled)).group_by([NEW, AGAINST]).aggregate([([], "count_all")])
            for row in refused.to_pylist():
                key = row[NEW], row[AGAINST]
                self.refused[key] = self.refused.get(key, 0) + row["count_all"]

    def _add_persons(self, rows: pa.Table, settled: np.ndarray) -> None:
        persons = rows["person"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
        begins = np.flatnonzero(np.concatenate([[True], persons[1:] != persons[:-1]]))
        gains = np.add.reduceat(fen_of(rows, "gain"), begins)
        funds = np.add.reduceat((_funds(rows, NEW) - _funds(rows, AGAINST)) * settled, begins)
        counted = np.add.reduceat(settled.astype(np.int64), begins) > 0
        classes = classes_of(gains)
        _tally(self.everybody, gains[counted], funds[counted], classes[counted])
        costliest = _costliest(persons, fen_of(rows, "total"), begins)
        for dimension in DIMENSIONS:
            if dimension in rows.column_names:
                self._add_groups(dimension, rows[dimension].take(costliest), (gains, funds, classes), counted)
        self._add_largest(rows, begins, gains)

    def _add_groups(
        self, dimension: str, words: pa.ChunkedArray, persons: tuple[Column, Column, Column], counted: np.ndarray
    ) -> None:
        encoded = words.combine_chunks().cast(pa.string()).fill_null(NOT_STATED).dictionary_encode()
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        tallies = self.groups.setdefault(dimension, {})
        for code, word in enumerate(encoded.dictionary.to_pylist()):
            which = (codes == code) & counted
            gains, funds, classes = (column[which] for column in persons)
            _tally(tallies.setdefault(word, Tally()), gains, funds, classes)

    def _add_largest(self, rows: pa.Table, begins: Column, gains: Column) -> None:
        size = np.abs(gains)
        for at in np.argsort(-size, kind="stable")[:LARGEST]:
            if gains[at]:
                person = str(rows["person"][int(begins[at])].as_py())
                heapq.heappush(self.largest, (int(size[at]), person, int(gains[at])))
        while len(self.largest) > LARGEST:
            heapq.heappop(self.largest)


def fen_of(rows: pa.Table, column: str) -> Column:
    """A column of yuan as fen."""
    return hundredths(rows[column].combine_chunks().cast(YUAN)).to_numpy(zero_copy_only=False)


def classes_of(gains: Column) -> Column:
    """The class of change of each gain: from the worst off, over no change, to the best off."""
    borders = np.array([1, *(yuan * 100 for yuan in BORDERS_YUAN)])
    return SIDE + np.sign(gains) * np.searchsorted(borders, np.abs(gains), side="right")


def _is_settled(codes: pa.ChunkedArray) -> np.ndarray:
    return pa.compute.equal(codes, "").to_numpy()


def _funds(rows: pa.Table, side: str) -> Column:
    """What all funds pay: all payers but the person and the hospital."""
    own = {f"{side}.{name}" for name in ("personal_account", "hospital", "cash", "allowances", "deductible", "refused")}
    names = [name for name in rows.column_names if name.startswith(f"{side}.") and name not in own]
    return sum((fen_of(rows, name) for name in names), np.zeros(rows.num_rows, dtype=np.int64))


def _tally(tally: Tally, gains: Column, funds: Column, classes: Column) -> None:
    tally.persons += len(gains)
    tally.gain += int(gains.sum())
    tally.funds += int(funds.sum())
    tally.classes += np.bincount(classes, minlength=CLASSES)


def _costliest(persons: Column, totals: Column, begins: Column) -> Column:
    """The row of each person's costliest claim; of several the last."""
    ends = np.append(begins[1:], len(persons)) - 1
    return np.lexsort((totals, persons))[ends] if len(begins) < len(persons) else begins
