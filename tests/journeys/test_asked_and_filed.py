"""What a hospital can ask and file: sign-in, institutions, encounters, diagnoses, statements, referrals, choices."""

from datetime import datetime, timedelta

import pytest
from people import born
from reckoning import fen
from stored import everything_stored, one, rows

from yijie.interfaces.demo.his import Item, moment, total_of
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.dates import SHANGHAI, now, today

ITEMS = [Item(shelf.DRUG_A.code, "3.20", "10"), Item(shelf.EXAMINATION.code, "220.00")]
PENSIONER = cast.CHENGDU_RETIREE


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


def test_a_desk_signs_in_works_and_signs_out(beijing, desk):
    beijing.sign_in()
    beijing.read_card(PENSIONER.certificate)
    other = desk(institutions.BEIJING_SECONDARY)
    other.sign_no = beijing.sign_no
    card = {"mdtrt_cert_type": "02", "mdtrt_cert_no": PENSIONER.certificate, "psn_cert_type": "01"}
    assert other.refused("1101", {"data": card})[0] == "fsi.sign_in_unknown"
    number = beijing.sign_no
    beijing.sign_out()
    beijing.sign_no = number
    code, text = beijing.refused("1101", {"data": card})
    assert code == "fsi.signed_out"
    assert "9001" in text


def test_a_repeated_sign_in_is_the_same_sign_in(beijing):
    body = beijing.message("9001", {"signIn": {"opter_no": "0001", "mac": "00-00-00", "ip": "127.0.0.1"}})
    before = one("SELECT count(*) FROM fsi_signin")
    first, again = beijing.reply("9001", body), beijing.reply("9001", body)
    assert first.output_bytes == again.output_bytes
    assert one("SELECT count(*) FROM fsi_signin") == before + 1
    gone = {"signOut": {"sign_no": "11010500000000000000000009", "opter_no": "0001"}}
    assert beijing.refused("9002", gone)[0] == "fsi.sign_in_unknown"


def test_institutions_are_found_by_code_and_by_part_of_the_name(beijing):
    def found(**asked):
        row = {"fixmedins_type": "1", "fixmedins_name": "", "fixmedins_code": ""} | asked
        return beijing.say("1201", {"medinsinfo": row}).output["medinsinfo"]

    [tertiary] = found(fixmedins_code=institutions.CHENGDU_TERTIARY)
    assert (tertiary["fixmedins_name"], tertiary["hosp_lv"]) == ("成都样例第一人民医院", "2")
    assert len(tertiary["uscc"]) == 18
    assert {row["fixmedins_code"][:3] for row in found(fixmedins_name="武汉")} == {"H42"}
    assert found(fixmedins_name="100%_") == []
    assert all(row["fixmedins_code"].startswith("P") for row in found(fixmedins_type="2"))


def test_encounters_and_diagnoses_come_back_as_declared(beijing):
    patient = born()
    began, ended = now() - timedelta(days=3), now()
    stay = beijing.stay_of(patient, ITEMS, began=began, ended=ended)
    [shown] = beijing.queried_stays(patient, since=began - timedelta(days=1))
    assert (shown["mdtrt_id"], shown["med_type"], shown["inhosp_stas"]) == (stay, "2101", "0")
    assert (shown["begntime"], shown["endtime"], shown["ipt_days"]) == (moment(began), moment(ended), 3)
    assert (shown["adm_bed"], shown["dscg_way"], shown["coner_name"]) == ("12", "1", "样例联系人")
    assert beijing.queried_stays(patient, since=began + timedelta(hours=1)) == []
    assert beijing.queried_stays(patient, stay, since=began)[0]["mdtrt_id"] == stay
    assert beijing.queried_stays(patient, "1" * 25, since=began) == []
    diagnoses = beijing.about("5202", patient, mdtrt_id=stay)["diseinfo"]
    assert [(d["inout_diag_type"], d["diag_code"], d["maindiag_flag"]) for d in diagnoses] == [
        ("1", "K35.800", "1"),
        ("2", "K35.800", "1"),
    ]


