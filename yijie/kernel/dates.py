"""The one clock, and the one time zone: every date a person sees is in Asia/Shanghai.

Dates carry their meaning in their names: service date (when care happened), settlement time (when the platform
settled), effective date (from when a rule holds).
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept UTC+8 without daylight saving since 1991, before any record of this system."""

Clock = Callable[[], datetime]

_clock: contextvars.ContextVar[Clock] = contextvars.ContextVar("clock")


def _system_clock() -> datetime:
    return datetime.now(SHANGHAI)  # noqa: TID251  the only place that reads the system's clock


def now() -> datetime:
    """The present moment in Asia/Shanghai, from the clock in force."""
    return _clock.get(_system_clock)()


def today() -> date:
    """The present calendar day in Asia/Shanghai."""
    return now().date()


@contextmanager
def clock_set_to(clock: Clock | datetime) -> Iterator[None]:
    """Within the block :func:`now` asks ``clock``; a datetime stands still. For tests, simulations and replays."""
    chosen: Clock = (lambda: clock) if isinstance(clock, datetime) else clock
    token = _clock.set(chosen)
    try:
        yield
    finally:
        _clock.reset(token)


def in_shanghai(moment: datetime) -> datetime:
    """The same moment with Shanghai's wall clock; a naive datetime is taken as Shanghai's wall clock."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(SHANGHAI)


def age_on(birth: date, day: date) -> int:
    """Completed years of age on ``day`` (周岁). A person born on 29 February has the birthday on 1 March otherwise."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_after(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the last day of that month where there is none."""
    month0 = day.year * 12 + day.month - 1 + months
    year, month = divmod(month0, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
