"""Many claims through a policy at once, exact to the fen: the twin of :mod:`yijie.engines.benefit.evaluate`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yijie.engines.benefit.asked import words_in
from yijie.engines.benefit.columnar.arithmetic import Figure
from yijie.engines.benefit.columnar.block import Block
from yijie.engines.benefit.columnar.claims import LARGEST, MISSING, Claims, Column, Flags, Rows
from yijie.engines.benefit.columnar.figures import Figures
from yijie.engines.benefit.columnar.fold import Fold, round_order
from yijie.engines.benefit.columnar.paying import pay
from yijie.engines.benefit.columnar.plans import REFUSED, Plans
from yijie.engines.benefit.columnar.profiles import profiles_of
from yijie.engines.benefit.plan import LayerPlan
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.refusals import (
    BucketTooLarge,
    FactUndeclared,
    NegativeAmount,
    PartsDoNotAddUp,
    PayersExceedBill,
    ServiceDatesReversed,
)
from yijie.engines.benefit.run import PART_INDEX
from yijie.engines.benefit.words import BEYOND, HOSPITAL, PERSONAL_ACCOUNT
from yijie.kernel.errors import YijieError, invariant

ALONE_ROWS = 1 << 16
FOLDED_ROWS = 1 << 16
"""Claims taken at a time, one by one or folded."""
BLOCK_ROWS = 1 << 15
"""Claims reckoned at a time, so that what they need stays in the processor's cache."""


class AmountTooLarge(YijieError):
    """An amount beyond what columns are reckoned for."""

    code = "benefit.columnar.too_large"
    zh = "金额或数量超过按列计算的上限 {limit}；请核对，或用 yijie quote 逐案计算"
    en = "an amount or count exceeds {limit}, the most that columns are reckoned for; check it, or quote the case alone"


@dataclass(frozen=True, slots=True)
class Answers:
    """Who pays what, row by row in fen. A refused claim is paid by nobody; ``codes[refused[row]]`` says why."""

    payers: dict[str, Column]
    """By payer: every fund of the policy, the personal account, the hospital."""
    cash: Column
    deductible: Column
    """What the layers of the pooled fund took as deductible."""
    allowances: dict[str, Column]
    """By layer, sums paid beside the bill."""
    refused: npt.NDArray[np.int16]
    """Zero, or the number of the refusal's code."""
    codes: list[str]
    year: Column
    """The accumulator year that is charged."""

    def part(self, rows: slice) -> Answers:
        """A stretch of the answers, to be written to; allowances apart."""
        return Answers(
            payers={payer: column[rows] for payer, column in self.payers.items()},
            cash=self.cash[rows],
            deductible=self.deductible[rows],
            allowances={},
            refused=self.refused[rows],
            codes=self.codes,
            year=self.year[rows],
        )


class ColumnarPolicy:
    """A policy ready for tables of claims; plans made for one table serve the next."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.plans = Plans(policy)
        self.tells_beyond = looks_beyond(policy)
        self.counts = "ordinal" in self.plans.asked.cuts, "remote_ordinal" in self.plans.asked.cuts

    def evaluate(self, claims: Claims, *, fold: bool = True) -> Answers:
        """The answers to a table of claims. With ``fold`` each visit of a person finds what those before it left.

        Without it every claim stands for itself, with the accumulators it states. A claim that is refused moves
        nothing: later visits of the person are settled as if it had not been. What a case would raise is a code.
        """
        answers = self._blank(claims.size)
        for part in _parts(claims.persons, FOLDED_ROWS if fold else ALONE_ROWS, fold=fold):
            if fold:
                order, ends = round_order(claims.persons[part])
                run = _Run(self, claims.take(order + part.start), self._blank(len(order)), ends)
                _put(answers, run.answers, part, order)
            else:
                run = _Run(self, claims.take(part), answers.part(part), None)
                _put_allowances(answers, run.answers, part, slice(None))
        return answers

    def _blank(self, size: int) -> Answers:
        return Answers(
            payers={
                payer: np.zeros(size, dtype=np.int64) for payer in (*self.policy.funds, PERSONAL_ACCOUNT, HOSPITAL)
            },
            cash=np.zeros(size, dtype=np.int64),
            deductible=np.zeros(size, dtype=np.int64),
            allowances={},
            refused=np.zeros(size, dtype=np.int16),
            codes=self.plans.codes,
            year=np.zeros(size, dtype=np.int64),
        )


def evaluate_table(policy: Policy, claims: Claims, *, fold: bool = True) -> Answers:
    """The answers to one table of claims; for several tables keep a :class:`ColumnarPolicy`."""
    return ColumnarPolicy(policy).evaluate(claims, fold=fold)


def _parts(persons: Column, rows: int, *, fold: bool) -> Iterator[slice]:
    """A table in stretches that fit the processor's cache; with ``fold`` they end where a person does."""
    begin = 0
    while begin < len(persons):
        end = min(begin + rows, len(persons))
        if fold and end < len(persons) and persons[end] == persons[end - 1]:
            last = np.flatnonzero(persons[begin:end] != persons[end])
            after = np.flatnonzero(persons[end:] != persons[end])
            end = begin + int(last[-1]) + 1 if last.size else end + int(after[0]) if after.size else len(persons)
        yield slice(begin, end)
        begin = end


