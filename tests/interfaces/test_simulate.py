"""``yijie simulate`` as a policy analyst meets it: files of claims in, a report and a table out."""

import csv
import re
import shutil
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from yijie.engines.benefit import Years, load_policy, settle_all
from yijie.engines.benefit.result import Benefit
from yijie.interfaces import cli
from yijie.interfaces.cli import simulate as command
from yijie.interfaces.simulate import reading, run
from yijie.interfaces.simulate.columns import claims_from
from yijie.interfaces.simulate.compare import Comparison
from yijie.interfaces.simulate.errors import (
    ClaimsNotReadable,
    ColumnMissing,
    ColumnUnknown,
    DateMissing,
    NotAnAmount,
    NothingToSettle,
    PersonMissing,
    WordUnknown,
)
from yijie.interfaces.simulate.reading import ClaimsFile, whole_persons
from yijie.interfaces.simulate.sample import sample_claims, write_sample
from yijie.kernel.money import fen_from_yuan

BEIJING = Path(__file__).parents[2] / "policies/beijing"
START = "- {from: 2010-01-01, value: {by: ordinal, 1: 1300, 2+: 650}, source: inpatient}"
LATER = "\n        - {from: 2025-01-01, value: {by: ordinal, 1: 1500, 2+: 500}, source: inpatient}"
PLAIN = {
    "person": "p1",
    "insurance": "employee",
    "care": "inpatient",
    "service_from": "2025-03-01",
    "eligible": "20000.00",
}
FULL = PLAIN | {"category": "working", "level": "tertiary"}


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Beijing with another deductible from 2025 on."""
    folder = tmp_path_factory.mktemp("new") / "beijing"
    shutil.copytree(BEIJING, folder)
    file = folder / "employee_inpatient.yaml"
    text = file.read_text(encoding="utf-8")
    assert START in text
    file.write_text(text.replace(START, START + LATER), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def claims(tmp_path_factory):
    file = tmp_path_factory.mktemp("claims") / "claims.parquet"
    write_sample(file, 1200, 5, load_policy(BEIJING))
    return file


@pytest.fixture(scope="module")
def simulated(changed, claims, tmp_path_factory):
    """The folder of a finished simulation."""
    out = tmp_path_factory.mktemp("out")
    summary = simulate(changed, claims, out)
    return out, summary


def simulate(policy, file, out, fold=True):
    return run.simulate(Comparison(load_policy(policy), load_policy(BEIJING), fold), file, out, lambda *_: None)


def results(out):
    return pq.read_table(out / run.RESULTS)


def total(column):
    return pc.sum(column).as_py() or Decimal(0)


def written(tmp_path, *rows):
    """A CSV file of claims."""
    file = tmp_path / "claims.csv"
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_every_claim_is_in_the_table_and_its_payers_are_the_bill(simulated, claims):
    out, summary = simulated
    rows = results(out)
    assert rows.num_rows == summary.claims == pq.read_metadata(claims).num_rows
    for side in ("new", "against"):
        payers = [
            name for name in rows.column_names if re.fullmatch(rf"{side}\.(?!deductible|allowances|refused).+", name)
        ]
        settled = rows.filter(pc.equal(rows[f"{side}.refused"], ""))
        assert settled.num_rows > summary.claims // 2
        assert sum(total(settled[name]) for name in payers) == total(settled["total"])
    both = rows.filter(pc.and_(pc.equal(rows["new.refused"], ""), pc.equal(rows["against.refused"], "")))
    assert both.num_rows == summary.settled


def test_the_table_says_what_the_scalar_engine_says(simulated, changed, claims):
    out, _ = simulated
    rows = results(out).to_pylist()
    table, _ = claims_from(pq.read_table(claims), "claims")
    persons = {}
    for row in range(table.size):
        persons.setdefault(int(table.persons[row]), []).append(row)
    for side, folder in (("new", changed), ("against", BEIJING)):
        policy = load_policy(folder)
        for visits in list(persons.values())[:150]:
            for row, answer in zip(
                visits, settle_all(policy, [table.case(row) for row in visits], Years()), strict=True
            ):
                if isinstance(answer, Benefit):
                    assert fen_from_yuan(rows[row][f"{side}.cash"]) == answer.cash
                    assert fen_from_yuan(rows[row][f"{side}.pooled"]) == sum(
                        paid for fund, paid in answer.funds.items() if fund.name == "POOLED"
                    )
                else:
                    assert rows[row][f"{side}.refused"] == answer.code


def test_the_summary_adds_up(simulated):
    out, summary = simulated
    rows = results(out)
    everybody = summary.everybody
    assert everybody.gain == fen_from_yuan(total(rows["gain"]))
    assert everybody.winners + everybody.losers + int(everybody.classes[6]) == everybody.persons
    assert everybody.winners > 0
    assert everybody.losers > 0
    for dimension, tallies in summary.groups.items():
        assert sum(tally.persons for tally in tallies.values()) == everybody.persons, dimension
        assert sum(tally.gain for tally in tallies.values()) == everybody.gain
    assert sum(summary.refused.values()) == summary.claims - summary.settled
    change = {payer: summary.payers["new"][payer] - summary.payers["against"][payer] for payer in summary.payers["new"]}
    assert sum(change.values()) == 0
    assert everybody.funds == sum(change[fund] for fund in ("pooled", "major_illness"))
    gains = rows.group_by("person").aggregate([("gain", "sum")])["gain_sum"].to_pylist()
    largest = sorted((abs(fen_from_yuan(gain)) for gain in gains), reverse=True)[:10]
    assert [abs(gain) for _, gain in summary.merge_largest()] == largest


def test_the_report_can_be_read_without_anything_else(simulated):
    out, summary = simulated
    text = (out / run.REPORT).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "http" not in text.replace("https://example.org", "")
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) >= 8
    for chart in charts:
        ET.fromstring(chart)  # noqa: S314  our own page
    for words in ("每人变化的分布", "Effect on the funds", "按医院等级", "示例一区", "变化最大的十人", "url(#worse)"):
        assert words in text
    assert text.count("<details") == 10
    assert "起付线" in text
    assert "该参数尚未查明：…；不能据此结算 is a declared gap" in text, "refusals are told in words"
    assert f"{summary.claims:,}" in text
    person = summary.merge_largest()[0][0]
    assert person not in text, "numbers of persons are masked"


def test_csv_parquet_and_any_order_give_one_table(changed, claims, tmp_path, monkeypatch):
    table = pq.read_table(claims)
    in_turn = pa.array(np.arange(table.num_rows), pa.int32()).cast(pa.date32())  # no two settled on one day
    table = table.append_column("settled", in_turn).append_column("id", in_turn.cast(pa.string()))
    mixed = table.take(np.random.default_rng(1).permutation(table.num_rows))
    pq.write_table(table, tmp_path / "claims.parquet")
    arrow_csv.write_csv(table, tmp_path / "claims.csv")
    pq.write_table(mixed, tmp_path / "mixed.parquet", row_group_size=500)
    arrow_csv.write_csv(mixed, tmp_path / "mixed.csv")
    found = []
    for name in ("claims.parquet", "claims.csv", "mixed.parquet", "mixed.csv"):
        simulate(changed, tmp_path / name, tmp_path / "out")
        sums = results(tmp_path / "out").sort_by("id")
        found.append(sums.select(["id", "person", "gain", "new.cash", "against.pooled", "new.refused"]))
        for size in ("BATCH_ROWS", "PART_ROWS"):
            monkeypatch.setattr(reading, size, 700)
    assert all(sums.equals(found[0]) for sums in found[1:])


def test_a_person_is_never_parted(claims, monkeypatch):
    monkeypatch.setattr(reading, "BATCH_ROWS", 7)
    seen = [set(table["person"].to_pylist()) for table in whole_persons(ClaimsFile(claims), lambda *_: None)]
    assert len(seen) > 50
    assert sum(len(persons) for persons in seen) == len(set().union(*seen))


def test_without_folding_every_visit_owes_its_first_deductible(tmp_path, changed):
    file = written(tmp_path, FULL, FULL | {"service_from": "2025-04-01"})
    simulate(changed, file, tmp_path / "folded")
    simulate(changed, file, tmp_path / "alone", fold=False)
    assert results(tmp_path / "folded")["new.deductible"].to_pylist() == [Decimal("1500.00"), Decimal("500.00")]
    assert results(tmp_path / "folded")["gain"].to_pylist() == [Decimal("-170.00"), Decimal("127.50")]
    assert results(tmp_path / "alone")["new.deductible"].to_pylist() == [Decimal("1500.00")] * 2


def test_visits_are_taken_in_order_of_settlement(tmp_path, changed):
    late = FULL | {"id": "late", "settled": "2025-05-09"}
    early = FULL | {"id": "early", "settled": "2025-05-01", "service_from": "2025-04-01"}
    simulate(changed, written(tmp_path, late, early), tmp_path / "out")
    assert results(tmp_path / "out")["id"].to_pylist() == ["early", "late"]


def test_everything_a_claim_can_state_reaches_the_engine(tmp_path):
    row = FULL | {
        "groups": "subsistence+disabled", "birth_date": "1960-01-02", "civil_servant": "yes", "contracted": "true",
        "relation": "cross_province", "filing": "referral", "emergency": "no", "channel": "manual", "tier": "first",
        "disease": "none", "facts.weather": "fine", "units.hour": "1.5", "stated.waiver": "10", "prepaid": "5",
        "accumulators.count.inpatient": "2", "accumulators.layer.paid": "12.34", "stay.layer.paid": "1",
        "buckets.eligible.drugs": "7", "account_use": "yes", "account_balance": "99.99", "total": "20000",
        "region": "x", "continues": "1",
    }  # fmt: skip
    bare = PLAIN | {"person": "p2"}
    file = ClaimsFile(written(tmp_path, row, bare))
    table = pa.concat_tables(whole_persons(file, lambda *_: None))
    claims, _ = claims_from(table, "claims.csv")
    case, plain = claims.case(0), claims.case(1)
    assert {group.name for group in case.groups} == {"SUBSISTENCE", "DISABLED"}
    assert (str(case.birth_date), case.civil_servant, case.contracted, case.channel) == (
        "1960-01-02",
        True,
        True,
        "manual",
    )
    assert case.remote.situation.value == "referral"
    assert (case.tier, case.disease, case.facts) == ("first", "", {"weather": "fine"})
    assert (case.units, case.stated, case.prepaid) == ({"hour": 150}, {"waiver": 1000}, 500)
    assert case.accumulators == {"count.inpatient": 2, "layer.paid": 1234}
    assert (case.stay, case.continues) == ({"layer.paid": 100}, True)
    assert case.amounts.buckets["drugs"].amount == 700
    assert (case.use_account, case.account_balance) == (True, 9999)
    assert (plain.category, plain.birth_date, plain.groups, plain.facts, plain.units) == (
        None,
        None,
        frozenset(),
        {},
        {},
    )
    assert (plain.use_account, plain.remote.situation.value, plain.channel) == (False, "local", "direct")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"insurance": "gold"}, WordUnknown),
        ({"contracted": "maybe"}, WordUnknown),
        ({"groups": "subsistence+rich"}, WordUnknown),
        ({"channel": "pigeon"}, WordUnknown),
        ({"weather": "fine"}, ColumnUnknown),
        ({"service_from": ""}, DateMissing),
        ({"service_from": "tomorrow"}, ClaimsNotReadable),
        ({"eligible": "1.234"}, ClaimsNotReadable),
        ({"person": ""}, PersonMissing),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_and_leaves_nothing(tmp_path, row, error):
    with pytest.raises(error):
        simulate(BEIJING, written(tmp_path, FULL | row), tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


def test_other_files_that_are_no_claims(tmp_path):
    with pytest.raises(ClaimsNotReadable):
        ClaimsFile(tmp_path / "missing.parquet")
    (tmp_path / "text.parquet").write_text("no", encoding="utf-8")
    with pytest.raises(ClaimsNotReadable):
        ClaimsFile(tmp_path / "text.parquet")
    with pytest.raises(ColumnMissing, match="eligible"):
        ClaimsFile(written(tmp_path, {name: text for name, text in PLAIN.items() if name != "eligible"}))
    pq.write_table(sample_table().slice(0, 0), tmp_path / "empty.parquet")
    with pytest.raises(NothingToSettle):
        simulate(BEIJING, tmp_path / "empty.parquet", tmp_path / "out")


def sample_table():
    return pa.concat_tables(sample_claims(3, 1))


@pytest.mark.parametrize(
    ("column", "values", "error"),
    [
        ("eligible", pa.array([1.5, 2.0]), NotAnAmount),
        ("eligible", pa.array(["1.5", "two"]), NotAnAmount),
        ("service_from", pa.array(["2025-01-01", "soon"]), DateMissing),
    ],
)
def test_no_float_comes_near_money(column, values, error):
    table = sample_table().slice(0, 2)
    table = table.set_column(table.column_names.index(column), column, values)
    with pytest.raises(error):
        claims_from(table, "claims.parquet")


def test_samples_are_marked_and_the_same_for_one_seed(tmp_path):
    one, again, other = (pa.concat_tables(sample_claims(40, seed)) for seed in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)
    assert all(person.startswith("SAMPLE") for person in one["person"].to_pylist())
    inside = CliRunner().invoke(sample_app(), ["claims", str(tmp_path / "s.csv"), "--people", "20"])
    assert inside.exit_code == 0, inside.output
    assert ClaimsFile(tmp_path / "s.csv").columns[0] == "person"


def sample_app():
    from yijie.interfaces.cli import sample  # noqa: PLC0415  named like the function that makes samples

    return sample.app


def test_the_command_tells_what_came_out(claims, changed, tmp_path):
    app = typer.Typer()
    app.command()(command.run)
    words = ["--policy", changed, "--against", BEIJING, "--claims", claims, "--out", tmp_path / "out"]
    ended = CliRunner().invoke(app, [str(word) for word in words])
    assert ended.exit_code == 0, ended.output
    assert "better off" in ended.output
    assert (tmp_path / "out" / run.REPORT).exists()
    assert "simulate" in cli.COMMANDS


def test_two_equal_policies_change_nothing(claims, tmp_path):
    summary = simulate(BEIJING, claims, tmp_path)
    assert (summary.everybody.gain, summary.everybody.winners, summary.everybody.losers) == (0, 0, 0)
    assert summary.merge_largest() == []
