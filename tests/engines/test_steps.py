"""Every form of rule that published policies use, one by one, with figures that can be checked in the head."""

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

from yijie.engines.benefit import Bucket, Remote, apply_deltas, evaluate
from yijie.engines.benefit.refusals import CareRefused, FactMissing, NoRuleForCase, NothingSaid, ParameterUnknown
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    Fund,
    HospitalLevel,
    PersonCategory,
    Relation,
    RemoteSituation,
    SpecialGroup,
)
from yijie.kernel.money import yuan


def pooled(rules, asked):
    """What the pooled fund pays, in yuan."""
    return yuan(evaluate(rules, asked).funds[Fund.POOLED])


def taken(rules, asked):
    """The deductible taken, in yuan."""
    return yuan(evaluate(rules, asked).deductible)


def nth(ordinal, **more):
    """A case with enough cost that is the ``ordinal``-th stay of the year."""
    return case("10000", accumulators={"count.inpatient": ordinal - 1}, **more)


# -- deductible ------------------------------------------------------------------------------------------------------


def test_table_by_level_and_ordinal():
    table = {
        "by": "level",
        "tertiary": {"by": "ordinal", "1": 650, "2": 550, "3": 350, "4+": 0},
        "secondary": {"by": "ordinal", "1": 460, "2+": 320},
    }
    rules = policy(layer(deductible(table), ratio("80%")))
    assert [taken(rules, nth(n)) for n in (1, 2, 3, 4, 9)] == ["650.00", "550.00", "350.00", "0.00", "0.00"]
    assert taken(rules, nth(2, level=HospitalLevel.SECONDARY)) == "320.00"


def test_half_from_the_second_stay_except_in_the_community():
    repeat = since({"by": "level", "community": "100%", "else": "50%"})
    amount = {"by": "level", "community": 200, "else": 800}
    rules = policy(layer(deductible(amount, repeat_times=repeat), ratio("80%")))
    assert [taken(rules, nth(n)) for n in (1, 2, 3)] == ["800.00", "400.00", "400.00"]
    assert taken(rules, nth(2, level=HospitalLevel.COMMUNITY)) == "200.00"


def test_a_hundred_less_with_every_stay_down_to_a_floor():
    rules = policy(layer(deductible(600, repeat_minus=since(100), least=since(300)), ratio("80%")))
    assert [taken(rules, nth(n)) for n in (1, 2, 3, 4, 5)] == ["600.00", "500.00", "400.00", "300.00", "300.00"]


def test_a_tenth_less_with_every_stay_down_to_a_floor():
    rules = policy(layer(deductible(800, repeat_minus_share=since("10%"), least=since(620)), ratio("80%")))
    assert [taken(rules, nth(n)) for n in (1, 2, 3, 4)] == ["800.00", "720.00", "640.00", "620.00"]


def test_a_floor_above_the_first_deductible_does_not_raise_it():
    rules = policy(layer(deductible(100, repeat_minus=since(10), least=since(500)), ratio("80%")))
    assert [taken(rules, nth(n)) for n in (1, 2)] == ["100.00", "100.00"]


def test_once_a_year_tops_up_to_the_highest_level_used():
    amount = {"by": "level", "community": 300, "tertiary": 1500, "else": 600}
    rules = policy(layer(deductible(amount, charged="once_a_year"), ratio("80%")))
    assert taken(rules, case("10000", accumulators={"layer1.deductible": 30000})) == "1200.00"
    assert taken(rules, case("10000", accumulators={"layer1.deductible": 150000})) == "0.00"
    community = case("10000", level=HospitalLevel.COMMUNITY, accumulators={"layer1.deductible": 150000})
    assert taken(rules, community) == "0.00"


def test_another_deductible_after_every_ninety_days_of_one_stay():
    days = since({"by": "disease", "tuberculosis": 180, "else": 90})
    rules = policy(
        layer(deductible(1600, again_every=days), ratio("80%")),
        pool={"words": {"disease": {"tuberculosis": "结核病"}}},
    )

    def stay(days_in_hospital, **more):
        start = date(2025, 1, 1)
        end = date.fromordinal(start.toordinal() + days_in_hospital)
        return case("50000", **({"service_from": start, "service_to": end} | more))

    assert [taken(rules, stay(n)) for n in (0, 90, 91, 180, 181)] == [
        "1600.00",
        "1600.00",
        "3200.00",
        "3200.00",
        "4800.00",
    ]
    assert taken(rules, stay(181, disease="tuberculosis")) == "3200.00"


