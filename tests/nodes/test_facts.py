"""Filings, registers, directory and positions travel by being read; who was away catches up by itself."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import psycopg
import pytest
from desks import Desk
from nodes.desk_life import LINES, PRICE_FEN, discharged
from nodes.place import Place, databases, introduce, make_identity
from people import born

from yijie.domain import exchange, filing
from yijie.domain.exchange import Identity, PeerSilent, asking, membership
from yijie.domain.exchange.envelope import opened, sealed
from yijie.domain.exchange.errors import RegionMoving, RegionNotJoined, ToldByPeer
from yijie.domain.exchange.membership import Card, RegionTaken
from yijie.domain.transaction import execute, fetch, in_transaction
from yijie.interfaces.node import feeds, handlers, homes, http, resolve, rounds, status, telling
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import clock_set_to, now, today
from yijie.kernel.sm import new_private_key


@pytest.fixture
def places(cluster, nation_to_copy):
    """Beijing, Chengdu and the hub, with a line between them that works."""
    with databases(cluster, nation_to_copy, 3) as urls:
        made = [
            Place(Identity(f"node-{prefix}", new_private_key(), "hub"), (prefix,), url).open()
            for prefix, url in zip(("11", "51"), urls[:2], strict=True)
        ]
        made.append(Place(make_identity("hub"), (), urls[2]).open())
        introduce(made)
        for place in made:
            with place.acting():
                execute("UPDATE exchange_node SET role = 'hub' WHERE code = 'hub'")
        for place in made[::2]:
            with place.acting():  # only Chengdu knows its people
                execute("TRUNCATE enrolment_person CASCADE")
        by_address = {f"sim://{place.code}": place for place in made}
        dead = set()

        def carry(address, wire, _seconds):
            if address in dead:
                raise PeerSilent(node=address, why="超时")
            with by_address[address].acting():
                return handlers.receive(wire)

        asking.transport_is(carry)
        made[0].dead = dead
        exchange.forget_directory()
        yield made
        for place in made:
            place.close()


def filed(patient, care="110000"):
    """A filing of a person of Chengdu, approved."""
    asked = filing.Application(
        patient.number, "310", "510100", care, FilingKind.LONG_TERM_RESIDENT, today(), promised=True
    )
    return filing.approve(filing.request(asked, by=patient.name).id, by="成都经办")


def test_an_approved_filing_is_known_where_care_happens_and_at_the_hub(places):
    beijing, chengdu, hub = places
    with chengdu.acting():
        patient = born("510100")
        one, other = filed(patient), filed(patient, care="440100")
    with beijing.acting():
        feeds.read_facts("node-51")
        assert fetch("SELECT id, state, person_number FROM filing_filedelsewhere") == [
            (one.id, "approved", patient.number)
        ]
    with hub.acting():
        feeds.read_facts("node-51")
        known = fetch("SELECT id, person_number FROM filing_filedelsewhere ORDER BY id")
        assert known == sorted([(one.id, ""), (other.id, "")])
    with chengdu.acting():
        filing.revoke(one.id, by="成都经办")
    with beijing.acting():
        feeds.read_facts("node-51")
        assert fetch("SELECT state FROM filing_filedelsewhere") == [("revoked",)]


def test_a_node_that_was_away_catches_up_by_itself(places):
    beijing, chengdu, _ = places
    with beijing.acting():
        feeds.read_facts("node-51")
    places[0].dead.add("sim://node-51")
    with chengdu.acting():
        numbers = {filed(born("510100")).id for _ in range(3)}
    with beijing.acting(), pytest.raises(PeerSilent):
        feeds.read_facts("node-51")
    places[0].dead.clear()
    with beijing.acting():
        feeds.read_facts("node-51")
        assert {number for (number,) in fetch("SELECT id FROM filing_filedelsewhere")} == numbers


def test_what_commits_late_is_not_missed(places):
    """A transaction that began before a reading and ends after it would be passed over by time of decision."""
    beijing, chengdu, _ = places
    url = chengdu.url
    with chengdu.acting():
        slow, quick = filed(born("510100")), filed(born("510100"))
    with beijing.acting():
        feeds.read_facts("node-51")
    with psycopg.connect(url) as session:
        session.execute("UPDATE filing_filing SET state = 'revoked' WHERE id = %s", [slow.id])
        with chengdu.acting():
            filing.revoke(quick.id, by="成都经办")
        with beijing.acting():
            feeds.read_facts("node-51")
            states = dict(fetch("SELECT id, state FROM filing_filedelsewhere"))
            assert states[slow.id] == states[quick.id] == "approved", "nothing is told while something older runs"
        session.commit()
    with beijing.acting():
        feeds.read_facts("node-51")
        states = dict(fetch("SELECT id, state FROM filing_filedelsewhere"))
        assert states[slow.id] == states[quick.id] == "revoked"
        assert feeds.read_facts("node-51") == 0, "what was read is not read again"


def test_an_enrolment_that_is_paused_is_told_where_care_was_filed_for(places):
    beijing, chengdu, hub = places
    with chengdu.acting():
        patient = born("510100")
        filed(patient)
        elsewhere = born("510100")
    for place in (beijing, hub):
        with place.acting():
            feeds.read_facts("node-51")
            assert fetch("SELECT enrolled, paused_on FROM filing_filedelsewhere") == [("1", None)]
    with chengdu.acting():
        execute(
            "UPDATE enrolment_enrolment SET status = '2', paused_on = %s WHERE person_id IN"
            " (SELECT id FROM enrolment_person WHERE number = ANY(%s))",
            [today(), [patient.number, elsewhere.number]],
        )
    for place, number in ((beijing, patient.number), (hub, "")):
        with place.acting():
            feeds.read_facts("node-51")
            known = fetch("SELECT person_number, enrolled, paused_on FROM filing_filedelsewhere")
            assert known == [(number, "2", today())], "only people for whom care here was filed"


def test_a_node_with_another_region_reads_from_the_start(places):
    beijing, chengdu, hub = places
    with chengdu.acting():
        filed(born("510100"), care="440100")
    with beijing.acting():
        feeds.read_facts("node-51")
        assert fetch("SELECT count(*) FROM filing_filedelsewhere") == [(0,)]
    with hub.acting():
        in_transaction(
            lambda: membership.admit(Card("node-11", "node", "sim://node-11", beijing.identity.public, ("44",)))
        )
        directory = membership.directory_out()
    for place in (beijing, chengdu):
        with place.acting():
            in_transaction(lambda: membership.directory_in(directory))
    with beijing.acting():
        feeds.read_facts("node-51")
        assert fetch("SELECT care_region FROM filing_filedelsewhere") == [("440100",)]


def test_an_older_release_is_spoken_to_in_its_own_version(places, monkeypatch):
    """Chengdu's node knows version 1 only: it is asked in that, and nobody has to be told which release it is."""
    beijing, chengdu, hub = places
    carry, kind = asking._carried_by[0], exchange.KINDS["facts.since"]
    asked = []

    def older_there(address, wire, seconds):
        asked.append(msgspec.json.decode(wire)["message"]["version"])
        with monkeypatch.context() as older:
            older.setitem(exchange.KINDS, "facts.since", replace(kind, versions=(1,)))
            return carry(address, wire, seconds)

    asking.transport_is(older_there)
    with chengdu.acting():
        patient = born("510100")
        filed(patient)
    for place in (beijing, hub):
        with place.acting():
            while feeds.read_facts("node-51"):
                pass
            assert fetch("SELECT state FROM filing_filedelsewhere") == [("approved",)]
    assert asked[:2] == [2, 1]
    asked.clear()
    with beijing.acting():
        feeds.read_facts("node-51")
        assert asked == [1], "what was found out is remembered"
        monkeypatch.setattr(asking, "OLDER_SECONDS", 0.0)
        asking._older.clear()
        feeds.read_facts("node-51")
    assert asked == [1, 2, 1], "and found out again after a while, for the other side is upgraded one day"


