"""Seconds of the scalar engine beside the same formula hand-written in plain Python integers."""

from __future__ import annotations

from bench import chain
from yijie.engines.benefit import evaluate
from yijie.kernel.codes import Fund

FUNDS = (Fund.POOLED, Fund.COMPANY, Fund.MAJOR_ILLNESS, Fund.AID)


def run(*, quick: bool) -> None:
    """Ours without trace ÷ by hand, for one claim at a time; at most so many times as long."""
    alone = 500
    rules, claims = chain.policy(folding=False), chain.claims(alone, visits=1)
    cases = [claims.case(row) for row in range(alone)]
    facts = [
        (int(claims.parts[0][row]), int(claims.facts["level"].codes[row]),
         bool(claims.facts["category"].codes[row]), bool(claims.facts["groups"].codes[row]))
        for row in range(alone)
    ]  # fmt: skip
    for case, fact in zip(cases, facts, strict=True):
        answer = evaluate(rules, case, trace=False)
        assert (*(answer.funds[fund] for fund in FUNDS), answer.cash) == chain.python_by_hand(*fact)

    def ours() -> None:
        for case in cases:
            evaluate(rules, case, trace=False)

    def by_hand() -> None:
        for fact in facts:
            chain.python_by_hand(*fact)

    kept = {"ours, kept": lambda: [evaluate(rules, case, trace=False) for case in cases]}
    traced = {"ours, traced": lambda: [evaluate(rules, case) for case in cases[:50]]}
    took = chain.fastest({"ours": ours, "by hand": by_hand, **kept, **traced}, 20 if quick else 300)
    print(f"  answers that all stay in memory: ratio {took['ours, kept'] / took['by hand']:.1f}")
    print(f"  with the trace: ratio {took['ours, traced'] * alone / 50 / took['by hand']:.0f}")
    print(f"  ours {alone / took['ours']:,.0f} claims/s, by hand {alone / took['by hand']:,.0f} claims/s")
    ratio = took["ours"] / took["by hand"]
    print(f"bench formula: ratio {ratio:.1f} against the same chain in plain Python integers (times as long)")