def test_waived_for_a_disease_and_once_a_year_for_another():
    rules = policy(
        layer(
            {"deductible": {"when": {"disease": "psychiatric"}, "amount": since(0)}},
            {
                "deductible": {
                    "when": {"disease": "tumour"},
                    "charged": "once_a_year",
                    "counter": "tumour",
                    "amount": since(600),
                }
            },
            deductible(600),
            ratio("80%"),
        ),
        pool={"words": {"disease": {"psychiatric": "精神病", "tumour": "肿瘤"}}},
    )
    assert taken(rules, case("9000", disease="psychiatric")) == "0.00"
    first = evaluate(rules, case("9000", disease="tumour"))
    assert (yuan(first.deductible), first.deltas["tumour.deductible"]) == ("600.00", 60000)
    assert taken(rules, case("9000", disease="tumour", accumulators=first.deltas)) == "0.00"
    assert taken(rules, case("9000", accumulators=first.deltas)) == "600.00"


def test_waived_for_a_person_group():
    amount = {"by": "group", "extremely_poor, three_nones": 0, "subsistence": 300, "else": 600}
    rules = policy(layer(deductible(amount), ratio("80%")))
    assert taken(rules, case("9000", groups=frozenset({SpecialGroup.EXTREMELY_POOR}))) == "0.00"
    both = frozenset({SpecialGroup.SUBSISTENCE, SpecialGroup.THREE_NONES})
    assert taken(rules, case("9000", groups=both)) == "0.00", "the first branch that names one of the groups"
    assert taken(rules, case("9000")) == "600.00"


def test_own_deductible_or_a_multiple_outside_the_pool():
    rules = policy(
        layer(deductible(800, repeat_times=since("50%")), ratio("80%")),
        remote=adjuster({"deductible": {"when": {"remote": "referral"}, "amount": since(2000)}}),
    )
    assert taken(rules, nth(2, remote=REFERRED)) == "2000.00", "the remote rule stands in for the layer's own"
    assert taken(rules, nth(2)) == "400.00"
    times = {"by": "remote", "temporary": "2.5", "else": "100%"}
    multiple = policy(layer(deductible(600, times=since(times)), ratio("80%")))
    assert taken(multiple, case("9000", remote=Remote(Relation.CROSS_PROVINCE, FilingKind.TEMPORARY))) == "1500.00"


def test_annual_cumulative_deductible_is_used_up_visit_by_visit():
    rules = policy(layer(deductible(300, charged="once_a_year"), ratio("50%")))
    first = evaluate(rules, case("200"))
    second = evaluate(rules, case("200", accumulators=first.deltas))
    assert (first.deductible, second.deductible) == (20000, 10000)
    assert yuan(second.funds[Fund.POOLED]) == "50.00"


@pytest.mark.parametrize(
    ("subtracted", "paid"), [("before_ratio", "7200.00"), ("after_ratio", "7000.00"), ("apart", "8000.00")]
)
def test_where_the_deductible_is_subtracted(subtracted, paid):
    rules = policy(layer(deductible(1000, subtracted=subtracted), ratio("80%")))
    assert pooled(rules, case("10000", out="1000")) == paid
    assert taken(rules, case("10000", out="1000")) == "1000.00"


def test_a_deductible_is_never_more_than_the_cost():
    rules = policy(layer(deductible(1000), ratio("80%")))
    answer = evaluate(rules, case("400.50"))
    assert (yuan(answer.deductible), answer.funds[Fund.POOLED], yuan(answer.cash)) == ("400.50", 0, "400.50")
    after = policy(layer(deductible(1000, subtracted="after_ratio"), ratio("50%")))
    first = evaluate(after, case("1500"))
    assert (first.funds[Fund.POOLED], yuan(first.deductible)) == (0, "750.00"), "no more than there is payment"
    rest = evaluate(after, case("1500", continues=True, stay=first.deltas))
    assert (yuan(rest.funds[Fund.POOLED]), yuan(rest.deductible)) == ("500.00", "250.00")


