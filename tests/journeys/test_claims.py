"""2172–2176: what a month's claims consist of and what a pharmacy is owed, to the fen; voids are negative."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from desks import Desk
from journeys.test_pharmacy import purchase
from journeys.test_remote_purchases import pay, push
from people import born
from reckoning import fen

from yijie.interfaces.demo.his import Item
from yijie.interfaces.fsi import clients
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import SHANGHAI, clock_set_to, now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]
ACCOUNT = 50_000


@pytest.fixture
def hospital(fresh_nation):
    """A hospital in Beijing in whose books nothing stands yet."""
    return Desk(institutions.BEIJING_SECONDARY)


@pytest.fixture
def pharmacy(fresh_nation):
    """A pharmacy in Beijing in whose books nothing stands yet."""
    return Desk(institutions.BEIJING_PHARMACY)


def visit(hospital, **person):
    patient = born(account=ACCOUNT, **person)
    number = hospital.visit_of(patient, ITEMS, began=now() - timedelta(minutes=5))
    return patient, hospital.settle_visit(patient, number, ITEMS, account=True)["setlinfo"]


def asked(desk, **changed):
    month = f"{today():%Y%m}"
    row = {"fixmedins_code": desk.code, "clr_type": "11", "start_clrym": month, "end_clrym": month}
    return row | {"clr_optins": desk.region, "clr_stas": "0", "page_num": "1", "page_size": "50"} | changed


def queried(desk, infno, **changed):
    said = desk.say(infno, asked(desk, **changed)).output
    return said["n_output"], said["parameters"]


def test_sums_details_and_funds_of_a_month_agree_with_each_other_and_with_3201(hospital):
    paid = [visit(hospital) for _ in range(3)]
    patient, gone = paid.pop()
    voided = hospital.void("2208", patient, gone["mdtrt_id"], gone["setl_id"]).output["setlinfo"]
    living = [info for _, info in paid]

    def total(field):
        return sum(info[field] for info in living)

    [month], place = queried(hospital, "2172")
    assert (month["sumamt"], month["fund_pay_sumamt"]) == (total("medfee_sumamt"), total("fund_pay_sumamt"))
    assert (month["acct_pay_sumamt"], month["cash_payamt"]) == (total("acct_pay"), total("psn_cash_pay"))
    assert (month["clr_psntime"], month["clr_stas"], month["clr_stas_name"]) == (2, "0", "未申报")
    assert (month["start_clrym"], month["begndate"][:6]) == (f"{today():%Y%m}", f"{today():%Y%m}")
    assert month["setl_dcla_no"] == f"{hospital.code}-{today():%Y%m}-11", "a key that speaks, not an invented claim"
    assert (place["recordCounts"], place["pages"], place["isLastPage"]) == (1, 1, True)

    rows, place = queried(hospital, "2173")
    assert place["recordCounts"] == 4
    assert sum(row["clr_psntime"] for row in rows) == month["clr_psntime"]
    for ours, theirs in (("sumamt", "sumamt"), ("cash_payamt", "cash_payamt"), ("acct_payamt", "acct_pay_sumamt")):
        assert sum(row[ours] for row in rows) == month[theirs]
    assert [row["mdtrt_regno"] for row in rows] == [info["mdtrt_id"] for info in [*living, gone, voided]]
    assert {(row["out_type"], row["med_type"], row["gend_name"]) for row in rows} == {("0", "11", "男")}
    assert rows[0]["psn_name"] == paid[0][0].name

    shares, _ = queried(hospital, "2174")
    assert {row["fund_pay_type"] for row in shares} == {"310102", "310200"}
    assert sum(row["fund_appy_sum"] for row in shares) == month["fund_pay_sumamt"] + month["acct_pay_sumamt"]
    of_one, _ = queried(hospital, "2174", mdtrt_regno=living[0]["mdtrt_id"])
    assert sum(row["fund_appy_sum"] for row in of_one) == living[0]["fund_pay_sumamt"] + living[0]["acct_pay"]
    assert queried(hospital, "2174", mdtrt_regno=gone["mdtrt_id"])[0] == []
    assert queried(hospital, "2174", mdtrt_regno="nothing")[0] == []

    day = f"{today()}"
    control = {
        "insutype": "310",
        "clr_type": "11",
        "setl_optins": hospital.region,
        "stmt_begndate": day,
        "stmt_enddate": day,
        "medfee_sumamt": f"{month['sumamt']}",
        "fund_pay_sumamt": f"{month['fund_pay_sumamt']}",
        "acct_pay": f"{month['acct_pay_sumamt']}",
        "cash_payamt": "0",
        "fixmedins_setl_cnt": 2,
        "refd_setl_flag": "",
    }
    assert hospital.say("3201", {"data": control}).output["stmtinfo"]["stmt_rslt"] == "0"


def test_a_month_is_that_of_the_settlement_and_pages_are_cut_in_it(hospital):
    with clock_set_to(datetime(2026, 3, 31, 23, 30, tzinfo=SHANGHAI)):
        visit(hospital)
    with clock_set_to(datetime(2026, 4, 1, 0, 30, tzinfo=SHANGHAI)):
        visit(hospital)
        visit(hospital)
    spring = {"start_clrym": "202603", "end_clrym": "202604"}
    months, _ = queried(hospital, "2172", **spring)
    assert [(one["start_clrym"], one["clr_psntime"]) for one in months] == [("202603", 1), ("202604", 2)]
    assert (months[0]["begndate"], months[0]["enddate"]) == ("20260301", "20260331")
    second, place = queried(hospital, "2173", page_num="2", page_size="2", **spring)
    assert len(second) == 1
    counts = {"pageNum": 2, "pageSize": 2, "startRow": 3, "endRow": 3, "recordCounts": 3, "size": 1, "pages": 2}
    assert place == counts | {"isFirstPage": False, "isLastPage": True}
    assert queried(hospital, "2173", page_num="3", page_size="2", **spring)[0] == []
    assert queried(hospital, "2172", start_clrym="202605", end_clrym="202612")[0] == []


def test_only_what_is_not_claimed_of_this_type_and_institution(hospital):
    visit(hospital)
    for narrowed in ({"clr_stas": "10"}, {"clr_type": "21"}, {"clr_type": "9914"}):
        for infno in ("2172", "2173", "2174"):
            rows, place = queried(hospital, infno, **narrowed)
            assert (rows, place["recordCounts"]) == ([], 0), (infno, narrowed)
    other = Desk(institutions.BEIJING_TERTIARY)
    assert queried(other, "2172")[0] == []


def test_where_fund_totals_include_the_account_those_of_a_month_do_too(fresh_nation):
    community = Desk(institutions.BEIJING_COMMUNITY)
    clients.register(Profile(community.code, account_in_funds=True))
    _, info = visit(community)
    assert info["acct_pay"] > 0
    [month], _ = queried(community, "2172")
    assert month["fund_pay_sumamt"] == info["fund_pay_sumamt"]


def test_patients_of_another_province_are_told_apart(hospital):
    patient = born("440100")
    number = hospital.visit_of(patient, ITEMS, began=now() - timedelta(minutes=5), medical_type="13")
    hospital.settle_visit(patient, number, ITEMS)
    [row], _ = queried(hospital, "2173")
    assert (row["out_type"], row["out_type_name"]) == ("2", "跨省异地转入")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fixmedins_code": institutions.BEIJING_TERTIARY}, "reconcile.other_institution"),
        ({"clr_optins": "310000"}, "reconcile.other_office"),
        ({"start_clrym": "202613"}, "reconcile.months_unfit"),
        ({"end_clrym": "2026"}, "reconcile.months_unfit"),
        ({"end_clrym": "999912"}, "reconcile.months_unfit"),
        ({"start_clrym": "202602", "end_clrym": "202601"}, "reconcile.months_unfit"),
        ({"start_clrym": "202401", "end_clrym": "202601"}, "reconcile.months_unfit"),
        ({"page_size": "10001"}, "fsi.page_too_large"),
    ],
)
@pytest.mark.parametrize("infno", ["2172", "2173", "2174"])
def test_what_no_claim_can_be_asked_by_is_refused(own_nation, infno, changed, code):
    desk = Desk(institutions.BEIJING_SECONDARY)
    assert desk.refused(infno, asked(desk, **changed))[0] == code


def test_two_years_may_be_asked_at_once(own_nation):
    assert queried(Desk(institutions.BEIJING_SECONDARY), "2172", start_clrym="202402", end_clrym="202601")[1]


def test_a_pharmacys_day_and_period_say_the_same(pharmacy):
    bought, gone = born(account=ACCOUNT), born(account=ACCOUNT)
    said = pharmacy.say("2102", purchase(bought)).output["setlinfo"]
    cash_only = pharmacy.say("2102", purchase(born(), acct_used_flag="0")).output["setlinfo"]
    taken = pharmacy.say("2102", purchase(gone)).output["setlinfo"]
    assert pharmacy.void("2103", gone, taken["mdtrt_id"], taken["setl_id"]).done
    row = {"fixmedins_code": pharmacy.code, "query_date": f"{today()}", "page_num": "", "page_size": ""}
    answered = pharmacy.say("2175", row).output
    owed = said["fund_pay_sumamt"] + said["acct_pay"]
    assert fen(owed) > 0
    mine = [one for one in answered["n_output"] if one["mdtrt_regno"] == said["mdtrt_id"]]
    assert sum(one["dfr_sumamt"] for one in mine) == owed
    assert {(one["medfee_sumamt"], one["psn_name"], one["certno"]) for one in mine} == {
        (Decimal("32.00"), bought.name, bought.certificate)
    }
    [own] = [one for one in answered["n_output"] if one["mdtrt_regno"] == cash_only["mdtrt_id"]]
    assert (own["dfr_sumamt"], own["medfee_sumamt"]) == (0, Decimal("32.00"))
    assert sum(one["dfr_sumamt"] for one in answered["n_output"]) == owed
    period = {"fixmedins_code": pharmacy.code, "start_date": f"{today()}", "end_date": f"{today()}"}
    [summed] = pharmacy.say("2176", period).output
    assert (summed["med_type"], summed["med_type_name"]) == ("41", "定点药店购药")
    assert (summed["medfee_sumamt"], summed["dfr_sumamt"], summed["no_pay_sum"]) == (Decimal("64.00"), owed, owed)
    assert (summed["dcla_sum"], summed["pay_sum"]) == (0, 0)
    yesterday = f"{today() - timedelta(days=1)}"
    assert pharmacy.say("2175", row | {"query_date": yesterday}).output["n_output"] == []


def test_an_order_is_found_by_its_own_number_and_by_that_of_its_settlement(pharmacy):
    patient = born("510100", account=ACCOUNT)
    number = push(pharmacy, patient)
    paid = pay(pharmacy, patient, number)
    pharmacy.say("2102", purchase(born(account=ACCOUNT)))
    for named in (number, paid["mdtrt_id"]):
        [fund], _ = queried(pharmacy, "2174", clr_type="41", mdtrt_regno=named)
        assert fund["fund_appy_sum"] == paid["acct_pay"] > 0
    for wrong in ("x", f"{int(number) + 1}", f"9{number}"):
        assert queried(pharmacy, "2174", clr_type="41", mdtrt_regno=wrong)[0] == []


def test_a_pharmacys_accounts_are_its_own_and_of_a_period(own_nation):
    pharmacy, hospital = Desk(institutions.BEIJING_PHARMACY), Desk(institutions.BEIJING_SECONDARY)
    period = {"fixmedins_code": pharmacy.code, "start_date": "2026-02-01", "end_date": "2026-01-01"}
    assert pharmacy.refused("2176", period)[0] == "reconcile.period_unfit"
    assert pharmacy.refused("2176", period | {"fixmedins_code": hospital.code})[0] == "reconcile.other_institution"
    code, text = hospital.refused("2175", {"fixmedins_code": hospital.code, "query_date": f"{today()}"})
    assert code == "institution.pharmacy_only"
    assert "月结查询请用 2172–2174" in text
    assert pharmacy.say("2175", {"fixmedins_code": pharmacy.code, "query_date": "9999-12-31"}).done
