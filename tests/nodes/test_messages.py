"""What a node takes from others and what it refuses: strangers, forged and altered messages, repetitions, old ones."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from desks import Desk
from nodes.desk_life import discharged
from nodes.place import Place, databases, introduce, make_identity
from people import born

from yijie.domain import decision, exchange, ledger, settlement
from yijie.domain.decision import policies
from yijie.domain.exchange import asking
from yijie.domain.exchange.envelope import canonical, sealed
from yijie.domain.exchange.errors import MessageUnreadable, PeerSilent, SignatureWrong
from yijie.domain.exchange.identity import Identity
from yijie.domain.exchange.kinds import KINDS
from yijie.domain.exchange.membership import KEYS_OVERLAP, Card, admit
from yijie.domain.settlement import Charge
from yijie.domain.transaction import fetch, in_transaction
from yijie.engines.benefit import read_policy
from yijie.interfaces.node import handlers
from yijie.interfaces.node.bodies import BODIES
from yijie.interfaces.node.schemas import published
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import clock_set_to, now
from yijie.kernel.ids import new_id
from yijie.kernel.sm import new_private_key


@pytest.fixture(scope="module")
def places(cluster, nation_to_copy):
    """Beijing and Chengdu."""
    with databases(cluster, nation_to_copy, 2) as urls:
        made = [
            Place(make_identity(f"node-{prefix}"), (prefix,), url).open()
            for prefix, url in zip(("11", "51"), urls, strict=True)
        ]
        introduce(made)
        yield made
        for place in made:
            place.close()


@pytest.fixture(autouse=True)
def line(places):
    """A line between the two that carries everything at once; what passes is kept."""
    by_address = {f"sim://{place.code}": place for place in places}
    passed = []

    def carry(address, wire, _seconds):
        with by_address[address].acting():
            answer = handlers.receive(wire)
        passed.append((wire, answer))
        return answer

    asking.transport_is(carry)
    return passed


def told(places, wire):
    """What Chengdu says to bytes, as a refusal's code or the result."""
    with places[1].acting():
        answer = handlers.receive(wire)
    body = msgspec.json.decode(answer)
    said = body["message"]["body"] if "message" in body else body
    return said["error"]["code"] if "error" in said else said["done"]


def last_refusal(places):
    """The last refusal Chengdu recorded."""
    with places[1].acting():
        return fetch("SELECT code FROM exchange_refusal ORDER BY id DESC LIMIT 1")[0][0]


def message(places, kind="benefit.cancel", body=None, *, identity=None, message_id="", receiver="node-51"):
    """A message of Beijing's."""
    return sealed(
        receiver,
        kind,
        body or {"items": [{"attempt": new_id()}]},
        identity=identity or places[0].identity,
        message_id=message_id or str(new_id()),
    )


def test_a_question_is_answered_although_the_database_ended_the_session(places):
    with places[1].acting():
        [(session,)] = fetch("SELECT pg_backend_pid()")
    with places[0].acting():
        fetch("SELECT pg_terminate_backend(%s)", [session])
    assert set(told(places, message(places, "positions.read", {}))) == {"rows"}


def test_a_stranger_is_refused_and_recorded(places):
    wire = message(places, identity=make_identity("node-99"))
    assert told(places, wire) == last_refusal(places) == "exchange.sender_unknown"


def test_a_forged_signature_is_refused_and_recorded(places):
    wire = message(places, identity=Identity("node-11", new_private_key()))
    assert told(places, wire) == last_refusal(places) == "exchange.signature_wrong"


@pytest.mark.parametrize("changed", ["id", "kind", "time", "body"])
def test_an_altered_message_is_refused(places, changed):
    wire = msgspec.json.decode(message(places))
    other = {"id": "1", "kind": "benefit.confirm", "time": now().isoformat(), "body": {"items": []}}
    wire["message"][changed] = other[changed]
    assert told(places, canonical(wire)) == "exchange.signature_wrong"