def test_the_hub_names_the_node_of_a_person_by_a_digest_only(places):
    beijing, chengdu, hub = places
    with chengdu.acting():
        patient = born("510100")
    with hub.acting():
        while feeds.read_facts("node-51"):
            pass
        assert feeds.read_facts("node-51") == 0, "what was read is not read again"
    with chengdu.acting():
        later = born("510100")
    with hub.acting():
        feeds.read_facts("node-51")
    with beijing.acting():
        assert homes.locate("certificate", patient.certificate) == "node-51"
        assert homes.locate("certificate", later.certificate) == "node-51"
        assert homes.locate("certificate", "110101199001011237") == ""
        places[0].dead.add("sim://hub")
        assert homes.locate("certificate", patient.certificate) == ""


def test_a_person_of_another_province_is_read_at_the_desk(places):
    beijing, chengdu, hub = places
    with chengdu.acting():
        patient = born("510100", account=12_300)
    with hub.acting():
        while feeds.read_facts("node-51"):
            pass
    with beijing.acting():
        read = Desk(BEIJING_TERTIARY).say(
            "1101",
            {
                "data": {
                    "mdtrt_cert_type": "02",
                    "mdtrt_cert_no": patient.certificate,
                    "card_sn": "",
                    "begntime": "",
                    "psn_cert_type": "01",
                    "certno": patient.certificate,
                    "psn_name": patient.name,
                }
            },
        )
        assert read.output["baseinfo"]["psn_no"] == patient.number
        assert read.output["insuinfo"][0]["insuplc_admdvs"] == "510100"


