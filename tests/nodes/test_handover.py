"""A region moves from one node to another with its history; what was one node's own becomes two nodes' agreement."""

import base64
import contextlib
import hashlib
import hmac
import json
import time
import zipfile
from dataclasses import replace

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from desks import Desk
from django.apps import apps
from django.test import Client
from nodes.desk_life import LINES, PRICE_FEN, discharged
from nodes.place import Place, databases, introduce, make_identity
from people import born

from yijie.domain import access, catalogue, encounter, exchange, filing
from yijie.domain.access import Role, User
from yijie.domain.coherent import disagreements
from yijie.domain.exchange import asking, membership
from yijie.domain.transaction import execute, fetch
from yijie.interfaces.fsi import clients, sealing
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.fsi.gateway_errors import SignatureWrong
from yijie.interfaces.fsi.service import answer
from yijie.interfaces.node import handlers, handover, rounds, setup
from yijie.interfaces.node.travelling import PARTS, SECRETS, STAY_BEHIND
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY, CHENGDU_TERTIARY
from yijie.interfaces.sample.users import PASSWORD, ensure_users
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today

KEY = "0123456789abcdef" * 2


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


def settled(place, code, patient, region, *, desk=None, at=None):
    """A stay settled with the person's account."""
    desk = desk or Desk(code)
    with at() if at else place.acting():
        stay = discharged(place, desk, patient, region, now())
        bill = desk.stay_bill(patient, stay.number, f"{PRICE_FEN * LINES / 100:.2f}", account=True)
        said = desk.say("2304", bill, insured_in=patient.home_region)
        return desk, stay, said.output["setlinfo"]["setl_id"]


def signing(profile):
    """A hospital's system that holds a key."""
    desk = SigningDesk(profile.institution)
    desk.profile = profile
    return desk


def declared(stay):
    """A stay whose hospital declared a trauma."""
    execute("UPDATE encounter_encounter SET trauma = true WHERE id = %s", [stay.encounter])
    return stay.encounter


def a_request(person):
    """Of a long-term resident elsewhere."""
    return filing.Application(
        person_number=person.number,
        insurance="310",
        home_region="510100",
        care_region="110000",
        kind=FilingKind.LONG_TERM_RESIDENT,
        since=today(),
        papers=True,
        reason="在外地居住",
    )


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
        counts = handover.give("51", tmp_path / "51.zip", KEY, quiet_seconds=0)
    assert counts["settlement_settlement"] == 4
    with new.acting():
        assert handover.take(tmp_path / "51.zip", KEY).rows == counts
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


def test_who_gave_a_region_away_starts_again_without_it_and_who_took_it_with_it(places, tmp_path):
    everywhere(places, lambda: membership.moved("51", "node-b"))
    for place in places:
        identity = place.identity
        own = setup.Setup(
            identity.code, identity.private, "", "", "", "", f"sim://{identity.code}", place.regions, "", ""
        )
        setup.write(tmp_path / identity.code, own)
        with place.acting():
            setup.join(setup.follow_directory(tmp_path / identity.code))
    assert [setup.read(tmp_path / place.code).regions for place in places] == [("11",), ("51",)]


def test_nothing_moves_that_the_hub_does_not_move_or_that_is_open(places, tmp_path):
    old, _ = places
    with old.acting():
        with pytest.raises(handover.NotMoving):
            handover.give("51", tmp_path / "51.zip", KEY)
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
        handover.give("51", tmp_path / "51.zip", KEY, drained_seconds_max=0.3, quiet_seconds=0)


