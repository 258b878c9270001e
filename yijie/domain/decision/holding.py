"""Holds: what another node's attempts reserve of a person's year until that node confirms or cancels them.

The care node decides what becomes of an attempt; here nothing ends a hold but its word. Everything is keyed by the
attempt's id, so any of these may be repeated: the same again is answered, not done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from yijie.domain import enrolment, ledger
from yijie.domain.enrolment import Insured
from yijie.domain.transaction import execute, fetch, from_json, json_text
from yijie.engines.benefit import evaluate
from yijie.kernel.dates import in_shanghai, now, today
from yijie.kernel.errors import YijieError, invariant

from .allowances import allowance_book, kept_allowances
from .case import case_from
from .decide import BenefitRequest, Decided, hold, keep
from .errors import DecisionUnknown, HoldCancelled, HoldConfirmed, HoldMissing, HoldOpen
from .granted import Granted
from .models import Hold
from .policies import kept_pack
from .undo import newest, take_back

State = Hold.State

INSERT = """
INSERT INTO decision_hold (attempt, action, settlement, state, care_node, care_region, home_region, person_number,
    insurance, year, paid, at, held_at, ask_at)
SELECT k.*, %(now)s, %(ask)s FROM json_to_recordset(%(holds)s::json)
    AS k (attempt bigint, action text, settlement bigint, state text, care_node text, care_region text,
          home_region text, person_number text, insurance text, year smallint, paid jsonb, at timestamptz)
