"""What a hospital reports is kept with every version and found again: staff, goods, reports, certificates."""

from datetime import timedelta
from decimal import Decimal

import able as ready
import messages
import pytest
from desks import Desk
from people import born
from stored import everything_stored, one, rows

from yijie.domain import filing
from yijie.interfaces.demo.his import Item, moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import clock_set_to, now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2", serial="1001")]
pytestmark = pytest.mark.usefixtures("own_nation")


@pytest.fixture
def beijing():
    return Desk(institutions.BEIJING_TERTIARY)


@pytest.fixture
def shanghai():
    return Desk(institutions.SHANGHAI_TERTIARY)


def department(code, **changed):
    return {"deptinfo": messages.minimal_input("3401")["deptinfo"] | {"hosp_dept_codg": code} | changed}


def departments(desk):
    return {row["hosp_dept_codg"]: row for row in desk.say("5101", {}).output["feedetail"]}


def test_a_department_is_opened_changed_and_closed(beijing, shanghai):
    assert beijing.say("3401", department("D1", hosp_dept_name="内科", dr_psncnt=7)).done
    assert beijing.refused("3401", department("D1"))[0] == "archive.taken"
    assert beijing.refused("3402", department("D2"))[0] == "archive.missing"
    assert beijing.say("3402", department("D1", hosp_dept_name="心内科")).done
    assert departments(beijing)["D1"]["hosp_dept_name"] == "心内科"
    assert "D1" not in departments(shanghai)
    closing = {"data": {"hosp_dept_codg": "D1", "hosp_dept_name": "心内科", "begntime": f"{today()}"}}
    assert beijing.say("3403", closing).done
    assert beijing.refused("3403", closing)[0] == "archive.missing"
    assert "D1" not in departments(beijing)
    assert beijing.say("3401", department("D1")).done
    versions = rows("SELECT version, withdrawn FROM archive_entry WHERE kind = 'department' AND key = 'D1' ORDER BY 1")
    assert versions == [(1, False), (2, True), (3, False)]


def test_what_was_uploaded_is_asked_for_again_with_every_version(beijing, shanghai):
    """Of a front page and of orders the national interface has no query; YJ02 answers them as they came."""

    def asked(desk=beijing, **question):
        return desk.say("YJ02", {"data": question}).output

    patient, number = born(), "YJ02-STAY"
    page = messages.minimal_input("4401")
    page["baseinfo"] |= {"mdtrt_sn": number, "psn_no": patient.number, "mdtrt_id": "", "vali_flag": "1"}
    for name in ("甲", "乙"):
        page["baseinfo"]["psn_name"] = name
        assert beijing.say("4401", page).done
    [current] = asked(oinfno="4401", mdtrt_sn=number)["data"]
    assert (current["ver"], current["vali_flag"], current["content"]["baseinfo"]["psn_name"]) == (2, "1", "乙")
    both = asked(oinfno="4401", psn_no=patient.number, hist_flag="1")
    assert both["result"]["recordcounts"] == 2
    assert [(row["ver"], row["vali_flag"], row["revo_flag"]) for row in both["data"]] == [(1, "0", "0"), (2, "1", "0")]
    last = asked(oinfno="4401", psn_no=patient.number, hist_flag="1", page_num=2, page_size=1)["data"]
    assert [row["ver"] for row in last] == [2]
    assert asked(shanghai, oinfno="4401", mdtrt_sn=number)["data"] == []
    order = messages.minimal_input("4402")
    for row in order["data"] if isinstance(order["data"], list) else [order["data"]]:
        row |= {"mdtrt_sn": number, "medcas_drord_detl_id": "O1", "mdtrt_id": "", "vali_flag": "1"}
    assert beijing.say("4402", order).done
    [kept] = asked(oinfno="4402", rec_key=f"{number}|O1")["data"]
    assert kept["content"]["mdtrt_sn"] == number
    assert asked(oinfno="4402", mdtrt_sn=number)["result"]["recordcounts"] == 1
    assert beijing.refused("YJ02", {"data": {"oinfno": "2304"}})[0] == "fsi.not_kept"


