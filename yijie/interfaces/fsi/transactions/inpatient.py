"""2401–2405 stays from admission to discharge, 2301–2302 their fee lines."""

from __future__ import annotations

from typing import Any

from yijie.domain import encounter
from yijie.domain.encounter import Arrival, Discharge
from yijie.interfaces.fsi.call import Call, Done, Row, text, writes
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.diagnoses import diagnoses_in
from yijie.interfaces.fsi.extension import flags
from yijie.interfaces.fsi.lines import graded_out, lines_in, require_one_encounter
from yijie.interfaces.fsi.names import DISCHARGE, STAY, kept
from yijie.kernel.ids import parse_public_id
from yijie.kernel.language import Text

from .outpatient import locked, require_identity

ALL_LINES = "0000"
"""feedetl_sn that takes back every unsettled line of a stay."""


@writes("2401")
def admit(call: Call) -> Done:
    """Admit an identified patient with the admission diagnoses."""
    row = call.one("mdtrtinfo")
    require_identity(call, row)
    said = flags(row, row["med_type"], remote=call.home_region != call.at.pool)
    number = encounter.admit(
        Arrival(
            person_number=row["psn_no"],
            insurance=row["insutype"],
            home_region=call.home_region,
            care=care_of(row["med_type"], stay=True),
            medical_type=row["med_type"],
            record_number=row["ipt_no"],
            began_at=row["begntime"],
            emergency=said.emergency,
            trauma=said.trauma,
            third_party=said.third_party,
            disease=text(row, "dise_codg"),
            details=kept(row, STAY),
        ),
        call.at,
        diagnoses_in(call.many("diseinfo")),
    )
    named = parse_public_id(number)
    return Done({"result": {"mdtrt_id": number}}, subject=named and named[1])


@writes("2403")
def change_stay(call: Call) -> Done:
    """Change admission data and diagnoses of a stay that is not settled; diagnoses are replaced rank by rank."""
    row = call.one("adminfo")
    record = locked(call, row, stay=True)
    encounter.require_unsettled(record, step=Text("变更入院信息", "changing the admission"))
    record.require(
        "open",
        "discharged",
        step=Text("变更入院信息", "changing the admission"),
        todo=Text("请重新办理入院", "admit again"),
    )
    said = flags(row, row["med_type"], remote=record.remote)
    encounter.change_visit(
        record,
        care=care_of(row["med_type"], stay=True),
        medical_type=row["med_type"],
        began_at=row["begntime"],
        disease=text(row, "dise_codg"),
        emergency=said.emergency,
        trauma=said.trauma,
        third_party=said.third_party,
        details=kept(row, STAY),
    )
    encounter.upsert_diagnoses(record.id, "1", diagnoses_in(call.many("diseinfo")))
    return Done()


@writes("2402")
def discharge(call: Call) -> Done:
    """Record the end of a stay with its discharge diagnoses."""
    row = call.one("dscginfo")
    encounter.discharge(
        locked(call, row, stay=True),
        Discharge(row["endtime"], diagnoses_in(call.many("diseinfo")), kept(row, DISCHARGE)),
    )
    return Done()


@writes("2404")
def cancel_admission(call: Call) -> Done:
    """Take back an admission under which nothing is charged."""
    encounter.cancel(locked(call, call.one(), stay=True))
    return Done()


@writes("2405")
def undo_discharge(call: Call) -> Done:
    """The patient is in hospital again."""
    encounter.undo_discharge(locked(call, call.one(), stay=True))
    return Done()


@writes("2301")
def upload_lines(call: Call) -> Done:
    """Grade and store fee lines of a stay; negative quantities refund lines uploaded before."""
    rows = call.many("feedetail")
    record = locked(call, rows[0], stay=True)
    record.require(
        "open",
        "discharged",
        step=Text("上传明细", "uploading lines"),
        todo=Text("已结算的请先撤销结算（2305）", "void a settlement first (2305)"),
    )
    stored = encounter.upload(record, lines_in(rows, batch=record.segment_batch()))
    return Done({"result": graded_out(stored)})


@writes("2302")
def revoke_lines(call: Call) -> Done:
    """Take back unsettled lines of a stay by serial number, or all of them."""
    rows: list[Row] = call.many("data")
    require_one_encounter(rows)
    record = locked(call, rows[0], stay=True)
    record.require(
        "open",
        "discharged",
        step=Text("撤销明细", "taking lines back"),
        todo=Text("已结算的请先撤销结算（2305）", "void a settlement first (2305)"),
    )
    serials: list[Any] = [row["feedetl_sn"] for row in rows]
    if serials == [ALL_LINES]:
        encounter.revoke_unsettled(record)
    else:
        encounter.revoke_lines(record, serials)
    return Done()
