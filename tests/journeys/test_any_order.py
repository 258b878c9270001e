"""Any order of everything a desk can do, beside an oracle that says what must come of it, to code and fen."""

import itertools
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec
import pytest
from desks import Desk
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from oracle import Oracle, Person, Refusal
from people import born
from reckoning import fen, said
from stored import one, rows

from yijie.domain.coherent import disagreements
from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import SHANGHAI, clock_set_to
from yijie.kernel.money import yuan

MORNING = datetime(2026, 6, 15, 8, 0, tzinfo=SHANGHAI)
TICK = timedelta(milliseconds=1)
HOSPITALS = {
    "110000": ((institutions.BEIJING_TERTIARY, "3"), (institutions.BEIJING_SECONDARY, "2")),
    "420100": ((institutions.WUHAN_TERTIARY, "3"), ("H42010600002", "2")),
}
EXAMPLES = itertools.count(1)
MONEY_NAMES = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
PART_NAMES = ("not_covered", "over_ceiling", "first_self_pay", "eligible")

SHELF = [
    (shelf.DRUG_A.code, "3.20"),
    (shelf.DRUG_B.code, "18.05"),
    (shelf.DRUG_C.code, "36.00"),
    (shelf.DRUG_RESTRICTED.code, "25.63"),
    (shelf.PIECE_DECIMAL.code, "0.1234"),
    (shelf.MATERIAL_20.code, "800.00"),
    (shelf.MATERIAL_OVER_CEILING.code, "38.01"),
    (shelf.EXAMINATION.code, "219.999999"),
    (shelf.BED.code, "61.005"),
    (shelf.SURGERY.code, "1200.00"),
]
QUANTITIES = st.one_of(
    st.integers(1, 6).map(str), st.sampled_from(["0.5", "1.3333", "12.25", "0.0001", "40", "100", "250"])
)
CHARGES = st.tuples(st.integers(0, 30), st.sampled_from(SHELF), QUANTITIES, st.sampled_from("0012"))
CHARGE_LISTS = st.lists(CHARGES, min_size=1, max_size=4, unique_by=lambda charge: charge[0])
RECENT = st.one_of(st.just(0), st.integers(0, 8))
"""Which of the encounters, messages or settlements, counted from the newest."""
BATCHES = st.sampled_from(["B1", "B2"])


