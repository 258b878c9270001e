"""``python -m bench [--only NAME] [--quick]``; each benchmark ends with ``bench NAME: ratio R against Y``."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import warnings

NAMES = (
    "settlements",
    "committer",
    "committing",
    "latency",
    "overload",
    "envelope",
    "statements",
    "memory",
    "nodes",
    "catalogue",
    "suggesting",
    "columns",
    "folding",
    "engines",
    "formula",
    "simulation",
)
ON_DEMAND = ("openfisca",)
"""Run by name only: they install what they compare with."""


def main() -> None:
    """Run all benchmarks, each in a process of its own, or one by its name; ``--quick`` only proves that they run."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", choices=(*NAMES, *ON_DEMAND))
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    if chosen.only is None:
        failed = [name for name in NAMES if _in_a_process_of_its_own(name, quick=chosen.quick)]
        sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
    warnings.simplefilter("ignore", UserWarning)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yijie.settings"
    os.environ["YIJIE_LOG_LEVEL"] = "WARNING"
    print(f"{chosen.only} ...", flush=True)
    importlib.import_module(f"bench.{chosen.only}").run(quick=chosen.quick)


def _in_a_process_of_its_own(name: str, *, quick: bool) -> int:
    command = [sys.executable, "-m", "bench", "--only", name, *(["--quick"] if quick else [])]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    main()
