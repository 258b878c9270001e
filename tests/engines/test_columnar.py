"""The columnar engine answers every claim as the scalar one does, to the fen, over years of visits."""

import os
import random
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from benefit_kit import LOCAL, REFERRED, UNFILED, bands, case, ceiling, deductible, layer, policy, ratio, since
from hypothesis import given, strategies as st
from random_claims import PACKS, random_people
from test_compiled import EVERY_STEP, EVERY_VISIT
from test_properties import policies, visits

from yijie.engines.benefit import Amounts, Bucket, Years, evaluate, load_policy, settle_all
from yijie.engines.benefit.arithmetic import cost_beyond
from yijie.engines.benefit.columnar import ColumnarPolicy, arithmetic, claims_of, evaluate_table
from yijie.engines.benefit.columnar.arithmetic import share
from yijie.engines.benefit.columnar.claims import LARGEST
from yijie.engines.benefit.columnar.columns import ages, distinct
from yijie.engines.benefit.columnar.evaluate import _parts
from yijie.engines.benefit.loading import read_text_file
from yijie.engines.benefit.read_cases import read_cases
from yijie.engines.benefit.words import word_of
from yijie.kernel.codes import CareKind, Fund, HospitalLevel, SpecialGroup
from yijie.kernel.dates import age_on
from yijie.kernel.errors import YijieError
from yijie.kernel.money import half_up

GOLDEN = sorted(path.parent for path in (Path(__file__).parents[1] / "golden").glob("*/case.yaml"))
REASON = {"zh": "不予支付", "en": "not paid"}


def one_by_one(policy, cases, persons, fold):
    """What the scalar engine makes of the same claims: by row a benefit or an error."""
    if not fold:
        return [answer(policy, case) for case in cases]
    visits = zip(persons, cases, strict=True)
    years = ([case for _, case in own] for _, own in groupby(visits, key=lambda visit: visit[0]))
    return [found for year in years for found in settle_all(policy, year, Years(), trace=False)]


def answer(policy, case):
    try:
        return evaluate(policy, case, trace=False)
    except YijieError as error:
        return error


def check_equal(policy, cases, persons, fold=True):
    """Both engines over the same claims; the number of claims that were settled."""
    columns = evaluate_table(policy, claims_of(cases, persons), fold=fold)
    scalar = one_by_one(policy, cases, persons, fold)
    for row, (asked, found) in enumerate(zip(cases, scalar, strict=True)):
        code = columns.codes[columns.refused[row]]
        got = {payer: int(column[row]) for payer, column in columns.payers.items()} | {"cash": int(columns.cash[row])}
        if isinstance(found, YijieError):
            assert code == found.code, (row, asked)
            assert not any(got.values())
            continue
        assert code == "", (row, asked, code)
        wanted = {word_of(fund): paid for fund, paid in found.funds.items()}
        wanted |= {"personal_account": found.personal_account, "hospital": found.hospital_borne, "cash": found.cash}
        assert got == wanted, (row, asked)
        assert columns.deductible[row] == found.deductible
        allowed = {layer: int(column[row]) for layer, column in columns.allowances.items() if column[row]}
        assert allowed == {paid.layer: paid.amount for paid in found.allowances if paid.amount}
        assert columns.year[row] == found.year
    return sum(not isinstance(found, YijieError) for found in scalar)


@given(
    policies(),
    st.lists(st.lists(visits, min_size=1, max_size=6), min_size=1, max_size=5),
    st.booleans(),
    st.integers(0, 2**30),
)
def test_both_engines_agree_on_random_policies_and_years(rules, people, fold, continuing):
    cases = [visit for year in people for visit in year]
    cases = [replace(visit, continues=bool(continuing >> at & 1)) for at, visit in enumerate(cases)]
    persons = [number for number, year in enumerate(people) for _ in year]
    check_equal(rules, cases, persons, fold)


