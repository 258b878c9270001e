"""Our own PostgreSQL starts whoever else uses the machine."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from yijie.interfaces.server.postgres import kept_running, start_embedded

START = """
import sys
from pathlib import Path
from yijie.interfaces.server.postgres import start_embedded
server = start_embedded(Path(sys.argv[1]), settings="fsync = off")
print(server.get_uri())
"""


@pytest.fixture
def short_path():
    """A folder whose path leaves room for the name of a socket."""
    with tempfile.TemporaryDirectory(prefix="yijie-") as folder:
        yield Path(folder)


def test_a_lock_that_another_user_left_in_the_temporary_folder_is_no_matter(short_path):
    """A folder in the lock's place stands for a file that only its owner may open; root may open any file."""
    temporary = short_path / "tmp"
    (temporary / ".lockfile").mkdir(parents=True)
    started = subprocess.run(
        [sys.executable, "-c", START, str(short_path / "home")],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.startswith("postgresql://")


def test_a_server_that_was_killed_is_started_again(short_path):
    server = start_embedded(short_path, settings="fsync = off")
    try:
        with kept_running(server):
            killed = server.get_pid()
            os.kill(killed, signal.SIGKILL)
            deadline = time.monotonic() + 60
            while server.get_pid() == killed:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            with psycopg.connect(server.get_uri()) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.cleanup()
