"""The compiled form of a policy answers and refuses as the traced evaluation does: every sum and every word."""

import random
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from benefit_kit import LOCAL, REFERRED, UNFILED, bands, case, ceiling, deductible, layer, policy, ratio, since
from hypothesis import given, strategies as st
from random_claims import PACKS, random_people
from test_catalogue import QINGDAO, asked
from test_properties import policies, visits

from yijie.engines.benefit import Bucket, Years, evaluate, load_policy, settle_all
from yijie.engines.benefit.compiled import kinds, programs
from yijie.engines.benefit.loading import read_text_file
from yijie.engines.benefit.read_cases import read_cases
from yijie.kernel.codes import CareKind, Fund, HospitalLevel, Insurance, Relation, SpecialGroup
from yijie.kernel.errors import BrokenInvariant, YijieError

GOLDEN = sorted(path.parent for path in (Path(__file__).parents[1] / "golden").glob("*/case.yaml"))
REASON = {"zh": "不予支付", "en": "not paid"}
HOURS = {"units": {"hour": "小时", "child": "婴儿"}, "buckets": {"drugs": "药品", "devices": "器械"}}


def told(answer):
    """An answer without its trace, or what a refusal says."""
    return (answer.code, str(answer)) if isinstance(answer, YijieError) else answer._replace(trace=())


def same(rules, visits):
    """One person's visits by both, each with its own years; the number that were settled."""
    one, other = (list(settle_all(rules, visits, Years(), trace)) for trace in (True, False))
    assert [told(answer) for answer in one] == [told(answer) for answer in other]
    assert all(answer.trace == () for answer in other if not isinstance(answer, YijieError))
    return sum(not isinstance(answer, YijieError) for answer in one)


@given(policies(), st.lists(visits, min_size=1, max_size=5), st.integers(0, 31))
def test_random_policies_and_years(rules, year, continuing):
    visits = [replace(visit, continues=bool(continuing >> at & 1)) for at, visit in enumerate(year)]
    assert same(rules, visits) == len(year)


@pytest.mark.parametrize("rules", PACKS.values(), ids=lambda rules: rules.name.en)
def test_years_under_the_real_packs(rules):
    cases, persons = random_people(rules, random.Random(71), claims=400)
    stands = zip(persons, cases, strict=True)
    assert sum(same(rules, [case for _, case in own]) for _, own in groupby(stands, lambda one: one[0]))


@pytest.mark.parametrize("example", GOLDEN, ids=lambda path: path.name)
def test_published_cases(example):
    read = read_cases(read_text_file(example / "case.yaml"), "case.yaml")
    rules = load_policy(example / "policy")
    for year in [read.cases] if read.one_person else [[visit] for visit in read.cases]:
        same(rules, year)


