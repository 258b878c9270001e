"""Real processes, real PostgreSQL servers, lines that fail: every attempt ends the same on both sides, to the fen."""

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest
from desks import CODE, Desk, Refused
from nodes.desk_life import UNFORESEEN, Told
from nodes.lines import Line

from yijie.interfaces.demo import network
from yijie.interfaces.demo.his import Item
from yijie.interfaces.node import setup
from yijie.interfaces.sample import shelf
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import now

QUICK_SECONDS = 60
SOAK_SECONDS = 1_800
HEAL_SECONDS_MAX = 120
DESKS = 4
START_SECONDS_MAX = 120
EMERGENCY = '{"IPT_TYPE":"2"}'
"""Counts as filed: pools that do not pay unfiled care pay."""
ITEMS = [Item(shelf.SURGERY.code, "1200.00"), Item(shelf.EXAMINATION.code, "220.00")]
ROOT_HOME = "/var/lib/yijie"


def free_ports(count):
    """Ports nobody listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class Older(network.Member):
    """A node that runs an older release of the program."""

    code_folder = ""

    def environment(self):
        """The older release's modules come first."""
        return super().environment() | {"PYTHONPATH": str(self.code_folder), "PYTHONSAFEPATH": "1"}


class Network:
    """A hub and three provinces as processes; every node reaches another through a line of its own."""

    def __init__(self, folder, older=None):
        hub, provinces = network.members(folder, 0)
        ports = free_ports(4)
        self.hub, *self.provinces = [replace(m, port=p) for m, p in zip((hub, *provinces), ports, strict=True)]
        if older:
            self.provinces[1] = Older(**{f.name: getattr(self.provinces[1], f.name) for f in fields(network.Member)})
            Older.code_folder = older
        network.set_up(self.hub, self.provinces, people=300)
        self.everybody = [self.hub, *self.provinces]
        self.lines = {m.code: Line(m.port, seed=n) for n, m in enumerate(self.everybody)}
        self._go_through_lines()
        self.processes = {}

    def _go_through_lines(self):
        """What the directory says of a node is the address of the line that leads to it."""
        through = {m.code: f"http://127.0.0.1:{self.lines[m.code].port}" for m in self.everybody}
        for member in self.everybody:
            made = setup.read(member.home)
            changed = replace(made, address=through[member.code], hub_address=through["hub"] if made.hub else "")
            (member.home / setup.FILE).write_bytes(msgspec.json.encode(changed))
            if made.hub:
                card = self.hub.home / f"{member.code}.line.json"
                card.write_bytes(msgspec.json.encode(changed.card()))
                self.hub.run("hub", "admit", str(card), "--home", str(self.hub.home))

    def start(self, member):
        """Start a node's process (again)."""
        self.processes[member.code] = network.start(member)

    def start_all(self):
        """Start everybody and wait until they know each other."""
        for member in self.everybody:
            self.start(member)
        for member in self.everybody:
            self.wait(member)
        time.sleep(network.SECONDS_TO_MEET)

    def wait(self, member):
        """Wait until a node answers; one that ended (its database was recovering) is started again, as by systemd."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                httpx.get(member.address, trust_env=False, timeout=2)
            except httpx.TransportError:
                assert time.monotonic() < deadline, (member.home / "server.log").read_text()[-2000:]
                time.sleep(0.2)
                if self.processes[member.code].poll() is not None:
                    self.start(member)
            else:
                return

    def kill(self, member):
        """End every process of a node at once; its PostgreSQL stays, as after a crash of the program."""
        process = self.processes[member.code]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_postgres(self, member):
        """Kill a process of a node's PostgreSQL: it ends every session and recovers from its log."""
        postmaster = (member.home / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def query(self, member, statement):
        """Rows of a node's database."""
        lines = (member.home / "postgres" / "postmaster.pid").read_text().splitlines()
        with psycopg.connect(host=lines[4], port=lines[3], user="postgres", dbname="yijie") as connection:
            return connection.execute(statement).fetchall()

    def stop(self):
        """Stop everybody."""
        for member in self.everybody:
            if member.code in self.processes:
                self.processes[member.code].terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        for line in self.lines.values():
            line.close()


@pytest.fixture(scope="module")
def net():
    """A running network."""
    with running_network() as made:
        yield made


@contextlib.contextmanager
def running_network(older=None):
    """A running network; its databases lie where PostgreSQL's own user can reach them."""
    base = Path(ROOT_HOME) if os.geteuid() == 0 else Path(tempfile.gettempdir())
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="nodes-", dir=base))
    folder.chmod(0o755)
    made = Network(folder, older)
    try:
        made.start_all()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Clerk(threading.Thread):
    """A desk in Beijing that settles stays of people from Chengdu and Guangzhou, one after the other, for a while."""

    def __init__(self, net, patients, number, until, dice):
        super().__init__(daemon=True)
        self.net, self.patients, self.until, self.dice = net, patients, until, dice
        self.desk = Desk(BEIJING_TERTIARY, net.provinces[0].address)
        self.sequence = itertools.count(1)
        self.number = number
        self.told = []
        self.failure = None

    def msgid(self):
        return f"{BEIJING_TERTIARY}{self.number:02d}{os.getpid():07d}{next(self.sequence):09d}"

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.one_stay(self.dice.choice(self.patients))
        except Exception as failure:  # noqa: BLE001  the test raises what ended the thread
            self.failure = failure

    def one_stay(self, patient):
        began = now()
        try:
            stay = self.desk.stay_of(patient, ITEMS, began=began, ended=now(), extension=EMERGENCY)
        except (httpx.HTTPError, Refused, AssertionError):
            time.sleep(0.2)
            return
        bill = self.desk.stay_bill(patient, stay, "1420.00", account=True)
        settle = Told("2304", self.msgid(), b"")
        settle.body = self.desk.message("2304", bill, insured_in=patient.home_region, msgid=settle.msgid)
        settle.target = stay
        self.told.append(settle)
        for _ in range(self.dice.choice((1, 1, 2, 4))):
            self.say(settle)
        if settle.state == "done" and self.dice.random() < 0.3:
            row = {"mdtrt_id": stay, "setl_id": settle.number, "psn_no": patient.number}
            void = Told("2305", self.msgid(), b"", target=settle.number)
            void.body = self.desk.message("2305", {"data": row}, insured_in=patient.home_region, msgid=void.msgid)
            self.told.append(void)
            self.say(void)

    def say(self, told):
        """Send; no answer in time, or none at all, leaves the outcome unknown."""
        began = time.monotonic()
        try:
            whole = json.loads(self.desk.answered(told.body), parse_float=Decimal)
        except (httpx.HTTPError, AssertionError):
            assert told.state == "done" or told.state in ("unknown", "refused")
            if told.state == "refused":
                told.state = "unknown"
            return
        assert time.monotonic() - began < ANSWER_SECONDS_MAX, "the desk waited too long"
        if whole["infcode"] == 0:
            info = whole["output"]["setlinfo"]
            known = (info["setl_id"], info["fund_pay_sumamt"] + info["acct_pay"])
            assert told.state != "done" or (told.number, told.funds) == known, "another answer to the same message"
            told.state, (told.number, told.funds) = "done", known
            return
        assert told.state != "done", f"done, and then: {whole['err_msg']}"
        told.code = CODE.search(whole["err_msg"])[1]
        vague = told.code in {"settlement.outcome_unknown", *UNFORESEEN} or told.code.startswith("busy.")
        told.state = "unknown" if vague else "refused"


