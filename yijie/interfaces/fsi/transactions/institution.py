"""1201 医药机构信息获取."""

from __future__ import annotations

from yijie.domain import institution
from yijie.interfaces.fsi.call import Call, Done, reads, text


@reads("1201")
def find_institutions(call: Call) -> Done:
    """Institutions of a type, by code or part of the name."""
    row = call.one("medinsinfo")
    found = institution.find(
        kind=row["fixmedins_type"], name=text(row, "fixmedins_name"), code=text(row, "fixmedins_code")
    )
    return Done(
        {
            "medinsinfo": [
                {
                    "fixmedins_code": one.code,
                    "fixmedins_name": one.name,
                    "uscc": one.credit_code,
                    "fixmedins_type": one.kind,
                    "hosp_lv": one.grade,
                }
                for one in found
            ]
        }
    )
