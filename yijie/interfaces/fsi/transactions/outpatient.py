"""2201–2205: registration, visit with diagnoses, fee lines of outpatient care."""

from __future__ import annotations

from yijie.domain import encounter
from yijie.domain.encounter import Arrival, Record
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.call import Call, Done, Row, shown_in, text, writes
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.diagnoses import diagnoses_in
from yijie.interfaces.fsi.extension import flags
from yijie.interfaces.fsi.lines import graded_out, lines_in
from yijie.interfaces.fsi.names import VISIT, kept
from yijie.kernel.language import Text

REGISTRATION_TYPE = "11"
ALL_BATCHES = "0000"
"""chrg_bchno that takes back every unsettled batch of an encounter."""


@writes("2201")
def register(call: Call) -> Done:
    """Open an outpatient encounter for an identified person."""
    row = call.one()
    require_identity(call, row)
    number = encounter.register(
        Arrival(
            person_number=row["psn_no"],
            insurance=row["insutype"],
            home_region=call.home_region,
            care=care_of(REGISTRATION_TYPE, stay=False),
            medical_type=REGISTRATION_TYPE,
            record_number=row["ipt_otp_no"],
            began_at=row["begntime"],
            details=kept(row, VISIT),
        ),
        call.at,
    )
    return Done({"data": {"mdtrt_id": number, "psn_no": row["psn_no"], "ipt_otp_no": row["ipt_otp_no"]}})


def require_identity(call: Call, row: Row) -> None:
    """The person the message names must be the one who stands at the desk."""
    homes.identify((row["psn_no"], row["insutype"], call.home_region), shown_in(row), call.at.code)


def locked(call: Call, row: Row, *, stay: bool) -> Record:
    """The visit or stay a record names, locked."""
    record = encounter.lock(row["mdtrt_id"], call.at.code, row["psn_no"])
    record.require_kind(stay=stay)
    return record


@writes("2202")
def cancel_registration(call: Call) -> Done:
    """Take back a registration under which nothing is charged."""
    encounter.cancel(locked(call, call.one(), stay=False))
    return Done()


@writes("2203")
def record_visit(call: Call) -> Done:
    """Record what the visit is: medical type, disease, diagnoses; diagnoses marked invalid are taken back."""
    change_visit(call, call.one("mdtrtinfo"), {})
    return Done()


def change_visit(call: Call, row: Row, more: dict[str, str]) -> None:
    """Change an unsettled visit to what a message says of it; ``more`` are details of its kind of institution."""
    record = locked(call, row, stay=False)
    encounter.require_unsettled(record, step=Text("修改就诊信息", "changing the visit"))
    record.require("open", step=Text("修改就诊信息", "changing the visit"), todo=Text("请重新挂号", "register again"))
    medical_type = row["med_type"]
    said = flags(row, medical_type, remote=record.remote)
    encounter.change_visit(
        record,
        care=care_of(medical_type, stay=False),
        medical_type=medical_type,
        began_at=row["begntime"],
        disease=text(row, "dise_codg"),
        emergency=said.emergency,
        trauma=said.trauma,
        third_party=said.third_party,
        details=kept(row, VISIT) | more,
    )
    rows = call.many("diseinfo")
    encounter.upsert_diagnoses(record.id, "1", diagnoses_in([r for r in rows if text(r, "vali_flag") != "0"]))
    encounter.remove_diagnoses(record.id, "1", [int(r["diag_srt_no"]) for r in rows if text(r, "vali_flag") == "0"])


@writes("2204")
def upload_lines(call: Call) -> Done:
    """Grade and store fee lines of one charge batch."""
    rows = call.many("feedetail")
    record = locked(call, rows[0], stay=False)
    record.require(
        "open", "settled", step=Text("上传明细", "uploading lines"), todo=Text("请重新挂号", "register again")
    )
    lines = lines_in(rows)
    encounter.require_unsettled(record, step=Text("追加明细", "adding lines"), batch=lines[0].batch)
    encounter.reopen_for_charges(record)
    return Done({"result": graded_out(encounter.upload(record, lines))})


@writes("2205")
def revoke_lines(call: Call) -> Done:
    """Take back the unsettled lines of a charge batch, or of all batches."""
    row = call.one()
    record = locked(call, row, stay=False)
    batch = row["chrg_bchno"]
    if batch == ALL_BATCHES:
        encounter.revoke_unsettled(record)
        return Done()
    encounter.require_unsettled(record, step=Text("撤销明细", "taking lines back"), batch=batch)
    if not encounter.revoke_batch(record, batch):
        raise encounter.LineUnknown(serial=Text(f"批次 {batch}", f"of batch {batch}"), field="chrg_bchno")
    return Done()