def test_a_stay_that_continues_owes_no_second_deductible():
    rules = policy(layer(deductible(800, repeat_times=since("50%")), ratio("80%")))
    year = {"count.inpatient": 1}
    later = evaluate(rules, case("9000", continues=True, deductible_paid=50000, accumulators=year))
    assert yuan(later.deductible) == "300.00"
    assert "count.inpatient" not in later.deltas


# -- ratio and bands ---------------------------------------------------------------------------------------------------


def test_ratio_by_exact_age_with_a_bonus_per_decade():
    # 四川省级: (75 + 0.2 x age) % and +4 points from 60: 91 % at the age of 60
    bonus = {"by": "age", "0-49": "0%", "50-59": "2%", "60-69": "4%", "70+": "6%"}
    rules = policy(
        layer(ratio("75%", per_year_of_age=since("0.2%")), {"points": {"add": since(bonus), "most": since("100%")}})
    )
    assert evaluate(rules, case("1000", birth_date=date(1965, 3, 10))).pooled_ratio == Fraction(91, 100)
    assert evaluate(rules, case("1000", birth_date=date(1965, 3, 11))).pooled_ratio == Fraction(75 + 2, 100) + Fraction(
        118, 1000
    )
    assert evaluate(rules, case("1000", birth_date=date(1900, 1, 1))).pooled_ratio == 1
    with pytest.raises(FactMissing, match="'age'"):
        evaluate(rules, case("1000"))


def test_retired_by_share_of_the_own_part_or_by_points():
    scaled = policy(layer(ratio("86%"), {"own_share": {"when": {"category": "retired"}, "times": since("80%")}}))
    assert evaluate(scaled, case("1000", category=PersonCategory.RETIRED)).pooled_ratio == Fraction(888, 1000)
    assert evaluate(scaled, case("1000")).pooled_ratio == Fraction(86, 100)
    points = policy(layer(ratio("86%"), {"points": {"when": {"category": "retired"}, "add": since("5%")}}))
    assert evaluate(points, case("1000", category=PersonCategory.RETIRED)).pooled_ratio == Fraction(91, 100)


def test_contracted_community_bonus():
    table = {"by": "level", "community": {"by": "contracted", "yes": "95%", "no": "90%"}, "else": "85%"}
    rules = policy(layer(ratio(table)))
    assert pooled(rules, case("100", level=HospitalLevel.COMMUNITY, contracted=True)) == "95.00"
    assert pooled(rules, case("100", level=HospitalLevel.COMMUNITY)) == "90.00"


def test_bands_on_cost_and_on_the_excess_differ():
    shares = ((10000, "80%"), (None, "90%"))
    on_cost = policy(layer(deductible(1000), bands(*shares)))
    on_excess = policy(layer(deductible(1000), bands(*shares, measured_on="excess")))
    assert pooled(on_cost, case("12000")) == "9000.00"  # 9000 x 80 % + 2000 x 90 %
    assert pooled(on_excess, case("12000")) == "8900.00"  # 10000 x 80 % + 1000 x 90 %


@pytest.mark.parametrize(("measured_on", "paid"), [("cost", ["500.00", "1350.00"]), ("excess", ["500.00", "950.00"])])
def test_bands_over_the_year_go_on_where_the_last_visit_stopped(measured_on, paid):
    steps = (
        deductible(1000, charged="once_a_year"),
        bands((2000, "50%"), (None, "90%"), measured_on=measured_on, over="year"),
    )
    rules = policy(layer(*steps))
    first = evaluate(rules, case("2000"))
    second = evaluate(rules, case("1500", accumulators=first.deltas))
    # on cost the second visit lies from 2000 to 3500, on the excess from 1000 to 2500
    assert [yuan(answer.funds[Fund.POOLED]) for answer in (first, second)] == paid


def test_bands_by_level_have_their_own_borders():
    table = {
        "by": "level",
        "tertiary": [{"over": 0, "to": 100, "share": "50%"}, {"over": 100, "share": "60%"}],
        "else": [{"over": 0, "share": {"by": "category", "working": "80%", "else": "90%"}}],
    }
    rules = policy(layer({"bands": {"measured_on": "cost", "schedule": since(table)}}))
    assert pooled(rules, case("200")) == "110.00"
    assert pooled(rules, case("200", level=HospitalLevel.PRIMARY)) == "160.00"


