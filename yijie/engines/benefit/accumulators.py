"""The year so far: names, how a settlement moves them, how a void takes the movement back.

Accumulators are a plain mapping from name to whole number, kept per person, insurance and year; what is absent is
zero. Names are part of the public contract (``docs/policy-format.md``):

    count.<care>                      visits or stays settled in the year
    count.<care>.<remote situation>   those of them outside the pool, by situation
    <counter>.cost                    cost that entered the layer, fen
    <counter>.deductible              deductible borne
    <counter>.excess                  cost above the deductible
    <counter>.paid                    paid by the layer's payer
    <counter>.<unit>                  units of service that counted, in hundredths
    …@2025-03, …@2025-03-17           the same within a month or on a day, where a ceiling counts so
    …@2025-Q1                         the same within a quarter

``<counter>`` is the layer's name, or the name a step gives so that several layers share one limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from yijie.engines.benefit.case import Case
from yijie.kernel.codes import CareKind, Relation, RemoteSituation

COUNT = "count."
COUNT_NAMES = {care: f"{COUNT}{care}" for care in CareKind}
"""Name of the number of visits or stays of each kind in the year."""
DAYS_MAX = 5000


def count_name(care: CareKind) -> str:
    """Name of the number of visits or stays of a kind in the year."""
    return COUNT_NAMES[care]


def remote_count_name(care: CareKind, situation: RemoteSituation) -> str:
    """Name of the number of those outside the pool under one remote situation."""
    return f"count.{care}.{situation}"


@lru_cache(maxsize=DAYS_MAX)
def period_suffix(per: str, day: date) -> str:
    """What a name carries for a limit that counts within a quarter, a month or a day; nothing for the year."""
    if per == "quarter":
        return f"@{day:%Y}-Q{(day.month + 2) // 3}"
    if per == "month":
        return f"@{day:%Y-%m}"
    return f"@{day:%Y-%m-%d}" if per == "day" else ""


def ordinals(case: Case) -> tuple[int, int]:
    """(ordinal among the year's visits of this kind, ordinal among those in the same remote situation)."""
    return _ordinal(case, count_name(case.care)), _ordinal(case, remote_count_name(case.care, case.remote.situation))


def _ordinal(case: Case, name: str) -> int:
    settled = case.accumulators.get(name, 0)
    return max(settled, 1) if case.continues else settled + 1


def counted(case: Case) -> dict[str, int]:
    """The movement of the counts: one more visit, unless the case continues a stay already counted."""
    if case.continues:
        return {}
    counts = {count_name(case.care): 1}
    if case.remote.relation is not Relation.LOCAL:
        counts[remote_count_name(case.care, case.remote.situation)] = 1
    return counts


def apply_deltas(accumulators: Mapping[str, int], deltas: Mapping[str, int]) -> dict[str, int]:
    """The year after a settlement: every movement added; zeros are left out."""
    names = accumulators.keys() | deltas.keys()
    moved = {name: accumulators.get(name, 0) + deltas.get(name, 0) for name in names}
    return {name: amount for name, amount in sorted(moved.items()) if amount}


def undo_deltas(accumulators: Mapping[str, int], deltas: Mapping[str, int]) -> dict[str, int]:
    """The year as it was before a settlement that is void."""
    return apply_deltas(accumulators, {name: -amount for name, amount in deltas.items()})
