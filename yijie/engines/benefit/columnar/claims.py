"""Claims as columns: what a list of cases says, laid out so that a million of them are a few arrays.

Amounts are int64 fen, days are counted from 1970-01-01, facts are stored once and pointed at. Rows of one person
stand together, in the order in which they were settled.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from yijie.engines.benefit.case import Amounts, Bucket, Case, Remote
from yijie.engines.benefit.words import PARTS

Column: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Rows: TypeAlias = "npt.NDArray[np.intp] | slice"
"""Which rows of a column: all, a stretch, or those listed."""

MISSING = int(np.iinfo(np.int64).min)
"""Stands in a column where a claim states nothing."""
LARGEST = 10**14
"""The largest amount or count a claim may state: a million million yuan in fen."""
EPOCH = date(1970, 1, 1)

FACTS: Mapping[str, Hashable] = MappingProxyType(
    {
        "insurance": None,
        "care": None,
        "category": None,
        "groups": frozenset(),
        "civil_servant": False,
        "company_supplement": False,
        "level": None,
        "contracted": False,
        "tier": "",
        "disease": "",
        "relation": Remote().relation,
        "filing": None,
        "emergency": False,
        "channel": "direct",
    }
)
"""The facts of a case that are kept as words, with what holds where a claim says nothing."""
AMOUNTS = ("account_balance", "deductible_paid", "prepaid")
NAMED = ("accumulators", "stated", "units", "stay")


@dataclass(frozen=True, slots=True)
class Words:
    """A column of facts: row by row the number of one of ``values``, which all differ."""

    codes: npt.NDArray[np.int32]
    values: tuple[Any, ...]

    def at(self, row: int) -> Any:
        """The fact of one row."""
        return self.values[int(self.codes[row])]


@dataclass(frozen=True, slots=True)
class Claims:
    """A table of claims. A fact or amount without a column is what a case has where it says nothing.

    ``buckets`` are by (part, name). ``named`` holds the columns of accumulators, stated sums, units and stays by name,
    with :data:`MISSING` where a claim states nothing under the name.
    """

    persons: Column
    service_from: Column
    service_to: Column
    total: Column
    parts: tuple[Column, Column, Column, Column]
    """The graded bill, in the order of :data:`PARTS`."""
    facts: Mapping[str, Words]
    own: Mapping[str, Words] = field(default_factory=dict)
    """Facts in dimensions of the pool; None where not stated."""
    born: Column | None = None
    buckets: Mapping[tuple[str, str], Column] = field(default_factory=dict)
    amounts: Mapping[str, Column] = field(default_factory=dict)
    use_account: Flags | None = None
    continues: Flags | None = None
    named: Mapping[str, Mapping[str, Column]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of claims."""
        return len(self.persons)

    def amount(self, name: str, rows: Rows) -> Column | int:
        """An amount beside the bill; zero where the claims have no such column."""
        column = self.amounts.get(name)
        return 0 if column is None else column[rows]

    def flag(self, name: str, rows: Rows) -> Flags | bool:
        """``use_account`` or ``continues``; no where the claims do not say."""
        column = self.use_account if name == "use_account" else self.continues
        return False if column is None else column[rows]

    def stated(self, kind: str, name: str) -> Column | None:
        """The column of an accumulator, stated sum, unit or stay."""
        return self.named.get(kind, {}).get(name)

    def words(self, name: str) -> Words:
        """The column of a fact."""
        known = self.facts.get(name)
        return known if known is not None else Words(np.zeros(self.size, dtype=np.int32), (FACTS[name],))

    def fact(self, name: str, row: int) -> Any:
        """A fact of one claim."""
        return self.facts[name].at(row) if name in self.facts else FACTS[name]

    def take(self, rows: Rows) -> Claims:
        """Some of the claims, in the order asked for."""

        def facts(columns: Mapping[str, Words]) -> dict[str, Words]:
            return {name: Words(words.codes[rows], words.values) for name, words in columns.items()}

        return Claims(
            persons=self.persons[rows],
            service_from=self.service_from[rows],
            service_to=self.service_to[rows],
            born=None if self.born is None else self.born[rows],
            total=self.total[rows],
            parts=cast("tuple[Column, Column, Column, Column]", tuple(part[rows] for part in self.parts)),
            facts=facts(self.facts),
            own=facts(self.own),
            buckets={key: column[rows] for key, column in self.buckets.items()},
            amounts={name: column[rows] for name, column in self.amounts.items()},
            use_account=None if self.use_account is None else self.use_account[rows],
            continues=None if self.continues is None else self.continues[rows],
            named={
                kind: {name: column[rows] for name, column in columns.items()} for kind, columns in self.named.items()
            },
        )

    def case(self, row: int) -> Case:
        """One claim as the scalar engine is asked about it; its id is the number of the row."""
        eligible, first, over, out = (int(part[row]) for part in self.parts)
        buckets = {name: Bucket(part, int(column[row])) for (part, name), column in self.buckets.items() if column[row]}
        facts: dict[str, Any] = {name: self.fact(name, row) for name in FACTS}
        facts |= {name: int(column[row]) for name, column in self.amounts.items()}
        facts |= {kind: self._named_of(kind, row) for kind in NAMED}
        remote = Remote(facts.pop("relation"), facts.pop("filing"), facts.pop("emergency"))
        one = slice(row, row + 1)
        own = {name: words.at(row) for name, words in self.own.items()}
        return Case(
            id=str(row),
            service_from=day_of(self.service_from[row]),
            service_to=day_of(self.service_to[row]),
            birth_date=None if self.born is None or self.born[row] == MISSING else day_of(self.born[row]),
            amounts=Amounts(int(self.total[row]), eligible, first, over, out, buckets),
            remote=remote,
            facts={name: cast("str", word) for name, word in own.items() if word is not None},
            use_account=bool(np.any(self.flag("use_account", one))),
            continues=bool(np.any(self.flag("continues", one))),
            **facts,
        )

    def _named_of(self, kind: str, row: int) -> dict[str, int]:
        columns = self.named.get(kind, {})
        return {name: int(column[row]) for name, column in columns.items() if column[row] != MISSING}