EVERY_STEP = policy(
    layer({"stated": {"name": "waiver", "reason": since(REASON)}}, pays_from="hospital"),
    layer({"stated": {"name": "gift", "reason": since(REASON)}}, pays_from="pooled"),
    layer(
        {"covers": {"parts": since(["eligible"]), "without": since(["drugs"])}},
        {"exclude": {"when": {"remote_ordinal": "3+"}, "reason": since(REASON)}},
        {"first_share": {"share": since("10%")}},
        {"first_amount": {"unit": "hour", "amount": since(15)}},
        ceiling("cost", 80_000),
        {"unit_ceiling": {"unit": "hour", "amount": since(900), "per": "month", "most": since(30)}},
        {"unit_ceiling": {"unit": "hour", "amount": since(800)}},
        {"unit_ceiling": {"unit": "hour", "amount": since(700), "per": "day", "most": since(29)}},
        deductible(600, repeat_minus=since(100), least=since(200), again_every=since(30)),
        ceiling("excess", 7000, per="quarter"),
        bands((1_000, "50%"), (5_000, "70%"), (None, "90%")),
        {"points": {"when": {"remote": "referral"}, "add": since("-10%")}},
        {"guarantee": {"share": since("45%")}},
        {"rounding": {"to": since("jiao")}},
        ceiling("payment", 4000, per="month", each="group"),
    ),
    layer(
        {"covers": {"parts": since(["unpaid_over_ceiling"])}},
        deductible(10, subtracted="after_ratio"),
        ratio("60%"),
        pays_from="large_amount",
    ),
    layer(
        {"covers": {"parts": since(["beyond_ceiling"])}},
        {"phases": {"unit": "hour", "schedule": since([{"over": 0, "to": 10, "share": "60%", "most": 50},
                                                       {"over": 10, "share": "30%"}])}},
        ceiling("payment", 60),
        pays_from="large_amount",
    ),
    layer(
        {"covers": {"parts": since(["beyond_ceiling"])}},
        {"bands": {"measured_on": "excess", "over": "year",
                   "schedule": since([{"over": 0, "to": 10, "share": "60%"}, {"over": 10, "share": "30%"}])}},
        ceiling("payment", 50),
        pays_from="major_illness",
    ),
    layer(
        {"covers": {"parts": since(["beyond_ceiling"])}},
        {"phases": {"over": "year", "schedule": since([{"over": 0, "share": "30%"}])}},
        pays_from="civil_servant",
    ),
    layer(
        {"covers": {"seen": "billed", "parts": since(["eligible", "not_covered"]),
                    "partly": since(["first_self_pay", "devices"]), "partly_share": since("30%")}},
        deductible(100, charged="once_a_year"),
        {"rate": {"unit": "hour", "amount": since(20), "per": "quarter", "most": since(25)}},
        pays_from="other",
    ),
    layer(
        {"covers": {"parts": since(["drugs", "devices"])}},
        deductible(3, subtracted="apart"),
        {"ratio": {"share": since("50%"), "per_year_of_age": since("0.2%")}},
        {"factor": {"times": since("0.9")}},
        pays_from="aid",
    ),
    layer({"allowance": {"share": since("70%"), "stated_as": "wage", "days": since(98), "divided_by": since(30),
                         "least": since(2000), "most": since(9000)}},
          {"more_days": {"for_each": "child", "days": since(15)}}, {"more_days": {"days": since(3)}}),
    layer({"allowance": {"share": since("70%"), "base": since(100), "unit": "hour"}},
          {"rounding": {"to": since("yuan"), "direction": "up"}}, ceiling("payment", 300)),
    layer({"allowance": {"share": since("70%"), "base": since(100)}}),
    layer(ceiling("payment", 300, per="day"), pays_from="personal_account"),
    layer({"covers": {"parts": since(["not_covered"])}}, pays_from="personal_account"),
    pool=HOURS,
)  # fmt: skip
TOLD = {"units": {"hour": 1250, "child": 200}, "stated": {"wage": 800_000, "waiver": 5_000, "gift": 700}}
BORN = {"birth_date": date(1960, 2, 29)}
POOR = {"groups": frozenset({SpecialGroup.SUBSISTENCE, SpecialGroup.DISABLED})}
ACCOUNT = {"use_account": True, "account_balance": 90_000}
MARKED = {"buckets": {"drugs": Bucket("eligible", 200_000), "devices": Bucket("not_covered", 9_000)}, "out": "500"}


EVERY_VISIT = [
    case("9000", **TOLD, **BORN, **ACCOUNT, remote=UNFILED),
    case("90000", **TOLD, **BORN, **POOR, **MARKED, **ACCOUNT, first="30", remote=UNFILED, day="2025-03-11"),
    case("19000", **TOLD, **BORN, **POOR, remote=UNFILED, day="2025-04-11"),
    case("300", out="50", **TOLD, **BORN, **ACCOUNT, remote=LOCAL, day="2025-04-12", prepaid=100_000),
    case("9000", **TOLD, **BORN, **POOR, continues=True, remote=REFERRED, day="2025-04-30"),
    case("9000", **TOLD, **BORN, **MARKED, **ACCOUNT, care=CareKind.CHRONIC, channel="manual", day="2025-05-01"),
    case("0", **TOLD, **BORN, out="777", day="2025-05-02"),
]


def test_every_step_in_one_policy():
    assert same(EVERY_STEP, EVERY_VISIT) == len(EVERY_VISIT)
    assert all(same(EVERY_STEP, [visit]) for visit in EVERY_VISIT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amounts": replace(case("10").amounts, total=1)},
        {"amounts": replace(case("10").amounts, total=900, not_covered=-100)},
        {"service_to": date(2025, 3, 9)},
        {"prepaid": -1},
        {"units": {"child": 200}},
        {"units": {"hour": 1, "child": -1}},
        {"stated": {}},
        {"stated": {"wage": 1, "waiver": 900_000_000}},
        {"birth_date": None},
        {"facts": {"colour": "red"}},
        {"disease": "J18.900"},
        {"amounts": replace(case("10").amounts, buckets={"shoes": Bucket("eligible", 1)})},
        {"amounts": replace(case("10").amounts, buckets={"drugs": Bucket("eligible", 10**9)})},
    ],
    ids=str,
)
def test_refusals_are_the_same_and_what_follows_is_settled(wrong):
    right = case("9000", **TOLD, **BORN)
    assert same(EVERY_STEP, [right, replace(right, **wrong), right]) in (2, 3)


