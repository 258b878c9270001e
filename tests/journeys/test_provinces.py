"""Systems of four provinces, each speaking as it always does, run their journeys side by side against one server."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from people import born
from provinces import GuangdongClient, HubeiClient, HunanClient, JilinClient
from stored import one, rows

from yijie.interfaces.demo.his import Item, Refused, total_of
from yijie.interfaces.fsi import clients
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel import sm
from yijie.kernel.dates import now
from yijie.kernel.region import pool_of

VISIT = [Item(shelf.EXAMINATION.code, "220.00", "5"), Item(shelf.DRUG_C.code, "36.00", "1")]
STAY = [Item(shelf.SURGERY.code, "1200.00", "4"), Item(shelf.DRUG_B.code, "18.00", "10")]
SECRET = "sample-secret-of-a-client"
KEY_16 = "YJCLIENT00000001"
PROVINCES = ("hunan", "guangdong", "jilin", "hubei")


@pytest.fixture(scope="module")
def systems(own_server):
    """The four systems, registered."""
    address = own_server.address
    hunan = HunanClient(address, institutions.BEIJING_TERTIARY, "样例一", "YJAK01", SECRET)
    guangdong = GuangdongClient(address, institutions.GUANGZHOU_TERTIARY, "样例二", "YJPAAS02", SECRET)
    account = {"client_id": KEY_16, "secret": SECRET, "username": "sample", "password": "sample-password"}
    jilin = JilinClient(address, institutions.BEIJING_SECONDARY, "样例三", **account)
    hubei = HubeiClient(address, institutions.BEIJING_COMMUNITY, "样例四")
    own_key = sm.new_private_key()
    jilin.platform_key = sm.public_key_of(own_key)
    for profile in (
        Profile(hunan.code, gateway="api", access_key="YJAK01", secret=SECRET),
        Profile(
            guangdong.code,
            gateway="tif",
            access_key="YJPAAS02",
            secret=SECRET,
            infcode_as_text=True,
            account_in_funds=True,
            node_names={"9001": {"signinoutb": "result"}},
        ),
        Profile(
            jilin.code,
            gateway="oauth",
            access_key=KEY_16,
            secret=SECRET,
            username="sample",
            password="sample-password",
            signed="input",
            public_key=jilin.public_key,
            sm4_key=KEY_16,
            encrypts_output=True,
            own_key=own_key,
        ),
        Profile(hubei.code, signed="header", public_key=hubei.public_key),
    ):
        clients.register(profile)
    made = dict(zip(PROVINCES, (hunan, guangdong, jilin, hubei), strict=True))
    yield made
    for system in made.values():
        system.close()


@pytest.fixture(params=PROVINCES)
def system(request, systems):
    """One of them."""
    return systems[request.param]


def local(system):
    """Somebody insured where the system's institution is."""
    return born(pool_of(system.region), account=60_000)


def fund_total(system, bill):
    """The fund total without the personal account, whatever the province counts into it."""
    return bill["fund_pay_sumamt"] - (bill["acct_pay"] if isinstance(system, GuangdongClient) else 0)


def outpatient(system, patient):
    """From sign-in to settlement; the settlement."""
    began = now() - timedelta(hours=1)
    visit = system.register(patient, f"MZ{patient.number[-6:]}", began)
    system.visit(patient, visit, began)
    system.charge_visit(patient, visit, VISIT, began, batch="B1")
    bill = system.visit_bill(patient, visit, total_of(VISIT), batch="B1", account=True)
    quoted = system.ask("2206", bill, insured_in=patient.home_region)["setlinfo"]
    settled = system.ask("2207", bill, insured_in=patient.home_region)["setlinfo"]
    for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay"):
        assert quoted[name] == settled[name]
    return settled


def inpatient(system, patient):
    """From admission to settlement; the settlement."""
    began = now() - timedelta(days=2)
    stay = system.admit(patient, f"ZY{patient.number[-6:]}", began)
    system.charge(patient, stay, STAY, began)
    system.discharge(patient, stay, now())
    bill = system.stay_bill(patient, stay, total_of(STAY), account=True)
    system.ask("2303", bill, insured_in=patient.home_region)
    return system.ask("2304", bill, insured_in=patient.home_region)["setlinfo"]


def check(system, settled, items):
    """The bill adds up, and the books hold what the desk was told."""
    parts = fund_total(system, settled) + settled["acct_pay"] + settled["psn_cash_pay"] + settled["hosp_part_amt"]
    assert parts == settled["medfee_sumamt"] == Decimal(total_of(items))
    number = int(settled["setl_id"][6:])
    assert one("SELECT total FROM settlement_settlement WHERE id = %s", number) == 100 * settled["medfee_sumamt"]
    assert settled["acct_pay"] > 0


