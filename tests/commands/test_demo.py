"""``yijie demo`` as a stranger meets it: the journey, its last line, and a sentence where something is in the way."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from yijie.interfaces.server.postgres import url_of

ROOT = Path(__file__).parents[2]
LAST_LINE = re.compile(r"demo: every fen accounted for \((\d+) settlements, (\d+) regions\)")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def demo(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "yijie", "demo", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def serving(port):
    """Processes that still serve on a port, listening or not."""
    return [one for one in psutil.process_iter(["cmdline"]) if {"serve", port} <= set(one.info["cmdline"] or [])]


@pytest.fixture
def own_database(cluster):
    """An empty database of the test's own; its address."""
    return url_of(cluster, f"demo_{os.urandom(4).hex()}")


def test_the_journey_plays_twice_and_accounts_for_every_fen(own_database):
    for _ in range(2):
        played = demo("--once", "--port", free_port(), YIJIE_DATABASE_URL=own_database)
        assert played.returncode == 0, played.stdout + played.stderr
        found = LAST_LINE.fullmatch(played.stdout.splitlines()[-1])
        assert found, played.stdout[-500:]
        assert (int(found[1]), int(found[2])) == (8, 6)
    for scene in "abcdefghij":
        assert f"({scene}) " in played.stdout
    assert "异地就医备案" in played.stdout
    assert "医疗保障费用结算单" in played.stdout
    assert "Traceback" not in played.stdout + played.stderr


THIEF = """
CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.amount := NEW.amount - 1; RETURN NEW; END $$;
CREATE FUNCTION break_in() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.ledger_balance') THEN
        CREATE TRIGGER steal BEFORE UPDATE ON ledger_balance FOR EACH ROW WHEN (NEW.account = 'person')
            EXECUTE FUNCTION steal();
    END IF;
END $$;
CREATE EVENT TRIGGER break_in ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION break_in();
"""
"""Takes a fen of every payment from a personal account, as soon as there are accounts."""


def test_books_that_disagree_end_it_with_an_error(own_database):
    with psycopg.connect(own_database, autocommit=True) as connection:
        connection.execute(THIEF)
    played = demo("--once", "--port", free_port(), YIJIE_DATABASE_URL=own_database)
    assert played.returncode == 1
    assert "a balance is the sum of its postings" in played.stdout
    assert "every fen accounted for" not in played.stdout


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_it_stays_up_until_it_is_ended_and_leaves_nothing_running(own_database, ending, code):
    port = free_port()
    started_in_the_background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    process = subprocess.Popen(
        [*started_in_the_background, sys.executable, "-m", "yijie", "demo", "--port", port],
        cwd=ROOT,
        env={**os.environ, "YIJIE_DATABASE_URL": own_database},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    with socket.create_connection(("127.0.0.1", int(port)), timeout=5):
        pass
    os.killpg(process.pid, ending)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert not serving(port)
    assert bool(LAST_LINE.search(rest)) == (code == 0)


def test_a_taken_port_is_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = demo("--once", "--port", port)
    assert refused.returncode == 1
    assert f"端口 {port} 已被占用" in refused.stderr
    assert "[server.port_taken]" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_does_not_answer_is_a_sentence():
    refused = demo("--once", "--port", free_port(), YIJIE_DATABASE_URL=f"postgresql://x@127.0.0.1:{free_port()}/x")
    assert refused.returncode == 1
    assert "[database.unavailable]" in refused.stderr
    assert "Traceback" not in refused.stderr


def undisturbed():
    """The environment without a database given, and without a coverage measurement that would want the disk too."""
    return {k: v for k, v in os.environ.items() if k != "YIJIE_DATABASE_URL" and not k.startswith("COVERAGE_")}


def test_a_disk_that_takes_no_more_is_a_sentence(tmp_path):
    """The limit on file size stands in for a full disk: PostgreSQL cannot write what it needs."""
    refused = subprocess.run(
        ["sh", "-c", f"ulimit -f 64; exec {sys.executable} -B -m yijie demo --once --port {free_port()}"],
        cwd=ROOT,
        env={**undisturbed(), "YIJIE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert "[database.unavailable]" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_real_persons_are_never_emptied_away(own_database):
    assert demo("--once", "--port", free_port(), YIJIE_DATABASE_URL=own_database).returncode == 0
    with psycopg.connect(own_database, autocommit=True) as connection:
        connection.execute("UPDATE enrolment_person SET sample = false WHERE number = '51010000000000000001'")
        before = connection.execute("SELECT count(*) FROM settlement_settlement").fetchone()
        refused = demo("--once", "--port", free_port(), YIJIE_DATABASE_URL=own_database)
        assert refused.returncode == 1
        assert "[sample.real_persons_here]" in refused.stderr
        assert connection.execute("SELECT count(*) FROM settlement_settlement").fetchone() == before


def test_the_statement_of_a_settlement_prints_in_both_languages(own_database):
    played = demo("--once", "--port", free_port(), YIJIE_DATABASE_URL=own_database)
    number = re.search(r"结算编号\s+(\d{25})", played.stdout)[1]
    for language, title in (("zh", "医疗保障费用结算单"), ("en", "Statement of medical-insurance settlement")):
        printed = subprocess.run(
            [sys.executable, "-m", "yijie", "statement", number, "--lang", language],
            cwd=ROOT,
            env={**os.environ, "YIJIE_DATABASE_URL": own_database},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert printed.returncode == 0, printed.stderr
        assert title in printed.stdout
        assert "3951.83" in printed.stdout
