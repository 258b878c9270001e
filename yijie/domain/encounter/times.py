"""Times that a desk states about an encounter."""

from __future__ import annotations

from datetime import datetime, timedelta

from yijie.kernel.dates import now
from yijie.kernel.language import Text

from .errors import TimesUnfit

CLOCK_SKEW = timedelta(hours=24)
"""How far ahead of the platform's clock a desk's times may be before they are taken for a slip."""


def require_past(moment: datetime, *, what: Text, field: str) -> None:
    """Refuse a time in the future: benefits of a year that has not begun would be used up."""
    if moment > now() + CLOCK_SKEW:
        told = f"{moment:%Y-%m-%d %H:%M}"
        raise TimesUnfit(what=Text(f"{what.zh} {told} 在将来", f"{what.en} {told} lies ahead"), field=field)