@pytest.mark.parametrize("part", ["eligible", "first_self_pay", "over_ceiling", "not_covered"])
def test_each_part_below_zero_is_refused_alike(part):
    right = case("9000", first="30", over="20", out="10")
    rest = right.amounts.total - getattr(right.amounts, part)
    wrong = replace(right, amounts=replace(right.amounts, total=rest - 1, **{part: -1}))
    assert same(policy(layer(ratio("80%"))), [right, wrong, right]) == 2


@pytest.mark.parametrize("part", ["first_self_pay", "over_ceiling", "not_covered"])
def test_a_total_that_takes_a_part_off_is_refused_alike(part):
    right = case("9000", first="30", over="20", out="10")
    total = right.amounts.total - 2 * getattr(right.amounts, part)
    wrong = replace(right, amounts=replace(right.amounts, total=total))
    assert same(policy(layer(ratio("80%"))), [right, wrong, right]) == 2


@pytest.mark.parametrize("figure", ["account_balance", "deductible_paid", "prepaid"])
def test_each_figure_below_zero_is_refused_alike(figure):
    right = case("9000", first="30", over="20", out="10")
    assert same(policy(layer(ratio("80%"))), [replace(right, **{figure: -1})]) == 0


def test_what_a_layer_leaves_out_stays_for_the_one_that_names_it():
    rules = policy(
        layer({"covers": {"parts": since(["eligible"]), "without": since(["drugs"])}}, ratio("80%")),
        layer({"covers": {"parts": since(["drugs"])}}, ratio("50%"), pays_from="aid"),
        pool={"buckets": {"drugs": "药品"}},
    )
    visit = case("1000", buckets={"drugs": Bucket("eligible", 90_000)})
    assert same(rules, [visit]) == 1
    assert evaluate(rules, visit).funds[Fund.AID] == 45_000


def test_a_stated_sum_beyond_what_its_layer_sees_is_taken_off_the_rest():
    given = {"stated": {"name": "gift", "reason": since(REASON)}}
    rules = policy(
        layer({"covers": {"parts": since(["eligible"])}}, given, pays_from="other"),
        layer({"covers": {"parts": since(["not_covered"])}}, ratio("100%"), pays_from="aid"),
    )
    visit = case("5", out="20", stated={"gift": 700})
    assert same(rules, [visit]) == 1
    assert evaluate(rules, visit).funds[Fund.AID] == 1_800


def test_a_phase_may_pay_at_most_what_the_level_says():
    most = {"by": "level", "tertiary": 50, "else": 40}
    rules = policy(layer({"phases": {"schedule": since([{"over": 0, "share": "60%", "most": most}])}}))
    visits = [case("900", level=level) for level in (HospitalLevel.TERTIARY, HospitalLevel.SECONDARY)]
    assert same(rules, visits) == 2
    assert [evaluate(rules, visit).funds[Fund.POOLED] for visit in visits] == [3_000, 2_400]


def test_every_year_of_age_counts_where_nothing_else_looks_at_it():
    rules = policy(layer({"ratio": {"share": since("50%"), "per_year_of_age": since("0.2%")}}))
    ages = [case("9000", birth_date=date(year, 1, 1)) for year in (1960, 1950, 1960, 1940)]
    assert same(rules, ages) == len(ages)


def test_what_a_policy_does_not_know_is_refused_only_where_it_matters():
    account = layer({"covers": {"parts": since("unknown", note="未查明")}}, pays_from="personal_account")
    rows = bands((1000, "50%"), (None, "unknown"))
    rows["bands"]["schedule"][0]["note"] = "未查明"
    rules = policy(layer(rows), account)
    assert same(rules, [case("900"), case("2000"), case("900", use_account=True, account_balance=5)]) == 1


