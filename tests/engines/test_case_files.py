"""Case files say what they mean, and a mistake in one is named with file, line and path."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from yijie.engines.benefit import Bucket, Remote
from yijie.engines.benefit.errors import FileError
from yijie.engines.benefit.read_cases import read_cases
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    SpecialGroup,
)
from yijie.kernel.errors import YijieError

FULL = """\
id: A-1
insurance: resident
care: inpatient
service_from: 2025-12-20
service_to: 2026-01-05
settled: 2026-01-06
category: college_student
birth_date: 2004-02-29
groups: [subsistence, disabled]
civil_servant: no
company_supplement: yes
tier: second
level: tertiary
contracted: false
disease: tumour
facts: {hospital_class: city}
remote: {relation: cross_province, filing: referral, emergency: no}
account: {use: yes, balance: 12.50}
accumulators: {count.inpatient: 2, inpatient.paid: 1300.50}
stated: {waiver: 18.14}
continues: true
deductible_paid: 400
channel: manual
units: {hour: 1.5, visit: 3}
stay: {day: 30, inpatient.excess: 20000}
prepaid: 500
note: anything
amounts:
  total: 100
  eligible: 80
  first_self_pay: 10.10
  over_ceiling: 4.90
  not_covered: 5
  buckets: {basic_drugs: {of: eligible, amount: 20}}
"""
CARE = "care: outpatient"
BILL = "amounts: {total: 10, eligible: 10}"
SMALL = "insurance: employee\ncare: outpatient\nservice_from: 2025-03-01\namounts: {total: 10, eligible: 10}\n"


def test_every_field_arrives():
    (case,) = read_cases(FULL, "case.yaml").cases
    assert (case.id, case.insurance, case.care) == ("A-1", Insurance.RESIDENT, CareKind.INPATIENT)
    assert (case.service_from, case.service_to, case.settled) == (
        date(2025, 12, 20),
        date(2026, 1, 5),
        date(2026, 1, 6),
    )
    assert (case.category, case.birth_date) == (PersonCategory.COLLEGE_STUDENT, date(2004, 2, 29))
    assert case.groups == {SpecialGroup.SUBSISTENCE, SpecialGroup.DISABLED}
    assert (case.civil_servant, case.company_supplement, case.contracted, case.continues) == (False, True, False, True)
    assert (case.tier, case.level, case.disease) == ("second", HospitalLevel.TERTIARY, "tumour")
    assert case.facts == {"hospital_class": "city"}
    assert case.remote == Remote(Relation.CROSS_PROVINCE, FilingKind.REFERRAL)
    assert (case.use_account, case.account_balance, case.deductible_paid) == (True, 1250, 40000)
    assert case.accumulators == {"count.inpatient": 2, "inpatient.paid": 130050}
    assert case.stated == {"waiver": 1814}
    assert (case.channel, case.units, case.prepaid) == ("manual", {"hour": 150, "visit": 300}, 50000)
    assert case.stay == {"day": 3000, "inpatient.excess": 2000000}
    assert case.amounts.buckets == {"basic_drugs": Bucket("eligible", 2000)}
    assert (case.amounts.total, case.amounts.first_self_pay, case.amounts.over_ceiling) == (10000, 1010, 490)


def test_what_is_not_written_is_empty_and_a_day_is_one_day():
    read = read_cases(SMALL, "case.yaml")
    (case,) = read.cases
    assert read.single
    assert (case.id, case.service_to, case.category, case.level) == ("1", date(2025, 3, 1), None, None)
    assert (case.remote, case.groups, case.account_balance, case.amounts.first_self_pay) == (
        Remote(),
        frozenset(),
        0,
        0,
    )


def test_one_word_stands_for_a_list_of_one():
    (case,) = read_cases(SMALL + "groups: disabled\n", "case.yaml").cases
    assert case.groups == {SpecialGroup.DISABLED}


def test_json_is_read_alike_with_tabs_and_nulls():
    text = '{\n\t"insurance": "employee",\n\t"care": "outpatient",\n\t"tier": null, "disease": "none",\n'
    text += '\t"service_from": "2025-03-01",\n'
    text += '\t"remote": {"relation": "local", "filing": "none"}, "amounts": {"total": "10", "eligible": 10.00}}'
    (case,) = read_cases(text, "case.json").cases
    assert (case.tier, case.disease, case.amounts.total) == ("", "", 1000)


def test_lines_are_graded():
    lines = """
lines:
  - {name: 药, class: B, amount: 100.10, first_self_pay: 10%, bucket: drugs}
  - {class: A, price: 0.123456, quantity: 100.5, unit_ceiling: 0.1}
  - {class: A, amount: 30, restricted: yes, approval: denied}
  - {class: A, amount: 20, quantity: 4, unit_ceiling: 3}
  - {class: A, price: 2}
  - {class: C, amount: -5}
