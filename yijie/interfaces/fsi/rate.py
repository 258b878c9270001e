"""How many messages a second one institution may send to a server process: a runaway loop must not starve others."""

from __future__ import annotations

import threading
import time

from django.conf import settings

from yijie.kernel.errors import YijieError

from .clients import Profile

INSTITUTIONS_MAX = 100_000


class TooFast(YijieError):
    """More messages a second than the institution may send; nothing was done."""

    code = "busy.too_fast"
    zh = "机构 {institution} 发送过快，每秒最多 {rate} 笔，本次未作任何处理，请稍后用同一报文重试"
    en = "institution {institution} sends more than {rate} messages a second; nothing was done, send this again later"


class Buckets:
    """A bucket of a second's messages per institution, refilled steadily."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, institution: str, rate: int, moment: float) -> bool:
        """Take one message out of the bucket at a moment (seconds); False where it is empty."""
        with self._lock:
            if len(self._buckets) >= INSTITUTIONS_MAX:
                self._buckets.clear()
            left, last = self._buckets.get(institution, (float(rate), moment))
            left = min(float(rate), left + (moment - last) * rate)
            fits = left >= 1.0
            self._buckets[institution] = (left - 1.0 if fits else left, moment)
            return fits


_buckets = Buckets()


def require_rate(profile: Profile) -> None:
    """Refuse a message that comes too fast after the others of its institution."""
    rate = profile.rate_max or settings.RATE_MAX
    if not _buckets.take(profile.institution, rate, time.monotonic()):
        raise TooFast(institution=profile.institution, rate=rate)
