"""Care away from home without a filing: told so, filed late, or an emergency that counts as filed."""

from datetime import date, timedelta

import pytest
from people import born
from reckoning import bill_of, owed, percent, said
from stored import everything_stored

from yijie.domain import filing
from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today

ITEMS = [
    Item(shelf.SURGERY.code, "1200.00", "4"),
    Item(shelf.EXAMINATION.code, "220.00", "2"),
    Item(shelf.DRUG_B.code, "18.00", "5"),
]
HANGZHOU_TERTIARY_DEDUCTIBLE = 80_000
HANGZHOU_TERTIARY_RATIO = 70
"""Residents of Hangzhou, up to 250,000 yuan of the year's cost."""
GUANGZHOU_TERTIARY_DEDUCTIBLE = 160_000
GUANGZHOU_TERTIARY_RATIO = 80
"""Working employees of Guangzhou; the pool pays nobody away from home without a filing."""


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


def filed(patient, kind, **more):
    """A filing for Beijing, requested today and approved."""
    asked = filing.Application(
        patient.number, patient.insurance, patient.home_region, "110000", kind, today(), promised=True, **more
    )
    return filing.approve(filing.request(asked, by=patient.name).id, by="杭州经办")


def test_an_unfiled_resident_of_hangzhou_is_paid_at_the_reduced_ratio(beijing):
    patient = beijing.patient(beijing.read_card(cast.HANGZHOU_RESIDENT.certificate))
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=4), ended=now())
    parts = bill_of(ITEMS, resident=True)
    pooled = percent(parts.eligible - HANGZHOU_TERTIARY_DEDUCTIBLE, HANGZHOU_TERTIARY_RATIO - 20)
    settled = beijing.settle_stay(patient, stay, ITEMS)
    assert said(settled["setlinfo"]) == owed(parts, deductible=HANGZHOU_TERTIARY_DEDUCTIBLE, pooled=pooled)
    [detail] = settled["setldetail"]
    assert detail["fund_pay_type"] == "390100"
    assert "-20" in detail["setl_proc_info"] or "50%" in detail["setl_proc_info"]


def test_an_unfiled_employee_of_guangzhou_files_before_discharge_and_is_paid_at_the_reduced_ratio(beijing):
    patient = born("440100", "310", "11", birth=date(1986, 1, 1))
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=4))
    code, text = beijing.refused("2303", beijing.stay_bill(patient, stay, "5330.00"))
    assert code == "benefit.refused"
    assert "补办备案" in text
    beijing.discharge(patient, stay, now())
    held = everything_stored()
    assert beijing.refused("2304", beijing.stay_bill(patient, stay, "5330.00"))[0] == "benefit.refused"
    assert everything_stored() == held

    filed(patient, FilingKind.TEMPORARY)
    parts = bill_of(ITEMS)
    pooled = percent(parts.eligible - GUANGZHOU_TERTIARY_DEDUCTIBLE, GUANGZHOU_TERTIARY_RATIO - 20)
    settled = beijing.settle_stay(patient, stay, ITEMS)
    assert said(settled["setlinfo"]) == owed(parts, deductible=GUANGZHOU_TERTIARY_DEDUCTIBLE, pooled=pooled)


@pytest.mark.parametrize(
    ("kind", "points"), [(FilingKind.TEMPORARY, 20), (FilingKind.REFERRAL, 10), (FilingKind.LONG_TERM_RESIDENT, 0)]
)
def test_each_kind_of_filing_has_its_ratio(beijing, kind, points):
    patient = born("330100", "390", "15", tier="一档")
    filed(patient, kind)
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=4), ended=now())
    parts = bill_of(ITEMS, resident=True)
    pooled = percent(parts.eligible - HANGZHOU_TERTIARY_DEDUCTIBLE, HANGZHOU_TERTIARY_RATIO - points)
    expected = owed(parts, deductible=HANGZHOU_TERTIARY_DEDUCTIBLE, pooled=pooled)
    assert said(beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]) == expected


@pytest.mark.parametrize("extension", ['{"IPT_TYPE":"2"}', '{"ipt_type":2}'])
def test_an_emergency_counts_as_filed(beijing, extension):
    patient = born("330100", "390", "15", tier="一档")
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=4), ended=now(), extension=extension)
    parts = bill_of(ITEMS, resident=True)
    pooled = percent(parts.eligible - HANGZHOU_TERTIARY_DEDUCTIBLE, HANGZHOU_TERTIARY_RATIO - 10)
    expected = owed(parts, deductible=HANGZHOU_TERTIARY_DEDUCTIBLE, pooled=pooled)
    assert said(beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]) == expected


def test_an_ordinary_stay_does_not_count_as_an_emergency(beijing):
    patient = born("440100", "310", "11")
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=4), ended=now(), extension='{"IPT_TYPE":"1"}')
    assert beijing.refused("2304", beijing.stay_bill(patient, stay, "5330.00"))[0] == "benefit.refused"


def test_a_trauma_away_from_home_declares_whether_a_third_party_is_liable(beijing):
    patient = born("330100", "390", "15", tier="一档")
    held = everything_stored()
    for extension in ('{"TRUM_FLAG":"1"}', '{"TRUM_FLAG":"1","REL_TTP_FLAG":""}'):
        with pytest.raises(Exception, match="REL_TTP_FLAG"):
            beijing.admit(patient, "ZY-T", now(), extension=extension)
    assert everything_stored() == held
    beijing.admit(patient, "ZY-T", now(), extension='{"TRUM_FLAG":"1","REL_TTP_FLAG":"0"}')


def test_a_filing_for_one_hospital_does_not_cover_another(desk):
    named, other = desk(institutions.BEIJING_TERTIARY), desk(institutions.BEIJING_SECONDARY)
    patient = born("440100", "310", "11", birth=date(1970, 1, 1))
    filed(patient, FilingKind.TEMPORARY, institution=named.code)
    began = now() - timedelta(days=1)
    elsewhere = other.stay_of(patient, ITEMS, began=began, ended=now())
    assert other.refused("2304", other.stay_bill(patient, elsewhere, "5330.00"))[0] == "benefit.refused"
    stay = named.stay_of(patient, ITEMS, began=began, ended=now())
    assert named.settle_stay(patient, stay, ITEMS)["setlinfo"]["hifp_pay"] > 0
