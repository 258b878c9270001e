"""What processes cost: CPU seconds and resident memory, as the operating system counts them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Any

import psutil


@dataclass(frozen=True)
class Cost:
    """CPU seconds so far of the serving processes and of PostgreSQL; bytes the serving processes hold."""

    python_seconds: float
    postgres_seconds: float
    resident_bytes: int

    def since(self, before: Cost, settlements: int) -> str:
        """CPU milliseconds per settlement since an earlier moment, in words."""
        python = (self.python_seconds - before.python_seconds) / settlements * 1000
        postgres = (self.postgres_seconds - before.postgres_seconds) / settlements * 1000
        return f"{python + postgres:.2f} ms CPU each (Python {python:.2f}, PostgreSQL {postgres:.2f})"


def cost(serving: subprocess.Popen[bytes], database: Any) -> Cost:
    """The cost so far of a serving process with its workers, and of the embedded PostgreSQL ``database``."""
    family = _family(serving.pid)
    python = sum(sum(process.cpu_times()[:2]) for process in family)
    postgres = sum(sum(process.cpu_times()[:2]) for process in _family(database.get_pid()))
    return Cost(python, postgres, sum(process.memory_info().rss for process in family))


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]
