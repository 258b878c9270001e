"""Settling again after a late filing: which settlements it would have covered, and how far each repetition is.

Where a third party is liable the settlement is only taken back: it is settled again when a later check finds otherwise.

The institution takes the settlement back and settles anew; a filing counts for settlements made after it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yijie.domain.transaction import fetch, in_transaction
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id, public_id
from yijie.kernel.language import Text
from yijie.kernel.money import Fen

from .models import Resettlement, Settlement

THIRD_PARTY = "third_party"
"""The reason of what is taken back because a third party is liable."""


class NotToSettleAgain(YijieError):
    """A settlement that is not to be repeated."""

    code = "settlement.not_again"
    zh = "结算 {number} 不能要求重新结算：{why}"
    en = "settlement {number} is not to be repeated: {why}"


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
    excluded: bool
    following: str
    cash_before: Fen
    cash_after: Fen | None

    @property
    def state(self) -> str:
        """asked → voided → done; of a third party's liability asked → borne, or lifted by a later check."""
        if self.following:
            return "done"
        if self.voided:
            return "borne" if self.excluded else "voided"
        return "lifted" if self.reason == THIRD_PARTY and not self.excluded else "asked"


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
            raise NotToSettleAgain(number=settlement, why=Text("不存在或已撤销", "it is not there or voided"))
        if Resettlement.objects.filter(settlement=settlement).exists():
            raise NotToSettleAgain(
                number=public_id(row.region, row.id), why=Text("已提出过", "that was asked for already")
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
       s.state = 'voided', coalesce(c.outcome = 'excluded', false), n.id, s.cash, n.cash
FROM settlement_resettlement r
JOIN settlement_settlement s ON s.id = r.settlement
LEFT JOIN LATERAL (
    SELECT id, cash FROM settlement_settlement n
    WHERE n.encounter = s.encounter AND n.batch = s.batch AND n.voids IS NULL AND n.state = 'settled'
      AND n.settled_at > s.settled_at LIMIT 1
) n ON true
LEFT JOIN LATERAL (
    SELECT outcome FROM encounter_traumacheck c WHERE c.encounter_id = r.encounter ORDER BY at DESC, id DESC LIMIT 1
) c ON true
WHERE %(institution)s IN ('', r.institution) AND (%(id)s::bigint IS NULL OR r.id = %(id)s::bigint)
  AND (%(encounter)s::bigint IS NULL OR r.encounter = %(encounter)s::bigint)
ORDER BY r.asked_at DESC, r.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""


def not_asked_back(encounter: int) -> list[int]:
    """Living settlements of an encounter whose repetition nobody has asked for yet."""
    rows = fetch(
        "SELECT id FROM settlement_settlement s WHERE encounter = %s AND state = 'settled' AND voids IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM settlement_resettlement r WHERE r.settlement = s.id) ORDER BY settled_at",
        [encounter],
    )
    return [number for (number,) in rows]


def repeated(
    *, institution: str = "", number: int | None = None, encounter: int | None = None, limit: int, offset: int = 0
) -> list[Repeated]:
    """Repetitions asked for, newest first; of one institution or one encounter where it is named."""
    asked = {"institution": institution, "id": number, "encounter": encounter, "limit": limit, "offset": offset}
    rows = fetch(REPEATED, asked)
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
            excluded=row[10],
            following=public_id(row[2], row[11]) if row[11] else "",
            cash_before=row[12],
            cash_after=row[13],
        )
        for row in rows
    ]
