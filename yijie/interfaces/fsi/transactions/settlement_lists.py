"""4101–4105: settlement lists uploaded, submitted, asked for, with what quality control found, and counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from yijie.domain import encounter, settlement, settlement_list
from yijie.domain.enrolment import Insured
from yijie.domain.settlement import SettlementRow
from yijie.domain.settlement_list import ListMissing, ListRow, Statistic
from yijie.domain.transaction import in_transaction, reading
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.call import Call, Done, Row, reads, settles, text, writes
from yijie.interfaces.fsi.list_facts import facts_of, list_out
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.once import once
from yijie.interfaces.fsi.paging import page_of
from yijie.interfaces.fsi.plain import NONE, fitted, plain
from yijie.interfaces.fsi.tables import transaction
from yijie.kernel.dates import in_shanghai, today
from yijie.kernel.ids import public_id

SUBMITTED, RETURNED = "1", "3"
PASSED, FAILED = "1", "0"
NOT_GROUPED = "0"


def _settled(call: Call, number: str, person: str = "") -> SettlementRow:
    """A living settlement of this institution; a void's own number is none."""
    found = settlement.many([number], call.at.code).get(number)
    if found is None or found.voids is not None or person not in ("", found.person_number):
        raise settlement.SettlementUnknown(number=number)
    return found


@settles("4101")
def upload(call: Call, claim: Claim) -> str:
    """Keep the list of a settlement; quality control runs at once, its findings are asked for with 4104.

    Who the person is may be known at another node only, which is asked before the transaction.
    """
    row = call.one("setlinfo")
    settled = reading(lambda: _settled(call, row["setl_id"], text(row, "psn_no")))
    person = homes.one_of((settled.person_number, settled.insurance, settled.home_region))
    return in_transaction(lambda: once(call, claim, partial(_upload, person=person))).decode()


def _upload(call: Call, person: Insured) -> Done:
    row = call.one("setlinfo")
    settled = _settled(call, row["setl_id"], text(row, "psn_no"))
    if settled.voided_at is not None:
        raise settlement.AlreadyVoided(number=settled.number, at=f"{settled.voided_at:%Y-%m-%d %H:%M:%S}")
    record = encounter.find(row["mdtrt_id"], call.at.code, settled.person_number)
    if record.id != settled.encounter:
        raise settlement.SettlementUnknown(number=settled.number)
    uploaded = settlement_list.upload(
        settled,
        facts_of(call.nodes, record, settled, person),
        plain(call.nodes),
        operator=call.envelope.opter,
        submit=text(row, "stas_type") == SUBMITTED,
    )
    return Done({"data": {"setl_list_id": uploaded.number}}, subject=uploaded.id)


def _list(call: Call, row: Row, *, locked: bool = False) -> ListRow:
    found = settlement_list.find(row["setl_id"], call.at.code, row["psn_no"], locked=locked)
    if found is None:
        raise ListMissing(number=row["setl_id"])
    return found


@writes("4102")
def change_state(call: Call) -> Done:
    """Submit a list that passed, or take a returned one back."""
    row = call.one()
    settlement_list.move(_list(call, row, locked=True), row["stas_type"])
    return Done()


@reads("4103")
def list_of(call: Call) -> Done:
    """The current list of a settlement with the money as settled."""
    kept = _list(call, call.one())
    settled = _settled(call, kept.settlement_number)
    record = encounter.find(public_id(kept.region, kept.encounter), call.at.code, kept.person_number)
    person = homes.one_of((settled.person_number, settled.insurance, settled.home_region))
    lines = encounter.lines_of(record.id, settled.batch, settled.settled_at)
    at = {"fixmedins_code": call.at.code, "fixmedins_name": call.at.name}
    said = list_out(kept, record, settled, person, lines)
    return Done(fitted(transaction(call.infno).output, said | {"setlinfo": said["setlinfo"] | at}))


@reads("4104")
def quality(call: Call) -> Done:
    """What quality control found in the lists of a month of settlement."""
    row, page = call.one(), page_of(call.one())
    returned = text(row, "retn_flag")
    found = settlement_list.checked(
        call.at.code,
        row["setl_ym"],
        settlement=text(row, "setl_id"),
        person_number=text(row, "psn_no"),
        level=text(row, "err_lv"),
        returned=returned == PASSED if returned else None,
        limit=page.limit,
        offset=page.offset,
    )
    node = transaction(call.infno).output
    people = _people(call, found)
    return Done([fitted(node, _quality(call, one, people[one.settlement_number])) for one in found])


def _people(call: Call, lists: Sequence[ListRow]) -> dict[str, Insured]:
    """The person of each list's settlement."""
    settled = settlement.many([one.settlement_number for one in lists], call.at.code)
    relations = {number: (one.person_number, one.insurance, one.home_region) for number, one in settled.items()}
    facts = homes.facts(set(relations.values()), today())
    return {number: facts[relation][0] for number, relation in relations.items()}


def _quality(call: Call, kept: ListRow, person: Insured) -> dict[str, Any]:
    returned = PASSED if kept.state == RETURNED else FAILED
    return {
        "fixmedins_code": kept.institution,
        "fixmedins_name": call.at.name,
        "setl_ym": kept.month,
        "setl_id": kept.settlement_number,
        "psn_no": kept.person_number,
        "psn_name": person.name,
        "psn_cert_type": person.certificate_type,
        "cert_no": person.certificate_number,
        "qltctrl_rslt": PASSED if kept.passed else FAILED,
        "err_lv": min((finding.level for finding in kept.findings), default=FAILED),
        "retn_flag": returned,
        "qltctrl_ver": kept.quality_version,
        "qltctrl_time": kept.uploaded_at,
        "grp_stas": NOT_GROUPED,
        "detailinfo": [
            {
                "exam_data_fld": finding.field,
                "qltctrl_chk_rslt": finding.why,
                "err_lv": finding.level,
                "retn_flag": returned,
                "init_val": finding.value or NONE,
            }
            for finding in kept.findings
        ],
    }


@reads("4105")
def counted(call: Call) -> Done:
    """How many settlements of a period need a list, and how many have one that passed quality control."""
    row = call.one()
    types = [one for one in re.split(r"[^0-9A-Za-z]+", str(row["medtype_list"])) if one]
    found = settlement_list.count(
        Statistic(
            call.at.code,
            in_shanghai(row["stt_begntime"]),
            in_shanghai(row["stt_endtime"]),
            types,
            with_voided=text(row, "refdset_flag") == PASSED,
        )
    )
    return Done({"needUploadCnt": found.needed, "uploadedCnt": found.uploaded})
