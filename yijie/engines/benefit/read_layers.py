"""From the subject files of a pool folder to layers and adjusters, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.dated import Source
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import MissingKey
from yijie.engines.benefit.policy import Adjuster, Layer
from yijie.engines.benefit.policy_errors import AgainInAYear, BeginsLate, NoPayRule, NotOneStep, StepNotHere, StepOrder
from yijie.engines.benefit.primitives import EACH, ORDER, PRIMITIVES, UNIT, Primitive
from yijie.engines.benefit.read_numbers import read_text
from yijie.engines.benefit.read_values import NO_FIGURES, PoolFigure, ValueReader
from yijie.engines.benefit.steps import Condition, Step
from yijie.engines.benefit.values import Key
from yijie.engines.benefit.words import HOSPITAL, NUMBER_DIMENSIONS, PAYERS, PERSONAL_ACCOUNT, Vocabulary
from yijie.kernel.language import Text

TRUST = ("A", "B", "C")
BESIDE_THE_BILL = ("exclude", "refuse", "allowance", "more_days", "rounding", "payment_ceiling")
"""Steps a layer with an allowance may have."""


class LayerReader:
    """Reads subject files of one pool, with the words and sources that its ``pool.yaml`` declares."""

    def __init__(
        self, vocabulary: Vocabulary, sources: Mapping[str, Source], figures: Mapping[str, PoolFigure] = NO_FIGURES
    ) -> None:
        self.vocabulary = vocabulary
        self.sources = sources
        self.figures = figures

    def layer(self, name: str, tree: Node, adjusters: tuple[Adjuster, ...]) -> Layer:
        """A payer layer with the steps of the adjusters of its payer merged in."""
        fields = doc.mapping(tree, ("title", "pays_from", "for"), ("sources", "steps", "note"))
        reader = ValueReader(self.vocabulary, read_sources(fields, self.sources), self.figures)
        payer = doc.word(fields["pays_from"], PAYERS)
        own = self.steps(reader, fields["steps"]) if "steps" in fields else ()
        _check_steps_fit(payer, own, tree)
        merged = _merge(own, [step for adjuster in adjusters if adjuster.payer == payer for step in adjuster.steps])
        condition = self.condition(reader, fields["for"])
        return Layer(name, read_text(fields["title"]), payer, condition, merged, tree.place)

    def adjuster(self, name: str, tree: Node) -> Adjuster:
        """A subject that pays nothing itself but changes how the layers of one payer pay, such as remote care."""
        fields = doc.mapping(tree, ("title", "adjusts", "for", "steps"), ("sources", "note"))
        reader = ValueReader(self.vocabulary, read_sources(fields, self.sources), self.figures)
        condition = self.condition(reader, fields["for"])
        steps = self.steps(reader, fields["steps"], (condition,))
        return Adjuster(name, read_text(fields["title"]), doc.word(fields["adjusts"], PAYERS), steps, tree.place)

    def steps(self, reader: ValueReader, node: Node, outer: tuple[Condition, ...] = ()) -> tuple[Step, ...]:
        """Steps in written order, which must be the order of their phases."""
        steps = [self.step(reader, item, outer) for item in doc.items(node)]
        for before, after in pairwise(steps):
            if after.primitive.phase < before.primitive.phase:
                raise StepOrder(**after.place.facts, step=after.name, before=before.name, order=ORDER)
        return tuple(steps)

    def step(self, reader: ValueReader, node: Node, outer: tuple[Condition, ...]) -> Step:
        """``- name: {when: …, forms, parameters}``."""
        entries = doc.mapping(node, (), tuple(PRIMITIVES))
        if len(entries) != 1:
            raise NotOneStep(**node.place.facts, count=len(entries), named=", ".join(entries))
        ((name, body),) = entries.items()
        primitive = PRIMITIVES[name]
        optional = ("when", *primitive.forms, *primitive.names, *primitive.parameters)
        fields = doc.mapping(body, (primitive.main, *primitive.must_say), optional)
        for key, needed in primitive.goes_with.items():
            if key in fields and needed not in fields:
                raise MissingKey(**body.place.facts, key=needed)
        forms = self.forms(primitive, fields)
        parameters = {
            key: reader.history(key, fields[key], kind) for key, kind in primitive.parameters.items() if key in fields
        }
        own = (self.condition(reader, fields["when"]),) if "when" in fields else ()
        step = Step(name, (*outer, *own), forms, parameters, body.place)
        for parameter in parameters.values():
            if parameter.since > step.main.since:
                since = {"since": parameter.since, "main": step.main.name, "main_since": step.main.since}
                raise BeginsLate(**parameter.place.facts, **since, same=Text("同一步骤", "step"))
        if forms.get("charged") == "once_a_year" and "again_every" in parameters:
            raise AgainInAYear(**parameters["again_every"].place.facts)
        return step

    def forms(self, primitive: type[Primitive], fields: Mapping[str, Node]) -> dict[str, str]:
        """The plain words that choose the step's form, and the names it gives."""
        forms = {
            form: doc.word(fields[form], known) if form in fields else known[0]
            for form, known in primitive.forms.items()
        }
        dimensions = tuple(name for name in self.vocabulary.dimensions if name not in NUMBER_DIMENSIONS)
        closed = {UNIT: tuple(self.vocabulary.units), "for_each": tuple(self.vocabulary.units), EACH: dimensions}
        for name in primitive.names:
            if name in fields:
                forms[name] = doc.word(fields[name], closed[name]) if name in closed else doc.text(fields[name])
        return forms

    def condition(self, reader: ValueReader, node: Node) -> Condition:
        """``{dimension: word or list, …}``; all must hold."""
        entries = doc.mapping(node, (), self.vocabulary.dimensions)
        keys: list[tuple[str, tuple[Key, ...]]] = []
        for dimension, wanted in entries.items():
            nodes = doc.items(wanted) if isinstance(wanted, doc.Sequence) else (wanted,)
            keys.append((dimension, tuple(reader.key(dimension, doc.text(item), item) for item in nodes)))
        return Condition(tuple(keys), node.place)


