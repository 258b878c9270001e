"""A chain of four payers, as a policy, as hand-written NumPy, as hand-written Python; and claims to put through it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import yaml

from yijie.engines.benefit.columnar import Claims, Words
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.read_policy import read_policy
from yijie.kernel.codes import CareKind, HospitalLevel, Insurance, PersonCategory, SpecialGroup

LEVELS = (HospitalLevel.COMMUNITY, HospitalLevel.PRIMARY, HospitalLevel.SECONDARY, HospitalLevel.TERTIARY)
STARTS = (300_00, 400_00, 800_00, 1300_00)
BORDERS = (30_000_00, 40_000_00)
WORKING = ((900, 950, 970), (900, 950, 970), (870, 920, 970), (850, 900, 950))
RETIRED = ((970, 985, 991), (970, 985, 991), (961, 976, 991), (955, 970, 985))
"""Thousandths that the pooled fund pays, by level and band."""
POOLED_MOST, SUPPLEMENT, START_MAJOR, BORDER_MAJOR = 300_000_00, 50, 12_000_00, 30_000_00
MAJOR, AID, AID_MOST = (60, 70), 70, 50_000_00


def policy(*, folding: bool) -> Policy:
    """Pooled fund by level, age group and band → company supplement → major illness → aid for the poor.

    With ``folding`` later stays of the year owe half the deductible and ceilings and the major-illness deductible
    count over the year.
    """
    per = "year" if folding else "visit"
    levels = [level.name.lower() for level in LEVELS]
    later = {"repeat_times": _since("50%")} if folding else {}

    def share(band: int) -> dict[str, Any]:
        tables = {"working": WORKING, "retired": RETIRED}
        by = {
            word: {"by": "level", **{level: _percent(table[at][band]) for at, level in enumerate(levels)}}
            for word, table in tables.items()
        }
        return {"by": "category", **by}

    bands = [
        {"over": 0, "to": BORDERS[0] // 100, "share": share(0)},
        {"over": BORDERS[0] // 100, "to": BORDERS[1] // 100, "share": share(1)},
        {"over": BORDERS[1] // 100, "share": share(2)},
    ]
    starts = {"by": "level", **{level: start // 100 for level, start in zip(levels, STARTS, strict=True)}}
    charged = "once_a_year" if folding else "each_visit"
    files = {
        "pooled": _layer(
            "pooled",
            {"deductible": {"amount": _since(starts), **later}},
            {"bands": {"measured_on": "cost", "schedule": _since(bands)}},
            {"payment_ceiling": {"per": per, "amount": _since(POOLED_MOST // 100)}},
        ),
        "supplement": _layer("company", {"ratio": {"share": _since(f"{SUPPLEMENT}%")}}),
        "major": _layer(
            "major_illness",
            {"deductible": {"charged": charged, "amount": _since(START_MAJOR // 100)}},
            {
                "bands": {
                    "measured_on": "excess",
                    "schedule": _since(
                        [
                            {"over": 0, "to": BORDER_MAJOR // 100, "share": f"{MAJOR[0]}%"},
                            {"over": BORDER_MAJOR // 100, "share": f"{MAJOR[1]}%"},
                        ]
                    ),
                }
            },
        ),
        "aid": _layer(
            "aid",
            {"ratio": {"share": _since({"by": "group", "subsistence": f"{AID}%", "else": "0%"})}},
            {"payment_ceiling": {"per": per, "amount": _since(AID_MOST // 100)}},
        ),
    }
    root = {"region": "440300", "name": {"zh": "甲市", "en": "A"}, "chain": list(files)}
    root["sources"] = {"law": {"title": "办法", "url": "https://example.org", "trust": "B"}}
    texts = {"pool.yaml": root} | {f"{name}.yaml": body for name, body in files.items()}
    return read_policy({name: yaml.safe_dump(body, allow_unicode=True) for name, body in texts.items()}, "bench")


def _layer(payer: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"title": {"zh": "层", "en": "Layer"}, "pays_from": payer, "for": {}, "steps": list(steps)}


def _since(value: Any) -> list[dict[str, Any]]:
    return [{"from": "2000-01-01", "value": value, "source": "law"}]


def _percent(thousandths: int) -> str:
    return f"{thousandths // 10}.{thousandths % 10}%"


def claims(size: int, *, visits: int) -> Claims:
    """Stays of persons with up to ``visits`` stays in 2025 each, in order."""
    dice = np.random.default_rng(7)
    counts = dice.integers(1, visits + 1, size)
    persons = np.repeat(np.arange(size), counts)[:size]
    eligible = dice.integers(1_000_00, 100_000_00, size) * dice.choice([1, 1, 1, 5], size)
    day = np.datetime64("2025-01-01").astype(np.int64) + np.sort(dice.integers(0, 300, size) + persons * 365) % 365
    zeros = np.zeros(size, dtype=np.int64)

    def one_of(values: tuple[Any, ...], of_person: bool) -> Words:
        codes = dice.integers(0, len(values), size).astype(np.int32)
        return Words(codes[persons] if of_person else codes, values)

    return Claims(
        persons=persons,
        service_from=day,
        service_to=day,
        total=eligible,
        parts=(eligible, zeros, zeros, zeros),
        facts={
            "insurance": Words(np.zeros(size, dtype=np.int32), (Insurance.EMPLOYEE,)),
            "care": Words(np.zeros(size, dtype=np.int32), (CareKind.INPATIENT,)),
            "category": one_of((PersonCategory.WORKING, PersonCategory.RETIRED), of_person=True),
            "level": one_of(LEVELS, of_person=False),
            "groups": one_of(((none := frozenset()), none, none, frozenset({SpecialGroup.SUBSISTENCE}))[2:], True),
        },
    )


def numpy_by_hand(claims: Claims) -> tuple[np.ndarray, ...]:
    """The chain for one visit each as somebody would write it in NumPy: whole arrays, exact, no policy file."""
    eligible, level = claims.parts[0], claims.facts["level"].codes
    retired, poor = claims.facts["category"].codes, claims.facts["groups"].codes
    shares = np.array([WORKING, RETIRED], dtype=np.int64)[retired, level]
    low = np.minimum(np.array(STARTS, dtype=np.int64)[level], eligible)
    exact = np.maximum(np.minimum(eligible, BORDERS[0]) - low, 0) * shares[:, 0]
    exact += np.maximum(np.minimum(eligible, BORDERS[1]) - np.maximum(low, BORDERS[0]), 0) * shares[:, 1]
    exact += np.maximum(eligible - np.maximum(low, BORDERS[1]), 0) * shares[:, 2]
    pooled = np.minimum((exact + 500) // 1000, POOLED_MOST)
    left = eligible - pooled
    supplement = (left * SUPPLEMENT + 50) // 100
    left = left - supplement
    excess = np.maximum(left - START_MAJOR, 0)
    exact = np.minimum(excess, BORDER_MAJOR) * MAJOR[0] + np.maximum(excess - BORDER_MAJOR, 0) * MAJOR[1]
    major = (exact + 50) // 100
    left = left - major
    aid = np.minimum((left * np.array([0, AID], dtype=np.int64)[poor] + 50) // 100, AID_MOST)
    return pooled, supplement, major, aid, left - aid


def python_by_hand(eligible: int, level: int, retired: bool, poor: bool) -> tuple[int, ...]:
    """The same for one claim in plain integers."""
    shares = (RETIRED if retired else WORKING)[level]
    low = min(STARTS[level], eligible)
    exact = max(min(eligible, BORDERS[0]) - low, 0) * shares[0]
    exact += max(min(eligible, BORDERS[1]) - max(low, BORDERS[0]), 0) * shares[1]
    exact += max(eligible - max(low, BORDERS[1]), 0) * shares[2]
    pooled = min((exact + 500) // 1000, POOLED_MOST)
    left = eligible - pooled
    supplement = (left * SUPPLEMENT + 50) // 100
    left -= supplement
    excess = max(left - START_MAJOR, 0)
    major = (min(excess, BORDER_MAJOR) * MAJOR[0] + max(excess - BORDER_MAJOR, 0) * MAJOR[1] + 50) // 100
    left -= major
    aid = min((left * AID + 50) // 100, AID_MOST) if poor else 0
    return pooled, supplement, major, aid, left - aid


def fastest(works: dict[str, Callable[[], Any]], times: int) -> dict[str, float]:
    """Seconds of the fastest of several runs of each, taken in turn so that a busy moment hits all alike."""
    best: dict[str, float] = {}
    for _ in range(times):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            took = time.perf_counter() - began
            best[name] = min(took, best.get(name, took))
    return best
