"""One table of claims under two policies: who pays what under each, and what changes for the person."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yijie.engines.benefit.columnar import Answers, ColumnarPolicy
from yijie.engines.benefit.columnar.claims import Claims, Column
from yijie.engines.benefit.policy import Policy
from yijie.interfaces.simulate.columns import claims_from, yuan_of

KEPT = ("person", "id", "region", "insurance", "category", "groups", "level", "care", "relation", "service_to")
"""Columns of the claims that stand in the result as they came, where there are such."""
NEW, AGAINST = "new", "against"


@dataclass(frozen=True)
class Comparison:
    """Two policies to settle tables of claims under; plans made for one table serve the next."""

    new: Policy
    against: Policy
    fold: bool = True
    ready: dict[str, ColumnarPolicy] = field(default_factory=dict)

    def settle(self, table: pa.Table, file: str) -> pa.Table:
        """The result of a table of whole persons: a row for each claim, amounts in yuan.

        ``gain`` is what a claim leaves the person better off under the new policy: less borne in cash and from the
        account, more paid beside the bill. A claim that one of the policies refuses has none.
        """
        claims, order = claims_from(table, file)
        answers = {side: self._ready(side).evaluate(claims, fold=self.fold) for side in (NEW, AGAINST)}
        rows = table.select([name for name in KEPT if name in table.column_names])
        if not bool((order[1:] > order[:-1]).all()):
            rows = rows.take(order)
        rows = rows.append_column("total", yuan_of(claims.total))
        for side, answer in answers.items():
            for name, column in _sums(answer, claims).items():
                rows = rows.append_column(f"{side}.{name}", yuan_of(column))
            codes = pa.DictionaryArray.from_arrays(pa.array(answer.refused), pa.array(answer.codes))
            rows = rows.append_column(f"{side}.refused", codes.cast(pa.string()))
        settled = (answers[NEW].refused == 0) & (answers[AGAINST].refused == 0)
        gain = (person_bears(answers[AGAINST]) - person_bears(answers[NEW])) * settled
        return rows.append_column("gain", yuan_of(gain))

    def _ready(self, side: str) -> ColumnarPolicy:
        if side not in self.ready:
            self.ready[side] = ColumnarPolicy(self.new if side == NEW else self.against)
        return self.ready[side]


def person_bears(answers: Answers) -> Column:
    """What claims cost the persons: cash and account, less what is paid to them beside the bill."""
    return answers.cash + answers.payers["personal_account"] - _beside(answers)


def _beside(answers: Answers) -> npt.NDArray[np.int64]:
    return sum(answers.allowances.values(), np.zeros_like(answers.cash))


def _sums(answers: Answers, claims: Claims) -> dict[str, Column]:
    return {**answers.payers, "cash": answers.cash, "allowances": _beside(answers), "deductible": answers.deductible}
