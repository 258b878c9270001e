"""Settlements as queries read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yijie.domain.transaction import fetch, from_json
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import parse_public_id, public_id
from yijie.kernel.money import Fen

from .models import FUNDS, MONEY

COLUMNS = (
    "id, region, institution, encounter, batch, mid_stay, person_number, home_region, insurance, category, care,"
    " medical_type, year, state, settled_at, voids, voided_at, ratio, details"
)


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """One stored settlement; ``money`` holds the amounts in fen by column name."""

    id: int
    region: str
    institution: str
    encounter: int
    batch: str
    mid_stay: bool
    person_number: str
    home_region: str
    insurance: str
    category: str
    care: str
    medical_type: str
    year: int
    state: str
    settled_at: datetime
    voids: int | None
    voided_at: datetime | None
    ratio: Decimal
    details: dict[str, Any]
    money: dict[str, Fen]

    @property
    def number(self) -> str:
        """Public number (setl_id)."""
        return public_id(self.region, self.id)

    @property
    def funds(self) -> dict[str, Fen]:
        """What each fund paid."""
        return {name: self.money[name] for name in FUNDS}


def find(number: str, encounter_number: str, person_number: str) -> SettlementRow | None:
    """The settlement with that number, of that encounter and person, voids included."""
    settlement, encounter = parse_public_id(number), parse_public_id(encounter_number)
    if settlement is None or encounter is None:
        return None
    rows = _rows(
        "id = %s AND region = %s AND encounter = %s AND person_number = %s",
        [settlement[1], settlement[0], encounter[1], person_number],
    )
    return rows[0] if rows else None


def by_number(number: str) -> SettlementRow | None:
    """The settlement with a public number, whoever it is for."""
    named = parse_public_id(number)
    rows = _rows("id = %s AND region = %s", [named[1], named[0]]) if named else []
    return rows[0] if rows else None


def many(numbers: Sequence[str], institution: str) -> dict[str, SettlementRow]:
    """Public number → settlement, of those that are this institution's, in one statement."""
    named = [parsed[1] for number in numbers if (parsed := parse_public_id(number))]
    rows = _rows("id = ANY(%s) AND institution = %s", [named, institution])
    return {row.number: row for row in rows}


def of_person(person_number: str, institution: str, *, since: datetime, until: datetime) -> list[SettlementRow]:
    """Settlements of a person at an institution that were made within a period, voids included, oldest first."""
    return _rows(
        "person_number = %s AND institution = %s AND settled_at BETWEEN %s AND %s AND state IN ('settled', 'voided')",
        [person_number, institution, since, until],
    )


def of_encounter(encounter: int) -> list[SettlementRow]:
    """All settlements of an encounter in the order they were made, voids included."""
    return _rows("encounter = %s", [encounter])


def _rows(condition: str, parameters: list[Any]) -> list[SettlementRow]:
    money = ", ".join(MONEY)
    width = len(MONEY)
    rows = fetch(
        f"SELECT {COLUMNS}, {money} FROM settlement_settlement WHERE {condition} ORDER BY settled_at, id", parameters
    )
    return [
        SettlementRow(
            *row[:14],
            in_shanghai(row[14]),
            row[15],
            row[16] and in_shanghai(row[16]),
            row[17],
            from_json(row[18]),
            dict(zip(MONEY, row[-width:], strict=True)),
        )
        for row in rows
    ]