ANSWER_SECONDS_MAX = 29.0


def wreck(net, until, dice):
    """Do one harm after the other until the time is over; what was done, counted."""
    done = Counter()
    harms = [kill_a_node, kill_a_postgres, cut_two_ways, cut_one_way, slow_and_lossy, reset_connections]
    while time.monotonic() < until:
        harm = dice.choice(harms)
        harm(net, dice)
        done[harm.__name__] += 1
        time.sleep(dice.uniform(0.2, 1.5))
    return done


def kill_a_node(net, dice):
    member = dice.choice(net.everybody)
    net.kill(member)
    time.sleep(dice.uniform(0.1, 3))
    net.start(member)
    net.wait(member)


def kill_a_postgres(net, dice):
    net.kill_postgres(dice.choice(net.provinces))


def cut_two_ways(net, dice):
    line = net.lines[dice.choice(sorted(net.lines))]
    line.cut()
    time.sleep(dice.uniform(1, 8))
    line.mend()


def cut_one_way(net, dice):
    line = net.lines[dice.choice(sorted(net.lines))]
    there = dice.random() < 0.5
    line.cut(there=there, back=not there)
    time.sleep(dice.uniform(1, 8))
    line.mend()


def slow_and_lossy(net, dice):
    for line in net.lines.values():
        line.delay_seconds, line.loss = 0.3, 0.05
    time.sleep(dice.uniform(2, 5))
    for line in net.lines.values():
        line.delay_seconds, line.loss = 0.0, 0.0


def reset_connections(net, dice):
    net.lines[dice.choice(sorted(net.lines))].reset()


OPEN = (
    "SELECT (SELECT count(*) FROM exchange_outgoing)"
    " + (SELECT count(*) FROM settlement_attempt WHERE state = 'received')"
    " + (SELECT count(*) FROM decision_hold WHERE state = 'held')"
)


def healed(net):
    """Wait until nothing is open anywhere; how long it took."""
    began = time.monotonic()
    while True:
        open_ = {member.code: net.query(member, OPEN)[0][0] for member in net.provinces}
        if not any(open_.values()):
            return time.monotonic() - began
        assert time.monotonic() - began < HEAL_SECONDS_MAX, f"still open: {open_}"
        time.sleep(0.5)


