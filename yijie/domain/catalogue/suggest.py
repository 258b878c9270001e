"""Which national items an institution's own item may be, best first: by name, specification, maker and price.

The database finds candidates that share pairs of characters with the name (kept beside each item and indexed;
PostgreSQL's own trigram extension is not part of every server and sees little of two-character Chinese words). Pairs
that thousands of items share, such as those of 注射液, are not asked for where a name has others. Here they are ranked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yijie.domain.transaction import fetch, json_text
from yijie.kernel.dates import today
from yijie.kernel.region import province_of

WEIGHTS = {"name": 60, "specification": 20, "maker": 12, "price": 8}
"""What each agreement counts; what either side does not say counts for neither."""
CANDIDATES_MAX = 40
SUGGESTIONS_MAX = 3
SURE = 90
"""From here on a suggestion is offered for acceptance in bulk."""


@dataclass(frozen=True, slots=True)
class Own:
    """An institution's own item."""

    own_code: str
    own_name: str
    list_type: str
    specification: str
    maker: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A national item with how well it agrees, 0 to 100, and in what."""

    item: str
    name: str
    specification: str
    maker: str
    score: int
    agreements: dict[str, int]

    @property
    def sure(self) -> bool:
        """Whether it may be accepted without looking twice."""
        return self.score >= SURE


COMMON = 1_000
"""A pair that more items share says little; it is asked for only where a name has no other that any item has."""

CANDIDATES = """
WITH common AS MATERIALIZED (SELECT yijie_common_pairs(%(common)s) AS pairs),
asked AS MATERIALIZED (
    SELECT k.nr, k.list_type, char_length(k.name) AS length, p.every,
           ARRAY(SELECT pair FROM unnest(p.every) pair WHERE pair <> ALL (c.pairs)) AS telling
    FROM json_to_recordset(%(asked)s::json) AS k (nr integer, name text, list_type text)
    CROSS JOIN common c CROSS JOIN LATERAL (SELECT yijie_pairs(k.name) AS every) p
), sought AS MATERIALIZED (
    SELECT a.*, CASE WHEN EXISTS (SELECT 1 FROM catalogue_item i WHERE i.pairs && a.telling AND i.valid)
                     THEN a.telling ELSE a.every END AS wanted
    FROM asked a
)
SELECT k.nr, i.code, i.name, i.specification, i.maker,
       (SELECT coalesce(t.ceiling_3, t.ceiling_2, t.ceiling_1) FROM catalogue_term t
        WHERE t.region = %(region)s AND t.item_id = i.code AND t.since <= %(day)s AND coalesce(t.until >= %(day)s, true)
        ORDER BY t.since DESC LIMIT 1)
FROM sought k
CROSS JOIN LATERAL (
    SELECT * FROM catalogue_item i
    WHERE i.pairs && k.wanted AND i.valid AND left(i.list_type, 1) = left(k.list_type, 1)
    ORDER BY (SELECT count(*) FROM unnest(i.pairs) p WHERE p = ANY (k.every)) DESC,
             abs(char_length(i.name) - k.length), i.code
    LIMIT %(most)s
) i
"""


def suggest(own: Sequence[Own], region: str) -> list[list[Suggestion]]:
    """For each own item up to three national items of the same list, best first; one statement for all."""
    asked = [{"nr": nr, "name": one.own_name, "list_type": one.list_type} for nr, one in enumerate(own)]
    rows = fetch(
        CANDIDATES,
        {
            "asked": json_text(asked),
            "region": province_of(region),
            "day": today(),
            "most": CANDIDATES_MAX,
            "common": COMMON,
        },
    )
    found: list[list[Suggestion]] = [[] for _ in own]
    for nr, code, name, specification, maker, ceiling in rows:
        agreements = _agreements(own[nr], name, specification, maker, ceiling)
        weight = sum(WEIGHTS[what] for what in agreements)
        score = sum(WEIGHTS[what] * agreed for what, agreed in agreements.items()) // weight
        found[nr].append(Suggestion(code, name, specification, maker, score, agreements))
    return [sorted(some, key=lambda one: (-one.score, one.item))[:SUGGESTIONS_MAX] for some in found]


def _agreements(own: Own, name: str, specification: str, maker: str, ceiling: Decimal | None) -> dict[str, int]:
    """How far each fact agrees, 0 to 100; only facts that both sides say."""
    said = {"name": likeness(own.own_name, name)}
    if own.specification and specification:
        said["specification"] = likeness(own.specification, specification)
    if own.maker and maker:
        said["maker"] = likeness(own.maker, maker)
    if own.price and ceiling:
        said["price"] = int(100 * min(own.price, ceiling) / max(own.price, ceiling))
    return said


def likeness(one: str, other: str) -> int:
    """Pairs of characters that two texts share, of all their pairs (Dice), 0 to 100; width and case do not count."""
    left, right = _pairs(one), _pairs(other)
    return 200 * len(left & right) // (len(left) + len(right)) if left or right else 0


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum() or c in ".%")
    return frozenset(plain[at : at + 2] for at in range(max(1, len(plain) - 1))) if plain else frozenset()
