"""The persons for whom most changes: their visits settled once more, one by one, with every step that led there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from yijie.engines.benefit import Benefit, Policy, Years, evaluate, settle_all
from yijie.engines.benefit.case import Case
from yijie.interfaces.simulate.columns import claims_from
from yijie.interfaces.simulate.compare import Comparison
from yijie.interfaces.simulate.reading import ClaimsFile
from yijie.kernel.errors import YijieError, invariant
from yijie.kernel.money import Fen


@dataclass(frozen=True, slots=True)
class Change:
    """A person's year under both policies, and the visit at which most changes."""

    person: str
    gain: Fen
    visits: int
    case: Case
    visit: int
    new: Benefit
    against: Benefit


def changes(comparison: Comparison, file: ClaimsFile, persons: Sequence[tuple[str, Fen]]) -> list[Change]:
    """The changes of some persons, in their order. The scalar engine must come to the same gains, to the fen."""
    rows = _rows_of(file, [person for person, _ in persons])
    found = []
    for person, gain in persons:
        claims, _ = claims_from(rows.filter(pc.equal(rows["person"].cast(pa.string()), person)), str(file.path))
        cases = [claims.case(row) for row in range(claims.size)]
        pairs = _settled_by_both(comparison, cases)
        reckoned = sum(_gain(new, against) for _, new, against in pairs)
        invariant(reckoned == gain, "simulate.both_engines_agree", person=person, columns=gain, scalar=reckoned)
        visit, new, against = max(pairs, key=lambda pair: abs(_gain(pair[1], pair[2])))
        found.append(Change(person, gain, len(cases), cases[visit], visit + 1, new, against))
    return found


def _rows_of(file: ClaimsFile, persons: list[str]) -> pa.Table:
    wanted = pa.array(persons, pa.string())
    kept = [batch.filter(pc.is_in(batch["person"].cast(pa.string()), wanted)) for batch in file.batches()]
    return pa.concat_tables(kept).combine_chunks()


def _settled_by_both(comparison: Comparison, cases: list[Case]) -> list[tuple[int, Benefit, Benefit]]:
    new, against = (_answers(policy, cases, comparison.fold) for policy in (comparison.new, comparison.against))
    return [(visit, new[visit], against[visit]) for visit in sorted(new.keys() & against.keys())]


def _answers(policy: Policy, cases: list[Case], fold: bool) -> dict[int, Benefit]:
    """The benefits of the visits that are settled; refused ones are passed over."""
    answers = settle_all(policy, cases, Years()) if fold else (_answer(policy, case) for case in cases)
    return {visit: answer for visit, answer in enumerate(answers) if isinstance(answer, Benefit)}


def _answer(policy: Policy, case: Case) -> Benefit | YijieError:
    try:
        return evaluate(policy, case)
    except YijieError as error:
        return error


def _gain(new: Benefit, against: Benefit) -> Fen:
    return _bears(against) - _bears(new)


def _bears(benefit: Benefit) -> Fen:
    return benefit.personal_total - sum(paid.amount for paid in benefit.allowances)
