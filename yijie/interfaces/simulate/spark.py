"""The same simulation on Spark: its workers settle Arrow batches of whole persons with the same functions.

Where a cluster is configured (``spark-submit`` or ``SPARK_MASTER``) it runs there, otherwise on this machine's cores.
The claims file and the folder of results must then be where all workers see them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from yijie.engines.benefit import Policy
from yijie.engines.benefit.read_policy import read_policy
from yijie.interfaces.simulate.columns import type_of
from yijie.interfaces.simulate.compare import Comparison
from yijie.interfaces.simulate.errors import NothingToSettle, SparkMissing
from yijie.interfaces.simulate.reading import BATCH_ROWS, ClaimsFile, Tell, persons_together
from yijie.interfaces.simulate.run import SETTLING, concluded
from yijie.interfaces.simulate.summary import Summary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PLACE = "_row"
"""Where a claim stood in the file, for claims settled on one day."""
Texts = tuple[dict[str, str], str]


def simulate_on_spark(comparison: Comparison, claims: Path, out: Path, tell: Tell) -> Summary:
    """Like :func:`yijie.interfaces.simulate.run.simulate`, with the same results."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  an extra that few install
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415
    except ImportError:
        raise SparkMissing from None
    file = ClaimsFile(claims)
    out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("yijie simulate").master(os.environ.get("SPARK_MASTER", "local[*]"))
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", BATCH_ROWS).getOrCreate()
    schema = _schema(comparison, file)
    settle = settler(_texts(comparison.new), _texts(comparison.against), comparison.fold, str(claims), schema)
    with tempfile.TemporaryDirectory(prefix="spark-", dir=out) as folder:
        rows = _claims(session, file).mapInArrow(settle, from_arrow_schema(schema))
        rows.write.mode("overwrite").parquet(folder)
        return concluded(comparison, file, _written(Path(folder), file, tell), out, tell)


def settler(
    new: Texts, against: Texts, fold: bool, file: str, schema: pa.Schema
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function a worker runs over its persons. Policies travel as the texts they were read from."""

    def settle(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        comparison = Comparison(read_policy(*new), read_policy(*against), fold)
        for table in persons_together(typed(pa.Table.from_batches([batch])) for batch in batches):
            yield from comparison.settle(table, file).cast(schema).combine_chunks().to_batches()

    def typed(table: pa.Table) -> pa.Table:
        return table.cast(pa.schema([_typed(field) for field in table.schema])) if file.endswith(".csv") else table

    return settle


def _typed(field: pa.Field) -> pa.Field:
    return pa.field(field.name, type_of(field.name))


def _texts(policy: Policy) -> Texts:
    return dict(policy.files), policy.folder


def _schema(comparison: Comparison, file: ClaimsFile) -> pa.Schema:
    """The columns of the results, as one claim of the file has them."""
    for batch in file.batches():
        if batch.num_rows:
            return comparison.settle(batch.slice(0, 1), str(file.path)).schema
    raise NothingToSettle(file=file.path)


def _claims(session: SparkSession, file: ClaimsFile) -> DataFrame:
    """The claims by person, each person's as they stand in the file."""
    from pyspark.sql import functions  # noqa: PLC0415  as above

    path = str(file.path.resolve())
    rows = session.read.csv(path, header=True) if file.is_csv else session.read.parquet(path)
    placed = rows.toDF(*file.columns).withColumn(PLACE, functions.monotonically_increasing_id())
    return placed.repartition("person").sortWithinPartitions("person", PLACE).drop(PLACE)


def _written(folder: Path, file: ClaimsFile, tell: Tell) -> Iterator[pa.Table]:
    """What the workers wrote, in tables of whole persons."""
    done = 0
    for path in sorted(folder.glob("part-*.parquet")):
        with pq.ParquetFile(path) as part:
            for table in persons_together(pa.Table.from_batches([batch]) for batch in part.iter_batches(BATCH_ROWS)):
                yield table
                done += table.num_rows
                tell(SETTLING, done, max(done, file.rows))
