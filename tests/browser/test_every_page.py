"""Every page in a real browser, as one of its users sees it: accessible in Chinese and in English, and never mixed.

The list is made from the URL configuration: a page that is added is looked at, or the test fails.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from attempts import attempt
from desks import Desk
from django.test import Client
from django.urls import get_resolver

from yijie.domain.access.models import User
from yijie.domain.encounter.models import Encounter
from yijie.domain.filing import add_paper
from yijie.domain.filing.models import Filing
from yijie.domain.settlement.models import Attempt
from yijie.interfaces.demo.his import Item
from yijie.interfaces.desk.models import Change
from yijie.interfaces.desk.original import signed_number
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.desk.reference import REFERENCES
from yijie.interfaces.fsi.certification import watching
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.interfaces.sample.users import USERS
from yijie.kernel.dates import now
from yijie.kernel.ids import public_id

OWNER = "clearing.beijing"
"""Has an authenticator and a passkey: the pages about them are full."""
READERS = ("desk.beijing", "office.beijing", "supervisor.chengdu", "auditor.nation", "admin.nation", OWNER, "")
"""Who looks; each page is looked at by the first who may. The last has not signed in."""
SECRET = "JBSWY3DPEHPK3PXP"
ACCOUNT = {
    "account_login": "",
    "account_inactive": "",
    "account_signup": "",
    "account_reset_password": "",
    "account_reset_password_done": "",
    "account_reset_password_from_key": "",
    "account_reset_password_from_key_done": "",
    "account_email_verification_sent": "",
    "account_confirm_email": "",
    "socialaccount_login_cancelled": "",
    "socialaccount_login_error": "",
    "original": "",
    "certification/<str:token>/": "",
    "account_logout": OWNER,
    "account_reauthenticate": OWNER,
    "account_email": OWNER,
    "account_change_password": OWNER,
    "mfa_index": OWNER,
    "mfa_reauthenticate": OWNER,
    "mfa_activate_totp": "desk.beijing",
    "mfa_deactivate_totp": OWNER,
    "mfa_view_recovery_codes": OWNER,
    "mfa_generate_recovery_codes": OWNER,
    "mfa_list_webauthn": OWNER,
    "mfa_add_webauthn": OWNER,
    "mfa_remove_webauthn": OWNER,
    "mfa_edit_webauthn": OWNER,
    "mfa_reauthenticate_webauthn": OWNER,
    "socialaccount_connections": OWNER,
    "usersessions_list": OWNER,
}
"""Pages that are not registered as the desks' own → who looks at them."""
ANSWERS = {"socialaccount_login_error": 401}
ERRORS = [("/desk/users/", 403), ("/desk/settlements/1/", 404)]
NO_PAGE = {
    "": "leads a browser to the desks",
    "favicon.ico": "says that there is none",
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
    "password_strength": "answers the script of the password's page",
    "set_language": "takes the form of the language button",
    "account_set_password": "leads whoever has a password to the change of it",
    "account_confirm_login_code": "codes are not sent",
    "mfa_authenticate": "asks in the middle of signing in; looked at by test_a_code_is_asked",
    "mfa_download_recovery_codes": "a text file",
    "mfa_login_webauthn": "answers the script of the passkey button",
    "socialaccount_signup": "nobody signs up",
    "openid_connect_login": "leads to the bureau's own sign-in",
    "openid_connect_callback": "is led to from there",
}
MACHINES = ("^fsi/", "^mbs/", "^(?:[\\w-]+/)", "^uif-", "^auth/oauth", "node/", "desk/account/social/")
"""Addresses of gateways and nodes; and old addresses of the sign-in library that lead to the new ones."""


