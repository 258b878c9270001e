"""For each transaction this node serves a message that it can do: the generator's fields, real persons and encounters.

``able`` prepares whatever the transaction needs (an open stay, a settled visit, a filing …) and gives the desk and the
input. Every field that decides nothing keeps what the generator of :mod:`messages` put there.
"""

import itertools
from dataclasses import dataclass
from datetime import timedelta

import messages
from desks import Desk
from people import born

from yijie.domain import enrolment
from yijie.interfaces.demo.his import Item, moment, total_of
from yijie.interfaces.fsi import transaction
from yijie.interfaces.fsi.storing import STORED
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2", serial="1001")]
SERIALS = itertools.count(1)
DIAGNOSED = {"2401", "2402"}
"""The table leaves diagnoses open, an admission and a discharge cannot do without."""
SERIAL_KEYS = {"medcas_drord_detl_id", "file_name", "palg_no"}
"""Keys of records of which one message may carry many of one encounter; elsewhere the first part of the key is told."""
ANSWERED_BY_A_FILE = {"9102"}
"""A download; see test_catalogue_files."""
CHANGED = {"3462", "3468"}
"""Changes of the one record that was kept before."""
OUTPATIENT = {"2201", "2202", "2203", "2204", "2205", "2206", "2207", "2208", "2203A", "2260"}


@dataclass
class Able:
    """A desk, what it can send, and about whom."""

    desk: Desk
    infno: str
    payload: dict
    patient: object
    encounter: str = ""
    settlement: str = ""

    def say(self, payload=None, **more):
        """Send it; whatever the answer is."""
        payload = self.payload if payload is None else payload
        return self.desk.say(self.infno, payload, insured_in=self.patient.home_region, **more)


ORDERS = {"2161", "2163", "2166", "2167", "2170", "2171", "2181", "YJ03"}
PHARMACIES = {"2101", "2102", "2103", "2175", "2176"} | ORDERS
CLAIMS = {"2172", "2173", "2174"}


def able(infno, make=messages.minimal_input, code=institutions.BEIJING_TERTIARY, patient=None):
    """A message that can be done: ``make`` fills it, what decides is put in its place."""
    code = institutions.BEIJING_PHARMACY if infno in PHARMACIES else code
    desk, patient = Desk(code), patient or born(account=20_000)
    facts = {"desk": desk, "patient": patient, "serial": f"{next(SERIALS):09d}"}
    prepare = PREPARED.get(infno, lambda *_: {})
    facts |= prepare(desk, patient)
    payload = make(infno)
    if infno in DIAGNOSED:
        payload.setdefault("diseinfo", messages.skeleton_input(infno)["diseinfo"])
    facts["rows"] = max((len(node) for node in payload.values() if isinstance(node, list)), default=1)
    for rows in rows_of(payload):
        for number, row in enumerate(rows):
            decided = real(facts, infno, number) | keyed(facts, infno, number) | facts.get("own", {})
            row.update({name: value for name, value in decided.items() if name in row})
    if infno in CHANGED:
        node = STORED[infno].node
        payload[node] = payload[node][:1]
    if infno == "9101":
        payload["fsUploadIn"]["in"] = "UEs="
    if infno == "5303":
        payload["data"].pop("psn_no", None)
    return Able(desk, infno, payload, facts["patient"], facts.get("encounter", ""), facts.get("settlement", ""))


def rows_of(node):
    """Every object of a message, those of one list together."""
    yield [node]
    for child in node.values():
        rows = [row for row in (child if isinstance(child, list) else [child]) if isinstance(row, dict)]
        if rows:
            yield from ([rows] if isinstance(child, list) else rows_of(rows[0]))


def keyed(facts, infno, number):
    """The field that tells one kept record from another."""
    form = STORED.get(infno)
    if form is None or "mdtrt_id" in form.key:
        return {}
    return {form.key[-1] if form.key[-1] in SERIAL_KEYS else form.key[0]: f"{number}{facts['serial']}"}


