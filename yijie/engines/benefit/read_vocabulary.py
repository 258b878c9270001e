"""The words that ``pool.yaml`` declares: dimensions of the pool's own, diseases and their codes, buckets, units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.policy_errors import DimensionTaken, DiseaseUndeclared, UnitTaken
from yijie.engines.benefit.words import (
    CLOSED_DIMENSIONS,
    COMMON_UNITS,
    NUMBER_DIMENSIONS,
    OPEN_DIMENSIONS,
    UNCLEAR,
    Vocabulary,
)
from yijie.kernel.language import Text

Pool = Mapping[str, Node]


def read_vocabulary(pools: Sequence[Pool]) -> Vocabulary:
    """The words of several ``pool.yaml`` together: those of included folders first, the pool's own last."""
    declared: dict[str, dict[str, Text]] = {dimension: {} for dimension in OPEN_DIMENSIONS}
    buckets: dict[str, Text] = {}
    units: dict[str, Text] = {}
    for pool in pools:
        for dimension, names in _declared(pool).items():
            declared.setdefault(dimension, {}).update(names)
        buckets |= _names(pool, "buckets")
        units |= _units(pool)
    codes: dict[str, str] = {}
    for pool in pools:
        codes |= _disease_codes(pool, declared["disease"])
    return Vocabulary(declared, buckets, codes, units)


def _declared(pool: Pool) -> dict[str, dict[str, Text]]:
    if "words" not in pool:
        return {}
    declared = {}
    for dimension, node in doc.free_mapping(pool["words"]).items():
        if dimension in CLOSED_DIMENSIONS or dimension in NUMBER_DIMENSIONS:
            raise DimensionTaken(**node.place.facts, dimension=dimension)
        declared[dimension] = _read_names(node)
    return declared


def _disease_codes(pool: Pool, diseases: Mapping[str, Text]) -> dict[str, str]:
    """Beginnings of national disease codes by the word they stand for, turned round."""
    if "disease_codes" not in pool:
        return {}
    entries = doc.free_mapping(pool["disease_codes"])
    for word, node in entries.items():
        if word not in diseases and word != UNCLEAR:
            raise DiseaseUndeclared(**node.place.facts, word=word, known=", ".join(diseases) or "–")
    return {doc.text(code): word for word, node in entries.items() for code in doc.items(node)}


def _units(pool: Pool) -> dict[str, Text]:
    units = _names(pool, "units")
    for name in units.keys() & COMMON_UNITS.keys():
        raise UnitTaken(**doc.free_mapping(pool["units"])[name].place.facts, unit=name)
    return units


def _names(pool: Pool, key: str) -> dict[str, Text]:
    return _read_names(pool[key]) if key in pool else {}


def _read_names(node: Node) -> dict[str, Text]:
    """``{word: Chinese name}``."""
    return {word: Text(doc.text(name), word.replace("_", " ")) for word, name in doc.free_mapping(node).items()}
