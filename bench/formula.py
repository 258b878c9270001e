"""Seconds of the scalar engine beside the same formula hand-written in plain Python integers."""

from __future__ import annotations

from bench import chain
from yijie.engines.benefit import evaluate
from yijie.kernel.codes import Fund


def run(*, quick: bool) -> None:
    """Ours without trace ÷ by hand, for one claim at a time; at most so many times as long."""
    alone = 2_000 if quick else 20_000
    rules, claims = chain.policy(folding=False), chain.claims(alone, visits=1)
    cases = [claims.case(row) for row in range(alone)]
    facts = [
        (int(claims.parts[0][row]), int(claims.facts["level"].codes[row]),
         bool(claims.facts["category"].codes[row]), bool(claims.facts["groups"].codes[row]))
        for row in range(alone)
    ]  # fmt: skip
    for case, fact in zip(cases[:1000], facts, strict=False):
        assert evaluate(rules, case, trace=False).funds[Fund.POOLED] == chain.python_by_hand(*fact)[0]
    took = chain.fastest(
        {
            "ours": lambda: [evaluate(rules, case, trace=False) for case in cases],
            "by hand": lambda: [chain.python_by_hand(*fact) for fact in facts],
        },
        2 if quick else 5,
    )
    print(f"  ours {alone / took['ours']:,.0f} claims/s, by hand {alone / took['by hand']:,.0f} claims/s")
    ratio = took["ours"] / took["by hand"]
    print(f"bench formula: ratio {ratio:.1f} against the same chain in plain Python integers (times as long)")