"""
    text = SMALL.replace("amounts: {total: 10, eligible: 10}\n", lines.lstrip())
    (case,) = read_cases(text, "case.yaml").cases
    amounts = case.amounts
    assert (amounts.total, amounts.first_self_pay, amounts.over_ceiling) == (15951, 1001, 236 + 800)
    assert (amounts.not_covered, amounts.eligible) == (2500, 15951 - 1001 - 1036 - 2500)
    assert amounts.buckets == {"drugs": Bucket("eligible", 9009)}
    assert Decimal("0.123456") * Decimal("100.5") == Decimal("12.407328")


def test_a_list_holds_independent_cases_and_visits_belong_to_one_person():
    several = read_cases(f"[{{{', '.join(SMALL.splitlines())}}}, {{{', '.join(SMALL.splitlines())}}}]", "case.yaml")
    assert ([case.id for case in several.cases], several.one_person, several.single) == (["1", "2"], False, False)
    year = read_cases(
        "insurance: employee\ncare: outpatient\nvisits:\n"
        "  - {service_from: 2025-03-01, amounts: {total: 1, eligible: 1}}\n"
        "  - {care: inpatient, service_from: 2025-02-01, settled: 2025-03-01, amounts: {total: 1, eligible: 1}}\n",
        "case.yaml",
    )
    assert year.one_person
    assert [case.care for case in year.cases] == [CareKind.OUTPATIENT, CareKind.INPATIENT]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "code"),
    [
        ("insurance: employee\n", "", 1, "/", "file.missing_key"),
        ("care: outpatient", "care: dentist", 2, "care", "file.unknown_word"),
        ("care: outpatient", "caer: outpatient", 2, "caer", "file.unknown_key"),
        ("2025-03-01", "01.03.2025", 3, "service_from", "file.number"),
        ("total: 10,", "total: 11,", 4, "amounts", "case.amounts"),
        ("total: 10,", "total: 10.123,", 4, "amounts.total", "file.number"),
        ("total: 10,", "total: 1e1,", 4, "amounts.total", "file.number"),
        ("eligible: 10", "eligble: 10", 4, "amounts.eligble", "file.unknown_key"),
        (BILL, "note: x", 1, "/", "file.missing_key"),
        (BILL, "lines: [{class: A}]", 4, "lines[0]", "file.missing_key"),
        (BILL, "lines: [{class: D, amount: 1}]", 4, "lines[0].class", "file.unknown_word"),
        (BILL, "lines: [{class: A, amount: 1.5.0}]", 4, "lines[0].amount", "file.number"),
        (BILL, "lines: [{class: A, price: ten}]", 4, "lines[0].price", "file.number"),
        (CARE, CARE + "\nlevel: 3", 3, "level", "file.unknown_word"),
        (CARE, CARE + "\ncontracted: maybe", 3, "contracted", "file.unknown_word"),
        (CARE, CARE + "\naccumulators: {count.x: 1.5}", 3, "accumulators.count.x", "file.number"),
        (CARE, CARE + "\naccumulators: {count.x: 100001}", 3, "accumulators.count.x", "file.out_of_range"),
        (CARE, CARE + "\naccount: {balance: 5}", 3, "account", "file.missing_key"),
        (CARE, CARE + "\nremote: cross_province", 3, "remote", "file.shape"),
        (CARE, CARE + "\nvisits: []", 3, "visits", "file.empty"),
        (CARE, CARE + "\nchannel: post", 3, "channel", "file.unknown_word"),
        (CARE, CARE + "\nunits: {hour: 1.555}", 3, "units.hour", "file.number"),
        (CARE, CARE + "\nstay: {day: -1}", 3, "stay.day", "file.number"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_line(old, new, line, path, code):
    with pytest.raises(FileError) as found:
        read_cases(SMALL.replace(old, new), "case.yaml")
    error = found.value
    assert (error.code, error.facts["place"], error.facts["path"]) == (f"benefit.{code}", f"case.yaml:{line}", path)


def test_visits_out_of_order_are_refused():
    text = "insurance: employee\ncare: outpatient\nvisits:\n"
    text += "".join(f"  - {{service_from: 2025-0{m}-01, amounts: {{total: 1, eligible: 1}}}}\n" for m in (3, 2))
    with pytest.raises(FileError) as found:
        read_cases(text, "case.yaml")
    assert (found.value.code, found.value.facts["place"]) == ("benefit.case.order", "case.yaml:5")


@given(st.data())
def test_no_text_makes_the_reader_stumble(data):
    start = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(start, min(len(FULL), start + 20)))
    insert = data.draw(
        st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["{", "[", "- ", ": ", "\n"])
    )
    file = data.draw(st.sampled_from(["case.yaml", "case.json"]))
    try:
        read_cases(FULL[:start] + insert + FULL[end:], file)
    except YijieError as error:
        refused = error
    else:
        return
    assert refused.text("zh")
    assert refused.text("en")