def test_changed_admission_data_replace_the_old(beijing):
    """2403 changes what it names, diagnoses rank by rank, and nothing once the stay is settled."""
    patient = born()
    began = now() - timedelta(days=3)
    stay = beijing.stay_of(patient, ITEMS, began=began)
    earlier = began - timedelta(days=1)
    info = {
        "mdtrt_id": stay,
        "psn_no": patient.number,
        "begntime": moment(earlier),
        "mdtrt_cert_type": "02",
        "med_type": "2105",
        "ipt_otp_no": "ZY-NEW",
        "atddr_no": "D1",
        "chfpdr_name": "新医师",
        "adm_diag_dscr": "急性阑尾炎",
        "adm_dept_codg": "A05",
        "adm_dept_name": "儿科",
        "adm_bed": "7",
        "dscg_maindiag_code": "K35.800",
        "dscg_maindiag_name": "急性阑尾炎",
    }
    second = beijing.diagnosis(2, "E11.900", "2型糖尿病", began) | {"mdtrt_id": stay, "psn_no": patient.number}
    assert beijing.say("2403", {"adminfo": info, "diseinfo": [second]}).done
    [shown] = beijing.queried_stays(patient, medical_type="2105", since=earlier)
    assert (shown["begntime"], shown["adm_bed"], shown["chfpdr_name"]) == (moment(earlier), "7", "新医师")
    assert [d["diag_code"] for d in beijing.about("5202", patient, mdtrt_id=stay)["diseinfo"]] == ["K35.800", "E11.900"]
    beijing.discharge(patient, stay, now())
    beijing.settle_stay(patient, stay, ITEMS)
    held = everything_stored()
    assert beijing.refused("2403", {"adminfo": info, "diseinfo": []})[0] == "encounter.already_settled"
    assert everything_stored() == held


def test_a_discharge_is_undone_and_the_patient_is_in_hospital_again(beijing):
    patient = born()
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=3), ended=now())
    row = {"data": {"mdtrt_id": stay, "psn_no": patient.number}}
    assert beijing.say("2405", row).done
    assert beijing.refused("2405", row)[0] == "encounter.state_unfit"
    assert beijing.queried_stays(patient, since=now() - timedelta(days=4))[0]["inhosp_stas"] == "1"
    assert beijing.refused("2304", beijing.stay_bill(patient, stay, total_of(ITEMS)))[0] == "settlement.not_discharged"
    beijing.discharge(patient, stay, now())
    assert beijing.settle_stay(patient, stay, ITEMS)


def referral(**changed):
    """A referral of the pensioner from Chengdu to Beijing."""
    return {
        "psn_no": PENSIONER.number,
        "insutype": "310",
        "tel": "13800000000",
        "diag_code": "C34.900",
        "diag_name": "肺恶性肿瘤",
        "reflin_medins_no": institutions.BEIJING_TERTIARY,
        "reflin_medins_name": "北京样例第一人民医院",
        "mdtrtarea_admdvs": "110105",
        "hosp_agre_refl_flag": "1",
        "refl_type": "3",
        "refl_date": f"{today()}",
        "refl_rea": "本地不具备诊治条件",
        "refl_opnn": "同意转院",
    } | changed


def test_a_referral_is_filed_seen_used_and_withdrawn(fresh_desk):
    chengdu, beijing = fresh_desk(institutions.CHENGDU_TERTIARY), fresh_desk(institutions.BEIJING_TERTIARY)
    patient = chengdu.patient(chengdu.read_card(PENSIONER.certificate))
    filed = chengdu.say("2501", {"refmedin": referral()}, insured_in="510100").output
    number = filed["result"]["trt_dcla_detl_sn"]
    period = {"begntime": f"{today() - timedelta(days=1)} 00:00:00"}
    [shown] = chengdu.about("5304", patient, **period)["refmedin"]
    assert (shown["reflin_medins_no"], shown["out_flag"]) == (institutions.BEIJING_TERTIARY, "1")
    assert shown["psn_name"] == PENSIONER.name

    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(hours=2), ended=now())
    assert beijing.quote_stay(patient, stay, ITEMS)["setlinfo"]["hifp_pay"] == 0
    withdrawal = {"trt_dcla_detl_sn": number, "psn_no": PENSIONER.number, "memo": "不去了"}
    stranger = withdrawal | {"psn_no": cast.CHENGDU_EMPLOYEE.number}
    assert chengdu.refused("2502", {"data": stranger})[0] == "filing.unknown"
    assert chengdu.say("2502", {"data": withdrawal}).done
    assert chengdu.refused("2502", {"data": withdrawal})[0] == "filing.state_unfit"
    assert chengdu.about("5304", patient, **period)["refmedin"] == []
    assert rows("SELECT state FROM filing_filingstep ORDER BY id") == [("requested",), ("approved",), ("revoked",)]


