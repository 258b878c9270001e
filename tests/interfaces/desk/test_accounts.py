"""Accounts: opened, granted, ended; second factors, sessions, new devices, a bureau's own sign-in."""

import base64
import hashlib
import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client, override_settings

from yijie.domain.access import Role, User, grant
from yijie.domain.access.models import Event, Grant
from yijie.interfaces.sample import institutions
from yijie.interfaces.sample.users import PASSWORD

LOGIN = "/desk/account/login/"


@pytest.fixture(autouse=True)
def nobody_waits(treated):
    """Counters of failed sign-ins do not reach from one test into the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(treated):
    """A real user, with a role and a password, without a second factor; fresh for each test."""
    name = f"real.{time.monotonic_ns()}"
    user = User.objects.create_user(name, password=PASSWORD, display="真人")
    grant(user, Role.SUPERVISOR, "510100", by="test")
    return user


def browser(**options):
    return Client(HTTP_HOST="localhost", **options)


def signed_in_as(username, password=PASSWORD, **options):
    """A browser that has given name and password, and the password again for what matters."""
    client = browser(**options)
    client.post(LOGIN, {"login": username, "password": password})
    client.post("/desk/account/reauthenticate/", {"password": password})
    return client


def code_of(secret, at=0):
    """The authenticator's code now, or so many steps away."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + at))


