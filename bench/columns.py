"""Claims per second of the columnar engine, each claim for itself, beside the same chain hand-written in NumPy."""

from __future__ import annotations

import numpy as np

from bench import chain
from yijie.engines.benefit.columnar import ColumnarPolicy


def run(*, quick: bool) -> None:
    """The hand-written seconds ÷ ours, four payers, folding off."""
    size = 50_000 if quick else 1_000_000
    claims, ready = chain.claims(size, visits=1), ColumnarPolicy(chain.policy(folding=False))
    answers = ready.evaluate(claims, fold=False)
    by_hand = chain.numpy_by_hand(claims)
    ours = [*(answers.payers[payer] for payer in ("pooled", "company", "major_illness", "aid")), answers.cash]
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(ours, by_hand, strict=True))
    took = chain.fastest(
        {"ours": lambda: ready.evaluate(claims, fold=False), "by hand": lambda: chain.numpy_by_hand(claims)},
        2 if quick else 7,
    )
    print(f"  ours {size / took['ours']:,.0f} claims/s, by hand {size / took['by hand']:,.0f} claims/s")
    ratio = took["by hand"] / took["ours"]
    print(f"bench columns: ratio {ratio:.2f} against the same four-payer chain hand-written in NumPy, folding off")
