"""A real browser (Debian's chromium, headless) before a real server; screenshots stay as test output."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from desks import Desk
from playwright.sync_api import sync_playwright

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

    def __init__(self, page, address):
        self.page, self.address, self.scripts = page, address, []
        page.set_default_timeout(WAIT_MS_MAX)
        page.on("console", lambda said: self.scripts.append(said.text) if said.type == "error" else None)

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

    def in_english(self):
        """What of this English page's own words (not of its data) is Chinese."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(
                'th,label,button,legend,summary,nav a,.tag,.hint,.empty,dt,footer,caption,h2,h3,p,.note')]
                .filter(e => !e.closest('[lang^=zh]') && !e.querySelector('[lang^=zh]') && !e.closest('[data-data]'))
                .map(e => e.textContent.trim()).filter(t => /[\u4e00-\u9fff]/.test(t))"""
        )

    def check(self):
        """WCAG 2.2 AA, and nothing the browser complains of."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert self.scripts == []

    def see(self, name):
        """Keep a screenshot and check the page: WCAG 2.2 AA, nothing the browser complains of."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)
        self.check()


@pytest.fixture
def reader(chromium, lived, own_server):
    """Makes readers: ``reader()``."""
    contexts = []

    def make(language="zh-CN"):
        contexts.append(chromium.new_context(locale=language, viewport={"width": 1280, "height": 800}))
        return Reader(contexts[-1].new_page(), own_server.address)

    yield make
    for context in contexts:
        context.close()