def with_authenticator(user):
    """A browser of a user who has set up an authenticator; its secret."""
    client = signed_in_as(user.username)
    page = client.get("/desk/account/2fa/totp/activate/")
    secret = re.search(r"value=\"([A-Z2-7]{16,})\"", page.content.decode())[1]
    done = client.post("/desk/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert done.status_code == 302, done.content.decode()
    return client, secret


def test_a_code_of_the_authenticator_is_asked_and_works_once(person):
    client, secret = with_authenticator(person)
    assert client.get("/desk/").status_code == 200
    again = signed_in_as(person.username)
    assert again.get("/desk/").status_code == 302, "the password alone opens nothing"
    following = code_of(secret, 1)
    wrong = f"{(int(following) + 1) % 1_000_000:06d}"
    assert again.post("/desk/account/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert again.post("/desk/account/2fa/authenticate/", {"code": following}).status_code == 302
    assert again.get("/desk/").status_code == 200
    thief = signed_in_as(person.username)
    assert thief.post("/desk/account/2fa/authenticate/", {"code": following}).status_code == 200, "used before"


def test_a_recovery_code_works_once(person):
    client, _ = with_authenticator(person)
    client.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    client.post("/desk/account/2fa/recovery-codes/generate/")
    shown = client.get("/desk/account/2fa/recovery-codes/").content.decode()
    code = re.search(r"\b([a-f0-9]{8})\b", shown)[1]
    for works in (True, False):
        other = signed_in_as(person.username)
        other.post("/desk/account/2fa/authenticate/", {"code": code})
        assert (other.get("/desk/").status_code == 200) is works


def test_sessions_are_ended_by_their_owner(treated):
    mine, other = signed_in_as("clearing.beijing"), signed_in_as("clearing.beijing")
    assert other.get("/desk/").status_code == 200
    assert "127.0.0.1" in mine.get("/desk/account/sessions/").content.decode()
    mine.post("/desk/account/sessions/")
    assert other.get("/desk/").status_code == 302
    assert mine.get("/desk/").status_code == 200


def test_a_stolen_session_ends_in_another_browser_and_is_put_on_record(treated):
    owner = signed_in_as("clearing.beijing", headers={"user-agent": "desk browser"})
    thief = browser(headers={"user-agent": "curl"})
    thief.cookies["yijie_session"] = owner.cookies["yijie_session"].value
    assert thief.get("/desk/")["Location"].startswith(LOGIN)
    assert owner.get("/desk/").status_code == 302, "for both: somebody has the cookie"
    assert Event.objects.filter(action="session_changed", username="clearing.beijing").exists()


def test_another_network_asks_for_the_password_again(signed_in, treated, own_filing):
    chief = signed_in_as("supervisor.chengdu")
    signed_in("benefit.chengdu").post(f"/desk/filings/{own_filing}/review/", {})
    elsewhere = browser(REMOTE_ADDR="198.51.100.7")
    elsewhere.cookies = chief.cookies
    assert elsewhere.get("/desk/").status_code == 200
    asked = elsewhere.post(f"/desk/filings/{own_filing}/approve/", {})
    assert asked["Location"].startswith("/desk/account/reauthenticate/")


def test_sessions_end_when_idle_and_after_eight_hours(treated):
    client = signed_in_as("clearing.beijing")
    assert client.get("/desk/").status_code == 200
    session = client.session
    assert session.get_expiry_age() <= 1800
    session["since"] -= 8 * 3600 + 1
    session.save()
    assert client.get("/desk/")["Location"].startswith(LOGIN)


def test_a_sign_in_on_a_new_device_is_asked_about_and_denied(treated):
    owner = signed_in_as("review.chengdu")
    stranger = signed_in_as("review.chengdu", REMOTE_ADDR="203.0.113.50")
    assert "203.0.113.50" in owner.get("/desk/").content.decode()
    denied = owner.post("/desk/device/", {})
    assert denied["Location"] == "/desk/account/password/change/"
    assert stranger.get("/desk/").status_code == 302
    assert owner.get("/desk/").status_code == 200
    assert "新设备" not in owner.get("/desk/").content.decode()


def test_an_account_from_first_password_to_role_to_end(treated):
    """Opened by an administrator; the first password is changed, a factor set up; a role given and ended."""
    admin = signed_in_as("admin.chengdu")
    shown = admin.post("/desk/users/open/", {"username": "new.person", "display": "新人"}).content.decode()
    first = re.search(r"<pre[^>]*>([^<]+)</pre>", shown)[1]
    user = User.objects.get(username="new.person")
    page = f"/desk/users/{user.pk}/"
    admin.post(f"{page}grant/", {"role": "benefit_officer", "place": "510100"})
    for outside in ("110000", "H11010500001", "000000", "510000"):
        assert admin.post(f"{page}grant/", {"role": "auditor", "place": outside}).status_code == 422
    for outside in (institutions.BEIJING_TERTIARY, "510100", ""):
        assert admin.post(f"{page}grant/", {"role": "hospital_desk", "place": outside}).status_code == 422
    assert Grant.objects.filter(user=user).count() == 1
    desk = {"role": "hospital_desk", "place": institutions.CHENGDU_TERTIARY}
    assert admin.post(f"{page}grant/", desk).status_code == 302
    admin.post(f"{page}end/", {"grant": Grant.objects.get(user=user, role="hospital_desk").pk})
    assert signed_in_as("admin.nation").post(f"{page}grant/", {"role": "auditor", "place": "<b>"}).status_code == 422
    new = signed_in_as("new.person", first)
    assert new.get("/desk/")["Location"] == "/desk/account/password/change/"
    short = {"oldpassword": first, "password1": "short", "password2": "short"}
    assert new.post("/desk/account/password/change/", short).status_code == 200
    wrong = {"oldpassword": "wrong", "password1": "a-long-new-password", "password2": "a-long-new-password"}
    assert new.post("/desk/account/password/change/", wrong).status_code == 200, "the old one is asked"
    assert new.post("/desk/account/password/change/", wrong | {"oldpassword": first}).status_code == 302
    assert new.get("/desk/")["Location"] == "/desk/account/2fa/", "then the second factor"
    given = Grant.objects.get(user=user)
    admin.post(f"{page}end/", {"grant": given.pk})
    assert not Grant.objects.filter(user=user).exists()
    admin.post(f"{page}active/")
    assert new.get("/desk/").status_code == 302
    assert signed_in_as("new.person", "a-long-new-password").get("/desk/").status_code == 302
    for action in ("account_opened", "role_granted", "password_changed", "role_ended", "account_shut"):
        assert Event.objects.filter(action=action).exists(), action


def test_nobody_raises_themselves(treated):
    admin = signed_in_as("admin.chengdu")
    own = User.objects.get(username="admin.chengdu")
    for deed, form in (("grant", {"role": "supervisor", "place": "510100"}), ("active", {}), ("password", {})):
        assert admin.post(f"/desk/users/{own.pk}/{deed}/", form).status_code == 422
    other = User.objects.get(username="supervisor.beijing")
    assert admin.get(f"/desk/users/{other.pk}/").status_code == 404
    assert admin.post(f"/desk/users/{other.pk}/password/").status_code == 404
    assert "supervisor.beijing" not in admin.get("/desk/users/").content.decode()
    assert institutions.CHENGDU_TERTIARY in admin.get("/desk/users/", {"q": "desk."}).content.decode()


class Provider(BaseHTTPRequestHandler):
    """An OpenID provider: discovery, authorization (at once), token with PKCE, keys."""

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = "bureau-0042"
    codes: ClassVar[dict] = {}

    def do_GET(self):
        address, asked = urlsplit(self.path), parse_qs(urlsplit(self.path).query)
        base = f"http://{self.headers['Host']}"
        if address.path == "/.well-known/openid-configuration":
            self.say(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo",
                    "jwks_uri": f"{base}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        elif address.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            self.say({"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]})
        elif address.path == "/userinfo":
            self.say({"sub": self.subject})
        else:
            self.codes["code-1"] = {name: values[0] for name, values in asked.items()}
            back = urlencode({"code": "code-1", "state": asked["state"][0]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
            self.end_headers()

    def do_POST(self):
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.codes.pop(said["code"][0])
        digest = hashlib.sha256(said["code_verifier"][0].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        base, moment = f"http://{self.headers['Host']}", int(time.time())
        claims = {"iss": base, "aud": "yijie", "sub": self.subject, "iat": moment, "exp": moment + 60}
        claims |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        self.say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def say(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing."""


@contextmanager
def provider():
    """A provider that listens; its settings."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {
        "provider_id": "chengdu",
        "name": "成都市医保局",
        "client_id": "yijie",
        "secret": "s3cret",
        "settings": {
            "server_url": f"http://127.0.0.1:{server.server_port}/.well-known/openid-configuration",
            "oauth_pkce_enabled": True,
        },
    }
    try:
        yield {"openid_connect": {"APPS": [app]}}
    finally:
        server.shutdown()
        server.server_close()


def through_the_bureau(client):
    """Sign in at the provider and come back."""
    begun = client.post("/desk/account/oidc/chengdu/login/")
    assert begun.status_code == 302, begun.content.decode()[:2000]
    there = httpx.get(begun["Location"], trust_env=False)
    back = urlsplit(there.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_a_bureaus_own_sign_in_opens_connected_accounts_only(person):
    with provider() as configured, override_settings(SOCIALACCOUNT_PROVIDERS=configured):
        stranger = browser()
        through_the_bureau(stranger)
        assert stranger.get("/desk/").status_code == 302, "nobody signs up"
        admin = signed_in_as("admin.chengdu")
        page = f"/desk/users/{person.pk}/"
        assert "成都市医保局" in admin.get(page).content.decode()
        admin.post(f"{page}connect/", {"provider": "chengdu", "uid": Provider.subject})
        known = browser()
        through_the_bureau(known)
        assert known.get("/desk/")["Location"] == "/desk/account/2fa/", "signed in; the second factor is asked as ever"
        forged = browser()
        forged.post("/desk/account/oidc/chengdu/login/")
        forged.get("/desk/account/oidc/chengdu/login/callback/?code=code-1&state=made-up")
        assert forged.get("/desk/").status_code == 302