def test_the_directory_is_read_of_the_hub_and_a_new_node_is_known(places):
    beijing, _, hub = places
    with hub.acting():
        in_transaction(lambda: membership.admit(Card("node-44", "node", "sim://node-44", "ab" * 64, ("44",))))
    with beijing.acting():
        with pytest.raises(RegionNotJoined):
            exchange.holder_of("440100")
        feeds.read_directory("hub")
        assert exchange.holder_of("440100") == "node-44"
        with pytest.raises(ToldByPeer, match="not_yours"):
            feeds.read_directory("node-51")


def test_a_region_that_moves_is_busy_and_then_elsewhere(places):
    beijing, chengdu, hub = places
    with hub.acting():
        with pytest.raises(RegionTaken):
            in_transaction(lambda: membership.admit(Card("node-44", "node", "sim://node-44", "ab" * 64, ("51",))))
        with pytest.raises(RegionTaken):
            membership.retire("node-51")
        membership.moving("51", "node-11")
    with beijing.acting():
        feeds.read_directory("hub")
        with pytest.raises(RegionMoving):
            exchange.holder_of("510100")
    with hub.acting():
        membership.moved("51", "node-11")
        membership.retire("node-51")
    with beijing.acting():
        feeds.read_directory("hub")
        assert exchange.is_here("510100")
        assert [peer.code for peer in exchange.peers()] == ["hub"]
    with chengdu.acting(), pytest.raises(ToldByPeer, match="sender_unknown"):
        feeds.read_directory("hub")


