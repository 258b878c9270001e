"""2101–2102: a pharmacy quotes or settles a purchase in one message; 2203A what a visit at a pharmacy is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from yijie.domain import archive, encounter, exchange, files, settlement
from yijie.domain.encounter import Arrival, LineGiven, LineStored
from yijie.domain.settlement import Charge, FamilyAccountNotOffered, Settled
from yijie.interfaces.fsi import crossing, homes
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, reads, settles, shown_in, text, writes
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.committer import Committer
from yijie.interfaces.fsi.extension import flags
from yijie.interfaces.fsi.lines import fen_of, graded_out, lines_in
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.names import VISIT, kept
from yijie.interfaces.fsi.plain import plain
from yijie.interfaces.fsi.settlement_out import settled_out
from yijie.kernel.errors import YijieError

from .outpatient import change_visit, require_identity
from .settling import FAMILY_ACCOUNT, answered
from .together import Answered, Asked, Ready, settle_together

PHARMACY = "2"
"""fixmedins_type 定点零售药店"""
BATCH = "P1"
"""A purchase has one charge batch."""
USED = "1"


class PharmacyOnly(YijieError):
    """A transaction of pharmacies from a hospital."""

    code = "institution.pharmacy_only"
    zh = "{name} 不是定点零售药店，不能办理药店交易；医院请用门诊交易 2201–2207"
    en = "{name} is no pharmacy; hospitals use 2201 to 2207"


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


def _sold(call: Call) -> tuple[Charge, list[LineStored], str]:
    return sold(call, _basket(call))


def sold(call: Call, basket: Basket) -> tuple[Charge, list[LineStored], str]:
    """Register a purchase and grade its lines; what is to be settled, the graded lines, the encounter's number."""
    require_pharmacy(call)
    row = basket.row
    if text(row, "acct_used_flag") == FAMILY_ACCOUNT:
        raise FamilyAccountNotOffered
    require_identity(call, row)
    medical_type = row["med_type"]
    said = flags(row, medical_type, remote=call.home_region != call.at.pool)
    number = encounter.register(
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
    )
    record = encounter.lock(number, call.at.code, row["psn_no"])
    lines = encounter.upload(record, basket.lines)
    return _charge(call, row, number, record.id), lines, number


def _charge(call: Call, row: Row, number: str, encounter_id: int) -> Charge:
    return Charge(
        encounter=encounter_id,
        number=number,
        institution=call.at.code,
        person_number=row["psn_no"],
        shown=shown_in(row),
        declared={"total": fen_of(row["medfee_sumamt"])},
        use_account=text(row, "acct_used_flag") == USED,
        insurance=row["insutype"],
        batch=BATCH,
        details={
            "message": call.envelope.msgid,
            "invoice": text(row, "invono"),
            "operator": call.envelope.opter,
            "operator_name": call.envelope.opter_name,
        },
    )


def _said(call: Call, settled: Settled, lines: list[LineStored]) -> dict[str, Any]:
    borne = {"hosp_part_amt": Decimal(0)}
    cut = [row | borne for row in graded_out(lines)]
    said: dict[str, Any] = in_table(call.infno, settled_out(settled, call.envelope.msgid) | {"detlcutinfo": cut})
    return said


@reads("2101")
def quote(call: Call) -> Done:
    """What a purchase would cost whom."""
    return Done(_said(call, *quoted(call, _basket(call))))


def quoted(call: Call, basket: Basket) -> tuple[Settled, list[LineStored]]:
    """What settling a purchase now would decide: it is registered, graded, decided and taken back whole."""
    here = exchange.is_here(call.home_region)
    if not here:
        homes.identify_at_home(call, basket.row)
    with transaction.atomic():
        charge, lines, _ = sold(call, basket)
        asked = settlement.quote(charge) if here else settlement.asked(charge)
        transaction.set_rollback(True)
    return (asked if isinstance(asked, Settled) else crossing.quoted(asked)), lines


_committer: Committer[Asked, Answered] = Committer(settle_together)
"""Of purchases alone, which take longer than the visits and stays that others wait for."""


@settles("2102")
def settle(call: Call, claim: Claim) -> str:
    """Settle a purchase: registration, lines and settlement stand or fall together, beside others that wait."""
    if exchange.is_here(call.home_region):
        person = call.one("druginfo")["psn_no"]
        return answered(_committer, Asked(call, claim, lambda: _ready(call), stores=True), person)
    if not homes.is_repetition(claim):
        homes.identify_at_home(call, call.one("druginfo"))
    return crossing.purchase(call, claim, _sold, _settled)


def _ready(call: Call) -> Ready:
    charge, lines, number = _sold(call)
    return Ready(charge, lambda settled: _settled(call, settled, lines, number))


def _settled(call: Call, outcome: Settled, lines: list[LineStored], number: str) -> Done:
    """Keep what was traced of a settled purchase; its answer."""
    traced = [row["durg_trac_info"] for row in call.many("drugdetail") if row.get("durg_trac_info")]
    if traced:
        given = archive.Given(
            key=number,
            body={"drugtracinfo": plain(traced)},
            person_number=outcome.encounter.person_number,
            encounter=number,
        )
        archive.store("purchase_traced", [given], call.at, operator=call.envelope.opter)
    return Done(_said(call, outcome, lines), subject=outcome.id)


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
