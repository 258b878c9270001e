"""The officer's part of a quote: every step of every layer, with its figures, their days and their sources."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.markup import escape

from yijie.engines.benefit import Benefit, Policy
from yijie.engines.benefit.catalogue import whose
from yijie.engines.benefit.dated import Entry
from yijie.engines.benefit.explain import band_sentence, parameter_sentence, step_words
from yijie.engines.benefit.plan import Use
from yijie.engines.benefit.result import TraceStep
from yijie.engines.benefit.words import LABELS
from yijie.interfaces.cli.wrapping import print_wrapped
from yijie.kernel.codes import Relation
from yijie.kernel.language import Text

HEADING = Text("办理依据（供经办人员核对）", "Grounds, for the officer")
FROM_POLICY = Text("依据：", "rests on: ")
ASSUMED = Text("（假定，非公布）", " (assumed, not published)")
REGIONS = {"care_region": Text("就医地", "the care region"), "home_region": Text("参保地", "the home region")}
NOT_FOUND = Text("未查明", "not found")


def print_trace(console: Console, policy: Policy, benefit: Benefit, language: str) -> None:
    """Which region's rules were asked, then every step, then what identifies the policy."""
    console.print(f"\n[bold]{HEADING.say(language)}[/bold]")
    if benefit.remote.relation is not Relation.LOCAL:
        for line in remote_rules(policy, benefit, language):
            print_wrapped(console, f"• {line}", 2, hanging=2)
    for _, steps in groupby(benefit.trace, key=lambda step: step.layer.name):
        _print_layer(console, policy, list(steps), language)
    label = Text("政策指纹", "policy fingerprint").say(language)
    console.print(f"{label} {policy.region} {policy.fingerprint[:16]}")


def remote_rules(policy: Policy, benefit: Benefit, language: str) -> list[str]:
    """Of care outside the pool: whose policy decides, whose catalogue, whose first-self-pay share."""
    name = policy.name.say(language)
    lines = [
        Text(
            f"起付线、支付比例和封顶线：参保地 {name} {policy.region} 的政策",
            f"deductible, ratio and ceiling: the policy of the home region, {name} {policy.region}",
        ).say(language)
    ]
    topics = {
        "catalogue": Text("目录", "catalogue"),
        "first_self_pay": Text("先行自付比例", "share of first self-pay"),
    }
    for topic, label in topics.items():
        entry = policy.convention(f"{topic}.{benefit.channel}", benefit.day)
        if entry is not None:
            channel = LABELS["channel"][benefit.channel].say(language)
            told = _whose_in_words(entry, language)
            lines.append(Text(f"{label.zh}（{channel}）：{told}", f"{label.en} ({channel}): {told}").say(language))
    return lines


def _whose_in_words(entry: Entry, language: str) -> str:
    region = REGIONS.get(whose(entry) or "", NOT_FOUND).say(language)
    source = f"{entry.source.title} [{entry.source.trust}]"
    return Text(
        f"{region}，自 {entry.since} 起；来源：{source}", f"{region}, since {entry.since}; source: {source}"
    ).say(language)


def _print_layer(console: Console, policy: Policy, steps: list[TraceStep], language: str) -> None:
    title = steps[0].layer.title
    payer = LABELS["payer"][steps[0].layer.payer]
    console.print(f"\n[bold]{escape(title.say(language))}[/bold] → {payer.say(language)}")
    for step in steps:
        print_wrapped(console, f"• {step_words(step, language, policy.vocabulary)}", 2, hanging=2)
        if step.step in ("bands", "phases"):
            for band in step.bands:
                print_wrapped(console, band_sentence(band, language, step.step), 6, hanging=2)
        for use in step.uses:
            words = parameter_sentence(use, step.step, policy.vocabulary, language)
            words += _owner(policy, use, language)
            print_wrapped(console, FROM_POLICY.say(language) + words, 6, hanging=2, style="dim")


def _owner(policy: Policy, use: Use, language: str) -> str:
    """Whose rule it is, where it is not the pool's own published one."""
    owner = policy.owner_of(use.entry.place)
    if owner.assumed:
        return ASSUMED.say(language)
    if owner.region == policy.region:
        return ""
    return Text(f"（{owner.name.zh}）", f" ({owner.name.en})").say(language)
