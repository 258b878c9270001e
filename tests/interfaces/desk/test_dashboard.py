"""The overview: figures that lead to their rows, messages counted by outcome and latency, flows drawn to scale."""

import re
from datetime import timedelta

import psycopg
from desks import Desk
from django.db import connection

from yijie.interfaces.desk.drawing import FLOW_HEIGHT, columns, flows
from yijie.interfaces.desk.pages.dashboard import within
from yijie.interfaces.fsi import tally
from yijie.interfaces.fsi.models import Refusal, Tally
from yijie.interfaces.sample import cast, institutions
from yijie.kernel.dates import now


def test_figures_lead_to_the_rows_they_count(signed_in, treated):
    client = signed_in("auditor.nation")
    page = client.get("/desk/overview/").content.decode()
    number = int(re.search(r'<p class="figure">(\d+)</p>', page)[1])
    address = re.search(r'href="([^"]+state=settled[^"]+)"', page)[1].replace("&amp;", "&")
    rows = client.get(address).content.decode()
    assert len(re.findall(r"<tr><td>\d{4}-", rows)) == number
    assert 'class="flow a"' in page
    narrowed = client.get("/desk/overview/", {"region": "330100"}).content.decode()
    assert re.search(r'<p class="figure">(\d+)</p>', narrowed)[1] == "1"


def test_messages_are_counted_by_region_outcome_and_latency(signed_in, treated):
    """Done and refused messages of this process, carried to the table, twice as much after twice as many."""
    desk = Desk(institutions.CHENGDU_TERTIARY)
    for _ in range(2):
        tally.carry()
        Tally.objects.all().delete()
        desk.read_card(cast.CHENGDU_EMPLOYEE.certificate)
        desk.refused("2304", {"data": {}})
        tally.carry()
    tally.carry()
    rows = {one.infno: one for one in Tally.objects.all()}
    assert (rows["1101"].region, rows["1101"].code, rows["1101"].number) == ("510100", "", 1)
    assert rows["2304"].code
    assert sum(rows["1101"].classes) == 1
    desk.read_card(cast.CHENGDU_EMPLOYEE.certificate)
    tally.carry()
    assert Tally.objects.get(infno="1101").number == 2
    officer = signed_in("supervisor.chengdu")
    page = officer.get("/desk/overview/").content.decode()
    assert rows["2304"].code in page
    Refusal.objects.all().delete()
    certificate = cast.CHENGDU_EMPLOYEE.certificate
    desk.refused("2304", {"data": {"psn_no": certificate}}, msgid=certificate)
    tally.carry()
    [row] = Refusal.objects.all()
    assert (row.region, row.institution, row.infno) == ("510100", institutions.CHENGDU_TERTIARY, "2304")
    assert row.msgid == "", "what is not formed like a message id of the institution may be anything"
    assert certificate not in str(vars(row))
    for address in re.findall(r'href="(/desk/overview/refused/[^"]+)"', page):
        shown = officer.get(address.replace("&amp;", "&")).content.decode()
        assert row.reference in shown
        assert row.code in shown
    assert "/desk/overview/refused/" in page
    assert row.reference in officer.get("/desk/overview/refused/", {"export": "csv"}).content.decode()
    assert row.reference not in officer.get("/desk/overview/refused/", {"until": "2020-01-01"}).content.decode()
    assert row.reference not in signed_in("supervisor.beijing").get("/desk/overview/refused/").content.decode()
    assert rows["2304"].code not in signed_in("supervisor.beijing").get("/desk/overview/").content.decode()


def test_sums_survive_a_database_that_is_away(treated, monkeypatch):
    """What could not be carried is carried the next time, once."""
    tally.carry()
    Tally.objects.all().delete()
    Refusal.objects.all().delete()
    tally.add("1101", "", 0.003, institution="H51010700001")
    tally.add("1101", "x", 0.003, institution="H51010700001", msgid="H510107000012026", reference="1")

    def away(*_):
        raise connection.Database.OperationalError("away")

    monkeypatch.setattr(tally, "execute", away)
    tally._try_to_carry()
    monkeypatch.undo()
    tally.carry()
    tally.carry()
    assert {one.code: one.number for one in Tally.objects.all()} == {"": 1, "x": 1}
    assert Refusal.objects.get().msgid == "H510107000012026"
    Refusal.objects.update(at=now() - timedelta(days=tally.REFUSALS_DAYS + 1))
    tally.add("1101", "", 0.003, institution="H51010700001")
    tally.carry()
    assert not Refusal.objects.exists(), "old rows go, their counts stay"


def test_sums_survive_another_process_that_holds_their_table(own_nation, treated):
    """The thread that carries them goes on, and they are carried once the other is done."""
    tally.carry()
    Tally.objects.all().delete()
    tally.add("1101", "", 0.003, institution="H51010700001")
    with psycopg.connect(own_nation) as other, connection.cursor() as cursor:
        other.execute("LOCK TABLE fsi_tally")
        cursor.execute("SET lock_timeout = '100ms'")
        tally._try_to_carry()
    connection.close()
    tally.carry()
    assert Tally.objects.get().number == 1


def test_within_names_the_class_that_holds_the_share():
    classes = [50, 40, 5, 0, 0, 0, 0, 0, 0, 0, 0, 5]
    assert within(classes, 50) == "≤ 5 ms"
    assert within(classes, 90) == "≤ 10 ms"
    assert within(classes, 99) == "> 10000 ms"


def test_ribbons_are_as_wide_as_their_share_and_lie_beside_each_other():
    made = flows([("甲", "乙", 60, ""), ("甲", "丙", 30, ""), ("丁", "乙", 10, "")])
    assert [one.width for one in made.ribbons] == [FLOW_HEIGHT * share // 100 for share in (60, 30, 10)]
    assert made.left[0].used <= made.left[0].height + 1
    assert flows([]).height == 0
    assert columns([2, 4]) == [(0, 60, 60), (24, 0, 120)]