def judged(net, clerks):
    """Everything that disagrees: outcomes, books of each node, books across."""
    found = []
    for clerk in clerks:
        for told in clerk.told:
            for _ in range(40):
                if told.state != "unknown":
                    break
                clerk.say(told)
                time.sleep(0.1)
    healed(net)
    told = [one for clerk in clerks for one in clerk.told]
    found += [f"{one.infno} {one.msgid} stays unknown: {one.code}" for one in told if one.state == "unknown"]
    taken_back = {one.target for one in told if one.infno == "2305" and one.state == "done"}
    living = {o.number: o.funds for o in told if o.infno == "2304" and o.state == "done" and o.number not in taken_back}
    stored = {
        number: Decimal(paid) / 100
        for number, paid in net.query(
            net.provinces[0],
            "SELECT region || lpad(id::text, 19, '0'), total - cash - hospital_borne FROM settlement_settlement"
            " WHERE state = 'settled' AND voids IS NULL",
        )
    }
    found += [f"{n}: desk was told {living.get(n)}, books say {stored.get(n)}" for n in living.keys() ^ stored.keys()]
    found += [f"{n}: {living[n]} and {stored[n]}" for n in living.keys() & stored.keys() if living[n] != stored[n]]
    attempts = dict(net.query(net.provinces[0], "SELECT id, state FROM settlement_attempt"))
    holds = {}
    for member in net.provinces[1:]:
        holds |= dict(net.query(member, "SELECT attempt, state FROM decision_hold"))
    at_rest = {("settled", "confirmed"), ("aborted", "cancelled"), ("aborted", "tombstone")}
    for number in attempts.keys() | holds.keys():
        pair = (attempts.get(number, "none"), holds.get(number, "none"))
        if pair not in at_rest:
            found.append(f"attempt {number}: {pair}")
    for member in net.provinces:
        said = member.run("coherent")
        found += [] if said.strip() == "coherent" else [said]
    return found, Counter(f"{one.infno} {one.state} {one.code}".strip() for one in told), len(attempts)


def patients_of(net):
    """People of the sample insured at the other two nodes, as their desks would have read them."""
    desk = Desk(BEIJING_TERTIARY, net.provinces[0].address)
    found = []
    for member in net.provinces[1:]:
        rows = net.query(
            member,
            "SELECT p.certificate_number, p.name FROM enrolment_person p"
            " JOIN enrolment_enrolment e ON e.person_id = p.id WHERE e.insurance = '310' AND e.status = '1'"
            " AND p.number NOT LIKE '______0000%' ORDER BY p.number LIMIT 15",
        )
        found += [desk.patient(desk.read_card(certificate, name)) for certificate, name in rows]
    desk.close()
    return found


def survived(net, seconds, seed):
    dice = random.Random(seed)
    people = patients_of(net)
    until = time.monotonic() + seconds
    shares = [people[n::DESKS] for n in range(DESKS)]
    clerks = [Clerk(net, shares[n], n, until, random.Random(seed + n)) for n in range(DESKS)]
    for clerk in clerks:
        clerk.start()
    harms = wreck(net, until, dice)
    for clerk in clerks:
        clerk.join(timeout=90)
        assert not clerk.is_alive(), "a desk hangs"
        if clerk.failure:
            raise clerk.failure
    for line in net.lines.values():
        line.mend()
    found, outcomes, attempts = judged(net, clerks)
    for clerk in clerks:
        clerk.desk.close()
    print(f"faults {dict(harms)}; messages {dict(outcomes)}; attempts checked {attempts}")
    assert not found, "\n".join(found[:40])
    assert outcomes["2304 done"] > seconds / 10
    assert outcomes["2305 done"] > 0
    return harms


def test_a_minute_of_everything(net):
    survived(net, QUICK_SECONDS, 1)


@pytest.mark.soak
def test_half_an_hour_of_everything(net):
    survived(net, SOAK_SECONDS, 2)


@pytest.mark.soak
def test_a_node_of_the_previous_commit_talks_to_nodes_of_this_one(tmp_path):
    """Sichuan's node runs the code of the commit before this one; people insured there are treated in Beijing."""
    root = Path(network.__file__).parents[3]
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD~1", "yijie/interfaces/node/"], cwd=root, capture_output=True, text=True
    )
    if "handlers.py" not in listed.stdout:
        pytest.skip("no commit before this one that has nodes")
    command = ["git", "archive", "HEAD~1", "yijie", "policies"]
    archive = subprocess.run(command, cwd=root, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=archive.stdout, check=True)
    with running_network(tmp_path) as made:
        [member] = [m for m in made.provinces if isinstance(m, Older)]
        said = subprocess.run(
            [sys.executable, "-c", "import yijie; print(yijie.__file__)"],
            env=member.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.startswith(str(tmp_path))
        survived(made, 30, 3)
