"""A stay at home, the shortest journey: admission, lines, discharge, settlement."""

import itertools
from datetime import timedelta

from desks import Desk
from people import born

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel import ids
from yijie.kernel.dates import clock_set_to, now


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


def test_two_admissions_whose_numbers_meet_are_both_done(fresh_nation, monkeypatch):
    desk, first, second = Desk(institutions.BEIJING_TERTIARY), born(), born()
    drawn = itertools.count(1)
    with clock_set_to(now()):
        monkeypatch.setattr(ids.secrets, "randbits", lambda bits: next(drawn) and 7)
        began = now() - timedelta(days=1)
        met = desk.admit(first, "ZY-MET-1", began)
        used, again = next(drawn) - 1, itertools.count(1)
        monkeypatch.setattr(ids.secrets, "randbits", lambda bits: 7 if (n := next(again)) <= used else n)
        other = desk.admit(second, "ZY-MET-2", began)
    assert next(again) > used + 1, "the second was tried twice"
    assert met != other
