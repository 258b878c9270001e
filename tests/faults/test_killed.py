"""The serving process is killed in the middle of settling, again and again: no bill is lost, none is settled twice."""

import http.client
import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta

import httpx
import psycopg
import pytest
from crowd import asked, connected
from desks import Desk
from people import born_many
from running import Server
from stored import one, rows

from yijie.domain.coherent import disagreements
from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.interfaces.sample.users import PASSWORD, ensure_users
from yijie.kernel.dates import now

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "4"), Item(shelf.DRUG_B.code, "18.00", "5")]
CLIENTS = 4
KILLED_AFTER_SECONDS = 0.05
"""How long a server lives in the first round, about; later rounds follow how long settling takes on this machine."""
SPREAD = 0.4
STEP = 1.1
ENDINGS = ("answered", "lost", "never made")
"""What a kill may do to a message: none, it is settled but nobody heard, it never was."""
TERMINATED_EVERY_SECONDS = 0.02
"""On average; the pauses are random, so that now and then one is long enough to begin and end a settlement in."""
PATIENCE = 400
"""How often a client of the storm sends its message before it gives up."""


def bills(count):
    """Messages that settle, each of a patient of its own, in the order of their ids: (mdtrt_id, body)."""
    desk = Desk(institutions.BEIJING_TERTIARY)
    for patient in born_many(count, account=20_000):
        stay = desk.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
        yield stay, desk.message("2304", desk.stay_bill(patient, stay, total_of(ITEMS), account=True))


def attempt(address, body, starting):
    """One client's try; None where the server was gone before it answered."""
    with connected(address) as connection:
        starting.wait()
        with suppress(OSError, http.client.HTTPException):
            return asked(connection, "2304", body)
    return None


def kill_in_the_middle(server, messages, after):
    """Let the clients go and kill the server that much later; what each of them was answered."""
    starting = threading.Barrier(len(messages) + 1, timeout=60)
    with ThreadPoolExecutor(len(messages)) as clients:
        answers = [clients.submit(attempt, server.address, body, starting) for _, body in messages]
        starting.wait()
        time.sleep(after)
        server.kill()
        return [answer.result() for answer in answers]


def stored(stay):
    """How many settlements of a stay there are."""
    return one("SELECT count(*) FROM settlement_settlement WHERE encounter = %s", int(stay[6:]))


def kill_many_times(url, times):
    """Kill, restart, send everything again, and on until a kill did each of what it may; how messages ended.

    Servers live a little longer after a round in which nothing was settled and a little shorter after one in which
    everything was answered, so that kills fall around the commits on a quick machine and on a busy one.
    """
    tally, rounds = Counter(), 0
    chance, about, waiting = random.Random(times), KILLED_AFTER_SECONDS, []
    server = Server(url, workers=1, threads=CLIENTS, measured=False).start()
    try:
        while rounds < times or (len(tally) < len(ENDINGS) and rounds < 3 * times):
            rounds += 1
            waiting = waiting or list(bills(CLIENTS * times))
            messages = [waiting.pop() for _ in range(CLIENTS)]
            first = kill_in_the_middle(server, messages, about * chance.uniform(1 - SPREAD, 1 + SPREAD))
            server.start()
            if not any(stored(stay) for stay, _ in messages):
                about *= STEP
            elif all(first):
                about /= STEP
            for (stay, body), before in zip(messages, first, strict=True):
                settled = stored(stay)
                tally["answered" if before else "lost" if settled else "never made"] += 1
                assert settled <= 1
                with connected(server.address) as connection:
                    again = asked(connection, "2304", body)
                assert again.done, again.text
                assert before is None or before.output_bytes == again.output_bytes
                assert stored(stay) == 1
    finally:
        server.stop()
    return tally


@pytest.mark.long
def test_killed_a_hundred_times_at_random_points(fresh_nation):
    tally = kill_many_times(fresh_nation, 100)
    assert disagreements() == []
    assert tally.total() >= CLIENTS * 100
    assert rows("SELECT count(*) FROM fsi_message WHERE infno = '2304'") == [(tally.total(),)]
    assert set(tally) == set(ENDINGS), "no kill fell before a commit, after an answer, or between the two"


