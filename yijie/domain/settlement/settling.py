"""The care region settles: encounters locked, bills summed, the home region's decision held, all written at once.

Written for a list of charges; one settlement is a list of one. Here home and care region live in one database, so
holding the benefit and settling are one transaction; ``crossing.py`` is for those that do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yijie.domain import decision, encounter, ledger
from yijie.domain.decision import BenefitRequest, Decided, Granted
from yijie.domain.encounter import Bill, Record
from yijie.domain.enrolment import Shown
from yijie.domain.transaction import execute, fetch, json_text
from yijie.engines.benefit import Benefit
from yijie.kernel.codes import Fund
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.errors import YijieError, invariant
from yijie.kernel.ids import new_id, public_id
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, half_up, yuan

from .errors import Certified, InsuranceDiffers, NotDischarged, TotalDiffers
from .models import FUNDS, MONEY


@dataclass(frozen=True, slots=True)
class Charge:
    """What a desk asks to settle.

    ``batch`` names a charge batch of a visit; a stay settles its current interval and gives none. ``declared`` are the
    sums the desk believes in, by name of the bill's parts; each that is given must agree with the uploaded lines.
    """

    encounter: int
    number: str
    institution: str
    person_number: str
    shown: Shown
    declared: dict[str, Fen]
    use_account: bool
    insurance: str
    batch: str = ""
    mid_stay: bool = False
    care: str = ""
    medical_type: str = ""
    details: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement (or a quote of one): the encounter, the bill, the decision, and when."""

    id: int
    charge: Charge
    encounter: Record
    batch: str
    bill: Bill
    decided: Decided | Granted
    settled_at: datetime

    @property
    def number(self) -> str:
        """The settlement's public number (setl_id)."""
        return public_id(self.encounter.region, self.id)

    @property
    def ratio(self) -> Decimal:
        """Share the pooled fund paid of the cost above the deductible, to four decimals; 0 where it paid nothing."""
        ratio = self.decided.benefit.pooled_ratio
        return Decimal(half_up(ratio.numerator * 10_000, ratio.denominator)).scaleb(-4) if ratio else Decimal(0)

    @property
    def money(self) -> dict[str, Fen]:
        """The bill's parts and who pays them, in fen, by the names of the settlement's money columns."""
        bill, benefit = self.bill, self.decided.benefit
        return {
            "total": bill.total,
            "not_covered": bill.not_covered,
            "over_ceiling": bill.over_ceiling,
            "first_self_pay": bill.first_self_pay,
            "eligible": bill.eligible,
            "deductible": benefit.deductible,
            **{fund: benefit.funds.get(Fund(fund), 0) for fund in FUNDS},
            "account": benefit.personal_account,
            "cash": benefit.cash,
            "hospital_borne": benefit.hospital_borne,
        }

    @property
    def account_after(self) -> Fen:
        """What the personal account holds afterwards."""
        return self.decided.account_before - self.decided.benefit.personal_account


Outcome = Settled | YijieError


def quote(charge: Charge) -> Settled:
    """What settling now would decide; nothing is stored or locked."""
    records = encounter.read_many([charge.encounter])
    [outcome] = _decided([charge], records, now(), quoting=True)
    if isinstance(outcome, YijieError):
        raise outcome
    return outcome


def settle(charges: Sequence[Charge]) -> list[Outcome]:
    """Settle charges of different persons in the running transaction; a refused one is answered by its error.

    Everything a settlement writes is written in this transaction: settlement, decision, accumulators, postings, marks.
    """
    records = encounter.lock_many([charge.encounter for charge in charges])
    outcomes = _decided(charges, records, now(), quoting=False)
    settled = [outcome for outcome in outcomes if isinstance(outcome, Settled)]
    if settled:
        _write(settled)
    return outcomes


def _decided(
    charges: Sequence[Charge], records: dict[int, Record], moment: datetime, *, quoting: bool
) -> list[Outcome]:
    asked = asked_of(charges, records, moment, quoting=quoting)
    requests = [a.request for a in asked if isinstance(a, Asked)]
    if not requests:
        return [a for a in asked if isinstance(a, YijieError)]
    decisions = iter([decision.quote(requests[0])] if quoting else decision.hold(requests))
    return [a if isinstance(a, YijieError) else a.settled(next(decisions)) for a in asked]


