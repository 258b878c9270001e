"""Which payers would look at a kind of care, and why the others would not: the HIS benefit check (2001)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yijie.engines.benefit.case import Case
from yijie.engines.benefit.policy import Layer, Policy
from yijie.engines.benefit.profile import facts_of
from yijie.engines.benefit.resolve import bars, in_force
from yijie.engines.benefit.values import Facts, Key, Span
from yijie.engines.benefit.words import Vocabulary, dimension_label
from yijie.kernel.language import Text


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One layer's answer: whether it applies to the person and kind of care, and the reason when it does not."""

    layer: str
    title: Text
    payer: str
    applies: bool
    reason: Text | None


NOT_IN_FORCE = Text("当日没有有效的支付规则", "no pay rule is in force on the day")


def entitlements(policy: Policy, case: Case) -> tuple[Entitlement, ...]:
    """Every layer of the chain with its answer for the case; amounts do not matter.

    Raises :class:`FactMissing` where the answer depends on a fact the case does not state.
    """
    facts = facts_of(policy, case)
    day, _ = policy.charged_to(case.service_from, case.service_to)
    answers = ((layer, _reason_against(layer, policy.vocabulary, facts, day)) for layer in policy.layers)
    return tuple(Entitlement(layer.name, layer.title, layer.payer, reason is None, reason) for layer, reason in answers)


def _reason_against(layer: Layer, vocabulary: Vocabulary, facts: Facts, day: date) -> Text | None:
    failing = layer.condition.failing(facts)
    if failing is not None:
        return _unmet(vocabulary, *failing)
    if not in_force(layer, day):
        return NOT_IN_FORCE
    barring = bars(layer, facts, day)
    return barring[0].main().text if barring else None


def _unmet(vocabulary: Vocabulary, dimension: str, keys: tuple[Key, ...]) -> Text:
    """限于 险种：职工医保 / only for insurance: employee."""
    wanted = {language: _wanted(vocabulary, dimension, keys, language) for language in ("zh", "en")}
    zh = f"限于{dimension_label(dimension, 'zh')}：{'、'.join(wanted['zh'])}"
    return Text(zh, f"only for {dimension_label(dimension, 'en')}: {', '.join(wanted['en'])}")


def _wanted(vocabulary: Vocabulary, dimension: str, keys: tuple[Key, ...], language: str) -> list[str]:
    words: list[str] = []
    for key in keys:
        if isinstance(key, Span):
            words.append(key.text)
        else:
            words += [vocabulary.label(dimension, word, language) for word in sorted(key)]
    return words