def _put(answers: Answers, found: Answers, part: slice, order: Rows) -> None:
    """Write the answers to a part of a table where its claims stand."""
    for payer, column in found.payers.items():
        answers.payers[payer][part][order] = column
    _put_allowances(answers, found, part, order)
    answers.refused[part][order] = found.refused
    for whole_column, column in (
        (answers.cash, found.cash),
        (answers.deductible, found.deductible),
        (answers.year, found.year),
    ):
        whole_column[part][order] = column


def _put_allowances(answers: Answers, found: Answers, part: slice, order: Rows) -> None:
    """The same for sums beside the bill; which layers pay such is known only when one has."""
    for layer, column in found.allowances.items():
        if layer not in answers.allowances:
            answers.allowances[layer] = np.zeros_like(answers.cash)
        answers.allowances[layer][part][order] = column


class _Run:
    """One table on its way through a policy, standing in rounds."""

    def __init__(self, ready: ColumnarPolicy, claims: Claims, answers: Answers, ends: Column | None) -> None:
        self.ready, self.plans, self.claims, self.answers = ready, ready.plans, claims, answers
        self.charged = self.plans.calendar.charged(claims.service_from, claims.service_to)
        self.answers.year[:] = self.charged.year
        for code, flags in (*_contradictions(claims), *self.charged.refused):
            self._refuse(slice(None), code, flags)
        self.fold = Fold(claims, self.charged, ends)
        self.profiles = profiles_of(ready.policy, self.plans.asked, claims, self.charged)
        self.undeclared = _undeclared(ready.policy, claims)
        for rows in self.fold.rounds():
            self._settle_round(rows)

    def _refuse(self, rows: Rows, code: str, flags: Flags) -> None:
        """Refuse the flagged of some rows, unless they are refused for something else already."""
        if flags.any():
            before = self.answers.refused[rows]
            self.answers.refused[rows] = np.where(flags & (before == 0), self.plans.code(code), before)

    def _settle_round(self, rows: Rows) -> None:
        """Claims of as many persons, each chain of plans by itself, in blocks."""
        rows = self._standing(rows)
        outcomes, which = self.plans.of(self.profiles, self.charged, self.fold, rows)
        chains, plans = outcomes[:, 0], outcomes[:, 1]
        for chain, of_chain in _by_value(chains, which):
            at = rows if of_chain is None else np.arange(self.claims.size)[rows][of_chain]
            profiles = which if of_chain is None else which[of_chain]
            if chain == REFUSED:
                self.answers.refused[at] = plans[profiles]
                self._leave(at)
            else:
                self._settle_chain(chain, at, np.where(chains == chain, plans, 0), profiles)

    def _standing(self, rows: Rows) -> Rows:
        """The rows without those that are refused for what they state."""
        refused = self.answers.refused[rows] != 0
        if not refused.any():
            return rows
        every: Column = np.arange(self.claims.size)[rows]
        self._leave(every[refused])
        standing: Column = every[~refused]
        return standing

    def _leave(self, rows: Rows) -> None:
        """What refused claims leave: nothing, but a stay they begin is not the one before."""
        self.fold.leave_stay({}, np.zeros(self.claims.total[rows].shape, dtype=np.bool_), rows)

    def _settle_chain(self, chain: int, rows: Rows, plans: Column, which: Column) -> None:
        """Claims of one chain; ``plans`` are the plans in it, ``which`` says which of them each claim has."""
        for begin in range(0, len(which), BLOCK_ROWS):
            part = slice(begin, min(begin + BLOCK_ROWS, len(which)))
            block = slice(rows.start + part.start, rows.start + part.stop) if isinstance(rows, slice) else rows[part]
            self._settle(self.plans.chains[chain].figures(plans, which[part]), block)

    def _settle(self, layers: list[tuple[LayerPlan, Figures]], rows: Rows) -> None:
        """One block: every layer pays on what is left, then the account; cash is the rest."""
        block = Block(self.fold, rows, self.plans.reads, beyond=self.ready.tells_beyond)
        if self.undeclared is not None:
            block.refuse(FactUndeclared.code, self.undeclared[rows])
        for layer, figures in layers:
            pay(layer, figures, block)
        paid = sum(block.paid.values())
        block.refuse(PayersExceedBill.code, paid > block.total)
        settled = np.ones(block.total.shape, dtype=np.bool_)
        for code, flags in block.refused.items():
            self._refuse(rows, code, flags)
            settled &= ~flags
        self._enter(block, settled, paid)
        self._move(block, settled)

    def _enter(self, block: Block, settled: Flags, paid: Figure) -> None:
        """Write down who pays; nobody pays less than nothing, and the payers are the bill."""
        clean, rows = bool(settled.all()), block.rows
        parts = {
            "cash": (self.answers.cash, block.total - paid),
            "deductible": (self.answers.deductible, block.deductible),
        }
        parts |= {payer: (self.answers.payers[payer], amounts) for payer, amounts in block.paid.items()}
        for layer, amounts in block.allowances.items():
            column = self.answers.allowances.setdefault(layer, np.zeros(self.claims.size, dtype=np.int64))
            parts[f"allowance {layer}"] = column, amounts
        for name, (column, amounts) in parts.items():
            column[rows] = amounts if clean else amounts * settled
            invariant(int(column[rows].min()) >= 0, "benefit.nobody_pays_less_than_nothing", payer=name)

    def _move(self, block: Block, settled: Flags) -> None:
        """Move the years by what the claims that are settled add to them."""
        if not self.fold.folded:
            return
        rows = block.rows
        for (accumulator, per), amounts in block.deltas.items():
            self.fold.move(accumulator, per, amounts * settled, rows)
        self.fold.leave_stay(
            {name: moved for (name, per), moved in block.deltas.items() if per == "year"}, settled, rows
        )
        if PERSONAL_ACCOUNT in block.paid:
            self.fold.draw(block.paid[PERSONAL_ACCOUNT] * settled, rows)
        if any(self.ready.counts):
            self.fold.count(settled, rows, remote=self.ready.counts[1])