def test_many_departments_come_all_or_none(beijing):
    row = messages.minimal_input("3401")["deptinfo"]
    both = {"deptinfo": [row | {"hosp_dept_codg": code} for code in ("M1", "M2", "M1")]}
    held = everything_stored()
    code, text = beijing.refused("3401A", both)
    assert code == "archive.twice"
    assert "第 3 条" in text
    assert everything_stored() == held
    assert beijing.say("3401A", {"deptinfo": both["deptinfo"][:2]}).done
    assert {"M1", "M2"} <= set(departments(beijing))


def test_doctors_are_found_by_name(beijing):
    doctor = messages.minimal_input("3467")["doctorinfo"][0] | {"dr_codg": "D9", "dr_name": "王医生", "certno": "1101"}
    assert beijing.say("3467", {"doctorinfo": [doctor]}).done
    found = beijing.say("5102", {"data": {"prac_psn_type": "1", "prac_psn_name": "王医生"}}).output["feedetail"]
    assert [(row["prac_psn_code"], row["certno"]) for row in found] == [("D9", "1101")]
    assert beijing.say("5102", {"data": {"prac_psn_type": "1", "prac_psn_name": "李医生"}}).output["feedetail"] == []


def sale(**changed):
    row = messages.minimal_input("3505")["selinfo"] | {
        "fixmedins_hilist_id": "OWN1",
        "fixmedins_hilist_name": "阿莫西林",
        "sel_retn_cnt": "2.5",
        "sel_retn_time": moment(now()),
        "drugtracinfo": [{"drug_trac_codg": "T1"}, {"drug_trac_codg": "T2"}],
    }
    return {"selinfo": row | changed}


def stock(infno, desk, **changed):
    period = {"begndate": f"{today() - timedelta(days=1)}", "enddate": f"{today()}"}
    row = {"fixmedins_code": desk.code, "medins_list_codg": "OWN1", **period}
    return desk.say(infno, {"data": row | changed}).output


def test_goods_are_sold_returned_found_and_deleted(beijing, shanghai):
    assert beijing.say("3505", sale(fixmedins_bchno="B1")).done
    [sold] = stock("3511", beijing, fixmedins_bchno="B1")
    assert (sold["medinsListName"], sold["selRetnCnt"]) == ("阿莫西林", Decimal("2.50"))
    assert sold["valiFlag"] == "1"
    assert stock("3511", shanghai, fixmedins_bchno="B1") == []
    assert stock("3511", beijing, fixmedins_bchno="B1", memo="没有") == []
    assert len(stock("3511", beijing, fixmedins_bchno="B1", medins_prod_sel_no=sold["medinsProdSelNo"])) == 1
    traced = stock("3513", beijing, fixmedins_bchno="B1")
    assert [row["drugTracCodg"] for row in traced] == ["T1", "T2"]
    [only] = stock("3513", beijing, drug_trac_codg="T2", medins_list_codg="")
    assert only["medinsListCodg"] == "OWN1"
    assert beijing.say("3505", sale(fixmedins_bchno="B1", memo="更正")).done
    assert [row["memo"] for row in stock("3511", beijing, fixmedins_bchno="B1")] == ["更正"]
    assert beijing.refused("3507", {"data": {"fixmedins_bchno": "B1", "inv_data_type": "9"}})[0].endswith("unknown")
    assert beijing.refused("3507", {"data": {"fixmedins_bchno": "B1", "inv_data_type": "3"}})[0] == "archive.missing"
    gone = [{"fixmedins_bchno": number, "inv_data_type": "4"} for number in ("B1", "B404")]
    [missing] = beijing.say("3507A", {"goodDetail": gone}).output["goodErrDetail"]
    assert missing["fixmedins_bchno"] == "B404"
    assert stock("3511", beijing, fixmedins_bchno="B1") == []


