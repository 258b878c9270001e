"""Desks of the simulation and the oracle that keeps the books beside them: what each desk was told, to the fen."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import reckoning
from desks import CODE, Desk
from django.db import connection
from nodes.place import Place
from nodes.world import Died, World

from yijie.interfaces.demo.his import Patient
from yijie.kernel.ids import new_id, public_id

PRICE_FEN = 2_345_67
LINES = 3


@dataclass
class Told:
    """What a desk knows of one message: done (with what), refused, or unknown."""

    infno: str
    msgid: str
    body: bytes
    state: str = "unknown"
    number: str = ""
    funds: Decimal = Decimal(0)
    code: str = ""
    target: str = ""


@dataclass
class Stay:
    """A stay to be settled at a place, and everything its desk did about it."""

    place: Place
    desk: Desk
    patient: Patient
    encounter: int
    region: str
    messages: list[Told] = field(default_factory=list)

    @property
    def number(self) -> str:
        """mdtrt_id"""
        return public_id(self.region, self.encounter)

    def living(self) -> set[str]:
        """The oracle's settlements that live: those told to be done, less those told to be taken back."""
        done = {m.number for m in self.messages if m.infno == "2304" and m.state == "done"}
        return done - {m.target for m in self.messages if m.infno == "2305" and m.state == "done"}


