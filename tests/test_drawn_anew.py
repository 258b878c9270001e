"""The long lane's part of the properties: what they are tried on is drawn anew, and there is more of it."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TRIED = [
    str(path.relative_to(HERE))
    for path in sorted(HERE.rglob("test_*.py"))
    if "\n@given(" in (written := path.read_text(encoding="utf-8")) and "pytestmark = pytest.mark.soak" not in written
]


@pytest.mark.soak
@pytest.mark.parametrize("name", TRIED)
def test_properties_hold_for_what_is_drawn_anew(name):
    asked = ["-n", "0", "-m", "hypothesis and not soak", "--hypothesis-profile", "drawn anew", str(HERE / name)]
    ended = subprocess.run([sys.executable, "-m", "pytest", *asked], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-10_000:]