def test_names_in_another_order_and_white_space_do_not_matter(places):
    wire = msgspec.json.decode(message(places))
    wire["message"] = dict(reversed(wire["message"].items()))
    assert told(places, msgspec.json.format(msgspec.json.encode(wire), indent=3)) == {"outcomes": [{}]}


def test_bytes_that_are_no_message_are_refused_and_recorded(places):
    for wire in (b"", b"{", b"[]", b'{"message": 1, "signature": ""}', b"\xff\xfe", b'{"message":{},"signature":"zz"}'):
        assert told(places, wire) == last_refusal(places) == "exchange.unreadable"


def test_a_signature_that_is_no_hexadecimal_is_refused(places):
    wire = msgspec.json.decode(message(places))
    assert told(places, canonical(wire | {"signature": "zz"})) == "exchange.signature_wrong"


@pytest.mark.parametrize(
    "body",
    [
        {"items": 3},
        {"items": [{}]},
        {"items": [{"attempt": "one"}]},
        {"settles": []},
        [],
    ],
)
def test_a_body_that_is_not_what_its_kind_carries_is_refused_by_name(places, body):
    wire = sealed("node-51", "benefit.cancel", body, identity=places[0].identity, message_id=str(new_id()))
    assert told(places, wire) == last_refusal(places) == "exchange.unreadable"


def test_the_published_schema_is_that_of_this_code():
    kept = Path(__file__).parents[2] / "docs" / "nodes.schema.json"
    now_ = msgspec.json.decode(msgspec.json.encode(published()))
    assert msgspec.json.decode(kept.read_bytes()) == now_, "write it anew: yijie node schemas"
    assert {(kind.name, version) for kind in KINDS.values() for version in kind.versions} == BODIES.keys()


def test_a_message_for_somebody_else_is_refused(places):
    assert told(places, message(places, receiver="node-44")) == "exchange.not_for_us"


def test_a_repetition_is_answered_and_does_nothing(places):
    number = new_id()
    wire = message(places, body={"items": [{"attempt": number}]}, message_id=f"r{number}")
    first = told(places, wire)
    with places[1].acting():
        before = fetch("SELECT * FROM decision_hold WHERE attempt = %s", [number])
        assert told(places, wire) == first == {"outcomes": [{}]}
        assert fetch("SELECT * FROM decision_hold WHERE attempt = %s", [number]) == before


def test_answers_are_kept_as_long_as_a_message_may_come_again(places):
    wire = message(places, message_id="kept")
    told(places, wire)
    with places[1].acting():
        exchange.forget_old_answers()
        assert fetch("SELECT count(*) FROM exchange_incoming WHERE id = 'kept'") == [(1,)]
        with clock_set_to(now() + timedelta(days=1, hours=1)):
            exchange.forget_old_answers()
        assert fetch("SELECT count(*) FROM exchange_incoming WHERE id = 'kept'") == [(0,)]


def test_an_id_with_other_content_is_refused(places):
    assert told(places, message(places, message_id="same")) == {"outcomes": [{}]}
    assert told(places, message(places, message_id="same")) == last_refusal(places) == "exchange.id_reused"


def test_a_message_sent_again_much_later_is_refused(places):
    wire = message(places)
    with clock_set_to(now() + timedelta(minutes=16)):
        assert told(places, wire) == last_refusal(places) == "exchange.time_off"


def test_clocks_ten_minutes_apart_are_understood(places):
    with clock_set_to(now() - timedelta(minutes=10)):
        wire = message(places)
    assert told(places, wire) == {"outcomes": [{}]}


def test_a_kind_or_version_not_known_is_refused_by_name(places):
    wire = msgspec.json.decode(message(places))["message"]
    for change in ({"kind": "benefit.guess"}, {"version": 9}):
        text = canonical(wire | change | {"id": str(new_id())})
        from yijie.kernel.sm import sign  # noqa: PLC0415  only where a message is made by hand

        by_hand = {"message": msgspec.Raw(text), "signature": sign(places[0].identity.private, text).hex()}
        assert told(places, canonical(by_hand)) == "exchange.kind_unknown"


