"""What servers measured is cleared away, also after those that were killed."""

import os
import subprocess
import sys

from yijie.interfaces.server.measured import measurements


def test_folders_of_ended_servers_go_and_those_of_living_ones_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("YIJIE_HOME", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, living = (tmp_path / "measured" / str(process) for process in (ended.pid, os.getppid()))
    for folder in (left, living):
        folder.mkdir(parents=True)
    (left / "counter_1.db").write_bytes(b"1")
    with measurements() as own:
        assert own.is_dir()
        assert not left.exists()
    assert list((tmp_path / "measured").iterdir()) == [living]
