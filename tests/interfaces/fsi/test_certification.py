"""A vendor certifies a client: what it sends is watched beside the acceptance list and shown, personal data masked."""

import os
import re
import subprocess
import sys
import time
from datetime import timedelta

import httpx
import messages
import pytest
from people import born
from stored import one

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.fsi import transaction, transaction_numbers
from yijie.interfaces.fsi.certification import result, watching
from yijie.interfaces.fsi.certification.strictness import HIDDEN, masked, remarks
from yijie.interfaces.fsi.models import Certification
from yijie.interfaces.fsi.service import OFFERED
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

HOSPITAL = institutions.BEIJING_TERTIARY
ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]


def certify(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "yijie", "certify", "--institution", HOSPITAL, *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def watched(own_nation):
    """A certification under way, which the server has noticed."""
    certification = watching.begin(HOSPITAL, "higher")
    time.sleep(watching.REMEMBERED_SECONDS_MAX + 0.2)
    yield certification
    watching.end(certification)


def test_the_demanded_transactions_are_those_of_the_column():
    sizes = {kind: len(result.demanded(kind)) for kind in result.COLUMNS}
    assert sizes == {"pharmacy": 51, "clinic": 59, "primary": 122, "higher": 144}
    for infno in ("1101", "2301", "2304", "4101", "9001"):
        assert infno in result.demanded("higher")
    assert "2301" not in result.demanded("pharmacy")
    assert "2102" in result.demanded("pharmacy")


def test_a_vendor_sees_what_passed_and_what_failed_and_why(watched, own_server, desk):
    beijing = desk(HOSPITAL)
    patient = born()
    beijing.sign_in()
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    bill = beijing.stay_bill(patient, stay, total_of(ITEMS))
    body = beijing.message("2304", bill, insured_in=patient.home_region)
    assert beijing.reply("2304", body).done
    assert beijing.reply("2304", body).done
    beijing.refused("2207", {"data": {"psn_no": patient.number, "psn_name": patient.name, "medfee_sumamt": "1.234"}})
    beijing.refused("1101", {"data": {"mdtrt_cert_type": "02", "certno": patient.certificate, "nonsense": "secret"}})
    beijing.read_card(patient.certificate)

    found = result.result_of(watched)
    states = {item.infno: item.state for item in found.items}
    assert states["9001"] == states["2304"] == result.PASSED
    assert states["2402"] == result.REMARKED
    assert states["2207"] == result.FAILED
    assert states["1101"] in (result.PASSED, result.REMARKED)
    assert states["2305"] == result.MISSING
    assert states["3101"] == result.NOT_OFFERED
    assert found.repeated
    assert not found.reused
    assert not found.passed
    [failed] = [item for item in found.items if item.infno == "2207"]
    assert failed.code == "fsi.field_missing"
    amount = next(line for line in failed.lines if line.path == "data.medfee_sumamt")
    assert (amount.value, amount.rule_zh) == ("1.234", "N(16,2) 必填")
    assert amount.findings[0]["code"] == "fsi.too_many_decimals"
    assert any(finding["path"] == "data.mdtrt_id" for finding in failed.loose)

    chinese = httpx.get(f"{own_server.address}/certification/{watched.token}/", trust_env=False)
    english = httpx.get(f"{own_server.address}/certification/{watched.token}/?lang=en", trust_env=False)
    assert "尚未全部通过" in chinese.text
    assert "N(16,2) 必填" in chinese.text
    assert "not everything passed yet" in english.text
    assert "N(16,2) required" in english.text
    for shown in (chinese, english):
        assert shown.headers["cache-control"] == "no-store"
        for personal in (patient.certificate, patient.name, patient.number, "13800000000", "secret"):
            assert personal not in shown.text
    assert one("SELECT count(*) FROM fsi_observation WHERE request::text LIKE %s", f"%{patient.certificate}%") == 0


def test_a_page_nobody_was_told_of_is_not_there(own_server):
    for token in ("x", "../../etc", "0" * 32):
        response = httpx.get(f"{own_server.address}/certification/{token}/", trust_env=False)
        assert response.status_code == 404
        assert "Traceback" not in response.text


def test_other_institutions_are_not_watched(watched, desk):
    shanghai = desk(institutions.SHANGHAI_TERTIARY)
    shanghai.refused("1101", {"data": {}})
    assert watched.observations.count() == 0


def test_a_message_the_gateway_or_the_envelope_refuses_is_seen(watched, desk):
    beijing = desk(HOSPITAL)
    beijing.post(messages.request("2207", "AAAA", fixmedins_code=HOSPITAL, mdtrtarea_admvs="110105"))
    beijing.post(messages.request("9999", {}, fixmedins_code=HOSPITAL, mdtrtarea_admvs="110105"))
    codes = set(watched.observations.values_list("code", flat=True))
    assert codes == {"fsi.encrypted_input", "fsi.unknown_transaction"}
    assert result.result_of(watched).items


def test_the_command_begins_reports_and_ends(own_nation, own_server, desk, tmp_path):
    report = tmp_path / "report.html"
    begun = certify("--once")
    assert begun.returncode == 1, begun.stderr
    offered = OFFERED.intersection(result.demanded("higher"))
    assert f"not tried {len(offered)} " in " ".join(begun.stdout.split()), (
        "what is offered is known to the command, too"
    )
    assert re.search(r"/certification/[\w-]{32}/", begun.stdout.replace("\n", ""))
    assert certify("--report", str(report), "--end").returncode == 0
    text = report.read_text(encoding="utf-8")
    assert "接口验收" in text
    assert text.count("未发送") >= len(offered)
    [kept] = Certification.objects.filter(institution=HOSPITAL).order_by("-pk")[:1]
    assert kept.kind == "higher"
    assert kept.ended_at is not None
    unknown = subprocess.run(
        [sys.executable, "-m", "yijie", "certify", "--institution", "H00000000000", "--once"],
        capture_output=True,
        text=True,
    )
    assert unknown.returncode == 1
    assert "institution.unknown" in unknown.stderr


def test_what_is_taken_although_the_document_writes_it_otherwise_is_remarked():
    payload = messages.minimal_input("2207")
    sent = {
        "mdtrtinfo": [payload["data"] | {"medfee_sumamt": "", "begntime": "", "psn_no": " 1 ", "unheard": "1"}],
    }
    found = {remark.path: remark.en for remark in remarks("2207", sent)}
    assert found["mdtrtinfo"] == "the document calls it data"
    rows = {"feedetail": messages.minimal_input("2301")["feedetail"][0] | {"fee_ocur_time": "20260131083000", "x": 1}}
    found = {remark.path: remark.en for remark in remarks("2301", rows)}
    assert found == {
        "feedetail": "the document has a list here, not one object",
        "feedetail[1].x": "no table has x; it was ignored",
        "feedetail[1].fee_ocur_time": "the document writes 2026-01-31 08:30:00",
    }


def test_every_transaction_written_as_the_document_has_it_draws_no_remark():
    for infno in transaction_numbers():
        assert remarks(infno, messages.maximal_input(infno)) == [], infno


def test_nothing_personal_is_shown_of_any_transaction():
    """Every field whose name says that it is personal is masked, in every transaction, whatever it holds."""
    certificate, name = "110105199001011234", "张三丰李"
    for infno in transaction_numbers():
        for way, field in messages.places(transaction(infno).input):
            if field.node is None and re.search("姓名|证件号码|电话|地址", field.label):
                payload = messages.with_value(messages.skeleton_input(infno), way, certificate)
                assert certificate not in str(masked(infno, payload)), (infno, way)
                payload = messages.with_value(messages.skeleton_input(infno), way, name)
                if re.search("姓名|地址", field.label):
                    assert name not in str(masked(infno, payload)), (infno, way)
    assert masked("1101", {"data": {"unknown": certificate}})[0].value == HIDDEN
