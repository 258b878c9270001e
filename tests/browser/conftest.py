"""A real browser (Debian's chromium, headless) before a real server; screenshots stay as test output."""

import os
import re
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from desks import Desk
from django.db import connection
from playwright.sync_api import Error as PlaywrightError, sync_playwright

from yijie.domain import filing
from yijie.interfaces.demo.his import Item
from yijie.interfaces.desk.attempts import SETTLE_STAY
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.interfaces.sample.own_items import ensure_own_items
from yijie.interfaces.sample.users import PASSWORD, ensure_users
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today
from yijie.kernel.ids import new_id

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
WAIT_MS_MAX = 30_000
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
WORDS = """of => {
    const other = of === 'zh' ? /[\\u4e00-\\u9fff]/ : /^(?!Mozilla).*[A-Za-z]{3,} [A-Za-z]{2,}/;
    const said = [document.title];
    const here = e => (e.closest('[lang]')?.lang || '').startsWith(of === 'zh' ? 'en' : 'zh')
        && !e.closest('script, style, code, pre');
    for (const one of document.querySelectorAll('[aria-label], [title], [alt], [placeholder]'))
        if (here(one)) said.push(...['aria-label', 'title', 'alt', 'placeholder'].map(a => one.getAttribute(a) || ''));
    const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (here(texts.currentNode.parentElement)) said.push(texts.currentNode.data);
    return [...new Set(said.map(t => t.trim()).filter(t => other.test(t)))];
}"""
"""Texts of a page that hold words of the other language, outside what is marked as being in it."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def chromium():
    """The browser; absent it the tests say so plainly."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium here: apt-get install chromium (make test does it as root)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread; nothing runs on it
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


def filed(member, kind, care="110000"):
    """A filing request of a member for Beijing."""
    return filing.request(
        filing.Application(
            person_number=member.number,
            insurance=member.relation.insurance,
            home_region=member.pool,
            care_region=care,
            kind=kind,
            since=today(),
            papers=True,
            reason="随子女在京居住",
        ),
        by="本人",
    )


@pytest.fixture(scope="module")
def lived(own_nation):
    """A nation in which something happened before the morning begins."""
    ensure_users()
    ensure_own_items()
    filing.approve(filed(cast.CHENGDU_RETIREE, FilingKind.LONG_TERM_RESIDENT).id, by="bureau")
    filed(cast.CHENGDU_EMPLOYEE, FilingKind.LONG_TERM_RESIDENT)
    filed(cast.CHENGDU_EMPLOYEE, FilingKind.REFERRAL, "310000")
    desk = Desk(institutions.BEIJING_TERTIARY)
    patient = desk.patient(desk.read_card(cast.BEIJING_EMPLOYEE.certificate, ""))
    items = [Item(shelf.SURGERY.code, shelf.SURGERY.price), Item(shelf.DRUG_C.code, "36.00")]
    declared = {"began": now() - timedelta(days=2), "ended": now() - timedelta(hours=1)}
    stay = desk.stay_of(patient, items, extension='{"TRUM_FLAG":"1","REL_TTP_FLAG":"0"}', **declared)
    settled = desk.settle_stay(patient, stay, items)["setlinfo"]["setl_id"]
    Attempt.objects.create(
        id=new_id(),
        region="110000",
        institution=institutions.BEIJING_TERTIARY,
        encounter=stay,
        person_number=patient.number,
        person_name=patient.name,
        infno=SETTLE_STAY,
        msgid="H1101050000120260101000000LOST",
        total=1,
        body=b"{}",
        sent_at=now() - timedelta(minutes=5),
        sent_by="desk.beijing",
    )
    return settled