def _merge(own: tuple[Step, ...], added: list[Step]) -> tuple[Step, ...]:
    """One list in phase order. Of alternatives the adjusters' come first, so that theirs is taken; others follow."""
    first = [step for step in added if step.primitive.one_of]
    last = [step for step in added if not step.primitive.one_of]
    return tuple(sorted([*first, *own, *last], key=lambda step: step.primitive.phase))


def _check_steps_fit(payer: str, steps: tuple[Step, ...], tree: Node) -> None:
    """A fund's layer says how much it pays; the personal account pays what it may, up to its balance."""
    pay_rules = [step for step in steps if step.primitive.one_of == "pay"]
    if payer == PERSONAL_ACCOUNT:
        for step in steps:
            if step.name not in ("covers", "exclude", "payment_ceiling"):
                subject = Text("个人账户", "the personal account")
                raise StepNotHere(**step.place.facts, step=step.name, subject=subject)
    elif not pay_rules:
        rules = ", ".join(name for name, primitive in PRIMITIVES.items() if primitive.one_of == "pay")
        raise NoPayRule(**tree.place.facts, rules=rules)
    else:
        begins = min(step.main.since for step in pay_rules)
        for step in steps:
            if not step.primitive.one_of and step.main.since > begins:
                since = {"since": step.main.since, "main": pay_rules[0].name, "main_since": begins}
                raise BeginsLate(**step.place.facts, **since, same=Text("同一层", "layer"))
    if payer == HOSPITAL:
        for step in pay_rules:
            if step.name != "stated":
                subject = Text("医院负担", "what a hospital bears")
                raise StepNotHere(**step.place.facts, step=step.name, subject=subject)
    _check_allowance(pay_rules, steps)


def _check_allowance(pay_rules: list[Step], steps: tuple[Step, ...]) -> None:
    """An allowance stands beside the bill: nothing in its layer looks at cost, and no other rule pays in it."""
    allowing = any(step.name == "allowance" for step in pay_rules)
    subject = Text("津贴", "an allowance")
    other = Text("没有津贴的层", "a layer without an allowance")
    for step in steps:
        if allowing and step.name not in BESIDE_THE_BILL:
            raise StepNotHere(**step.place.facts, step=step.name, subject=subject)
        if not allowing and step.name == "more_days":
            raise StepNotHere(**step.place.facts, step=step.name, subject=other)


def read_sources(fields: Mapping[str, Node], inherited: Mapping[str, Source]) -> dict[str, Source]:
    """Sources declared here and, behind them, those of the pool."""
    sources = dict(inherited)
    if "sources" in fields:
        for name, node in doc.free_mapping(fields["sources"]).items():
            entries = doc.mapping(node, ("title", "url", "trust"), ("note",))
            title, url = doc.text(entries["title"]), doc.text(entries["url"])
            sources[name] = Source(name, title, url, doc.word(entries["trust"], TRUST))
    return sources
