"""What of a case decides which figures of the policy apply, as one key and as facts by dimension."""

from __future__ import annotations

from typing import TypeAlias

from yijie.engines.benefit.accumulators import ordinals
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.refusals import CodeUnclear, FactUndeclared
from yijie.engines.benefit.values import FactValue
from yijie.engines.benefit.words import NONE, UNCLEAR, Vocabulary, word_of
from yijie.kernel.dates import age_on

ORDINAL_MAX = 400
"""Beyond any published table; keeps the number of profiles bounded (dialysis patients come every other day)."""

Profile: TypeAlias = tuple[object, ...]


def profile_of(case: Case, segment: int) -> Profile:
    """A key that two cases share only if the same figures apply to both."""
    ordinal, remote_ordinal = ordinals(case)
    remote = case.remote
    return (
        segment,
        case.insurance,
        case.care,
        case.category,
        case.groups,
        case.civil_servant,
        case.company_supplement,
        case.level,
        case.contracted,
        case.tier,
        case.disease,
        tuple(case.facts.items()) if case.facts else None,
        remote.relation,
        remote.filing,
        remote.emergency,
        case.channel,
        min(ordinal, ORDINAL_MAX),
        min(remote_ordinal, ORDINAL_MAX),
        age_of(case),
    )


def age_of(case: Case) -> int | None:
    """Completed years on the first day of service."""
    return age_on(case.birth_date, case.service_from) if case.birth_date else None


def facts_of(policy: Policy, case: Case) -> dict[str, FactValue]:
    """The case's facts by dimension. Raises :class:`FactUndeclared` for a fact or word the pool does not declare."""
    ordinal, remote_ordinal = ordinals(case)
    facts: dict[str, FactValue] = {
        "insurance": word_of(case.insurance),
        "care": word_of(case.care),
        "category": word_of(case.category) if case.category else None,
        "group": frozenset(word_of(group) for group in case.groups) or frozenset({NONE}),
        "civil_servant": "yes" if case.civil_servant else "no",
        "company": "yes" if case.company_supplement else "no",
        "level": word_of(case.level) if case.level else None,
        "contracted": "yes" if case.contracted else "no",
        "relation": word_of(case.remote.relation),
        "remote": word_of(case.remote.situation),
        "filing": word_of(case.remote.filing) if case.remote.filing else NONE,
        "emergency": "yes" if case.remote.emergency else "no",
        "channel": case.channel,
        "disease": NONE,
        "ordinal": min(ordinal, ORDINAL_MAX),
        "remote_ordinal": min(remote_ordinal, ORDINAL_MAX),
        "age": age_of(case),
    }
    facts |= policy.assumed
    facts |= _declared_facts(policy.vocabulary, case)
    return facts


def _declared_facts(vocabulary: Vocabulary, case: Case) -> dict[str, str]:
    """The case's facts in dimensions the pool declares, as the pool's words; a dimension without words counts not."""
    given = dict(case.facts)
    own = ("tier", case.tier), ("disease", case.disease)
    given |= {dimension: text for dimension, text in own if text and vocabulary.declared[dimension]}
    facts = {}
    for dimension, text in given.items():
        word = vocabulary.word_for(dimension, text)
        if word is None:
            known = ", ".join(f"{name}={'|'.join(words)}" for name, words in vocabulary.declared.items() if words)
            raise FactUndeclared(fact=dimension, word=text, known=known)
        if word == UNCLEAR:
            raise CodeUnclear(code=text)
        facts[dimension] = word
    return facts


def check_buckets(policy: Policy, case: Case) -> None:
    """Buckets go by names the pool declares."""
    for name in case.amounts.buckets:
        if name not in policy.vocabulary.buckets:
            raise FactUndeclared(fact="buckets", word=name, known=", ".join(policy.vocabulary.buckets))