def test_referrals_that_cannot_be_filed_say_why(desk):
    chengdu = desk(institutions.CHENGDU_TERTIARY)
    held = everything_stored()

    def refusal(**changed):
        return chengdu.refused("2501", {"refmedin": referral(**changed)}, insured_in="510100")[0]

    unsaid = referral(refl_rea="")
    assert chengdu.refused("2501A", {"refmedin": unsaid}, insured_in="510100")[0] == "fsi.field_missing"
    assert refusal(hosp_agre_refl_flag="0") == "filing.referral_not_agreed"
    assert refusal(mdtrtarea_admdvs="510104") == "filing.not_needed"
    assert refusal(psn_no="51010000000000000099") == "enrolment.person_unknown"
    assert refusal(insutype="390") == "enrolment.not_insured"
    assert refusal(refl_date="9999-12-31") == "filing.dates_unfit"
    assert refusal(enddate="2020-01-01") == "filing.dates_unfit"
    assert everything_stored() == held


def test_a_referral_by_a_clerk_with_a_long_name(fresh_desk):
    """The name of an institution and of a clerk are kept together; both may be as long as their fields."""
    chengdu = fresh_desk(institutions.CHENGDU_TERTIARY)
    body = chengdu.message("2501A", {"refmedin": referral()}, insured_in="510100")
    longest = body.replace("样例收费员".encode(), ("名" * 50).encode())
    filed = chengdu.reply("2501A", longest).output["result"]
    withdrawal = filed | {"psn_no": PENSIONER.number, "memo": ""}
    assert chengdu.say("2502", {"data": withdrawal}).done, "2501A of Guangdong is 2501 under another number"


def choice(**changed):
    """A person's choice of a hospital for chronic-disease care."""
    return {
        "psn_no": PENSIONER.number,
        "biz_appy_type": "01",
        "begndate": f"{today()}",
        "fix_srt_no": "1",
        "fixmedins_code": institutions.CHENGDU_TERTIARY,
        "fixmedins_name": "成都样例第一人民医院",
    } | changed


def test_a_designated_hospital_is_chosen_seen_and_withdrawn(fresh_desk):
    chengdu = fresh_desk(institutions.CHENGDU_TERTIARY)
    patient = chengdu.patient(chengdu.read_card(PENSIONER.certificate))
    first = chengdu.say("2505", {"data": choice()}, insured_in="510100").output
    taken, text = chengdu.refused("2505", {"data": choice()}, insured_in="510100")
    assert taken == "filing.designation_taken"
    assert "2506" in text
    [shown] = chengdu.about("5302", patient, biz_appy_type="01")["psnfixmedin"]
    assert shown["fixmedins_code"] == institutions.CHENGDU_TERTIARY
    number = first["result"]["trt_dcla_detl_sn"]
    gone = {"trt_dcla_detl_sn": number, "psn_no": PENSIONER.number, "memo": "换医院"}
    assert chengdu.refused("2506", {"data": gone | {"psn_no": cast.CHILD.number}})[0] == "filing.unknown"
    assert chengdu.say("2506", {"data": gone}).done
    assert chengdu.about("5302", patient, biz_appy_type="01")["psnfixmedin"] == []
    assert chengdu.say("2505", {"data": choice()}, insured_in="510100").done


def test_choices_for_nobody_or_of_nowhere_are_refused(desk):
    chengdu = desk(institutions.CHENGDU_TERTIARY)
    held = everything_stored()
    for changed, code in (
        ({"psn_no": "51010000000000000099"}, "enrolment.person_unknown"),
        ({"fixmedins_code": "H51010799999"}, "institution.unknown"),
        ({"enddate": "2020-01-01"}, "filing.dates_unfit"),
    ):
        assert chengdu.refused("2505", {"data": choice(**changed)}, insured_in="510100")[0] == code
    assert everything_stored() == held


def test_chronic_diseases_and_the_drugs_they_were_given(beijing):
    patient = beijing.patient(beijing.read_card(PENSIONER.certificate))
    [chronic] = beijing.about("5301", patient)["feedetail"]
    assert (chronic["opsp_dise_code"], chronic["opsp_dise_name"]) == ("M03900", "高血压")
    began = now() - timedelta(hours=1)
    visit = beijing.visit_of(patient, [], began=began, medical_type="14")
    beijing.charge_visit(patient, visit, [Item(shelf.DRUG_CHRONIC.code, "12.80", "2"), *ITEMS], began, batch="B1")
    period = {"begntime": moment(began - timedelta(days=1))}
    drugs = beijing.about("5205", patient, **period)["feedetail"]
    assert {row["med_list_codg"] for row in drugs} == {shelf.DRUG_CHRONIC.code, shelf.DRUG_A.code}
    assert beijing.about("5205", patient, begntime=moment(now() + timedelta(days=1)))["feedetail"] == []


