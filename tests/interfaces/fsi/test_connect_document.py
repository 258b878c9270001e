"""The worked requests of docs/connect.md are taken out of the page and sent: what the page shows is what works."""

import base64
import json
import re

import pytest
import worked_requests as worked

from yijie.interfaces.fsi import clients
from yijie.interfaces.fsi.gateway_errors import GatewayRefusal
from yijie.interfaces.fsi.service import answer
from yijie.interfaces.sample import cast
from yijie.kernel import sm
from yijie.kernel.dates import clock_set_to
from yijie.kernel.errors import YijieError

pytestmark = pytest.mark.usefixtures("sample_nation")


@pytest.fixture(scope="module")
def requests(sample_nation):
    """The requests as the page has them."""
    if worked.REWRITE:
        worked.write(cast.BEIJING_EMPLOYEE.certificate)
    return worked.read(worked.DOCUMENT.read_text(encoding="utf-8"))


@pytest.fixture
def registered(request):
    """The page's institution, registered for a family."""
    clients.register(worked.profiles()[request.param])
    yield request.param
    clients.remove(worked.INSTITUTION)


@pytest.mark.parametrize("registered", list(worked.FAMILIES), indirect=True)
def test_the_request_of_the_page_is_answered(registered, requests):
    headers, body = requests[registered]
    with clock_set_to(worked.MOMENT):
        said = json.loads(answer(body, headers=headers))
    assert said["err_msg"] == ""
    output = said["output"]
    if registered == "oauth":
        output = json.loads(sm.sm4_ecb_decrypt(worked.CLIENT_ID.encode(), base64.b64decode(output)))
    assert output["baseinfo"]["psn_no"] == cast.BEIJING_EMPLOYEE.number
    assert said["infcode"] == ("0" if registered == "tif" else 0)


@pytest.mark.parametrize("registered", list(worked.FAMILIES), indirect=True)
def test_a_letter_changed_is_refused(registered, requests):
    headers, body = requests[registered]
    changed = {name: f"{value}x" for name, value in headers.items() if name != "HTTP_CONTENT_TYPE"}
    spoilt = body.replace(b'"opter": "0001"', b'"opter": "0002"')
    with clock_set_to(worked.MOMENT):
        if registered == "none":
            assert json.loads(answer(spoilt))["err_msg"].endswith("[fsi.signature_wrong]")
        else:
            with pytest.raises(GatewayRefusal):
                answer(body, headers=changed)


def test_every_refusal_of_a_gateway_is_in_the_page_and_no_other():
    named = set(re.findall(r"^\| `(gateway\.\w+)` \|", worked.DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    kinds = {code for code, kind in YijieError.by_code.items() if issubclass(kind, GatewayRefusal)}
    assert named == kinds - {GatewayRefusal.code}


def test_the_page_shows_the_keys_it_was_signed_with():
    page = worked.DOCUMENT.read_text(encoding="utf-8")
    for shown in (worked.SECRET, worked.CLIENT_ID, worked.PASSWORD, sm.public_key_of(worked.PRIVATE_KEY)):
        assert shown in page
