"""From the files of one pool folder to a :class:`Policy`. Pure: text comes in, nothing is read from disk here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.dated import Dated, Source
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import BadNumber, MissingKey, NotReadable
from yijie.engines.benefit.overlay import ASSUMED, POOL_FILE, SUFFIX, lay_over
from yijie.engines.benefit.policy import CATALOGUES, STAY_RULES, Layer, Owner, Policy
from yijie.engines.benefit.policy_errors import BadRegion, LayerOutsideChain, UnknownInclude, UnknownLayer
from yijie.engines.benefit.read_layers import LayerReader, read_sources
from yijie.engines.benefit.read_numbers import read_amount, read_text
from yijie.engines.benefit.read_values import PoolFigure, ValueReader
from yijie.engines.benefit.read_vocabulary import read_vocabulary
from yijie.engines.benefit.values import Leaf
from yijie.engines.benefit.words import CHANNELS
from yijie.kernel.language import Text
from yijie.kernel.region import NATION, is_region

REQUIRED = ("region", "name")
OPTIONAL = (
    "chain", "includes", "sources", "words", "assume", "disease_codes", "buckets", "units", "figures", "year",
    "catalogue", "first_self_pay", "gaps", "note",
)  # fmt: skip


def read_policy(files: Mapping[str, str], folder: str, labels: Mapping[str, str] | None = None) -> Policy:
    """The policy written in ``files`` (name → text).

    Plain names are the pool's own files; ``assumed/…`` lie over them (see :func:`lay_over`); ``national/…`` and the
    like are files of other folders that the pool includes. In messages a file goes by its label, which is its name
    behind ``folder`` where none is given.
    """
    shown = {name: f"{folder}/{name}" for name in files} | dict(labels or {})
    trees = lay_over({name: doc.parse(text, shown[name]) for name, text in sorted(files.items())})
    if POOL_FILE not in trees:
        reason = Text("文件夹中没有 pool.yaml", "the folder has no pool.yaml")
        raise NotReadable(place=f"{folder}:0", path="/", reason=reason)
    return _PoolReader(trees, files, folder, shown).policy()


class _PoolReader:
    """Reads the ``pool.yaml`` files first, for they declare the words, figures and sources that subject files use."""

    def __init__(
        self, trees: Mapping[str, Node], files: Mapping[str, str], folder: str, shown: Mapping[str, str]
    ) -> None:
        self.trees = trees
        self.files = files
        self.shown = shown
        self.folder = folder
        self.pool_node = trees[POOL_FILE]
        self.pool = doc.mapping(self.pool_node, REQUIRED, OPTIONAL)
        self.subjects = self.subject_files()
        folders = {name.split("/")[0]: f"{name.split('/')[0]}/{POOL_FILE}" for name in self.subjects if "/" in name}
        self.others = {other: doc.mapping(trees[name], REQUIRED, OPTIONAL) for other, name in folders.items()}
        self.vocabulary = read_vocabulary([*self.others.values(), self.pool])
        self.sources = {other: read_sources(pool, {}) for other, pool in self.others.items()}
        self.sources[""] = read_sources(self.pool, {})

    def subject_files(self) -> dict[str, Node]:
        """Subject → its tree: the pool's own files and those it includes."""
        own = {n.removesuffix(SUFFIX): tree for n, tree in self.trees.items() if "/" not in n and n != POOL_FILE}
        if "includes" in self.pool:
            for node in doc.items(self.pool["includes"]):
                name = doc.text(node)
                if f"{name}{SUFFIX}" not in self.trees or name.endswith("/pool"):
                    known = ", ".join(
                        n.removesuffix(SUFFIX) for n in self.trees if "/" in n and not n.endswith(POOL_FILE)
                    )
                    raise UnknownInclude(**node.place.facts, subject=name, known=known or "–")
                own[name] = self.trees[f"{name}{SUFFIX}"]
        return own

    def policy(self) -> Policy:
        readers = {other: self.layer_reader(other) for other in self.sources}
        adjusting = {name: tree for name, tree in self.subjects.items() if "adjusts" in doc.free_mapping(tree)}
        adjusters = tuple(readers[folder_of(name)].adjuster(name, tree) for name, tree in adjusting.items())
        layers = {
            name: readers[folder_of(name)].layer(name, tree, adjusters)
            for name, tree in self.subjects.items()
            if name not in adjusting
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
            files=dict(self.files),
            owners=self.owners(),
        )

    def layer_reader(self, other: str) -> LayerReader:
        """A reader with the sources and figures that the files of one folder may use."""
        pool = self.others.get(other, self.pool)
        return LayerReader(self.vocabulary, self.sources[other], self.figures(pool, self.sources[other]))

    def figures(self, pool: Mapping[str, Node], sources: Mapping[str, Source]) -> dict[str, PoolFigure]:
        """Figures of a pool of which amounts are shares, such as the average wage."""
        if "figures" not in pool:
            return {}
        reader = ValueReader(self.vocabulary, sources)
        found: dict[str, PoolFigure] = {}
        for name, node in doc.free_mapping(pool["figures"]).items():
            fields = doc.mapping(node, ("title", "amount"))
            plain = reader.history_of(name, fields["amount"], lambda leaf, _note: Leaf(read_amount(leaf)))
            found[name] = PoolFigure(read_text(fields["title"]), plain)
        return found

    def owners(self) -> dict[str, Owner]:
        """File as shown → whose rule it holds: an included folder's, or an assumption laid over the pool's own."""
        own = Owner(self.region(), read_text(self.pool["name"]), assumed=True)
        owners = {self.shown[name]: own for name in self.files if name.startswith(ASSUMED)}
        for other, pool in self.others.items():
            owner = Owner(doc.text(pool["region"]), read_text(pool["name"]), assumed=False)
            owners |= {self.shown[name]: owner for name in self.files if folder_of(name) == other}
        return owners

    def region(self) -> str:
        code = doc.text(self.pool["region"])
        if code != NATION and not is_region(code):
            raise BadRegion(**self.pool["region"].place.facts, text=code)
        return code

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
        reader = ValueReader(self.vocabulary, self.sources[""])
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


def folder_of(name: str) -> str:
    """The other folder that an included subject comes from; empty for the pool's own."""
    return name.split("/", maxsplit=1)[0] if "/" in name else ""


def _word_history(reader: ValueReader, fields: Mapping[str, Node], name: str, known: tuple[str, ...]) -> Dated:
    return reader.history_of(name, fields[name], lambda leaf, _note: Leaf((doc.word(leaf, known),)))


def _month_day(node: Node) -> int:
    """``07-01`` as 701, so that it compares with ``month × 100 + day``."""
    text = doc.text(node)
    try:
        day = date.fromisoformat(f"2001-{text}")
    except ValueError:
        raise BadNumber(**node.place.facts, text=text, expected=Text("月日（如 01-01）", "a day like 01-01")) from None
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