def real(facts, infno, number):
    """The fields that decide something, by name; ``number`` is the row's place in its node, from 0."""
    patient, begun = facts["patient"], moment(now() - timedelta(hours=2))
    outpatient = infno in OUTPATIENT
    return {
        "psn_no": patient.number,
        "mdtrt_id": facts.get("encounter", "110000" + "0" * 19),
        "setl_id": facts.get("settlement", "110000" + "0" * 19),
        "insutype": patient.insurance,
        "psn_type": patient.category,
        "psn_name": patient.name,
        "certno": patient.certificate,
        "cert_type": "01",
        "psn_cert_type": "01",
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": patient.certificate,
        "card_sn": "",
        "med_type": "41" if infno in PHARMACIES else "11" if outpatient else "2101",
        "begntime": begun,
        "endtime": moment(now()),
        "fee_ocur_time": begun,
        "fee_ocur_date": begun,
        "dise_time": begun,
        "dise_srt_no": number + 1,
        "setl_flag": "1",
        "diag_time": begun,
        "insuplc_admdvs": patient.home_region,
        "insu_optins": patient.home_region,
        "mdtrtarea_admvs": facts["desk"].region,
        "medfee_sumamt": f"{32 * facts['rows']}.00" if infno in PHARMACIES else total_of(ITEMS),
        "fulamt_ownpay_amt": "0",
        "overlmt_selfpay": "0",
        "preselfpay_amt": "0",
        "inscp_scp_amt": "0",
        "chrg_bchno": "B2" if infno == "2204" else "B1",
        "acct_used_flag": "1",
        "mid_setl_flag": "0",
        "ipt_no": f"{facts['serial']:0>30}",
        "ipt_otp_no": f"{facts['serial']:0>30}",
        "feedetl_sn": "1001" if infno == "2302" else f"{number}{facts['serial']:0>29}",
        "init_feedetl_sn": "",
        "med_list_codg": shelf.SURGERY.code if infno == "2306" else shelf.DRUG_A.code,
        "pric": "3.20",
        "cnt": "10",
        "det_item_fee_sumamt": "32.00",
        "hosp_appr_flag": "0",
        "diag_srt_no": number + 1,
        "maindiag_flag": "0" if number else "1",
        "vali_flag": "1",
        "mdtrtarea_admdvs": "310104",
        "hosp_agre_refl_flag": "1",
        "refl_date": f"{today()}",
        "begndate": f"{today()}",
        "enddate": f"{today() + timedelta(days=400)}",
        "biz_appy_type": "01",
        "fix_srt_no": "1",
        "fixmedins_code": facts["desk"].code,
        "trt_dcla_detl_sn": facts.get("filing", ""),
        "omsgid": facts.get("message", "NEVER-SEEN"),
        "oinfno": "2304",
        "fixmedins_type": "1",
        "sign_no": facts.get("sign_in", ""),
        "page_num": 1,
        "page_size": 50,
        "pageNum": 1,
        "pageSize": 50,
        "bkkp_sn": "1001",
        "psn_No": patient.number,
        "setl_Id": facts.get("settlement", ""),
        "mdtrt_Id": facts.get("encounter", ""),
        "rxIn": "UEs=",
        "setl_optins": facts["desk"].region,
        "file_qury_no": facts.get("file", ""),
        "clr_optins": facts["desk"].region,
        "clr_stas": "0",
        "clr_type": "21" if infno in CLAIMS else "11",
        "start_clrym": f"{today():%Y%m}",
        "end_clrym": f"{today():%Y%m}",
        "start_date": f"{today()}",
        "end_date": f"{today()}",
        "query_date": f"{today()}",
        "stmt_begndate": f"{today()}",
        "stmt_enddate": f"{today()}",
        "fund_pay_sumamt": "0",
        "fixmedins_setl_cnt": "0",
        "in": "UEs=",
        "fixmedins_hilist_id": f"{number}{facts['serial']}",
        "ecQrCode": facts.get("code", ""),
        "begnrow": 1,
        "chk_stas": "",
        "stas_type": "1" if infno == "4102" else "",
        "setl_ym": f"{now():%Y%m}",
        "medtype_list": "2101,52",
        "stt_begntime": f"{today()} 00:00:00",
        "stt_endtime": f"{today()} 23:59:59",
        "mdtrtId": facts["serial"],
        "elecSetlCertCnt": facts["rows"],
        "elecSetlCertNo": f"{number}{facts['serial']}",
        "psnNo": patient.number,
        "mdtrtCertType": "02",
        "mdtrtCertNo": patient.certificate,
        "cardSn": "",
        "psnUserIdCard": patient.certificate,
        "psnUserName": patient.name,
        "cum_ym": f"{today():%Y%m}",
        "birctrl_matn_date": f"{today()}",
        "die_date": f"{today()}",
        "dscgTime": f"{today()}",
    }


def _open_stay(desk, patient, items=(), **stay):
    encounter = desk.stay_of(patient, list(items), began=now() - timedelta(hours=3), **stay)
    return {"encounter": encounter}


