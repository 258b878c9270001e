"""Two policies of one pool, an earlier and a later one: what changes, from when, for whom, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias, cast

from yijie.engines.benefit.compare_words import (
    CONVENTION_WORDS,
    CONVENTIONS,
    EVERYBODY,
    FORM_WORDS,
    GONE,
    MISSING,
    NEW,
    THERE,
)
from yijie.engines.benefit.dated import Dated, Source
from yijie.engines.benefit.differences import NO_RULE, UNKNOWN, Comparison, stretches
from yijie.engines.benefit.explain import PARAMETER_LABELS
from yijie.engines.benefit.policy import Adjuster, Layer, Policy
from yijie.engines.benefit.signature import Kind
from yijie.engines.benefit.steps import Condition, Step
from yijie.engines.benefit.values import Leaf
from yijie.engines.benefit.words import LABELS, dimension_label
from yijie.kernel.language import Text

Subject: TypeAlias = Layer | Adjuster


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words. Without ``since`` it concerns the whole time the policies speak of."""

    where: Text
    """The layer, the step and its parameter."""
    whom: Text
    before: Text
    after: Text
    since: date | None = None
    until: date | None = None
    source: Source | None = None
    """Where the later figure was published."""

    def say(self, language: str) -> str:
        """The change as one sentence: since when, what, for whom, from what to what, on which source."""
        where, whom, before, after = (text.say(language) for text in (self.where, self.whom, self.before, self.after))
        source = f" [{self.source.title}, {self.source.trust}]" if self.source else ""
        if language == "zh":
            until = f"至 {self.until}" if self.until else "起"
            when = f"自 {self.since} {until}，" if self.since else ""
            return f"{when}{where}（{whom}）：{before} → {after}{source}"
        until = f" to {self.until}" if self.until else ""
        when = f"from {self.since}{until}, " if self.since else ""
        return f"{when}{where} ({whom}): {before} → {after}{source}"


