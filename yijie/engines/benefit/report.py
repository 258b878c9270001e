"""A decision as plain data for JSON: amounts as decimal yuan text, words as in policies, the trace in two languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yijie.engines.benefit.accumulators import COUNT
from yijie.engines.benefit.case import LeftOut
from yijie.engines.benefit.catalogue import whose
from yijie.engines.benefit.dated import Entry
from yijie.engines.benefit.explain import COUNTS, exact_yuan, figure_text, step_words, units_text
from yijie.engines.benefit.plan import Use
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.result import AllowancePaid, BandShare, Benefit, LayerShare, TraceStep
from yijie.engines.benefit.words import PARTS, word_of
from yijie.kernel.codes import RemoteSituation
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text
from yijie.kernel.money import percent, yuan


def benefit_report(policy: Policy, benefit: Benefit) -> dict[str, Any]:
    """The whole decision; the form is described in ``docs/policy-format.md`` and does not lose keys."""
    titles = {layer.name: layer.title for layer in policy.layers}
    return {
        "id": benefit.case_id,
        "policy": {
            "region": policy.region,
            "name": {"zh": policy.name.zh, "en": policy.name.en},
            "fingerprint": policy.fingerprint,
            "day": str(benefit.day),
            "year": benefit.year,
        },
        "total": yuan(benefit.amounts.total),
        "amounts": {part: yuan(getattr(benefit.amounts, part)) for part in PARTS},
        "funds": {word_of(fund): yuan(paid) for fund, paid in benefit.funds.items()},
        "funds_total": yuan(benefit.funds_total),
        "personal_account": yuan(benefit.personal_account),
        "cash": yuan(benefit.cash),
        "personal_total": yuan(benefit.personal_total),
        "hospital_borne": yuan(benefit.hospital_borne),
        "prepaid": yuan(benefit.prepaid),
        "cash_due": yuan(benefit.cash_due),
        "refund": yuan(benefit.refund),
        "deductible": yuan(benefit.deductible),
        "pooled_ratio": None if benefit.pooled_ratio is None else percent(benefit.pooled_ratio),
        "layers": [_layer(share, titles[share.layer]) for share in benefit.layers],
        "allowances": [_allowance(paid, titles[paid.layer]) for paid in benefit.allowances],
        "remote": _remote(policy, benefit),
        "left_out": [_left_out(left) for left in benefit.amounts.left_out],
        "accumulator_deltas": accumulators_report(benefit.deltas),
        "trace": [_step(step, policy) for step in benefit.trace],
    }


def accumulators_report(accumulators: Any) -> dict[str, Any]:
    """Accumulators or their movement: counts as whole numbers, sums as yuan text."""
    return {name: amount if name.startswith(COUNT) else yuan(amount) for name, amount in sorted(accumulators.items())}


def error_report(case_id: str, error: YijieError) -> dict[str, Any]:
    """A case that got no answer, and why."""
    return {"id": case_id, "error": {"code": error.code, "zh": error.text("zh"), "en": error.text("en")}}


def _layer(share: LayerShare, title: Text) -> dict[str, Any]:
    sums = {name: yuan(getattr(share, name)) for name in ("seen", "deductible", "paid", "cut")}
    return {"layer": share.layer, "title": {"zh": title.zh, "en": title.en}, "payer": share.payer, **sums}


def _allowance(paid: AllowancePaid, title: Text) -> dict[str, Any]:
    shown = {"layer": paid.layer, "title": {"zh": title.zh, "en": title.en}, "payer": paid.payer}
    return {**shown, "paid_to": paid.paid_to, "amount": yuan(paid.amount)}


def _remote(policy: Policy, benefit: Benefit) -> dict[str, Any] | None:
    """Which region's rules a case of remote care rests on; None for care at home."""
    situation = benefit.remote.situation
    if situation is RemoteSituation.LOCAL:
        return None
    return {
        "situation": word_of(situation),
        "channel": benefit.channel,
        "policy_of": {"whose": "home_region", "region": policy.region},
        "catalogue_of": _whose(policy.convention(f"catalogue.{benefit.channel}", benefit.day)),
        "first_self_pay_of": _whose(policy.convention(f"first_self_pay.{benefit.channel}", benefit.day)),
    }


def _whose(entry: Entry | None) -> dict[str, Any] | None:
    """A convention with its source; ``whose`` is null for a declared gap."""
    if entry is None:
        return None
    return {"whose": whose(entry), "from": str(entry.since), "source": _source(entry), "note": entry.note}


def _source(entry: Entry) -> dict[str, str]:
    return {"title": entry.source.title, "url": entry.source.url, "trust": entry.source.trust}


def _left_out(left: LeftOut) -> dict[str, str]:
    return {"name": left.name, "part": left.part, "amount": yuan(left.amount), "reason": left.reason}


def _step(step: TraceStep, policy: Policy) -> dict[str, Any]:
    return {
        "layer": step.layer.name,
        "payer": step.layer.payer,
        "step": step.step,
        "zh": step_words(step, "zh", policy.vocabulary),
        "en": step_words(step, "en", policy.vocabulary),
        "sums": {name: units_text(amount) if name in COUNTS else yuan(amount) for name, amount in step.sums.items()},
        "ratios": [percent(ratio) for ratio in step.ratios],
        "ratios_before": [percent(ratio) for ratio in step.before],
        "bands": [_band(band, units_text if step.step == "phases" else yuan) for band in step.bands],
        "parameters": [_parameter(use, step.step, policy) for use in step.uses],
    }


def _band(band: BandShare, border: Callable[[int], str]) -> dict[str, Any]:
    """A band in yuan, or a phase in units."""
    return {
        "over": border(band.over),
        "to": None if band.to is None else border(band.to),
        "cost": yuan(band.cost),
        "ratio": percent(band.ratio),
        "pays": exact_yuan(band.pays),
    }


def _parameter(use: Use, step: str, policy: Policy) -> dict[str, Any]:
    entry, owner = use.entry, policy.owner_of(use.entry.place)
    facts = {dimension: sorted(fact) if isinstance(fact, frozenset) else fact for dimension, fact in use.choices}
    return {
        "name": use.name,
        "value": figure_text(use, step, policy.vocabulary, "en"),
        "chosen_by": facts,
        "from": str(entry.since),
        "to": None if entry.until is None else str(entry.until),
        "source": _source(entry),
        "note": entry.note,
        "rule_of": owner.region,
        "assumed": owner.assumed,
        "written_at": entry.place.facts["place"],
    }