@pytest.mark.soak
def test_killed_five_hundred_times_at_random_points(fresh_nation):
    tally = kill_many_times(fresh_nation, 500)
    assert disagreements() == []
    assert set(tally) == set(ENDINGS)


def test_sessions_terminated_all_the_time(fresh_nation):
    """Clients keep asking while the database throws sessions out under the server: each bill is settled once."""
    waiting = list(bills(300))
    with serving(fresh_nation) as server, terminating(fresh_nation) as terminated, ThreadPoolExecutor(24) as clients:
        replies = list(clients.map(lambda bill: insisting(server.address, bill[1]), waiting))
    assert all(reply.done for reply in replies)
    assert all(stored(stay) == 1 for stay, _ in waiting)
    assert len(terminated) >= 20
    assert disagreements() == []


def test_while_the_database_is_away_nobody_says_that_nothing_was_done(fresh_nation):
    [(_, body)] = bills(1)
    name, own = one("SELECT current_database()"), one("SELECT pg_backend_pid()")
    with serving(fresh_nation) as server, psycopg.connect(fresh_nation, dbname="postgres", autocommit=True) as over:
        over.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            over.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s", [name, own]
            )
            with connected(server.address) as connection:
                away = asked(connection, "2304", body)
        finally:
            over.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert away.code == "busy.database_away"
        assert "未作任何处理" not in away.text
        assert insisting(server.address, body).done


def test_pages_answer_as_soon_as_the_database_is_back(fresh_nation):
    """Every thread of pages holds sessions that ended; nobody who reloads a page is to find that out."""
    with (
        serving(fresh_nation) as server,
        psycopg.connect(fresh_nation, autocommit=True) as over,
        closing(signed_in(server.address)) as browser,
    ):
        assert {browser.get("/desk/").status_code for _ in range(40)} == {200}
        over.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> ALL (ARRAY[%s, pg_backend_pid()])",
            [one("SELECT pg_backend_pid()")],
        )
        assert {browser.get("/desk/").status_code for _ in range(40)} == {200}


def signed_in(address):
    """A browser in which a sample user has signed in."""
    ensure_users()
    browser = httpx.Client(base_url=address, trust_env=False, follow_redirects=True)
    browser.get("/desk/account/login/")
    token = {"csrfmiddlewaretoken": browser.cookies["yijie_csrf"]}
    browser.post("/desk/account/login/", data=token | {"login": "auditor.nation", "password": PASSWORD})
    return browser


class serving:  # noqa: N801  reads as a word in a with statement
    """A server with two processes."""

    def __init__(self, url):
        self.server = Server(url, workers=2, threads=8)

    def __enter__(self):
        return self.server.start()

    def __exit__(self, *_):
        self.server.stop()


class terminating:  # noqa: N801  reads as a word in a with statement
    """While it lasts, one session of the server after the other is ended by the database."""

    def __init__(self, url):
        self.url, self.over, self.terminated = url, threading.Event(), []

    def __enter__(self):
        self.own = one("SELECT pg_backend_pid()")
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self.terminated

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _run(self):
        chance = random.Random(7)
        with psycopg.connect(self.url, autocommit=True, application_name=f"terminator {os.getpid()}") as administrator:
            while not self.over.wait(chance.expovariate(1 / TERMINATED_EVERY_SECONDS)):
                sessions = administrator.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type ="
                    " 'client backend' AND pid NOT IN (pg_backend_pid(), %s)",
                    [self.own],
                ).fetchall()
                if sessions:
                    [pid] = chance.choice(sessions)
                    administrator.execute("SELECT pg_terminate_backend(%s)", [pid])
                    self.terminated.append(pid)


def insisting(address, body):
    """Send a message until it is done, as the answers ask."""
    with connected(address) as connection:
        for _ in range(PATIENCE):
            reply = asked(connection, "2304", body)
            if reply.code not in {"busy.ask_again", "busy.database_away"}:
                return reply
    return reply
