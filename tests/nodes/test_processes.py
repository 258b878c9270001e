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
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest
from desks import CODE, Desk, Refused
from nodes import wires
from nodes.desk_life import UNFORESEEN, Told
from nodes.lines import Line
from nodes.wires import Switch

from yijie.interfaces.demo import network
from yijie.interfaces.demo.his import Item
from yijie.interfaces.demo.stage import ServerDidNotStart
from yijie.interfaces.node import setup
from yijie.interfaces.sample import shelf
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import now

QUICK_SECONDS = 120
SOAK_SECONDS = 1_800
HEAL_SECONDS_MAX = 120
DESKS = 4
HANDOVER_SECONDS = 60
DIRECTORY_SECONDS = 5
"""Until every process has read the directory anew."""
START_SECONDS_MAX = 120
EMERGENCY = '{"IPT_TYPE":"2"}'
"""Counts as filed: pools that do not pay unfiled care pay."""
ITEMS = [Item(shelf.SURGERY.code, "1200.00"), Item(shelf.EXAMINATION.code, "220.00")]
ROOT_HOME = "/var/lib/yijie"
ROOT = Path(network.__file__).parents[3]
WRONG_MINUTES = {"node-51": 5.0, "node-44": -5.0}
"""Clocks of two provinces, ten minutes apart."""
DISK_MEGABYTES = 1_200


