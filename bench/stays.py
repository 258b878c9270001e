"""Stays ready to settle, made in bulk: discharged encounters of different persons with graded lines stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from bench.load import http_request
from yijie.interfaces.demo.his import HospitalSystem, Patient
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id, public_id
from yijie.kernel.money import yuan

PRICE_FEN = 12_345
HOSPITAL = BEIJING_TERTIARY
REGION = "110105"


@dataclass(frozen=True)
class Stay:
    """One discharged encounter with its patient."""

    encounter: int
    patient: Patient
    total: str


def ready(count: int, lines: int, *, skip: int = 0, again: bool = False) -> list[Stay]:
    """``count`` stays of different employees, each with ``lines`` lines; ``skip`` persons are passed over.

    With ``again`` the persons come round as often as needed, each stay then resting on the one before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.number, p.name, p.certificate_number, e.region, e.category FROM enrolment_person p"
            " JOIN enrolment_enrolment e ON e.person_id = p.id WHERE e.insurance = '310' AND e.status = '1'"
            " AND e.category IN ('11', '12') AND p.number NOT LIKE '______0000%%'"
            " ORDER BY md5(p.number) OFFSET %s LIMIT %s",
            [skip, count],
        )
        people = cursor.fetchall()
    if again:
        people = [people[n % len(people)] for n in range(count)]
    assert len(people) == count, f"only {len(people)} persons left"
    ids = [new_id(now() - timedelta(milliseconds=n)) for n in range(count)]
    insert_stays([(number, person[0], person[3]) for number, person in zip(ids, people, strict=True)], lines)
    return [
        Stay(encounter, Patient(number, name, certificate, "310", category, home), yuan(PRICE_FEN * lines))
        for encounter, (number, name, certificate, home, category) in zip(ids, people, strict=True)
    ]


def insert_stays(stays: Sequence[tuple[int, str, str]], lines: int) -> None:
    """Store discharged stays of (encounter id, person number, home region), each with its graded lines."""
    began = now() - timedelta(days=5)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO encounter_encounter (id, region, institution, person_number, home_region, insurance, care,
                   medical_type, level, stay, record_number, began_at, ended_at, emergency, trauma, third_party,
                   disease, segment, state, settled, details, discharge, recorded_at)
               SELECT id, '110000', %s, person, home, '310', 'inpatient', '2101', '3', true, 'B' || id, %s, %s, true,
                   false, false, '', 1, 'discharged', '{}', '{"credential": "02"}', '{}', %s
               FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS k (id, person, home)""",
            [HOSPITAL, began, now(), now(), *(list(column) for column in zip(*stays, strict=True))],
        )
        cursor.execute(
            """INSERT INTO encounter_fee_line (month, encounter_id, serial, original, batch, charged_at, item, own_code,
                   price, quantity, amount, not_covered, over_ceiling, first_self_pay, eligible, item_class,
                   charge_category, share, ceiling, restricted, approval, details, uploaded_at)
               SELECT date_trunc('month', now())::date, id, n::text, '', 'stay-1', %s, '003310030220000', 'X', 123.45,
                   1, %s, 0, 0, %s, %s, '02', '06', 0.1, NULL, false, '0', '{}', now()
               FROM unnest(%s::bigint[]) AS k (id), generate_series(1, %s) AS n""",
            [began, PRICE_FEN, PRICE_FEN // 10, PRICE_FEN - PRICE_FEN // 10, [stay[0] for stay in stays], lines],
        )
        for table in ("encounter_encounter", "encounter_fee_line", "enrolment_person"):
            cursor.execute(f"ANALYZE {table}")


def settle_messages(stays: Sequence[Stay]) -> list[bytes]:
    """Messages that settle stays by 2304, paying the own share from the personal account where it can."""
    his = HospitalSystem("http://127.0.0.1", HOSPITAL, "样例", REGION)
    return [
        his.message(
            "2304",
            his.stay_bill(stay.patient, public_id("110000", stay.encounter), stay.total, account=True),
            insured_in=stay.patient.home_region,
            msgid=f"B{stay.encounter}",
        )
        for stay in stays
    ]


def settle_requests(stays: Sequence[Stay]) -> list[bytes]:
    """The same as HTTP requests."""
    return [http_request(message) for message in settle_messages(stays)]