def test_one_rounding_per_fund_and_the_rest_to_the_patient():
    rules = policy(layer(bands((0.01, "50%"), (0.02, "50%"), (None, "50%"))))
    answer = evaluate(rules, case("0.03"))
    assert (answer.funds[Fund.POOLED], answer.cash) == (2, 1)  # 1.5 fen, not three times half a fen


# -- ceilings and the chain --------------------------------------------------------------------------------------------


def test_ceiling_on_payments_on_cost_and_on_the_excess():
    steps = deductible(1000), ratio("80%")
    assert pooled(policy(layer(*steps, ceiling("payment", 4000))), case("10000")) == "4000.00"
    assert pooled(policy(layer(ceiling("cost", 6000), *steps)), case("10000")) == "4000.00"
    assert pooled(policy(layer(steps[0], ceiling("excess", 6000), steps[1])), case("10000")) == "4800.00"


@pytest.mark.parametrize(
    ("per", "name"),
    [
        ("year", "layer1.paid"),
        ("quarter", "layer1.paid@2025-Q1"),
        ("month", "layer1.paid@2025-03"),
        ("day", "layer1.paid@2025-03-10"),
        ("visit", None),
    ],
)
def test_a_ceiling_counts_within_its_period(per, name):
    rules = policy(layer(ratio("50%"), ceiling("payment", 300, per=per)))
    first = evaluate(rules, case("400"))
    assert first.funds[Fund.POOLED] == 20000
    assert name is None or first.deltas[name] == 20000
    again = evaluate(rules, case("400", accumulators=first.deltas))
    assert again.funds[Fund.POOLED] == (20000 if per == "visit" else 10000)
    other_month = evaluate(rules, case("400", day="2025-04-01", accumulators=first.deltas))
    assert other_month.funds[Fund.POOLED] == (10000 if per == "year" else 20000)


def test_every_chronic_disease_has_a_limit_of_its_own():
    limit = ceiling("payment", 300, each="disease")
    words = {"words": {"disease": {"diabetes": "糖尿病", "hypertension": "高血压"}}}
    rules = policy(layer(ratio("50%"), limit), pool=words)
    first = evaluate(rules, case("1000", disease="diabetes"))
    assert first.deltas["layer1:diabetes.paid"] == 30000
    again = evaluate(rules, case("1000", disease="diabetes", accumulators=first.deltas))
    assert again.funds[Fund.POOLED] == 0
    other = evaluate(rules, case("1000", disease="hypertension", accumulators=first.deltas))
    assert other.funds[Fund.POOLED] == 30000


def test_every_special_group_has_a_limit_of_its_own():
    rules = policy(layer(ratio("50%"), ceiling("payment", 300, each="group")))
    both = frozenset({SpecialGroup.SUBSISTENCE, SpecialGroup.DISABLED})
    assert "layer1:disabled+subsistence.paid" in evaluate(rules, case("1000", groups=both)).deltas
    assert "layer1:none.paid" in evaluate(rules, case("1000")).deltas


def test_outpatient_care_of_two_diseases_shares_a_limit_with_pooled_outpatient_care():
    shared = ceiling("payment", 500, counter="outpatient")
    rules = policy(
        pooled=layer(ratio("50%"), shared, when={"care": "outpatient"}),
        two=layer(deductible(0), ratio("60%"), shared, when={"care": "two_diseases"}),
    )
    first = evaluate(rules, case("800", care=CareKind.TWO_DISEASES))
    second = evaluate(rules, case("800", care=CareKind.OUTPATIENT, accumulators=first.deltas))
    assert [yuan(answer.funds[Fund.POOLED]) for answer in (first, second)] == ["480.00", "20.00"]


def test_layers_of_one_case_share_a_counter():
    drugs = layer(
        {"covers": {"parts": since(["basic_drugs"])}},
        ratio("88%"),
        ceiling("payment", 300, per="month", counter="month"),
    )
    others = layer(
        {"covers": {"parts": since(["eligible"]), "without": since(["basic_drugs"])}},
        ratio("80%"),
        ceiling("payment", 300, per="month", counter="month"),
    )
    rules = policy(drugs=drugs, others=others, pool={"buckets": {"basic_drugs": "基本药物"}})
    asked = case("400", buckets={"basic_drugs": Bucket("eligible", 25000)})
    answer = evaluate(rules, asked)
    assert [yuan(share.paid) for share in answer.layers] == ["220.00", "80.00"], "the second finds 80 left of 300"
    assert answer.deltas["month.paid@2025-03"] == 30000
    without = evaluate(rules, case("100"))
    assert [yuan(share.paid) for share in without.layers] == ["0.00", "80.00"]


