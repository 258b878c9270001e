"""What each step does to the money: small functions over whole numbers, without memory and without exceptions.

Amounts are fen. Ratios come as integer numerators over one denominator, so that a payment is summed exactly and
rounded once, half up. Each function is written so that a columnar twin over int64 columns can mirror it line by line.
"""

from __future__ import annotations

from collections.abc import Sequence

from yijie.kernel.money import half_up

HUNDREDTHS = 100
"""Units of service are counted in hundredths, so that an hour and a half is exact."""


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


def for_units(amount: int, units: int) -> int:
    """A sum for every unit of service, units in hundredths (杭州滨江: 60 yuan an hour; 湘潭: 15 yuan a visit)."""
    return half_up(amount * units, HUNDREDTHS)


def cost_in_phases(cost: int, start: int, units: int, bounds: Sequence[int]) -> list[int]:
    """A cost spread evenly over ``units`` that begin at ``start``, as whole fen per phase (石狮 bed-day phases).

    Each border's cumulative cost is rounded half up once, so that the phases are the cost. Without units there is
    nothing to spread it over, and none of it counts.
    """
    if not units:
        return [0] * (len(bounds) + 1)
    inside = cost_in_bands(start, start + units, bounds)
    costs, upto, before = [], 0, 0
    for part in inside:
        upto += part
        reached = half_up(cost * upto, units)
        costs.append(reached - before)
        before = reached
    return costs


def in_grains(amount: int, grain: int, direction: str) -> int:
    """A payment in whole grains of fen: half up (武汉 82.50 → 83 yuan), down or up."""
    shift = {"half_up": grain // 2, "down": 0, "up": grain - 1}[direction]
    return (amount + shift) // grain * grain


def allowance(base: int, numerator: int, denominator: int, units: int, divided_by: int) -> int:
    """Base × share × units (hundredths) ÷ divisor, half up to the fen (广州: 8,000 ÷ 30 × 128 days)."""
    return half_up(base * numerator * units, denominator * divided_by * HUNDREDTHS)


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
