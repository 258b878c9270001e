"""Encounters, diagnoses and fee lines as queries read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yijie.domain.partition import month_of
from yijie.domain.transaction import fetch, from_json
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import moment_of, parse_public_id, public_id
from yijie.kernel.money import Fen

from .models import Diagnosis
from .record import COLUMNS, Record, as_record

ROWS_MAX = 500
"""Most rows a query answers; the caller narrows the period to see more."""


def of_person(
    person_number: str, institution: str, *, since: datetime, until: datetime, medical_type: str = "", number: str = ""
) -> list[Record]:
    """Encounters of a person at an institution that began within a period, newest first."""
    named = parse_public_id(number) if number else None
    rows = fetch(
        f"SELECT {COLUMNS} FROM encounter_encounter e WHERE person_number = %(person)s AND institution = %(at)s"
        " AND began_at BETWEEN %(since)s AND %(until)s AND (%(type)s = '' OR medical_type = %(type)s)"
        " AND (%(id)s::bigint IS NULL OR id = %(id)s) ORDER BY began_at DESC, id DESC LIMIT %(limit)s",
        {
            "person": person_number,
            "at": institution,
            "since": since,
            "until": until,
            "type": medical_type,
            "id": named[1] if named else (-1 if number else None),
            "limit": ROWS_MAX,
        },
    )
    return [as_record(row) for row in rows]


def persons_of(numbers: Sequence[str], institution: str) -> dict[str, str]:
    """Public number → person of those encounters that are this institution's, in one statement."""
    named = [parsed[1] for number in numbers if (parsed := parse_public_id(number))]
    rows = fetch(
        "SELECT region, id, person_number FROM encounter_encounter WHERE id = ANY(%s) AND institution = %s",
        [named, institution],
    )
    return {public_id(region, number): person for region, number, person in rows}


def staying(institution: str, person_number: str, since: datetime, until: datetime) -> list[Record]:
    """Stays of an institution that are open, admitted within a period; of one person where named."""
    rows = fetch(
        f"SELECT {COLUMNS} FROM encounter_encounter e WHERE institution = %(at)s AND stay AND state = 'open'"
        " AND began_at BETWEEN %(since)s AND %(until)s AND (%(person)s = '' OR person_number = %(person)s)"
        " ORDER BY began_at, id LIMIT %(limit)s",
        {"at": institution, "since": since, "until": until, "person": person_number, "limit": ROWS_MAX},
    )
    return [as_record(row) for row in rows]


def diagnoses_of(encounter: int) -> list[Diagnosis]:
    """Diagnoses of an encounter: admission first, then by rank."""
    return list(Diagnosis.objects.filter(encounter_id=encounter).order_by("phase", "rank"))


@dataclass(frozen=True, slots=True)
class LineRow:
    """A stored fee line with what the catalogue says of its item."""

    serial: str
    charged_at: datetime
    item: str
    own_code: str
    price: Decimal
    quantity: Decimal
    amount: Fen
    not_covered: Fen
    over_ceiling: Fen
    first_self_pay: Fen
    eligible: Fen
    item_class: str
    charge_category: str
    share: Decimal
    ceiling: Decimal | None
    restricted: bool
    approval: str
    details: dict[str, Any]
    item_name: str
    list_type: str
    specification: str
    dosage_form: str
    basic_drug: bool
    negotiated: bool
    paediatric: bool
    institution: str
    medical_type: str
    encounter: int


LINE = """SELECT l.serial, l.charged_at, l.item, l.own_code, l.price, l.quantity, l.amount, l.not_covered,
    l.over_ceiling, l.first_self_pay, l.eligible, l.item_class, l.charge_category, l.share, l.ceiling, l.restricted,
    l.approval, l.details, i.name, i.list_type, i.specification, i.dosage_form, i.basic_drug, i.negotiated,
    i.paediatric, e.institution, e.medical_type, l.encounter_id
FROM encounter_fee_line l
JOIN encounter_encounter e ON e.id = l.encounter_id
JOIN catalogue_item i ON i.code = l.item"""


def lines_of(encounter: int, batch: str, as_of: datetime) -> list[LineRow]:
    """Fee lines of a batch that were live at a moment, in the order of charging."""
    month = month_of(moment_of(encounter).date())
    rows = fetch(
        f"{LINE} WHERE l.month = %s AND l.encounter_id = %s AND l.batch = %s AND l.uploaded_at <= %s"
        " AND (l.revoked_at IS NULL OR l.revoked_at > %s) ORDER BY l.charged_at, l.serial",
        [month, encounter, batch, as_of, as_of],
    )
    return [_line(row) for row in rows]


def live_lines(encounters: Sequence[Record], batch: str) -> dict[int, list[LineRow]]:
    """Encounter id → fee lines of a batch that nobody took back, in the order of charging, in one statement."""
    months = sorted({encounter.month for encounter in encounters})
    rows = fetch(
        f"{LINE} WHERE l.month = ANY(%s) AND l.encounter_id = ANY(%s) AND l.batch = %s AND l.revoked_at IS NULL"
        " ORDER BY l.charged_at, l.serial",
        [months, [encounter.id for encounter in encounters], batch],
    )
    found: dict[int, list[LineRow]] = {encounter.id: [] for encounter in encounters}
    for line in map(_line, rows):
        found[line.encounter].append(line)
    return found


@dataclass(frozen=True, slots=True)
class ChargeSums:
    """What was charged of one category, in fen; classes A and B without what is paid by the patient alone."""

    category: str
    total: Fen
    class_a: Fen
    class_b: Fen
    not_covered: Fen
    over_ceiling: Fen


CHARGES = """
SELECT charge_category, sum(amount)::bigint,
       coalesce(sum(amount - not_covered) FILTER (WHERE item_class = '01'), 0)::bigint,
       coalesce(sum(amount - not_covered) FILTER (WHERE item_class = '02'), 0)::bigint,
       sum(not_covered)::bigint, sum(over_ceiling)::bigint
FROM encounter_fee_line
WHERE month = %s AND encounter_id = %s AND batch = %s AND uploaded_at <= %s AND (revoked_at IS NULL OR revoked_at > %s)
GROUP BY 1 ORDER BY 1
"""


def charges_of(encounter: int, batch: str, as_of: datetime) -> list[ChargeSums]:
    """Sums by charge category of the lines that :func:`lines_of` gives."""
    month = month_of(moment_of(encounter).date())
    return [ChargeSums(*row) for row in fetch(CHARGES, [month, encounter, batch, as_of, as_of])]


def chronic_drug_lines(person_number: str, since: datetime, until: datetime | None) -> list[LineRow]:
    """Drug lines charged to a person's chronic-disease visits within a period, newest first."""
    rows = fetch(
        f"{LINE} WHERE e.person_number = %s AND e.care IN ('chronic', 'two_diseases') AND i.list_type LIKE '1%%'"
        " AND l.revoked_at IS NULL AND l.charged_at >= %s AND coalesce(l.charged_at <= %s, true)"
        " ORDER BY l.charged_at DESC, l.serial LIMIT %s",
        [person_number, since, until, ROWS_MAX],
    )
    return [_line(row) for row in rows]


def _line(row: tuple[Any, ...]) -> LineRow:
    return LineRow(row[0], in_shanghai(row[1]), *row[2:17], from_json(row[17]), *row[18:])