def test_a_batch_of_purchases_is_numbered_and_its_trace_codes_found(beijing):
    row = messages.minimal_input("3503A")["purcinfoDetail"][0] | {"purc_retn_stoin_time": moment(now())}
    both = [row | {"fixmedins_bchno": number, "fixmedins_hilist_id": "OWN1"} for number in ("P1", "P2")]
    said = beijing.say("3503A", {"purcinfoDetail": both}).output["purcinfoDetail"]
    assert [one["fixmedins_bchno"] for one in said] == ["P1", "P2"]
    [bought] = stock("3510", beijing, fixmedins_bchno="P2")
    assert bought["medinsProdPurcNo"] == said[1]["medins_prod_purc_no"]
    change = messages.minimal_input("3502A")["invinfoDetail"][0] | {
        "fixmedins_bchno": "C1",
        "fixmedins_hilist_id": "OWN1",
        "inv_chg_time": moment(now()),
        "drugtracinfo": [{"drug_trac_codg": "T9"}],
    }
    assert beijing.say("3502A", {"invinfoDetail": [change]}).output["invinfoErrDetail"] == []
    assert [row["drugTracCodg"] for row in stock("3512", beijing, drug_trac_codg="T9")] == ["T9"]


def test_a_sale_names_a_settlement_of_this_hospital(beijing, shanghai):
    facts = ready._settled_stay(beijing, born())
    named = {"fixmedins_bchno": "S1", "setl_id": facts["settlement"], "drugtracinfo": [{"drug_trac_codg": "S1"}]}
    assert beijing.say("3505", sale(**named)).done
    held = everything_stored()
    foreign = sale(**named)
    assert shanghai.refused("3505", foreign)[0] == "archive.foreign_settlement"
    assert everything_stored() == held


# ------------------------------------------------------------------------------------------------- clinical records


def examination(patient, number, **changed):
    row = {
        "mdtrt_sn": "SN1",
        "psn_no": patient.number,
        "rpotc_no": number,
        "exam_item_code": "CT1",
        "exam_ccls": "未见异常",
        "rpt_date": f"{today()}",
        "vali_flag": "1",
    }
    return {"examinfo": row | changed, "iteminfo": [{"rpotc_no": number, "exam_charge": "120.50"}]}


def laboratory(patient, number):
    row = {"mdtrt_sn": "SN1", "psn_no": patient.number, "rpotc_no": number, "vali_flag": "1", "exam_org_name": "检验科"}
    return {"labinfo": row, "iteminfo": [{"rpotc_no": number, "exam_rslt_dicm": "阴性", "exam_rslt_val": "5"}]}


def reports(desk, patient, infno="4507", **more):
    return desk.say(infno, {"psn_no": patient.number, "pageSize": 10, "pageNum": 1, **more}).output["data"]


def agree(desk, patient, **changed):
    row = {
        "psnNo": patient.number,
        "mdtrtCertType": "02",
        "mdtrtCertNo": patient.certificate,
        "psnUserIdCard": patient.certificate,
        "psnUserName": patient.name,
    }
    return desk.say("5461", {"data": row | changed})


def test_reports_of_other_hospitals_need_the_patients_consent(beijing, shanghai):
    patient = born()
    assert beijing.say("4501", examination(patient, "R1")).done
    [own] = reports(beijing, patient)
    assert own["examinfo"]["exam_ccls"] == "未见异常"
    assert own["iteminfo"][0]["exam_charge"] == Decimal("120.50")
    assert reports(shanghai, patient) == []
    elsewhere = {"psn_no": patient.number, "pageSize": 10, "pageNum": 1, "fixmedins_code": beijing.code}
    assert shanghai.refused("4507", elsewhere)[0] == "archive.no_consent"
    other = born()
    assert agree(shanghai, patient, psnUserIdCard=other.certificate).code == "archive.consent_of_another"
    assert agree(shanghai, patient, mdtrtCertNo=other.certificate).code == "enrolment.identity_mismatch"
    assert agree(shanghai, patient).done
    [theirs] = reports(shanghai, patient)
    assert theirs["examinfo"]["fixmedins_code"] == beijing.code
    with clock_set_to(now() + timedelta(hours=25)):
        assert reports(shanghai, patient) == []


