"""4101–4105: a list is checked as soon as it arrives, only one that passed is submitted and counts."""

from datetime import timedelta

import able as ready
import pytest
from desks import Desk
from people import born
from stored import rows

from yijie.domain import settlement_list
from yijie.interfaces.demo.his import Item, moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2"), Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "3", serial="2")]
pytestmark = pytest.mark.usefixtures("own_nation")


@pytest.fixture
def settled():
    """A hospital, a patient and a settled stay."""
    desk, patient = Desk(institutions.BEIJING_TERTIARY), born(account=30_000)
    stay = desk.stay_of(patient, ITEMS, began=now() - timedelta(hours=3), ended=now())
    number = desk.settle_stay(patient, stay, ITEMS, account=True)["setlinfo"]["setl_id"]
    return desk, patient, {"encounter": stay, "settlement": number}


def whole(facts, desk, **changed):
    """A list that passes, some fields of its head changed."""
    good = {"setlinfo": {}, **ready.good_list(facts, desk)}
    return good | {"setlinfo": good["setlinfo"] | changed}


def named(patient, facts, **more):
    return {"data": {"psn_no": patient.number, "setl_id": facts["settlement"], **more}}


def question(facts, **more):
    return {"data": {"setl_ym": f"{now():%Y%m}", "setl_id": facts["settlement"], "page_num": 1, "page_size": 9, **more}}


def counted(desk):
    day = f"{today()}"
    period = {"stt_begntime": f"{day} 00:00:00", "stt_endtime": f"{day} 23:59:59"}
    row = {"fixmedins_code": desk.code, "medtype_list": "2101", "stt_flag": True, **period}
    said = desk.say("4105", {"data": row}).output
    assert desk.say("4105", {"data": row | {"medtype_list": ["52", "2101"]}}).output == said
    return said["needUploadCnt"], said["uploadedCnt"]


def test_a_list_with_errors_is_kept_but_neither_submitted_nor_counted(settled):
    desk, patient, facts = settled
    needed, uploaded = counted(desk)
    wrong = whole(facts, desk, dscg_way="2", adm_time=moment(now() - timedelta(days=9)))
    assert desk.say("4101", wrong).done
    assert counted(desk) == (needed, uploaded)
    code, text = desk.refused("4102", named(patient, facts, stas_type="1"))
    assert code == "settlement_list.quality_failed"
    assert "adm_time" in text
    [row] = desk.say("4104", question(facts)).output
    assert (row["qltctrl_rslt"], row["err_lv"]) == ("0", "1")
    assert {"adm_time", "acp_medins_name"} <= {one["exam_data_fld"] for one in row["detailinfo"]}
    assert desk.say("4104", question(facts, err_lv="3")).output == []

    assert desk.say("4101", whole(facts, desk)).done
    [row] = desk.say("4104", question(facts)).output
    assert (row["qltctrl_rslt"], row["err_lv"]) == ("1", "2")
    assert counted(desk) == (needed, uploaded + 1)
    assert desk.say("4102", named(patient, facts, stas_type="1")).done
    assert desk.refused("4101", whole(facts, desk))[0] == "settlement_list.locked"
    assert desk.refused("4102", named(patient, facts, stas_type="2"))[0] == "settlement_list.state_unfit"
    versions = rows(
        "SELECT version, passed, state, ended_at IS NULL FROM settlement_list_settlementlist"
        " WHERE settlement = %s ORDER BY 1",
        int(facts["settlement"][6:]),
    )
    assert versions == [(1, False, "0", False), (2, True, "1", True)]


def test_a_returned_list_may_be_corrected(settled):
    desk, patient, facts = settled
    desk.say("4101", whole(facts, desk, stas_type="1"))
    kept = settlement_list.find(facts["settlement"], desk.code, patient.number)
    assert kept.state == "1"
    settlement_list.move(kept, "3", bureau=True)
    [row] = desk.say("4104", question(facts, retn_flag="1")).output
    assert row["retn_flag"] == "1"
    assert desk.say("4102", named(patient, facts, stas_type="0")).done
    assert desk.say("4101", whole(facts, desk)).done


def test_the_list_answers_with_the_money_as_settled(settled):
    desk, patient, facts = settled
    desk.say("4101", whole(facts, desk, vent_used_dura="1/2/3"))
    said = desk.say("4103", named(patient, facts)).output
    money = desk.about("5203", patient, setl_id=facts["settlement"], mdtrt_id=facts["encounter"])["setlinfo"]
    head = said["setlinfo"]
    assert head["acct_pay"] == money["acct_pay"]
    assert head["psn_cashpay"] == money["cash_payamt"]
    assert head["psn_selfpay"] + head["psn_ownpay"] == money["psn_pay"]
    assert (head["vent_used_days"], head["vent_used_h_cnt"], head["vent_used_m_cnt"]) == (1, 2, 3)
    assert head["psn_name"] == patient.name
    assert sum(row["item_sumamt"] for row in said["iteminfo"]) == money["medfee_sumamt"]
    paid = sum(row["fund_payamt"] for row in said["payinfo"])
    assert paid == money["fund_pay_sumamt"] + money["acct_pay"]
    assert [row["diag_code"] for row in said["diseinfo"]] == ["I10.x00"]


def test_a_list_needs_a_living_settlement_of_this_hospital(settled):
    desk, patient, facts = settled
    other = Desk(institutions.SHANGHAI_TERTIARY)
    assert other.refused("4101", whole(facts, other))[0] == "settlement.unknown"
    assert desk.refused("4103", named(patient, facts))[0] == "settlement_list.missing"
    desk.void("2305", patient, facts["encounter"], facts["settlement"])
    assert desk.refused("4101", whole(facts, desk))[0] == "settlement.already_voided"
