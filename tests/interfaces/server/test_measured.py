"""What servers measured is cleared away, also after those that were killed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from yijie.interfaces.server.measured import PREFIX, measurements


def test_folders_of_ended_servers_go_and_those_of_living_ones_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, living, others = (
        tmp_path / f"{PREFIX}{ended.pid}-left",
        tmp_path / f"{PREFIX}{os.getppid()}-living",
        tmp_path / f"{PREFIX}unlike",
    )
    for folder in (left, living, others):
        folder.mkdir()
    (left / "counter_1.db").write_bytes(b"1")
    with measurements() as own:
        assert own.is_dir()
        assert not left.exists()
    assert {path.name for path in Path(tmp_path).iterdir()} == {living.name, others.name}
