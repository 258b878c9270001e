"""What the engine promises around the sums: refusals, years, entitlements, the trace, a year of visits."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from benefit_kit import (
    REFERRED,
    UNFILED,
    adjuster,
    bands,
    case,
    ceiling,
    deductible,
    layer,
    policy,
    ratio,
    since,
)

from yijie.engines.benefit import (
    Amounts,
    Bucket,
    Years,
    benefit_report,
    check_payers,
    entitlements,
    error_report,
    evaluate,
    policy as policy_module,
    resolve,
    settle_in_order,
)
from yijie.engines.benefit.explain import (
    band_sentence,
    exact_yuan,
    parameter_sentence,
    sentence,
    step_label,
    step_words,
)
from yijie.engines.benefit.refusals import (
    BucketTooLarge,
    CodeUnclear,
    FactUndeclared,
    NegativeAmount,
    NotYetInForce,
    ParameterUnknown,
    PartsDoNotAddUp,
    PayersDoNotAddUp,
    PayersExceedBill,
    RuleNotDeclared,
    ServiceDatesReversed,
    StayCrossesYears,
    YearRuleMissing,
)
from yijie.kernel.codes import CareKind, Fund, Insurance, PersonCategory, SpecialGroup

SIMPLE = policy(layer(ratio("80%")))


# -- cases that cannot be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (case(amounts=Amounts(100, 99)), PartsDoNotAddUp),
        (case(amounts=Amounts(0, -1, 1)), NegativeAmount),
        (case(amounts=Amounts(-1, -1)), NegativeAmount),
        (case("1", account_balance=-1), NegativeAmount),
        (case("1", deductible_paid=-1), NegativeAmount),
        (case("1", stated={"waiver": -1}), NegativeAmount),
        (case("1", buckets={"x": Bucket("eligible", -1)}), NegativeAmount),
        (case("1", buckets={"x": Bucket("eligible", 101)}), BucketTooLarge),
        (case("1", buckets={"x": Bucket("eligible", 1)}), FactUndeclared),
        (case("1", facts={"colour": "red"}), FactUndeclared),
        (case("1", service_to=date(2025, 3, 9)), ServiceDatesReversed),
    ],
)
def test_a_case_that_cannot_be_is_refused(asked, refusal):
    with pytest.raises(refusal):
        evaluate(SIMPLE, asked)


def test_a_disease_or_tier_the_pool_does_not_know_is_refused_where_it_declares_some():
    words = {"words": {"disease": {"tumour": "肿瘤"}, "tier": {"first": "一档"}}}
    rules = policy(layer(ratio({"by": "disease", "tumour": "90%", "none": "80%"})), pool=words)
    assert evaluate(rules, case("1", disease="tumour", tier="first")).pooled_ratio == Fraction(9, 10)
    assert evaluate(rules, case("1")).pooled_ratio == Fraction(8, 10)
    for wrong in ({"disease": "tumor"}, {"tier": "third"}):
        with pytest.raises(FactUndeclared, match="tier=first, disease=tumour"):
            evaluate(rules, case("1", **wrong))
    assert evaluate(SIMPLE, case("1", disease="any", tier="any")).cash == 20


def test_a_case_may_give_the_chinese_name_or_a_disease_code():
    pool = {
        "words": {"disease": {"tuberculosis": "结核病", "drug_resistant": "耐药结核"}, "tier": {"first": "一档"}},
        "disease_codes": {"tuberculosis": ["A15", "A16"], "drug_resistant": ["A15.7"]},
    }
    shares = {"tuberculosis": "70%", "drug_resistant": "90%", "none": "50%"}
    rules = policy(layer(ratio({"by": "disease", **shares})), pool=pool)
    asked = {"结核病": 70, "A16.200": 70, "A15.701": 90, "A15": 70, "J18.900": 50, "": 50, "tuberculosis": 70}
    assert {text: evaluate(rules, case("1", disease=text, tier="一档")).cash for text in asked} == {
        text: 100 - share for text, share in asked.items()
    }


def test_a_code_of_which_nobody_knows_whether_it_is_meant_is_asked_back():
    pool = {"words": {"disease": {"tumour": "肿瘤"}}, "disease_codes": {"tumour": ["C"], "unclear": ["D0"]}}
    rules = policy(layer(ratio({"by": "disease", "tumour": "90%", "none": "80%"})), pool=pool)
    assert evaluate(rules, case("1", disease="C34.900")).cash == 10
    with pytest.raises(CodeUnclear, match=r"D05\.1"):
        evaluate(rules, case("1", disease="D05.1"))


def test_without_a_trace_every_form_decides_alike():
    hours = {"unit": "hour", "amount": since(50)}
    rules = policy(
        layer(
            {"first_amount": {"unit": "visit", "amount": since(3)}},
            {"unit_ceiling": hours},
            ratio("33%"),
            {"guarantee": {"share": since("35%")}},
            {"rounding": {"to": since("jiao")}},
            ceiling("payment", 60),
        ),
        layer({"allowance": {"share": since("50%"), "base": since(99)}}, {"rounding": {"to": since("yuan")}}),
        layer({"covers": {"parts": since(["eligible"])}}, pays_from="personal_account"),
        pool={"units": {"hour": "小时"}},
    )
    asked = case("180.55", units={"hour": 350}, use_account=True, account_balance=1000)
    traced, plain = evaluate(rules, asked), evaluate(rules, asked, trace=False)
    assert (traced._replace(trace=()), len(traced.trace), plain.trace) == (plain, 10, ())


def test_a_silent_case_gets_the_word_the_pool_assumes():
    pool = {"words": {"slip": {"with": "有", "without": "无"}}, "assume": {"slip": "without"}}
    rules = policy(layer(ratio({"by": "slip", "with": "55%", "without": "45%"})), pool=pool)
    assert evaluate(rules, case("100")).funds[Fund.POOLED] == 4500
    assert evaluate(rules, case("100", facts={"slip": "with"})).funds[Fund.POOLED] == 5500


def test_payers_beyond_the_bill_are_refused():
    gross = {"covers": {"seen": "billed", "parts": since(["eligible"])}}
    rules = policy(layer(gross, ratio("70%")), layer(gross, ratio("60%"), pays_from="aid"))
    with pytest.raises(PayersExceedBill, match=r"13000\.00 yuan, more than the bill of 10000\.00"):
        evaluate(rules, case("10000"))
    within = policy(layer(gross, ratio("70%")), layer(gross, ratio("20%"), pays_from="aid"))
    assert evaluate(within, case("10000")).cash == 100000


def test_a_receipt_is_checked():
    check_payers(18268, {"pooled": 8509, "account": 8259, "cash": 1500})  # OUT-09
    with pytest.raises(PayersDoNotAddUp):
        check_payers(18268, {"pooled": 8509})
    with pytest.raises(PayersExceedBill):
        check_payers(650, {"pooled": 1370435})  # REM-08


# -- days and years ----------------------------------------------------------------------------------------------------


def conventions(**year):
    return {"year": {key: since(value) for key, value in year.items()}}


def test_a_stay_across_the_year_belongs_where_the_pool_says():
    stay = case("100", service_from=date(2025, 12, 20), service_to=date(2026, 1, 5))
    dated = [
        {"from": "2000-01-01", "value": "70%", "source": "law"},
        {"from": "2026-01-01", "value": "80%", "source": "law"},
    ]
    rule = layer({"ratio": {"share": dated}})
    answers = {
        word: evaluate(policy(rule, pool=conventions(stay_belongs_to=word)), stay)
        for word in ("discharge", "admission")
    }
    assert [(a.year, a.day, a.funds[Fund.POOLED]) for a in answers.values()] == [
        (2026, date(2026, 1, 5), 8000),
        (2025, date(2025, 12, 20), 7000),
    ]
    split = policy(rule, pool=conventions(stay_belongs_to="split"))
    assert split.years(stay.service_from, stay.service_to) == (2025, 2026)
    with pytest.raises(StayCrossesYears, match="2025/2026"):
        evaluate(split, stay)
    with pytest.raises(YearRuleMissing):
        evaluate(policy(rule), stay)
    assert policy(rule).years(date(2025, 3, 1), date(2025, 3, 9)) == (2025,)


def test_within_a_year_admission_decides_where_the_pool_says_so():
    stay = case("100", service_from=date(2025, 6, 30), service_to=date(2025, 7, 2))
    admission = policy(layer(ratio("80%")), pool=conventions(stay_belongs_to="admission"))
    assert evaluate(admission, stay).day == date(2025, 6, 30)
    assert evaluate(SIMPLE, stay).day == date(2025, 7, 2)


def test_a_year_may_begin_in_july():
    rules = policy(layer(ratio("80%")), pool=conventions(begins="07-01"))
    assert [rules.year_of(day) for day in (date(2025, 6, 30), date(2025, 7, 1))] == [2024, 2025]


def test_a_split_stay_is_settled_as_two_cases_of_which_the_later_continues():
    rules = policy(layer(deductible(800), ratio("80%")), pool=conventions(stay_belongs_to="split"))
    parts = [
        case("500", service_from=date(2025, 12, 20), service_to=date(2025, 12, 31)),
        case("9000", service_from=date(2026, 1, 1), service_to=date(2026, 1, 5), continues=True),
    ]
    first, second = settle_in_order(rules, parts, Years())
    assert (first.deductible, second.deductible) == (50000, 30000)
    assert (first.year, second.year) == (2025, 2026)
    assert "count.inpatient" not in second.deltas


def test_rules_begin_end_and_are_silent():
    history = [
        {"from": "2010-01-01", "to": "2012-12-31", "value": "50%", "source": "law"},
        {"from": "2013-01-01", "value": "none", "source": "law"},
        {"from": "2020-01-01", "to": "2024-12-31", "value": "80%", "source": "law"},
    ]
    rules = policy(layer({"ratio": {"share": history}}))
    shares = {year: evaluate(rules, case("100", day=f"{year}-06-01")).pooled_ratio for year in (2011, 2015, 2021, 2025)}
    assert shares == {2011: Fraction(1, 2), 2015: None, 2021: Fraction(4, 5), 2025: None}
    with pytest.raises(NotYetInForce, match=r"before 2010-01-01 and the day that counts is 2009-06-01"):
        evaluate(rules, case("100", day="2009-06-01"))


def test_a_change_of_form_ends_one_step_and_begins_another():
    old = {
        "bands": {
            "measured_on": "cost",
            "schedule": [
                {"from": "2000-01-01", "to": "2019-12-31", "source": "law", "value": [{"over": 0, "share": "50%"}]}
            ],
        }
    }
    new = {"ratio": {"share": [{"from": "2020-01-01", "value": "80%", "source": "law"}]}}
    for rules in (policy(layer(old, new)), policy(layer(new, old))):
        shares = [evaluate(rules, case("100", day=day)).pooled_ratio for day in ("2019-12-31", "2020-01-01")]
        assert shares == [Fraction(1, 2), Fraction(4, 5)]
        with pytest.raises(NotYetInForce):
            evaluate(rules, case("100", day="1999-12-31"))


def test_a_deductible_that_begins_later_is_silent_before_unless_it_says_none():
    late = {"deductible": {"amount": [{"from": "2020-01-01", "value": 100, "source": "law"}]}}
    with pytest.raises(NotYetInForce):
        evaluate(policy(layer(late, ratio("80%"))), case("1000", day="2015-01-01"))
    said = {
        "deductible": {
            "amount": [
                {"from": "2000-01-01", "value": "none", "source": "law"},
                {"from": "2020-01-01", "value": 100, "source": "law"},
            ]
        }
    }
    rules = policy(layer(said, ratio("80%")))
    assert [evaluate(rules, case("1000", day=day)).deductible for day in ("2015-01-01", "2020-01-01")] == [0, 10000]


def test_the_pool_answers_for_its_conventions():
    pool = {
        "catalogue": {"direct": since("care_region"), "manual": since("unknown", note="未查明")},
        "first_self_pay": {"direct": since("home_region")},
    }
    rules = policy(layer(ratio("80%")), pool=pool)
    day = date(2025, 1, 1)
    assert (rules.catalogue_of("direct", day), rules.first_self_pay_of("direct", day)) == ("care_region", "home_region")
    with pytest.raises(ParameterUnknown, match="未查明"):
        rules.catalogue_of("manual", day)
    with pytest.raises(RuleNotDeclared, match=r"first_self_pay\.manual"):
        rules.first_self_pay_of("manual", day)


# -- entitlements ------------------------------------------------------------------------------------------------------


def test_every_payer_says_whether_it_applies_and_why_not():
    ended = [{"from": "2000-01-01", "to": "2019-12-31", "value": "80%", "source": "law"}]
    reason = since({"zh": "须先备案", "en": "file first"})
    rules = policy(
        inpatient=layer(ratio("80%"), when={"care": "inpatient", "category": ["working", "retired"]}),
        old=layer({"ratio": {"share": ended}}, pays_from="company"),
        children=layer(ratio("50%"), pays_from="aid", when={"age": "0-17"}),
        poor=layer(ratio("50%"), pays_from="aid", when={"group": ["subsistence", "extremely_poor"]}),
        remote=adjuster({"refuse": {"reason": reason}}, when={"remote": "unfiled"}),
    )
    asked = case(
        birth_date=date(1970, 1, 1), category=PersonCategory.ADULT, groups=frozenset({SpecialGroup.SUBSISTENCE})
    )
    answers = {answer.layer: answer for answer in entitlements(rules, asked)}
    assert [answers[name].applies for name in ("inpatient", "old", "children", "poor")] == [False, False, False, True]
    assert answers["inpatient"].reason.zh == "限于人员类别：在职、退休"
    assert answers["children"].reason.en == "only for age: 0-17"
    assert answers["old"].reason.en == "no pay rule is in force on the day"
    assert (answers["poor"].payer, answers["poor"].reason) == ("aid", None)
    unfiled = entitlements(rules, replace(asked, category=PersonCategory.WORKING, remote=UNFILED))
    assert (unfiled[0].applies, unfiled[0].reason.zh) == (False, "须先备案")


# -- the trace ---------------------------------------------------------------------------------------------------------

EVERYTHING = policy(
    layer(
        {"covers": {"parts": since(["eligible"]), "without": since(["drugs"])}},
        {"first_share": {"share": since("10%")}},
        ceiling("cost", 100000, per="visit"),
        deductible({"by": "group", "subsistence": 500, "else": 1000}, again_every=since(90)),
        ceiling("excess", 90000),
        bands((10000, "80%"), (None, {"by": "level", "tertiary": "90%", "else": "95%"})),
        {"own_share": {"times": since("80%")}},
        {"factor": {"times": since("0.99")}},
        {"points": {"add": since("-1.5%"), "least": since("50%"), "most": since("100%", note="封顶 100%")}},
        {"guarantee": {"share": since("10%")}},
        ceiling("payment", 5000),
    ),
    layer({"exclude": {"reason": since({"zh": "已停办", "en": "closed"})}}, ratio("50%"), pays_from="company"),
    layer({"stated": {"name": "waiver", "reason": since({"zh": "减免", "en": "waiver"})}}, pays_from="hospital"),
    layer({"covers": {"parts": since(["eligible"])}}, pays_from="personal_account"),
    pool={"buckets": {"drugs": "特药"}},
)


def test_every_step_is_told_in_both_languages_with_its_source():
    asked = case(
        "20000",
        out="100",
        stated={"waiver": 1000},
        use_account=True,
        account_balance=700,
        groups=frozenset({SpecialGroup.SUBSISTENCE}),
    )
    benefit = evaluate(EVERYTHING, asked)
    assert (benefit.hospital_borne, benefit.personal_account) == (1000, 700)
    told = [step.step for step in benefit.trace]
    assert told == [
        "covers", "first_share", "cost_ceiling", "deductible", "excess_ceiling", "own_share", "factor", "points",
        "bands", "guarantee", "payment_ceiling", "exclude", "stated", "account",
    ]  # fmt: skip
    zh = {step.step: f"{step_label(step, 'zh')}：{sentence(step, 'zh')}" for step in benefit.trace}
    assert zh["deductible"] == "起付线：应付 500.00 元，此前已付 0.00 元，本次扣除 500.00 元"
    assert zh["own_share"] == "个人负担比例折算：× 80%，支付比例 80% / 90% → 84% / 92%"
    assert zh["points"] == "支付比例增减：-1.5 个百分点，支付比例 83.16% / 91.08% → 81.66% / 89.58%"
    assert zh["account"] == "个人账户支付：可由账户支付 14990.00 元，余额 7.00 元，支付 7.00 元"
    unused = evaluate(EVERYTHING, replace(asked, use_account=False)).trace[-1]
    assert step_words(unused, "zh") == "个人账户支付：可由账户支付 14990.00 元，本次未使用账户"
    assert step_words(unused, "en") == "personal account: the account may pay 14990.00 yuan; it was not used this time"
    paying = next(step for step in benefit.trace if step.step == "bands")
    assert [band_sentence(band, "en") for band in paying.bands] == [
        "0.00 – 10000.00: 9500.00 × 81.66% = 7757.70",
        "10000.00 – upwards: 8000.00 × 89.58% = 7166.40",
    ]
    (use,) = paying.uses
    assert parameter_sentence(use, "bands", EVERYTHING.vocabulary, "zh") == (
        "各段比例 80% / 90%（医院等级=三级），自 2000-01-01 起；来源：办法 [B]"
    )
    for step in benefit.trace:
        for used in step.uses:
            words = parameter_sentence(used, step.step, EVERYTHING.vocabulary, "en")
            assert "since 2000-01-01; source: 办法 [B]" in words
            assert used.entry.place.file.startswith("pool/layer")


def test_of_several_rules_that_change_a_ratio_each_is_told_apart():
    rules = policy(
        layer(
            ratio("85%"),
            {"points": {"add": since({"by": "age", "0-69": "0%", "70+": "6%"})}},
            {"own_share": {"when": {"class": "famous"}, "times": since("110%")}},
        ),
        remote=adjuster({"points": {"add": since("-10%")}}, when={"relation": "cross_province"}),
        pool={"words": {"class": {"famous": "名医馆"}}},
    )
    asked = case("100", birth_date=date(1950, 1, 1), remote=REFERRED, facts={"class": "famous"})
    told = benefit_report(rules, evaluate(rules, asked))["trace"]
    changed = [step for step in told if step["ratios_before"]]
    assert [step["zh"] for step in changed] == [
        "支付比例增减：+6 个百分点（年龄=75），支付比例 85% → 91%",
        "个人负担比例折算：× 110%（class=名医馆），支付比例 91% → 90.1%",
        "支付比例增减：-10 个百分点（就医地=跨省异地），支付比例 90.1% → 80.1%",
    ]
    assert changed[2]["en"] == "percentage points: -10 (place of care=cross province), ratio 90.1% → 80.1%"
    assert [step["parameters"][0]["chosen_by"] for step in changed] == [
        {"age": 75}, {"class": "famous"}, {"relation": "cross_province"},
    ]  # fmt: skip


def test_without_a_trace_the_sums_are_the_same():
    asked = case("20000", out="100", stated={"waiver": 1000}, groups=frozenset({SpecialGroup.SUBSISTENCE}))
    assert evaluate(EVERYTHING, asked, trace=False) == evaluate(EVERYTHING, asked)._replace(trace=())


def test_a_step_knows_the_dimensions_it_depends_on():
    steps = {step.name: step.dimensions for step in EVERYTHING.layers[0].steps}
    assert (steps["deductible"], steps["bands"], steps["first_share"]) == ({"group"}, {"level"}, set())
    table = {"by": "remote", "local": "80%", "else": {"by": "relation", "cross_province": "60%", "else": "70%"}}
    ((step,),) = [
        each.steps for each in policy(layer({"ratio": {"when": {"age": "60+"}, "share": since(table)}})).layers
    ]
    assert step.dimensions == {"age", "remote", "relation"}


def test_a_report_is_plain_data_with_every_figure():
    benefit = evaluate(EVERYTHING, case("20000", groups=frozenset({SpecialGroup.SUBSISTENCE})))
    report = benefit_report(EVERYTHING, benefit)
    assert report["funds"] == {"pooled": "5000.00", "company": "0.00"}
    assert (report["total"], report["cash"], report["pooled_ratio"]) == ("20000.00", "15000.00", "85.2806%")
    assert report["accumulator_deltas"]["count.inpatient"] == 1
    assert report["accumulator_deltas"]["layer1.paid"] == "5000.00"
    deducted = next(step for step in report["trace"] if step["step"] == "deductible")
    assert deducted["parameters"][0]["chosen_by"] == {"group": ["subsistence"]}
    assert deducted["parameters"][0]["written_at"].startswith("pool/layer1.yaml:")
    values = {use["name"]: use["value"] for step in report["trace"] for use in step["parameters"]}
    assert values["again_every"] == "90"
    assert values["without"] == "drugs"
    assert values["most"] == "100%"
    assert [layer["layer"] for layer in report["layers"]] == ["layer1", "layer3", "layer4"]
    nothing = benefit_report(EVERYTHING, evaluate(policy(layer(ratio("80%"), when={"care": "chronic"})), case("1")))
    assert nothing["pooled_ratio"] is None


def test_an_error_is_reported_with_its_code():
    with pytest.raises(PartsDoNotAddUp) as refused:
        evaluate(SIMPLE, case(amounts=Amounts(100, 90, 5, 3, 1)))
    report = error_report("x", refused.value)
    assert (report["id"], report["error"]["code"]) == ("x", "benefit.parts_do_not_add_up")
    assert "0.99" in report["error"]["zh"]


@pytest.mark.parametrize(
    ("fen", "text"), [(Fraction(100), "1.00"), (Fraction(1, 2), "0.005"), (Fraction(123450), "1234.50")]
)
def test_unrounded_sums_are_shown_exactly(fen, text):
    assert exact_yuan(fen) == text


# -- a year of visits --------------------------------------------------------------------------------------------------


def test_visits_fold_into_the_year_of_their_insurance():
    rules = policy(
        layer(deductible(300, charged="once_a_year"), ratio("50%")),
        layer({"covers": {"parts": since(["eligible"])}}, pays_from="personal_account"),
    )
    account = {"use_account": True, "account_balance": 30000}
    years = Years()
    visits = [
        case("200", accumulators={"layer1.deductible": 10000}, **account),
        case("100", day="2025-04-01", **account),
        case("100", day="2026-04-01", **account),
        case("100", day="2026-05-01", insurance=Insurance.RESIDENT, **account),
    ]
    answers = list(settle_in_order(rules, visits, years))
    assert [answer.deductible for answer in answers] == [20000, 0, 10000, 10000]
    assert [answer.personal_account for answer in answers] == [20000, 5000, 5000, 0]
    assert years.known[Insurance.EMPLOYEE, 2025]["layer1.deductible"] == 30000
    assert set(years.known) == {
        (Insurance.EMPLOYEE, 2025),
        (Insurance.EMPLOYEE, 2026),
        (Insurance.RESIDENT, 2026),
    }


def test_what_is_remembered_stays_bounded(monkeypatch):
    monkeypatch.setattr(resolve, "PLANS_MAX", 2)
    monkeypatch.setattr(policy_module, "CHARGED_MAX", 2)
    rules = policy(layer(deductible({"by": "ordinal", "1": 100, "2+": 50}), ratio("80%")))
    for ordinal in (1, 2, 3, 1):
        for day in ("2025-03-01", "2025-03-02", "2025-03-03"):
            asked = case("1000", day=day, accumulators={"count.inpatient": ordinal - 1})
            assert evaluate(rules, asked).deductible == (10000 if ordinal == 1 else 5000)
            assert len(rules.plans) <= 2
            assert len(rules.charged) <= 2


def test_outpatient_visits_do_not_count_as_stays():
    rules = policy(layer(ratio("80%")))
    benefit = evaluate(rules, case("100", care=CareKind.OUTPATIENT, remote=REFERRED))
    assert benefit.deltas["count.outpatient"] == 1
    assert benefit.deltas["count.outpatient.referral"] == 1
    assert "count.inpatient" not in benefit.deltas