def test_both_journeys_in_every_provinces_own_way(system):
    system.sign_in()
    patient = local(system)
    read = system.read_card(patient.certificate)
    assert system.patient(read).number == patient.number
    check(system, outpatient(system, patient), VISIT)
    second = local(system)
    settled = inpatient(system, second)
    check(system, settled, STAY)
    row = {"mdtrt_id": settled["mdtrt_id"], "setl_id": settled["setl_id"], "psn_no": second.number}
    voided = system.ask("2305", {"data": row}, insured_in=second.home_region)["setlinfo"]
    assert voided["medfee_sumamt"] == -settled["medfee_sumamt"]
    assert voided["fund_pay_sumamt"] == -settled["fund_pay_sumamt"]
    system.sign_out()


def test_files_go_both_ways_in_both_styles(system):
    content = bytes(range(256)) * 40
    stored = system.upload("对账.zip", content)
    assert stored["filename"] == "对账.zip"
    assert system.download(stored["file_qury_no"], "对账.zip") == content


def test_what_is_kept_is_the_national_form(systems):
    """What the provinces read differently is the same decision underneath."""
    settled = {name: inpatient(system, local(system)) for name, system in systems.items() if name != "jilin"}
    kept = {
        name: json.loads(one("SELECT output FROM fsi_message WHERE subject = %s", int(bill["setl_id"][6:])))["setlinfo"]
        for name, bill in settled.items()
    }
    for name, bill in settled.items():
        assert Decimal(str(kept[name]["fund_pay_sumamt"])) == fund_total(systems[name], bill)


def test_a_refusal_is_told_in_every_provinces_own_way(system):
    with pytest.raises(Refused, match=r"\[enrolment\.person_unknown\]"):
        system.read_card("110105190001011234")


def test_a_client_that_repeats_on_5xx_is_answered_once_for_all(systems, own_server):
    """A proxy loses the answer and says 502; the library sends the same bytes again, settled once."""
    hunan = systems["hunan"]
    patient = local(hunan)
    began = now() - timedelta(days=2)
    stay = hunan.admit(patient, "ZY5XX", began)
    hunan.charge(patient, stay, STAY, began)
    hunan.discharge(patient, stay, now())
    bill = hunan.stay_bill(patient, stay, total_of(STAY))
    answers = []

    def proxy(request):
        if request.url.path.endswith("2304") and len(answers) < 2:
            through = httpx.post(
                own_server.address + request.url.path, content=request.content, headers=request.headers
            )
            answers.append(through.json())
            return httpx.Response(502)
        passed = {k: v for k, v in request.headers.items() if k != "host"}
        answer = httpx.post(own_server.address + request.url.path, content=request.content, headers=passed)
        answers.append(answer.json())
        return httpx.Response(answer.status_code, content=answer.content)

    direct, hunan._client = hunan._client, httpx.Client(transport=httpx.MockTransport(proxy), base_url="http://proxy")
    try:
        settled = hunan.ask("2304", bill, insured_in=patient.home_region)["setlinfo"]
    finally:
        hunan._client = direct
    assert hunan.repeats == 2
    assert {answer["output"]["setlinfo"]["setl_id"] for answer in answers} == {settled["setl_id"]}
    assert one("SELECT count(*) FROM settlement_settlement WHERE person_number = %s", patient.number) == 1


def test_two_operators_of_one_hospital_at_once(systems):
    """Ids of Jilin's client collide within a second over transactions; two people at two desks do not notice."""
    jilin = systems["jilin"]
    jilin.signed_on()
    patients = [local(jilin) for _ in range(6)]
    collided = "H11010500002202601311200001234"

    def at_a_desk(patient):
        return inpatient(jilin, patient)

    with ThreadPoolExecutor(2) as desks:
        settled = list(desks.map(at_a_desk, patients))
    assert len({bill["setl_id"] for bill in settled}) == len(patients)
    for patient, items in zip(patients[:2], (VISIT, VISIT), strict=True):
        began = now() - timedelta(minutes=5)
        visit = jilin.register(patient, "MZ2", began)
        jilin.visit(patient, visit, began)
        jilin.charge_visit(patient, visit, items, began, batch="B1")
    bill = jilin.visit_bill(patients[1], visit, total_of(VISIT), batch="B1", account=False)
    first = jilin.ask("2207", bill, insured_in=patients[1].home_region, msgid=collided)
    row = {"mdtrt_id": visit, "setl_id": first["setlinfo"]["setl_id"], "psn_no": patients[1].number}
    assert jilin.ask("2208", {"data": row}, insured_in=patients[1].home_region, msgid=collided)
    assert len(rows("SELECT infno FROM fsi_message WHERE msgid = %s", collided)) == 2
