"""A trace in words: each step as a sentence in Chinese and in English, each parameter with its source."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import cast

from yijie.engines.benefit.plan import Use
from yijie.engines.benefit.primitives import PRIMITIVES, Kind
from yijie.engines.benefit.result import BandShare, TraceStep
from yijie.engines.benefit.values import Choice, Derived, Figure
from yijie.engines.benefit.words import Vocabulary, dimension_label
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, Ratio, percent, yuan

CEILING = Text(
    "限额 {limit} 元，已用 {used} 元：{amount} 元中计入 {kept} 元，超出 {cut} 元",
    "limit {limit}, used {used}: of {amount} yuan {kept} count, {cut} are cut off",
)
CHANGED = Text("{figure}{why}，支付比例 {before} → {ratios}", "{figure}{why}, ratio {before} → {ratios}")
SENTENCES: dict[str, Text] = {
    "covers": Text("{seen} 元", "looks at {seen} yuan"),
    "exclude": Text("本层不支付", "this layer pays nothing"),
    "first_share": Text(
        "{cost} 元中个人先负担 {borne} 元，余 {kept} 元",
        "of {cost} yuan the patient first bears {borne}, {kept} remain",
    ),
    "first_amount": Text(
        "{cost} 元中个人先负担 {borne} 元，余 {kept} 元",
        "of {cost} yuan the patient first bears {borne}, {kept} remain",
    ),
    "cost_ceiling": CEILING,
    "unit_ceiling": Text(
        "计 {units}（发生 {stated}），限额 {limit} 元：{amount} 元中计入 {kept} 元，超出 {cut} 元",
        "{units} count (of {stated}), limit {limit}: of {amount} yuan {kept} count, {cut} are cut off",
    ),
    "deductible": Text(
        "应付 {due} 元，此前已付 {before} 元，本次扣除 {taken} 元",
        "due {due} yuan, borne before {before}, taken now {taken}",
    ),
    "excess_ceiling": CEILING,
    "ratio": Text("{excess} 元 × {ratios} = {paid} 元", "{excess} yuan × {ratios} = {paid}"),
    "bands": Text("{excess} 元分段支付合计 {paid} 元", "{excess} yuan pay {paid} over the bands"),
    "phases": Text("{excess} 元按日分段支付合计 {paid} 元", "{excess} yuan pay {paid} over the phases"),
    "rate": Text(
        "计 {units}（发生 {stated}），定额 {limit} 元：{excess} 元中支付 {paid} 元",
        "{units} count (of {stated}), at the rate {limit}: of {excess} yuan pays {paid}",
    ),
    "allowance": Text(
        "基数 {held} 元（原 {base} 元），计 {units}：{paid} 元",
        "base {held} yuan (stated {base}), for {units}: {paid}",
    ),
    "allowance_goes_on": Text(
        "基数 {held} 元（原 {base} 元），计 {units}：应付 {due} 元，本次住院此前已付 {before} 元，再付 {paid} 元",
        "base {held} yuan (stated {base}), for {units}: due {due}, {before} paid earlier in this stay, {paid} more now",
    ),
    "stated": Text("按给定金额支付 {paid} 元", "pays the stated {paid} yuan"),
    "own_share": CHANGED,
    "factor": CHANGED,
    "points": CHANGED,
    "guarantee": Text(
        "{excess} 元按保底应付 {least} 元，原支付 {before} 元，支付 {paid} 元",
        "of {excess} yuan at least {least} is due, {before} before, pays {paid}",
    ),
    "rounding": Text("{before} 元取整为 {paid} 元", "{before} yuan becomes {paid}"),
    "payment_ceiling": CEILING,
    "account": Text(
        "可由账户支付 {seen} 元，余额 {balance} 元，支付 {paid} 元",
        "the account may pay {seen} yuan, holds {balance}, pays {paid}",
    ),
    "account_not_used": Text(
        "可由账户支付 {seen} 元，本次未使用账户",
        "the account may pay {seen} yuan; it was not used this time",
    ),
}
ACCOUNT_LABEL = Text("个人账户支付", "personal account")

PARAMETER_LABELS: dict[str, Text] = {
    "parts": Text("计入项目", "parts"),
    "without": Text("不含", "without"),
    "reason": Text("依据", "reason"),
    "share": Text("比例", "share"),
    "amount": Text("金额", "amount"),
    "times": Text("倍数", "multiple"),
    "repeat_times": Text("再次住院倍数", "multiple for later stays"),
    "repeat_minus": Text("再次住院每次减", "less with every later stay"),
    "repeat_minus_share": Text("再次住院每次减比例", "share less with every later stay"),
    "least": Text("不低于", "not below"),
    "most": Text("不高于", "not above"),
    "again_every": Text("每满天数再计", "again after days"),
    "per_year_of_age": Text("每岁增加", "for every year of age"),
    "schedule": Text("各段比例", "ratio per band"),
    "add": Text("增减百分点", "points"),
    "partly": Text("按比例计入项目", "parts counted in share"),
    "partly_share": Text("计入比例", "share that counts"),
    "base": Text("基数", "base"),
    "days": Text("天数", "days"),
    "divided_by": Text("除以", "divided by"),
    "to": Text("取整到", "rounded to"),
}
GRAIN_NAMES = {"fen": Text("分", "fen"), "jiao": Text("角", "jiao"), "yuan": Text("元", "yuan")}
PLAIN = Vocabulary({}, {}, {})
"""Where no pool's own words are at hand: the words every pool knows."""
COUNTS = ("units", "stated")
"""Sums of a trace that are units of service in hundredths, not fen."""