def test_a_report_saves_a_second_examination(beijing, shanghai):
    patient = born()
    beijing.say("4501", examination(patient, "R7"))
    beijing.say("4502", laboratory(patient, "L7"))
    agree(shanghai, patient)
    asked = {"bilgiteminfo": {"psn_no": patient.number}}
    found = {row["rpotc_no"] for row in shanghai.say("5401", asked).output["bilgiteminfo"]}
    assert found == {"R7", "L7"}
    narrowed = {"bilgiteminfo": {"psn_no": patient.number, "exam_item_code": "CT1"}}
    assert [row["rpotc_no"] for row in shanghai.say("5401", narrowed).output["bilgiteminfo"]] == ["R7"]
    row = {"psn_no": patient.number, "rpotc_no": "L7", "fixmedins_code": beijing.code}
    said = shanghai.say("5402", {"rptdetailinfo": row}).output
    assert [one["exam_rslt_qual"] for one in said["inspectiondetails"]] == ["阴性"]
    assert said["checkreportdetails"] == []


def test_a_report_declared_invalid_is_over_but_kept(beijing):
    patient = born()
    beijing.say("4501", examination(patient, "R9"))
    beijing.say("4501", examination(patient, "R9", vali_flag="0"))
    assert reports(beijing, patient) == []
    assert one("SELECT count(*) FROM archive_entry WHERE person_number = %s", patient.number) == 2
    assert beijing.say("4501", examination(patient, "R9", exam_ccls="复核")).done
    assert [row["examinfo"]["exam_ccls"] for row in reports(beijing, patient)] == ["复核"]


def test_cultures_and_pathology_are_found_by_their_own_names(beijing):
    patient = born()
    common = {"mdtrt_sn": "SN2", "psn_no": patient.number, "rpotc_no": "C1", "vali_flag": "1"}
    germ = common | {"germ_code": "G1", "germ_name": "大肠埃希菌", "exam_rslt": "阳性"}
    assert beijing.say("4503", {"data": [germ, germ | {"germ_code": "G2"}]}).done
    assert beijing.say("4504", {"data": [germ | {"sstb_code": "S1", "reta_rslt_name": "敏感"}]}).done
    assert {row["coly_code"] for row in reports(beijing, patient, "4509")} == {"G1", "G2"}
    [only] = reports(beijing, patient, "4509", coly_code="G1")
    assert (only["coly_name"], only["exam_Rslt"]) == ("大肠埃希菌", "阳性")
    assert [row["sstb_code"] for row in reports(beijing, patient, "4510", reta_rslt_name="敏感")] == ["S1"]
    assert reports(beijing, patient, "4510", reta_rslt_name="耐药") == []


def test_a_record_names_an_encounter_of_this_person_at_this_hospital(beijing, shanghai):
    patient = born()
    stay = beijing.stay_of(patient, [], began=now() - timedelta(hours=2))
    assert beijing.say("4501", examination(patient, "E1", mdtrt_id=stay)).done
    held = everything_stored()
    for desk, person, number in ((shanghai, patient, stay), (beijing, born(), stay), (beijing, patient, "不存在")):
        held = everything_stored()
        code, _ = desk.refused("4501", examination(person, "E2", mdtrt_id=number))
        assert code == "archive.foreign_encounter"
        assert everything_stored() == held


# ---------------------------------------------------------------------------------------- self-pay, certificates


def test_self_pay_sums_are_compared_and_differences_listed(beijing):
    whole = messages.minimal_input("4261")
    whole["fmiOwnpayPatnMdtrtDDTO"][0] |= {"mdtrtId": "ZF1", "begntime": moment(now())}
    line = whole["fmiOwnpayPatnFeeListDDTO"][0] | {"detItemFeeSumamt": "10.50", "valiFlag": "1"}
    whole["fmiOwnpayPatnFeeListDDTO"] = [line, line, line | {"valiFlag": "0"}]
    assert (
        beijing.refused("4262", {"mdtrtId": "ZF1", "fixmedinsCode": "x", "totalFeeSumamt": "1"})[0] == "archive.missing"
    )
    assert beijing.say("4261", whole).done

    def compared(total):
        said = beijing.say("4262", {"mdtrtId": "ZF1", "fixmedinsCode": beijing.code, "totalFeeSumamt": total}).output
        return said["data"]["stmtResult"]

    def listed():
        said = beijing.say("4263", {"fixmedinsCode": beijing.code, "pageNum": 1, "pageSize": 10}).output
        return [row["mdtrtId"] for row in said["data"]["Data"]]

    assert compared("21.01") == "1"
    assert listed() == ["ZF1"]
    assert compared("21") == "0"
    assert listed() == []
    two = whole["fmiOwnpayPatnMdtrtDDTO"] + [whole["fmiOwnpayPatnMdtrtDDTO"][0] | {"mdtrtId": "ZF2"}]
    assert beijing.refused("4261", whole | {"fmiOwnpayPatnMdtrtDDTO": two})[0] == "fsi.node_not_single"


