"""Who may speak: the four gateway families, replay windows, nonces, tokens; what is refused and how."""

import base64
import hashlib
import hmac
from datetime import timedelta

import messages
import pytest
from django.test import override_settings
from stored import rows

from yijie.interfaces.fsi import clients, gateway_errors as refusals
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.fsi.gateways import authenticate
from yijie.interfaces.fsi.service import answer
from yijie.interfaces.fsi.tokens import TOKEN_SECONDS, new_token
from yijie.interfaces.sample.institutions import BEIJING_SECONDARY, BEIJING_TERTIARY
from yijie.kernel.dates import clock_set_to, now

pytestmark = pytest.mark.usefixtures("sample_nation")

SECRET = "sample-secret-of-a-client"
API = Profile(BEIJING_TERTIARY, gateway="api", access_key="AK1", secret=SECRET)
TIF = Profile(BEIJING_TERTIARY, gateway="tif", access_key="PAAS1", secret=SECRET, window_seconds=300)
OAUTH = Profile(BEIJING_TERTIARY, "oauth", "CLIENT1", SECRET, "user", "password-of-user")
BODY = b"{}"


@pytest.fixture
def registered():
    """Registers profiles for a test and forgets them after it."""
    known = []

    def register(profile):
        clients.register(profile)
        known.append(profile.institution)

    yield register
    for institution in known:
        clients.remove(institution)


def api(at=None, **changed):
    """Headers of family ``_api_*``; ``changed`` after signing."""
    sent = {
        "_api_name": "1101",
        "_api_version": "1.0.0",
        "_api_timestamp": str(int((at or now()).timestamp() * 1000)),
        "_api_access_key": "AK1",
    }
    text = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
    sent["_api_signature"] = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha1")).decode()
    return {f"HTTP_{name.upper()}": value for name, value in (sent | changed).items()}


def tif(nonce, at=None, **changed):
    """Headers of family ``x-tif-*``."""
    stamp = str(int((at or now()).timestamp()))
    sent = {
        "PAASID": "PAAS1",
        "TIMESTAMP": stamp,
        "NONCE": nonce,
        "SIGNATURE": hashlib.sha256(f"{stamp}{SECRET}{nonce}{stamp}".encode()).hexdigest(),
    }
    return {f"HTTP_X_TIF_{name}": value for name, value in (sent | changed).items()}


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def bearer(token):
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


GRANT = {"grant_type": "password", "username": "user", "password": "password-of-user"}


def test_family_api():
    authenticate(API, api(), "1101", BODY)
    authenticate(API, api(), "1101", b"another body of the same moment")
    for changed in ({"_api_name": "2304"}, {"_api_version": "2"}, {"_api_signature": "AAAA"}):
        with pytest.raises(refusals.SignatureWrong):
            authenticate(API, api(**changed), "1101", BODY)
    with pytest.raises(refusals.SignatureWrong):
        authenticate(API, api(), "2304", BODY)
    with pytest.raises(refusals.CallerUnknown):
        authenticate(API, api(_api_access_key="AK2"), "1101", BODY)


def test_the_signature_of_family_api_is_the_documented_one():
    """Worked with the shell: printf '…' | openssl dgst -sha1 -hmac … -binary | base64"""
    headers = api(at=now().fromtimestamp(1_769_819_400, now().tzinfo))
    assert headers["HTTP__API_TIMESTAMP"] == "1769819400000"
    assert headers["HTTP__API_SIGNATURE"] == SIGNED_API
    with clock_set_to(now().fromtimestamp(1_769_819_400, now().tzinfo)):
        authenticate(API, headers, "1101", BODY)


SIGNED_API = "pTVHVrCAq6jcmrKO99KGjVsmQ/s="


@pytest.mark.parametrize(
    ("profile", "headers", "window"),
    [(API, api, 1800), (TIF, lambda at: tif(f"w{at.timestamp()}", at), 300)],
    ids=["api", "tif"],
)
def test_a_time_stamp_holds_within_its_window_only(profile, headers, window):
    for seconds in (0, window - 1, -window + 1):
        authenticate(profile, headers(now() + timedelta(seconds=seconds)), "1101", BODY)
    for seconds in (window + 2, -window - 2, 10 * 365 * 86400):
        with pytest.raises(refusals.StampExpired):
            authenticate(profile, headers(now() + timedelta(seconds=seconds)), "1101", BODY)


@pytest.mark.parametrize("stamp", ["", "now", "１７６９８１９４００", "17698194001", "-769819400", "9" * 13, "9" * 400])
def test_what_is_no_time_stamp_is_refused(stamp):
    expected = refusals.StampExpired if stamp else refusals.HeadersMissing
    with pytest.raises(expected):
        authenticate(TIF, tif("n", TIMESTAMP=stamp), "1101", BODY)