@pytest.mark.parametrize("policy", PACKS.values(), ids=lambda policy: policy.name.en)
@pytest.mark.parametrize("fold", [True, False])
def test_both_engines_agree_on_the_real_packs(policy, fold):
    cases, persons = random_people(policy, random.Random(20251), claims=700)
    assert check_equal(policy, cases, persons, fold) > 0


@pytest.mark.soak
@pytest.mark.parametrize("policy", PACKS.values(), ids=lambda policy: policy.name.en)
def test_a_million_claims_agree(policy):
    """Together a million over all packs, years of visits, folded; another seed with every run."""
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")
    settled = 0
    parts = -(-1_000_000 // (10_000 * len(PACKS)))
    for part in range(parts):
        cases, persons = random_people(policy, random.Random(seed + part), claims=10_000)
        settled += check_equal(policy, cases, persons)
    assert settled > 0


@pytest.mark.parametrize("example", GOLDEN, ids=lambda path: path.name)
def test_published_cases_come_out_of_columns_too(example):
    policy = load_policy(example / "policy")
    read = read_cases(read_text_file(example / "case.yaml"), "case.yaml")
    persons = [0] * len(read.cases) if read.one_person else range(len(read.cases))
    check_equal(policy, read.cases, persons)


def year(*visits):
    """The visits as one person's."""
    return list(visits), [0] * len(visits)


def test_what_only_some_policies_say():
    rules = policy(
        layer({"stated": {"name": "waiver", "reason": since(REASON)}}, pays_from="hospital"),
        layer(
            {"exclude": {"when": {"remote_ordinal": "3+"}, "reason": since(REASON)}},
            {"first_amount": {"unit": "hour", "amount": since(15)}},
            deductible(600, repeat_minus=since(100), least=since(200), again_every=since(30)),
            {"ratio": {"share": since("50%"), "per_year_of_age": since("0.2%")}},
            ceiling("payment", 4000, per="month", each="group"),
        ),
        layer(
            {"covers": {"seen": "billed", "parts": since(["eligible", "not_covered"]), "without": since(["devices"])}},
            {"phases": {"unit": "hour", "schedule": since([{"over": 0, "to": 10, "share": "60%", "most": 50},
                                                           {"over": 10, "share": "30%"}])}},
            pays_from="large_amount",
        ),
        layer({"rate": {"unit": "hour", "amount": since(20), "per": "quarter", "most": since(25)}}, pays_from="other"),
        layer({"allowance": {"share": since("70%"), "stated_as": "wage", "days": since(98), "divided_by": since(30),
                             "least": since(2000), "most": since(9000)}},
              {"more_days": {"for_each": "child", "days": since(15)}}, {"more_days": {"days": since(3)}}),
        layer(ceiling("payment", 300, per="day"), pays_from="personal_account"),
        pool={"units": {"hour": "小时", "child": "婴儿"}, "buckets": {"drugs": "药品", "devices": "器械"}},
    )  # fmt: skip
    told = {"units": {"hour": 1250, "child": 200}, "stated": {"wage": 800_000, "waiver": 5_000}}
    poor = {"groups": frozenset({SpecialGroup.SUBSISTENCE, SpecialGroup.DISABLED})}
    account = {"use_account": True, "account_balance": 90_000}
    born = {"birth_date": date(1960, 2, 29)}
    marked = {"buckets": {"drugs": Bucket("eligible", 200_000), "devices": Bucket("not_covered", 9_000)}, "out": "500"}
    visits = [
        case("9000", **told, **born, **account, remote=UNFILED),
        case("9000", **told, **born, **poor, **marked, **account, remote=UNFILED, day="2025-03-11"),
        case("9000", **told, **born, **poor, remote=UNFILED, day="2025-04-11"),
        case("300", **told, **born, **account, remote=LOCAL, day="2025-04-12"),
        case("9000", **told, **born, **poor, continues=True, remote=REFERRED, day="2025-04-30"),
        case("9000", **{**told, "units": {"child": 100}}, **born, day="2025-05-02"),
        case("9000", **{**told, "stated": {"waiver": 1}}, **born, day="2025-05-02"),
        case("9000", **told, day="2025-05-02"),
        case("9000", **told, **born, continues=True, day="2025-05-03"),
        case("9000", **{**told, "stated": {"wage": 100, "waiver": LARGEST}}, **born, day="2025-05-03"),
    ]
    assert check_equal(rules, *year(*visits)) == 6
    assert check_equal(rules, *year(*visits), fold=False) == 6
    assert check_equal(rules, *year(*(case("9000", **born) for _ in range(3)))) == 0


def test_every_step_in_one_policy():
    assert check_equal(EVERY_STEP, *year(*EVERY_VISIT)) == len(EVERY_VISIT)
    assert check_equal(EVERY_STEP, *year(*EVERY_VISIT), fold=False) == len(EVERY_VISIT)


def test_units_that_no_claim_of_a_table_states_are_asked_for():
    rules = policy(layer({"rate": {"unit": "hour", "amount": since(20)}}), pool={"units": {"hour": "小时"}})
    assert check_equal(rules, *year(case("100"), case("200"))) == 0
    assert check_equal(rules, *year(case("100"), case("200", units={"hour": 100}))) == 1


def test_a_word_nobody_stated_and_one_nobody_declared_are_refused_each_for_its_own_reason():
    rules = policy(
        layer(deductible({"by": "tier", "first": 10, "else": 20}), ratio("80%")),
        pool={"words": {"tier": {"first": "一档"}}},
    )
    visits = [case("100", facts={"tier": word} if word else {}) for word in ("", "second", "third", "first", "second")]
    assert check_equal(rules, *year(*visits)) == 1


def test_the_cost_beyond_a_ceiling_is_the_same_for_every_cut():
    costs, numerators, cuts = [10, 1000, 100], [100, 0, 80], range(91)
    columns = [np.full(len(cuts), cost, dtype=np.int64) for cost in costs]
    beyond = arithmetic.cost_beyond(columns, numerators, 100, np.array(cuts, dtype=np.int64))
    assert beyond.tolist() == [cost_beyond(costs, numerators, 100, cut) for cut in cuts]
    assert arithmetic.cost_beyond([np.array([3])], [20], 100, np.array([1])).tolist() == [3], "never more than it cost"


def test_months_end_on_the_29th_of_february_in_a_leap_year():
    rules = policy(layer(ratio("80%"), ceiling("payment", 300, per="month")))
    visits = [case("1000", day="2024-02-29"), case("1000", day="2024-03-01"), case("1000", day="2024-03-31")]
    assert check_equal(rules, *year(*visits)) == 3
    assert evaluate_table(rules, claims_of(*year(*visits))).payers["pooled"].tolist() == [30_000, 30_000, 0]


def test_what_ceilings_cut_adds_up_until_a_layer_takes_it():
    taking = {"covers": {"parts": since(["beyond_ceiling"])}}
    rules = policy(
        layer(ratio("80%"), ceiling("payment", 100)),
        layer(ratio("50%"), ceiling("payment", 20), pays_from="aid"),
        layer(taking, ratio("10%"), ceiling("payment", 5), pays_from="large_amount"),
        layer(taking, ratio("90%"), pays_from="major_illness"),
    )
    assert check_equal(rules, *year(case("1000"), case("600")), fold=False) == 2
    paid = evaluate(rules, case("1000")).funds
    assert [paid[fund] for fund in (Fund.POOLED, Fund.AID, Fund.LARGE_AMOUNT)] == [10_000, 2_000, 500]


def test_a_year_begun_elsewhere_is_taken_up():
    outpatient = {"care": CareKind.OUTPATIENT}
    rules = policy(
        layer(
            {"exclude": {"when": {"remote_ordinal": "3+"}, "reason": since(REASON)}},
            deductible({"by": "ordinal", "1": 800, "2": 400, "3+": 100}),
            ratio("80%"),
            ceiling("payment", 9000),
            ceiling("payment", 5000, per="month"),
            ceiling("payment", 6000, per="quarter"),
            ceiling("payment", 4000, per="day"),
        )
    )
    begun = {
        "count.inpatient": 1,
        "count.outpatient": 4,
        "count.inpatient.referral": 1,
        "count.dentist.nowhere": 7,
        "layer1.paid": 100_000,
        "layer1.paid@2025-03": 200_000,
        "layer1.paid@2025-Q1": 250_000,
        "layer1.paid@2025-03-10": 30_000,
        "layer1.paid@2025": 1,
    }
    first = case("4000", accumulators=begun)
    visits = [first, case("4000"), case("4000", day="2025-03-11", **outpatient), case("4000", remote=REFERRED),
              case("4000", remote=REFERRED, day="2025-06-11"), case("4000", remote=REFERRED, day="2025-06-12"),
              case("4000", accumulators=begun, day="2026-02-01")]  # fmt: skip
    assert check_equal(rules, *year(*visits)) == len(visits)
    assert check_equal(rules, *year(*visits), fold=False) == len(visits)
    assert check_equal(rules, *year(case("4000"), case("4000", accumulators=begun))) == 2


@pytest.mark.parametrize("name", ["year", "month@2025-03", "quarter@2025-Q1", "day@2025-03-10"])
@pytest.mark.parametrize("off", [False, True])
def test_what_a_period_has_used_before_counts_in_that_period_only(name, off):
    per, at, period = name.partition("@")
    if off:  # the same stated for the period before
        period = {"2025-03": "2025-02", "2025-Q1": "2024-Q4", "2025-03-10": "2025-03-09", "": ""}[period]
    rules = policy(layer(ratio("80%"), ceiling("payment", 300, per=per)))
    begun = {f"layer1.paid{at}{period}": 20_000}
    visits = [case("1000", accumulators=begun), case("1000")]
    assert check_equal(rules, *year(*visits)) == len(visits)
    answers = evaluate_table(rules, claims_of(*year(*visits)))
    assert answers.payers["pooled"].tolist() == [30_000 if off and at else 10_000, 0]


def test_what_a_stay_has_moved_elsewhere_is_taken_up():
    rules = policy(layer(deductible(800), bands((1_000, "50%"), (None, "90%"))))
    begun = {"stay": {"layer1.deductible": 30_000, "layer1.cost": 40_000}, "continues": True}
    visits = [case("900", **begun), case("900", continues=True), case("900"), case("900", **begun)]
    assert check_equal(rules, *year(*visits)) == check_equal(rules, *year(*visits), fold=False) == len(visits)


def test_a_commercial_layer_weighs_a_part_and_a_marked_sum():
    weighed = {"parts": since(["eligible"]), "partly": since(["first_self_pay", "devices"])}
    rules = policy(
        layer(ratio("80%")),
        layer({"covers": {**weighed, "partly_share": since("50%")}}, ratio("100%"), pays_from="other"),
        pool={"buckets": {"devices": "器械"}},
    )
    plain = case("1000", first="100", out="300")
    marked = case("1000", first="100", out="300", buckets={"devices": Bucket("not_covered", 20000)})
    assert check_equal(rules, *year(plain, marked)) == 2


def test_facts_that_choose_what_is_looked_at_and_rules_that_end():
    chosen = {"by": "level", "tertiary": ["eligible"], "else": ["eligible", "first_self_pay"]}
    ended = [*since("10%"), {"from": "2020-01-01", "value": "none", "source": "law"}]
    rules = policy(layer({"covers": {"parts": since(chosen)}}, ratio("80%"), {"guarantee": {"share": ended}}))
    visits = [case("250", first="30"), case("250", first="30", level=HospitalLevel.SECONDARY)]
    assert check_equal(rules, *year(*visits)) == 2
    told = policy(layer({"covers": {"parts": since({"by": "level", "tertiary": ["eligible"]})}}, ratio("80%")))
    assert check_equal(told, *year(*visits)) == 1
    by_age = policy(layer(ratio({"by": "age", "0-17": "90%", "else": "80%"})))
    bare = replace(claims_of(*year(*visits)), born=None)
    answers = evaluate_table(by_age, bare)
    assert {answers.codes[code] for code in answers.refused} == {"benefit.case.fact_missing"}


def test_allowances_by_the_month_in_every_part_of_a_table(monkeypatch):
    monkeypatch.setattr("yijie.engines.benefit.columnar.evaluate.FOLDED_ROWS", 2)
    rules = policy(layer({"allowance": {"share": since("2.5%"), "base": since(3300)}}))
    assert check_equal(rules, [case()] * 5, range(5)) == 5


def test_a_profile_met_late_is_found(monkeypatch):
    monkeypatch.setattr("yijie.engines.benefit.columnar.columns.LOOK_ROWS", 2)
    rules = policy(layer(ratio({"by": "level", "tertiary": "80%", "else": "70%"})))
    visits = [case("100")] * 9 + [case("100", level=HospitalLevel.SECONDARY)]
    assert check_equal(rules, visits, range(10), fold=False) == 10


@pytest.mark.parametrize("rule", ["split", "admission", "discharge", None])
def test_stays_across_the_end_of_a_year(rule):
    said = {"stay_belongs_to": since(rule, "2010-01-01")} if rule else {}
    rules = policy(
        layer(deductible(800, charged="once_a_year"), ratio("80%")),
        pool={"year": {"begins": since("07-01", "2005-01-01"), **said}},
    )
    spans = [("2025-06-20", "2025-07-05"), ("2025-06-01", "2025-06-20"), ("2025-08-01", "2025-08-02"),
             ("2007-06-20", "2007-06-25"), ("2001-01-01", "2001-01-02"), ("2025-08-04", "2025-08-03")]  # fmt: skip
    visits = [case("5000", service_from=date.fromisoformat(a), service_to=date.fromisoformat(b)) for a, b in spans]
    check_equal(rules, visits, range(len(visits)))
    check_equal(rules, *year(*visits[:3]))
    within = [visit for visit in visits if visit.service_from.year == 2025 and visit.service_to >= visit.service_from]
    assert check_equal(rules, within[1:], range(len(within) - 1)) == 2


def test_claims_that_contradict_themselves_are_refused_as_one_by_one():
    rules = policy(layer(ratio("80%")), pool={"buckets": {"drugs": "药品"}})
    plain = case("5000")
    bill = plain.amounts
    claims = [
        plain,
        replace(plain, amounts=replace(bill, total=-1)),
        replace(plain, amounts=replace(bill, total=bill.total + 1)),
        replace(plain, amounts=replace(bill, buckets={"drugs": Bucket("eligible", bill.eligible + 1)})),
        replace(plain, amounts=replace(bill, buckets={"drugs": Bucket("eligible", -1)})),
        replace(plain, amounts=replace(bill, buckets={"devices": Bucket("eligible", 1)})),
        replace(plain, stated={"wage": -5}),
        replace(plain, facts={"weather": "fine"}),
        replace(plain, service_from=date(2025, 3, 11)),
        replace(plain, prepaid=-1),
    ]
    assert check_equal(rules, claims, range(len(claims))) == 1
    assert check_equal(rules, claims, [0] * len(claims)) == 1


def test_a_waiver_beyond_the_bill_is_refused_and_amounts_beyond_columns_are_too():
    rules = policy(
        layer({"stated": {"name": "waiver", "reason": since(REASON)}}, pays_from="hospital"), layer(ratio("80%"))
    )
    assert check_equal(rules, *year(case("50", stated={"waiver": 6_000}), case("50", stated={"waiver": 4_000}))) == 1
    huge = replace(case("1"), amounts=Amounts(LARGEST + 1, LARGEST + 1))
    answers = evaluate_table(rules, claims_of([huge], [0]))
    assert answers.codes[answers.refused[0]] == "benefit.columnar.too_large"


def test_gaps_refuse_only_where_they_matter():
    unknown = [{"from": "2000-01-01", "value": "unknown", "source": "law", "note": "未查"}]
    rows = bands((10_000, "80%"), (None, "unknown"), measured_on="excess")
    rows["bands"]["schedule"][0]["note"] = "未查"
    rules = policy(layer(rows), layer({"covers": {"parts": unknown}}, pays_from="personal_account"))
    visits = [case("9000"), case("19000"), case("100", use_account=True, account_balance=1)]
    assert check_equal(rules, visits, range(3)) == 1


def test_large_products_are_reckoned_exactly():
    rules = policy(layer(ratio("33.333333%")), layer(ratio("66.666667%"), {"guarantee": {"share": since("0.000001%")}}))
    amount = LARGEST - 7
    visits = [replace(case(), amounts=Amounts(amount - n, amount - n)) for n in range(5)]
    assert check_equal(rules, visits, range(5)) == 5
    column = np.array([2**61 - 1, 2**60], dtype=np.int64)
    assert share([(column, 3)], 7).tolist() == [half_up((2**61 - 1) * 3, 7), half_up(2**60 * 3, 7)]
    assert share([(column, 1)], column).tolist() == [1, 1]


@given(st.dates(date(1930, 1, 1), date(2030, 12, 31)), st.dates(date(1930, 1, 1), date(2030, 12, 31)))
def test_ages_are_those_of_the_calendar(born, day):
    epoch = date(1970, 1, 1)
    found = ages(np.array([(born - epoch).days]), np.array([(day - epoch).days]))
    assert found.tolist() == [age_on(born, day)]


@given(st.lists(st.integers(-(10**12), 10**12) | st.integers(0, 20), max_size=40))
def test_distinct_values_and_where_they_stand(keys):
    values, numbers = distinct(np.array(keys, dtype=np.int64))
    assert values.tolist() == sorted(set(keys))
    assert [int(values[number]) for number in numbers] == keys


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 7), st.booleans())
def test_a_table_is_parted_between_persons(visits, rows, fold):
    persons = np.repeat(np.array([7, 3, 9, 1, 8, 2, 6, 4, 5, 12, 11, 10])[: len(visits)], visits)
    parts = list(_parts(persons, rows, fold=fold))
    assert [row for part in parts for row in range(part.start, part.stop)] == list(range(len(persons)))
    for part in parts:
        assert part.stop > part.start
        if fold and part.stop < len(persons):
            assert persons[part.stop - 1] != persons[part.stop]


def test_plans_serve_the_next_table_and_parts_do_not_show(monkeypatch):
    pool = PACKS["110000"]
    cases, persons = random_people(pool, random.Random(8), claims=400)
    claims, ready = claims_of(cases, persons), ColumnarPolicy(pool)
    whole = [ready.evaluate(claims, fold=fold) for fold in (True, False)]
    for name, rows in (("FOLDED_ROWS", 90), ("ALONE_ROWS", 90), ("BLOCK_ROWS", 16)):
        monkeypatch.setattr(f"yijie.engines.benefit.columnar.evaluate.{name}", rows)
    for fold, before in zip((True, False), whole, strict=True):
        after = ready.evaluate(claims, fold=fold)
        assert (after.cash == before.cash).all()
        assert (after.refused == before.refused).all()


def test_an_empty_table_has_no_answers():
    answers = evaluate_table(policy(layer(ratio("80%"))), claims_of([], []))
    assert answers.cash.size == 0
