"""From the files of one pool folder to a :class:`Policy`. Pure: text comes in, nothing is read from disk here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.dated import Dated
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import BadNumber, MissingKey, NotReadable
from yijie.engines.benefit.policy import CATALOGUES, CHANNELS, NATION, STAY_RULES, Layer, Policy
from yijie.engines.benefit.policy_errors import (
    BadRegion,
    DimensionTaken,
    LayerOutsideChain,
    UnknownLayer,
)
from yijie.engines.benefit.read_layers import LayerReader, read_sources
from yijie.engines.benefit.read_values import ValueReader, read_text
from yijie.engines.benefit.values import Leaf
from yijie.engines.benefit.words import (
    CLOSED_DIMENSIONS,
    NUMBER_DIMENSIONS,
    OPEN_DIMENSIONS,
    Text,
    Vocabulary,
)
from yijie.kernel.region import is_region

POOL_FILE = "pool.yaml"


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
            "disease_codes",
            "buckets",
            "year",
            "catalogue",
            "first_self_pay",
            "gaps",
            "note",
        )
        self.pool = doc.mapping(self.pool_node, ("region", "name"), optional)
        self.vocabulary = self.read_vocabulary()
        self.sources = read_sources(self.pool, {})

    def policy(self) -> Policy:
        subjects = {name.removesuffix(".yaml"): tree for name, tree in self.trees.items() if name != POOL_FILE}
        reader = LayerReader(self.vocabulary, self.sources)
        adjusters = tuple(
            reader.adjuster(name, tree) for name, tree in subjects.items() if "adjusts" in doc.free_mapping(tree)
        )
        layers = {
            name: reader.layer(name, tree, adjusters)
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
        buckets = _read_names(self.pool["buckets"]) if "buckets" in self.pool else {}
        return Vocabulary(declared, buckets, self.disease_codes(declared["disease"]))

    def disease_codes(self, diseases: Mapping[str, Text]) -> dict[str, str]:
        """Beginnings of national disease codes by the word they stand for, turned round."""
        if "disease_codes" not in self.pool:
            return {}
        entries = doc.mapping(self.pool["disease_codes"], (), tuple(diseases))
        return {doc.text(code): word for word, node in entries.items() for code in doc.items(node)}

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


def _read_names(node: Node) -> dict[str, Text]:
    """``{word: Chinese name}``."""
    return {word: Text(doc.text(name), word.replace("_", " ")) for word, name in doc.free_mapping(node).items()}


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
