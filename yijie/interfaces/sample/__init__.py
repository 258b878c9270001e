"""The sample nation: seven pools with institutions, catalogue, terms and people, generated and repeatable from a seed.

Nobody in it exists. Region, drug and service codes with their names are public facts (each data file names its source
in its first line); everything else, prices above all, is made up. ``docs/sample-nation.md`` describes it.
"""

from __future__ import annotations

from datetime import date, datetime

from yijie.kernel.dates import SHANGHAI

PEOPLE = 20_000
"""How many people are generated unless told otherwise; the cast comes on top."""

SEED = 2026
"""From which the people are drawn unless told otherwise. Institutions and catalogue are the same for every seed."""

AS_OF = date(2026, 1, 1)
"""The day on which the nation is described: ages, relations and opening balances hold on it."""

OPENED_AT = datetime(2026, 1, 1, tzinfo=SHANGHAI)
"""When the personal accounts were opened in the books."""
