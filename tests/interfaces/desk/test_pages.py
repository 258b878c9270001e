"""Every page answers the users it is for, in both languages, and says who looked."""

import io
import re

import pytest
from django.test import Client
from pypdf import PdfReader

from yijie.domain.access.models import Event
from yijie.interfaces.desk import listing


@pytest.mark.parametrize(
    "username", ["desk.beijing", "benefit.chengdu", "supervisor.beijing", "auditor.nation", "hub.nation"]
)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_pages_open_for_their_users(signed_in, treated, username, lang):
    client = signed_in(username)
    client.cookies["yijie_language"] = lang
    home = client.get("/desk/")
    assert home.status_code == 200
    menu = re.search(r'<nav class="main".*?</nav>', home.content.decode(), re.DOTALL)[0]
    for address in re.findall(r'href="([^"]+)"', menu):
        page = client.get(address)
        assert page.status_code == 200, (address, page.content.decode()[:3000])
        assert f'lang="{"en" if lang == "en" else "zh-Hans"}"' in page.content.decode()


def test_a_settlement_shows_its_whole_life_and_the_look_is_on_record(signed_in, treated):
    number = treated["chengdu_in_beijing"]
    page = signed_in("benefit.chengdu").get(f"/desk/settlements/{number}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert all(word in text for word in ("陈桂芳", "记账", "2304"))
    assert 'class="note success' not in text, "interface messages are no notices to the user"
    assert Event.objects.filter(username="benefit.chengdu", action="settlement_seen", subject=number).exists()


def test_statement_page_pdf_and_original(signed_in, treated):
    number = treated["chengdu_in_beijing"]
    client = signed_in("desk.beijing")
    page = client.get(f"/desk/settlements/{number}/statement/")
    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    pdf = client.get(f"/desk/settlements/{number}/statement.pdf")
    assert pdf.content.startswith(b"%PDF")
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf.content)).pages)
    assert all(word in text for word in ("陈桂芳", number, "盖章处"))
    stranger = Client(HTTP_HOST="localhost")
    address = re.search(r'href="http://localhost(/desk/original/[^"]+)"', page.content.decode())[1]
    original = stranger.get(address)
    assert original.status_code == 200
    assert "陈**" in original.content.decode()
    assert "陈桂芳" not in original.content.decode()
    assert stranger.get(address[:-3] + "xx/").status_code == 404


def test_an_office_sees_what_is_due_and_the_rows_behind_it(signed_in, treated):
    """Two stays settled in this hospital lack their list; the line's address leads to just these."""
    office = signed_in("office.beijing")
    page = office.get("/desk/deadlines/").content.decode()
    address = re.search(r'href="([^"]+list=missing[^"]+)"', page)[1].replace("&amp;", "&")
    rows = office.get(address).content.decode()
    assert treated["chengdu_in_beijing"] in rows
    assert treated["hangzhou_in_chengdu"] not in rows


def test_a_table_keeps_its_state_in_the_address(signed_in, treated, monkeypatch):
    """Sorted, turned, filtered again, exported: each link and form carries what was asked before."""
    monkeypatch.setattr(listing, "ROWS", 1)
    client = signed_in("auditor.nation")
    page = client.get("/desk/settlements/", {"sort": "total", "state": "settled"}).content.decode()
    assert 'aria-sort="ascending"' in page
    assert '<input type="hidden" name="sort" value="total">' in page
    following = re.search(r'href="(\?[^"]*page=2[^"]*)"', page)[1].replace("&amp;", "&")
    assert "sort=total" in following
    assert "state=settled" in following
    totals = []
    for address in ("?sort=total&state=settled", following):
        shown = client.get(f"/desk/settlements/{address}").content.decode()
        totals.append(float(re.search(r'class="num">([\d,]+\.\d\d)', shown)[1].replace(",", "")))
    assert totals == sorted(totals)
    exported = re.search(r'href="(\?[^"]*export=csv[^"]*)"', page)[1].replace("&amp;", "&")
    lines = client.get(f"/desk/settlements/{exported}").content.decode().strip().splitlines()
    assert len(lines) == 4, "the head and every row, not this page's alone"
    for broken in ({"sort": "password"}, {"page": "-1"}, {"page": "x"}, {"page": "99999999"}, {"since": "yesterday"}):
        assert client.get("/desk/settlements/", broken).status_code == 200