def test_members_of_a_later_release_are_left_out(places):
    number = new_id()
    wire = message(places, body={"items": [{"attempt": number, "colour": "red"}], "later": {"a": 1}})
    assert told(places, wire) == {"outcomes": [{}]}


def test_a_key_is_changed_while_messages_are_under_way(places):
    fresh = Identity("node-11", new_private_key())
    with places[1].acting():
        in_transaction(lambda: admit(Card("node-11", "node", "sim://node-11", fresh.public)))
    assert told(places, message(places, identity=fresh)) == {"outcomes": [{}]}
    assert told(places, message(places)) == {"outcomes": [{}]}
    with clock_set_to(now() + KEYS_OVERLAP + timedelta(hours=1)):
        assert told(places, message(places, identity=fresh)) == {"outcomes": [{}]}
        assert told(places, message(places)) == "exchange.signature_wrong"
    with places[1].acting():
        in_transaction(lambda: admit(Card("node-11", "node", "sim://node-11", places[0].identity.public)))
        fetch("UPDATE exchange_nodekey SET until = NULL WHERE node = 'node-11' RETURNING 1")
    exchange.forget_directory()


def asked(places, **change):
    """What Beijing would ask of Chengdu for a stay, with changes."""
    beijing, chengdu = places
    with chengdu.acting():
        patient = born("510100", account=10_000)
    with beijing.acting():
        stay = discharged(beijing, Desk(BEIJING_TERTIARY), patient, "110000", now())
        charge = Charge(
            stay.encounter, stay.number, BEIJING_TERTIARY, patient.number, decision_shown(), {}, True, "310"
        )
        request = msgspec.to_builtins(settlement.asked(charge).request)
    return {"settles": [{"request": request | change}], "voids": []}


def decision_shown():
    """Nothing was shown at the desk."""
    from yijie.domain.enrolment import NOTHING_SHOWN  # noqa: PLC0415  the domain's name for it

    return NOTHING_SHOWN


@pytest.mark.parametrize("change", [{"care_region": "440100"}, {"home_region": "440100"}, {"care_region": "510100"}])
def test_another_regions_business_is_refused_and_recorded(places, change):
    wire = message(places, "benefit.hold", asked(places, **change))
    assert told(places, wire) == last_refusal(places) == "exchange.not_yours"


def test_another_regions_person_is_not_told_of(places):
    body = {"relations": [["44010099990000000001", "310", "440100"]], "day": "2026-11-01"}
    assert told(places, message(places, "person.facts", body)) == "exchange.not_yours"


def test_a_cancel_before_its_hold_leaves_a_tombstone(places):
    body = asked(places)
    number = body["settles"][0]["request"]["settlement"]
    assert told(places, message(places, body={"items": [{"attempt": number}]})) == {"outcomes": [{}]}
    [outcome] = told(places, message(places, "benefit.hold", body))["settles"]
    assert outcome["error"]["code"] == "decision.hold_cancelled"


def test_a_hold_is_answered_alike_under_another_message(places):
    body = asked(places)
    first = told(places, message(places, "benefit.hold", body))
    assert first["settles"][0]["granted"]["benefit"]["cash"] > 0
    assert told(places, message(places, "benefit.hold", body)) == first
    number = body["settles"][0]["request"]["settlement"]
    assert told(places, message(places, "benefit.confirm", {"items": [{"attempt": number}]})) == {"outcomes": [{}]}
    assert told(places, message(places, "benefit.hold", body)) == first
    refused = told(places, message(places, "benefit.cancel", {"items": [{"attempt": number}]}))
    assert refused["outcomes"][0]["error"]["code"] == "decision.hold_confirmed"


def test_a_confirm_without_a_hold_is_a_case_for_a_person(places):
    [outcome] = told(places, message(places, "benefit.confirm", {"items": [{"attempt": new_id()}]}))["outcomes"]
    assert outcome["error"]["code"] == "decision.hold_missing"


