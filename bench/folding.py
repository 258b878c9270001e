"""Claims per second of the columnar engine with the visits of a person folded, beside NumPy that does not fold."""

from __future__ import annotations

from bench import chain
from yijie.engines.benefit.columnar import ColumnarPolicy


def run(*, quick: bool) -> None:
    """The hand-written seconds ÷ ours; persons have one to five stays, ordinals and ceilings count over the year."""
    size = 50_000 if quick else 1_000_000
    claims, ready = chain.claims(size, visits=5), ColumnarPolicy(chain.policy(folding=True))
    took = chain.fastest(
        {"ours": lambda: ready.evaluate(claims), "by hand": lambda: chain.numpy_by_hand(claims)}, 2 if quick else 7
    )
    print(f"  ours, folded {size / took['ours']:,.0f} claims/s, by hand {size / took['by hand']:,.0f} claims/s")
    ratio = took["by hand"] / took["ours"]
    print(f"bench folding: ratio {ratio:.2f} against the same chain hand-written in NumPy without folding")
