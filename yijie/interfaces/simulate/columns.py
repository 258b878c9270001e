"""From a batch of Arrow columns to claims: words, days and amounts as case files write them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import StrEnum
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yijie.engines.benefit.columnar.claims import MISSING, Claims, Column, Flags, Words
from yijie.engines.benefit.words import CHANNELS, NONE, PARTS, member_of, words_of
from yijie.interfaces.simulate.errors import DateMissing, NotAnAmount, PersonMissing, WordUnknown
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    SpecialGroup,
)

REQUIRED = ("person", "insurance", "care", "service_from", "eligible")
DAYS = ("service_from", "service_to", "settled", "birth_date")
FLAGS = ("civil_servant", "company_supplement", "contracted", "emergency", "continues", "account_use")
WORDS: dict[str, type[StrEnum]] = {
    "insurance": Insurance,
    "care": CareKind,
    "category": PersonCategory,
    "level": HospitalLevel,
    "relation": Relation,
    "filing": FilingKind,
}
TEXTS = ("person", "id", "region", "groups", "tier", "disease", "channel", *WORDS)
AMOUNTS = (*PARTS, "total", "account_balance", "deductible_paid", "prepaid")
OPEN = ("facts.", "units.", "stated.", "accumulators.", "stay.", *(f"buckets.{part}." for part in PARTS))
"""Beginnings of columns that go on with a name of the pool's."""
COUNTS = "accumulators.count."
YUAN = pa.decimal128(18, 2)
YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
GROUPS_JOINED_BY = "+"


def is_known(column: str) -> bool:
    """Whether a column means something."""
    return column in (*TEXTS, *DAYS, *FLAGS, *AMOUNTS) or any(
        column.startswith(begin) and len(column) > len(begin) for begin in OPEN
    )


def is_amount(column: str) -> bool:
    """Whether a column holds yuan or units, with at most two decimals."""
    return column in AMOUNTS or (column.startswith(OPEN[1:]) and not column.startswith(COUNTS))


def type_of(column: str) -> pa.DataType:
    """The type in which a CSV file's column is read."""
    if is_amount(column):
        return YUAN
    if column.startswith(COUNTS):
        return pa.int64()
    return pa.date32() if column in DAYS else pa.string()


def claims_from(table: pa.Table, file: str) -> tuple[Claims, npt.NDArray[np.intp]]:
    """The claims of a table of whole persons, each person's in order of settlement; and where each row stood."""
    reader = _Reader(table, file)
    service_from = reader.days("service_from", required=True)
    service_to = reader.days("service_to", otherwise=service_from)
    settled = reader.days("settled", otherwise=service_to)
    persons = reader.persons()
    order = _in_order(persons, settled)
    parts = [reader.amount(part) for part in PARTS]
    total = reader.amount("total") if reader.has("total") else sum(parts[1:], parts[0])
    claims = Claims(
        persons=persons,
        service_from=service_from,
        service_to=service_to,
        born=reader.days("birth_date", otherwise=None),
        total=total,
        parts=cast("tuple[Column, Column, Column, Column]", tuple(parts)),
        facts=reader.facts(),
        own={name: reader.words(f"facts.{name}", _text_or_none) for name in reader.named("facts.")},
        buckets={
            (part, name): reader.amount(f"buckets.{part}.{name}")
            for part in PARTS
            for name in reader.named(f"buckets.{part}.")
        },
        amounts={name: reader.amount(name) for name in AMOUNTS[-3:] if reader.has(name)},
        use_account=reader.flags("account_use"),
        continues=reader.flags("continues"),
        named={kind: reader.stated(kind) for kind in ("accumulators", "stated", "units", "stay")},
    )
    return (claims, order) if bool((order[1:] > order[:-1]).all()) else (claims.take(order), order)


def _in_order(persons: Column, settled: Column) -> npt.NDArray[np.intp]:
    """Rows by person, then by day of settlement, then as they stood."""
    later = (persons[1:] > persons[:-1]) | ((persons[1:] == persons[:-1]) & (settled[1:] >= settled[:-1]))
    return np.arange(len(persons)) if bool(later.all()) else np.lexsort((settled, persons))