def test_a_second_hold_of_a_person_waits_for_the_first(places):
    body = asked(places)
    told(places, message(places, "benefit.hold", body))
    other = {**body["settles"][0]["request"], "settlement": new_id()}
    wire = message(places, "benefit.hold", {"settles": [{"request": other}], "voids": []})
    assert told(places, wire)["settles"][0]["error"]["code"] == "busy.hold_open"
    number = body["settles"][0]["request"]["settlement"]
    told(places, message(places, "benefit.cancel", {"items": [{"attempt": number}]}))
    wire = message(places, "benefit.hold", {"settles": [{"request": other}], "voids": []})
    assert "granted" in told(places, wire)["settles"][0]
    told(places, message(places, "benefit.cancel", {"items": [{"attempt": other["settlement"]}]}))


def test_an_answer_that_is_not_the_askeds_is_not_believed(places, line):
    forged = make_identity("node-51")
    with places[0].acting():
        for answer, refusal in (
            (sealed("node-11", "benefit.cancel.answer", {"done": {}}, identity=forged, message_id="7"), SignatureWrong),
            (line_answer(places, "8"), MessageUnreadable),
        ):
            asking.transport_is(lambda _a, _w, _s, answer=answer: answer)
            with pytest.raises(refusal):
                exchange.ask("node-51", "benefit.cancel", {"items": []}, message_id="7")


def line_answer(places, message_id):
    """A true answer of Chengdu's, to another message."""
    return sealed("node-11", "benefit.cancel.answer", {"done": {}}, identity=places[1].identity, message_id=message_id)


def test_a_node_that_is_away_is_told_at_once_and_found_when_it_is_back(places):
    count = []

    def dead(address, _wire, _seconds):
        count.append(address)
        raise PeerSilent(node=address, why="超时")

    asking.transport_is(dead)
    with places[0].acting():
        for _ in range(10):
            with pytest.raises(PeerSilent):
                exchange.ask("node-51", "person.facts", {})
    assert len(count) == asking.FAILURES_TO_OPEN


GIFT = """
title: {zh: 津贴, en: Allowance}
pays_from: pooled
for: {care: inpatient}
sources: {ours: {title: 样例 sample, url: none, trust: C}}
steps:
  - allowance:
      share: [{from: 2000-01-01, value: 100%, source: ours}]
      base: [{from: 2000-01-01, value: 100, source: ours}]
"""


def test_an_allowance_is_posted_where_the_person_is_insured_once_the_care_node_confirms(places, monkeypatch):
    files = dict(decision.policy_of("510100").files)
    files |= {"gift.yaml": GIFT, "pool.yaml": files["pool.yaml"].replace("chain:\n", "chain:\n  - gift\n", 1)}
    generous = read_policy(files, "chengdu")
    monkeypatch.setattr(policies, "packs", lambda: {"510100": generous})
    body = asked(places)
    request = body["settles"][0]["request"]
    number, person = request["settlement"], request["person_number"]

    def owed():
        with places[1].acting():
            return -ledger.balance("510100", ledger.Account.ALLOWANCE_DUE, person)

    with places[1].acting():
        decision.keep_packs()
    assert "granted" in told(places, message(places, "benefit.hold", body))["settles"][0]
    assert owed() == 0
    for _ in "twice":
        told(places, message(places, "benefit.confirm", {"items": [{"attempt": number}]}))
        assert owed() == 10_000
    attempt = new_id()
    void = {"attempt": attempt, "settlement": number, "number": "", "encounter_number": "", "institution": "",
            "person_number": person, "home_node": "node-51", "moment": now()}  # fmt: skip
    told(places, message(places, "benefit.hold", {"settles": [], "voids": [msgspec.to_builtins(void)]}))
    assert told(places, message(places, "benefit.confirm", {"items": [{"attempt": attempt}]})) == {"outcomes": [{}]}
    assert owed() == 0