def test_a_damaged_file_or_another_key_changes_nothing(places, tmp_path):
    old, new = places
    everywhere(places, lambda: membership.moving("51", "node-b"))
    with old.acting():
        handover.give("51", tmp_path / "51.zip", KEY, quiet_seconds=0)

    def changed(name, part, data_of):
        with zipfile.ZipFile(tmp_path / "51.zip") as good, zipfile.ZipFile(tmp_path / name, "w") as bad:
            for one in good.namelist():
                data = good.read(one)
                bad.writestr(one, data_of(data) if one == part else data)
        return tmp_path / name

    damaged = changed("damaged.zip", "enrolment_enrolment", lambda data: data.replace(b"\t1\t", b"\t2\t", 1))
    replaced = changed("replaced.zip", handover.MANIFEST, lambda data: data.replace(b'"51"', b'"11"', 1))
    with new.acting():
        with pytest.raises(handover.FileDamaged):
            handover.take(damaged, KEY)
        for file, key in ((replaced, KEY), (tmp_path / "51.zip", "00" * 16), (tmp_path / "51.zip", "no key")):
            with pytest.raises(handover.KeyWrong):
                handover.take(file, key)
        assert fetch("SELECT count(*) FROM enrolment_person") == [(0,)]


class SigningDesk(Desk):
    """A hospital whose system signs its headers."""

    profile: Profile

    def answered(self, body):
        """The answer to a message signed with the key that was agreed on once."""
        sent = {
            "_api_access_key": self.profile.access_key,
            "_api_name": json.loads(body)["infno"],
            "_api_timestamp": str(int(now().timestamp() * 1000)),
            "_api_version": "1.0.0",
        }
        text = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
        signature = base64.b64encode(hmac.digest(self.profile.secret.encode(), text.encode(), "sha1")).decode()
        headers = {f"HTTP_{name.upper()}": value for name, value in (sent | {"_api_signature": signature}).items()}
        return answer(body, headers=headers)


@contextlib.contextmanager
def at(place, monkeypatch):
    """At a node, with the key by which that node seals what it keeps."""
    monkeypatch.setenv("YIJIE_CLIENT_KEY", hashlib.sha256(place.code.encode()).hexdigest()[:32])
    sealing.installation_key.cache_clear()
    clients._remembered.clear()
    try:
        with place.acting():
            yield
    finally:
        sealing.installation_key.cache_clear()
        clients._remembered.clear()


def an_officer(username, *grants):
    """Somebody with a password of their own and an authenticator; its secret."""
    user = User.objects.create_user(username, password=PASSWORD, display="真人")
    for role, region in grants:
        access.grant(user, role, region, by="test")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def signed_in(username, secret):
    """A browser after password and code."""
    browser = Client(HTTP_HOST="localhost")
    browser.post("/desk/account/login/", {"login": username, "password": PASSWORD})
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    browser.post("/desk/account/2fa/authenticate/", {"code": code})
    return browser


def concepts(*rows):
    """A release of a national list."""
    catalogue.publish_concepts("trial", [catalogue.ConceptRow(code, name, [code]) for code, name in rows])
    return catalogue.latest_release()


def since(number):
    """Codes of the list's entries that a hospital is given which has this release."""
    written = bytearray()
    changes = catalogue.Changes(catalogue.CONCEPTS, ["trial"], number, catalogue.latest_release())
    assert catalogue.write_changes(changes, ["code"], written.extend) == catalogue.count_changes(changes)
    return set(written.decode().split())