def certificate(number, **changed):
    whole = messages.minimal_input("4901")
    whole["upldDetlList"] = [whole["upldDetlList"][0] | {"elecSetlCertNo": number} | changed]
    return whole | {"elecSetlCertCnt": 1, "upldBchno": f"B{number}"}


def results(desk, number):
    row = {"fixmedinsCode": desk.code, "fixmedinsName": "样例", "bizStsb": "字", "upldBchno": f"B{number}"}
    return desk.say("4902", row).output


def status(desk, number):
    row = {"fixmedinsCode": desk.code, "fixmedinsName": "x", "elecSetlCertNo": number}
    return desk.say("5501", row | {"elecSetlCertChkcode": "1", "elecSetlCertType": "1"})


def test_a_certificate_is_checked_against_its_settlement(beijing):
    patient = born()
    facts = ready._settled_stay(beijing, patient)
    total = {"setlId": facts["settlement"], "medfeeSumamt": "2400.00"}
    assert beijing.say("4901", certificate("N1", **total)).done
    [good] = results(beijing, "N1")
    assert (good["elecSetlCertNo"], good["chkRslt"]) == ("N1", "1")
    beijing.say("4901", certificate("N2", **total | {"medfeeSumamt": "2400.01"}))
    beijing.say("4901", certificate("N3", **total | {"setlId": "110000" + "8" * 19}))
    assert "2400.01" in results(beijing, "N2")[0]["savFaleRea"]
    assert results(beijing, "N3")[0]["chkRslt"] == "0"
    assert status(beijing, "N1").output["rhredFlag"] == "0"
    beijing.void("2305", patient, facts["encounter"], facts["settlement"])
    assert status(beijing, "N1").output["rhredFlag"] == "1"
    assert status(beijing, "N404").code == "archive.missing"
    assert beijing.refused("4901", certificate("N5") | {"elecSetlCertCnt": 2})[0] == "archive.certificate_count"


def test_a_certificate_takes_the_place_of_another(beijing):
    beijing.say("4901", certificate("O1"))
    whole = messages.minimal_input("4905")
    row = whole["reUploadDetlDTOList"][0] | {"elecSetlCertNo": "O2", "initElecSetlCertNo": "O1"}
    again = whole | {"elecSetlCertCnt": 1, "reUploadDetlDTOList": [row]}
    assert beijing.say("4905", again).done
    assert status(beijing, "O1").code == "archive.missing"
    assert status(beijing, "O2").done
    assert beijing.refused("4905", again)[0] == "archive.missing"


# ------------------------------------------------------------------------------------------------- filings, remarks


def chronic(patient, **changed):
    row = messages.minimal_input("2503")["data"] | {
        "psn_no": patient.number,
        "insutype": "310",
        "insu_optins": patient.home_region,
        "opsp_dise_code": "M01600",
        "opsp_dise_name": "糖尿病",
        "begndate": f"{today()}",
    }
    return {"data": row | changed}


def test_a_chronic_disease_counts_once_it_is_approved(beijing):
    patient = born()
    number = beijing.say("2503", chronic(patient)).output["result"]["trt_dcla_detl_sn"]
    assert beijing.about("5301", patient)["feedetail"] == []
    assert beijing.refused("2503", chronic(patient))[0] == "filing.chronic_taken"
    filing.decide_chronic(int(number[6:]), approved=True, by="经办")
    assert [row["opsp_dise_code"] for row in beijing.about("5301", patient)["feedetail"]] == ["M01600"]
    back = {"data": {"trt_dcla_detl_sn": number, "psn_no": patient.number, "memo": "误"}}
    assert beijing.refused("2504", back)[0] == "filing.state_unfit"
    with pytest.raises(filing.FilingStateUnfit):
        filing.decide_chronic(int(number[6:]), approved=False, by="经办")