"""


def hold_for_node(
    requests: Sequence[BenefitRequest], care_node: str, *, asks_after: float
) -> list[Granted | YijieError]:
    """Decide and hold for another node's attempts, each under its settlement's number; a refusal in its place.

    What is held counts in the accumulators at once; account money is reserved. ``asks_after`` seconds from now the
    care node will be asked about those that are still open.
    """
    known = _known([request.settlement for request in requests])
    fresh = [request for request in requests if request.settlement not in known]
    outcomes = dict(zip([r.settlement for r in fresh], hold(fresh) if fresh else [], strict=True))
    decided = [outcome for outcome in outcomes.values() if isinstance(outcome, Decided)]
    if decided:
        keep(decided, "held")
        _insert([_row(d, care_node) for d in decided], asks_after)
        _reserve(decided)
    told: dict[int, Granted | YijieError] = {
        number: Granted.of(outcome) if isinstance(outcome, Decided) else outcome for number, outcome in outcomes.items()
    }
    told |= {number: _again(number, state) for number, state in known.items()}
    return [told[request.settlement] for request in requests]


def hold_void_for_node(
    attempt: int, settlement: int, moment: datetime, care_node: str, *, asks_after: float
) -> Insured:
    """Hold the void of a settlement for another node's attempt: its year is closed to others, nothing changes yet.

    ``moment`` is when it will have been voided, for the books of both sides.
    Raises :class:`LaterDecisionLives` unless it is the newest that lives. Answers whom it concerns.
    """
    state = _known([attempt]).get(attempt)
    if state in (State.CANCELLED, State.TOMBSTONE):
        raise HoldCancelled(attempt=attempt)
    if state is None:
        decision = newest(settlement)
        _require_confirmed(settlement, decision.key[3])
        person, home, insurance, year = decision.key
        execute(
            "UPDATE decision_accumulator SET held = %s WHERE (person_number, home_region, insurance, year)"
            " = (%s, %s, %s, %s)",
            [attempt, *decision.key],
        )
        row = {
            "attempt": attempt,
            "action": "void",
            "settlement": settlement,
            "state": "held",
            "care_node": care_node,
            "care_region": decision.care_region,
            "home_region": home,
            "person_number": person,
            "insurance": insurance,
            "year": year,
            "paid": {},
            "at": moment,
        }
        _insert([row], asks_after)
    [(person, insurance, home)] = fetch(
        "SELECT person_number, insurance, home_region FROM decision_hold WHERE attempt = %s", [attempt]
    )
    return enrolment.require_insured((person, insurance, home), today())


def _require_confirmed(settlement: int, year: int) -> None:
    """A settlement whose confirm is still under way is held; whoever wants to void it asks again."""
    [(state,)] = fetch("SELECT state FROM decision_decision WHERE settlement = %s", [settlement])
    if state == "held":
        raise HoldOpen(year=year)


def _known(attempts: Sequence[int]) -> dict[int, str]:
    rows = fetch("SELECT attempt, state FROM decision_hold WHERE attempt = ANY(%s)", [sorted(attempts)])
    return dict(rows)


def _again(settlement: int, state: str) -> Granted | YijieError:
    """The answer to a hold that was made before, worked out from what was kept then."""
    if state in (State.CANCELLED, State.TOMBSTONE):
        return HoldCancelled(attempt=settlement)
    rows = fetch(
        'SELECT person_number, insurance, home_region, policy, "case" FROM decision_decision WHERE settlement = %s',
        [settlement],
    )
    if not rows:
        return DecisionUnknown(settlement=settlement)
    [(person, insurance, home, fingerprint, text)] = rows
    case, policy = case_from(text), kept_pack(fingerprint)
    relation = (person, insurance, home)
    insured = enrolment.insured([(relation, case.service_to)])[relation]
    return Granted.worked_out(settlement, insured, policy, evaluate(policy, case), case.account_balance)


def _insert(rows: list[dict[str, Any]], asks_after: float) -> None:
    moment = now()
    execute(INSERT, {"now": moment, "ask": moment + timedelta(seconds=asks_after), "holds": json_text(rows)})


def _row(decided: Decided, care_node: str) -> dict[str, Any]:
    request, benefit = decided.request, decided.benefit
    funds = {fund: amount for fund, amount in benefit.funds.items() if amount}
    return {
        "attempt": request.settlement,
        "action": "settle",
        "settlement": request.settlement,
        "state": "held",
        "care_node": care_node,
        "care_region": request.care_region,
        "home_region": decided.year[1],
        "person_number": decided.year[0],
        "insurance": decided.year[2],
        "year": decided.year[3],
        "paid": {**funds, "account": benefit.personal_account},
        "at": request.moment,
    }


def _reserve(decided: Sequence[Decided]) -> None:
    reserving = [
        ledger.account_hold(
            d.request.settlement, home=d.year[1], person=d.year[0], account_paid=d.benefit.personal_account
        )
        for d in decided
        if d.benefit.personal_account
    ]
    if reserving:
        ledger.post(reserving, decided[0].request.moment)


@dataclass(frozen=True, slots=True)
class _Locked:
    """A hold, locked."""

    attempt: int
    action: str
    settlement: int
    state: str
    care_node: str
    care_region: str
    home_region: str
    person_number: str
    paid: dict[str, int]
    at: datetime

    def postings(self) -> list[ledger.Transaction]:
        """What a confirmed settlement posts in the home book."""
        account = self.paid.get("account", 0)
        return [
            ledger.home_settlement(
                self.settlement,
                home=self.home_region,
                care=self.care_region,
                person=self.person_number,
                funds={fund: amount for fund, amount in self.paid.items() if fund != "account"},
                account_paid=account,
            ),
            *self.release(),
        ]

    def release(self) -> list[ledger.Transaction]:
        """What gives reserved account money back."""
        account = self.paid.get("account", 0)
        if not account:
            return []
        held = ledger.account_hold(
            self.settlement, home=self.home_region, person=self.person_number, account_paid=account
        )
        return [held.reversed("release")]


def _lock(attempts: Sequence[int], care_node: str) -> dict[int, _Locked]:
    rows = fetch(
        "SELECT attempt, action, settlement, state, care_node, care_region, home_region, person_number, paid, at"
        " FROM decision_hold WHERE attempt = ANY(%s) AND care_node = %s ORDER BY attempt FOR UPDATE",
        [sorted(attempts), care_node],
    )
    return {row[0]: _Locked(*row[:8], from_json(row[8]), row[9] and in_shanghai(row[9])) for row in rows}


def confirm_holds(attempts: Sequence[int], care_node: str) -> dict[int, YijieError | None]:
    """The care node settled or voided: held becomes confirmed and the home book posts. Repeating changes nothing."""
    holds = _lock(attempts, care_node)
    outcomes: dict[int, YijieError | None] = {}
    for attempt in attempts:
        state = holds[attempt].state if attempt in holds else "none"
        fits = state in (State.HELD, State.CONFIRMED)
        outcomes[attempt] = None if fits else HoldMissing(attempt=attempt, state=state)
    open_ = [h for h in holds.values() if h.state == State.HELD]
    settled = [h for h in open_ if h.action == "settle"]
    if settled:
        _confirm_settled(settled)
    for one in (h for h in open_ if h.action == "void"):
        decision = newest(one.settlement, holder=one.attempt)
        take_back(decision)
        posted = ledger.postings_of(one.settlement, decision.decided_at)
        mirrored = [t for t in posted if t.template in ("settlement", "allowance") and t.region == one.home_region]
        ledger.post([t.reversed("void") for t in mirrored], one.at)
    _end(open_, State.CONFIRMED)
    return outcomes


def _confirm_settled(holds: Sequence[_Locked]) -> None:
    numbers = [h.attempt for h in holds]
    confirmed = execute(
        "UPDATE decision_decision SET state = 'confirmed' WHERE settlement = ANY(%s) AND state = 'held'", [numbers]
    )
    invariant(confirmed == len(holds), "decision.hold_has_decision", confirmed=confirmed, meant=len(holds))
    execute(
        "UPDATE decision_accumulator a SET held = NULL FROM decision_hold h WHERE h.attempt = ANY(%s)"
        " AND (a.person_number, a.home_region, a.insurance, a.year)"
        " = (h.person_number, h.home_region, h.insurance, h.year) AND a.held = h.attempt",
        [numbers],
    )
    kept = kept_allowances([h.settlement for h in holds])

    def beside(h: _Locked) -> list[ledger.Transaction]:
        return allowance_book(h.settlement, h.home_region, h.person_number, kept[h.settlement])

    for at, together in groupby(sorted(holds, key=lambda h: h.at), key=lambda h: h.at):
        ledger.post([t for h in together for t in (*h.postings(), *beside(h))], at)


TOMBSTONES = """
INSERT INTO decision_hold (attempt, action, state, care_node, care_region, home_region, person_number, insurance, paid,
    ended_at)