def looks_beyond(policy: Policy) -> bool:
    """Whether some layer looks at what ceilings of earlier ones cut off."""
    covers = [step for layer in policy.layers for step in layer.steps if step.name == "covers"]
    entries = [entry for step in covers for entry in step.parameters["parts"].entries]
    words = [word for entry in entries if entry.value is not None for word in words_in(entry.value)]
    return any(word in BEYOND for word in words)


def _by_value(values: Column, which: Column) -> Iterator[tuple[int, Column | None]]:
    """Every value with the rows that have it, by which of ``values`` each row has; None for all rows."""
    known = np.unique(values)
    if len(known) <= 1:
        yield from ((int(value), None) for value in known)
        return
    of_row = np.searchsorted(known, values).astype(np.min_scalar_type(len(known)))[which]
    order = np.argsort(of_row, kind="stable")
    ends = np.cumsum(np.bincount(of_row, minlength=len(known)))
    for value, begin, end in zip(known, [0, *ends[:-1]], ends, strict=True):
        yield int(value), order[begin:end]


def _contradictions(claims: Claims) -> Iterator[tuple[str, Flags]]:
    """What no policy could settle: as :func:`yijie.engines.benefit.case.check_case`, in its order."""
    beside = list(claims.amounts.values())
    bill = [claims.total, *claims.parts, *beside]
    marked = list(claims.buckets.values())
    named = [column for columns in claims.named.values() for column in columns.values()]
    stated = [column for kind in ("stated", "units") for column in claims.named.get(kind, {}).values()]
    yield from _where(
        AmountTooLarge, [column > LARGEST for column in (*bill, *marked, *named) if _top(column) > LARGEST]
    )
    yield from _where(NegativeAmount, [column < 0 for column in bill if _low(column) < 0])
    yield from _where(PartsDoNotAddUp, [sum(claims.parts[1:], claims.parts[0]) != claims.total])
    yield from _where(ServiceDatesReversed, [claims.service_to < claims.service_from])
    yield from _where(NegativeAmount, [column < 0 for column in marked if _low(column) < 0])
    within = [column > claims.parts[PART_INDEX[part]] for (part, _), column in claims.buckets.items()]
    yield from _where(BucketTooLarge, within)
    yield from _where(NegativeAmount, [(column < 0) & (column != MISSING) for column in stated])


def _where(error: type[YijieError], flags: list[Flags]) -> Iterator[tuple[str, Flags]]:
    """A refusal of the claims that any of the flags marks."""
    if flags:
        yield error.code, np.logical_or.reduce(flags)


def _top(column: Column) -> int:
    return int(column.max(initial=0))


def _low(column: Column) -> int:
    return int(column.min(initial=0))


def _undeclared(policy: Policy, claims: Claims) -> Flags | None:
    """Claims with sums marked by a name that the pool does not declare; None where there is no such name."""
    named = [column for (_, name), column in claims.buckets.items() if name not in policy.vocabulary.buckets]
    return np.logical_or.reduce([column != 0 for column in named]) if named else None
