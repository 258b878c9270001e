"""Claims per second of the columnar engine beside the scalar engine on the same policy and claims."""

from __future__ import annotations

from dataclasses import replace

from bench import chain
from yijie.engines.benefit import evaluate
from yijie.engines.benefit.columnar import ColumnarPolicy
from yijie.kernel.codes import Fund


def run(*, quick: bool) -> None:
    """Columnar claims per second ÷ claims per second one at a time as they are settled, with the trace; folding off."""
    size, alone = (50_000, 2_000) if quick else (1_000_000, 20_000)
    rules = chain.policy(folding=False)
    claims, ready = chain.claims(size, visits=1), ColumnarPolicy(rules)
    cases = [replace(claims.case(row), id=str(row)) for row in range(alone)]
    answers = ready.evaluate(claims, fold=False)
    for row, case in enumerate(cases[:1000]):
        assert evaluate(rules, case, trace=False).funds[Fund.POOLED] == answers.payers["pooled"][row]
    took = chain.fastest(
        {
            "columns": lambda: ready.evaluate(claims, fold=False),
            "one by one": lambda: [evaluate(rules, case) for case in cases[: alone // 10]],
            "compiled": lambda: [evaluate(rules, case, trace=False) for case in cases],
        },
        2 if quick else 5,
    )
    columns, one_by_one, compiled = size / took["columns"], alone / 10 / took["one by one"], alone / took["compiled"]
    print(f"  columns {columns:,.0f} claims/s, one by one {one_by_one:,.0f}, compiled {compiled:,.0f} claims/s")
    print(f"  against the compiled form, without trace: ratio {columns / compiled:.0f}")
    print(f"bench engines: ratio {columns / one_by_one:.0f} against the scalar engine")
