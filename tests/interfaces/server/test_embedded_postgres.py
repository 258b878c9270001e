"""Our own PostgreSQL starts whoever else uses the machine."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

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