def day_of(number: int | np.int64) -> date:
    """The calendar day of a number of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(number))


def number_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def claims_of(cases: Sequence[Case], persons: Sequence[int]) -> Claims:
    """Cases as columns, with the number of the person of each; a person's visits together and in order."""

    def column(figure: Callable[[Case], int]) -> Column:
        return np.array([figure(case) for case in cases], dtype=np.int64)

    def words(values: Sequence[Hashable]) -> Words:
        known = {value: code for code, value in enumerate(dict.fromkeys(values))}
        return Words(np.array([known[value] for value in values], dtype=np.int32), tuple(known))

    def named(kind: str) -> dict[str, Column]:
        names = dict.fromkeys(name for case in cases for name in getattr(case, kind))
        return {name: column(lambda case: getattr(case, kind).get(name, MISSING)) for name in names}  # noqa: B023  used within the round

    remote = {"relation", "filing", "emergency"}
    own = dict.fromkeys(name for case in cases for name in case.facts)
    marked = dict.fromkeys((bucket.part, name) for case in cases for name, bucket in case.amounts.buckets.items())
    parts = tuple(column(lambda case: getattr(case.amounts, part)) for part in PARTS)  # noqa: B023  as above
    return Claims(
        persons=np.array(persons, dtype=np.int64),
        service_from=column(lambda case: number_of(case.service_from)),
        service_to=column(lambda case: number_of(case.service_to)),
        born=column(lambda case: number_of(case.birth_date) if case.birth_date else MISSING),
        total=column(lambda case: case.amounts.total),
        parts=cast("tuple[Column, Column, Column, Column]", parts),
        facts={
            name: words([getattr(case.remote if name in remote else case, name) for case in cases]) for name in FACTS
        },
        own={name: words([case.facts.get(name) for case in cases]) for name in own},
        buckets={(part, name): column(lambda case: _bucket(case, part, name)) for part, name in marked},  # noqa: B023  called at once
        amounts={name: column(lambda case: getattr(case, name)) for name in AMOUNTS},  # noqa: B023  called at once
        use_account=np.array([case.use_account for case in cases], dtype=np.bool_),
        continues=np.array([case.continues for case in cases], dtype=np.bool_),
        named={kind: named(kind) for kind in NAMED},
    )


def _bucket(case: Case, part: str, name: str) -> int:
    bucket = case.amounts.buckets.get(name)
    return bucket.amount if bucket is not None and bucket.part == part else 0