def compare(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every change from one policy to another; none where both decide every case alike and declare the same gaps."""
    return tuple(_Comparer(before, after).changes())


class _Comparer:
    """Walks both policies side by side; what only one of them has is compared with nothing."""

    def __init__(self, before: Policy, after: Policy) -> None:
        self.before = before
        self.after = after

    def changes(self) -> Iterator[Change]:
        old, new = self.before, self.after
        if old.region != new.region:
            where = Text("统筹区", "pool")
            yield Change(where, EVERYBODY, Text(old.name.zh, old.name.en), Text(new.name.zh, new.name.en))
        yield from self.conventions()
        yield from self.defaults()
        for subject, was, now in (*_paired(old.layers, new.layers), *_paired(old.adjusters, new.adjusters)):
            yield from self.subject(subject, was, now)
        yield from self.chain()
        yield from self.gaps()

    def conventions(self) -> Iterator[Change]:
        """Years and catalogues."""
        for name, label in CONVENTIONS.items():
            old, new = _worded(self.before.conventions.get(name)), _worded(self.after.conventions.get(name))
            days = sorted({*old, *new})
            for day, following in zip(days, [*days[1:], None], strict=False):
                was, now = _at(old, day), _at(new, day)
                if was != now:
                    until = following - timedelta(days=1) if following else None
                    yield Change(label, EVERYBODY, was, now, day, until)

    def defaults(self) -> Iterator[Change]:
        """What holds where a case does not say, and which disease codes mean which word."""
        for dimension in sorted({**self.before.assumed, **self.after.assumed}):
            words = (_word(policy, dimension, policy.assumed.get(dimension)) for policy in (self.before, self.after))
            yield from _unless_equal(Text(f"{dimension} 未写明时", f"{dimension} where not stated"), *words)
        codes = self.before.vocabulary.codes, self.after.vocabulary.codes
        for code in sorted({**codes[0], **codes[1]}):
            names = (_word(p, "disease", c.get(code)) for p, c in zip((self.before, self.after), codes, strict=True))
            yield from _unless_equal(Text(f"病种编码 {code}", f"disease code {code}"), *names)

    def subject(self, shown: Subject, was: Subject | None, now: Subject | None) -> Iterator[Change]:
        """A layer, or what adjusts layers: whether it is there, for whom, then step by step."""
        if was is None or now is None:
            payer = LABELS["payer"][shown.payer]
            where = Text(f"{shown.title.zh}（{payer.zh}）", f"{shown.title.en} ({payer.en})")
            whom = self.whom(shown.condition) if isinstance(shown, Layer) else EVERYBODY
            yield Change(where, whom, *((MISSING, NEW) if was is None else (THERE, GONE)))
            if now is None:
                return
        elif was.payer != now.payer:
            payers = LABELS["payer"][was.payer], LABELS["payer"][now.payer]
            yield Change(_path(now.title, Text("付款方", "payer")), EVERYBODY, *payers)
        if isinstance(was, Layer) and isinstance(now, Layer):
            yield from self.condition(now.title, (was.condition,), (now.condition,))
        for step, old, new in _aligned(_own_steps(was), _own_steps(now)):
            yield from self.step(shown.title, step, old, new)

    def step(self, title: Text, shown: Step, old: Step | None, new: Step | None) -> Iterator[Change]:
        """A step: when it holds, its forms, its parameters."""
        where = _path(title, shown.primitive.label)
        if old and new:
            yield from self.condition(where, old.condition, new.condition)
            for form in dict.fromkeys([*new.forms, *old.forms]):
                if old.forms.get(form) != new.forms.get(form):
                    forms = _form_word(old.forms.get(form)), _form_word(new.forms.get(form))
                    yield Change(_path(where, _form_word(form)), EVERYBODY, *forms)
        conditions = self.whom(*shown.condition)
        for name, kind in shown.primitive.parameters.items():
            was, now = _parameter(old, name), _parameter(new, name)
            if was or now:
                yield from self.parameter(_path(where, PARAMETER_LABELS[name]), conditions, kind, (was, now))

    def parameter(
        self, where: Text, conditions: Text, kind: Kind, histories: tuple[Dated | None, Dated | None]
    ) -> Iterator[Change]:
        """One parameter over time."""
        comparison = Comparison(kind, self.after.vocabulary, self.before.vocabulary)
        for stretch in stretches(*histories, comparison):
            for found in stretch.differences:
                named = [text for text in (conditions, *found.whom) if text is not EVERYBODY]
                whom = _listed(named)
                yield Change(where, whom, found.before, found.after, stretch.since, stretch.until, stretch.source)

    def condition(self, where: Text, old: Sequence[Condition], new: Sequence[Condition]) -> Iterator[Change]:
        """For whom something holds."""
        was, now = self.whom(*old), self.whom(*new)
        if was != now:
            yield Change(_path(where, Text("适用", "applies to")), EVERYBODY, was, now)

    def whom(self, *conditions: Condition) -> Text:
        """Conditions in words: 职工医保，住院."""
        comparison = Comparison(Kind.SHARE, self.after.vocabulary, self.before.vocabulary)
        keys = [named for condition in conditions for named in condition.keys]
        return _listed([_with_dimension(dim, comparison.labels(dim, wanted)) for dim, wanted in keys])

    def chain(self) -> Iterator[Change]:
        """The order in which those layers pay that both policies have."""
        names = [[layer.name for layer in policy.layers] for policy in (self.before, self.after)]
        orders = [[name for name in own if name in other] for own, other in (names, names[::-1])]
        if orders[0] != orders[1]:
            was, now = (Text("、".join(order), ", ".join(order)) for order in orders)
            yield Change(Text("付款顺序", "order of paying"), EVERYBODY, was, now)

    def gaps(self) -> Iterator[Change]:
        """Gaps declared or closed."""
        where = Text("声明的缺口", "declared gap")
        for gap in self.before.gaps:
            if gap not in self.after.gaps:
                yield Change(where, EVERYBODY, gap, GONE)
        for gap in self.after.gaps:
            if gap not in self.before.gaps:
                yield Change(where, EVERYBODY, NO_RULE, gap)


def _paired(old: Sequence[Subject], new: Sequence[Subject]) -> Iterator[tuple[Subject, Subject | None, Subject | None]]:
    """Subjects of the same name; those of the later policy in their order, then those that are gone."""
    by_name = {subject.name: subject for subject in old}
    for subject in new:
        yield subject, by_name.pop(subject.name, None), subject
    for gone in by_name.values():
        yield gone, gone, None


def _own_steps(subject: Subject | None) -> list[Step]:
    """The steps written in the subject's own file; those that adjusters added are told of there."""
    return [step for step in subject.steps if step.place.file == subject.place.file] if subject else []


def _aligned(old: list[Step], new: list[Step]) -> Iterator[tuple[Step, Step | None, Step | None]]:
    """Steps that answer each other: the same step under the same condition, else the next of the same name."""
    left = list(old)
    matched: dict[int, Step] = {}
    for same in (_same_condition, _same_name):
        for number, step in enumerate(new):
            match = next((was for was in left if number not in matched and same(was, step)), None)
            if match:
                left.remove(match)
                matched[number] = match
    for number, step in enumerate(new):
        yield step, matched.get(number), step
    for step in left:
        yield step, step, None


def _same_condition(one: Step, other: Step) -> bool:
    return _same_name(one, other) and _keys(one) == _keys(other)


def _same_name(one: Step, other: Step) -> bool:
    return one.name == other.name


def _keys(step: Step) -> list[object]:
    return [condition.keys for condition in step.condition]


def _parameter(step: Step | None, name: str) -> Dated | None:
    return step.parameters.get(name) if step else None


def _form_word(word: str | None) -> Text:
    """A form, or the word that chooses it; names that a policy gives stand as written."""
    return FORM_WORDS.get(word, Text(word, word)) if word else MISSING


def _unless_equal(where: Text, was: Text, now: Text) -> Iterator[Change]:
    if was != now:
        yield Change(where, EVERYBODY, was, now)


def _word(policy: Policy, dimension: str, word: str | None) -> Text:
    if word is None:
        return MISSING
    return Text(*(policy.vocabulary.label(dimension, word, language) for language in ("zh", "en")))


def _path(*texts: Text) -> Text:
    """职工住院 · 支付比例 · 比例"""
    return Text(" · ".join(text.zh for text in texts), " · ".join(text.en for text in texts))


def _listed(texts: Sequence[Text]) -> Text:
    """Several conditions, all of which hold; none is everybody."""
    if not texts:
        return EVERYBODY
    return Text("，".join(text.zh for text in texts), ", ".join(text.en for text in texts))


def _with_dimension(dimension: str, shown: Text) -> Text:
    """A bare yes or no needs the question before it."""
    if shown.zh not in ("是", "否"):
        return shown
    return Text(f"{dimension_label(dimension, 'zh')}：{shown.zh}", f"{dimension_label(dimension, 'en')}: {shown.en}")


def _worded(history: Dated | None) -> dict[date, Text]:
    """A convention as wordings by their first day, its end included."""
    if history is None:
        return {}
    return {day: _convention(history, day) for day in sorted(history.change_days())}


def _convention(history: Dated, day: date) -> Text:
    entry = history.on(day)
    if entry is None:
        return NO_RULE
    if not isinstance(entry.value, Leaf):
        return UNKNOWN
    figure = entry.value.figure
    if isinstance(figure, int):
        return Text(f"{figure // 100} 月 {figure % 100} 日", f"{figure // 100:02}-{figure % 100:02}")
    return CONVENTION_WORDS[cast("tuple[str, ...]", figure)[0]]


def _at(worded: Mapping[date, Text], day: date) -> Text:
    return next((worded[known] for known in sorted(worded, reverse=True) if known <= day), NO_RULE)