def _charged_stay(desk, patient):
    return _open_stay(desk, patient, ITEMS)


def _discharged_stay(desk, patient):
    return _open_stay(desk, patient, ITEMS, ended=now())


def _settled_stay(desk, patient):
    facts = _discharged_stay(desk, patient)
    msgid = desk.message_id()
    settled = desk.settle_stay(patient, facts["encounter"], ITEMS, msgid=msgid)["setlinfo"]
    return facts | {"settlement": settled["setl_id"], "message": msgid}


def _visit(desk, patient, items=()):
    return {"encounter": desk.visit_of(patient, list(items), began=now() - timedelta(hours=1))}


def _charged_visit(desk, patient):
    return _visit(desk, patient, ITEMS)


def _settled_visit(desk, patient):
    facts = _charged_visit(desk, patient)
    settled = desk.settle_visit(patient, facts["encounter"], ITEMS)["setlinfo"]
    return facts | {"settlement": settled["setl_id"]}


def _filed(infno):
    def prepare(_desk, _patient):
        other = able(infno)
        filed = other.say().output["result"]["trt_dcla_detl_sn"]
        return {"filing": filed, "patient": other.patient}

    return prepare


def _signed_in(desk, _patient):
    desk.sign_in()
    return {"sign_in": desk.sign_no}


def _kept(infno, **renamed):
    """A record kept before, which the message names by its key."""

    def prepare(_desk, _patient):
        other = able(infno)
        assert other.say().done
        form = STORED[infno]
        rows = other.payload[form.node]
        row = rows[0] if isinstance(rows, list) else rows
        return {"own": {name: row[name] for name in form.key} | renamed}

    return prepare


def _with_stay(desk, patient):
    return _open_stay(desk, patient)


def _certified(field):
    """A certificate uploaded before, which the message names in a field."""

    def prepare(_desk, _patient):
        other = able("4901")
        assert other.say().done
        return {"own": {field: other.payload["upldDetlList"][0]["elecSetlCertNo"]}}

    return prepare


def _self_paid(_desk, _patient):
    other = able("4261")
    assert other.say().done
    return {"own": {"mdtrtId": other.payload["fmiOwnpayPatnMdtrtDDTO"][0]["mdtrtId"]}}


def _mapped(_desk, _patient):
    other = able("3301")
    assert other.say().done
    row = other.payload["data"][0]
    return {"own": {name: row[name] for name in ("fixmedins_hilist_id", "list_type", "med_list_codg")}}


def _file_uploaded(desk, _patient):
    line = "\t".join(["字"] * 3 + ["0"] * 4)
    row = {"in": list(line.encode()), "filename": "a.txt", "fixmedins_code": desk.code}
    file = desk.say("9101", {"fsUploadIn": row}).output["file_qury_no"]
    return {"file": file, "own": {"medfee_sumamt": "0", "fixmedins_setl_cnt": "1"}}


def _listed(desk, patient):
    facts = _settled_stay(desk, patient)
    whole = messages.minimal_input("4101")
    row = whole["setlinfo"] | {"setl_id": facts["settlement"], "mdtrt_id": facts["encounter"]}
    assert desk.say("4101", whole | {"setlinfo": row, **good_list(facts, desk)}).done
    return facts


def good_list(facts, desk):
    """The nodes of a settlement list that pass quality control; ``setlinfo`` is completed by them."""
    row = messages.minimal_input("4101")["setlinfo"] | {
        "setl_id": facts["settlement"],
        "mdtrt_id": facts["encounter"],
        "adm_time": moment(now() - timedelta(hours=3)),
        "dscg_time": moment(now()),
        "setl_begn_date": f"{today()}",
        "setl_end_date": f"{today()}",
        "dscg_way": "1",
    }
    diagnosis = {"diag_type": "1", "diag_code": "I10.x00", "diag_name": "高血压", "adm_cond_type": "1"}
    return {"setlinfo": row, "diseinfo": [diagnosis | {"maindiag_flag": "1"}]}


def _bought(_desk, _patient):
    other = able("2102")
    said = other.say().output["setlinfo"]
    return {"patient": other.patient, "encounter": said["mdtrt_id"], "settlement": said["setl_id"]}


