"""Every refusal is told in words a desk clerk can act on, stores nothing, and leaves the message id free."""

import pytest
import refusals
from people import born
from reckoning import fen
from stored import everything_stored

from yijie.interfaces.demo.his import Item
from yijie.interfaces.fsi.jsontext import BODY_BYTES_MAX
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now


@pytest.mark.parametrize("make", refusals.ALL, ids=lambda case: case.__name__)
def test_a_refused_message_stores_nothing_and_can_be_sent_corrected(make, desk):
    wrong = make(desk)
    msgid = wrong.desk.message_id()
    held = everything_stored()
    for _ in range(2):
        code, text = wrong.desk.refused(wrong.infno, wrong.payload, insured_in=wrong.home, msgid=msgid)
        assert code == wrong.code, text
        assert wrong.says in text
    assert everything_stored() == held
    if wrong.right:
        corrected = wrong.desk.say(wrong.infno, wrong.right, insured_in=wrong.home, msgid=msgid)
        assert corrected.done, corrected.text


def test_a_restricted_item_is_not_refused_but_paid_by_the_patient(desk):
    beijing, patient = desk(institutions.BEIJING_TERTIARY), born()
    stay = beijing.stay_of(patient, [], began=now())
    for approval, covered in (("", False), ("0", False), ("1", True), ("2", False)):
        item = Item(shelf.DRUG_RESTRICTED.code, "25.60", "10", approval, serial=f"1{approval or 9}")
        [line] = beijing.charge(patient, stay, [item], now())
        assert line["lmt_used_flag"] == "1"
        assert line["memo"] == "限二级及以上医疗机构"
        assert fen(line["fulamt_ownpay_amt"]) == (0 if covered else 25_600)
        assert fen(line["inscp_scp_amt"]) == (23_040 if covered else 0)


def test_a_body_beyond_all_measure_is_answered_like_any_other(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    for size in (BODY_BYTES_MAX + 1, 3 * BODY_BYTES_MAX):
        assert beijing.reply("2301", b" " * size).code == "fsi.body_too_large"
