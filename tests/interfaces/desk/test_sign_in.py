"""Signing in: a second factor for real users, sessions that end, machines without cookies, weak passwords."""

import httpx
import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from yijie.domain.access import Role, User, grant
from yijie.interfaces.desk.listing import _cell
from yijie.interfaces.sample.users import PASSWORD


def test_a_real_user_sets_up_a_second_factor_before_anything_else(treated):
    user = User.objects.create_user("real.person", password=PASSWORD, display="真人")
    grant(user, Role.AUDITOR, "510100", by="test")
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/desk/", "/desk/settlements/", "/desk/records/"):
        assert client.get(path)["Location"] == "/desk/account/2fa/"
    setting_up = client.get("/desk/account/2fa/")
    assert setting_up.status_code == 200


def test_what_is_wrong_with_a_password_is_told_while_it_is_typed(signed_in, treated):
    """By the rules that decide in the end, in the language of the page; to nobody who has not signed in."""
    client = signed_in("auditor.chengdu")

    def told(password, **more):
        return client.post("/desk/account/strength/", {"password": password}, **more).json()

    assert told("") == {"score": 0, "text": ""}
    assert told("short")["score"] == told("password1234")["score"] == told("auditor.chengdu")["score"] == 1
    assert told("short")["text"] == "密码太短，至少 12 个字符。"
    assert "common" in told("password1234", headers={"accept-language": "en"})["text"]
    assert (told("一二三四五六七八九十甲乙")["score"], told("correct horse battery")["score"]) == (3, 4)
    assert client.get("/desk/account/strength/").status_code == 405
    assert Client(HTTP_HOST="localhost").post("/desk/account/strength/", {"password": "x"}).status_code == 302
    assert "data-strength" in client.get("/desk/account/password/change/").content.decode()


def test_signing_out_ends_the_session_on_the_server(treated):
    client, thief = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
    client.post("/desk/account/login/", {"login": "desk.beijing", "password": PASSWORD})
    thief.cookies["yijie_session"] = client.cookies["yijie_session"].value
    assert thief.get("/desk/").status_code == 200
    client.post("/desk/account/logout/")
    assert thief.get("/desk/").status_code == 302


def test_sessions_are_listed(signed_in, treated):
    page = signed_in("auditor.nation").get("/desk/account/sessions/")
    assert page.status_code == 200
    assert "127.0.0.1" in page.content.decode()


@pytest.mark.parametrize("weak", ["short-1", "password1234", "123456789012", "real.person12"])
def test_weak_passwords_are_refused(weak):
    with pytest.raises(ValidationError):
        validate_password(weak, User(username="real.person"))


def test_nobody_signs_up(treated):
    assert "password1" not in Client(HTTP_HOST="localhost").get("/desk/account/signup/").content.decode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_exported_text_is_no_formula(text):
    assert _cell(text) == "'" + text
    assert _cell("安全") == "安全"


def test_machines_pass_no_middleware_and_get_no_cookie(own_server):
    """The HIS interface answers without session, cookie or the pages' headers."""
    said = httpx.post(f"{own_server.address}/fsi/api/rsfComIfsService/callService", content=b"{}", trust_env=False)
    assert said.status_code == 200
    assert "set-cookie" not in said.headers
    assert "content-security-policy" not in said.headers
    pages = httpx.get(f"{own_server.address}/desk/account/login/", trust_env=False)
    assert "content-security-policy" in pages.headers