def _buyer(desk, patient):
    """What orders are known by and made of; lines without a national code are mapped."""
    mapping = messages.minimal_input("3301")["data"][0] | {
        "fixmedins_hilist_id": f"OWN{patient.number[-8:]}",
        "med_list_codg": shelf.DRUG_A.code,
        "enddate": "2099-12-31",
    }
    assert desk.say("3301", {"data": [mapping]}).done
    own = {
        "ssn": patient.certificate,
        "insuplc": patient.home_region,
        "mdtrtarea": desk.region,
        "ec_token": enrolment.issue_credential(patient.number),
        "dscg_date": f"{today()}",
        "detl_ocur_time": moment(now()),
        "medins_list_codg": mapping["fixmedins_hilist_id"],
        "hilist_code": shelf.DRUG_A.code,
        "amt": "32.00",
        "status": "1106",
        "out_type": "0",
        "start_date": "2020-01-01",
        "end_date": "2099-12-31",
    }
    return {"patient": patient, "own": own}


def _ordered(desk, patient):
    facts = _buyer(desk, patient)
    pushed = able("2166", patient=patient).say().output
    return facts | {"own": facts["own"] | {"mdtrt_regno": pushed["mdtrt_regno"]}}


def _order_paid(desk, patient):
    facts = _ordered(desk, patient)
    row = {name: facts["own"][name] for name in ("mdtrt_regno", "ec_token")} | {"acct_used_flag": "1"}
    assert desk.say("YJ03", {"data": row}, insured_in=patient.home_region).done
    return facts


def _requested(_desk, _patient):
    other = able("2503")
    filed = other.say().output["result"]["trt_dcla_detl_sn"]
    return {"filing": filed, "patient": other.patient}


def _shown(_desk, patient):
    return {"code": enrolment.issue_credential(patient.number)}


def _told_in_one(_desk, _patient):
    other = able("2260")
    said = other.say().output["setlInfo"]
    return {"patient": other.patient, "encounter": said["mdtrt_id"], "settlement": said["setl_id"]}


PREPARED = {
    "2103": _bought,
    **dict.fromkeys(("2161", "2166"), _buyer),
    **dict.fromkeys(("2167", "2170", "2181", "YJ03"), _ordered),
    **dict.fromkeys(("2163", "2171"), _order_paid),
    "2203A": _visit,
    "2306": _charged_stay,
    "2504": _requested,
    "100001": _settled_stay,
    "3202": _file_uploaded,
    "3302": _mapped,
    "4101": _settled_stay,
    "4102": _listed,
    "4103": _listed,
    "4104": _listed,
    "4262": _self_paid,
    "4905": _certified("initElecSetlCertNo"),
    "5501": _certified("elecSetlCertNo"),
    **{infno: _with_stay for infno in STORED if infno[0] in "24"},
    **dict.fromkeys(("3505", "3505A", "3506", "3506A"), _settled_stay),
    "3402": _kept("3401"),
    "3403": _kept("3401"),
    "3462": _kept("3461"),
    "3463": _kept("3461"),
    "3468": _kept("3467"),
    "3469": _kept("3467"),
    "3507": _kept("3501", inv_data_type="1"),
    "3507A": _kept("3505A", inv_data_type="4"),
    "3508": _kept("3501"),
    "3509": _kept("3502"),
    "3510": _kept("3503"),
    "3511": _kept("3505"),
    "2202": lambda desk, patient: {"encounter": desk.register(patient, "MZ", now())},
    "2203": _visit,
    "2204": _visit,
    "2205": _charged_visit,
    "2206": _charged_visit,
    "2207": _charged_visit,
    "2208": _settled_visit,
    "1162": _shown,
    "5163": lambda *_: _mapped(*_) | {"own": {}},
    "5260": _settled_stay,
    "5261": _settled_stay,
    **dict.fromkeys(CLAIMS, _settled_stay),
    **dict.fromkeys(("2175", "2176"), _bought),
    "2261": _told_in_one,
    "2301": _open_stay,
    "2302": _charged_stay,
    "2303": _discharged_stay,
    "2304": _discharged_stay,
    "2305": _settled_stay,
    "2402": _charged_stay,
    "2403": _charged_stay,
    "2404": _open_stay,
    "2405": _discharged_stay,
    "2502": _filed("2501"),
    "2506": _filed("2505"),
    "2601": _settled_stay,
    "5201": _settled_stay,
    "5202": _settled_stay,
    "5203": _settled_stay,
    "5204": _settled_stay,
    "5206": _settled_stay,
    "5303": _open_stay,
    "9002": _signed_in,
    "YJ02": lambda *_: {"own": {"oinfno": "4401"}},
}


def fields_of(infno):
    """Every scalar field of a transaction's input with the way to it."""
    return [(way, field) for way, field in messages.places(transaction(infno).input) if field.node is None]