def test_what_a_ceiling_cuts_goes_to_the_next_layer_as_cost():
    rules = policy(
        layer(deductible(1000), bands((10000, "80%"), (None, "90%")), ceiling("payment", 10000)),
        layer({"covers": {"parts": since(["beyond_ceiling"])}}, ratio("50%"), pays_from="large_amount"),
    )
    answer = evaluate(rules, case("20000"))
    # 9000 x 80 % + 10000 x 90 % = 16200; 6200 cut off are the payment for 6888.89 of cost
    assert [yuan(share.seen) for share in answer.layers] == ["20000.00", "6888.89"]
    assert yuan(answer.funds[Fund.LARGE_AMOUNT]) == "3444.45"


def test_what_a_ceiling_cuts_goes_to_the_next_layer_as_payment():
    rules = policy(
        layer(ratio("80%"), ceiling("payment", 10000)),
        layer(
            {"covers": {"parts": since(["unpaid_over_ceiling"])}},
            ratio("100%"),
            ceiling("payment", 4000),
            pays_from="large_amount",
        ),
        layer({"covers": {"parts": since(["unpaid_over_ceiling"])}}, ratio("100%"), pays_from="company"),
    )
    answer = evaluate(rules, case("20000"))
    assert [yuan(share.paid) for share in answer.layers] == ["10000.00", "4000.00", "2000.00"]


def test_cost_beyond_a_ceiling_on_cost_and_beyond_that_layer_again():
    rules = policy(
        layer(ceiling("cost", 1000), ratio("80%")),
        layer(
            {"covers": {"parts": since(["beyond_ceiling"])}},
            ceiling("cost", 500),
            ratio("50%"),
            pays_from="large_amount",
        ),
        layer({"covers": {"parts": since(["beyond_ceiling"])}}, ratio("100%"), pays_from="other"),
    )
    answer = evaluate(rules, case("2000"))
    assert [yuan(share.paid) for share in answer.layers] == ["800.00", "250.00", "500.00"]


def test_a_chain_of_payers_each_sees_what_is_left():
    rules = policy(
        layer(deductible(1000), ratio("80%")),
        layer(deductible(1000), ratio("50%"), pays_from="major_illness"),
        layer(ratio("50%"), pays_from="civil_servant", when={"civil_servant": "yes"}),
        layer(ratio("50%"), pays_from="company", when={"company": "yes"}),
        layer(ratio("70%"), pays_from="aid", when={"group": "subsistence"}),
        layer({"covers": {"parts": since(["eligible"])}}, pays_from="personal_account", when={"insurance": "employee"}),
    )
    asked = case(
        "11000",
        first="100",
        out="900",
        civil_servant=True,
        company_supplement=True,
        use_account=True,
        account_balance=5000,
    )
    answer = evaluate(rules, asked)
    # 11000: pooled 8000, left 3000: major (3000 - 1000) x 50 % = 1000, left 2000: half 1000, left 1000: half 500
    expected = {
        Fund.POOLED: "8000.00",
        Fund.MAJOR_ILLNESS: "1000.00",
        Fund.CIVIL_SERVANT: "1000.00",
        Fund.COMPANY: "500.00",
    }
    assert {fund: yuan(paid) for fund, paid in answer.funds.items()} == expected | {Fund.AID: "0.00"}
    assert (yuan(answer.personal_account), yuan(answer.cash)) == ("50.00", "1450.00")
    assert evaluate(rules, case("100", account_balance=5000)).personal_account == 0, "only if the person wants it"


def test_a_layer_may_look_at_several_parts():
    rules = policy(
        layer(ratio("50%")),
        layer({"covers": {"parts": since(["eligible", "first_self_pay"])}}, ratio("50%"), pays_from="aid"),
    )
    answer = evaluate(rules, case("100", first="100"))
    assert [yuan(share.seen) for share in answer.layers] == ["100.00", "150.00"]
    assert yuan(answer.cash) == "75.00"


