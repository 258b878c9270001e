"""The certificate of failed settlement (结算失败证明): the patient pays in full and claims at home by hand.

It carries what manual reimbursement needs: who, where, when, the graded sums, why direct settlement failed. Issuing it
claims the batch: direct settlement of it is refused from then on, so that the same bill is not paid twice; withdrawing
it opens the batch again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from yijie.domain import encounter
from yijie.domain.transaction import execute, fetch, from_json, in_transaction, json_text
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.errors import told_in
from yijie.kernel.ids import new_id, parse_public_id, public_id
from yijie.kernel.language import Text
from yijie.kernel.region import name_of

from .errors import AttemptOpen, CertificateUnknown
from .models import Settlement

ATTEMPTS_MAX = 20


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as issued; amounts are in fen."""

    number: str
    encounter: str
    institution: str
    person_number: str
    insurance: str
    home_region: str
    care: str
    began_at: datetime
    ended_at: datetime | None
    issued_at: datetime
    reason: str
    bill: dict[str, int]
    attempts: list[dict[str, str]]

    @property
    def home_name(self) -> str:
        """Name of the home region where the patient claims."""
        return name_of(self.home_region)


def certify(
    encounter_number: str, *, institution: str, person_number: str, reason: str, batch: str = ""
) -> Certificate:
    """Issue the certificate for an unsettled batch (a stay's current interval where none is named).

    Asked for again it is the same certificate. Raises what keeps a batch from being settled, and :class:`AttemptOpen`
    while an attempt is under way: its outcome is not known yet.
    """
    return in_transaction(lambda: _certify(encounter_number, institution, person_number, reason, batch))


def _certify(encounter_number: str, institution: str, person_number: str, reason: str, batch: str) -> Certificate:
    record = encounter.lock(encounter_number, institution, person_number)
    batch = batch or record.segment_batch()
    encounter.require_unsettled(
        record, step=Text("出具结算失败证明", "a certificate of failed settlement"), batch=batch
    )
    if held := record.certified.get(batch):
        return certificate_of(held)
    attempts = fetch(
        "SELECT id, state, at, reason FROM settlement_attempt WHERE encounter = %s AND batch = %s AND action = 'settle'"
        " ORDER BY at DESC LIMIT %s",
        [record.id, batch, ATTEMPTS_MAX],
    )
    if any(state == Settlement.State.RECEIVED for _, state, _, _ in attempts):
        raise AttemptOpen(number=record.number)
    bill = encounter.bills([record]).get((record.id, batch))
    if bill is None:
        raise encounter.NothingCharged(number=record.number)
    number = new_id()
    certificate = Certificate(
        number=public_id(record.region, number),
        encounter=record.number,
        institution=record.institution,
        person_number=record.person_number,
        insurance=record.insurance,
        home_region=record.home_region,
        care=record.care,
        began_at=record.began_at,
        ended_at=record.ended_at,
        issued_at=now(),
        reason=reason,
        bill={name: getattr(bill, name) for name in PARTS},
        attempts=[
            {"attempt": str(attempt), "at": in_shanghai(at).isoformat(), "reason": told_in(why, "zh")}
            for attempt, _, at, why in attempts
        ],
    )
    execute(
        "INSERT INTO settlement_certificate (id, encounter, batch, issued_at, content) VALUES (%s, %s, %s, %s, %s)",
        [number, record.id, batch, certificate.issued_at, json_text(certificate)],
    )
    encounter.mark_certified(record, batch, certificate.number)
    return certificate


PARTS = ("lines", "total", "not_covered", "over_ceiling", "first_self_pay", "eligible")


def certificate_of(number: str) -> Certificate:
    """A certificate by its number, for the desk that prints it again and the bureau that checks it."""
    named = parse_public_id(number)
    rows = named and fetch("SELECT content FROM settlement_certificate WHERE id = %s", [named[1]])
    if not rows:
        raise CertificateUnknown(number=number)
    content: Any = from_json(rows[0][0])
    return msgspec.convert(content, Certificate)


def withdraw_certificate(number: str, *, reason: str) -> None:
    """Take a certificate back that was not used: the batch may be settled directly again."""

    def work() -> None:
        certificate = certificate_of(number)
        record = encounter.lock(certificate.encounter, certificate.institution, certificate.person_number)
        rows = fetch(
            "UPDATE settlement_certificate SET withdrawn_at = %s, withdrawn_for = %s"
            " WHERE id = %s AND withdrawn_at IS NULL RETURNING batch",
            [now(), reason, int(number[6:])],
        )
        if not rows:
            raise CertificateUnknown(number=number)
        encounter.mark_certified(record, rows[0][0], "")

    in_transaction(work)
