"""From the files of one pool folder to a :class:`Policy`. Pure: text comes in, nothing is read from disk here."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.dated import Dated, Source
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import BadNumber, MissingKey, NotReadable
from yijie.engines.benefit.policy import CATALOGUES, CHANNELS, NATION, STAY_RULES, Adjuster, Layer, Policy
from yijie.engines.benefit.policy_errors import (
    BadRegion,
    BeginsLate,
    DimensionTaken,
    LayerOutsideChain,
    NoPayRule,
    StepNotHere,
    StepOrder,
    UnknownLayer,
)
from yijie.engines.benefit.read_values import ValueReader, read_text
from yijie.engines.benefit.steps import ORDER, PRIMITIVES, Condition, Step
from yijie.engines.benefit.values import Key, Leaf
from yijie.engines.benefit.words import (
    CLOSED_DIMENSIONS,
    HOSPITAL,
    NUMBER_DIMENSIONS,
    OPEN_DIMENSIONS,
    PAYERS,
    PERSONAL_ACCOUNT,
    Text,
    Vocabulary,
)
from yijie.kernel.region import is_region

POOL_FILE = "pool.yaml"
TRUST = ("A", "B", "C")


def read_policy(files: Mapping[str, str], folder: str) -> Policy:
    """The policy written in ``files`` (name → text); ``folder`` is put before the names in messages."""
    trees = {name: doc.parse(text, f"{folder}/{name}") for name, text in sorted(files.items())}
    if POOL_FILE not in trees:
        reason = {"reason_zh": "文件夹中没有 pool.yaml", "reason_en": "the folder has no pool.yaml"}
        raise NotReadable(place=f"{folder}:0", path="/", **reason)
    return _PoolReader(trees, folder).policy()


class _PoolReader:
    """Reads ``pool.yaml`` first, because it declares the words and sources that the subject files use."""

    def __init__(self, trees: Mapping[str, Node], folder: str) -> None:
        self.trees = trees
        self.folder = folder
        self.pool_node = trees[POOL_FILE]
        optional = (
            "chain",
            "sources",
            "words",
            "assume",
            "buckets",
            "year",
            "catalogue",
            "first_self_pay",
            "gaps",
            "note",
        )
        self.pool = doc.mapping(self.pool_node, ("region", "name"), optional)
        self.vocabulary = self.read_vocabulary()
        self.sources = _read_sources(self.pool, {})

    def policy(self) -> Policy:
        subjects = {name.removesuffix(".yaml"): tree for name, tree in self.trees.items() if name != POOL_FILE}
        adjusters = tuple(
            self.adjuster(name, tree) for name, tree in subjects.items() if "adjusts" in doc.free_mapping(tree)
        )
        layers = {
            name: self.layer(name, tree, adjusters)
            for name, tree in subjects.items()
            if "adjusts" not in doc.free_mapping(tree)
        }
        return Policy(
            region=self.region(),
            name=read_text(self.pool["name"]),
            layers=self.chain(layers),
            adjusters=adjusters,
            vocabulary=self.vocabulary,
            assumed=self.assumed(),
            conventions=self.conventions(),
            gaps=tuple(read_text(gap) for gap in doc.items(self.pool["gaps"])) if "gaps" in self.pool else (),
            fingerprint=_fingerprint(self.trees),
            folder=self.folder,
        )

    def region(self) -> str:
        code = doc.text(self.pool["region"])
        if code != NATION and not is_region(code):
            raise BadRegion(**self.pool["region"].place.facts, text=code)
        return code

    def read_vocabulary(self) -> Vocabulary:
        declared: dict[str, dict[str, Text]] = {dimension: {} for dimension in OPEN_DIMENSIONS}
        if "words" in self.pool:
            for dimension, node in doc.free_mapping(self.pool["words"]).items():
                if dimension in CLOSED_DIMENSIONS or dimension in NUMBER_DIMENSIONS:
                    raise DimensionTaken(**node.place.facts, dimension=dimension)
                declared[dimension] = _read_names(node)
        return Vocabulary(declared, _read_names(self.pool["buckets"]) if "buckets" in self.pool else {})

    def assumed(self) -> dict[str, str]:
        """What holds where a case is silent about a dimension of the pool's own."""
        if "assume" not in self.pool:
            return {}
        entries = doc.mapping(self.pool["assume"], (), tuple(self.vocabulary.declared))
        return {dimension: doc.word(word, self.vocabulary.words(dimension)) for dimension, word in entries.items()}

    def chain(self, layers: Mapping[str, Layer]) -> tuple[Layer, ...]:
        """The layers in the order in which they pay; every file has its place in it."""
        if "chain" not in self.pool:
            if self.region() != NATION:
                raise MissingKey(**self.pool_node.place.facts, key="chain")
            return ()
        chained: list[Layer] = []
        for node in doc.items(self.pool["chain"]):
            name = doc.text(node)
            if name not in layers:
                raise UnknownLayer(**node.place.facts, layer=name, known=", ".join(layers))
            chained.append(layers[name])
        for layer in layers.values():
            if layer not in chained:
                raise LayerOutsideChain(**layer.place.facts)
        return tuple(chained)

    def conventions(self) -> dict[str, Dated]:
        """What ``pool.yaml`` says about years and catalogues, as dated words."""
        reader = ValueReader(self.vocabulary, self.sources)
        found: dict[str, Dated] = {}
        if "year" in self.pool:
            fields = doc.mapping(self.pool["year"], (), ("begins", "stay_belongs_to"))
            if "begins" in fields:
                found["year.begins"] = reader.history_of(
                    "begins", fields["begins"], lambda leaf, _: Leaf(_month_day(leaf))
                )
            if "stay_belongs_to" in fields:
                found["year.stay_belongs_to"] = _word_history(reader, fields, "stay_belongs_to", STAY_RULES)
        for topic in ("catalogue", "first_self_pay"):
            if topic in self.pool:
                fields = doc.mapping(self.pool[topic], (), CHANNELS)
                for channel in fields:
                    found[f"{topic}.{channel}"] = _word_history(reader, fields, channel, CATALOGUES)
        return found

    def layer(self, name: str, tree: Node, adjusters: tuple[Adjuster, ...]) -> Layer:
        """A payer layer with the steps of the adjusters of its payer merged in."""
        fields = doc.mapping(tree, ("title", "pays_from", "for"), ("sources", "steps", "note"))
        reader = ValueReader(self.vocabulary, _read_sources(fields, self.sources))
        payer = doc.word(fields["pays_from"], PAYERS)
        own = self.steps(reader, fields["steps"]) if "steps" in fields else ()
        _check_steps_fit(payer, own, tree)
        merged = _merge(own, [step for adjuster in adjusters if adjuster.payer == payer for step in adjuster.steps])
        condition = self.condition(reader, fields["for"])
        return Layer(name, read_text(fields["title"]), payer, condition, merged, tree.place)

    def adjuster(self, name: str, tree: Node) -> Adjuster:
        """A subject that pays nothing itself but changes how the layers of one payer pay, such as remote care."""
        fields = doc.mapping(tree, ("title", "adjusts", "for", "steps"), ("sources", "note"))
        reader = ValueReader(self.vocabulary, _read_sources(fields, self.sources))
        condition = self.condition(reader, fields["for"])
        steps = self.steps(reader, fields["steps"], (condition,))
        return Adjuster(name, read_text(fields["title"]), doc.word(fields["adjusts"], PAYERS), steps, tree.place)

    def steps(self, reader: ValueReader, node: Node, outer: tuple[Condition, ...] = ()) -> tuple[Step, ...]:
        """Steps in written order, which must be the order of their phases."""
        steps = [self.step(reader, item, outer) for item in doc.items(node)]
        for before, after in itertools.pairwise(steps):
            if after.primitive.phase < before.primitive.phase:
                raise StepOrder(**after.place.facts, step=after.name, before=before.name, order=ORDER)
        return tuple(steps)

    def step(self, reader: ValueReader, node: Node, outer: tuple[Condition, ...]) -> Step:
        """``- name: {when: …, forms, parameters}``."""
        entries = doc.mapping(node, (), tuple(PRIMITIVES))
        if len(entries) != 1:
            raise MissingKey(**node.place.facts, key=" | ".join(PRIMITIVES))
        ((name, body),) = entries.items()
        primitive = PRIMITIVES[name]
        optional = ("when", *primitive.forms, *primitive.names, *primitive.parameters)
        fields = doc.mapping(body, (primitive.main, *primitive.must_say), optional)
        forms = {
            form: doc.word(fields[form], known) if form in fields else known[0]
            for form, known in primitive.forms.items()
        }
        forms |= {key: doc.text(fields[key]) for key in primitive.names if key in fields}
        parameters = {
            key: reader.history(key, fields[key], kind) for key, kind in primitive.parameters.items() if key in fields
        }
        own = (self.condition(reader, fields["when"]),) if "when" in fields else ()
        step = Step(name, (*outer, *own), forms, parameters, body.place)
        for parameter in parameters.values():
            if parameter.since > step.main.since:
                since = {"since": parameter.since, "main": step.main.name, "main_since": step.main.since}
                raise BeginsLate(**parameter.place.facts, **since)
        return step

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
            if step.name not in ("covers", "exclude"):
                subject = {"subject_zh": "个人账户", "subject_en": "the personal account"}
                raise StepNotHere(**step.place.facts, step=step.name, **subject)
    elif not pay_rules:
        raise NoPayRule(**tree.place.facts)
    else:
        begins = min(step.main.since for step in pay_rules)
        for step in steps:
            if not step.primitive.one_of and step.main.since > begins:
                raise BeginsLate(**step.place.facts, since=step.main.since, main=pay_rules[0].name, main_since=begins)
    if payer == HOSPITAL:
        for step in pay_rules:
            if step.name != "stated":
                subject = {"subject_zh": "医院负担", "subject_en": "what a hospital bears"}
                raise StepNotHere(**step.place.facts, step=step.name, **subject)


