"""Every benchmark runs in small and ends with its ratio; the figures of such a run mean nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import unmeasured

from bench.__main__ import NAMES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", NAMES)
def test_it_ends_with_a_ratio(name):
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--only", name, "--quick"],
        cwd=ROOT,
        env=unmeasured(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.fullmatch(rf"bench {name}: ratio [\d.]+ against .+", ran.stdout.splitlines()[-1])
