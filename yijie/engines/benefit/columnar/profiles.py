"""Claims by what decides their figures: rows with one answer to everything the policy asks share a profile."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from yijie.engines.benefit.asked import Asked, word_class
from yijie.engines.benefit.columnar.claims import FACTS, MISSING, Claims, Column, Words
from yijie.engines.benefit.columnar.columns import ages, distinct, example_rows
from yijie.engines.benefit.columnar.dates import Charged
from yijie.engines.benefit.policy import Policy

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Profiles:
    """For every claim the number of its profile; by profile one claim that has it, and its key across tables."""

    numbers: Column
    example: Column
    keys: tuple[Key, ...]


def profiles_of(policy: Policy, asked: Asked, claims: Claims, charged: Charged) -> Profiles:
    """The profiles of a table, ordinals apart: those are known only once earlier visits are settled."""
    columns = [_words_apart(charged.segment)]
    columns += [_classes(policy, name, claims.words(name)) for name in FACTS if name in asked.facts]
    columns += [_classes(policy, name, words) for name, words in sorted(claims.own.items())]
    if "age" in asked.cuts:
        columns.append(_words_apart(_age_classes(asked, claims)))
    numbers, count = _together(columns, claims.size)
    example = example_rows(numbers, count)
    keys = tuple(zip(*([words.values[code] for code in _codes_at(words, example)] for words in columns), strict=True))
    return Profiles(numbers, example, keys)


def _words_apart(column: Column) -> Words:
    if column.strides == (0,):  # one value for all rows
        return Words(np.zeros(1, dtype=np.int32), (int(column[0]),))
    values, codes = distinct(column)
    return Words(codes.astype(np.int32), tuple(values.tolist()))


def _codes_at(words: Words, rows: Column) -> Column:
    """The codes of some rows; where there is but one value nothing is looked up."""
    return words.codes[rows].astype(np.int64) if len(words.values) > 1 else np.zeros(len(rows), dtype=np.int64)


def _classes(policy: Policy, name: str, words: Words) -> Words:
    """A column of facts by what keeps them apart."""
    classes = [word_class(policy, name, fact) for fact in words.values]
    known = {apart: code for code, apart in enumerate(dict.fromkeys(classes))}
    if len(known) in (1, len(classes)):
        return Words(words.codes, tuple(known))
    table = np.array([known[apart] for apart in classes], dtype=np.int32)
    return Words(table[words.codes], tuple(known))


def _age_classes(asked: Asked, claims: Claims) -> Column:
    """The class of each claim's age; -1 where nobody says when the person was born."""
    if claims.born is None:
        return np.full(claims.size, -1, dtype=np.int64)
    age = ages(np.where(claims.born == MISSING, 0, claims.born), claims.service_from)
    classes = np.searchsorted(np.array(asked.cuts["age"]), age, side="right").astype(np.int64)
    return np.where(claims.born == MISSING, -1, classes)


def _together(columns: list[Words], size: int) -> tuple[Column, int]:
    """One number for every combination of the columns that occurs, and how many there are."""
    key, width = np.zeros(size, dtype=np.int64), 1
    for words in columns:
        if len(words.values) > 1:
            if width * len(words.values) > 2 * size:
                values, key = distinct(key)
                width = len(values)
            key = key * len(words.values) + words.codes if width > 1 else words.codes.astype(np.int64)
            width *= len(words.values)
    values, numbers = distinct(key)
    return numbers, len(values)