class AnyOrder(RuleBasedStateMachine):
    """Two patients in two cities; every answer is compared with the oracle's."""

    def __init__(self):
        super().__init__()
        moments = itertools.count()
        self.clock = clock_set_to(lambda: MORNING + next(moments) * TICK)
        self.clock.__enter__()
        self.example = next(EXAMPLES)
        self.oracle = Oracle()
        self.people = [
            Person(born("110000", account=150_000), "110000", 150_000),
            Person(born("420100", account=2_000), "420100", 2_000),
        ]
        self.desks = {code: Desk(code) for pool in HOSPITALS.values() for code, _ in pool}
        self.sent = []
        """What was done: (desk, infno, body, output bytes, what it made)"""
        self.reversed = set()
        self.settlements = []

    def teardown(self):
        try:
            for person in self.people:
                self.check(person)
            assert disagreements() == []
        finally:
            self.clock.__exit__(None, None, None)

    # ------------------------------------------------------------------------------------ what rules are made of

    def recent(self, found, which):
        """One of a list, counted from its end."""
        return found[-1 - which % len(found)]

    def encounter(self, which):
        """An encounter, counted from the newest."""
        return self.recent(self.oracle.encounters, which)

    def ask(self, operation, hospital, infno, payload, *, home="", msgid="", made=None):
        """Do it here and there; both do it or both refuse it alike. What the oracle says, and the answer."""
        desk = self.desks[hospital]
        try:
            expected, code = operation(), ""
        except Refusal as refusal:
            expected, code = None, str(refusal)
        body = desk.message(infno, payload, insured_in=home, msgid=msgid)
        reply = desk.reply(infno, body)
        assert reply.code == code, reply.text or f"{infno} was done, expected {code}"
        if reply.done:
            self.sent.append((desk, infno, body, reply.output_bytes, made or expected))
        return expected, reply

    def about(self, encounter, **row):
        """An input of one record about an encounter."""
        return {"data": {"mdtrt_id": encounter.number, "psn_no": encounter.person.patient.number, **row}}

    def check(self, person):
        """The person's year and account, name by name."""
        number = person.patient.number
        stored = rows("SELECT amounts::text FROM decision_accumulator WHERE person_number = %s", number)
        amounts = [msgspec.json.decode(text) for (text,) in stored]
        assert amounts in ([], [{name: amount for name, amount in person.used.items() if amount}]), person.used
        held = one("SELECT -amount FROM ledger_balance WHERE account = 'person' AND owner = %s", number)
        assert held == person.account

    def admission(self, person, desk, record):
        """Input of 2401."""
        caught = []
        asking, desk.ask = desk.ask, lambda _infno, payload, **_: caught.append(payload) or {"result": {"mdtrt_id": ""}}
        try:
            desk.admit(person.patient, record, MORNING - timedelta(days=2))
        finally:
            desk.ask = asking
        return caught[0]

    # ------------------------------------------------------------------------------------ rules

    @rule(who=st.booleans(), where=st.booleans(), record=st.integers(1, 3))
    def admit(self, who, where, record):
        person = self.people[who]
        hospital, level = HOSPITALS[person.pool][where]
        record = f"R{self.example}-{record}"
        payload = self.admission(person, self.desks[hospital], record)
        stay, reply = self.ask(
            lambda: self.oracle.admit(person, hospital, level, record), hospital, "2401", payload, home=person.pool
        )
        if stay:
            stay.number = reply.output["result"]["mdtrt_id"]

    @rule(where=st.booleans())
    def register(self, where):
        person = self.people[0]
        hospital, level = HOSPITALS[person.pool][where]
        desk, record = self.desks[hospital], f"V{self.example}"
        visit = self.oracle.register(person, hospital, level, record)
        visit.number = desk.register(person.patient, record, MORNING)

    @rule(who=st.booleans(), where=st.booleans(), charges=CHARGE_LISTS, account=st.booleans())
    def whole_stay(self, who, where, charges, account):
        """Admission to settlement without a pause, so that years fill up."""
        count = len(self.oracle.encounters)
        self.admit(who, where, 3)
        if len(self.oracle.encounters) > count:
            self.upload(0, "B1", charges)
            self.discharge(0)
            self.settle(0, "B1", account, mid_stay=False, off=0)

    @rule(where=st.booleans(), charges=CHARGE_LISTS, account=st.booleans())
    def whole_visit(self, where, charges, account):
        """Registration to settlement without a pause."""
        self.register(where)
        self.upload(0, "B1", charges)
        self.settle(0, "B1", account, mid_stay=False, off=0)

    @rule(who=st.booleans(), where=st.booleans(), first=CHARGE_LISTS, second=CHARGE_LISTS, end=st.booleans())
    def stay_in_parts(self, who, where, first, second, end):
        """A stay settled mid-way, charged again, perhaps settled to its end."""
        count = len(self.oracle.encounters)
        self.admit(who, where, 2)
        if len(self.oracle.encounters) > count:
            self.upload(0, "B1", first)
            self.settle(0, "B1", False, mid_stay=True, off=0)
            self.upload(0, "B1", [(serial + 50, *rest) for serial, *rest in second])
            if end:
                self.discharge(0)
                self.settle(0, "B1", False, mid_stay=False, off=0)

    @precondition(lambda self: self.oracle.encounters)
    @rule(which=RECENT, batch=BATCHES, charges=CHARGE_LISTS)
    def upload(self, which, batch, charges):
        encounter = self.encounter(which)
        charges = [
            (f"{serial}", code, price, quantity, approval) for serial, (code, price), quantity, approval in charges
        ]
        items = [
            Item(code, price, quantity, approval, serial=serial) for serial, code, price, quantity, approval in charges
        ]
        desk = self.desks[encounter.hospital]
        lines = desk.lines(encounter.person.patient, encounter.number, items, MORNING, batch=batch)
        parts, reply = self.ask(
            lambda: self.oracle.upload(encounter, batch, charges),
            encounter.hospital,
            "2301" if encounter.stay else "2204",
            {"feedetail": lines},
        )
        if parts:
            self.same_parts(parts, reply)

    def same_parts(self, parts, reply):
        """The graded lines of an answer are those of the oracle."""
        for expected, line in zip(parts, reply.output["result"], strict=True):
            assert [fen(line[name]) for name in MONEY_NAMES] == [getattr(expected, name) for name in PART_NAMES]

    def charged(self):
        """Stays with live lines that are not settled."""
        return [e for e in self.oracle.encounters if e.stay and e.live() and e.state != "settled"]

    @precondition(lambda self: self.charged())
    @rule(which=RECENT, line=st.integers(0, 9), serial=st.integers(31, 40), quantity=QUANTITIES)
    def refund(self, which, line, serial, quantity):
        stay = self.recent(self.charged(), which)
        charge = self.recent(stay.live(), line)
        quantity = min(quantity, _text(charge.quantity), key=Fraction) if charge.quantity > 0 else quantity
        item = Item(charge.code, charge.price, f"-{quantity}", original=charge.serial, serial=f"{serial}")
        lines = self.desks[stay.hospital].lines(stay.person.patient, stay.number, [item], MORNING)
        expected, reply = self.ask(
            lambda: self.oracle.refund(stay, f"{serial}", charge.serial, quantity),
            stay.hospital,
            "2301",
            {"feedetail": lines},
        )
        if expected:
            self.same_parts([expected[0]], reply)

    @precondition(lambda self: self.charged())
    @rule(which=RECENT, picked=st.lists(st.integers(0, 40), min_size=1, max_size=3, unique=True), known=st.booleans())
    def revoke(self, which, picked, known):
        stay = self.recent(self.charged(), which)
        if known and stay.live():
            serials = list(dict.fromkeys(self.recent(stay.live(), n).serial for n in picked))
        else:
            serials = [f"{n}" for n in picked]
        row = {"mdtrt_id": stay.number, "psn_no": stay.person.patient.number}
        payload = {"data": [row | {"feedetl_sn": serial} for serial in serials]}
        self.ask(lambda: self.oracle.revoke(stay, serials), stay.hospital, "2302", payload)

    @precondition(lambda self: self.oracle.encounters)
    @rule(which=RECENT, what=st.sampled_from(["B1", "B2", "0000", "cancel", "undo discharge", "record visit"]))
    def take_back(self, which, what):
        """Lines, a registration, a discharge; or the visit is described anew."""
        encounter = self.encounter(which)
        if what == "cancel":
            self.cancel(encounter)
        elif what == "undo discharge" and encounter.stay:
            self.undo_discharge(encounter)
        elif what == "record visit" and not encounter.stay:
            self.record_visit(encounter)
        elif what in {"B1", "B2", "0000"}:
            self.revoke_many(encounter, what)

    def revoke_many(self, encounter, batch):
        if encounter.stay:
            payload, infno = self.about(encounter, feedetl_sn="0000"), "2302"
        else:
            payload, infno = self.about(encounter, chrg_bchno=batch), "2205"

        def operation():
            if encounter.stay or batch == "0000":
                return self.oracle.revoke_unsettled(encounter)
            return self.oracle.revoke_batch(encounter, batch)

        self.ask(operation, encounter.hospital, infno, payload)

    @precondition(lambda self: any(e.stay for e in self.oracle.encounters))
    @rule(which=RECENT)
    def discharge(self, which):
        stay = self.recent([e for e in self.oracle.encounters if e.stay], which)
        desk = self.desks[stay.hospital]
        about = {"mdtrt_id": stay.number, "psn_no": stay.person.patient.number}
        info = {"insutype": "310", "dscg_dept_codg": "A04", "dscg_dept_name": "外科", "dscg_way": "1"}
        info |= {"endtime": f"{MORNING:%Y-%m-%d %H:%M:%S}"}
        diagnosis = desk.diagnosis(1, "K35.800", "急性阑尾炎", MORNING)
        payload = {"dscginfo": about | info, "diseinfo": [about | diagnosis]}
        self.ask(lambda: self.oracle.discharge(stay), stay.hospital, "2402", payload)

    def undo_discharge(self, stay):
        self.ask(lambda: self.oracle.undo_discharge(stay), stay.hospital, "2405", self.about(stay))

    def cancel(self, encounter):
        infno, row = ("2404", {}) if encounter.stay else ("2202", {"ipt_otp_no": encounter.record})
        self.ask(lambda: self.oracle.cancel(encounter), encounter.hospital, infno, self.about(encounter, **row))

    def record_visit(self, visit):
        info = {
            "med_type": "11",
            "begntime": f"{MORNING:%Y-%m-%d %H:%M:%S}",
            "dise_codg": "J06.900",
            "dise_name": "感染",
        }
        payload = {"mdtrtinfo": self.about(visit, **info)["data"]}
        self.ask(lambda: self.oracle.record_visit(visit), visit.hospital, "2203", payload)

    def bill(self, encounter, batch, total, account, mid_stay):
        """Number and input of the quote and of the settlement."""
        desk, patient = self.desks[encounter.hospital], encounter.person.patient
        if encounter.stay:
            return "2303", "2304", desk.stay_bill(patient, encounter.number, total, account=account, mid_stay=mid_stay)
        return "2206", "2207", desk.visit_bill(patient, encounter.number, total, batch=batch, account=account)

    @precondition(lambda self: self.oracle.encounters)
    @rule(which=RECENT, batch=BATCHES, account=st.booleans(), mid_stay=st.booleans(), off=st.sampled_from([0, 0, 0, 1]))
    def settle(self, which, batch, account, mid_stay, off):
        """Quoted, then settled: the same to the fen."""
        encounter = self.encounter(which)
        mid_stay = mid_stay and encounter.stay
        total = sum(line.amount for line in encounter.live(encounter.batch(batch))) + off
        quoting, settling, payload = self.bill(encounter, batch, yuan(total), account, mid_stay)
        arguments = {"account": account, "mid_stay": mid_stay}
        quote, reply = self.ask(
            lambda: self.oracle.quote(encounter, batch, total, **arguments), encounter.hospital, quoting, payload
        )
        if reply.done:
            self.sent.pop()
            assert said(reply.output["setlinfo"]) == quote.money
        made, reply = self.ask(
            lambda: self.oracle.settle(encounter, batch, total, **arguments), encounter.hospital, settling, payload
        )
        if reply.done:
            assert said(reply.output["setlinfo"]) == quote.money
            made.number = reply.output["setlinfo"]["setl_id"]
            self.settlements.append(made)
            self.check(encounter.person)

    @precondition(lambda self: self.settlements)
    @rule(which=RECENT)
    def void(self, which):
        settlement = self.recent(self.settlements, which)
        encounter = settlement.encounter
        infno, payload = "2305" if encounter.stay else "2208", self.about(encounter, setl_id=settlement.number)
        _, reply = self.ask(lambda: self.oracle.void(settlement), encounter.hospital, infno, payload)
        if reply.done:
            assert said(reply.output["setlinfo"]) == {name: -amount for name, amount in settlement.money.items()}
            self.check(encounter.person)

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 60))
    def again(self, which):
        """A message sent again, however long after; then its id with another content."""
        desk, infno, body, output, _ = self.recent(self.sent, which)
        other = msgspec.json.decode(body)
        other["input"]["more"] = {"another": "content"}
        reply, reused = desk.reply(infno, body), desk.reply(infno, msgspec.json.encode(other))
        if (desk.code, infno, _msgid(body)) in self.reversed:
            assert (reply.code, reused.code) == ("message.reversed", "message.reversed")
        else:
            assert (reply.output_bytes, reused.code) == (output, "message.reused")

    @precondition(lambda self: any(infno in REVERSIBLE for _, infno, *_ in self.sent))
    @rule(which=RECENT)
    def reverse(self, which):
        """2601 of what was done: undone as by the transaction's own undoing, or refused as that would be."""
        desk, infno, body, _, made = self.recent([sent for sent in self.sent if sent[1] in REVERSIBLE], which)
        key = (desk.code, infno, _msgid(body))
        encounter = made if infno == "2401" else made.encounter

        def operation():
            if key in self.reversed:
                return
            if infno == "2401" and encounter.state != "cancelled":
                self.oracle.cancel(encounter)
            if infno != "2401" and not made.voided:
                self.oracle.void(made)

        row = {"psn_no": encounter.person.patient.number, "omsgid": key[2], "oinfno": infno}
        _, reply = self.ask(operation, desk.code, "2601", {"data": row})
        if reply.done:
            self.reversed.add(key)
            self.check(encounter.person)

    @precondition(lambda self: self.oracle.encounters)
    @rule(which=RECENT, mid_stay=st.booleans())
    def reverse_first(self, which, mid_stay):
        """2601 overtakes the settlement it names: the late settlement takes no effect."""
        encounter = self.encounter(which)
        desk = self.desks[encounter.hospital]
        total = sum(line.amount for line in encounter.live(encounter.batch("B1")))
        _, infno, payload = self.bill(encounter, "B1", yuan(total), False, mid_stay)
        msgid = desk.message_id()
        row = {"psn_no": encounter.person.patient.number, "omsgid": msgid, "oinfno": infno}
        self.ask(lambda: None, desk.code, "2601", {"data": row})
        late = desk.say(infno, payload, msgid=msgid)
        assert late.code == "message.reversed"


REVERSIBLE = {"2207", "2304", "2401"}


def _msgid(body):
    return msgspec.json.decode(body)["msgid"]


def _text(quantity):
    return str(float(quantity))


def run(examples, steps, derandomize=True):
    """Run the machine so many times, on the same operations as before or on others."""
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(AnyOrder, settings=limits)


def test_any_order_of_operations_comes_out_as_the_oracle_says(own_nation):
    run(120, 40)


def test_a_stay_settled_in_parts_goes_on_in_the_bands_where_it_was(own_nation):
    drug, surgery = ("XB05XA0001B002010199999", "3.20"), ("003310030220000", "1200.00")
    state = AnyOrder()
    state.stay_in_parts(who=False, where=False, first=[(0, drug, "1", "0")], second=[(0, surgery, "40", "0")], end=True)
    state.teardown()


@pytest.mark.soak
def test_any_order_of_many_operations(own_nation):
    run(1000, 80, derandomize=False)
