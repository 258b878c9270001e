"""Many desks at once: every bill is settled once, every accumulator counts everything, no ceiling gives way."""

from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from crowd import all_at_once
from desks import Desk
from journeys.test_pharmacy import account_of, purchase
from people import born, born_many
from reckoning import bill_of, fen, owed, percent, said
from running import Server
from stored import one, rows

from yijie.domain import enrolment
from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

CLIENTS = 200
HUNDRED = [Item(shelf.LABORATORY.code, "100.00")]
STAY = [Item(shelf.SURGERY.code, "1200.00", "4"), Item(shelf.DRUG_B.code, "18.00", "5")]
STAY_PARTS = bill_of(STAY)
STAY_OWED = owed(STAY_PARTS, deductible=130_000, pooled=percent(STAY_PARTS.eligible - 130_000, 85))
OTHER_WUHAN_TERTIARY = "H42010200001"


@pytest.fixture(scope="module")
def server(own_nation):
    """A server with two processes on the module's own nation."""
    running = Server(own_nation, workers=2, threads=16).start()
    yield running
    running.stop()


@pytest.fixture
def beijing(own_nation):
    """A desk in this process that prepares what is then asked of the server by many."""
    return Desk(institutions.BEIJING_TERTIARY)


def discharged(desk, patient, items=STAY):
    """A stay ready to be settled."""
    return desk.stay_of(patient, items, began=now() - timedelta(days=1), ended=now())


def settling(desk, patient, stay, items=STAY, *, account=False, **fields):
    """2304, ready to be sent."""
    bill = desk.stay_bill(patient, stay, total_of(items), account=account)
    return "2304", desk.message("2304", {"data": bill["data"] | fields}, insured_in=patient.home_region)


def codes(replies):
    """How often each code was answered; an empty one is what was done."""
    return Counter(reply.code for reply in replies)


def year_of(patient):
    """Version and amounts of a person's one year."""
    [(version, amounts)] = rows(
        "SELECT version, amounts::text FROM decision_accumulator WHERE person_number = %s", patient.number
    )
    return version, msgspec.json.decode(amounts)


def test_two_hundred_bills_of_one_person(server, beijing):
    """A visit of 100 yuan each: the deductible, the border of the year and the account each count every one."""
    patient = born(account=300_000)
    visits = [beijing.visit_of(patient, HUNDRED, began=now()) for _ in range(CLIENTS)]
    bills = [beijing.visit_bill(patient, visit, "100.00", batch="B1", account=True) for visit in visits]
    replies = all_at_once(server.address, [("2207", beijing.message("2207", bill)) for bill in bills])
    assert codes(replies) == {"": CLIENTS}
    told = [said(reply.output["setlinfo"]) for reply in replies]
    totals = {name: sum(money[name] for money in told) for name in told[0]}
    pooled = percent(2_000_000 - 180_000, 70)
    assert (totals["total"], totals["deductible"], totals["pooled"], totals["account"]) == (
        2_000_000,
        180_000,
        pooled,
        300_000,
    )
    assert year_of(patient) == (
        CLIENTS,
        {
            "count.outpatient": CLIENTS,
            "employee_outpatient.cost": 2_000_000,
            "employee_outpatient.deductible": 180_000,
            "employee_outpatient.excess": 1_820_000,
            "employee_outpatient.paid": pooled,
            "personal_account.paid": 300_000,
        },
    )
    assert one("SELECT amount FROM ledger_balance WHERE account = 'person' AND owner = %s", patient.number) == 0


def test_two_hundred_bills_of_two_hundred_persons(server, beijing):
    """Half of them show the electronic credential, all at one hospital."""
    patients = born_many(CLIENTS)
    messages = []
    for number, patient in enumerate(patients):
        stay = discharged(beijing, patient)
        token = enrolment.issue_credential(patient.number) if number % 2 else None
        shown = {"mdtrt_cert_type": "01", "mdtrt_cert_no": token} if token else {}
        messages.append(settling(beijing, patient, stay, **shown))
    before = one("SELECT coalesce(sum(amount), 0) FROM ledger_balance WHERE account = 'fund' AND region = '110000'")
    replies = all_at_once(server.address, messages)
    assert codes(replies) == {"": CLIENTS}
    assert all(said(reply.output["setlinfo"]) == STAY_OWED for reply in replies)
    assert {year_of(patient)[0] for patient in patients} == {1}
    after = one("SELECT sum(amount) FROM ledger_balance WHERE account = 'fund' AND region = '110000'")
    assert after - before == CLIENTS * STAY_OWED["pooled"]
    numbers = {reply.output["setlinfo"]["setl_id"] for reply in replies}
    assert len(numbers) == CLIENTS


