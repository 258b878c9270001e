"""Numbers that name things: sortable by time, unique without asking anyone, short enough for the national interface.

An id is 63 bits: milliseconds since 2020-01-01 (Shanghai) in the high 42, random bits in the low 21, so any node
can make one, indexes grow at one end, and the month of a record can be read from its key. Where two meet in the same
millisecond with the same random bits the primary key refuses the second and the operation is tried again.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from yijie.kernel.dates import SHANGHAI, now

EPOCH = datetime(2020, 1, 1, tzinfo=SHANGHAI)
RANDOM_BITS = 21
PUBLIC_DIGITS = 19


def new_id(moment: datetime | None = None) -> int:
    """A fresh id for ``moment`` (default: now)."""
    elapsed_ms = (moment or now()) - EPOCH
    return (elapsed_ms // timedelta(milliseconds=1)) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)


def moment_of(number: int) -> datetime:
    """The millisecond in which an id was made."""
    return EPOCH + timedelta(milliseconds=number >> RANDOM_BITS)


def public_id(region: str, number: int) -> str:
    """An id as the outside sees it: 6-digit region and 19 digits, 25 characters (national fields allow 30)."""
    return f"{region}{number:0{PUBLIC_DIGITS}d}"


def parse_public_id(text: str) -> tuple[str, int] | None:
    """(region, id) of a public id, or None when the text is no public id."""
    if len(text) == 6 + PUBLIC_DIGITS and text.isascii() and text.isdigit() and int(text[6:]) < 1 << 63:
        return text[:6], int(text[6:])
    return None
