"""The hospital's desk without a browser: admit, charge, quote, settle once however often it is sent."""

import re

from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.sample import cast, shelf

ADMISSION = {
    "insurance": "310",
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
    patient = client.get("/desk/hospital/patient/")
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