def asked_of(
    charges: Sequence[Charge], records: dict[int, Record], moment: datetime, *, quoting: bool = False
) -> list[Asked | YijieError]:
    """What the home regions are to be asked for charges over encounters; a refusal of the care side in its place."""
    checked = _without_excluded([_checked(charge, records, quoting=quoting) for charge in charges])
    opened = [c.record for c in checked if isinstance(c, _Open)]
    sums = encounter.bills(opened) if opened else {}
    billed = [c if isinstance(c, YijieError) else c.billed(sums) for c in checked]
    ready = [b for b in billed if isinstance(b, _Billed)]
    borne = _borne_before([b.record for b in ready if b.record.segment > 1])
    return [b if isinstance(b, YijieError) else b.asked(moment, borne.get(b.record.id, NOTHING_BORNE)) for b in billed]


def _without_excluded(checked: list[_Open | YijieError]) -> list[_Open | YijieError]:
    """Traumas for which a third party was found liable are refused."""
    traumas = [one.record.id for one in checked if isinstance(one, _Open) and one.record.trauma]
    liable = encounter.excluded(traumas) if traumas else set()
    return [
        encounter.ThirdPartyLiable(number=one.record.number)
        if isinstance(one, _Open) and one.record.id in liable
        else one
        for one in checked
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A charge with its bill and what the home region is asked."""

    charge: Charge
    record: Record
    batch: str
    bill: Bill
    request: BenefitRequest

    def settled(self, decided: Decided | Granted | YijieError) -> Outcome:
        """The settlement that a decision makes of it."""
        if isinstance(decided, YijieError):
            return decided
        request = self.request
        return Settled(request.settlement, self.charge, self.record, self.batch, self.bill, decided, request.moment)


@dataclass(frozen=True, slots=True)
class _Open:
    """A charge whose encounter may be settled."""

    charge: Charge
    record: Record
    batch: str

    def billed(self, sums: dict[tuple[int, str], Bill]) -> _Billed | YijieError:
        bill = sums.get((self.record.id, self.batch))
        if bill is None:
            return encounter.NothingCharged(number=self.record.number)
        for name, amount in self.charge.declared.items():
            charged = getattr(bill, name)
            if amount != charged:
                return TotalDiffers(what=DECLARED[name], declared=yuan(amount), charged=yuan(charged), lines=bill.lines)
        return _Billed(self.charge, self.record, self.batch, bill, new_id())


DECLARED = {
    "total": "医疗费总额",
    "not_covered": "全自费金额",
    "over_ceiling": "超限价金额",
    "first_self_pay": "先行自付金额",
    "eligible": "符合政策范围金额",
}


@dataclass(frozen=True, slots=True)
class Borne:
    """What a stay has borne before: its deductible, in which settlements."""

    deductible: Fen
    settlements: tuple[int, ...]


NOTHING_BORNE = Borne(0, ())


@dataclass(frozen=True, slots=True)
class _Billed:
    """A charge with its bill, ready for the home region's decision."""

    charge: Charge
    record: Record
    batch: str
    bill: Bill
    settlement: int

    def asked(self, moment: datetime, borne: Borne) -> Asked:
        record, bill = self.record, self.bill
        ended = in_shanghai(record.ended_at or (moment if record.stay else record.began_at))
        request = BenefitRequest(
            settlement=self.settlement,
            person_number=record.person_number,
            insurance=record.insurance,
            home_region=record.home_region,
            care_region=record.region,
            institution=record.institution,
            shown=self.charge.shown,
            level=record.level,
            care=self.charge.care or record.care,
            disease=record.disease,
            emergency=record.emergency,
            began=in_shanghai(record.began_at).date(),
            ended=max(ended, in_shanghai(record.began_at)).date(),
            moment=moment,
            use_account=self.charge.use_account,
            continues=record.segment > 1,
            deductible_paid=borne.deductible,
            total=bill.total,
            not_covered=bill.not_covered,
            over_ceiling=bill.over_ceiling,
            first_self_pay=bill.first_self_pay,
            eligible=bill.eligible,
            class_b=bill.class_b,
            units=encounter.units_of(record),
            facts=encounter.facts_of(record),
            earlier=borne.settlements,
        )
        return Asked(self.charge, record, self.batch, bill, request)


def _checked(charge: Charge, records: dict[int, Record], *, quoting: bool) -> _Open | YijieError:
    record = records.get(charge.encounter)
    if record is None or (record.institution, record.person_number) != (charge.institution, charge.person_number):
        return encounter.EncounterUnknown(number=charge.number)
    batch = charge.batch or record.segment_batch()
    try:
        record.require_kind(stay=not charge.batch)
        if charge.insurance != record.insurance:
            raise InsuranceDiffers(given=charge.insurance, number=record.number, registered=record.insurance)
        if record.state == "settled" or batch in record.settled:
            encounter.require_unsettled(
                record, step=Text("再次结算", "settling again"), batch=batch if batch in record.settled else ""
            )
        record.require("open", "discharged", step=Text("结算", "settling"), todo=Text("请重新登记", "register again"))
        if certificate := record.certified.get(batch):
            raise Certified(number=record.number, certificate=certificate)
    except YijieError as refusal:
        return refusal
    if record.stay and not charge.mid_stay and not quoting and record.state == "open":
        return NotDischarged(number=record.number)
    return _Open(charge, record, batch)


def _borne_before(records: Sequence[Record]) -> dict[int, Borne]:
    """What stays have borne in earlier mid-stay settlements that live, by encounter."""
    if not records:
        return {}
    rows = fetch(
        "SELECT encounter, sum(deductible)::bigint, array_agg(id ORDER BY id) FROM settlement_settlement"
        " WHERE encounter = ANY(%s) AND voids IS NULL AND state = 'settled' GROUP BY encounter",
        [[record.id for record in records]],
    )
    return {row[0]: Borne(row[1], tuple(row[2])) for row in rows}


INSERT = f"""
INSERT INTO settlement_settlement (id, region, institution, encounter, batch, mid_stay, person_number, home_region,
    insurance, category, care, medical_type, year, state, settled_at, ratio, details, {", ".join(MONEY)})
SELECT id, region, institution, encounter, batch, mid_stay, person_number, home_region, insurance, category, care,
    medical_type, year, 'settled', %s, ratio, details, {", ".join(MONEY)}
FROM json_to_recordset(%s::json) AS s (id bigint, region text, institution text, encounter bigint, batch text,
    mid_stay boolean, person_number text, home_region text, insurance text, category text, care text,
    medical_type text, year smallint, ratio numeric, details jsonb, {", ".join(f"{name} bigint" for name in MONEY)})
"""


def _write(settled: Sequence[Settled]) -> None:
    write_care_side(settled)
    decision.confirm([s.decided for s in settled if isinstance(s.decided, Decided)])
    ledger.post([t for s in settled for t in (*_home_book(s), care_book(s))], settled[0].settled_at)


def write_care_side(settled: Sequence[Settled]) -> None:
    """Write what the care region owns of settlements but for its book: the rows, and the marks on the encounters."""
    written = execute(INSERT, [settled[0].settled_at, json_text([_row(s) for s in settled])])
    invariant(written == len(settled), "settlement.all_written", written=written)
    encounter.mark_settled([encounter.Mark(s.encounter, s.batch, s.number, s.charge.mid_stay) for s in settled])


def _row(s: Settled) -> dict[str, Any]:
    record = s.encounter
    return {
        "id": s.id,
        "region": record.region,
        "institution": record.institution,
        "encounter": record.id,
        "batch": s.batch,
        "mid_stay": s.charge.mid_stay,
        "person_number": record.person_number,
        "home_region": record.home_region,
        "insurance": record.insurance,
        "category": s.decided.insured.category,
        "care": s.charge.care or record.care,
        "medical_type": s.charge.medical_type or record.medical_type,
        "year": s.decided.year[3],
        "ratio": s.ratio,
        "details": s.charge.details or {},
        **s.money,
    }


def _funds(s: Settled) -> dict[str, Fen]:
    return {name: amount for name, amount in s.decided.benefit.funds.items() if amount}


def _home_book(s: Settled) -> list[ledger.Transaction]:
    """What a settlement posts in the home region's book: what it pays, and each sum beside the bill by itself."""
    home, person, benefit = s.encounter.home_region, s.encounter.person_number, s.decided.benefit
    paid = ledger.home_settlement(
        s.id,
        home=home,
        care=s.encounter.region,
        person=person,
        funds=_funds(s),
        account_paid=benefit.personal_account,
    )
    allowances = decision.allowances_json(benefit) if isinstance(benefit, Benefit) else []
    return [paid, *decision.allowance_book(s.id, home, person, allowances)]


def care_book(s: Settled) -> ledger.Transaction:
    """What a settlement posts in the care region's book."""
    benefit = s.decided.benefit
    return ledger.care_settlement(
        s.id,
        home=s.encounter.home_region,
        care=s.encounter.region,
        institution=s.encounter.institution,
        claimed=sum(_funds(s).values()) + benefit.personal_account,
        cash=benefit.cash,
        hospital_borne=benefit.hospital_borne,
    )
