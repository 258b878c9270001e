from datetime import timedelta

from yijie.interfaces.demo.his import Item, now, total_of
from yijie.interfaces.sample import institutions, shelf


def test_stay(hospital, supply):
    number, certificate, name = supply("110000")
    h = hospital(institutions.BEIJING_TERTIARY)
    p = h.patient(h.read_card(certificate, name))
    began = now() - timedelta(days=3)
    e = h.admit(p, "X1", began)
    items = [Item(shelf.DRUG_A.code, "3.20", "10"), Item(shelf.SURGERY.code, "1200.00", "3")]
    h.charge(p, e, items, began)
    h.discharge(p, e, now())
    out = h.ask("2304", h.stay_bill(p, e, total_of(items)), insured_in=p.home_region)
    assert out["setlinfo"]["act_pay_dedc"] == 1300