def test_a_commercial_layer_weighs_class_b():
    rules = policy(
        layer(ratio("80%")),
        layer(
            {
                "covers": {
                    "parts": since(["eligible"]),
                    "partly": since(["first_self_pay", "devices"]),
                    "partly_share": since("50%"),
                }
            },
            ratio("100%"),
            pays_from="other",
        ),
        pool={"buckets": {"devices": "器械"}},
    )
    asked = case("1000", first="100", out="300", buckets={"devices": Bucket("not_covered", 20000)})
    answer = evaluate(rules, asked)
    assert [yuan(share.seen) for share in answer.layers] == ["1000.00", "350.00"]  # 200 + (100 + 200) x 50 %
    assert yuan(answer.cash) == "250.00"


def test_a_class_counts_in_full_while_no_share_of_it_is_in_force():
    covers = {
        "parts": since(["eligible", "first_self_pay"]),
        "partly": since(["first_self_pay"]),
        "partly_share": [
            {"from": "2000-01-01", "value": "50%", "source": "law"},
            {"from": "2025-01-01", "value": "none", "source": "law"},
        ],
    }
    rules = policy(layer({"covers": covers}, ratio("100%")))
    assert [pooled(rules, case("100", first="10", day=day)) for day in ("2024-05-01", "2025-05-01")] == [
        "105.00",
        "110.00",
    ]


def test_what_other_payers_left_is_paid_off_marked_sums_first():
    rules = policy(
        layer({"covers": {"parts": since(["drugs"]), "seen": "billed"}}, ratio("100%"), pays_from="other"),
        layer({"covers": {"parts": since(["drugs"]), "seen": "billed"}}, ratio("50%"), pays_from="company"),
        layer(ratio("100%"), pays_from="aid"),
        pool={"buckets": {"drugs": "特药"}},
    )
    answer = evaluate(rules, case("100", out="50", buckets={"drugs": Bucket("eligible", 6000)}))
    assert [yuan(share.paid) for share in answer.layers] == ["60.00", "30.00", "10.00"]
    assert yuan(answer.cash) == "50.00", "what is paid twice comes off the rest of the bill"


def test_manual_reimbursement_has_its_own_ratio():
    rules = policy(layer(ratio({"by": "channel", "direct": "80%", "manual": "70%"})))
    assert (pooled(rules, case("100")), pooled(rules, case("100", channel="manual"))) == ("80.00", "70.00")


def test_what_the_account_may_pay_is_asked_only_of_those_who_use_it():
    rules = policy(
        layer(ratio("80%")),
        layer({"covers": {"parts": since("unknown", note="使用范围未查明")}}, pays_from="personal_account"),
    )
    assert yuan(evaluate(rules, case("100", account_balance=5000)).cash) == "20.00"
    with pytest.raises(ParameterUnknown, match="使用范围未查明"):
        evaluate(rules, case("100", account_balance=5000, use_account=True))


def test_the_account_may_pay_in_one_kind_of_care_and_not_in_another():
    where = {"covers": {"when": {"care": ["outpatient", "pharmacy"]}, "parts": since(["eligible", "not_covered"])}}
    elsewhere = {"covers": {"parts": since(["eligible"])}}
    rules = policy(layer(where, elsewhere, pays_from="personal_account"))
    drawn = {
        care: evaluate(rules, case("10", out="5", care=care, use_account=True, account_balance=5000)).personal_account
        for care in (CareKind.PHARMACY, CareKind.INPATIENT)
    }
    assert drawn == {CareKind.PHARMACY: 1500, CareKind.INPATIENT: 1000}


def test_major_illness_counts_what_is_left_over_the_whole_year():
    rules = policy(
        layer(ratio("70%")),
        layer(
            {
                "deductible": {
                    "charged": "once_a_year",
                    "amount": since({"by": "group", "subsistence": 5000, "else": 10000}),
                }
            },
            bands((30000, "60%"), (None, "70%"), over="year"),
            {"points": {"when": {"group": "subsistence"}, "add": since("5%")}},
            {
                "payment_ceiling": {
                    "per": "year",
                    "amount": since({"by": "group", "subsistence": "none", "else": 15000}),
                }
            },
            pays_from="major_illness",
        ),
    )
    year, paid = {}, []
    for _ in range(3):  # 15000 left each time: 15000, 30000, 45000 of the year
        answer = evaluate(rules, case("50000", accumulators=year))
        year = apply_deltas(year, answer.deltas)
        paid.append(yuan(answer.funds[Fund.MAJOR_ILLNESS]))
    assert paid == ["3000.00", "9000.00", "3000.00"]  # 5000 x 60 %, 15000 x 60 %, 15000 x 70 % cut at 15000
    poor = evaluate(rules, case("50000", groups=frozenset({SpecialGroup.SUBSISTENCE})))
    assert yuan(poor.funds[Fund.MAJOR_ILLNESS]) == "6500.00"  # 10000 x 65 %


