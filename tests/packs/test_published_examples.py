"""Published calculations through the real packs, where the page's parameters are those the pack holds.

Further ones stand in the tables beside this file, marked with the example's number: INP-27, OUT-01, OUT-04, REM-01,
REM-02, MAT-01, MAT-03, LTC-03. Every example also runs through a policy of its own in tests/golden.
"""

import shutil
from pathlib import Path

import pytest

from yijie.engines.benefit import Years, evaluate, load_policy, settle_in_order
from yijie.engines.benefit.read_cases import read_cases
from yijie.engines.benefit.refusals import CareRefused
from yijie.kernel.codes import Fund
from yijie.kernel.money import yuan

POLICIES = Path(__file__).parents[2] / "policies"


def cases(text):
    return read_cases(text, "case.yaml").cases


def paid(policy, text, fund=Fund.POOLED):
    """What a fund pays of the one case in a text, in yuan."""
    (case,) = cases(text)
    return yuan(evaluate(policy, case).funds[fund])


def test_a_year_of_a_beijing_resident():
    """MAJ-04: outpatient to its ceiling, inpatient to its ceiling, major illness in bands on the excess."""
    visits = cases(
        "insurance: resident\ncategory: adult\nlevel: tertiary\nvisits:\n"
        "  - {care: outpatient, service_from: 2022-03-01, amounts: {total: 10000, eligible: 10000}}\n"
        "  - {care: inpatient, service_from: 2022-06-01, amounts: {total: 400000, eligible: 400000}}\n"
        "  - {care: outpatient, service_from: 2022-09-01, amounts: {total: 200000, not_covered: 200000}}\n"
    )
    answers = list(settle_in_order(load_policy(POLICIES / "beijing"), visits, Years()))
    assert [yuan(answer.funds[Fund.POOLED]) for answer in answers] == ["4500.00", "250000.00", "0.00"]
    major = sum(answer.funds[Fund.MAJOR_ILLNESS] for answer in answers)
    assert yuan(major) == "82567.20"  # (5500 + 150000 - 30404): 50000 x 60 % + 75096 x 70 %
    assert yuan(sum(answer.funds_total for answer in answers)) == "337067.20"
    assert yuan(sum(answer.personal_total for answer in answers)) == "272932.80"


def test_a_retired_person_in_shanghai():
    """INP-08: the page's first subtraction is wrong by 100; 8590.48 - 700 - 501.97 = 7388.51."""
    text = (
        "{insurance: employee, category: retired, care: inpatient, level: tertiary, service_from: 2024-08-01,"
        " facts: {retirement: by_2000}, amounts: {total: 8590.48, eligible: 8088.51, first_self_pay: 501.97}}"
    )
    assert paid(load_policy(POLICIES / "shanghai"), text) == "6797.43"


@pytest.mark.parametrize(("ceiling", "fund"), [(", unit_ceiling: 5000", "3480.00"), ("", "6264.00")])
def test_a_device_in_qingdao(tmp_path, ceiling, fund):
    """INP-10 asks what a device is paid, the deductible being used up: assumed so, for the pack holds it as a gap."""
    pack = (POLICIES / "qingdao" / "employee_inpatient.yaml").read_text(encoding="utf-8")
    assumed = pack.replace("value: unknown, note: 住院起付线未查到", "value: 0, source: device, note: 假定已付")
    (tmp_path / "employee_inpatient.yaml").write_text(assumed, encoding="utf-8")
    policy = load_policy(POLICIES / "qingdao", tmp_path)
    text = (
        "{insurance: employee, category: working, care: inpatient, level: tertiary, service_from: 2024-08-01,"
        f" lines: [{{class: B, price: 9000, first_self_pay: 20%{ceiling}}}]}}"
    )
    assert paid(policy, text) == fund
    assert policy.owner_of(policy.layers[0].place).assumed