class _Reader:
    """The columns of one table, one by one."""

    def __init__(self, table: pa.Table, file: str) -> None:
        self.table, self.file = table, file

    def has(self, column: str) -> bool:
        return column in self.table.column_names

    def named(self, begin: str) -> list[str]:
        return [name.removeprefix(begin) for name in self.table.column_names if name.startswith(begin)]

    def array(self, column: str) -> pa.Array:
        chunked = self.table[column]
        return chunked.chunk(0) if chunked.num_chunks == 1 else chunked.combine_chunks()

    def persons(self) -> Column:
        """A number for every person, rising in the order in which persons first stand."""
        codes = self._encoded("person").indices
        if codes.null_count:
            raise PersonMissing(file=self.file, count=codes.null_count)
        return codes.to_numpy(zero_copy_only=False).astype(np.int64)

    def days(self, column: str, *, required: bool = False, otherwise: Any = None) -> Any:
        """Days since 1970; where the column is missing or empty what holds otherwise."""
        if not self.has(column):
            return otherwise
        try:
            days = self.array(column).cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
        except pa.ArrowInvalid as error:
            raise DateMissing(file=self.file, column=column, reason=error) from None
        if days.null_count == 0:
            return days.to_numpy()
        if required:
            raise DateMissing(file=self.file, column=column, reason=f"{days.null_count} empty")
        filled = days.fill_null(MISSING).to_numpy()
        return filled if otherwise is None else np.where(filled == MISSING, otherwise, filled)

    def amount(self, column: str, missing: int = 0) -> Column:
        """Fen of yuan, or hundredths of units; counts as they are."""
        if not self.has(column):
            return np.zeros(self.table.num_rows, dtype=np.int64)
        array = self.array(column)
        if pa.types.is_floating(array.type):
            raise NotAnAmount(file=self.file, column=column, reason=array.type)
        try:
            whole = array.cast(pa.int64()) if column.startswith(COUNTS) else hundredths(array.cast(YUAN))
        except pa.ArrowInvalid as error:
            raise NotAnAmount(file=self.file, column=column, reason=error) from None
        return whole.fill_null(missing).to_numpy(zero_copy_only=False)

    def stated(self, kind: str) -> dict[str, Column]:
        return {name: self.amount(f"{kind}.{name}", MISSING) for name in self.named(f"{kind}.")}

    def flags(self, column: str) -> Flags | None:
        if not self.has(column):
            return None
        words = self.words(column, self._flag(column))
        return np.array(words.values, dtype=np.bool_)[words.codes]

    def facts(self) -> dict[str, Words]:
        """The facts of a claim by the names that a case has for them."""
        facts = {name: self.words(name, self._member(name)) for name in WORDS if self.has(name)}
        for name in ("civil_servant", "company_supplement", "contracted", "emergency"):
            if self.has(name):
                facts[name] = self.words(name, self._flag(name))
        for name in ("tier", "disease"):
            if self.has(name):
                facts[name] = self.words(name, lambda text: "" if text in (None, NONE) else text)
        if self.has("groups"):
            facts["groups"] = self.words("groups", self._groups)
        if self.has("channel"):
            facts["channel"] = self.words("channel", self._channel)
        return facts

    def words(self, column: str, meaning: Callable[[str | None], Hashable]) -> Words:
        """A column of words with what each stands for; empty texts count as not stated."""
        encoded = self._encoded(column)
        texts = [text or None for text in encoded.dictionary.cast(pa.string()).to_pylist()]
        means = [meaning(text) for text in (*texts, None)] if encoded.null_count else [meaning(text) for text in texts]
        known = {value: code for code, value in enumerate(dict.fromkeys(means))}
        table = np.array([known[value] for value in means], dtype=np.int32)
        codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        return Words(table[codes], tuple(known))

    def _encoded(self, column: str) -> pa.DictionaryArray:
        array = self.array(column)
        return array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)

    def _member(self, column: str) -> Callable[[str | None], Hashable]:
        vocabulary = WORDS[column]

        def meaning(text: str | None) -> Hashable:
            if text is None or (column == "filing" and text == NONE):
                return Relation.LOCAL if column == "relation" else None
            if text not in words_of(vocabulary):
                raise WordUnknown(file=self.file, column=column, word=text, known=", ".join(words_of(vocabulary)))
            return member_of(vocabulary, text)

        return meaning

    def _flag(self, column: str) -> Callable[[str | None], Hashable]:
        def meaning(text: str | None) -> Hashable:
            if text is not None and text.lower() not in YES_NO:
                raise WordUnknown(file=self.file, column=column, word=text, known=", ".join(YES_NO))
            return text is not None and YES_NO[text.lower()]

        return meaning

    def _groups(self, text: str | None) -> Hashable:
        words = [] if text in (None, NONE) else cast("str", text).split(GROUPS_JOINED_BY)
        unknown = [word for word in words if word not in words_of(SpecialGroup)]
        if unknown:
            known = ", ".join(words_of(SpecialGroup))
            raise WordUnknown(file=self.file, column="groups", word=unknown[0], known=known)
        return frozenset(member_of(SpecialGroup, word) for word in words)

    def _channel(self, text: str | None) -> Hashable:
        if text is not None and text not in CHANNELS:
            raise WordUnknown(file=self.file, column="channel", word=text, known=", ".join(CHANNELS))
        return text or CHANNELS[0]


def _text_or_none(text: str | None) -> Hashable:
    return text


def hundredths(amounts: pa.Array) -> pa.Array:
    """The whole hundredths of decimals with two places: their low eight bytes, since eighteen digits fit there."""
    halves = np.frombuffer(amounts.buffers()[1], dtype=np.int64)
    low = halves[2 * amounts.offset :: 2][: len(amounts)]
    return pa.array(low, mask=None if amounts.null_count == 0 else amounts.is_null().to_numpy(zero_copy_only=False))


def yuan_of(fen: Column) -> pa.Array:
    """Fen as decimals of yuan."""
    halves = np.empty((len(fen), 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = fen, fen >> 63
    return pa.Array.from_buffers(YUAN, len(fen), [None, pa.py_buffer(halves)])
