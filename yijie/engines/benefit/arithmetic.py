"""What each step does to the money: small functions over whole numbers, without memory and without exceptions.

Amounts are fen. Ratios come as integer numerators over one denominator, so that a payment is summed exactly and
rounded once, half up. Each function is written so that a columnar twin over int64 columns can mirror it line by line.
"""

from __future__ import annotations

from collections.abc import Sequence

from yijie.kernel.money import half_up


def kept_after_share(cost: int, kept_numerator: int, denominator: int) -> int:
    """Cost left for the fund after the patient has borne a first share (义乌: 10, 20 or 30 % before the normal ratio).

    The kept part is rounded half up, the patient bears the remainder, so that the two are the cost.
    """
    return half_up(cost * kept_numerator, denominator)


def room(limit: int, used: int) -> int:
    """What a ceiling still allows."""
    return limit - used if used < limit else 0


def repeated_deductible(
    first: int, ordinal: int, *, times: tuple[int, int], minus: int, minus_share: tuple[int, int], least: int
) -> int:
    """The deductible of the ``ordinal``-th stay of a year, from that of the first.

    ``times`` scales every later stay (北京, 深圳: half); ``minus`` and ``minus_share`` (of the first) are taken off
    once more with every further stay (重庆: 10 % each). It stays between ``least`` and the first.
    """
    if ordinal <= 1:
        return first
    scaled = half_up(first * times[0], times[1])
    lowered = scaled - (ordinal - 1) * (minus + half_up(first * minus_share[0], minus_share[1]))
    return min(first, max(lowered, least, 0))


def deductibles_in_stay(days: int, again_every: int) -> int:
    """How many deductibles one stay owes where a new one falls due after every ``again_every`` days (广州: 90)."""
    return (days + again_every - 1) // again_every if days > again_every else 1


def cost_in_bands(low: int, high: int, bounds: Sequence[int]) -> list[int]:
    """How much of the stretch from ``low`` to ``high`` lies in each band; ``bounds`` are the inner borders, rising."""
    costs = []
    for bound in bounds:
        top = min(high, bound)
        costs.append(top - low if top > low else 0)
        low = max(low, bound)
    costs.append(high - low if high > low else 0)
    return costs


def weighted(costs: Sequence[int], numerators: Sequence[int]) -> int:
    """Exact payment of a cost per band, as a numerator over the ratios' common denominator."""
    return sum(cost * numerator for cost, numerator in zip(costs, numerators, strict=True))


def cost_beyond(costs: Sequence[int], numerators: Sequence[int], denominator: int, cut: int) -> int:
    """The cost, from the top of the highest band down, whose payment is the ``cut`` that a ceiling took off."""
    beyond = 0
    for cost, numerator in zip(reversed(costs), reversed(numerators), strict=True):
        if cut <= 0:
            break
        paid = half_up(cost * numerator, denominator)
        beyond += cost if paid <= cut else half_up(cut * denominator, numerator)
        cut -= paid
    return beyond
