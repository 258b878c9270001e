"""The hospital's desk without a browser: admit, charge, quote, settle once however often it is sent."""

import re
import time

from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.sample import cast, shelf

ADMISSION = {
    "insurance": "310",
    "medical_type": "2101",
    "record": "ZY-DESK-1",
    "phone": "13800000000",
    "department": "外科",
    "bed": "12",
    "doctor_code": "D110105000001",
    "doctor_name": "样例医师",
    "diagnosis_code": "K35.800",
    "diagnosis_name": "急性阑尾炎",
}


def hidden(page, name):
    """The value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def admitted(client):
    """The address of a fresh stay of the cast's Chengdu retiree."""
    found = client.post("/desk/hospital/", {"kind": "02", "number": cast.CHENGDU_RETIREE.certificate})
    assert found["Location"] == "/desk/hospital/patient/"
    patient = client.get("/desk/hospital/patient/", {"kind": "stay"})
    assert "可享受" in patient.content.decode()
    done = client.post("/desk/hospital/admit/", ADMISSION | {"msgid": hidden(patient, "msgid")})
    assert done.status_code == 302, done.content.decode()
    return done["Location"]


def test_settling_twice_from_the_same_form_settles_once(signed_in, treated):
    client = signed_in("desk.beijing")
    stay = admitted(client)
    page = client.get(stay, {"item": shelf.SURGERY.name})
    line = {"item": shelf.SURGERY.code, "price": shelf.SURGERY.price, "quantity": "1", "msgid": hidden(page, "msgid")}
    assert client.post(f"{stay}charge/", line).status_code == 302
    time.sleep(1.1)  # the next second, which a message's content must not depend on
    assert client.post(f"{stay}charge/", line).status_code == 302, "the same form again changes nothing"
    page = client.get(stay)
    left = client.post(f"{stay}discharge/", {"msgid": hidden(page, "msgid")})
    quote = client.get(left["Location"])
    assert quote.status_code == 200, quote.content.decode()
    before = Settlement.objects.count()
    form = {"msgid": hidden(quote, "msgid"), "account": ""}
    first, again = client.post(f"{stay}settle/", form), client.post(f"{stay}settle/", form)
    assert first["Location"] == again["Location"]
    assert first["Location"].endswith("/statement/")
    assert Settlement.objects.count() == before + 1
    assert Attempt.objects.get(msgid=form["msgid"]).state == "settled"


VISIT = {name: ADMISSION[name] for name in ("insurance", "department", "doctor_code", "doctor_name")} | {
    "medical_type": "11",
    "record": "MZ-DESK-1",
    "diagnosis_code": "J06.900",
    "diagnosis_name": "急性上呼吸道感染",
}


def test_a_visit_from_registration_to_two_settlements(signed_in, treated):
    """Charged, one batch settled, another opened and taken back; the second form settles the rest."""
    client = signed_in("desk.beijing")
    client.post("/desk/hospital/", {"kind": "02", "number": cast.BEIJING_EMPLOYEE.certificate})
    patient = client.get("/desk/hospital/patient/")
    assert "门诊挂号" in patient.content.decode()
    begun = client.post("/desk/hospital/register/", VISIT | {"msgid": hidden(patient, "msgid")})
    assert begun.status_code == 302, begun.content.decode()
    care = begun["Location"]
    for number in (1, 2):
        for _ in range(number):
            page = client.get(care, {"item": shelf.DRUG_A.name})
            line = {"item": shelf.DRUG_A.code, "price": "3.20", "quantity": "10", "msgid": hidden(page, "msgid")}
            assert client.post(f"{care}charge/", line).status_code == 302
        quote = client.get(f"{care}quote/")
        assert quote.status_code == 200, quote.content.decode()
        done = client.post(f"{care}settle/", {"msgid": hidden(quote, "msgid"), "account": ""})
        assert done["Location"].endswith("/statement/")
        assert client.get(done["Location"]).status_code == 200
    page = client.get(care, {"item": shelf.DRUG_A.name})
    line |= {"msgid": hidden(page, "msgid")}
    client.post(f"{care}charge/", line)
    assert "撤销未结算明细" in client.get(care).content.decode()
    client.post(f"{care}revoke/", {"msgid": hidden(client.get(care), "msgid")})
    assert "撤销未结算明细" not in client.get(care).content.decode()


def test_a_line_is_graded_while_it_is_typed_as_it_is_when_charged(signed_in, treated):
    client = signed_in("desk.beijing")
    client.post("/desk/hospital/", {"kind": "02", "number": cast.BEIJING_EMPLOYEE.certificate})
    patient = client.get("/desk/hospital/patient/")
    begun = client.post("/desk/hospital/register/", VISIT | {"record": "MZ-2", "msgid": hidden(patient, "msgid")})
    care = begun["Location"]
    said = {"item": shelf.DRUG_C.code, "price": "36", "quantity": "2"}
    assert "丙类" in client.get(f"{care}grade/", said).json()["text"]
    assert "全自费 72.00" in client.get(f"{care}grade/", said).json()["text"]
    for broken in ({"price": "x"}, {"price": "1e99"}, {"price": "NaN"}, {"item": "none"}, {"quantity": ""}):
        assert client.get(f"{care}grade/", said | broken).json() == {"text": ""}


def test_a_line_of_a_stay_is_taken_back(signed_in, treated):
    client = signed_in("desk.chengdu")
    client.post("/desk/hospital/", {"kind": "02", "number": cast.CHENGDU_EMPLOYEE.certificate})
    patient = client.get("/desk/hospital/patient/", {"kind": "stay"})
    begun = client.post("/desk/hospital/admit/", ADMISSION | {"record": "ZY-3", "msgid": hidden(patient, "msgid")})
    care = begun["Location"]
    page = client.get(care, {"item": shelf.DRUG_A.name})
    line = {"item": shelf.DRUG_A.code, "price": "3.20", "quantity": "1", "msgid": hidden(page, "msgid")}
    client.post(f"{care}charge/", line)
    page = client.get(care)
    serial = re.search(r'name="serial" value="([^"]+)"', page.content.decode())[1]
    gone = client.post(f"{care}revoke/", {"serial": serial, "msgid": hidden(page, "msgid")})
    assert gone.status_code == 302, gone.content.decode()
    assert "还没有费用" in client.get(care).content.decode()


def test_an_english_desk_is_answered_in_english(signed_in, treated):
    """The platform's own words too: why a fund does not pay, why a message is refused."""
    client = signed_in("desk.beijing")
    client.cookies["yijie_language"] = "en"
    client.post("/desk/hospital/", {"kind": "02", "number": cast.HANGZHOU_RESIDENT.certificate})
    patient = client.get("/desk/hospital/patient/", {"kind": "visit"})
    assert '<span class="hint">only for insurance: employee</span>' in patient.content.decode()
    nobody = client.post("/desk/hospital/", {"kind": "02", "number": "110101199001011237"})
    assert "nobody is registered under the document 110*************37" in nobody.content.decode()
