"""Claims of people who do not exist, for trying ``yijie simulate``: a year of visits, the same for the same seed.

Costs are spread as bills are, many small and few large: whole numbers drawn between powers of ten. Every person's
number begins with SAMPLE, so that no table of such claims is taken for a real one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from yijie.engines.benefit import Policy
from yijie.engines.benefit.columnar.claims import Column
from yijie.interfaces.simulate.columns import yuan_of

CHUNK_PERSONS = 50_000
VISITS = (1, 1, 1, 2, 2, 3, 4, 6, 10)
REGIONS = ("示例一区", "示例二区", "示例三区", "示例四区")
YEAR_DAYS = 365
FIRST_DAY = int(np.datetime64("2025-01-01").astype(np.int64))
Dice = np.random.Generator


def write_sample(path: Path, persons: int, seed: int, policy: Policy | None = None) -> int:
    """Write the visits of so many sample persons to a CSV or Parquet file, by its ending; the number of claims.

    With a policy the claims also state its tiers and its own facts.
    """
    claims = 0
    writer: pq.ParquetWriter | arrow_csv.CSVWriter | None = None
    try:
        for table in sample_claims(persons, seed, policy):
            if writer is None:
                writer = _writer(path, table.schema)
            writer.write_table(table)
            claims += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return claims


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter | arrow_csv.CSVWriter:
    if path.suffix.lower() == ".csv":
        return arrow_csv.CSVWriter(path, schema, write_options=arrow_csv.WriteOptions(quoting_style="needed"))
    return pq.ParquetWriter(path, schema, compression="zstd")


def sample_claims(persons: int, seed: int, policy: Policy | None = None) -> Iterator[pa.Table]:
    """The claims in tables of whole persons, in order."""
    for first in range(0, persons, CHUNK_PERSONS):
        count = min(CHUNK_PERSONS, persons - first)
        yield _claims_of(first, count, np.random.default_rng([seed, first]), policy)


def _claims_of(first: int, count: int, dice: Dice, policy: Policy | None) -> pa.Table:
    visits = dice.choice(VISITS, count)
    person = np.repeat(np.arange(count), visits)
    size = len(person)
    employee = dice.random(count) < 0.45
    born = dice.integers(-14_000, 19_000, count)  # 1931 to 2022
    age = (FIRST_DAY - born) // YEAR_DAYS
    category = np.select(
        [employee & (age < 60), employee, age < 18, age < 60],
        ["working", "retired", "child", "adult"],
        "elderly",
    )
    inpatient = dice.random(size) < 0.3
    day = FIRST_DAY + np.sort(dice.integers(0, YEAR_DAYS - 30, size) + person * YEAR_DAYS) - person * YEAR_DAYS
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "person": pa.array([f"SAMPLE{number:09d}" for number in range(first, first + count)]).take(pa.array(person)),
        "insurance": _words(np.where(employee, "employee", "resident")[person]),
        "category": _words(category[person]),
        "birth_date": pa.array(born[person].astype("datetime64[D]")),
        "groups": _words(dice.choice(["", "", "", "", "", "", "subsistence", "disabled", "low_income"], count)[person]),
        "region": _words(dice.choice(REGIONS, count)[person]),
        "care": _words(np.where(inpatient, "inpatient", "outpatient")),
        "level": _words(dice.choice(["community", "primary", "secondary", "tertiary", "tertiary"], size)),
        **_places(dice.random(size)),
        "service_from": pa.array(day.astype("datetime64[D]")),
        "service_to": pa.array((day + np.where(inpatient, dice.integers(2, 30, size), 0)).astype("datetime64[D]")),
        **_bill(inpatient, dice),
        "account_use": _words(np.where(employee, "yes", "no")[person]),
        "account_balance": yuan_of(np.where(employee, dice.integers(0, 800_000, count), 0)[person]),
    }
    if policy is not None:
        columns |= _own_facts(policy, person, count, dice)
    return pa.table(columns).replace_schema_metadata({"sample": "people who do not exist"})


def _bill(inpatient: npt.NDArray[np.bool_], dice: Dice) -> dict[str, pa.Array]:
    """A bill in its four parts: outpatient from 10 yuan, inpatient from 1,000."""
    size = len(inpatient)
    magnitude = 10 ** (dice.choice([0, 0, 0, 0, 1, 1, 2], size) + np.where(inpatient, 5, 3))
    total = magnitude * dice.integers(100, 1000, size) // 100
    first, over, out = (total * dice.integers(0, most, size) // 100 for most in (12, 4, 15))
    eligible = total - first - over - out
    return {
        "eligible": yuan_of(eligible),
        "first_self_pay": yuan_of(first),
        "over_ceiling": yuan_of(over),
        "not_covered": yuan_of(out),
    }


def _places(chance: npt.NDArray[np.float64]) -> dict[str, pa.Array]:
    """One visit in ten outside the pool, nearly all of them filed."""
    away = [chance < 0.03, chance < 0.06, chance < 0.08, chance < 0.09]
    relation = np.select(away, ["cross_province", "same_province", "cross_province", "same_province"], "local")
    filing = np.select(away, ["referral", "temporary", "long_term_resident", "referral"], "none")
    return {"relation": _words(relation), "filing": _words(filing)}


def _own_facts(policy: Policy, person: Column, count: int, dice: Dice) -> dict[str, pa.Array]:
    """The pool's tiers and own facts, each person's the same over the year."""
    columns = {}
    for dimension, words in policy.vocabulary.declared.items():
        if words and dimension != "disease":
            name = "tier" if dimension == "tier" else f"facts.{dimension}"
            columns[name] = _words(dice.choice(list(words), count)[person])
    return columns


def _words(words: npt.NDArray[np.str_] | Sequence[str]) -> pa.Array:
    return pa.array(words).dictionary_encode().cast(pa.string())
