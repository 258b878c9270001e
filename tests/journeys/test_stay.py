"""A stay at home, the shortest journey: admission, lines, discharge, settlement."""

from datetime import timedelta

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now


def test_a_beijing_employee_pays_the_first_deductible_of_the_year(hospital, supply):
    _, certificate, name = supply("110000")
    tertiary = hospital(institutions.BEIJING_TERTIARY)
    patient = tertiary.patient(tertiary.read_card(certificate, name))
    began = now() - timedelta(days=3)
    stay = tertiary.admit(patient, "ZY-TEST-1", began)
    items = [Item(shelf.DRUG_A.code, "3.20", "10"), Item(shelf.SURGERY.code, "1200.00", "3")]
    tertiary.charge(patient, stay, items, began)
    tertiary.discharge(patient, stay, now())
    settled = tertiary.ask("2304", tertiary.stay_bill(patient, stay, total_of(items)), insured_in=patient.home_region)
    assert settled["setlinfo"]["act_pay_dedc"] == 1300
    assert settled["setlinfo"]["hifp_pay"] == round((3632 - 1300) * 0.85, 2)
