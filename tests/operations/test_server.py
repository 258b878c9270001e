"""The serving process as operators meet it: health, measurements, logs, a stop that finishes, a door that closes."""

import json
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import psycopg
import pytest
from desks import desks_at
from people import born
from prometheus_client.parser import text_string_to_metric_families
from running import Server
from stored import one

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]
HOSPITAL = institutions.BEIJING_TERTIARY
UNTIL_SECONDS = 20
LOCKED = "SELECT 1 FROM encounter_encounter WHERE id = ANY(%s) FOR UPDATE"


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(HOSPITAL)


def measured(address):
    """Sample name with labels → value."""
    text = httpx.get(f"{address}/metrics", trust_env=False).text
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def until(condition):
    """Wait for something that must come."""
    deadline = time.monotonic() + UNTIL_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def settle_body(beijing, *, account=0):
    """A stay ready to settle: its encounter number and the bytes of its 2304."""
    patient = born(account=account)
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    bill = beijing.stay_bill(patient, stay, total_of(ITEMS))
    return int(stay[6:]), beijing.message("2304", bill, insured_in=patient.home_region)


def test_alive_and_ready(own_server):
    assert httpx.get(f"{own_server.address}/healthz", trust_env=False).text == "ok\n"
    assert httpx.get(f"{own_server.address}/readyz", trust_env=False).text == "ready\n"


def test_alive_but_not_ready_without_its_tables(own_server, own_nation):
    with psycopg.connect(own_nation, autocommit=True) as administrator:
        administrator.execute("ALTER TABLE fsi_client RENAME TO fsi_client_gone")
        try:
            ready = httpx.get(f"{own_server.address}/readyz", trust_env=False)
            assert (ready.status_code, ready.text) == (503, "tables are older than the program\n")
            assert httpx.get(f"{own_server.address}/healthz", trust_env=False).status_code == 200
        finally:
            administrator.execute("ALTER TABLE fsi_client_gone RENAME TO fsi_client")


def test_a_message_sent_in_chunks_is_read_whole(own_server, beijing):
    """As HTTP libraries send what they do not measure beforehand: no length is told."""

    def sent(body, path="/fsi/api/rsfComIfsService/callService", **headers):
        pieces = (body[at : at + 700] for at in range(0, len(body), 700))
        answered = httpx.post(own_server.address + path, content=pieces, headers=headers, trust_env=False, timeout=30)
        assert "content-length" not in answered.request.headers
        return answered.json()

    assert sent(beijing.message("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": "1"}}))["infcode"] == -1
    certificate = born().certificate
    shown = {"mdtrt_cert_type": "02", "mdtrt_cert_no": certificate, "psn_cert_type": "01", "certno": certificate}
    read = sent(beijing.message("1101", {"data": shown}))
    assert read["output"]["baseinfo"]["certno"] == certificate
    assert "fsi.body_too_large" in sent(b" " * 9_000_000)["err_msg"]
    message = beijing.message("9101", {"fsUploadIn": {"filename": "a.zip", "fixmedins_code": HOSPITAL}})
    form = httpx.Request("POST", own_server.address, files={"jsonStr": (None, message), "file": ("a.zip", b"PK" * 900)})
    said = sent(form.read(), "/fsi/api/fileupload/upload", **{"content-type": form.headers["content-type"]})
    assert said["output"]["filename"] == "a.zip"


def test_messages_are_counted_by_transaction_and_outcome(own_server, beijing):
    before = measured(own_server.address)
    beijing.read_card(born().certificate)
    beijing.refused("1101", {"data": {}})
    beijing.post(b"no json")
    beijing.post(beijing.message("ZZZZ", {}))
    after = measured(own_server.address)

    def grew(name, **labels):
        key = (name, *sorted(labels.items()))
        return after.get(key, 0) - before.get(key, 0)

    assert grew("yijie_messages_total", infno="1101", outcome="done") == 1
    assert grew("yijie_messages_total", infno="1101", outcome="refused") == 1
    assert grew("yijie_messages_total", infno="none", outcome="refused") == 2
    assert grew("yijie_refusals_total", infno="none", code="fsi.not_json") == 1
    assert grew("yijie_refusals_total", infno="none", code="fsi.unknown_transaction") == 1
    assert grew("yijie_message_seconds_count", infno="1101") == 2
    assert after[("yijie_messages_at_work",)] == 0


def test_measurements_are_for_allowed_addresses_only(own_nation):
    closed = Server(own_nation, environment={"YIJIE_METRICS_FROM": "192.0.2.1"}).start()
    try:
        assert httpx.get(f"{closed.address}/metrics", trust_env=False).status_code == 403
    finally:
        closed.stop()