def test_numbers_keep_cases_apart_where_the_policy_cuts_them():
    by_age = since({"by": "age", "0-17": "50%", "18-59": "60%", "60+": "70%"})
    own = {"words": {"disease": {"tumour": "肿瘤"}, "tier": {"first": "一档"}}, "disease_codes": {"tumour": ["C"]}}
    rules = policy(
        layer(
            {"refuse": {"when": {"ordinal": "9+"}, "reason": since(REASON)}},
            deductible({"by": "remote_ordinal", "1": 10, "2+": 20}),
            {"ratio": {"share": by_age}},
            {"points": {"when": {"disease": "tumour"}, "add": since("5%")}},
            {"points": {"when": {"tier": "first"}, "add": since("1%")}},
        ),
        pool=own,
    )
    births = [date(2025, 1, 1) for _ in "1"] + [date(year, 3, 10) for year in (2030, 2028, 2008, 2007, 1965, 1900)]
    seen = [case("100", birth_date=born, remote=remote, disease=disease, tier=tier)
            for born in births for remote in (LOCAL, REFERRED)
            for disease in ("", "tumour", "C34", "肿瘤", "J18.9") for tier in ("", "first", "second")]  # fmt: skip
    assert sum(same(rules, [one]) for one in seen) > 0
    old = {"birth_date": births[-1], "tier": "first"}
    again = [case("100", **old, accumulators={"count.inpatient": n}) for n in (0, 1, 7, 8, 500)]
    assert sum(same(rules, [one]) for one in again) == 3


@pytest.mark.parametrize("channel", ["direct", "manual"])
def test_the_catalogue_that_counts_grades_the_bill(channel):
    assert same(QINGDAO, [asked(channel)]) == 1


def test_programs_remembered_stay_bounded(monkeypatch):
    monkeypatch.setattr(programs, "PROGRAMS_MAX", 2)
    monkeypatch.setattr(programs, "TEXTS_MAX", 1)
    monkeypatch.setattr(programs, "CHARGED_MAX", 2)
    monkeypatch.setattr(kinds, "MEANT_MAX", 2)
    own = {"words": {"disease": {"tumour": "肿瘤"}}, "disease_codes": {"tumour": ["C"]}}
    rules = policy(layer(ratio("80%")), layer(ratio("80%"), when={"disease": "tumour"}, pays_from="other"), pool=own)
    for disease in ("tumour", "C1", "C2", "", "J1"):
        for day in ("2025-03-01", "2025-03-02", "2025-03-03"):
            assert same(rules, [case("1000", disease=disease, day=day)]) == 1
            assert same(rules, [case("1000", **MARKED, disease=disease, day=day)]) in (0, 1)


def test_a_program_refuses_to_hand_out_what_nobody_can_pay():
    with pytest.raises(BrokenInvariant):
        programs.nobody_below_nothing(-1, "case")


def test_the_text_of_a_program_holds_no_word_of_the_policy(monkeypatch):
    written = []
    monkeypatch.setattr(programs, "_makers", {})
    monkeypatch.setattr(programs, "compile", lambda text, *rest: written.append(text) or compile(text, *rest), False)
    nasty = 'x\'); import os  # """'
    rules = policy(layer(ratio("80%"), ceiling("payment", 100, counter=nasty)))
    assert same(rules, [case("1000", id=nasty), case("90")]) == 2
    assert written
    assert not any("import" in text or "layer1" in text for text in written)


def test_kinds_look_only_at_what_the_policy_asks():
    rules = policy(layer(ratio("80%")))
    one, other = case("1"), case("2", insurance=Insurance.RESIDENT, birth_date=date(1990, 1, 1), remote=REFERRED)
    kind = kinds.kind_by(rules)
    assert (kind(one, 3) == kind(other, 3)) is ("insurance" not in str(rules.layers[0].condition.keys))
    away = policy(layer(ratio({"by": "relation", "local": "80%", "else": "60%"})))
    assert kinds.kind_by(away)(one, 3) != kinds.kind_by(away)(other, 3)
    assert other.remote.relation is not Relation.LOCAL


def test_layers_that_share_a_limit_see_what_the_one_before_has_moved():
    shared = {"per": "year", "counter": "both", "amount": since(300)}
    first = layer(ratio("50%"), {"payment_ceiling": shared})
    second = layer(ratio("50%"), {"payment_ceiling": shared}, pays_from="large_amount")
    rules = policy(first, second)
    assert same(rules, [case("400"), case("100"), case("900")]) == 3
    assert evaluate(rules, case("400"), trace=False).deltas["both.paid"] == 300_00