ELIGIBLE = (PRICE_FEN - PRICE_FEN // 10) * LINES
BENEFITS = {"510100": ((80_000, 40_000, 0), 85), "110000": ((130_000, 65_000, 65_000), 85)}
"""By home region: the deductible of the first, second and later stays of a year (fen), and the fund's per cent."""
EMERGENCY_ELSEWHERE = 10
"""Points fewer for an emergency outside the pool."""


def reckoned(home: str, cares: Sequence[str], account: int) -> list[int]:
    """What a person's stays in these regions, settled in this order in one year, cost fund and account; by hand."""
    deductibles, per_cent = BENEFITS[home]
    owed = []
    for ordinal, care in enumerate(cares):
        seen = ELIGIBLE - deductibles[min(ordinal, len(deductibles) - 1)]
        fund = reckoning.rounded(Fraction(seen * (per_cent - EMERGENCY_ELSEWHERE * (care != home)), 100))
        own = min(account, PRICE_FEN * LINES - fund)
        account -= own
        owed.append(fund + own)
    return owed


INSERT_STAYS = """
INSERT INTO encounter_encounter (id, region, institution, person_number, home_region, insurance, care, medical_type,
    level, stay, record_number, began_at, ended_at, emergency, trauma, third_party, disease, segment, state, settled,
    details, discharge, recorded_at)
SELECT id, region, institution, person_number, home_region, '310', 'inpatient', '2101', '3', true, 'S' || id,
    began - interval '5 days', began - interval '1 day', true, false, false, '', 1, 'discharged', '{}',
    '{"credential": "02"}', '{}', began
FROM json_to_recordset(%s::json) AS k (id bigint, region text, institution text, person_number text, home_region text,
    began timestamptz)
"""
INSERT_LINES = """
INSERT INTO encounter_fee_line (month, encounter_id, serial, original, batch, charged_at, item, own_code, price,
    quantity, amount, not_covered, over_ceiling, first_self_pay, eligible, item_class, charge_category, share, ceiling,
    restricted, approval, details, uploaded_at)
SELECT date_trunc('month', (began - interval '1 day') AT TIME ZONE 'Asia/Shanghai')::date, id, n::text, '', 'stay-1',
    began - interval '2 days', '003310030220000', 'X', %s, 1, %s, 0, 0, %s, %s, '02', '06', 0.1, NULL, false, '0',
    '{}', began - interval '2 days'
FROM json_to_recordset(%s::json) AS k (id bigint, began timestamptz), generate_series(1, %s) AS n
"""


def discharged(place: Place, desk: Desk, patient: Patient, region: str, began) -> Stay:
    """A discharged stay with graded lines at a place, ready to settle."""
    [stay] = discharged_many(place, [(desk, patient, region, began)])
    return stay


def discharged_many(place: Place, arrivals: Sequence[tuple[Desk, Patient, str, datetime]]) -> list[Stay]:
    """Discharged stays of (desk, patient, region, moment), all in two statements."""
    stays = [
        Stay(place, desk, patient, new_id(began - timedelta(days=1)), region)
        for desk, patient, region, began in arrivals
    ]
    rows = json.dumps(
        [
            {
                "id": stay.encounter,
                "region": stay.region,
                "institution": stay.desk.code,
                "person_number": stay.patient.number,
                "home_region": stay.patient.home_region,
                "began": began.isoformat(),
            }
            for stay, (*_, began) in zip(stays, arrivals, strict=True)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_STAYS, [rows])
        first = PRICE_FEN // 10
        cursor.execute(INSERT_LINES, [Decimal(PRICE_FEN) / 100, PRICE_FEN, first, PRICE_FEN - first, rows, LINES])
    return stays


class Desks:
    """The desks of a run: they settle, lose answers, send again, void; each remembers what it was told."""

    def __init__(self, world: World, stays: list[Stay], run: int) -> None:
        self.world, self.stays, self.run = world, stays, run
        self.numbers = itertools.count(1)

    def plan(self) -> None:
        """Draw what the desks will do and when."""
        dice = self.world.dice
        for stay in self.stays:
            at = dice.uniform(0, 20)
            first = self._settle(stay)
            self.world.later(at, lambda stay=stay, first=first: self._say(stay, first))
            if dice.random() < 0.4:
                self.world.later(at + dice.uniform(0, 12), lambda stay=stay, first=first: self._say(stay, first))
            if dice.random() < 0.3:
                other = self._settle(stay)
                self.world.later(at + dice.uniform(0, 3), lambda stay=stay, other=other: self._say(stay, other))
            if dice.random() < 0.5:
                self.world.later(at + dice.uniform(1, 30), lambda stay=stay: self._void_one(stay))

    def _settle(self, stay: Stay) -> Told:
        msgid = f"{stay.desk.code}{self.run:09d}{next(self.numbers):09d}"
        total = str(Decimal(PRICE_FEN * LINES) / 100)
        bill = stay.desk.stay_bill(stay.patient, stay.number, total, account=True)
        body = stay.desk.message("2304", bill, insured_in=stay.patient.home_region, msgid=msgid)
        told = Told("2304", msgid, body)
        stay.messages.append(told)
        return told

    def _void_one(self, stay: Stay) -> None:
        living = sorted(stay.living())
        if not living:
            return
        msgid = f"{stay.desk.code}{self.run:09d}{next(self.numbers):09d}"
        row = {"mdtrt_id": stay.number, "setl_id": living[0], "psn_no": stay.patient.number}
        body = stay.desk.message("2305", {"data": row}, insured_in=stay.patient.home_region, msgid=msgid)
        told = Told("2305", msgid, body, target=living[0])
        stay.messages.append(told)
        self._say(stay, told)

    def _say(self, stay: Stay, told: Told) -> None:
        """Send a message; what is definitive is remembered, what is not stays unknown."""
        if not stay.place.alive:
            return
        try:
            with self.world.at(stay.place):
                whole = json.loads(stay.desk.answered(told.body), parse_float=Decimal)
        except Died:
            if told.state == "refused":
                told.state = "unknown"  # it was refused before; what became of it this time nobody has said
            self.world.note(f"{told.infno} of {stay.patient.number[-4:]} unanswered")
            return
        if whole["infcode"] == 0:
            info = whole["output"]["setlinfo"]
            known = (info["setl_id"], info["fund_pay_sumamt"] + info["acct_pay"])
            assert told.state != "done" or (told.number, told.funds) == known, "another answer to the same message"
            told.state, (told.number, told.funds) = "done", known
        elif told.state != "done":
            told.code = CODE.search(whole["err_msg"])[1]
            assert told.code not in UNFORESEEN, whole["err_msg"]
            told.state = "unknown" if told.code == "settlement.outcome_unknown" else "refused"
        self.world.note(f"{told.infno} {told.msgid[-4:]} of {stay.patient.number[-4:]} {told.code or told.state}")

    def unknown(self) -> list[tuple[Stay, Told]]:
        """Messages whose outcome a desk does not know."""
        return [(stay, told) for stay in self.stays for told in stay.messages if told.state == "unknown"]

    def ask_again(self) -> None:
        """Every desk sends what it does not know the outcome of again."""
        for stay, told in self.unknown():
            self._say(stay, told)


UNFORESEEN = {"platform.unforeseen", "exchange.peer_failed", "invariant.broken"}
