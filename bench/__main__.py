"""``python -m bench [--only NAME] [--quick]``; each benchmark ends with ``bench NAME: ratio R against Y``."""

from __future__ import annotations

import argparse
import importlib
import os
import warnings

NAMES = ("settlements",)


def main() -> None:
    """Run all benchmarks, or one by its name; ``--quick`` proves that they run and measures little."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yijie.settings"
    for name in [chosen.only] if chosen.only else NAMES:
        print(f"{name} ...", flush=True)
        importlib.import_module(f"bench.{name}").run(quick=chosen.quick)


if __name__ == "__main__":
    main()