def _read_names(node: Node) -> dict[str, Text]:
    """``{word: Chinese name}``."""
    return {word: Text(doc.text(name), word.replace("_", " ")) for word, name in doc.free_mapping(node).items()}


def _read_sources(fields: Mapping[str, Node], inherited: Mapping[str, Source]) -> dict[str, Source]:
    """Sources declared here and, behind them, those of the pool."""
    sources = dict(inherited)
    if "sources" in fields:
        for name, node in doc.free_mapping(fields["sources"]).items():
            entries = doc.mapping(node, ("title", "url", "trust"), ("note",))
            title, url = doc.text(entries["title"]), doc.text(entries["url"])
            sources[name] = Source(name, title, url, doc.word(entries["trust"], TRUST))
    return sources


def _word_history(reader: ValueReader, fields: Mapping[str, Node], name: str, known: tuple[str, ...]) -> Dated:
    return reader.history_of(name, fields[name], lambda leaf, _note: Leaf((doc.word(leaf, known),)))


def _month_day(node: Node) -> int:
    """``07-01`` as 701, so that it compares with ``month × 100 + day``."""
    text = doc.text(node)
    try:
        day = date.fromisoformat(f"2001-{text}")
    except ValueError:
        raise BadNumber(
            **node.place.facts, text=text, expected_zh="月日（如 01-01）", expected_en="a day like 01-01"
        ) from None
    return day.month * 100 + day.day


def _fingerprint(trees: Mapping[str, Node]) -> str:
    """SHA-256 of what the files say: comments, spacing and quoting style do not matter, order and every word do."""
    digest = sha256()
    for name, tree in trees.items():
        digest.update(repr((name, _plain(tree))).encode())
    return digest.hexdigest()


def _plain(node: Node) -> object:
    if isinstance(node, doc.Scalar):
        return node.text
    if isinstance(node, doc.Sequence):
        return [_plain(item) for item in node.items]
    return {key: _plain(value) for key, value in node.entries.items()}