def test_a_bucket_shrinks_with_its_part():
    rules = policy(
        layer({"covers": {"parts": since(["not_covered"])}}, ratio("50%"), pays_from="aid"),
        layer({"covers": {"parts": since(["drugs"])}}, ratio("100%"), pays_from="other"),
        pool={"buckets": {"drugs": "特药", "unused": "未用"}},
    )
    answer = evaluate(rules, case("0", out="100", buckets={"drugs": Bucket("not_covered", 8000)}))
    assert [yuan(share.paid) for share in answer.layers] == ["50.00", "50.00"]
    assert answer.cash == 0


# -- care outside the pool ---------------------------------------------------------------------------------------------

TEMPORARY = Remote(Relation.CROSS_PROVINCE, FilingKind.TEMPORARY)
LONG_TERM = Remote(Relation.CROSS_PROVINCE, FilingKind.RESETTLED_RETIREE, emergency=True)
EMERGENCY = Remote(Relation.CROSS_PROVINCE, emergency=True)
RESCUED = Remote(Relation.CROSS_PROVINCE, FilingKind.TEMPORARY, emergency=True)


@pytest.mark.parametrize(
    ("remote", "situation"),
    [
        (Remote(filing=FilingKind.REFERRAL), RemoteSituation.LOCAL),
        (LONG_TERM, RemoteSituation.LONG_TERM),
        (REFERRED, RemoteSituation.REFERRAL),
        (EMERGENCY, RemoteSituation.EMERGENCY),
        (RESCUED, RemoteSituation.EMERGENCY),
        (TEMPORARY, RemoteSituation.TEMPORARY),
        (UNFILED, RemoteSituation.UNFILED),
    ],
)
def test_every_remote_case_has_one_situation(remote, situation):
    assert remote.situation is situation


def test_points_off_by_situation_with_a_floor():
    add = {"by": "remote", "long_term": "0%", "referral, emergency": "-10%", "temporary": "-20%"}
    rules = policy(
        layer(ratio({"by": "level", "tertiary": "60%", "else": "40%"})),
        remote=adjuster(
            {"points": {"add": since(add), "least": since("45%")}},
            when={"relation": ["same_province", "cross_province"]},
        ),
    )
    shares = {
        remote: evaluate(rules, case("100", remote=remote)).pooled_ratio
        for remote in (LONG_TERM, REFERRED, EMERGENCY, TEMPORARY)
    }
    assert shares == {
        LONG_TERM: Fraction(60, 100),
        REFERRED: Fraction(1, 2),
        EMERGENCY: Fraction(1, 2),
        TEMPORARY: Fraction(45, 100),
    }
    low = case("100", remote=TEMPORARY, level=HospitalLevel.SECONDARY)
    assert evaluate(rules, low).pooled_ratio == Fraction(40, 100), "a floor does not lift what was lower before"
    assert evaluate(rules, case("100")).pooled_ratio == Fraction(60, 100)
    with pytest.raises(NothingSaid, match="remote=unfiled"):
        evaluate(rules, case("100", remote=UNFILED))


def test_first_share_factor_and_points_are_three_readings():
    local = layer(deductible(100), ratio("95%"))
    first = policy(local, remote=adjuster({"first_share": {"share": since("10%")}}, when={"remote": "referral"}))
    factor = policy(local, remote=adjuster({"factor": {"times": since("90%")}}, when={"remote": "referral"}))
    points = policy(local, remote=adjuster({"points": {"add": since("-10%")}}, when={"remote": "referral"}))
    asked = case("1100", remote=REFERRED)
    assert pooled(first, asked) == "845.50"  # (1100 x 90 % - 100) x 95 %
    assert pooled(factor, asked) == "855.00"  # (1100 - 100) x 85.5 %
    assert pooled(points, asked) == "850.00"  # (1100 - 100) x 85 %


