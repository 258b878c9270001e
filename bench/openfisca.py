"""Claims per second of the columnar engine beside the same chain as OpenFisca variables.

OpenFisca is installed into an environment of its own, ``.venv-openfisca``, the first time; only on demand
(``make bench ONLY=openfisca``), since it needs the network.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench import chain
from yijie.engines.benefit.columnar import ColumnarPolicy

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-openfisca"
PINNED = "openfisca-core==46.0.1"


def run(*, quick: bool) -> None:
    """Our claims per second ÷ OpenFisca's, folding off; the sums each payer bears must be the same."""
    size = 50_000 if quick else 1_000_000
    claims, ready = chain.claims(size, visits=1), ColumnarPolicy(chain.policy(folding=False))
    _installed()
    with tempfile.TemporaryDirectory(prefix="yijie-bench-") as folder:
        columns = Path(folder) / "claims.npz"
        facts = {name: claims.facts[name].codes for name in ("level", "category", "groups")}
        np.savez(columns, eligible=claims.parts[0], **facts)
        script = Path(__file__).with_name("openfisca_rule.py")
        said = subprocess.run(
            [ENVIRONMENT / "bin/python", script, columns], check=True, capture_output=True, text=True
        ).stdout
    theirs = json.loads(said.splitlines()[-1])
    answers = ready.evaluate(claims, fold=False)
    sums = [int(answers.payers[payer].sum()) for payer in ("pooled", "company", "major_illness", "aid")]
    assert sums == theirs["sums"], (sums, theirs["sums"])
    took = chain.fastest({"ours": lambda: ready.evaluate(claims, fold=False)}, 5)["ours"]
    print(f"  ours {size / took:,.0f} claims/s, OpenFisca {size / theirs['seconds']:,.0f} claims/s")
    print(f"bench openfisca: ratio {theirs['seconds'] / took:.1f} against the same four-payer chain in {PINNED}")


def _installed() -> None:
    if not (ENVIRONMENT / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    command = [ENVIRONMENT / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", PINNED]
    subprocess.run(command, check=True)