def test_the_operator_sees_what_is_open_and_ends_what_is_safe(places, capsys):
    beijing, chengdu, _ = places
    with chengdu.acting():
        patient = born("510100")
    places[0].dead.add("sim://node-51")
    with beijing.acting():
        desk = Desk(BEIJING_TERTIARY)
        stay = discharged(beijing, desk, patient, "110000", now())
        bill = desk.stay_bill(patient, stay.number, f"{PRICE_FEN * LINES / 100:.2f}")
        for _ in range(3):
            assert desk.refused("2304", bill, insured_in="510100")[0] == "exchange.peer_silent"
        rounds.deliver_all()
        [(number,)] = fetch("SELECT id FROM settlement_attempt ORDER BY id LIMIT 1")
        telling.print_status()
        said = capsys.readouterr().out
        assert "node-51" in said
        assert str(number) in said
        telling.print_known(number)
        said = capsys.readouterr().out
        assert "aborted" in said
        assert "benefit.cancel" in said
        with pytest.raises(resolve.NotByHand, match="say why"):
            resolve.resolved(number, " ", by="operator")
        with pytest.raises(resolve.NotByHand, match="nothing about it is open"):
            resolve.resolved(number, "试一试", by="operator")
        execute("UPDATE exchange_outgoing SET refused = '参保地无预占' WHERE subject = %s", [number])
        assert status.standing().cases[0].why == "参保地无预占"
        assert "said again" in resolve.resolved(number, "参保地已更正", by="operator").en
        telling.print_known(1)
        assert capsys.readouterr().out.endswith("known of 1 here\n")
        execute("UPDATE settlement_attempt SET state = 'received', deadline_at = now() + interval '1 hour'"
                " WHERE id = %s", [number])  # fmt: skip
        assert (status.standing().attempts_open, status.standing().attempts[0].number) == (1, number)
        with pytest.raises(resolve.NotByHand, match="deadline"):
            resolve.resolved(number, "等不及", by="operator")
        execute("DELETE FROM exchange_outgoing")
        with clock_set_to(now() + timedelta(hours=2)):
            assert "aborted" in resolve.resolved(number, "机房断电", by="operator").en
        telling.print_known(number)
        assert "机房断电" in capsys.readouterr().out
        assert fetch("SELECT username, subject, region, details->>'reason' FROM access_event ORDER BY at") == [
            ("operator", str(number), "110000", "参保地已更正"),
            ("operator", str(number), "110000", "机房断电"),
        ]


def test_the_hub_hands_a_message_on_unread(places, monkeypatch):
    beijing, chengdu, hub = places
    with chengdu.acting():
        patient = born("510100")
    body = {"relations": [[patient.number, "310", "510100"]], "day": today().isoformat()}
    wire = sealed("node-51", "person.facts", body, identity=beijing.identity, message_id="through the hub")
    monkeypatch.setattr(http, "carry", asking._carried_by[0])
    monkeypatch.setattr(http, "_through", lambda work: work())  # in this thread, which acts as the hub
    with hub.acting():
        answer = http._routed(wire)
        to_nobody = sealed("node-99", "person.facts", body, identity=beijing.identity, message_id="astray")
        assert b"exchange.not_for_us" in http._routed(to_nobody)
    with beijing.acting():
        [person] = opened(answer).body["done"]["persons"]
        assert person["insured"]["person_number"] == patient.number


def test_positions_of_both_sides_meet_at_the_hub(places, capsys):
    beijing, chengdu, hub = places
    with chengdu.acting():
        patient = born("510100", account=1_000)
    with beijing.acting():
        desk = Desk(BEIJING_TERTIARY)
        stay = discharged(beijing, desk, patient, "110000", now())
        bill = desk.stay_bill(patient, stay.number, f"{PRICE_FEN * LINES / 100:.2f}", account=True)
        assert desk.say("2304", bill, insured_in="510100").done
        local = born("110000", account=1_000)
        stay = discharged(beijing, desk, local, "110000", now())
        assert desk.say("2304", desk.stay_bill(local, stay.number, f"{PRICE_FEN * LINES / 100:.2f}", account=True)).done
    with hub.acting():
        feeds.read_positions("node-11")
        feeds.read_positions("node-51")
        assert not telling.print_positions(), "the confirm is still under way"
    with beijing.acting():
        assert rounds.once() == 1
    with hub.acting():
        feeds.read_positions("node-51")
        assert telling.print_positions()
        assert [(one.care, one.home) for one in status.positions()] == [("110000", "510100")], "home care owes nobody"
        assert "成都市" in capsys.readouterr().out