def free_ports(count):
    """Ports nobody listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@dataclass(frozen=True, slots=True)
class Member(network.Member):
    """A node of a test: perhaps in a network namespace, with a clock that is wrong, or of an older release."""

    space: str = ""
    listen: str = ""
    older: str = ""
    wrong_minutes: float = 0.0

    @property
    def address(self):
        """Where desks and nodes reach it."""
        return f"http://{self.listen or '127.0.0.1'}:{self.port}"

    def serving(self):
        """The command that serves as this node."""
        command = network.Member.serving(self)
        if not self.space:
            return command
        return ["ip", "netns", "exec", self.space, *command, "--listen", self.listen]

    def environment(self):
        """The older release's modules come first, the clock's before them; processes to be killed are not measured."""
        path = [str(Path(__file__).parent / "skewed")] if self.wrong_minutes else []
        path += [self.older] if self.older else [str(ROOT)] if path else []
        more = {"PYTHONPATH": os.pathsep.join(path), "CLOCK_WRONG_MINUTES": str(self.wrong_minutes)} if path else {}
        if self.older:
            more["PYTHONSAFEPATH"] = "1"
        inherited = network.Member.environment(self)
        inherited.pop("COVERAGE_PROCESS_START", None)
        return inherited | more


class Network:
    """A hub and three provinces as processes; what they say to each other can be cut, lost and held back."""

    def __init__(self, folder, older=""):
        self.everybody, self.processes, self.lines, self.small, self.switch = [], {}, {}, None, None
        try:
            self._set_up(folder, older)
        except BaseException:
            self.stop()
            raise

    def _set_up(self, folder, older):
        hub, provinces = network.members(folder, 0)
        codes = [hub.code, *(m.code for m in provinces)]
        self.switch = Switch(codes) if wires.possible() else None
        self.everybody = [self._member(m, port) for m, port in zip((hub, *provinces), free_ports(4), strict=True)]
        self.everybody[2] = replace(self.everybody[2], older=older)
        self.hub, *self.provinces = self.everybody
        if self.switch:
            self.small = self.provinces[2]
            self.small.home.mkdir(parents=True)
            options = f"size={DISK_MEGABYTES}m,mode=755"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.small.home)], check=True)
        network.set_up(self.hub, self.provinces, people=300)
        if not self.switch:
            self.lines = {m.code: Line(m.port, seed=n) for n, m in enumerate(self.everybody)}
            self._go_through_lines()

    def _member(self, member, port):
        named = {f.name: getattr(member, f.name) for f in fields(network.Member)}
        wrong = WRONG_MINUTES.get(member.code, 0.0)
        if self.switch is None:
            return Member(**named | {"port": port}, wrong_minutes=wrong)
        space, listen = self.switch.space(member.code), self.switch.address(member.code)
        return Member(**named | {"port": 8000}, space=space, listen=listen, wrong_minutes=wrong)

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

    def cut(self, member, *, there=True, back=True):
        """Nothing reaches a node from other nodes (``there``), or nothing leaves it (``back``)."""
        if self.switch:
            for wanted, pair in ((there, ("", member.code)), (back, (member.code, ""))):
                if wanted:
                    self.switch.cut(*pair)
        else:
            self.lines[member.code].cut(there=there, back=back)

    def harm(self, seconds, loss):
        """From now on everything between nodes is held back so long, and this share of packets is lost."""
        if self.switch:
            self.switch.delay_seconds, self.switch.loss = seconds, loss
        for line in self.lines.values():
            line.delay_seconds, line.loss = seconds, loss

    def mend(self):
        """Everything passes, at once."""
        self.harm(0.0, 0.0)
        if self.switch:
            self.switch.mend()
        for line in self.lines.values():
            line.mend()

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

    def postmaster(self, member):
        """The first process of a node's PostgreSQL; None while there is none."""
        with contextlib.suppress(OSError, IndexError):
            return int((member.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        return None

    def kill_postgres(self, member, *, whole):
        """Kill a process of a node's PostgreSQL, which then recovers; or its first, which somebody must start again."""
        postmaster = self.postmaster(member)
        with contextlib.suppress(OSError, IndexError, TypeError):
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            os.kill(postmaster if whole else int(children[0]), signal.SIGKILL)

    def fill_disk(self):
        """Leave the small disk not one byte; returns what lies on it."""
        ballast = self.small.home / "ballast"
        left = shutil.disk_usage(self.small.home).free
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, left)
        return ballast

    def query(self, member, statement):
        """Rows of a node's database, which may be recovering at the moment."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                lines = (member.home / "postgres" / "postmaster.pid").read_text().splitlines()
                with psycopg.connect(host=lines[4], port=lines[3], user="postgres", dbname="yijie") as connection:
                    return connection.execute(statement).fetchall()
            except (OSError, IndexError, psycopg.OperationalError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

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
        for member in self.everybody:  # where a node's process was killed last, nobody else stops its database
            if postmaster := self.postmaster(member):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(postmaster, signal.SIGINT)
        if self.small:
            subprocess.run(["umount", "--lazy", str(self.small.home)], check=False)
        if self.switch:
            self.switch.close()


@pytest.fixture(scope="module")
def net():
    """A running network."""
    with running_network() as made:
        yield made


@contextlib.contextmanager
def running_network(older=""):
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
        if told.state == "done" and "[busy.database_away]" in whole["err_msg"]:
            return  # as no answer at all: its words say that the message sent again will tell
        assert told.state != "done", f"done, and then: {whole['err_msg']}"
        told.code = CODE.search(whole["err_msg"])[1]
        vague = told.code in {"settlement.outcome_unknown", *UNFORESEEN} or told.code.startswith("busy.")
        told.state = "unknown" if vague else "refused"


ANSWER_SECONDS_MAX = 29.0


def wreck(net, until, dice):
    """Do one harm after the other until the time is over; what was done, counted."""
    done = Counter()
    harms = [kill_a_node, kill_a_postgres, kill_a_postmaster, cut_two_ways, cut_one_way, slow_and_lossy]
    harms += [full_disk] if net.small else [reset_connections]
    order = itertools.chain(harms, iter(lambda: dice.choice(harms), None))  # each at least once
    while time.monotonic() < until:
        harm = next(order)
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
    net.kill_postgres(dice.choice(net.provinces), whole=False)


def kill_a_postmaster(net, dice):
    net.kill_postgres(dice.choice(net.everybody), whole=True)
    time.sleep(dice.uniform(1, 4))


def full_disk(net, dice):
    ballast = net.fill_disk()
    time.sleep(dice.uniform(1, 5))
    ballast.unlink()
    net.wait(net.small)


def cut_two_ways(net, dice):
    net.cut(dice.choice(net.everybody))
    time.sleep(dice.uniform(1, 8))
    net.mend()


def cut_one_way(net, dice):
    there = dice.random() < 0.5
    net.cut(dice.choice(net.everybody), there=there, back=not there)
    time.sleep(dice.uniform(1, 8))
    net.mend()


def slow_and_lossy(net, dice):
    net.harm(0.3, 0.05)
    time.sleep(dice.uniform(2, 5))
    net.mend()


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
    found += positions_differ(net)
    return found, Counter(f"{one.infno} {one.state} {one.code}".strip() for one in told), len(attempts)


def positions_differ(net):
    """What the hub says of pairs of regions that do not owe each other the same; it reads the nodes all the time."""
    deadline = time.monotonic() + HEAL_SECONDS_MAX
    while True:
        try:
            net.hub.run("hub", "status", "--home", str(net.hub.home))
        except ServerDidNotStart as differing:
            if time.monotonic() > deadline:
                return [str(differing)]
            time.sleep(1)
        else:
            return []


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


def at_work(net, until, seed):
    """Desks that settle until then, each with people of its own."""
    people = patients_of(net)
    clerks = [Clerk(net, people[n::DESKS], n, until, random.Random(seed + n)) for n in range(DESKS)]
    for clerk in clerks:
        clerk.start()
    return clerks


def finished(clerks):
    """Wait for desks to finish; what ended one early is raised here."""
    for clerk in clerks:
        clerk.join(timeout=90)
        assert not clerk.is_alive(), "a desk hangs"
        if clerk.failure:
            raise clerk.failure


def survived(net, seconds, seed):
    until = time.monotonic() + seconds
    clerks = at_work(net, until, seed)
    harms = wreck(net, until, random.Random(seed))
    finished(clerks)
    net.mend()
    for member in net.everybody:
        net.wait(member)
    found, outcomes, attempts = judged(net, clerks)
    for clerk in clerks:
        clerk.desk.close()
    packets = f"; packets {net.switch.carried}, lost {net.switch.dropped}" if net.switch else ""
    print(f"faults {dict(harms)}; messages {dict(outcomes)}; attempts checked {attempts}{packets}")
    assert not found, "\n".join(found[:40])
    assert outcomes["2304 done"] > seconds / 10
    assert outcomes["2305 done"] > 0
    return harms


@pytest.mark.long
def test_two_minutes_of_everything(net):
    survived(net, QUICK_SECONDS, 1)


@pytest.mark.soak
def test_a_region_is_handed_over_while_desks_go_on(net):
    """Guangdong goes to Sichuan's node; its people's settlements before, meanwhile and after are all there, once."""
    old, new = net.provinces[2], net.provinces[1]
    [(held,)] = net.query(net.hub, "SELECT node FROM exchange_noderegion WHERE prefix = '44'")
    if held == new.code:
        old, new = new, old
    clerks = at_work(net, time.monotonic() + HANDOVER_SECONDS, 7)
    time.sleep(HANDOVER_SECONDS / 6)
    file = net.hub.home.parent / "44.zip"
    net.hub.run("hub", "move", "44", new.code, "--home", str(net.hub.home))
    given = old.run("node", "give", "44", str(file), "--home", str(old.home))
    key = given.rsplit(": ", 1)[1].strip()
    new.run("node", "take", str(file), "--key", key, "--home", str(new.home))
    net.hub.run("hub", "move", "44", new.code, "--done", "--home", str(net.hub.home))
    deadline = time.monotonic() + START_SECONDS_MAX
    while net.query(old, "SELECT node, moving_to FROM exchange_noderegion WHERE prefix = '44'") != [(new.code, "")]:
        assert time.monotonic() < deadline, "the directory does not reach the node"
        time.sleep(0.2)
    time.sleep(DIRECTORY_SECONDS)
    old.run("node", "let-go", "44", "--home", str(old.home))
    [(moved_at,)] = net.query(new, "SELECT clock_timestamp()")
    while any(clerk.is_alive() for clerk in clerks) and not _settled_after(net, moved_at):
        time.sleep(0.5)
    finished(clerks)
    found, outcomes, attempts = judged(net, clerks)
    for clerk in clerks:
        clerk.desk.close()
    print(f"handed over under load; messages {dict(outcomes)}; attempts checked {attempts}")
    assert not found, "\n".join(found[:40])
    assert _settled_after(net, moved_at), "nobody of the region was settled for after it had moved"


def _settled_after(net, moment):
    return net.query(
        net.provinces[0],
        "SELECT count(*) FROM settlement_attempt WHERE home_region LIKE '44%' AND state = 'settled'"
        f" AND ended_at > '{moment}'",
    )[0][0]


@pytest.mark.long
@pytest.mark.soak
def test_half_an_hour_of_everything(net):
    survived(net, SOAK_SECONDS, 2)


@pytest.mark.soak
def test_a_node_of_the_previous_commit_talks_to_nodes_of_this_one(tmp_path):
    """Sichuan's node runs the code of the commit before this one; people insured there are treated in Beijing."""
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD~1", "yijie/interfaces/node/"], cwd=ROOT, capture_output=True, text=True
    )
    if "handlers.py" not in listed.stdout:
        pytest.skip("no commit before this one that has nodes")
    command = ["git", "archive", "HEAD~1", "yijie", "policies"]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=archive.stdout, check=True)
    with running_network(str(tmp_path)) as made:
        [member] = [m for m in made.provinces if m.older]
        said = subprocess.run(
            [sys.executable, "-c", "import yijie; print(yijie.__file__)"],
            env=member.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.startswith(str(tmp_path))
        survived(made, 30, 3)
