"""Times that a desk states about an encounter."""

from __future__ import annotations

from datetime import datetime, timedelta

from yijie.kernel.dates import now

from .errors import TimesUnfit

CLOCK_SKEW = timedelta(hours=24)
"""How far ahead of the platform's clock a desk's times may be before they are taken for a slip."""


def require_past(moment: datetime, *, what: str, field: str) -> None:
    """Refuse a time in the future: benefits of a year that has not begun would be used up."""
    if moment > now() + CLOCK_SKEW:
        raise TimesUnfit(what=f"{what} {moment:%Y-%m-%d %H:%M} 在将来", field=field)
