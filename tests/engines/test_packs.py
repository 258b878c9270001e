"""The policy packs of sample regions read without complaint and give the figures their sources print."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from benefit_kit import case

from yijie.engines.benefit import Bucket, Remote, apply_deltas, evaluate, load_policies
from yijie.engines.benefit.read_policy import read_policy
from yijie.engines.benefit.refusals import CareRefused, NothingSaid, NotYetInForce, ParameterUnknown
from yijie.engines.benefit.values import Gap, Leaf, Table, look_up
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    Fund,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
)
from yijie.kernel.money import yuan
from yijie.kernel.region import NATION

POLICIES = load_policies(Path(__file__).parents[2] / "policies")
BEIJING, SHANGHAI, GUANGZHOU, SHENZHEN = (POLICIES[code] for code in ("110000", "310000", "440100", "440300"))
CHENGDU, HANGZHOU, WUHAN = (POLICIES[code] for code in ("510100", "330100", "420100"))

RESIDENT = {"insurance": Insurance.RESIDENT, "category": PersonCategory.ADULT}
RETIRED = {"category": PersonCategory.RETIRED}
OUTPATIENT = {"care": CareKind.OUTPATIENT}
SECONDARY, COMMUNITY = {"level": HospitalLevel.SECONDARY}, {"level": HospitalLevel.COMMUNITY}


REFERRAL = {"remote": Remote(Relation.CROSS_PROVINCE, FilingKind.REFERRAL)}


def pooled(policy, *facts, eligible="20000", **more):
    """What the pooled fund pays of 20,000 yuan (or another sum), in yuan."""
    together = {key: value for group in facts for key, value in group.items()} | more
    return yuan(evaluate(policy, case(eligible, **together)).funds[Fund.POOLED])


def test_twenty_pools_and_the_nation_are_there():
    assert (len(POLICIES), NATION in POLICIES) == (21, True)


def test_beijing_segments():
    assert pooled(BEIJING) == "15895.00"  # (20000 - 1300) x 85 %
    assert pooled(BEIJING, accumulators={"count.inpatient": 1}) == "16447.50"  # 650 from the second stay
    assert pooled(BEIJING, RETIRED, SECONDARY, eligible="120000") == "114800.70"
    # 28700 x 96.1 % + 10000 x 97.6 % + 60000 x 99.1 % + 20000 x 90 %
    assert pooled(BEIJING, eligible="900000") == "500000.00"


def test_beijing_before_the_present_table_is_kept_and_its_gaps_refuse():
    assert pooled(BEIJING, day="2015-06-01") == "15460.00"  # 8700 x 80 % + 10000 x 85 %
    with pytest.raises(ParameterUnknown, match="其余各段未见"):
        pooled(BEIJING, RETIRED, day="2015-06-01")
    with pytest.raises(ParameterUnknown, match="其余各段未见"):
        pooled(BEIJING, eligible="30000.01", day="2015-06-01")


def test_beijing_outpatient_over_the_year():
    first = evaluate(BEIJING, case("2000", **OUTPATIENT))
    assert (yuan(first.deductible), yuan(first.funds[Fund.POOLED])) == ("1800.00", "140.00")
    second = evaluate(BEIJING, case("20000", **OUTPATIENT, accumulators=first.deltas))
    assert yuan(second.funds[Fund.POOLED]) == "13800.00"  # 18000 x 70 % to 20,000 of the year, 2000 x 60 % above
    old = {**OUTPATIENT, **RETIRED, "birth_date": date(1950, 1, 1)}
    assert pooled(BEIJING, old, eligible="2300") == "900.00"


def test_beijing_residents_through_two_layers_and_major_illness():
    answer = evaluate(BEIJING, case("400000", **RESIDENT))
    assert yuan(answer.funds[Fund.POOLED]) == "250000.00"
    assert yuan(answer.funds[Fund.MAJOR_ILLNESS]) == "78717.20"  # (150000 - 30404 - 50000) x 70 % + 50000 x 60 %
    assert pooled(BEIJING, RESIDENT, OUTPATIENT, eligible="10000") == "4500.00"
    child = {"insurance": Insurance.RESIDENT, "category": PersonCategory.CHILD}
    assert yuan(evaluate(BEIJING, case("20000", **child)).deductible) == "650.00"
    with pytest.raises(ParameterUnknown):
        pooled(BEIJING, RESIDENT, SECONDARY)


def test_shanghai_over_the_ceiling_the_additional_fund_pays():
    answer = evaluate(SHANGHAI, case("801500"))
    assert yuan(answer.funds[Fund.POOLED]) == "630000.00"  # 800000 x 85 % = 680000
    assert yuan(answer.funds[Fund.LARGE_AMOUNT]) == "47058.82"  # 50000 / 85 % x 80 %
    early = {"facts": {"retirement": "by_2000"}}
    assert pooled(SHANGHAI, RETIRED, early, eligible="10700") == "9200.00"
    assert pooled(SHANGHAI, RETIRED, early, day="2011-06-01", eligible="10700") == "9200.00"
    assert pooled(SHANGHAI, RETIRED, eligible="11200") == "9200.00", "retired since 2001 unless the case says otherwise"
    with pytest.raises(ParameterUnknown, match="封顶线"):
        pooled(SHANGHAI, RETIRED, early, day="2020-06-01")


def test_guangzhou_long_stays_and_monthly_outpatient_limit():
    assert pooled(GUANGZHOU) == "14720.00"
    assert pooled(GUANGZHOU, RETIRED, SECONDARY) == "17398.80"  # (20000 - 560) x 89.5 %
    stay = {"service_from": date(2025, 1, 1), "service_to": date(2025, 4, 11)}
    assert yuan(evaluate(GUANGZHOU, case("20000", **stay)).deductible) == "3200.00"
    assert yuan(evaluate(GUANGZHOU, case("20000", **stay, disease="tuberculosis")).deductible) == "1600.00"
    assert evaluate(GUANGZHOU, case("20000", disease="psychiatric")).deductible == 0
    assert yuan(evaluate(GUANGZHOU, case("20000", **stay, disease="A15.000")).deductible) == "1600.00"
    assert yuan(evaluate(GUANGZHOU, case("20000", disease="J18.900")).deductible) == "1600.00"
    assert pooled(GUANGZHOU, OUTPATIENT, eligible="100") == "45.00"
    assert pooled(GUANGZHOU, OUTPATIENT, {"facts": {"local_referral": "with"}}, eligible="100") == "55.00"
    drugs = {"buckets": {"basic_drugs": Bucket("eligible", 5000)}}
    assert pooled(GUANGZHOU, OUTPATIENT, COMMUNITY, drugs, eligible="100") == "84.00"  # 50 x 88 % + 50 x 80 %
    assert pooled(GUANGZHOU, OUTPATIENT, COMMUNITY, drugs, eligible="900") == "300.00"


def test_shenzhen_tiers_and_later_stays():
    first, second = {"tier": "first"}, {"tier": "second"}
    assert pooled(SHENZHEN, first) == "17460.00"  # (20000 - 600) x 90 %
    assert pooled(SHENZHEN, first, accumulators={"count.inpatient": 1}) == "17730.00"
    assert pooled(SHENZHEN, second, SECONDARY) == "17836.00"  # (20000 - 400) x 91 %
    assert pooled(SHENZHEN, RETIRED) == "18430.00"
    assert pooled(SHENZHEN, OUTPATIENT, eligible="100") == "55.00"
    assert pooled(SHENZHEN, OUTPATIENT, RETIRED, eligible="100") == "60.00"
    assert pooled(SHENZHEN, OUTPATIENT, eligible="30000") == "10478.40"


def test_chengdu_age_bonus_contract_and_remote_deductible():
    born = {"birth_date": date(1964, 3, 10)}  # 61 years old: four points
    assert pooled(CHENGDU, born) == "17088.00"  # (20000 - 800) x 89 %
    stays = [evaluate(CHENGDU, case("20000", **born, accumulators={"count.inpatient": n})).deductible for n in range(3)]
    assert [yuan(deductible) for deductible in stays] == ["800.00", "400.00", "0.00"]
    assert pooled(CHENGDU, born, COMMUNITY, contracted=True) == "19641.60"  # (20000 - 160) x 99 %
    assert pooled(CHENGDU, {"birth_date": date(1900, 1, 1)}) == "19200.00"
    assert pooled(CHENGDU, born, REFERRAL) == "14220.00"  # (20000 - 2000) x 79 %
    assert pooled(CHENGDU, RESIDENT, tier="high") == "13056.00"  # (20000 - 800) x 68 %


def test_hangzhou_one_deductible_and_cumulative_bands():
    first = evaluate(HANGZHOU, case("30000"))
    second = evaluate(HANGZHOU, case("30000", accumulators=first.deltas))
    assert (yuan(first.deductible), second.deductible) == ("800.00", 0)
    assert yuan(first.funds[Fund.POOLED]) == "23944.00"  # 29200 x 82 %
    assert yuan(second.funds[Fund.POOLED]) == "25800.00"  # 10000 x 82 % + 20000 x 88 %
    assert pooled(HANGZHOU, RESIDENT, tier="first", eligible="300800") == "210000.00"
    assert pooled(HANGZHOU, RESIDENT, OUTPATIENT, tier="second", eligible="1300") == "300.00"
    assert pooled(HANGZHOU, OUTPATIENT, RETIRED, COMMUNITY, eligible="1300") == "920.00"


def test_wuhan_limit_counts_fund_and_person_and_retired_own_share():
    assert pooled(WUHAN) == "16512.00"  # (20000 - 800) x 86 %
    assert evaluate(WUHAN, case("20000", **RETIRED)).pooled_ratio == Fraction(888, 1000)
    assert pooled(WUHAN, eligible="300000") == "205712.00"  # (240000 - 800) x 86 %
    community = case("20000", **COMMUNITY, accumulators={"count.inpatient": 1})
    assert yuan(evaluate(WUHAN, community).deductible) == "200.00"
    residents = evaluate(WUHAN, case("300000", **RESIDENT))
    assert yuan(residents.funds[Fund.POOLED]) == "150000.00"
    assert yuan(residents.funds[Fund.MAJOR_ILLNESS]) == "93800.00"  # as MAJ-01 for 150000 left
    with pytest.raises(ParameterUnknown, match="在职起付线"):
        pooled(WUHAN, OUTPATIENT)


REMOTE_KINDS = [
    (kind, emergency) for kind in (*FilingKind, None) for emergency in (False, True) if kind is not None or emergency
]
"""Every filing with and without an emergency, and the emergency that counts as filed."""
PEOPLE = [
    (Insurance.EMPLOYEE, PersonCategory.WORKING),
    (Insurance.EMPLOYEE, PersonCategory.RETIRED),
    (Insurance.RESIDENT, PersonCategory.ADULT),
    (Insurance.RESIDENT, PersonCategory.CHILD),
]
TIERS = {"310000": "", "440300": "first", "500000": "first", "510100": "low", "330100": "second"}
FACTS = {"340300": {"affiliation": "city"}, "430100": {"hospital_class": "city_first"}}


def national_cap(kind, emergency):
    """The reduction in points that the national rules allow for a filing, looked up in the national pack."""
    (points,) = (step for adj in POLICIES[NATION].adjusters for step in adj.steps if step.name == "points")
    facts = {"filing": kind.name.lower() if kind else "none", "emergency": "yes" if emergency else "no"}
    return -look_up(points.main.entries[0].value, facts)[0]


def ratio_or_gap(policy, facts):
    """The pooled ratio, or None where the pack declares that it is not known or says nothing of such a case."""
    try:
        return evaluate(policy, case("20000", **facts)).pooled_ratio
    except (ParameterUnknown, NothingSaid, NotYetInForce):
        return None


def test_the_national_caps_are_ten_and_twenty_points():
    caps = {(kind, emergency): national_cap(kind, emergency) for kind, emergency in REMOTE_KINDS}
    assert caps[FilingKind.REFERRAL, False] == caps[None, True] == caps[FilingKind.TEMPORARY, True] == Fraction(10, 100)
    assert caps[FilingKind.TEMPORARY, False] == Fraction(20, 100)
    assert caps[FilingKind.LONG_TERM_RESIDENT, False] == caps[FilingKind.RESETTLED_RETIREE, True] == 0


def test_remote_care_of_every_pack_stays_within_the_national_caps():
    """Every pool × person × care × level × relation × filing that a pack answers; gaps are no answers."""
    judged = set()
    for policy, (insurance, category), care, level, relation in product(
        [policy for code, policy in POLICIES.items() if code != NATION],
        PEOPLE,
        (CareKind.INPATIENT, CareKind.OUTPATIENT),
        (HospitalLevel.PRIMARY, HospitalLevel.SECONDARY, HospitalLevel.TERTIARY),
        (Relation.SAME_PROVINCE, Relation.CROSS_PROVINCE),
    ):
        facts = {
            "insurance": insurance, "category": category, "care": care, "level": level,
            "birth_date": date(1960, 1, 1), "tier": TIERS.get(policy.region, ""), "facts": FACTS.get(policy.region, {}),
        }  # fmt: skip
        local = ratio_or_gap(policy, facts)
        if local is None:
            continue
        for kind, emergency in REMOTE_KINDS:
            reduced = ratio_or_gap(policy, facts | {"remote": Remote(relation, kind, emergency)})
            if reduced is not None:
                assert local - reduced <= national_cap(kind, emergency), (policy.name.zh, facts, kind, emergency)
                judged.add(policy.region)
    assert len(judged) >= 15


@pytest.mark.parametrize("policy", [p for code, p in POLICIES.items() if code != NATION], ids=lambda p: p.name.en)
@pytest.mark.parametrize("relation", [Relation.SAME_PROVINCE, Relation.CROSS_PROVINCE])
def test_care_without_a_filing(policy, relation):
    facts = {**RETIRED, "birth_date": date(1960, 1, 1), "remote": Remote(relation)}
    if not any("refuse" in {step.name for step in layer.steps} for layer in policy.layers):
        assert policy.region in {"330100", "330782", "370481", "429004"}
        return
    if policy.region == "440700" and relation is Relation.SAME_PROVINCE:
        assert evaluate(policy, case("20000", **facts)).pooled_ratio == Fraction(63, 100)
        return
    with pytest.raises(CareRefused, match="file before discharge"):
        evaluate(policy, case("20000", **facts))


@pytest.mark.parametrize("relation", [Relation.SAME_PROVINCE, Relation.CROSS_PROVINCE])
def test_hangzhou_takes_unfiled_care_as_temporary(relation):
    unfiled = evaluate(HANGZHOU, case("20000", remote=Remote(relation)))
    temporary = evaluate(HANGZHOU, case("20000", remote=Remote(relation, FilingKind.TEMPORARY)))
    assert unfiled.funds == temporary.funds


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.region)
def test_every_figure_has_a_source_and_every_gap_a_note(policy):
    for layer in (*policy.layers, *policy.adjusters):
        for step in layer.steps:
            for parameter in step.parameters.values():
                for entry in parameter.entries:
                    assert entry.source.trust in {"A", "B", "C"}
                    assert not has_gap(entry.value) or entry.note


def has_gap(value):
    if isinstance(value, Table):
        return any(has_gap(child) for _, child in value.branches) or has_gap(value.otherwise)
    return isinstance(value, Gap) and not isinstance(value, Leaf)


def test_care_without_a_published_rule_is_refused_not_unpaid():
    for policy in (SHANGHAI, GUANGZHOU, SHENZHEN):
        with pytest.raises(ParameterUnknown):
            evaluate(policy, case("100", **RESIDENT, tier="first"))
    with pytest.raises(NothingSaid):
        evaluate(WUHAN, case("100", level=HospitalLevel.UNRATED))


def test_a_year_in_a_pack_is_undone_step_by_step():
    accumulators, states = {}, []
    for month in (1, 2, 3):
        states.append(accumulators)
        visit = replace(case("60000", day=f"2026-0{month}-15"), accumulators=accumulators)
        benefit = evaluate(HANGZHOU, visit)
        accumulators = apply_deltas(accumulators, benefit.deltas)
    assert len({tuple(state.items()) for state in states}) == 3


def test_conventions_of_the_packs():
    for code, policy in POLICIES.items():
        assert policy.catalogue_of("direct", date(2025, 6, 1)) == "care_region"
        if code != NATION:
            assert policy.years(date(2025, 12, 30), date(2026, 1, 2)) == (2026,)


def test_qingdao_takes_five_points_off_who_returns_home_without_papers():
    """The deductible is a declared gap; with none in its place the rest of the rule can be seen."""
    files = dict(POLICIES["370200"].files)
    gap = "value: unknown, note: 住院起付线未查到"
    files["employee_inpatient.yaml"] = files["employee_inpatient.yaml"].replace(gap, "value: 0, source: device", 1)
    rules = read_policy(files, "qingdao")
    assert yuan(evaluate(rules, case("10000")).funds[Fund.POOLED]) == "8700.00"
    back = case("10000", facts={"return_home": "without_papers"})
    assert yuan(evaluate(rules, back).funds[Fund.POOLED]) == "8200.00"