def step_label(step: TraceStep, language: str) -> str:
    """How people call the step."""
    label = PRIMITIVES[step.step].label if step.step in PRIMITIVES else ACCOUNT_LABEL
    return label.say(language)


def sentence(step: TraceStep, language: str, vocabulary: Vocabulary = PLAIN) -> str:
    """What the step did, in one sentence with its sums; of a step that changes ratios also which rule it is."""
    if step.before:
        return _adjusted(step, vocabulary, language)
    sums = {name: units_text(amount) if name in COUNTS else yuan(amount) for name, amount in step.sums.items()}
    told = step.step
    if told == "allowance" and step.sums["before"]:
        told = "allowance_goes_on"
    elif told == "account" and "balance" not in step.sums:
        told = "account_not_used"
    return SENTENCES[told].say(language).format(**sums, ratios=_percents(step.ratios))


def _adjusted(step: TraceStep, vocabulary: Vocabulary, language: str) -> str:
    """By how much the ratio changes, for whom, from what to what."""
    figure = percent(step.uses[0].ratio)
    if step.step == "points":
        points = figure.rstrip("%")
        figure = Text("{} 个百分点", "{}").say(language).format(points if points.startswith("-") else f"+{points}")
    else:
        figure = f"× {figure}"
    choices = tuple(dict.fromkeys(choice for use in step.uses for choice in use.choices))
    told = {"figure": figure, "why": _chosen(choices, vocabulary, language)}
    told |= {"before": _percents(step.before), "ratios": _percents(step.ratios)}
    return SENTENCES[step.step].say(language).format(**told)


def step_words(step: TraceStep, language: str, vocabulary: Vocabulary = PLAIN) -> str:
    """A step in one line: what it is called, then what it did."""
    colon = "：" if language == "zh" else ": "
    return f"{step_label(step, language)}{colon}{sentence(step, language, vocabulary)}"


def units_text(hundredths: int) -> str:
    """Units of service as people write them: 150 → 1.5."""
    return yuan(hundredths).rstrip("0").rstrip(".")