def test_hospitals_officers_and_lists_go_on_at_the_new_node_as_they_were(places, tmp_path, monkeypatch):
    """A hospital settles with its old key, an officer signs in as ever, nobody is told too little of a list."""
    old, new = places
    profile = Profile(CHENGDU_TERTIARY, gateway="api", access_key="AK51", secret="a-secret-of-chengdu")
    with at(old, monkeypatch):
        townsman = born("510100", account=1_000)
        clients.register(profile)
        clients.register(Profile(BEIJING_TERTIARY, gateway="api", access_key="AK11", secret="a-secret-of-beijing"))
        secret = an_officer("wu.gang", (Role.SUPERVISOR, "510100"))
        both = an_officer("both", (Role.AUDITOR, "510100"), (Role.AUDITOR, "110000"))
        an_officer("taken", (Role.AUDITOR, "510100"))
        elsewhere = an_officer("elsewhere", (Role.AUDITOR, "110000"))
        ensure_users()
        asked = filing.request(a_request(townsman), by="本人")
        filing.add_paper(asked, "a.png", b"\x89PNG\r\n\x1a\n", by="本人")
        seen_old = concepts(("A", "1"), ("B", "1"))
        concepts(("B", "2"), ("C", "1"))
    with at(new, monkeypatch):
        User.objects.create_user("taken", password="another-person", display="别人")
        ensure_users()
        seen_new = concepts(("A", "1"), ("D", "1"))
    desk, stay, _ = settled(
        old, CHENGDU_TERTIARY, townsman, "510100", desk=signing(profile), at=lambda: at(old, monkeypatch)
    )
    with at(old, monkeypatch):
        encounter.check_trauma(declared(stay), "payable", "无第三方", by="wu.gang")

    everywhere(places, lambda: membership.moving("51", "node-b"))
    with at(old, monkeypatch):
        counts = handover.give("51", tmp_path / "51.zip", KEY, quiet_seconds=0)
    whole = b"".join(
        zipfile.ZipFile(tmp_path / "51.zip").read(n) for n in zipfile.ZipFile(tmp_path / "51.zip").namelist()
    )
    assert profile.secret.encode() not in whole
    assert b"pbkdf2" not in whole
    with at(old, monkeypatch):
        raised = access.accounts_of("51")
        raised[0]["grants"][0]["region"] = "000000"
    with at(new, monkeypatch):
        with pytest.raises(access.GrantOutside):
            access.take_accounts(raised, "51")
        taken = handover.take(tmp_path / "51.zip", KEY)
    assert taken.renamed == {"taken": "taken.51"}
    assert (counts["fsi_client"], counts["filing_paper"], counts["encounter_traumacheck"]) == (1, 1, 1)
    everywhere(places, lambda: membership.moved("51", "node-b"))
    with at(old, monkeypatch):
        handover.let_go("51")
        assert [one.institution for one in clients.profiles()] == [BEIJING_TERTIARY]
        assert not User.objects.get(username="wu.gang").is_active
        assert access.scope_of(User.objects.get(username="both")).regions == ("110000",)
        assert signed_in("wu.gang", secret).get("/desk/settlements/").status_code == 302
        assert signed_in("elsewhere", elsewhere).get("/desk/settlements/").status_code == 200

    _, _, number = settled(new, CHENGDU_TERTIARY, townsman, "510100", desk=desk, at=lambda: at(new, monkeypatch))
    with at(new, monkeypatch):
        bill = desk.stay_bill(townsman, stay.number, "1.00")
        forger = signing(replace(profile, secret="another-secret-altogether"))
        with pytest.raises(SignatureWrong):
            forger.say("2303", bill, insured_in="510100")
        page = signed_in("wu.gang", secret).get("/desk/settlements/").content.decode()
        assert number in page
        assert access.scope_of(User.objects.get(username="both")).regions == ("510100",)
        assert signed_in("both", both).get("/desk/").status_code == 200
        assert access.scope_of(User.objects.get(username="taken")).roles == frozenset()
        assert not User.objects.filter(username="elsewhere").exists()
        assert User.objects.get(username="supervisor.chengdu").grants.count() == 1
        assert {"B", "C", "D"} <= since(seen_old)
        assert {"B", "C"} <= since(seen_new)
        assert since(0) == {"A", "B", "C", "D"}
        assert since(concepts(("E", "1")) - 1) == {"E"}, "numbers go on above both"
    for place in places:
        with place.acting():
            assert disagreements() == []


def test_every_table_of_a_region_travels_or_says_why_not():
    telling = {"region", "home_region", "institution"}
    tables = {
        model._meta.db_table for model in apps.get_models() if telling & {field.column for field in model._meta.fields}
    }
    travelling = {part.table for part in PARTS}
    assert tables == tables & travelling | SECRETS.keys() | STAY_BEHIND.keys()
    leaning = {
        model._meta.db_table
        for model in apps.get_models()
        for one in model._meta.fields
        if one.is_relation and one.related_model._meta.db_table in travelling
    }
    assert leaning <= travelling, "what belongs to a row that travels travels too"