def routes(patterns=None, before=""):
    """Name (or route, where it has none) → route of everything the server answers to."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, before + str(one.pattern))
        else:
            route = before + str(one.pattern)
            yield one.name or route, route


@pytest.fixture(scope="module")
def objects(lived):
    """An object of each sort, by the first word of the page's name."""
    trauma = Encounter.objects.get(trauma=True)
    desk = Desk(institutions.BEIJING_TERTIARY)
    patient = desk.patient(desk.read_card(cast.BEIJING_EMPLOYEE.certificate, ""))
    began = now().replace(hour=0, minute=1)
    visit = desk.visit_of(patient, [Item(shelf.DRUG_A.code, "3.20", "10")], began=began)
    waiting = Filing.objects.filter(home_region="510100", state="requested").first()
    row = {column.zh: "" for column in REFERENCES["items"].columns} | {"医疗目录编码": "X", "名称": "新"}
    change = Change.objects.create(
        id=9, region="000000", table="items", rows=[row], proposed_at=now(), proposed_by="somebody"
    )
    owner = User.objects.get(username=OWNER)
    TOTP.activate(owner, SECRET)
    certification = watching.begin(institutions.BEIJING_TERTIARY, "higher")
    return {
        "settlements": lived,
        "hospital": visit,
        "paper": str(add_paper(waiting, "a.png", b"\x89PNG\r\n\x1a\n", by="test").id),
        "filings": public_id(waiting.home_region, waiting.id),
        "people": cast.CHENGDU_RETIREE.number,
        "policies": "510100",
        "catalogue": shelf.SURGERY.code,
        "trauma": public_id(trauma.region, trauma.id),
        "users": str(User.objects.get(username="desk.beijing").pk),
        "reference": "institutions",
        "nodes": str(past_attempt()),
        "reference_change": str(change.id),
        "original": signed_number(lived),
        "certification/<str:token>/": certification.token,
    }


def reader_of(name):
    """Who looks at a page; None: it is none."""
    if name in ACCOUNT:
        return ACCOUNT[name]
    page = PAGES.get(name)
    if page is None or "GET" not in page.methods:
        return None
    roles = {user.username: user.role for user in USERS}
    fits = [one for one in READERS[:5] if roles[one] in page.roles]
    if name.startswith("trauma"):
        fits.remove("supervisor.chengdu")  # that care is between others; the auditor sees it
    return fits[0]


def address(name, route, objects):
    """The address of a page with an object of its sort."""
    route = route.replace("<str:paper>", objects["paper"])
    number = objects.get(name) or objects.get(name.split("_")[0], "none")
    return "/" + re.sub(r"<\w+:\w+>|\(\?P<\w+>(\[[^]]*\]|[^)])*\)", number, route).replace("^", "").replace("$", "")


def test_every_address_is_a_page_that_is_looked_at_or_none():
    """A new address has to be given somebody who looks at it, or the reason why nobody does."""
    unknown = [
        name
        for name, route in routes()
        if name not in NO_PAGE and name not in ACCOUNT and name not in PAGES and not route.startswith(MACHINES)
    ]
    assert not unknown
    assert not (NO_PAGE.keys() | ACCOUNT.keys()) - dict(routes()).keys(), "no longer there"


def test_what_is_called_no_page_shows_none(lived):
    client = Client(HTTP_HOST="localhost")
    for name, route in routes():
        if name in NO_PAGE:
            response = client.get("/" + re.sub(r"\(\?P<\w+>[^)]*\)", "x", route).replace("^", ""))
            assert response.status_code != 200 or "html" not in response["Content-Type"], name


def past_attempt():
    """An attempt whose deadline has passed, between two nodes."""
    found = Attempt.objects.first()
    return (found or attempt("110000", "510100", deadline_at=now())).id


@pytest.mark.parametrize("username", READERS)
def test_every_page_is_accessible_and_never_mixed(reader, objects, spoken, username):
    one = reader()
    if username == OWNER:
        one.with_device().sign_in_with_code(OWNER, SECRET).step_up_now().add_passkey()
        key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
        objects |= {"mfa_remove_webauthn": str(key.pk), "mfa_edit_webauthn": str(key.pk)}
    elif username:
        one.sign_in(username)
        one.step_up_now()
    if username == "desk.beijing":
        one.receive(cast.BEIJING_EMPLOYEE.certificate)
    every = [
        (address(name, route, objects), ANSWERS.get(name, 200))
        for name, route in routes()
        if reader_of(name) == username
    ]
    if username == "desk.beijing":
        every += ERRORS
    wrong = []
    for language in ("zh", "en"):
        if language == "en":
            one.in_english()
        for path, status in every:
            wrong += [f"{language} {path}: {what}" for what in one.wrong_with(path, language, spoken, status)]
    assert not wrong, "\n".join(wrong)
