"""The home node is away: the desk is told at once, and the patient leaves with what manual reimbursement needs."""

import subprocess
import sys
import time

import pytest
from desks import Desk
from nodes.desk_life import LINES, PRICE_FEN, discharged
from nodes.place import Place, databases, introduce, make_identity
from people import born

from yijie.domain import settlement
from yijie.domain.coherent import disagreements
from yijie.domain.exchange import PeerSilent, asking
from yijie.domain.settlement import crossing
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import now


@pytest.fixture
def beijing(cluster, nation_to_copy):
    """Beijing's node, whose peers do not answer."""
    with databases(cluster, nation_to_copy, 1) as [url]:
        place = Place(make_identity("node-11"), ("11",), url).open()
        introduce([place, Place(make_identity("node-51"), ("51",), url, wrapper=place.wrapper)][:1])
        with place.acting():
            from yijie.domain.exchange import Card, admit  # noqa: PLC0415  beside its only use

            admit(Card("node-51", "node", "sim://node-51", make_identity("node-51").public, ("51",)))
            yield place
        place.close()


def dead(address, _wire, _seconds):
    """A line that leads nowhere, found out at once."""
    raise PeerSilent(node=address, why="拒绝连接")


def test_a_home_node_that_is_away_costs_the_patient_a_certificate_and_no_money(beijing):
    asking.transport_is(dead)
    patient = born("510100", account=10_000)
    desk = Desk(BEIJING_TERTIARY)
    stay = discharged(beijing, desk, patient, "110000", now())
    bill = desk.stay_bill(patient, stay.number, f"{PRICE_FEN * LINES / 100:.2f}", account=True)
    for _ in range(3):
        code, text = desk.refused("2304", bill, insured_in="510100")
        assert code == "exchange.peer_silent"
        assert "未作任何处理" in text
    began = time.monotonic()
    desk.refused("2304", bill, insured_in="510100")
    assert asking.is_away("node-51")
    assert time.monotonic() - began < crossing.ATTEMPT_SECONDS_MAX / 10, "told at once, not after the deadline"

    certificate = settlement.certify(
        stay.number, institution=BEIJING_TERTIARY, person_number=patient.number, reason="参保地节点联系不上"
    )
    assert certificate.bill["total"] == PRICE_FEN * LINES
    assert certificate.bill["eligible"] + certificate.bill["first_self_pay"] == PRICE_FEN * LINES
    assert len(certificate.attempts) == 4
    assert all("node-51" in attempt["reason"] for attempt in certificate.attempts)
    again = settlement.certify(
        stay.number, institution=BEIJING_TERTIARY, person_number=patient.number, reason="再次打印"
    )
    assert again == certificate

    assert desk.refused("2304", bill, insured_in="510100")[0] == "settlement.certified"
    settlement.withdraw_certificate(certificate.number, reason="参保地已恢复")
    assert desk.refused("2304", bill, insured_in="510100")[0] == "exchange.peer_silent"
    with pytest.raises(settlement.CertificateUnknown):
        settlement.withdraw_certificate(certificate.number, reason="再次收回")
    assert disagreements() == []


def test_the_command_prints_it(beijing):
    asking.transport_is(dead)
    patient = born("510100")
    stay = discharged(beijing, Desk(BEIJING_TERTIARY), patient, "110000", now())
    words = ["certificate", "issue", stay.number, "--institution", BEIJING_TERTIARY, "--person", patient.number]
    environment = {"YIJIE_DATABASE_URL": beijing.url, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-m", "yijie", *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "成都市" in done.stdout
    assert f"{PRICE_FEN * LINES / 100:.2f} 元" in done.stdout
    again = subprocess.run(
        [sys.executable, "-m", "yijie", "certificate", "withdraw", "110000" + "0" * 19, "--reason", "x"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert again.returncode == 1
    assert "settlement.certificate_unknown" in again.stderr