def test_own_flat_ratio_by_relation():
    rules = policy(
        layer(ratio("85%")),
        remote=adjuster(
            {
                "ratio": {
                    "when": {"remote": ["temporary", "unfiled"]},
                    "share": since({"by": "relation", "same_province": "60%", "else": "50%"}),
                }
            }
        ),
    )
    assert pooled(rules, case("100", remote=UNFILED)) == "60.00"
    assert pooled(rules, case("100", remote=TEMPORARY)) == "50.00"
    assert pooled(rules, case("100", remote=REFERRED)) == "85.00"


def test_a_filing_kind_can_be_told_apart():
    rules = policy(layer(ratio({"by": "filing", "resettled_retiree": "90%", "none": "50%", "else": "80%"})))
    assert [pooled(rules, case("100", remote=remote)) for remote in (LONG_TERM, UNFILED, REFERRED)] == [
        "90.00",
        "50.00",
        "80.00",
    ]


def test_a_guaranteed_share():
    rules = policy(
        layer(
            deductible(100),
            ratio({"by": "remote", "local": "70%", "else": "30%"}),
            {"guarantee": {"share": since("45%")}},
        )
    )
    assert pooled(rules, case("1100", remote=TEMPORARY)) == "450.00"
    assert pooled(rules, case("1100")) == "700.00"


def test_filing_required_is_refused_and_says_so():
    reason = {"zh": "请先备案", "en": "file first"}
    rules = policy(
        layer(ratio("80%")), remote=adjuster({"refuse": {"reason": since(reason)}}, when={"remote": "unfiled"})
    )
    with pytest.raises(CareRefused, match=r"file first \(layer1, pool/remote.yaml:\d+\)") as refused:
        evaluate(rules, case("100", remote=UNFILED))
    assert "请先备案" in refused.value.text("zh")
    assert pooled(rules, case("100", remote=REFERRED)) == "80.00"


def test_unpaid_from_the_third_unfiled_visit_on():
    reason = {"zh": "第三次起自负", "en": "third visit"}
    rules = policy(
        layer(ratio("95%")),
        remote=adjuster(
            {"exclude": {"when": {"remote_ordinal": "3+"}, "reason": since(reason)}}, when={"remote": "unfiled"}
        ),
    )
    year = {"count.inpatient": 9, "count.inpatient.unfiled": 1}
    assert pooled(rules, case("100", remote=UNFILED, accumulators=year)) == "95.00"
    answer = evaluate(rules, case("100", remote=UNFILED, accumulators={"count.inpatient.unfiled": 2}))
    assert (answer.funds[Fund.POOLED], answer.cash, answer.trace[0].step) == (0, 10000, "exclude")
    assert answer.deltas == {"count.inpatient": 1, "count.inpatient.unfiled": 1}


# -- silence and gaps --------------------------------------------------------------------------------------------------


def test_a_declared_gap_is_refused_only_where_it_matters():
    table = {"by": "level", "tertiary": "80%", "else": "unknown"}
    rules = policy(layer({"ratio": {"share": since(table, note="只见三级")}}))
    assert pooled(rules, case("100")) == "80.00"
    with pytest.raises(ParameterUnknown, match="只见三级"):
        evaluate(rules, case("100", level=HospitalLevel.PRIMARY))


def test_an_unstated_fact_and_an_unwritten_branch_are_refused():
    rules = policy(layer(ratio({"by": "level", "tertiary": "80%"})))
    with pytest.raises(FactMissing, match="'level'"):
        evaluate(rules, case("100", level=None))
    with pytest.raises(NothingSaid, match="level=primary"):
        evaluate(rules, case("100", level=HospitalLevel.PRIMARY))
    groups = policy(layer(ratio({"by": "group", "subsistence": "80%"})))
    with pytest.raises(NothingSaid, match="group=none"):
        evaluate(groups, case("100"))


def test_a_layer_without_a_rule_for_the_case_is_refused():
    rules = policy(layer({"ratio": {"when": {"remote": "local"}, "share": since("80%")}}))
    assert pooled(rules, case("100")) == "80.00"
    with pytest.raises(NoRuleForCase):
        evaluate(rules, case("100", remote=REFERRED))


def test_care_that_no_layer_covers_is_cash():
    rules = policy(layer(ratio("80%"), when={"care": "inpatient"}))
    answer = evaluate(rules, case("100", care=CareKind.PHARMACY))
    assert (answer.funds[Fund.POOLED], answer.cash, answer.pooled_ratio) == (0, 10000, None)