def test_a_hundred_sales_with_bad_ones_among_them(server, own_nation):
    """Of a pharmacy's customers at one moment every tenth is refused; the rest pay what they owe, once."""
    pharmacy, patients = Desk(institutions.BEIJING_PHARMACY), born_many(CLIENTS // 2, account=50_000)
    bad = {
        p.number: {"medfee_sumamt": "1.00"} if n % 20 else {"psn_name": "他人"} for n, p in enumerate(patients[::10])
    }
    messages = [("2102", pharmacy.message("2102", purchase(p, **bad.get(p.number, {})))) for p in patients]
    replies = all_at_once(server.address, messages)
    for patient, reply in zip(patients, replies, strict=True):
        assert reply.done == (patient.number not in bad), reply.text
        paid = reply.output["setlinfo"]["acct_pay"] if reply.done else 0
        assert account_of(patient) == 50_000 - fen(paid)
    assert [r.output_bytes for r in all_at_once(server.address, messages[::7])] == [
        r.output_bytes for r in replies[::7]
    ]
    sold = "SELECT count(*) FROM encounter_encounter WHERE person_number = ANY(%s)"
    assert one(sold, [p.number for p in patients]) == len(patients) - len(bad)


def test_one_person_buys_and_settles_a_visit_at_one_moment(server, beijing):
    """Sales and visits wait in different lines; the person's year and account count each of them once."""
    pharmacy, patient = Desk(institutions.BEIJING_PHARMACY), born(account=50_000)
    visits = [beijing.visit_of(patient, HUNDRED, began=now()) for _ in range(8)]
    bills = [beijing.visit_bill(patient, visit, "100.00", batch="B1", account=True) for visit in visits]
    messages = [("2207", beijing.message("2207", bill)) for bill in bills]
    messages += [("2102", pharmacy.message("2102", purchase(patient))) for _ in range(8)]
    messages += messages[:2] + messages[-2:]
    replies = all_at_once(server.address, messages)
    assert codes(replies) == {"": len(messages)}
    told = {reply.output["setlinfo"]["setl_id"]: fen(reply.output["setlinfo"]["acct_pay"]) for reply in replies}
    assert len(told) == 16
    assert account_of(patient) == 50_000 - sum(told.values())


def test_one_message_from_many_clients_is_one_settlement_with_one_answer(server, beijing):
    patient = born(account=50_000)
    stay = discharged(beijing, patient)
    message = settling(beijing, patient, stay, account=True)
    replies = all_at_once(server.address, [message] * 50)
    assert codes(replies) == {"": 50}
    assert len({reply.output_bytes for reply in replies}) == 1
    assert one("SELECT count(*) FROM settlement_settlement WHERE encounter = %s", int(stay[6:])) == 1
    assert year_of(patient)[0] == 1


def test_one_id_with_two_contents_settles_one_of_them(server, beijing):
    for _ in range(10):
        patient = born()
        first, second = discharged(beijing, patient), discharged(beijing, patient)
        msgid = beijing.message_id()
        messages = [
            ("2304", beijing.message("2304", beijing.stay_bill(patient, stay, total_of(STAY)), msgid=msgid))
            for stay in (first, second) * 4
        ]
        replies = all_at_once(server.address, messages)
        assert codes(replies) == {"": 4, "message.reused": 4}
        assert len({reply.output_bytes for reply in replies if reply.done}) == 1


def test_two_desks_settle_one_encounter(server, beijing):
    """One settles, the other is told which settlement there is."""
    for _ in range(15):
        patient = born()
        stay = discharged(beijing, patient)
        replies = all_at_once(server.address, [settling(beijing, patient, stay) for _ in range(6)])
        assert codes(replies) == {"": 1, "encounter.already_settled": 5}
        [number] = [reply.output["setlinfo"]["setl_id"] for reply in replies if reply.done]
        assert all(number in reply.text for reply in replies if not reply.done)
        assert year_of(patient)[0] == 1


def test_one_patient_is_admitted_once(server, beijing):
    caught = []
    beijing.ask = lambda _infno, payload, **_: caught.append(payload) or {"result": {"mdtrt_id": ""}}
    for _ in range(5):
        patient = born()
        for record in range(8):
            beijing.admit(patient, f"ADM-{patient.number}-{record}", now())
    for admissions in (caught[n : n + 8] for n in range(0, 40, 8)):
        replies = all_at_once(server.address, [("2401", beijing.message("2401", asked)) for asked in admissions])
        assert codes(replies) == {"": 1, "encounter.already_admitted": 7}


def test_two_hospitals_near_the_ceiling_never_exceed_it(server, own_nation):
    """150,000 yuan each against a limit of 240,000 a year, at the same moment."""
    here, there = Desk(institutions.WUHAN_TERTIARY), Desk(OTHER_WUHAN_TERTIARY)
    items = [Item(shelf.SURGERY.code, "1200.00", "125")]
    for _ in range(15):
        patient = born("420100")
        stays = [(desk, discharged(desk, patient, items)) for desk in (here, there)]
        replies = all_at_once(server.address, [settling(desk, patient, stay, items) for desk, stay in stays])
        assert codes(replies) == {"": 2}
        paid = sorted(fen(reply.output["setlinfo"]["hifp_pay"]) for reply in replies)
        assert paid == [percent(9_000_000 - 40_000, 86), percent(15_000_000 - 80_000, 86)]
        assert year_of(patient)[1]["employee_inpatient.cost"] == 24_000_000


def test_a_void_and_a_reversal_race_and_one_void_comes_of_it(server, beijing):
    for _ in range(15):
        patient = born(account=50_000)
        stay = discharged(beijing, patient)
        infno, body = settling(beijing, patient, stay, account=True)
        settled = beijing.reply(infno, body)
        row = {"psn_no": patient.number}
        void = row | {"mdtrt_id": stay, "setl_id": settled.output["setlinfo"]["setl_id"]}
        reversal = row | {"oinfno": infno, "omsgid": body.split(b'"msgid":"')[1].split(b'"')[0].decode()}
        messages = [("2305", beijing.message("2305", {"data": void})) for _ in range(3)]
        messages += [("2601", beijing.message("2601", {"data": reversal})) for _ in range(3)]
        replies = all_at_once(server.address, messages)
        assert all(reply.done for reply in replies if reply.infno == "2601")
        assert codes(reply for reply in replies if reply.infno == "2305").keys() <= {"", "settlement.already_voided"}
        assert (
            one("SELECT count(*) FROM settlement_settlement WHERE voids IS NOT NULL AND encounter = %s", int(stay[6:]))
            == 1
        )
        assert year_of(patient) == (2, {})


def test_a_reversal_races_the_message_it_names(server, beijing):
    """Whoever comes first: in the end nothing is settled, and the message takes no effect any more."""
    for _ in range(15):
        patient = born()
        stay = discharged(beijing, patient)
        infno, body = settling(beijing, patient, stay)
        row = {"psn_no": patient.number, "oinfno": infno, "omsgid": body.split(b'"msgid":"')[1].split(b'"')[0].decode()}
        reversal = ("2601", beijing.message("2601", {"data": row}))
        replies = all_at_once(server.address, [(infno, body), reversal, (infno, body)])
        assert replies[1].done
        assert codes([replies[0], replies[2]]).keys() <= {"", "message.reversed"}
        assert beijing.reply(infno, body).code == "message.reversed"
        living = (
            "SELECT count(*) FROM settlement_settlement WHERE state = 'settled' AND voids IS NULL AND encounter = %s"
        )
        assert one(living, int(stay[6:])) == 0
        assert beijing.settle_stay(patient, stay, STAY)


def test_charging_settling_and_voiding_race(server, beijing):
    """Whatever order they come in, a settlement covers exactly the lines that are under it, and every void its own."""
    extra = [Item(shelf.DRUG_A.code, "3.20", "10", serial="999")]
    outcomes = Counter()
    for _ in range(12):
        patient = born()
        stay = discharged(beijing, patient)
        number = beijing.settle_stay(patient, stay, STAY)["setlinfo"]["setl_id"]
        row = {"mdtrt_id": stay, "psn_no": patient.number}
        messages = [("2305", beijing.message("2305", {"data": row | {"setl_id": number}}))]
        messages += [("2301", beijing.message("2301", {"feedetail": beijing.lines(patient, stay, extra, now())}))]
        messages += [settling(beijing, patient, stay) for _ in range(2)]
        messages += [settling(beijing, patient, stay, STAY + extra) for _ in range(2)]
        messages += [("2302", beijing.message("2302", {"data": row | {"feedetl_sn": "999"}}))]
        messages += [("2405", beijing.message("2405", {"data": row}))]
        replies = all_at_once(server.address, messages)
        outcomes.update((reply.infno, reply.code) for reply in replies)
        assert replies[0].done
        assert sum(reply.done for reply in replies if reply.infno == "2304") <= 1
    assert {code for _, code in outcomes} <= {
        "",
        "encounter.already_settled",
        "encounter.state_unfit",
        "encounter.line_unknown",
        "settlement.total_differs",
        "settlement.not_discharged",
    }


def test_voids_and_settlements_of_one_person_at_several_hospitals(server, beijing):
    """Later settlements hold earlier ones fast; whatever is voided and settled meanwhile, the year adds up."""
    secondary = Desk(institutions.BEIJING_SECONDARY)
    outcomes = Counter()
    for _ in range(10):
        patient = born(account=100_000)
        first, second = discharged(beijing, patient), discharged(secondary, patient)
        number = beijing.settle_stay(patient, first, STAY, account=True)["setlinfo"]["setl_id"]
        void = {"mdtrt_id": first, "setl_id": number, "psn_no": patient.number}
        messages = [
            ("2305", beijing.message("2305", {"data": void})),
            settling(secondary, patient, second, account=True),
        ]
        void_reply, settle_reply = all_at_once(server.address, messages)
        assert settle_reply.done
        assert void_reply.code in {"", "decision.later_lives"}
        deductible = said(settle_reply.output["setlinfo"])["deductible"]
        assert deductible == (130_000 if void_reply.done else 65_000)
        outcomes[void_reply.code] += 1
    assert sum(outcomes.values()) == 10
