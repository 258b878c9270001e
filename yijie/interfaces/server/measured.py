"""Where the processes of one server keep what they measured, so that any of them can answer for all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .postgres import data_home


@contextmanager
def measurements() -> Iterator[Path]:
    """A folder for as long as the server lives; folders of servers that were killed are cleared away first.

    It lies with the program's data: what lies in /tmp is swept away under a server that runs for weeks.
    """
    home = data_home() / "measured"
    home.mkdir(parents=True, exist_ok=True)
    own = home / str(os.getpid())
    for left in home.iterdir():
        if left == own or (left.name.isdigit() and not _alive(int(left.name))):
            shutil.rmtree(left, ignore_errors=True)
    own.mkdir()
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
