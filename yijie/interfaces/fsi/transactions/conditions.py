"""2503–2504 chronic diseases identified by a hospital, 2507 accidents, 2306 remarks on fee lines."""

from __future__ import annotations

from yijie.domain import archive, encounter, enrolment, exchange, filing
from yijie.domain.encounter import Remark
from yijie.domain.filing import ChronicRequest
from yijie.interfaces.fsi.archived import begin_of
from yijie.interfaces.fsi.call import Call, Done, text, writes
from yijie.interfaces.fsi.lines import require_one_encounter
from yijie.interfaces.fsi.names import kept
from yijie.interfaces.fsi.plain import plain
from yijie.kernel.ids import parse_public_id, public_id
from yijie.kernel.region import pool_of

CHRONIC = {
    "tel": "phone",
    "addr": "address",
    "ide_fixmedins_no": "identified_by",
    "ide_fixmedins_name": "identified_by_name",
    "hosp_ide_date": "identified_on",
    "diag_dr_codg": "doctor_code",
    "diag_dr_name": "doctor_name",
    "memo": "memo",
}
ACCIDENT = "accident"


@writes("2503")
def file_chronic(call: Call) -> Done:
    """Ask the bureau to approve a chronic disease; it counts from the day it is approved on."""
    row = call.one()
    home = pool_of(row["insu_optins"])
    number = filing.request_chronic(
        ChronicRequest(
            person_number=row["psn_no"],
            insurance=row["insutype"],
            home_region=home,
            disease=row["opsp_dise_code"],
            disease_name=row["opsp_dise_name"],
            since=row["begndate"],
            until=row.get("enddate"),
            details=kept(row, CHRONIC),
        )
    )
    return Done({"result": {"trt_dcla_detl_sn": public_id(home, number)}}, subject=number)


@writes("2504")
def withdraw_chronic(call: Call) -> Done:
    """Take a request back that the bureau has not decided."""
    row = call.one()
    named = parse_public_id(row["trt_dcla_detl_sn"])
    if named is None:
        raise filing.FilingUnknown(number=row["trt_dcla_detl_sn"])
    filing.withdraw_chronic(named[1], row["psn_no"])
    return Done()


@writes("2507")
def file_accident(call: Call) -> Done:
    """Keep the report of an accident of a registered person."""
    row = call.one()
    if exchange.is_here(call.home_region):  # another node's people are read there, before anything is filed
        enrolment.require_person(row["psn_no"])
    filing.require_dates(row["begndate"], row.get("enddate"))
    given = archive.Given(
        key=f"{row['psn_no']}|{row['begndate']}",
        body=plain(row),
        person_number=row["psn_no"],
        at=begin_of(row.get("trum_time") or row["begndate"]),
    )
    [stored] = archive.store(ACCIDENT, [given], call.at, operator=call.envelope.opter)
    return Done({"result": {"trt_dcla_detl_sn": stored.number}})


@writes("2306")
def remark(call: Call) -> Done:
    """Replace the remarks of fee lines."""
    rows = call.many("data")
    require_one_encounter(rows)
    record = encounter.lock(rows[0]["mdtrt_id"], call.at.code, rows[0]["psn_no"])
    encounter.remark(record, [Remark(row["bkkp_sn"], row["med_list_codg"], text(row, "memo")) for row in rows])
    return Done()
