"""A hospital's desk in a test: it speaks over HTTP, or to the platform in this process, and says what it expects."""

import itertools
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from yijie.interfaces.demo.his import HospitalSystem, Refused, moment, total_of
from yijie.interfaces.fsi import read_output
from yijie.interfaces.fsi.service import answer
from yijie.kernel.dates import now

CHECKOUT = Path(__file__).parents[1]
ERR_MSG_MAX = 200
CODE = re.compile(r"\[([a-z_]+(?:\.[a-z_]+)+)\]$")
RECORDS = itertools.count(1)
SEQUENCE = itertools.count(1)
"""Message ids differ over all desks of a test process: two desks of one hospital may not use the same."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: the bytes of ``output`` as they came, and the rest read exactly."""

    infno: str
    whole: dict
    output_bytes: bytes

    @property
    def done(self):
        """Whether the platform did what it was asked."""
        return self.whole["infcode"] == 0

    @property
    def output(self):
        """The transaction's output; a refusal fails the test."""
        assert self.done, self.text
        read_output(self.infno, self.whole["output"])
        return self.whole["output"]

    @property
    def text(self):
        """What the desk clerk is told."""
        return self.whole["err_msg"]

    @property
    def code(self):
        """The stable code of a refusal, empty for what was done."""
        if self.done:
            assert self.text == ""
            return ""
        assert self.whole["infcode"] == -1
        assert len(self.text) <= ERR_MSG_MAX
        assert self.whole["output"] == {}
        return CODE.search(self.text)[1]


class Desk(HospitalSystem):
    """A hospital's system; without an address it hands its messages to the platform in this process."""

    def __init__(self, code, address=None):
        if address:
            super().__init__(address, code, f"样例机构{code[-5:]}", code[1:7])
        else:
            self.code, self.name, self.region = code, f"样例机构{code[-5:]}", code[1:7]
            self.sign_no = ""
            self._client = None

    def message_id(self):
        """A fresh msgid."""
        return f"{self.code}{next(SEQUENCE):018d}"

    def close(self):
        """Give the connection back."""
        if self._client:
            super().close()

    def answered(self, body):
        """The bytes of the answer to a message."""
        if self._client is None:
            return answer(body)
        response = self._client.post("/fsi/api/rsfComIfsService/callService", content=body)
        assert response.status_code == 200, response.text
        return response.content

    def post(self, body):
        """Send a request as it is; the whole answer, every number exact."""
        return json.loads(self.answered(body), parse_float=Decimal)

    def say(self, infno, payload, *, insured_in="", msgid=""):
        """Send a transaction; whatever the answer is."""
        return self.reply(infno, self.message(infno, payload, insured_in=insured_in, msgid=msgid))

    def reply(self, infno, body):
        """Send a message that was made before."""
        raw = self.answered(body)
        return Reply(infno, json.loads(raw, parse_float=Decimal), bytes(msgspec.json.decode(raw, type=_Output).output))

    def refused(self, infno, payload, *, insured_in="", msgid=""):
        """The code and the text of a refusal; anything else fails the test."""
        said = self.say(infno, payload, insured_in=insured_in, msgid=msgid)
        assert not said.done, f"{infno} was done, it should have been refused"
        assert str(CHECKOUT) not in said.text, "a refusal tells a desk where the server keeps its files"
        return said.code, said.text

    def stay_of(self, patient, items, *, began, ended=None, **admission):
        """Admit, charge and discharge (with ``ended``); returns mdtrt_id."""
        stay = self.admit(patient, record(), began, **admission)
        if items:
            self.charge(patient, stay, items, began)
        if ended:
            self.discharge(patient, stay, ended)
        return stay

    def visit_of(self, patient, items, *, began, batch="B1", medical_type="11"):
        """Register, record the visit, charge a batch; returns mdtrt_id."""
        visit = self.register(patient, record(), began)
        self.visit(patient, visit, began, medical_type=medical_type)
        if items:
            self.charge_visit(patient, visit, items, began, batch=batch)
        return visit

    def settle_stay(self, patient, stay, items, *, account=False, mid_stay=False, msgid=""):
        """2304 over the total of ``items``; the output."""
        bill = self.stay_bill(patient, stay, total_of(items), account=account, mid_stay=mid_stay)
        return self.say("2304", bill, insured_in=patient.home_region, msgid=msgid).output

    def quote_stay(self, patient, stay, items, *, account=False, mid_stay=False):
        """2303 over the total of ``items``; the output."""
        bill = self.stay_bill(patient, stay, total_of(items), account=account, mid_stay=mid_stay)
        return self.say("2303", bill, insured_in=patient.home_region).output

    def settle_visit(self, patient, visit, items, *, batch="B1", account=False, msgid=""):
        """2207 over the total of ``items``; the output."""
        bill = self.visit_bill(patient, visit, total_of(items), batch=batch, account=account)
        return self.say("2207", bill, insured_in=patient.home_region, msgid=msgid).output

    def void(self, infno, patient, encounter, settlement, *, msgid=""):
        """2208 or 2305; whatever the answer is."""
        row = {"mdtrt_id": encounter, "setl_id": settlement, "psn_no": patient.number}
        return self.say(infno, {"data": row}, insured_in=patient.home_region, msgid=msgid)

    def reverse(self, patient, infno, msgid, *, own_msgid=""):
        """2601; whatever the answer is."""
        row = {"psn_no": patient.number, "omsgid": msgid, "oinfno": infno}
        return self.say("2601", {"data": row}, insured_in=patient.home_region, msgid=own_msgid)

    def revoke(self, patient, stay, *serials):
        """2302 of lines by serial number; whatever the answer is."""
        rows = [{"feedetl_sn": serial, "mdtrt_id": stay, "psn_no": patient.number} for serial in serials]
        return self.say("2302", {"data": rows}, insured_in=patient.home_region)

    def about(self, infno, patient, **row):
        """A query about a person; the output."""
        return self.say(infno, {"data": {"psn_no": patient.number, **row}}, insured_in=patient.home_region).output

    def queried_stays(self, patient, encounter="", *, medical_type="2101", **period):
        """5201 over a period; the records."""
        row = {"begntime": moment(period["since"]), "endtime": moment(period.get("until") or now())}
        found = self.about("5201", patient, med_type=medical_type, mdtrt_id=encounter, **row)
        return found["mdtrtinfo"]


class _Output(msgspec.Struct):
    output: msgspec.Raw


def record():
    """A fresh record number (住院号 or 门诊号)."""
    return f"ZY{next(RECORDS):08d}"


__all__ = ["Desk", "Refused", "Reply", "record"]


@contextmanager
def desks_at(address):
    """Makes desks at an address and gives their connections back in the end."""
    made = []

    def make(code):
        made.append(Desk(code, address))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.close()