def test_both_readings_of_chongqings_five_per_cent(tmp_path):
    """REM-12: own share + 5 points, as the pack reads it, or × 1.05, laid over it."""
    text = (
        "{insurance: resident, category: adult, tier: first, care: inpatient, level: tertiary,"
        " service_from: 2024-08-01, remote: {relation: cross_province, filing: referral},"
        " amounts: {total: 8800, eligible: 8800}}"
    )
    assert paid(load_policy(POLICIES / "chongqing"), text) == "3600.00"  # 8000 x 45 %
    (tmp_path / "remote.yaml").write_text(
        "title: {zh: 异地就医, en: Care outside the pool}\nadjusts: pooled\nfor: {remote: referral}\nsteps:\n"
        "  - own_share: {times: [{from: 2000-01-01, value: 105%, source: referral}]}\n",
        encoding="utf-8",
    )
    assert paid(load_policy(POLICIES / "chongqing", tmp_path), text) == "3800.00"  # 8000 x (100 % - 50 % x 1.05)


@pytest.fixture
def city(tmp_path):
    """A pool that pays chronic care and takes the national list of diseases as its own."""
    shutil.copytree(POLICIES / "national", tmp_path / "national")
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "pool.yaml").write_text(
        'region: "330800"\nname: {zh: 示例市, en: Example}\nchain: [chronic_care]\n'
        "includes: [national/chronic, national/remote]\n"
        "sources: {law: {title: 办法, url: none, trust: A}}\n",
        encoding="utf-8",
    )
    (tmp_path / "city" / "chronic_care.yaml").write_text(
        "title: {zh: 门诊慢特病, en: Chronic}\npays_from: pooled\nfor: {care: chronic}\nsteps:\n"
        "  - ratio: {share: [{from: 2022-07-01, value: 80%, source: law}]}\n",
        encoding="utf-8",
    )
    return load_policy(tmp_path / "city")


def chronic(disease, day, more="filing: long_term_resident"):
    """A case of chronic care in another province."""
    return (
        f"{{insurance: employee, category: working, care: chronic, disease: {disease}, service_from: {day},"
        f" remote: {{relation: cross_province, {more}}}, amounts: {{total: 1000, eligible: 1000}}}}"
    )


def test_five_chronic_diseases_become_ten_on_the_first_of_december_2024(city):
    assert paid(city, chronic("dialysis", "2024-11-30")) == "800.00"
    with pytest.raises(CareRefused, match="claim at home"):
        paid(city, chronic("copd", "2024-11-30"))
    assert paid(city, chronic("copd", "2024-12-01")) == "800.00"
    assert paid(city, chronic("慢性阻塞性肺疾病", "2025-06-01")) == "800.00"
    with pytest.raises(CareRefused):
        paid(city, chronic("none", "2025-06-01"))
    at_home = chronic("copd", "2024-11-30").replace("{insurance", "{channel: manual, insurance")
    assert paid(city, at_home) == "800.00"


def test_filing_kinds_and_emergency_as_the_nation_has_them(city):
    assert paid(city, chronic("dialysis", "2025-06-01", "filing: referral")) == "700.00"
    assert paid(city, chronic("dialysis", "2025-06-01", "filing: temporary")) == "600.00"
    assert paid(city, chronic("dialysis", "2025-06-01", "filing: temporary, emergency: yes")) == "700.00"
    assert paid(city, chronic("dialysis", "2025-06-01", "emergency: yes")) == "700.00"
    with pytest.raises(CareRefused, match="not filed"):
        paid(city, chronic("dialysis", "2025-06-01", "emergency: no"))


def test_qingdao_reimburses_by_its_own_catalogue_and_settles_by_the_care_regions(tmp_path):
    """The pool whose published rule names the home catalogue for manual reimbursement; the deductible is assumed."""
    pack = (POLICIES / "qingdao" / "employee_inpatient.yaml").read_text(encoding="utf-8")
    assumed = pack.replace("value: unknown, note: 住院起付线未查到", "value: 0, source: device, note: 假定已付")
    (tmp_path / "employee_inpatient.yaml").write_text(assumed, encoding="utf-8")
    policy = load_policy(POLICIES / "qingdao", tmp_path)
    text = (
        "{insurance: employee, category: working, care: inpatient, level: tertiary, service_from: 2024-08-01,"
        " remote: {relation: cross_province, filing: temporary}, channel: CHANNEL,"
        " lines: [{class: C, amount: 1000, home: {class: A}}, {class: A, amount: 500, home: {class: A}}]}"
    )
    assert paid(policy, text.replace("CHANNEL", "direct")) == "410.00"  # 500 x (87 % - 5 points)
    assert paid(policy, text.replace("CHANNEL", "manual")) == "1230.00"  # 1500 x 82 %
