"""The simulation on Spark, in local mode: the same table and the same sums. Needs the extra and a Java runtime."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from yijie.engines.benefit import load_policy
from yijie.interfaces.simulate.compare import Comparison
from yijie.interfaces.simulate.reading import ClaimsFile
from yijie.interfaces.simulate.run import REPORT, RESULTS, simulate
from yijie.interfaces.simulate.sample import write_sample

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.mark.soak
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_spark_comes_to_the_same_results(tmp_path, ending):
    pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
    if shutil.which("java") is None:
        pytest.skip("no Java runtime")
    from yijie.interfaces.simulate.spark import simulate_on_spark  # noqa: PLC0415  needs the extra

    changed = tmp_path / "beijing"
    shutil.copytree(POLICIES / "beijing", changed)
    file = changed / "employee_inpatient.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("value: 500000", "value: 30000"), encoding="utf-8")
    comparison = Comparison(load_policy(changed), load_policy(POLICIES / "beijing"))
    claims = tmp_path / f"claims.{ending}"
    write_sample(claims, 3000, 9, comparison.against)
    assert ClaimsFile(claims).persons_stand_together()
    here = simulate(comparison, claims, tmp_path / "here", lambda *_: None)
    there = simulate_on_spark(comparison, claims, tmp_path / "there", lambda *_: None)
    assert here.everybody.losers > 0
    assert (there.claims, there.payers, there.refused) == (here.claims, here.payers, here.refused)
    assert there.everybody.gain == here.everybody.gain
    assert there.merge_largest() == here.merge_largest()
    # Spark gives no order among persons; within a person the order is the file's.
    one, other = (in_order(tmp_path / where / RESULTS) for where in ("here", "there"))
    assert one.equals(other)
    assert (tmp_path / "there" / REPORT).exists()
    assert not list((tmp_path / "there").glob("spark-*"))


def in_order(path):
    """The table by person, each person's rows as they stand."""
    table = pq.read_table(path)
    order = sorted(range(table.num_rows), key=table["person"].to_pylist().__getitem__)
    return table.take(order).combine_chunks().replace_schema_metadata(None)
