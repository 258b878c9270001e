"""Memory of ``yijie simulate`` over ten million claims that stand in no order, beside two gigabytes."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yijie.engines.benefit import load_policy
from yijie.interfaces.simulate.sample import sample_claims

ROOT = Path(__file__).parents[1]
ALLOWED_BYTES = 2 * 1024**3
CLAIMS_PER_PERSON = 3.3


def run(*, quick: bool) -> None:
    """The most memory that a simulation of Beijing's policy against itself held ÷ two gigabytes."""
    claims = 100_000 if quick else 10_000_000
    with tempfile.TemporaryDirectory(prefix="yijie-bench-") as folder:
        file = Path(folder) / "claims.parquet"
        written = _shuffled(file, round(claims / CLAIMS_PER_PERSON))
        policy = str(ROOT / "policies/beijing")
        command = [sys.executable, "-m", "yijie", "simulate", "--policy", policy, "--against", policy]
        began = time.perf_counter()
        subprocess.run(
            [*command, "--claims", str(file), "--out", str(Path(folder) / "out")], check=True, stdout=subprocess.DEVNULL
        )
        took = time.perf_counter() - began
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"  {written:,} claims in {took:.0f} s under two policies, at most {held / 2**20:,.0f} MiB held")
    print(f"bench simulation: ratio {held / ALLOWED_BYTES:.2f} against two gigabytes of memory, {written:,} claims")


def _shuffled(file: Path, persons: int) -> int:
    """Sample claims with the visits of a person scattered over the file."""
    dice, written = np.random.default_rng(3), 0
    writer: pq.ParquetWriter | None = None
    held: list[pa.Table] = []
    for table in sample_claims(persons, 11, load_policy(ROOT / "policies/beijing")):
        held.append(table)
        written += table.num_rows
        writer = writer or pq.ParquetWriter(file, table.schema)
        if len(held) == 5:
            writer.write_table(pa.concat_tables(held).take(dice.permutation(sum(one.num_rows for one in held))))
            held = []
    if held:
        writer.write_table(pa.concat_tables(held).take(dice.permutation(sum(one.num_rows for one in held))))
    writer.close()
    return written
