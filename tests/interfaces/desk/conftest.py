"""Users of every role in a small nation where some people were treated, some filings wait."""

from datetime import timedelta

import pytest
from attempts import attempt
from desks import Desk
from django.test import Client

from yijie.domain import filing
from yijie.domain.access import Role, SampleUser, User, ensure_sample_users
from yijie.domain.encounter.models import Encounter
from yijie.domain.filing.models import Filing
from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.desk.models import Change
from yijie.interfaces.desk.reference import REFERENCES
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.interfaces.sample.users import PASSWORD, ensure_users
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today
from yijie.kernel.ids import public_id

ITEMS = [
    Item(shelf.DRUG_A.code, "3.20", "10"),
    Item(shelf.DRUG_C.code, "36.00"),
    Item(shelf.SURGERY.code, shelf.SURGERY.price),
]


@pytest.fixture(scope="module")
def treated(own_nation):
    """Two settled stays in Beijing and one in Chengdu, with the numbers they got; waiting filings in two pools."""
    ensure_users()
    filing.approve(waiting_number(cast.CHENGDU_RETIREE, "110000", FilingKind.LONG_TERM_RESIDENT).id, by="bureau")
    made = {}
    for name, member, code in (
        ("chengdu_in_beijing", cast.CHENGDU_RETIREE, institutions.BEIJING_TERTIARY),
        ("beijing_at_home", cast.BEIJING_EMPLOYEE, institutions.BEIJING_TERTIARY),
        ("hangzhou_in_chengdu", cast.HANGZHOU_RESIDENT, institutions.CHENGDU_TERTIARY),
    ):
        desk = Desk(code)
        patient = desk.patient(desk.read_card(member.certificate, member.name))
        stay = desk.stay_of(patient, ITEMS, began=now() - timedelta(days=3), ended=now())
        made[name] = desk.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    for name, member, care in (
        ("filing_chengdu", cast.CHENGDU_EMPLOYEE, "110000"),
        ("filing_hangzhou", cast.HANGZHOU_RESIDENT, "310000"),
    ):
        made[name] = waiting(member, care, FilingKind.LONG_TERM_RESIDENT)
    ensure_sample_users(
        [SampleUser("nobody.else", "样例", Role.HOSPITAL_DESK, institutions.BEIJING_TERTIARY)], PASSWORD
    )
    made["user"] = str(User.objects.get(username="nobody.else").pk)
    assert total_of(ITEMS)
    return made


@pytest.fixture
def own_filing(treated):
    """The public number of a filing request of a Chengdu employee that no other test touches."""
    return waiting(cast.CHENGDU_EMPLOYEE, "440100", FilingKind.LONG_TERM_RESIDENT)


def waiting(member, care, kind):
    """The public number of a fresh filing request."""
    one = waiting_number(member, care, kind)
    return f"{one.home_region}{one.id:019d}"


def waiting_number(member, care, kind):
    """A fresh filing request, with markup where people may write."""
    return filing.request(
        filing.Application(
            person_number=member.number,
            insurance=member.relation.insurance,
            home_region=member.pool,
            care_region=care,
            kind=kind,
            since=today(),
            papers=True,
            reason="<script>alert(1)</script>在外地居住",
            details={"address": "<img src=x onerror=alert(2)>"},
        ),
        by="person",
    )


@pytest.fixture(scope="module")
def signed_in(treated):
    """A browser in which a sample user has signed in, once for the module: ``signed_in("desk.beijing")``."""
    sessions = {}

    def browser(username, **options):
        client = Client(HTTP_HOST="localhost", **options)
        if username not in sessions:
            response = client.post("/desk/account/login/", {"login": username, "password": PASSWORD})
            assert response.status_code == 302, response.content.decode()
            again = client.post("/desk/account/reauthenticate/", {"password": PASSWORD})
            assert again.status_code == 302, again.content.decode()
            sessions[username] = client.cookies["yijie_session"].value
        client.cookies["yijie_session"] = sessions[username]
        return client

    return browser


@pytest.fixture(scope="module")
def objects(treated):
    """An object of each sort of page."""
    stay = Encounter.objects.filter(institution=institutions.BEIJING_TERTIARY, home_region="510100").get()
    Encounter.objects.filter(id=stay.id).update(trauma=True)
    asked = Filing.objects.get(id=int(treated["filing_chengdu"][6:]))
    return {
        "settlements": treated["chengdu_in_beijing"],
        "hospital": public_id(stay.region, stay.id),
        "filings": treated["filing_chengdu"],
        "paper": str(filing.add_paper(asked, "a.png", b"\x89PNG\r\n\x1a\n", by="test").id),
        "people": cast.CHENGDU_RETIREE.number,
        "policies": "510100",
        "catalogue": shelf.DRUG_A.code,
        "trauma": public_id(stay.region, stay.id),
        "users": str(User.objects.get(username="desk.beijing").pk),
        "reference": "institutions",
        "change": str(_change().id),
        "nodes": str(attempt("110000", "510100").id),
    }


def _change():
    """A proposal of reference data."""
    row = {column.zh: "" for column in REFERENCES["items"].columns} | {"医疗目录编码": "X", "名称": "新"}
    return Change.objects.create(
        id=9, region="000000", table="items", rows=[row], proposed_at=now(), proposed_by="somebody"
    )