class Reader:
    """A user before the browser: looks, clicks, keeps what was seen, has every page checked."""

    def __init__(self, page, address, shots):
        self.page, self.address, self.shots, self.scripts = page, address, shots, []
        page.set_default_timeout(WAIT_MS_MAX)
        page.on(
            "console",
            lambda said: self.scripts.append(f"{said.text} {said.location['url']}") if said.type == "error" else None,
        )

    def sign_in(self, username):
        """By name and password."""
        self.page.goto(f"{self.address}/desk/account/login/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.get_by_role("heading", name="工作台").wait_for()
        return self

    def step_up(self, name):
        """Money or policy moves: the password again."""
        self.page.locator("input[name=password]").wait_for()
        self.see(name)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()

    def step_up_now(self):
        """Give the password again before it is asked for."""
        self.page.goto(f"{self.address}/desk/account/reauthenticate/")
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.get_by_role("heading", name="工作台").wait_for()
        return self

    def sign_in_with_code(self, username, secret):
        """By password and the authenticator's code; the page that asks for it is looked at in both languages."""
        self.page.goto(f"{self.address}/desk/account/login/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        for other in ("English", "中文"):
            self.page.locator("input[name=code]").wait_for()
            self.check()
            self.page.get_by_role("button", name=other).click()
        self.page.locator("input[name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
        self.page.locator("main form button[type=submit]").first.click()
        self.page.get_by_role("heading", name="工作台").wait_for()
        return self

    def with_device(self):
        """The computer has a device for passkeys; those belong to names, so the address is one."""
        self.address = self.address.replace("127.0.0.1", "localhost")
        device = self.page.context.new_cdp_session(self.page)
        device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return self

    def add_passkey(self):
        """Make a passkey that opens the door alone."""
        self.page.goto(f"{self.address}/desk/account/2fa/webauthn/add/")
        self.page.locator("input[name=name]").fill("laptop")
        self.page.locator("input[name=passwordless]").check()
        self.see("passkey-add")
        self.page.locator("#mfa_webauthn_add").click()
        self.page.wait_for_url(re.compile("recovery-codes|webauthn/$"))

    def receive(self, certificate):
        """Find a person at the hospital's desk."""
        self.page.goto(f"{self.address}/desk/hospital/")
        self.page.get_by_label("号码").fill(certificate)
        self.page.get_by_role("button", name="查询").click()
        self.page.get_by_role("heading", name="门诊挂号").wait_for()

    def in_english(self):
        """From here on pages are in English."""
        self.page.goto(f"{self.address}/desk/")
        self.page.get_by_role("button", name="English").click()
        self.page.get_by_role("button", name="中文").wait_for()

    def wrong_with(self, path, language, spoken, status=200):
        """What is wrong with a page: its status, WCAG 2.2 AA, the browser's complaints, words of the other language."""
        self.scripts.clear()
        try:
            response = self.page.goto(self.address + path)
        except PlaywrightError as said:
            return [] if "Download is starting" in str(said) else [str(said)]
        if response.status == 200 and "html" not in response.headers.get("content-type", ""):
            return []
        if response.status != status:
            return [f"status {response.status}"]
        if status != 200:
            self.scripts.clear()  # the browser says so, too
        self.shoot(f"{language}-{re.sub(r'[^a-z]+', '-', path).strip('-')}")
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": WCAG}})
        wrong = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found.response["violations"]]
        wrong += self.scripts
        said = self.page.evaluate(WORDS, "zh" if language == "en" else "en")
        return wrong + [f"not in its language: {text!r}" for text in said if not is_data(text, spoken)]

    def check(self):
        """WCAG 2.2 AA, and nothing the browser complains of."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert self.scripts == []

    def shoot(self, name):
        """Keep a screenshot in the test's own folder."""
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=True)

    def see(self, name):
        """Keep a screenshot and check the page."""
        self.shoot(name)
        self.check()


def is_data(text, spoken):
    """Whether everything Chinese in a text is kept in the database or a policy, or is what masking leaves of a name."""
    runs = CHINESE.findall(text)
    return bool(runs) and all(run in spoken or (len(run) == 1 and f"{run}*" in text) for run in runs)


@pytest.fixture(scope="module")
def spoken(lived):
    """Every run of Chinese characters in the database and the policies: names, catalogue words, what people wrote."""
    asked = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND (data_type IN ('text', 'character varying', 'jsonb') OR udt_name IN ('_text', '_varchar'))"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        union = " UNION ".join(
            f"SELECT (regexp_matches(\"{column}\"::text, '[\u4e00-\u9fff]+', 'g'))[1] FROM \"{table}\""
            for table, column in cursor.fetchall()
        )
        cursor.execute(union)
        kept = {run for (run,) in cursor.fetchall()}
    policies = Path(__file__).parents[2] / "policies"
    return kept.union(*(CHINESE.findall(file.read_text("utf-8")) for file in policies.rglob("*.yaml")))


@pytest.fixture
def reader(chromium, lived, own_server, request):
    """Makes readers: ``reader()``; their screenshots stay in a folder named by the test."""
    contexts, shots = [], SHOTS / re.sub(r"[^\w.]+", "-", request.node.name.removeprefix("test_")).strip("-")

    def make(language="zh-CN"):
        contexts.append(chromium.new_context(locale=language, viewport={"width": 1280, "height": 800}))
        return Reader(contexts[-1].new_page(), own_server.address, shots)

    yield make
    for context in contexts:
        context.close()