def test_a_request_is_taken_back_before_it_is_decided(beijing):
    patient = born()
    number = beijing.say("2503", chronic(patient)).output["result"]["trt_dcla_detl_sn"]
    row = {"trt_dcla_detl_sn": number, "psn_no": patient.number, "memo": "误"}
    assert beijing.refused("2504", {"data": row | {"psn_no": born().number}})[0] == "filing.unknown"
    assert beijing.refused("2504", {"data": row | {"trt_dcla_detl_sn": "x"}})[0] == "filing.unknown"
    assert beijing.say("2504", {"data": row}).done
    assert beijing.refused("2504", {"data": row})[0] == "filing.unknown"
    rejected = beijing.say("2503", chronic(patient)).output["result"]["trt_dcla_detl_sn"]
    filing.decide_chronic(int(rejected[6:]), approved=False, by="经办")
    assert beijing.say("2503", chronic(patient)).done


def test_an_accident_is_kept_for_a_registered_person(beijing):
    patient = born()
    row = messages.minimal_input("2507")["data"] | {"psn_no": patient.number, "begndate": f"{today()}"}
    assert beijing.say("2507", {"data": row}).output["result"]["trt_dcla_detl_sn"]
    assert beijing.refused("2507", {"data": row | {"psn_no": "0"}})[0] == "enrolment.person_unknown"
    backwards = row | {"enddate": f"{today() - timedelta(days=1)}"}
    assert beijing.refused("2507", {"data": backwards})[0] == "filing.dates_unfit"


def test_a_remark_on_a_line_is_replaced(beijing):
    patient = born()
    facts = ready._settled_stay(beijing, patient)
    row = {
        "mdtrt_id": facts["encounter"],
        "psn_no": patient.number,
        "memo": "复核",
        "med_list_codg": shelf.SURGERY.code,
    }
    assert beijing.say("2306", {"data": [row | {"bkkp_sn": "1001"}]}).done
    about = {"setl_id": facts["settlement"], "mdtrt_id": facts["encounter"]}
    assert [line["memo"] for line in beijing.about("5204", patient, **about)] == ["复核"]
    held = everything_stored()
    assert beijing.refused("2306", {"data": [row | {"bkkp_sn": "404"}]})[0] == "encounter.line_unknown"
    assert everything_stored() == held


def test_policy_items_explain_the_settlement(beijing):
    patient = born(account=10_000)
    facts = ready._settled_stay(beijing, patient)
    row = {"psn_No": patient.number, "setl_Id": facts["settlement"], "mdtrt_Id": facts["encounter"]}
    items = beijing.say("100001", {"data": row}).output
    about = {"setl_id": facts["settlement"], "mdtrt_id": facts["encounter"]}
    money = beijing.about("5203", patient, **about)["setlinfo"]
    paid = sum(item["fundPayAmt"] for item in items)
    assert paid == money["fund_pay_sumamt"] + money["acct_pay"]
    assert {"S001", "C001"} <= {item["polItemCode"] for item in items}
    void = beijing.void("2305", patient, facts["encounter"], facts["settlement"]).output["setlinfo"]
    mirrored = beijing.say("100001", {"data": row | {"setl_Id": void["setl_id"]}}).output
    assert [item["fundPayAmt"] for item in mirrored] == [-item["fundPayAmt"] for item in items]
    assert beijing.refused("100001", {"data": row | {"setl_Id": "x"}})[0] == "settlement.unknown"
    assert Desk(institutions.SHANGHAI_TERTIARY).refused("100001", {"data": row})[0] == "settlement.unknown"


