"""A region moves from one node to another with its history; what was one node's own becomes two nodes' agreement."""

import zipfile

import pytest
from desks import Desk
from django.apps import apps
from nodes.desk_life import LINES, PRICE_FEN, discharged
from nodes.place import Place, databases, introduce, make_identity
from people import born

from yijie.domain import exchange
from yijie.domain.coherent import disagreements
from yijie.domain.exchange import asking, membership
from yijie.domain.transaction import execute, fetch
from yijie.interfaces.node import handlers, handover, rounds
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY, CHENGDU_TERTIARY
from yijie.kernel.dates import now


@pytest.fixture
def places(cluster, nation_to_copy):
    """A node that holds Beijing and Chengdu, and one that holds nothing yet."""
    with databases(cluster, nation_to_copy, 2) as urls:
        made = [
            Place(make_identity("node-a"), ("11", "51"), urls[0]).open(),
            Place(make_identity("node-b"), (), urls[1]).open(),
        ]
        introduce(made)
        with made[1].acting():
            execute("TRUNCATE enrolment_person, institution_institution, ledger_balance CASCADE")
            execute("TRUNCATE catalogue_term, catalogue_item CASCADE")
            execute("ALTER TABLE ledger_posting DISABLE TRIGGER ALL")
            execute("DELETE FROM ledger_posting")
            execute("ALTER TABLE ledger_posting ENABLE TRIGGER ALL")
        by_address = {f"sim://{place.code}": place for place in made}

        def carry(address, wire, _seconds):
            with by_address[address].acting():
                return handlers.receive(wire)

        asking.transport_is(carry)
        yield made
        for place in made:
            place.close()


def settled(place, code, patient, region):
    """A stay settled with the person's account."""
    desk = Desk(code)
    with place.acting():
        stay = discharged(place, desk, patient, region, now())
        bill = desk.stay_bill(patient, stay.number, f"{PRICE_FEN * LINES / 100:.2f}", account=True)
        said = desk.say("2304", bill, insured_in=patient.home_region)
        return desk, stay, said.output["setlinfo"]["setl_id"]


def postings(places):
    """How many postings there are at all nodes, and their sum."""
    rows = []
    for place in places:
        with place.acting():
            rows += fetch("SELECT count(*), sum(abs(amount))::bigint FROM ledger_posting")
    return [sum(column) for column in zip(*rows, strict=True)]


def everywhere(places, what):
    """Do something at every node's directory."""
    for place in places:
        with place.acting():
            what()
    exchange.forget_directory()


def test_a_region_is_handed_over_with_its_history(places, tmp_path):
    old, new = places
    with old.acting():
        traveller, townsman, visitor = born("510100", account=99_000), born("510100"), born("110000", account=99_000)
    there, stay, number = settled(old, BEIJING_TERTIARY, traveller, "110000")
    desk, regretted, taken_back = settled(old, CHENGDU_TERTIARY, visitor, "510100")
    with old.acting():
        assert desk.void("2305", visitor, regretted.number, taken_back).done
    settled(old, CHENGDU_TERTIARY, visitor, "510100")
    settled(old, CHENGDU_TERTIARY, townsman, "510100")
    with new.acting():
        born("310000", account=5_000)  # with openings of its own, numbered apart
    before = postings(places)

    everywhere(places, lambda: membership.moving("51", "node-b"))
    with old.acting():
        bill = there.stay_bill(traveller, stay.number, f"{PRICE_FEN * LINES / 100:.2f}")
        assert there.refused("2303", bill, insured_in="510100")[0] == "busy.region_moving"
        counts = handover.give("51", tmp_path / "51.zip", quiet_seconds=0)
    assert counts["settlement_settlement"] == 4
    with new.acting():
        assert handover.take(tmp_path / "51.zip") == counts
    everywhere(places, lambda: membership.moved("51", "node-b"))
    with old.acting():
        gone = handover.let_go("51")
    assert gone["ledger_posting"] == counts["ledger_posting"] > 0
    for place in places:
        with place.acting():
            assert disagreements() == []
    assert postings(places) == before

    with old.acting():
        assert there.void("2305", traveller, stay.number, number).done
        assert rounds.once() == 1
        bill = there.stay_bill(traveller, stay.number, f"{PRICE_FEN * LINES / 100:.2f}", account=True)
        assert there.say("2304", bill, insured_in="510100").done
    settled(new, CHENGDU_TERTIARY, visitor, "510100")
    for place in places:
        with place.acting():
            rounds.once()
    for place in places:
        with place.acting():
            assert disagreements() == []


def test_nothing_moves_that_the_hub_does_not_move_or_that_is_open(places, tmp_path):
    old, _ = places
    with old.acting():
        with pytest.raises(handover.NotMoving):
            handover.give("51", tmp_path / "51.zip")
        with pytest.raises(handover.NotMoving):
            handover.let_go("51")
        execute(
            "INSERT INTO settlement_attempt (id, action, message, content_hash, region, institution, encounter, batch,"
            " person_number, insurance, home_region, home_node, total, state, at, deadline_at, reason, details)"
            " VALUES (1, 'settle', 'm', '', '110000', '', 1, '', '', '', '510100', 'x', 0, 'received', now(), now(),"
            " '', '{}')"
        )
    everywhere(places, lambda: membership.moving("51", "node-b"))
    with old.acting(), pytest.raises(handover.StillOpen):
        handover.give("51", tmp_path / "51.zip", drained_seconds_max=0.3, quiet_seconds=0)


def test_a_damaged_file_changes_nothing(places, tmp_path):
    old, new = places
    everywhere(places, lambda: membership.moving("51", "node-b"))
    with old.acting():
        handover.give("51", tmp_path / "51.zip", quiet_seconds=0)
    with zipfile.ZipFile(tmp_path / "51.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data.replace(b"\t1\t", b"\t2\t", 1) if name == "enrolment_enrolment" else data)
    with new.acting():
        with pytest.raises(handover.FileDamaged):
            handover.take(tmp_path / "bad.zip")
        assert fetch("SELECT count(*) FROM enrolment_person") == [(0,)]


def test_every_table_of_a_region_travels_or_says_why_not():
    telling = {"region", "home_region", "institution"}
    tables = {
        model._meta.db_table for model in apps.get_models() if telling & {field.column for field in model._meta.fields}
    }
    assert tables == {part.table for part in handover.PARTS if part.table in tables} | handover.STAY_BEHIND.keys()
