"""A simulation from a file of claims to a report and a table of results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yijie.interfaces.simulate.compare import Comparison
from yijie.interfaces.simulate.largest import changes
from yijie.interfaces.simulate.reading import ClaimsFile, Tell, whole_persons
from yijie.interfaces.simulate.report import Occasion, page
from yijie.interfaces.simulate.summary import Summary
from yijie.kernel.dates import now

RESULTS, REPORT = "results.parquet", "report.html"
SETTLING = "结算 settling"
READING_AGAIN = "变化最大的十人 the ten largest changes"


def simulate(comparison: Comparison, claims: Path, out: Path, tell: Tell) -> Summary:
    """Settle every claim of a file under both policies; the table and the report go to the folder ``out``.

    Nothing appears under the final names before all of it is there.
    """
    file = ClaimsFile(claims)
    out.mkdir(parents=True, exist_ok=True)
    return concluded(comparison, file, _results(comparison, file, tell), out, tell)


def concluded(comparison: Comparison, file: ClaimsFile, results: Iterable[pa.Table], out: Path, tell: Tell) -> Summary:
    """Add up and write down the results, however they were reckoned."""
    summary = Summary()
    unfinished = out / f".{RESULTS}.unfinished"
    try:
        _write(results, unfinished, summary)
        tell(READING_AGAIN, summary.claims, summary.claims)
        largest = changes(comparison, file, summary.merge_largest())
        text = page(Occasion(comparison, file.path.name, f"{now():%Y-%m-%d}"), summary, largest)
        unfinished.replace(out / RESULTS)
        (out / REPORT).write_text(text, encoding="utf-8")
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return summary


def _results(comparison: Comparison, file: ClaimsFile, tell: Tell) -> Iterator[pa.Table]:
    done = 0
    for table in whole_persons(file, tell):
        yield comparison.settle(table, str(file.path))
        done += table.num_rows
        tell(SETTLING, done, max(done, file.rows))
    tell(SETTLING, done, done)


def _write(results: Iterable[pa.Table], path: Path, summary: Summary) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for rows in results:
            writer = writer or pq.ParquetWriter(path, rows.schema, compression="zstd")
            writer.write_table(rows)
            summary.add(rows)
    finally:
        if writer is not None:
            writer.close()