def test_accumulators_of_a_year_are_chosen_by_cum_ym(beijing):
    patient = born()
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    beijing.settle_stay(patient, stay, ITEMS)
    year = now().year
    everything = beijing.about("5206", patient)["cuminfo"]
    assert {row["cum_type_code"] for row in everything} == {"IPT_CNT", "IPT_COST", "IPT_DEDC"}
    assert beijing.about("5206", patient, cum_ym=f"{year}01")["cuminfo"] == everything
    assert beijing.about("5206", patient, cum_ym=f"{year - 1}12")["cuminfo"] == []
    assert beijing.about("5206", patient, cum_ym="²²²²")["cuminfo"] == everything


def test_nobody_sees_another_institutions_encounters(beijing, desk):
    patient = born()
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    stranger = desk(institutions.BEIJING_SECONDARY)
    named = {"psn_no": patient.number, "mdtrt_id": stay, "setl_id": number}
    assert stranger.refused("5202", {"data": named})[0] == "encounter.unknown"
    assert stranger.refused("5203", {"data": named})[0] == "settlement.unknown"
    assert stranger.refused("5204", {"data": named})[0] == "settlement.unknown"
    assert stranger.queried_stays(patient, since=now() - timedelta(days=2)) == []
    assert stranger.void("2305", patient, stay, number).code == "encounter.unknown"


def test_a_patient_who_died_is_still_seen(beijing):
    """Dates that an institution declared come back as dates."""
    patient = born()
    began, died = now() - timedelta(days=3), now()
    stay = beijing.stay_of(patient, ITEMS, began=began)
    info = {
        "mdtrt_id": stay,
        "psn_no": patient.number,
        "insutype": "310",
        "endtime": moment(died),
        "dscg_dept_codg": "A04",
        "dscg_dept_name": "外科",
        "dscg_way": "5",
        "die_date": f"{died:%Y-%m-%d}",
        "geso_val": "38",
        "fetus_cnt": 1,
    }
    diagnosis = beijing.diagnosis(1, "K35.800", "急性阑尾炎", died) | {"mdtrt_id": stay, "psn_no": patient.number}
    assert beijing.say("2402", {"dscginfo": info, "diseinfo": [diagnosis]}).done
    [shown] = beijing.queried_stays(patient, since=began)
    assert (shown["die_date"], shown["geso_val"]) == (f"{died:%Y-%m-%d}", 38)


def test_a_year_of_statements_reads_the_same_in_any_order(beijing):
    """5203 shows the settlement with the number asked for, of that encounter and person, and nothing else."""
    patient, other = born(), born()
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    assert fen(beijing.about("5203", patient, setl_id=number, mdtrt_id=stay)["setlinfo"]["medfee_sumamt"]) == 25_200
    named = {"psn_no": other.number, "mdtrt_id": stay, "setl_id": number}
    assert beijing.refused("5203", {"data": named})[0] == "settlement.unknown"
    for wrong in (number[:-1], "abc", f"{int(number) + 1}"):
        assert beijing.refused("5203", {"data": named | {"psn_no": patient.number, "setl_id": wrong}})[0] == (
            "settlement.unknown"
        )


def test_a_visit_of_new_years_eve_belongs_to_the_old_year(fresh_nation):
    """The year is that of the care, by Shanghai's calendar; the settlement's own day may be another."""
    from desks import Desk  # noqa: PLC0415  speaks to this process, whose clock is set

    from yijie.kernel.dates import clock_set_to  # noqa: PLC0415  only here

    desk, patient = Desk(institutions.BEIJING_TERTIARY), born()
    eve = datetime(2025, 12, 31, 23, 50, tzinfo=SHANGHAI)
    with clock_set_to(eve):
        visit = desk.visit_of(patient, ITEMS, began=eve)
    with clock_set_to(eve + timedelta(minutes=20)):
        settled = desk.settle_visit(patient, visit, ITEMS)["setlinfo"]
        assert settled["setl_time"] == "2026-01-01 00:10:00"
        assert {row["year"] for row in desk.about("5206", patient)["cuminfo"]} == {"2025"}
