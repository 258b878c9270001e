"""A hospital's information system as seen from outside: it knows the interface document and nothing of the platform.

The demo, the tests and the benchmarks all speak through it, over real HTTP.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
import msgspec

from yijie.kernel.dates import now

ADDRESS = "/fsi/api/rsfComIfsService/callService"
ASK_SECONDS_MAX = 30.0


class Refused(Exception):
    """The platform answered ``infcode`` -1; the text is its ``err_msg``."""


@dataclass(frozen=True, slots=True)
class Patient:
    """What a desk has read of a person with 1101."""

    number: str
    name: str
    certificate: str
    insurance: str
    category: str
    home_region: str


@dataclass(frozen=True, slots=True)
class Item:
    """One charge on a bill: national code, the hospital's own code, unit price and quantity."""

    code: str
    price: str
    quantity: str = "1"
    approval: str = "0"
    original: str = ""
    serial: str = ""


class HospitalSystem:
    """One institution's system: it numbers its messages, fills the envelope and reads the answers."""

    def __init__(self, base_url: str, code: str, name: str, region: str) -> None:
        self.code, self.name, self.region = code, name, region
        self.sign_no = ""
        self._client = httpx.Client(base_url=base_url, timeout=ASK_SECONDS_MAX, trust_env=False)
        self._sequence = itertools.count(1)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def message_id(self) -> str:
        """A fresh msgid: institution code, time to the second, four digits."""
        with self._lock:
            return f"{self.code}{now():%Y%m%d%H%M%S}{next(self._sequence) % 10_000:04d}"

    def message(self, infno: str, payload: Mapping[str, Any], *, insured_in: str = "", msgid: str = "") -> bytes:
        """The bytes of a request."""
        return msgspec.json.encode(
            {
                "infno": infno,
                "msgid": msgid or self.message_id(),
                "mdtrtarea_admvs": self.region,
                "insuplc_admdvs": insured_in,
                "recer_sys_code": "YIJIE",
                "dev_no": "",
                "dev_safe_info": "",
                "cainfo": "",
                "signtype": "",
                "infver": "V1.0",
                "opter_type": "1",
                "opter": "0001",
                "opter_name": "样例收费员",
                "inf_time": f"{now():%Y-%m-%d %H:%M:%S}",
                "fixmedins_code": self.code,
                "fixmedins_name": self.name[:20],
                "sign_no": self.sign_no,
                "input": payload,
            }
        )

    def post(self, body: bytes) -> dict[str, Any]:
        """Send a request as it is; the whole answer."""
        response = self._client.post(ADDRESS, content=body, headers={"content-type": "application/json"})
        response.raise_for_status()
        answer: dict[str, Any] = msgspec.json.decode(response.content)
        return answer

    def ask(self, infno: str, payload: Mapping[str, Any], *, insured_in: str = "", msgid: str = "") -> Any:
        """Send a transaction and return its ``output``; :class:`Refused` with the platform's words otherwise."""
        answer = self.post(self.message(infno, payload, insured_in=insured_in, msgid=msgid))
        if answer["infcode"] != 0:
            raise Refused(answer["err_msg"])
        return answer["output"]

    def sign_in(self) -> None:
        """9001; later messages carry the sign-in number."""
        signed = self.ask("9001", {"signIn": {"opter_no": "0001", "mac": "00-00-00-00-00-00", "ip": "127.0.0.1"}})
        self.sign_no = signed["signinoutb"]["sign_no"]

    def sign_out(self) -> None:
        """9002."""
        self.ask("9002", {"signOut": {"sign_no": self.sign_no, "opter_no": "0001"}})
        self.sign_no = ""

    def read_card(self, certificate: str, name: str = "") -> dict[str, Any]:
        """1101 by identity card."""
        return self._read("02", certificate, certificate, name)

    def read_credential(self, token: str, certificate: str = "", name: str = "") -> dict[str, Any]:
        """1101 by the token of an electronic credential."""
        return self._read("01", token, certificate, name)

    def _read(self, kind: str, number: str, certificate: str, name: str) -> dict[str, Any]:
        row = {"mdtrt_cert_type": kind, "mdtrt_cert_no": number, "card_sn": "", "begntime": ""}
        read: dict[str, Any] = self.ask(
            "1101", {"data": row | {"psn_cert_type": "01", "certno": certificate, "psn_name": name}}
        )
        return read

    @staticmethod
    def patient(read: Mapping[str, Any], insurance: str = "") -> Patient:
        """The person of an 1101 answer under one insurance, the first where none is named."""
        base = read["baseinfo"]
        relation = next(r for r in read["insuinfo"] if insurance in ("", r["insutype"]))
        return Patient(
            base["psn_no"],
            base["psn_name"],
            base["certno"],
            relation["insutype"],
            relation["psn_type"],
            relation["insuplc_admdvs"],
        )

    def admit(
        self, patient: Patient, record: str, began: datetime, *, medical_type: str = "2101", extension: str = ""
    ) -> str:
        """2401 with one admission diagnosis; returns mdtrt_id."""
        stay = {
            "psn_no": patient.number,
            "insutype": patient.insurance,
            "coner_name": "样例联系人",
            "tel": "13800000000",
            "begntime": moment(began),
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": patient.certificate,
            "psn_cert_type": "01",
            "cert_type": "01",
            "certno": patient.certificate,
            "med_type": medical_type,
            "ipt_no": record,
            "medrcdno": record,
            "atddr_no": "D110105000001",
            "chfpdr_name": "样例医师",
            "adm_diag_dscr": "急性阑尾炎",
            "adm_dept_codg": "A04",
            "adm_dept_name": "外科",
            "adm_bed": "12",
            "dscg_maindiag_code": "K35.800",
            "dscg_maindiag_name": "急性阑尾炎",
            "exp_content": extension,
            "insuplc_admdvs": patient.home_region,
            "mdtrtarea_admvs": self.region,
        }
        diagnosis = self.diagnosis(1, "K35.800", "急性阑尾炎", began) | {"psn_no": patient.number}
        output = self.ask("2401", {"mdtrtinfo": stay, "diseinfo": [diagnosis]}, insured_in=patient.home_region)
        return str(output["result"]["mdtrt_id"])

    @staticmethod
    def diagnosis(rank: int, code: str, name: str, at: datetime) -> dict[str, Any]:
        """One record of a diseinfo node; rank 1 is the principal diagnosis."""
        return {
            "diag_type": "1",
            "maindiag_flag": "1" if rank == 1 else "0",
            "diag_srt_no": rank,
            "diag_code": code,
            "diag_name": name,
            "adm_cond": "",
            "diag_dept": "外科",
            "dise_dor_no": "D110105000001",
            "dise_dor_name": "样例医师",
            "diag_time": moment(at),
            "vali_flag": "1",
        }

    def lines(
        self, patient: Patient, encounter: str, items: Sequence[Item], charged: datetime, *, batch: str = ""
    ) -> list[dict[str, Any]]:
        """Records of a feedetail node for 2204 (with ``batch``) or 2301."""
        return [
            {
                "feedetl_sn": item.serial or f"{encounter[-8:]}{number:06d}",
                "init_feedetl_sn": item.original,
                "mdtrt_id": encounter,
                "psn_no": patient.number,
                "chrg_bchno": batch,
                "med_type": "2101",
                "rx_circ_flag": "0",
                "fee_ocur_time": moment(charged),
                "med_list_codg": item.code,
                "medins_list_codg": f"HIS-{item.code}",
                "det_item_fee_sumamt": amount_of(item),
                "cnt": item.quantity,
                "pric": item.price,
                "bilg_dept_codg": "A04",
                "bilg_dept_name": "外科",
                "bilg_dr_codg": "D110105000001",
                "bilg_dr_name": "样例医师",
                "hosp_appr_flag": item.approval,
            }
            for number, item in enumerate(items, 1)
        ]

    def charge(self, patient: Patient, encounter: str, items: Sequence[Item], charged: datetime) -> list[Any]:
        """2301; the graded lines."""
        rows = self.lines(patient, encounter, items, charged)
        output = self.ask("2301", {"feedetail": rows}, insured_in=patient.home_region)
        return list(output["result"])

    def discharge(self, patient: Patient, encounter: str, ended: datetime, **more: str) -> None:
        """2402 with one discharge diagnosis; ``more`` fields of ``dscginfo``, such as how a child was born."""
        diagnosis = self.diagnosis(1, "K35.800", "急性阑尾炎", ended)
        self.ask(
            "2402",
            {
                "dscginfo": {
                    "mdtrt_id": encounter,
                    "psn_no": patient.number,
                    "insutype": patient.insurance,
                    "endtime": moment(ended),
                    "dscg_dept_codg": "A04",
                    "dscg_dept_name": "外科",
                    "dscg_way": "1",
                    **more,
                },
                "diseinfo": [diagnosis | {"mdtrt_id": encounter, "psn_no": patient.number}],
            },
            insured_in=patient.home_region,
        )

    def stay_bill(
        self, patient: Patient, encounter: str, total: str, *, account: bool = False, mid_stay: bool = False
    ) -> dict[str, Any]:
        """Input of 2303 and 2304."""
        return {
            "data": {
                "psn_no": patient.number,
                "mdtrt_cert_type": "02",
                "mdtrt_cert_no": patient.certificate,
                "psn_cert_type": "01",
                "certno": patient.certificate,
                "psn_type": patient.category,
                "psn_name": patient.name,
                "medfee_sumamt": total,
                "psn_setlway": "01",
                "mdtrt_id": encounter,
                "insutype": patient.insurance,
                "acct_used_flag": "1" if account else "0",
                "insuplc_admdvs": patient.home_region,
                "mdtrtarea_admvs": self.region,
                "invono": "",
                "mid_setl_flag": "1" if mid_stay else "0",
            }
        }

    def visit_bill(
        self, patient: Patient, encounter: str, total: str, *, batch: str, account: bool, medical_type: str = "11"
    ) -> dict[str, Any]:
        """Input of 2206 and 2207."""
        return {
            "data": {
                "psn_no": patient.number,
                "mdtrt_cert_type": "02",
                "mdtrt_cert_no": patient.certificate,
                "psn_cert_type": "01",
                "certno": patient.certificate,
                "psn_type": patient.category,
                "psn_name": patient.name,
                "med_type": medical_type,
                "medfee_sumamt": total,
                "psn_setlway": "01",
                "mdtrt_id": encounter,
                "chrg_bchno": batch,
                "acct_used_flag": "1" if account else "0",
                "insutype": patient.insurance,
                "invono": "",
                "fulamt_ownpay_amt": "0",
                "overlmt_selfpay": "0",
                "preselfpay_amt": "0",
                "inscp_scp_amt": "0",
            }
        }

    def register(self, patient: Patient, record: str, began: datetime) -> str:
        """2201; returns mdtrt_id."""
        output = self.ask(
            "2201",
            {
                "data": {
                    "psn_no": patient.number,
                    "insutype": patient.insurance,
                    "begntime": moment(began),
                    "mdtrt_cert_type": "02",
                    "mdtrt_cert_no": patient.certificate,
                    "psn_cert_type": "01",
                    "certno": patient.certificate,
                    "psn_type": patient.category,
                    "psn_name": patient.name,
                    "ipt_otp_no": record,
                    "atddr_no": "D110105000001",
                    "dr_name": "样例医师",
                    "dept_code": "A03",
                    "dept_name": "内科",
                    "caty": "A03",
                }
            },
            insured_in=patient.home_region,
        )
        return str(output["data"]["mdtrt_id"])

    def visit(self, patient: Patient, encounter: str, began: datetime, *, medical_type: str = "11") -> None:
        """2203 with one diagnosis."""
        self.ask(
            "2203",
            {
                "mdtrtinfo": {
                    "mdtrt_id": encounter,
                    "psn_no": patient.number,
                    "med_type": medical_type,
                    "begntime": moment(began),
                    "main_cond_dscr": "咳嗽三天",
                    "dise_codg": "J06.900",
                    "dise_name": "急性上呼吸道感染",
                },
                "diseinfo": [self.diagnosis(1, "J06.900", "急性上呼吸道感染", began)],
            },
            insured_in=patient.home_region,
        )

    def charge_visit(
        self, patient: Patient, encounter: str, items: Sequence[Item], charged: datetime, *, batch: str
    ) -> list[Any]:
        """2204; the graded lines."""
        rows = self.lines(patient, encounter, items, charged, batch=batch)
        output = self.ask("2204", {"feedetail": rows}, insured_in=patient.home_region)
        return list(output["result"])


def moment(at: datetime) -> str:
    """Date and time as the interface writes them."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def amount_of(item: Item) -> str:
    """Price × quantity in yuan, two decimals, half up."""
    return str((Decimal(item.price) * Decimal(item.quantity)).quantize(Decimal("0.01"), "ROUND_HALF_UP"))


def total_of(items: Sequence[Item]) -> str:
    """Sum of a bill in yuan."""
    return str(sum((Decimal(amount_of(item)) for item in items), Decimal("0.00")))
