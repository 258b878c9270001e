"""Every page in a real browser, as one of its users sees it: accessible in Chinese, and in English without Chinese."""

import re

import pytest
from attempts import attempt
from conftest import SHOTS

from yijie.domain.encounter.models import Encounter
from yijie.domain.filing.models import Filing
from yijie.domain.settlement.models import Attempt
from yijie.interfaces.desk import pages
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.sample import cast, shelf
from yijie.interfaces.sample.users import USERS
from yijie.kernel.dates import now
from yijie.kernel.ids import public_id

assert pages
ACCOUNT = ("account/2fa/", "account/2fa/totp/activate/", "account/sessions/", "account/password/change/")
READERS = ("office.beijing", "supervisor.chengdu", "auditor.nation", "admin.nation")


def addresses(username, lived):
    """The pages that a user may open, each with an object of its sort."""
    user = next(one for one in USERS if one.username == username)
    care = Encounter.objects.first()
    waiting = Filing.objects.filter(home_region="510100", state="requested").first()
    objects = {
        "settlements": lived,
        "hospital": public_id(care.region, care.id),
        "filings": public_id(waiting.home_region, waiting.id),
        "people": cast.CHENGDU_RETIREE.number,
        "policies": "510100",
        "catalogue": shelf.SURGERY.code,
        "trauma": public_id(care.region, care.id),
        "users": "1",
        "reference": "institutions",
        "nodes": str(past_attempt()),
    }
    for page in PAGES.values():
        fits = user.role in page.roles and "GET" in page.methods
        if fits and not page.name.endswith(("pdf", "paper", "grade", "change", "quote")):
            number = objects.get(page.name.split("_")[0], "none")
            if username == "supervisor.chengdu" and page.name.startswith(("settlements_", "trauma_")):
                continue  # that care is between others; the auditor sees it
            yield "/desk/" + re.sub(r"<str:\w+>", number, page.route)
    yield from (f"/desk/{path}" for path in ACCOUNT)


def past_attempt():
    """An attempt whose deadline has passed, between two nodes."""
    found = Attempt.objects.first()
    return (found or attempt("110000", "510100", deadline_at=now())).id


@pytest.mark.parametrize("username", READERS)
def test_every_page_is_accessible_and_never_mixed(reader, lived, username):
    one = reader().sign_in(username)
    page = one.page
    one.step_up_now()
    every = list(addresses(username, lived))
    for address in every:
        response = page.goto(one.address + address)
        assert response.status == 200, address
        one.check()
    page.goto(f"{one.address}/desk/")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="中文").wait_for()
    mixed = {}
    for address in every:
        page.goto(one.address + address)
        if found := one.in_english():
            mixed[address] = found[:5]
        name = re.sub(r"[^a-z]+", "-", address).strip("-")
        page.screenshot(path=str(SHOTS / f"all-{username.split('.')[0]}-{name}.png"))
    assert not mixed, "\n".join(f"{address}: {found}" for address, found in mixed.items())
