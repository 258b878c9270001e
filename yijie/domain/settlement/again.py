"""Settling again after a late filing: which settlements it would have covered, and how far each repetition is.

The institution takes the settlement back and settles anew; a filing counts for settlements made after it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yijie.domain.transaction import fetch, in_transaction
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id, public_id
from yijie.kernel.money import Fen

from .models import Resettlement, Settlement


class NotToSettleAgain(YijieError):
    """A settlement that is not to be repeated."""

    code = "settlement.not_again"
    zh = "结算 {number} 不能要求重新结算：{why}"
    en = "settlement {number} is not to be repeated: {why_en}"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A repetition that was asked for, with what the patient paid before and pays now."""

    id: int
    number: str
    encounter: str
    person_number: str
    home_region: str
    reason: str
    asked_at: Any
    asked_by: str
    voided: bool
    following: str
    cash_before: Fen
    cash_after: Fen | None

    @property
    def state(self) -> str:
        """asked → voided → done."""
        return "done" if self.following else "voided" if self.voided else "asked"


COVERED = """
SELECT s.id, s.region, s.institution, s.settled_at, s.total, s.cash FROM settlement_settlement s
JOIN encounter_encounter e ON e.id = s.encounter
WHERE s.person_number = %(person)s AND s.insurance = %(insurance)s AND s.home_region = %(home)s AND s.region = %(care)s
  AND s.state = 'settled' AND s.voids IS NULL AND s.settled_at < %(requested)s
  AND coalesce(e.ended_at, e.began_at)::date >= %(since)s AND coalesce(e.began_at::date <= %(until)s, true)
  AND %(institution)s IN ('', s.institution)
  AND NOT EXISTS (SELECT 1 FROM settlement_resettlement r WHERE r.settlement = s.id)
ORDER BY s.settled_at
"""


def covered_late(filing: Any) -> list[tuple[int, str, Any, Fen, Fen]]:
    """Settlements made before a filing was asked for, of care within its days: id, number, when, total, cash."""
    rows = fetch(
        COVERED,
        {
            "person": filing.person_number,
            "insurance": filing.insurance,
            "home": filing.home_region,
            "care": filing.care_region,
            "requested": filing.requested_at,
            "since": filing.since,
            "until": filing.until,
            "institution": filing.institution,
        },
    )
    return [(row[0], public_id(row[1], row[0]), *row[3:]) for row in rows]


def ask_to_settle_again(settlement: int, *, reason: str, by: str, filing: int | None = None) -> Resettlement:
    """Ask the institution; once for a settlement."""

    def work() -> Resettlement:
        row = Settlement.objects.select_for_update().filter(id=settlement, voids__isnull=True).first()
        if row is None or row.state != Settlement.State.SETTLED:
            raise NotToSettleAgain(number=settlement, why="不存在或已撤销", why_en="it is not there or voided")
        if Resettlement.objects.filter(settlement=settlement).exists():
            raise NotToSettleAgain(
                number=public_id(row.region, row.id), why="已提出过", why_en="that was asked for already"
            )
        return Resettlement.objects.create(
            id=new_id(),
            settlement=row.id,
            region=row.region,
            home_region=row.home_region,
            institution=row.institution,
            encounter=row.encounter,
            person_number=row.person_number,
            reason=reason[:200],
            filing=filing,
            asked_at=now(),
            asked_by=by,
        )

    return in_transaction(work)


REPEATED = """
SELECT r.id, s.id, s.region, r.encounter, r.person_number, r.home_region, r.reason, r.asked_at, r.asked_by,
       s.state = 'voided', n.id, s.cash, n.cash
FROM settlement_resettlement r
JOIN settlement_settlement s ON s.id = r.settlement
LEFT JOIN LATERAL (
    SELECT id, cash FROM settlement_settlement n
    WHERE n.encounter = s.encounter AND n.batch = s.batch AND n.voids IS NULL AND n.state = 'settled'
      AND n.settled_at > s.settled_at LIMIT 1
) n ON true
WHERE %(institution)s IN ('', r.institution) AND (%(id)s::bigint IS NULL OR r.id = %(id)s::bigint)
ORDER BY r.asked_at DESC, r.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""


def repeated(*, institution: str = "", number: int | None = None, limit: int, offset: int = 0) -> list[Repeated]:
    """Repetitions asked for, newest first; of one institution where it is named."""
    rows = fetch(REPEATED, {"institution": institution, "id": number, "limit": limit, "offset": offset})
    return [
        Repeated(
            id=row[0],
            number=public_id(row[2], row[1]),
            encounter=public_id(row[2], row[3]),
            person_number=row[4],
            home_region=row[5],
            reason=row[6],
            asked_at=row[7],
            asked_by=row[8],
            voided=row[9],
            following=public_id(row[2], row[10]) if row[10] else "",
            cash_before=row[11],
            cash_after=row[12],
        )
        for row in rows
    ]
