"""Departments, beds and staff of an institution, and special marks of encounters: withdrawn and asked for."""

from __future__ import annotations

from yijie.domain import archive
from yijie.domain.archive import Asked, EntryMissing
from yijie.interfaces.fsi.archived import rows_node, shown
from yijie.interfaces.fsi.call import Call, Done, reads, text, writes
from yijie.interfaces.fsi.paging import page_of
from yijie.interfaces.fsi.plain import fitted
from yijie.interfaces.fsi.storing import key_of

YES, NO = "1", "0"
WITHDRAWN = {
    "3403": ("department", "data", ("hosp_dept_codg",)),
    "3463": ("bed", "bedinfo", ("hosp_bed_no",)),
    "3469": ("practitioner", "doctorinfo", ("dr_codg",)),
}


@writes(*WITHDRAWN)
def withdraw(call: Call) -> Done:
    """End records; one that is not there is named and nothing is done."""
    kind, node, names = WITHDRAWN[call.infno]
    rows = call.nodes[node]
    keys = [key_of(row, names) for row in (rows if isinstance(rows, list) else [rows])]
    ended = archive.withdraw(kind, keys, call.at.code)
    for position, key in enumerate(keys, 1):
        if key not in ended:
            raise EntryMissing(position=position, key=key)
    return Done()


@reads("5101")
def departments(call: Call) -> Done:
    """Departments of this institution."""
    found = archive.find(Asked(("department",), institution=call.at.code))
    node = rows_node(call.infno, "feedetail")
    return Done({"feedetail": [fitted(node, entry.body) for entry in found]})


@reads("5102")
def practitioners(call: Call) -> Done:
    """Doctors of this institution, by code or name."""
    row = call.one()
    matching = {
        ours: row[asked]
        for asked, ours in (("prac_psn_name", "dr_name"), ("prac_psn_code", "dr_codg"), ("certno", "certno"))
        if text(row, asked)
    }
    found = archive.find(Asked(("practitioner",), institution=call.at.code, matching=matching))
    node = rows_node(call.infno, "feedetail")
    rows = [
        fitted(
            node,
            {
                "psn_cert_type": one.body.get("cert_type") or "01",
                "certno": one.body.get("certno"),
                "prac_psn_code": one.body["dr_codg"],
                "prac_psn_name": one.body["dr_name"],
                "prac_psn_type": row["prac_psn_type"],
                "prac_cert_no": one.body.get("prac_dr_id"),
                "hi_dr_flag": NO if one.body.get("hi_dr_flag") == NO else YES,
                "begntime": one.stored_at,
            },
        )
        for one in found
    ]
    return Done({"feedetail": rows})


@reads("2407")
def stay_marks(call: Call) -> Done:
    """Special marks of encounters of this institution."""
    row, page = call.one(), page_of(call.one())
    names = ("mdtrt_id", "psn_no", "certno", "psn_name", "ipt_otp_no", "ipt_psn_sp_flag_type", "ipt_psn_sp_flag")
    asked = Asked(
        ("stay_mark",), institution=call.at.code, matching={name: row[name] for name in names if text(row, name)}
    )
    node = rows_node(call.infno, "IptPsnSpFlagReg")
    found = archive.find(asked, limit=page.limit, offset=page.offset)
    wanted = text(row, "ipt_psn_sp_flag_detl_id")
    marks = [
        fitted(node, {"admdvs": one.region} | one.body | shown(one) | {"ipt_psn_sp_flag_detl_id": one.number})
        for one in found
        if wanted in ("", one.number)
    ]
    return Done({"IptPsnSpFlagReg": marks})
