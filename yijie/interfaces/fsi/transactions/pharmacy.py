"""2101–2102: a pharmacy quotes or settles a purchase in one message; 2203A what a visit at a pharmacy is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yijie.domain import archive, files
from yijie.domain.encounter import Arrival, LineGiven, LineStored, Record, WholeVisit
from yijie.domain.settlement import Charge, FamilyAccountNotOffered, Settled
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, reads, settles, shown_in, text, writes
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.extension import flags
from yijie.interfaces.fsi.lines import fen_of, graded_out, lines_in
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.names import VISIT, kept
from yijie.interfaces.fsi.plain import plain
from yijie.interfaces.fsi.settlement_out import asked_by, settled_out
from yijie.kernel.errors import YijieError

from .in_one_message import Whole, settled, tried
from .outpatient import change_visit
from .settling import FAMILY_ACCOUNT

PHARMACY = "2"
"""fixmedins_type 定点零售药店"""
BATCH = "P1"
"""A purchase has one charge batch."""
USED = "1"
TRACED = "purchase_traced"
"""Kind of the records of trace codes."""


class PharmacyOnly(YijieError):
    """A transaction of pharmacies from a hospital."""

    code = "institution.pharmacy_only"
    zh = "{name} 不是定点零售药店，不能办理药店交易；医院请用门诊交易 2201–2207，月结查询请用 2172–2174"
    en = "{name} is no pharmacy; hospitals use 2201 to 2207, and for monthly claims 2172 to 2174"


@dataclass(frozen=True, slots=True)
class Basket:
    """What a message wants sold: ``row`` as in ``druginfo`` of 2102, the lines, and what else the visit remembers."""

    row: Row
    lines: list[LineGiven]
    record_number: str
    details: dict[str, Any] = field(default_factory=dict)


def require_pharmacy(call: Call) -> None:
    """Refuse institutions that are no pharmacies."""
    if call.at.kind != PHARMACY:
        raise PharmacyOnly(name=call.at.name)


def _basket(call: Call) -> Basket:
    return Basket(call.one("druginfo"), lines_in(call.many("drugdetail"), batch=BATCH), call.envelope.msgid)


def purchase_of(call: Call, basket: Basket) -> Whole:
    """A purchase as a visit, and what is to be settled of it."""
    require_pharmacy(call)
    row = basket.row
    if text(row, "acct_used_flag") == FAMILY_ACCOUNT:
        raise FamilyAccountNotOffered
    medical_type = row["med_type"]
    said = flags(row, medical_type, remote=call.home_region != call.at.pool)
    visit = WholeVisit(
        Arrival(
            person_number=row["psn_no"],
            insurance=row["insutype"],
            home_region=call.home_region,
            care=care_of(medical_type, stay=False),
            medical_type=medical_type,
            record_number=basket.record_number,
            began_at=row["begntime"],
            emergency=said.emergency,
            trauma=said.trauma,
            third_party=said.third_party,
            disease=text(row, "dise_codg"),
            details=kept(row, VISIT) | basket.details,
        ),
        call.at,
        shown_in(row),
        basket.lines,
    )
    return Whole(visit, lambda record: _charge(call, row, record))


def _charge(call: Call, row: Row, record: Record) -> Charge:
    return Charge(
        encounter=record.id,
        number=record.number,
        institution=call.at.code,
        person_number=row["psn_no"],
        shown=shown_in(row),
        declared={"total": fen_of(row["medfee_sumamt"])},
        use_account=text(row, "acct_used_flag") == USED,
        insurance=row["insutype"],
        batch=BATCH,
        details=asked_by(call) | {"invoice": text(row, "invono")},
    )


def _said(call: Call, outcome: Settled, lines: list[LineStored]) -> dict[str, Any]:
    borne = {"hosp_part_amt": Decimal(0)}
    cut = [row | borne for row in graded_out(lines)]
    said: dict[str, Any] = in_table(call.infno, settled_out(outcome, call.envelope.msgid) | {"detlcutinfo": cut})
    return said


@reads("2101")
def quote(call: Call) -> Done:
    """What a purchase would cost whom; it is registered, graded, decided and taken back whole."""
    return Done(_said(call, *tried(call, call.one("druginfo"), purchase_of(call, _basket(call)))))


@settles("2102")
def settle(call: Call, claim: Claim) -> str:
    """Settle a purchase: registration, lines and settlement stand or fall together, beside others that wait."""
    return settled(call, claim, call.one("druginfo"), purchase_of(call, _basket(call)), _settled)


def _settled(call: Call, outcome: Settled, lines: list[LineStored], number: str) -> Done:
    """What a settled purchase answers, and the codes by which its packs are traced."""
    traced = [row["durg_trac_info"] for row in call.many("drugdetail") if row.get("durg_trac_info")]
    given = archive.Given(
        key=number,
        body={"drugtracinfo": plain(traced)},
        person_number=outcome.encounter.person_number,
        encounter=number,
    )
    return Done(_said(call, outcome, lines), subject=outcome.id, record=(TRACED, given) if traced else None)


@writes("2203A")
def record_visit(call: Call) -> Done:
    """Record what a visit at a pharmacy is, with diagnoses and the prescription it rests on."""
    row = call.one("mdtrtinfo")
    change_visit(call, row, _prescription(call, row))
    return Done()


def _prescription(call: Call, row: Row) -> dict[str, str]:
    """Who prescribed, and the number of the prescription's file."""
    said = {
        "prescriber": text(row, "rxfixmedinsCode"),
        "prescriber_name": text(row, "rxfixmedinsName"),
        "prescription_note": text(row, "rxExpContent"),
    }
    if row.get("rxIn"):
        name = text(row, "rxfilename") or "prescription"
        stored = files.store(name, [row["rxIn"]], institution=call.at.code, region=call.at.region)
        said["prescription_file"] = stored.number
    return {name: value for name, value in said.items() if value}