def test_family_tif():
    authenticate(TIF, tif("a"), "1101", BODY)
    upper = tif("b")
    authenticate(TIF, upper | {"HTTP_X_TIF_SIGNATURE": upper["HTTP_X_TIF_SIGNATURE"].upper()}, "1101", BODY)
    with pytest.raises(refusals.SignatureWrong):
        authenticate(TIF, tif("c", NONCE="d"), "1101", BODY)
    with pytest.raises(refusals.SignatureWrong):
        authenticate(TIF, tif("n" * 65), "1101", BODY)
    with pytest.raises(refusals.CallerUnknown):
        authenticate(TIF, tif("e", PAASID="PAAS2"), "1101", BODY)


def test_a_nonce_belongs_to_the_request_it_came_with():
    headers = tif("once")
    authenticate(TIF, headers, "1101", BODY)
    authenticate(TIF, headers, "1101", BODY)
    with pytest.raises(refusals.NonceUsed):
        authenticate(TIF, headers, "1101", b'{"another": "request"}')


def test_headers_that_do_not_come_are_named():
    with pytest.raises(refusals.HeadersMissing) as missing:
        authenticate(TIF, {}, "1101", BODY)
    assert "x-tif-paasid、x-tif-timestamp、x-tif-nonce、x-tif-signature" in missing.value.text()
    with pytest.raises(refusals.HeadersMissing):
        authenticate(OAUTH, {"HTTP_AUTHORIZATION": basic("a", "b")}, "1101", BODY)
    with pytest.raises(refusals.HeadersMissing):
        authenticate(API, tif("f"), "1101", BODY)


def test_a_token_is_good_for_ten_minutes_and_for_its_client_only(registered):
    registered(OAUTH)
    said = new_token(basic("CLIENT1", SECRET), GRANT)
    assert (said["token_type"], said["expires_in"]) == ("bearer", TOKEN_SECONDS)
    token = said["access_token"]
    authenticate(OAUTH, bearer(token), "1101", BODY)
    with clock_set_to(now() + timedelta(seconds=TOKEN_SECONDS + 2)), pytest.raises(refusals.StampExpired):
        authenticate(OAUTH, bearer(token), "1101", BODY)
    with pytest.raises(refusals.CallerUnknown):
        authenticate(Profile(BEIJING_SECONDARY, "oauth", "CLIENT2", SECRET), bearer(token), "1101", BODY)
    with pytest.raises(refusals.CallerUnknown):
        authenticate(Profile(BEIJING_TERTIARY, "oauth", "CLIENT1", "changed-" + SECRET), bearer(token), "1101", BODY)
    for wrong in ("x", token[:-2], "汉", base64.urlsafe_b64encode(b"CLIENT1:99999999999:0000").decode()):
        with pytest.raises(refusals.SignatureWrong):
            authenticate(OAUTH, bearer(wrong), "1101", BODY)


@pytest.mark.parametrize(
    ("authorization", "form"),
    [
        ("", GRANT),
        ("Basic ???", GRANT),
        (basic("CLIENT9", SECRET), GRANT),
        (basic("CLIENT1", "wrong"), GRANT),
        (basic("CLIENT1", SECRET), GRANT | {"password": "wrong"}),
        (basic("CLIENT1", SECRET), GRANT | {"username": ""}),
        (basic("CLIENT1", SECRET), GRANT | {"grant_type": "client_credentials"}),
        (basic("", ""), {"grant_type": "password"}),
    ],
)
def test_no_token_for_strangers(registered, authorization, form):
    registered(OAUTH)
    with pytest.raises(refusals.TokenRefused):
        new_token(authorization, form)


def test_the_profile_says_which_family_counts_not_the_request(registered):
    registered(API)
    body = messages.request("1101", {}, fixmedins_code=BEIJING_TERTIARY, mdtrtarea_admvs="110105")
    for headers in ({}, tif("g")):
        with pytest.raises(refusals.HeadersMissing):
            answer(body, headers=headers)
    assert b"[fsi.node_missing]" in answer(body, headers=api())


@override_settings(REGISTERED_CLIENTS_ONLY=True)
def test_strangers_are_refused_where_only_registered_clients_are_served():
    body = messages.request("1101", {}, fixmedins_code="H11010100099", mdtrtarea_admvs="110105")
    assert b"[client.unknown]" in answer(body)


@pytest.mark.parametrize(
    "profile",
    [
        Profile("H1", gateway="soap"),
        Profile("H1", gateway="api", access_key="AK"),
        Profile("H1", gateway="tif", access_key="AK", secret="short"),
        Profile("H1", gateway="oauth", access_key="AK", secret=SECRET),
        Profile("H1", window_seconds=0),
        Profile("H1", sm4_key="short"),
        Profile("H1", encrypts_output=True),
        Profile("H1", signed="everything"),
    ],
)
def test_profiles_that_could_not_work_are_refused(profile):
    with pytest.raises(clients.ClientUnfit):
        clients.register(profile)


def test_keys_are_sealed_at_rest(registered):
    registered(OAUTH)
    [(secret, password)] = rows("SELECT secret, password FROM fsi_client WHERE institution = %s", BEIJING_TERTIARY)
    for sealed in (secret, password):
        assert SECRET.encode() not in bytes(sealed)
        assert b"password-of-user" not in bytes(sealed)
    assert SECRET not in repr(clients.profile_of(BEIJING_TERTIARY))
    assert clients.profile_of(BEIJING_TERTIARY) == OAUTH
