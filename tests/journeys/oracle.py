"""What a platform has to answer, thought out apart from it: encounters, lines, settlements, the year, the account.

Each operation either changes the oracle's own books and returns what must be answered, or raises :class:`Refusal` with
the code under which it must be refused. Benefits are those of two pools, from their stated figures.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import reckoning
from reckoning import Parts

STAYING = ("open", "discharged")
BEIJING_BORDERS = ((3_000_000, 4_000_000, 10_000_000), {"3": (85, 90, 95, 85), "2": (87, 92, 97, 85)})
WUHAN_LIMIT = 24_000_000
WUHAN = {"3": (80_000, 86), "2": (60_000, 89)}
"""Deductible and ratio by level."""


class Refusal(Exception):
    """The code under which an operation has to be refused."""


@dataclass
class Person:
    """What is known of a patient: the pool, the account, what the year has used up, the settlements that live."""

    patient: object
    pool: str
    account: int
    used: dict = field(default_factory=dict)
    living: list = field(default_factory=list)

    def uses(self, name):
        """What the year has used up under a name."""
        return self.used.get(name, 0)


@dataclass
class Line:
    """A charge, or the refund of one (``original``)."""

    serial: str
    batch: str
    code: str
    price: str
    approval: str
    quantity: Fraction
    amount: int
    parts: Parts
    original: "Line | None" = None
    refunds: list = field(default_factory=list)
    live: bool = True


@dataclass
class Settlement:
    """A settlement: its money as it must be told, and how the year moved."""

    encounter: "Encounter"
    batch: str
    mid_stay: bool
    money: dict
    moved: dict
    number: str = ""
    voided: bool = False


@dataclass
class Encounter:
    """A stay or a visit at one hospital."""

    person: Person
    hospital: str
    level: str
    stay: bool
    record: str
    number: str = ""
    state: str = "open"
    segment: int = 1
    lines: list = field(default_factory=list)
    settled: dict = field(default_factory=dict)
    """batch → living settlement"""

    def batch(self, named=""):
        """The batch that is charged or settled now."""
        return f"stay-{self.segment}" if self.stay else named

    def live(self, batch=None):
        """Live lines, of one batch where it is named."""
        return [line for line in self.lines if line.live and batch in (None, line.batch)]

    def line(self, serial):
        """The live line with a serial number, if there is one."""
        return next((line for line in self.live() if line.serial == serial), None)

    def graded(self, code, price, quantity, approval, amount):
        """Parts of a charge here."""
        region = self.person.pool
        return reckoning.graded(code, price, quantity, approval=approval, region=region, level=self.level, fen=amount)


class Oracle:
    """All encounters of an example."""

    def __init__(self):
        self.encounters = []

    def require_bed(self, hospital, *, record="", person=None, besides=None):
        """One admission per record number until it is settled, one bed per person and hospital."""
        for other in self.encounters:
            if other is besides or not other.stay or other.hospital != hospital:
                continue
            if (other.record == record and other.state in STAYING) or (
                other.person is person and other.state == "open"
            ):
                raise Refusal("encounter.already_admitted")

    def admit(self, person, hospital, level, record):
        self.require_bed(hospital, record=record, person=person)
        self.encounters.append(Encounter(person, hospital, level, True, record))
        return self.encounters[-1]

    def register(self, person, hospital, level, record):
        self.encounters.append(Encounter(person, hospital, level, False, record))
        return self.encounters[-1]

    def record_visit(self, visit):
        if visit.settled:
            raise Refusal("encounter.already_settled")
        require(visit.state == "open")

    def upload(self, encounter, batch, charges):
        """Charges are (serial, code, price, quantity, approval); the parts of each, in order."""
        require(encounter.state in (STAYING if encounter.stay else ("open", "settled")))
        batch = encounter.batch(batch)
        if batch in encounter.settled:
            raise Refusal("encounter.already_settled")
        serials = [serial for serial, *_ in charges]
        if len(set(serials)) < len(serials) or any(encounter.line(serial) for serial in serials):
            raise Refusal("encounter.line_duplicate")
        lines = []
        for serial, code, price, quantity, approval in charges:
            fen = reckoning.amount(price, quantity)
            parts = encounter.graded(code, price, quantity, approval, fen)
            lines.append(Line(serial, batch, code, price, approval, Fraction(quantity), fen, parts))
        encounter.lines += lines
        if not encounter.stay:
            encounter.state = "open"
        return [line.parts for line in lines]

    def refund(self, stay, serial, original, quantity):
        """Take a quantity of an earlier charge back; the (negative) parts and amount of the refund."""
        require(stay.state in STAYING)
        if stay.line(serial):
            raise Refusal("encounter.line_duplicate")
        charge = stay.line(original)
        if charge is None or charge.original:
            raise Refusal("encounter.refund_unfit")
        fen = -reckoning.amount(charge.price, quantity)
        live = [charge, *(refund for refund in charge.refunds if refund.live)]
        left, money = sum(line.quantity for line in live), sum(line.amount for line in live)
        if left < Fraction(quantity) or money + fen < 0:
            raise Refusal("encounter.refund_unfit")
        before = stay.graded(charge.code, charge.price, _decimal(left), charge.approval, money)
        after = stay.graded(
            charge.code, charge.price, _decimal(left - Fraction(quantity)), charge.approval, money + fen
        )
        line = Line(
            serial,
            stay.batch(),
            charge.code,
            charge.price,
            charge.approval,
            -Fraction(quantity),
            fen,
            after - before,
            charge,
        )
        stay.lines.append(line)
        charge.refunds.append(line)
        return line.parts, fen

    def revoke(self, stay, serials):
        """2302: settled intervals stand still; a charge goes with its refunds, a refund with the later ones."""
        require(stay.state in STAYING)
        gone = [stay.line(serial) for serial in serials]
        if any(line is not None and line.batch in stay.settled for line in gone):
            raise Refusal("encounter.already_settled")
        if None in gone:
            raise Refusal("encounter.line_unknown")
        for line in gone:
            refunds = line.original.refunds if line.original else line.refunds
            later = refunds[refunds.index(line) + 1 :] if line.original else refunds
            if any(other.live and other not in gone for other in later):
                raise Refusal("encounter.refund_unfit")
        for line in gone:
            line.live = False

    def revoke_unsettled(self, encounter):
        """2302 or 2205 of everything."""
        if encounter.stay:
            require(encounter.state in STAYING)
        for line in encounter.live():
            line.live = line.batch in encounter.settled

    def revoke_batch(self, visit, batch):
        """2205 of one batch."""
        if batch in visit.settled:
            raise Refusal("encounter.already_settled")
        lines = visit.live(batch)
        if not lines:
            raise Refusal("encounter.line_unknown")
        for line in lines:
            line.live = False

    def discharge(self, stay):
        require(stay.state == "open")
        stay.state = "discharged"

    def undo_discharge(self, stay):
        require(stay.state == "discharged")
        self.require_bed(stay.hospital, person=stay.person, besides=stay)
        stay.state = "open"

    def cancel(self, encounter):
        require(encounter.state in STAYING)
        if encounter.settled:
            raise Refusal("encounter.already_settled")
        require(not encounter.live())
        encounter.state = "cancelled"

    def quote(self, encounter, batch, total, *, account, mid_stay, quoting=True):
        """The settlement as it would be made; nothing is changed."""
        batch = encounter.batch(batch)
        if encounter.state == "settled" or batch in encounter.settled:
            raise Refusal("encounter.already_settled")
        require(encounter.state in STAYING)
        if encounter.stay and encounter.state == "open" and not mid_stay and not quoting:
            raise Refusal("settlement.not_discharged")
        lines = encounter.live(batch)
        if not lines:
            raise Refusal("encounter.nothing_charged")
        parts = sum((line.parts for line in lines), Parts())
        if total != parts.total:
            raise Refusal("settlement.total_differs")
        if min(parts.total, parts.not_covered, parts.over_ceiling, parts.first_self_pay, parts.eligible) < 0:
            raise Refusal("benefit.negative")
        return self._benefit(encounter, batch, parts, account=account, mid_stay=mid_stay)

    def settle(self, encounter, batch, total, *, account, mid_stay):
        made = self.quote(encounter, batch, total, account=account, mid_stay=mid_stay, quoting=False)
        person = encounter.person
        for name, amount in made.moved.items():
            person.used[name] = person.uses(name) + amount
        person.account -= made.money["account"]
        person.living.append(made)
        encounter.settled[made.batch] = made
        if mid_stay:
            encounter.segment += 1
        else:
            encounter.state = "settled"
        return made

    def void(self, settlement):
        encounter, person = settlement.encounter, settlement.encounter.person
        if settlement.voided:
            raise Refusal("settlement.already_voided")
        if encounter.stay and list(encounter.settled)[-1] != settlement.batch:
            raise Refusal("settlement.later_interval_lives")
        if person.living[-1] is not settlement:
            raise Refusal("decision.later_lives")
        if encounter.stay:
            self.require_bed(encounter.hospital, record=encounter.record, besides=encounter)
        settlement.voided = True
        person.living.pop()
        person.account += settlement.money["account"]
        for name, amount in settlement.moved.items():
            person.used[name] -= amount
        del encounter.settled[settlement.batch]
        if settlement.mid_stay:
            for line in encounter.live(encounter.batch()):
                line.batch = settlement.batch
            encounter.segment -= 1
        else:
            encounter.state = "discharged" if encounter.stay else "open"

    def _benefit(self, encounter, batch, parts, *, account, mid_stay):
        person = encounter.person
        continues = encounter.stay and encounter.segment > 1
        borne = sum(s.money["deductible"] for s in encounter.settled.values()) if continues else 0
        if not encounter.stay:
            layer, cost, taken, pooled = self._beijing_visit(person, parts.eligible)
        elif person.pool == "110000":
            before = sum(s.moved["employee_inpatient.cost"] for s in encounter.settled.values()) if continues else 0
            layer, cost, taken, pooled = self._beijing_stay(
                person, encounter.level, parts.eligible, continues, borne, before=before
            )
        else:
            layer, cost, taken, pooled = self._wuhan_stay(person, encounter.level, parts.eligible, continues, borne)
        drawn = min(person.account, parts.eligible - pooled + parts.first_self_pay) if account else 0
        moved = {f"{layer}.cost": cost, f"{layer}.deductible": taken, f"{layer}.excess": cost - taken}
        moved |= {f"{layer}.paid": pooled, "personal_account.paid": drawn}
        if not continues:
            moved[f"count.{'inpatient' if encounter.stay else 'outpatient'}"] = 1
        money = reckoning.owed(parts, deductible=taken, pooled=pooled, account=drawn)
        return Settlement(encounter, batch, mid_stay, money, moved)

    @staticmethod
    def _ordinal(person, continues):
        """Which stay of the year this is; one that goes on was counted with its first interval."""
        counted = person.uses("count.inpatient")
        return max(counted, 1) if continues else counted + 1

    def _beijing_stay(self, person, level, eligible, continues, borne, *, before):
        due = 130_000 if self._ordinal(person, continues) == 1 else 65_000
        taken = min(max(due - borne, 0), eligible)
        borders, ratios = BEIJING_BORDERS
        paid = banded(before + taken, before + eligible, borders, ratios[level])
        return "employee_inpatient", eligible, taken, min(paid, 50_000_000 - person.uses("employee_inpatient.paid"))

    def _wuhan_stay(self, person, level, eligible, continues, borne):
        cost = min(eligible, WUHAN_LIMIT - person.uses("employee_inpatient.cost"))
        first, ratio = WUHAN[level]
        due = first if self._ordinal(person, continues) == 1 else first // 2
        taken = min(max(due - borne, 0), cost)
        return "employee_inpatient", cost, taken, reckoning.percent(cost - taken, ratio)

    @staticmethod
    def _beijing_visit(person, eligible):
        taken = min(180_000 - person.uses("employee_outpatient.deductible"), eligible)
        before = person.uses("employee_outpatient.cost")
        return "employee_outpatient", eligible, taken, banded(before + taken, before + eligible, (2_000_000,), (70, 60))


def banded(low, high, borders, ratios):
    """What a stretch of cost pays, each band at its own ratio, rounded once."""
    bottoms, tops = (0, *borders), (*borders, max(high, *borders))
    exact = sum(
        max(0, min(high, top) - max(low, bottom)) * Fraction(ratio, 100)
        for bottom, top, ratio in zip(bottoms, tops, ratios, strict=True)
    )
    return reckoning.rounded(exact)


def require(held):
    """Refuse as unfit for the encounter's state."""
    if not held:
        raise Refusal("encounter.state_unfit")


def _decimal(quantity):
    return str(float(quantity)) if quantity.denominator != 1 else str(quantity.numerator)