def test_every_message_leaves_one_line_without_personal_data(own_nation, tmp_path):
    log = tmp_path / "log"
    listened = Server(own_nation, environment={"YIJIE_LOG_LEVEL": "INFO"}, log=log).start()
    try:
        with desks_at(listened.address) as make:
            beijing = make(HOSPITAL)
            patient = born()
            beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
            beijing.read_card(patient.certificate)
            beijing.refused(
                "1101", {"data": {"psn_cert_type": "01", "certno": patient.certificate, "psn_name": "张三丰"}}
            )
            with psycopg.connect(own_nation, autocommit=True) as administrator:
                administrator.execute("ALTER TABLE enrolment_person RENAME TO enrolment_person_gone")
                try:
                    said = beijing.post(beijing.message("1101", {"data": _shown(patient)}, msgid="INCIDENT1"))
                finally:
                    administrator.execute("ALTER TABLE enrolment_person_gone RENAME TO enrolment_person")
    finally:
        listened.stop()
    text = log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    told = [line for line in lines if line["event"] == "message"]
    assert [line["infno"] for line in told] == ["2401", "2301", "2402", "1101", "1101", "1101"]
    assert all(line["institution"] == HOSPITAL and line["msgid"] and line["reference"] for line in told)
    assert told[-1]["code"] == "platform.unforeseen"
    [incident] = [line for line in lines if line["event"] == "unforeseen"]
    assert incident["msgid"] == "INCIDENT1"
    assert incident["incident"] in said["err_msg"]
    assert any("UndefinedTable" in place for place in incident["trace"])
    for personal in (patient.certificate, patient.name, patient.number, "张三丰", "13800000000"):
        assert personal not in text


def _shown(patient):
    return {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": patient.certificate,
        "psn_cert_type": "01",
        "certno": patient.certificate,
        "psn_name": patient.name,
    }


def test_a_stop_finishes_what_was_accepted(own_nation):
    stopping = Server(own_nation).start()
    with desks_at(stopping.address) as make, psycopg.connect(own_nation) as other, ThreadPoolExecutor(2) as pool:
        beijing = make(HOSPITAL)
        stay, body = settle_body(beijing)
        other.execute(LOCKED, [[stay]])
        url = f"{stopping.address}/fsi/api/rsfComIfsService/callService"
        sent = pool.submit(httpx.post, url, content=body, timeout=30, trust_env=False)
        until(lambda: measured(stopping.address)[("yijie_messages_at_work",)] == 1)
        stopping.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{stopping.address}/healthz", trust_env=False, timeout=2)
        other.rollback()
        assert sent.result().json()["infcode"] == 0
    assert stopping.process.wait(timeout=UNTIL_SECONDS) == 0
    assert one("SELECT count(*) FROM settlement_settlement WHERE encounter = %s", stay) == 1


def test_beyond_desks_and_queue_everybody_is_answered(own_nation):
    """Two desks, three may wait: of twelve at once five are settled, seven told to ask again; asked again they are."""
    small = {"YIJIE_WAITING_MAX": "3"}
    with desks_at(None) as make:
        beijing = make(HOSPITAL)
        bills = [settle_body(beijing) for _ in range(12)]
    crowded = Server(own_nation, threads=2, environment=small).start()
    try:
        url = f"{crowded.address}/fsi/api/rsfComIfsService/callService"

        def post(body):
            return httpx.post(url, content=body, timeout=30, trust_env=False).json()

        with psycopg.connect(own_nation) as other, ThreadPoolExecutor(12) as pool:
            other.execute(LOCKED, [[stay for stay, _ in bills]])
            first = [pool.submit(post, body) for _, body in bills]
            until(lambda: sum(one.done() for one in first) == 7)
            turned_away = [one.result() for one in first if one.done()]
            other.rollback()
            answers = [one.result() for one in first]
        assert all(said["err_msg"].endswith("[busy.too_many]") for said in turned_away)
        assert sum(said["infcode"] == 0 for said in answers) == 5
        again = [post(body) for _, body in bills]
        assert all(said["infcode"] == 0 for said in again)
    finally:
        crowded.stop()
    stays = [stay for stay, _ in bills]
    assert one("SELECT count(*) FROM settlement_settlement WHERE encounter = ANY(%s)", stays) == 12


def test_an_institution_that_sends_too_fast_is_slowed_alone(own_nation):
    slow = Server(own_nation, environment={"YIJIE_RATE_MAX": "20"}).start()
    try:
        with desks_at(slow.address) as make:
            fast, other = make(HOSPITAL), make(institutions.SHANGHAI_TERTIARY)
            body = fast.message("1101", {"data": {}})
            codes = [fast.reply("1101", body).code for _ in range(60)]
            assert codes[0] == "fsi.field_missing"
            assert "busy.too_fast" in codes
            assert other.reply("1101", other.message("1101", {"data": {}})).code == "fsi.field_missing"
    finally:
        slow.stop()


def test_bodies_beyond_the_limit_are_refused_unread(own_server, beijing):
    answer = beijing.post(b"x" * (9 * 1024 * 1024))
    assert re.search(r"9437184字节.*\[fsi\.body_too_large\]$", answer["err_msg"])