def test_marks_of_a_stay_are_found_page_by_page(beijing):
    patient = born()
    stay = beijing.stay_of(patient, [], began=now() - timedelta(hours=2))
    row = messages.minimal_input("2406")["data"] | {"mdtrt_id": stay, "psn_no": patient.number}
    number = beijing.say("2406", {"data": row}).output["IptPsnSpFlagRegOut"]["ipt_psn_sp_flag_detl_id"]
    page = {"page_num": 1, "page_size": 10, "psn_no": patient.number}
    [mark] = beijing.say("2407", {"data": page}).output["IptPsnSpFlagReg"]
    assert mark["ipt_psn_sp_flag_detl_id"] == number
    assert beijing.say("2407", {"data": page | {"page_num": 2}}).output["IptPsnSpFlagReg"] == []
    assert beijing.refused("4507", {"psn_no": "1", "pageNum": 1, "pageSize": 10_001})[0] == "fsi.page_too_large"


def test_mappings_are_kept_replaced_and_withdrawn(beijing):
    row = messages.minimal_input("3301")["data"][0] | {
        "fixmedins_hilist_id": "OWN7",
        "list_type": "101",
        "med_list_codg": shelf.DRUG_A.code,
        "begndate": f"{today()}",
        "enddate": "2099-12-31",
    }
    named = {"fixmedins_code": beijing.code, "fixmedins_hilist_id": "OWN7", "list_type": "101"}

    def found(**more):
        asked = {"updt_time": "2020-01-01", "page_num": 1, "page_size": 10, "medins_list_codg": "OWN7", **more}
        return beijing.say("1317", {"data": asked}).output["data"]

    assert beijing.say("3301", {"data": [row]}).done
    assert beijing.say("3301", {"data": [row | {"spec": "10片"}]}).done
    assert [one["vali_flag"] for one in found()] == ["0", "1"]
    assert [one["spec"] for one in found(vali_flag="1")] == ["10片"]
    held = everything_stored()
    for wrong in ({"med_list_codg": "没有"}, {"enddate": f"{today() - timedelta(days=1)}"}):
        assert beijing.refused("3301", {"data": [row, row | wrong]})[0] == "catalogue.mapping_unfit"
    assert beijing.refused("3301", {"data": [row, row]})[0] == "catalogue.mapping_unfit"
    assert beijing.refused("3302", {"data": [named | {"med_list_codg": "没有"}]})[0] == "catalogue.mapping_unknown"
    assert everything_stored() == held
    assert beijing.say("3302", {"data": [named | {"med_list_codg": shelf.DRUG_A.code}]}).done
    assert found(vali_flag="1") == []


def test_terms_of_the_catalogue_are_what_lines_are_graded_by(beijing):
    asked = {"updt_time": "2000-01-01", "page_num": 1, "page_size": 100, "hilist_code": shelf.DRUG_B.code}
    [held] = beijing.say("1312", {"data": asked | {"query_date": f"{today()}"}}).output["data"]
    assert held["chrgitm_lv"] == "02"
    shares = beijing.say("1319", {"data": asked | {"query_date": f"{today()}"}}).output["data"]
    stay = beijing.stay_of(patient := born(), [], began=now())
    [line] = beijing.charge(patient, stay, [Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "1", serial="1")], now())
    assert [one["selfpay_prop"] for one in shares if one["selfpay_prop_psn_type"] == "310"] == [line["selfpay_prop"]]
    assert beijing.say("1312", {"data": asked | {"page_num": 50}}).output["data"] == []
    first = beijing.say("1318", {"data": asked | {"hilist_code": "", "page_size": 5}}).output["data"]
    assert {one["hilist_lmtpric_type"] for one in first} <= {"1", "2", "3"}


def test_a_code_list_is_handed_out(beijing):
    row = {"type": "insutype", "parent_value": "0", "admdvs": "110000", "date": f"{today()}", "Vali_Flag": "1"}
    said = beijing.say("1901", {"data": row}).output["list"]
    assert {"310", "390"} <= {one["value"] for one in said}
    assert beijing.say("1901", {"data": row | {"type": "没有"}}).output["list"] == []
    assert beijing.say("1901", {"data": row | {"Vali_Flag": "0"}}).output["list"] == []