def band_sentence(band: BandShare, language: str, step: str = "bands") -> str:
    """One band or phase of a payment: its borders, the cost in it, the ratio and the exact payment."""
    border = units_text if step == "phases" else yuan
    upper = border(band.to) if band.to is not None else Text("以上", "upwards").say(language)
    return f"{border(band.over)} – {upper}: {yuan(band.cost)} × {percent(band.ratio)} = {exact_yuan(band.pays)}"


def parameter_sentence(use: Use, step: str, vocabulary: Vocabulary, language: str) -> str:
    """One parameter: its figure, the facts that chose it, since when it holds and who published it."""
    label = PARAMETER_LABELS[use.name].say(language)
    facts = _chosen(use.choices, vocabulary, language)
    figure = figure_text(use, step, vocabulary, language)
    source = use.entry.source
    if language == "zh":
        note = f"；{use.entry.note}" if use.entry.note else ""
        return f"{label} {figure}{facts}，自 {use.entry.since} 起；来源：{source.title} [{source.trust}]{note}"
    note = f"; {use.entry.note}" if use.entry.note else ""
    return f"{label} {figure}{facts}, since {use.entry.since}; source: {source.title} [{source.trust}]{note}"


def _chosen(choices: Sequence[Choice], vocabulary: Vocabulary, language: str) -> str:
    """The facts that chose a figure, in brackets; empty where it holds for everybody."""
    if not choices:
        return ""
    told = Text("，", ", ").say(language).join(choice_text(choice, vocabulary, language) for choice in choices)
    return f"（{told}）" if language == "zh" else f" ({told})"


def choice_text(choice: Choice, vocabulary: Vocabulary, language: str) -> str:
    """A fact that chose a branch: 医院等级=三级."""
    dimension, fact = choice
    words = sorted(fact) if isinstance(fact, frozenset) else [str(fact)]
    shown = "/".join(vocabulary.label(dimension, word, language) for word in words)
    return f"{dimension_label(dimension, language)}={shown}"


def figure_text(use: Use, step: str, vocabulary: Vocabulary, language: str) -> str:
    """A parameter's figure as people write it."""
    kind = PRIMITIVES["covers" if step == "account" else step].parameters[use.name]
    return kind_text(kind, use.figure, vocabulary, language)


def kind_text(kind: Kind, figure: Figure, vocabulary: Vocabulary, language: str) -> str:
    """A figure of a kind as people write it; of bands and phases their ratios."""
    match kind:
        case Kind.AMOUNT:
            text = _amount_text(cast("Fen", figure), language)
        case Kind.DAYS:
            text = str(figure)
        case Kind.UNITS:
            text = units_text(cast("int", figure))
        case Kind.TEXT:
            text = cast("Text", figure).say(language)
        case Kind.GRAIN:
            text = GRAIN_NAMES[cast("tuple[str, ...]", figure)[0]].say(language)
        case Kind.PARTS | Kind.SOME_PARTS | Kind.BUCKETS:
            comma = Text("、", ", ").say(language)
            text = comma.join(vocabulary.label("part", word, language) for word in cast("tuple[str, ...]", figure))
        case Kind.BANDS | Kind.PHASES:
            text = _percents(cast("tuple[Ratio, ...]", figure))
        case _:
            text = percent(cast("Ratio", figure))
    return text


def _amount_text(amount: Fen, language: str) -> str:
    """Yuan; of a share of a figure also which."""
    if not isinstance(amount, Derived):
        return yuan(amount)
    share = f"{percent(amount.share)} × {amount.name.say(language)} {yuan(amount.base)}"
    return f"{yuan(amount)}（{share}）" if language == "zh" else f"{yuan(amount)} ({share})"


def exact_yuan(fen: Fraction) -> str:
    """Yuan of a sum that has not been rounded yet, with as many decimals as it needs and at least two."""
    digits = f"{Decimal(fen.numerator) / Decimal(fen.denominator) / 100:f}"
    whole, _, decimals = digits.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _percents(ratios: Sequence[Ratio]) -> str:
    return " / ".join(percent(ratio) for ratio in ratios)
