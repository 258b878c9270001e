"""Voiding a settlement: a second row with every amount negated, mirrored postings, the home decision taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yijie.domain import decision, encounter, ledger
from yijie.domain.encounter import Record
from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.errors import invariant
from yijie.kernel.ids import new_id, parse_public_id, public_id

from .errors import AlreadyVoided, LaterIntervalLives, SettlementUnknown
from .models import MONEY, Settlement
from .state import moved


@dataclass(frozen=True, slots=True)
class Voided:
    """A voided settlement: the number of the row that voids it, the original's number, and when."""

    number: str
    original: str
    encounter: Record
    voided_at: datetime


@dataclass(frozen=True, slots=True)
class Voidable:
    """A settlement that its care side may void, with its encounter, both locked."""

    id: int
    number: str
    record: Record
    state: str
    batch: str
    mid_stay: bool
    settled_at: datetime
    total: int


def voidable(number: str, encounter_number: str, *, institution: str, person_number: str) -> Voidable:
    """The settlement to void, locked. It must live and be the newest of its stay, or the error names those before."""
    record = encounter.lock(encounter_number, institution, person_number)
    named = parse_public_id(number)
    rows = named and fetch(
        "SELECT id, state, voided_at, batch, mid_stay, settled_at, total FROM settlement_settlement"
        " WHERE id = %s AND encounter = %s AND voids IS NULL FOR UPDATE",
        [named[1], record.id],
    )
    if not rows:
        raise SettlementUnknown(number=number)
    [(original, state, voided_at, batch, mid_stay, settled_at, total)] = rows
    if state == Settlement.State.VOIDED:
        raise AlreadyVoided(number=number, at=f"{in_shanghai(voided_at):%Y-%m-%d %H:%M:%S}")
    later = record.settled_after(batch)
    if later:
        raise LaterIntervalLives(numbers="、".join(later))
    return Voidable(original, number, record, state, batch, mid_stay, settled_at, total)


def void(
    number: str, encounter_number: str, *, institution: str, person_number: str, details: dict[str, Any] | None = None
) -> Voided:
    """Void a settlement of an encounter in the running transaction; ``details`` say by which message.

    It must be the newest living settlement of its stay, and of the person, insurance and year at the home region, or
    the error names those to void first. Clearing does not matter: the negative row joins the next clearing.
    """
    living = voidable(number, encounter_number, institution=institution, person_number=person_number)
    decision.void(living.id)
    return void_care_side(living, new_id(), now(), details)


def void_care_side(living: Voidable, reversal: int, moment: datetime, details: dict[str, Any] | None = None) -> Voided:
    """Write a void: the state, the mirror row, the encounter's mark, and every posting of this node reversed."""
    execute(
        "UPDATE settlement_settlement SET state = %s, voided_at = %s WHERE id = %s",
        [moved(living.state, Settlement.State.VOIDED), moment, living.id],
    )
    _insert_mirror(reversal, living.id, moment, details or {})
    encounter.mark_voided(living.record, living.batch, mid_stay=living.mid_stay)
    transactions = ledger.postings_of(living.id, living.settled_at)
    invariant(bool(transactions) or living.total == 0, "ledger.settlement_posted", settlement=living.id)
    ledger.post([transaction.reversed("void") for transaction in transactions], moment)
    return Voided(public_id(living.record.region, reversal), living.number, living.record, moment)


def _insert_mirror(reversal: int, original: int, moment: datetime, details: dict[str, Any]) -> None:
    money = ", ".join(MONEY)
    negated = ", ".join(f"-{name}" for name in MONEY)
    same = """region, institution, encounter, batch, mid_stay, person_number, home_region, insurance, category, care,
        medical_type, year, ratio"""
    execute(
        f"INSERT INTO settlement_settlement (id, state, settled_at, voids, {same}, details, {money})"
        f" SELECT %s, 'settled', %s, id, {same}, details || %s::jsonb, {negated}"
        " FROM settlement_settlement WHERE id = %s",
        [reversal, moment, json_text(details), original],
    )


def void_settlement(
    settlement: int, *, institution: str, person_number: str, details: dict[str, Any] | None = None
) -> Voided:
    """Void by internal id, for a reversal of the message that made the settlement."""
    rows: list[tuple[Any, ...]] = fetch(
        "SELECT region, encounter FROM settlement_settlement WHERE id = %s AND institution = %s AND person_number = %s",
        [settlement, institution, person_number],
    )
    if not rows:
        raise SettlementUnknown(number=settlement)
    region, made_for = rows[0]
    return void(
        public_id(region, settlement),
        public_id(region, made_for),
        institution=institution,
        person_number=person_number,
        details=details,
    )
