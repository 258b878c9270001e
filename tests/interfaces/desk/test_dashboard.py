"""The overview: figures that lead to their rows, messages counted by outcome and latency, flows drawn to scale."""

import re

from desks import Desk
from django.db import connection

from yijie.interfaces.desk.drawing import FLOW_HEIGHT, columns, flows
from yijie.interfaces.desk.pages.dashboard import within
from yijie.interfaces.fsi import tally
from yijie.interfaces.fsi.models import Tally
from yijie.interfaces.sample import cast, institutions


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
    page = signed_in("supervisor.chengdu").get("/desk/overview/").content.decode()
    assert rows["2304"].code in page
    assert rows["2304"].code not in signed_in("supervisor.beijing").get("/desk/overview/").content.decode()


def test_sums_survive_a_database_that_is_away(treated, monkeypatch):
    """What could not be carried is carried the next time, once."""
    tally.carry()
    Tally.objects.all().delete()
    tally.add("1101", "", 0.003, institution="H51010700001")

    def away(*_):
        raise connection.Database.OperationalError("away")

    monkeypatch.setattr(tally, "execute", away)
    tally._try_to_carry()
    monkeypatch.undo()
    tally.carry()
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
