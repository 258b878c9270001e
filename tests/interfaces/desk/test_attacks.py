"""Attacks: another's objects on every page and role, forged forms, markup in free text, redirects, guessing."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from yijie.domain.access.models import Event, Role
from yijie.domain.filing.models import Filing
from yijie.interfaces.desk import pages
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.sample import cast, shelf
from yijie.interfaces.sample.users import PASSWORD, USERS

assert pages


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
@pytest.mark.parametrize("one", USERS, ids=lambda one: one.username)
def test_every_page_for_every_role_and_region(signed_in, treated, one, page):
    """A page is open to its roles only; an object outside the scope is not found, as if it did not exist."""
    client = signed_in(one.username)
    number, inside = object_for(page, one, treated)
    address = "/desk/" + re.sub(r"<str:\w+>", number, page.route)
    response = client.get(address) if "GET" in page.methods else client.post(address, {"note": "x"})
    if one.role not in page.roles:
        assert response.status_code == 403
    elif "<str:" not in page.route or page.name.startswith(("policies", "catalogue")):
        assert response.status_code in (200, 302, 404, 422)
    elif not inside:
        assert response.status_code == 404
    else:
        assert response.status_code in (200, 302, 404, 422)


def object_for(page, one, treated):
    """An object of the page's sort that the user may not see: of two other places; and whether they may after all."""
    if page.name.startswith("filings"):
        number, places = treated["filing_hangzhou"], ("330100", "310000")
    elif page.name.startswith("users"):
        number, places = treated["user"], ()
    elif page.name.startswith("people"):
        number, places = cast.HANGZHOU_RESIDENT.number, ("330100", "510100")
    elif page.name.startswith(("settlements", "hospital")):
        far = one.place[:2] in {"51", "00"} or "510107" in one.place
        number = treated["beijing_at_home" if far else "hangzhou_in_chengdu"]
        places = ("110000",) if far else ("510100", "330100")
    else:
        number, places = {"policies": "510100", "catalogue": shelf.SURGERY.code}.get(page.name.split("_")[0], "1"), ()
    return number, one.place in (*places, "000000")


@pytest.mark.parametrize("page", [p for p in PAGES.values() if "POST" in p.methods], ids=lambda page: page.name)
def test_forms_without_their_token_are_refused(signed_in, treated, page):
    role = next(one for one in USERS if one.role in page.roles)
    client = signed_in(role.username)
    client.handler.enforce_csrf_checks = True
    address = "/desk/" + re.sub(r"<str:\w+>", treated["filing_chengdu"], page.route)
    assert client.post(address, {"note": "x"}).status_code == 403


def test_markup_in_free_text_stays_text(signed_in, treated):
    text = signed_in("benefit.chengdu").get(f"/desk/filings/{treated['filing_chengdu']}/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
    for path in ("/desk/settlements/", "/desk/records/", "/desk/filings/", "/desk/catalogue/", "/desk/policies/"):
        shown = signed_in("auditor.nation").get(path, {"q": '"><script>alert(3)</script>'}).content.decode()
        assert "<script>alert(3)" not in shown


def test_nothing_inline_may_run(signed_in, treated):
    response = signed_in("auditor.nation").get("/desk/overview/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"].startswith(("no-store", "max-age=0"))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_redirect_leads_elsewhere(treated, target):
    client = Client(HTTP_HOST="localhost")
    signed = client.post("/desk/account/login/", {"login": "desk.beijing", "password": PASSWORD, "next": target})
    assert signed["Location"].startswith("/desk/")
    changed = client.post("/desk/language/", {"language": "en", "next": target})
    assert "evil" not in changed["Location"]
    assert "javascript" not in changed["Location"]


def test_signing_in_gives_a_new_session(treated):
    client = Client(HTTP_HOST="localhost")
    client.get("/desk/account/login/")
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["yijie_session"] = planted = session.session_key
    client.post("/desk/account/login/", {"login": "desk.beijing", "password": PASSWORD})
    assert client.cookies["yijie_session"].value != planted
    assert client.cookies["yijie_session"]["httponly"]


def test_guessing_shuts_out_the_guesser_and_not_the_owner(treated):
    """Five wrong passwords shut strangers' devices for the account; the owner's known device goes on."""
    cache.clear()
    owner, stranger = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.9")
    right = {"login": "office.beijing", "password": PASSWORD}
    assert owner.post("/desk/account/login/", right).status_code == 302
    owner.post("/desk/account/logout/")
    for _ in range(5):
        assert stranger.post("/desk/account/login/", right | {"password": "wrong-wrong-wrong"}).status_code == 200
    assert stranger.post("/desk/account/login/", right).status_code == 200, "even the right password is not tried"
    assert owner.post("/desk/account/login/", right).status_code == 302
    assert Event.objects.filter(action="sign_in_failed", username="office.beijing", address="203.0.113.9").count() == 5
    cache.clear()


def test_a_form_cannot_set_what_it_does_not_offer(signed_in, own_filing):
    """Extra fields change nothing: state, region and decider of a filing come from the use case."""
    number = own_filing
    signed_in("review.chengdu").post(
        f"/desk/filings/{number}/review/",
        {"note": "ok", "state": "approved", "decided_by": "me", "home_region": "110000"},
    )
    one = Filing.objects.get(id=int(number[6:]))
    assert (one.state, one.home_region, one.decided_by) == ("requested", "510100", "")


def test_four_eyes_over_a_filing(signed_in, own_filing):
    """Whoever agreed may not approve; the supervisor may, once another has agreed; the steps say who."""
    number = own_filing
    one = Filing.objects.get(id=int(number[6:]))
    supervisor = signed_in("supervisor.chengdu")
    assert supervisor.post(f"/desk/filings/{number}/approve/", {"note": ""}).status_code == 422
    signed_in("benefit.chengdu").post(f"/desk/filings/{number}/review/", {"note": "材料齐全"})
    assert signed_in("benefit.chengdu").post(f"/desk/filings/{number}/approve/", {}).status_code == 403
    assert supervisor.post(f"/desk/filings/{number}/approve/", {"note": "同意"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("approved", "supervisor.chengdu")


def test_a_page_says_which_roles_it_is_for():
    assert all(page.roles for page in PAGES.values())
    assert Role.AUDITOR in PAGES["audit"].roles