SELECT n, '', 'tombstone', %s, '', '', '', '', '{}', %s FROM unnest(%s::bigint[]) n ON CONFLICT DO NOTHING
RETURNING attempt
"""


def cancel_holds(attempts: Sequence[int], care_node: str) -> dict[int, YijieError | None]:
    """The care node aborted: what is held is given back; of what is not held yet a tombstone stays.

    Repeating changes nothing.
    """
    fresh = {number for (number,) in fetch(TOMBSTONES, [care_node, now(), sorted(attempts)])}
    holds = _lock([number for number in attempts if number not in fresh], care_node)
    outcomes: dict[int, YijieError | None] = dict.fromkeys(attempts)
    outcomes |= {n: HoldConfirmed(attempt=n) for n, h in holds.items() if h.state == State.CONFIRMED}
    open_ = [h for h in holds.values() if h.state == State.HELD]
    for one in open_:
        if one.action == "settle":
            take_back(newest(one.settlement, holder=one.attempt), "cancelled")
            if released := one.release():
                ledger.post(released, one.at)
    execute("UPDATE decision_accumulator SET held = NULL WHERE held = ANY(%s)", [[h.attempt for h in open_]])
    _end(open_, State.CANCELLED)
    return outcomes


def _end(holds: Sequence[_Locked], state: State) -> None:
    execute(
        "UPDATE decision_hold SET state = %s, ended_at = %s WHERE attempt = ANY(%s)",
        [state, now(), [h.attempt for h in holds]],
    )


@dataclass(frozen=True, slots=True)
class OldHold:
    """A hold whose care node is to be asked."""

    attempt: int
    care_node: str


def old_holds(*, limit: int, again_after: float) -> list[OldHold]:
    """Open holds that are due to be asked about, claimed for ``again_after`` seconds."""
    moment = now()
    rows = fetch(
        "UPDATE decision_hold h SET ask_at = %s FROM (SELECT attempt FROM decision_hold WHERE state = 'held'"
        " AND ask_at <= %s ORDER BY ask_at LIMIT %s FOR UPDATE SKIP LOCKED) due WHERE h.attempt = due.attempt"
        " RETURNING h.attempt, h.care_node",
        [moment + timedelta(seconds=again_after), moment, limit],
    )
    return [OldHold(*row) for row in rows]
