"""Who paid what: told from the books, after asking whether they agree."""

from __future__ import annotations

from dataclasses import dataclass

from yijie.domain.coherent import Disagreement, disagreements
from yijie.domain.transaction import fetch
from yijie.kernel.identity import masked_name
from yijie.kernel.money import yuan
from yijie.kernel.region import name_of

LIVING = """
SELECT p.name, s.home_region, s.region, s.total,
       s.pooled + s.large_amount + s.major_illness + s.company + s.civil_servant + s.aid + s.disabled + s.other,
       s.account, s.cash
FROM settlement_settlement s JOIN enrolment_person p ON p.number = s.person_number
WHERE s.voids IS NULL AND s.state = 'settled' ORDER BY s.settled_at
"""
COUNTS = """
SELECT (SELECT count(*) FROM settlement_settlement WHERE voids IS NULL),
       (SELECT count(*) FROM settlement_settlement WHERE voids IS NOT NULL),
       (SELECT count(DISTINCT region) FROM ledger_posting WHERE settlement IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The living settlements as rows of text, how many were made, voided and in how many regions, what disagrees."""

    rows: list[list[str]]
    settlements: int
    voided: int
    regions: int
    found: list[Disagreement]


def accounts() -> Accounts:
    """The state of the books."""
    rows = [
        [masked_name(name), name_of(home), name_of(care), *(yuan(amount) for amount in amounts)]
        for name, home, care, *amounts in fetch(LIVING)
    ]
    [(settlements, voided, regions)] = fetch(COUNTS)
    return Accounts(rows, settlements, voided, regions, disagreements())
