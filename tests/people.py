"""Insured people made to measure: each test brings its own, so that no year it looks at was used before."""

import itertools
from datetime import date, timedelta

from django.db import transaction

from yijie.domain import enrolment, ledger
from yijie.domain.enrolment import EnrolmentRow, PersonRow
from yijie.interfaces.demo.his import Patient
from yijie.interfaces.sample import OPENED_AT
from yijie.interfaces.sample.institutions import seats
from yijie.kernel.identity import resident_number

SEED = "9999"
"""Stands in the person number where a sample person has the seed of the nation."""
SERIALS = itertools.count(1)
BIRTHS_A_DAY = 900


def born(
    pool="110000",
    insurance="310",
    category="11",
    *,
    account=0,
    tier="",
    birth=date(1980, 1, 1),
    since=date(2010, 1, 1),
    paused_on=None,
):
    """Register one person with one insurance relation; ``account`` is what the personal account holds, in fen."""
    [patient] = born_many(
        1, pool, insurance, category, account=account, tier=tier, birth=birth, since=since, paused_on=paused_on
    )
    return patient


def born_many(
    count,
    pool="110000",
    insurance="310",
    category="11",
    *,
    account=0,
    tier="",
    birth=date(1980, 1, 1),
    since=date(2010, 1, 1),
    paused_on=None,
):
    """Register people who differ in nothing but their numbers."""
    patients = [_patient(next(SERIALS), pool, insurance, category, birth) for _ in range(count)]
    status = "2" if paused_on else "1"
    with transaction.atomic():
        enrolment.load_persons(
            PersonRow(p.number, pool, p.name, "1", birth, "01", "01", p.certificate, _card(p), "", True)
            for p in patients
        )
        enrolment.load_enrolments(
            EnrolmentRow(p.number, pool, insurance, category, status, since, paused_on, False, False, tier, "")
            for p in patients
        )
        if insurance == "310":
            ledger.load_openings((ledger.OpeningRow(pool, p.number, account) for p in patients), OPENED_AT)
    return patients


def _patient(serial, pool, insurance, category, birth):
    day = birth + timedelta(days=serial // BIRTHS_A_DAY)
    certificate = resident_number(seats(pool)[0].code, day, 1 + serial % BIRTHS_A_DAY)
    return Patient(f"{pool}{SEED}{serial:010d}", f"样例{serial}", certificate, insurance, category, pool)


def _card(patient):
    return f"T{patient.number[-8:]}"
