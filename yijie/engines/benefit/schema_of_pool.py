"""The JSON Schema of one pool's files: like :func:`policy_schema`, with the words the pool declares to choose from.

Groups, tiers, diseases, units and named sums become lists in the editor, and a word that ``pool.yaml`` does not declare
is marked as it is typed. The file is made anew (``yijie policy schema --pool P``) when ``pool.yaml`` declares others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from yijie.engines.benefit.schema import Schema, policy_schema
from yijie.engines.benefit.signature import EACH, UNIT, Kind
from yijie.engines.benefit.words import BEYOND, NUMBER_DIMENSIONS, PARTS, UNCLEAR, Vocabulary

FOR_EACH = "for_each"


def pool_schema(vocabulary: Vocabulary) -> Schema:
    """The schema of the files of a pool with this vocabulary."""
    schema = policy_schema()
    parts: Schema = schema["definitions"]
    words = {dimension: vocabulary.words(dimension) for dimension in vocabulary.declared}
    parts["condition"]["properties"] |= {dimension: _some_of(known) for dimension, known in words.items()}
    parts["condition"]["additionalProperties"] = False
    parts["words_of_dimensions"]["allOf"] += [_keys_of(dimension, known) for dimension, known in words.items()]
    for kind in Kind:
        parts[f"value_{kind.value}"]["anyOf"][2]["properties"]["by"]["enum"] = list(vocabulary.dimensions)
    sums = tuple(vocabulary.buckets)
    for kind, named in (
        (Kind.PARTS, (*PARTS, *BEYOND, *sums)),
        (Kind.SOME_PARTS, (*PARTS, *sums)),
        (Kind.BUCKETS, sums),
    ):
        parts[f"value_{kind.value}"]["anyOf"][0] = _some_of(named)
    names = {UNIT: _one_of(vocabulary.units), FOR_EACH: _one_of(vocabulary.units)}
    names[EACH] = _one_of(dimension for dimension in vocabulary.dimensions if dimension not in NUMBER_DIMENSIONS)
    for definition, step in parts.items():
        if definition.startswith("step_"):
            step["properties"] |= {name: known for name, known in names.items() if name in step["properties"]}
    pool = parts["pool"]["properties"]
    pool["assume"] |= {"properties": {dimension: _one_of(known) for dimension, known in words.items()}}
    pool["assume"]["additionalProperties"] = False
    pool["disease_codes"]["propertyNames"] = {"enum": [*vocabulary.declared["disease"], UNCLEAR]}
    return schema


def _one_of(words: Iterable[str]) -> Schema:
    """One of the words; those that look like numbers or truth values also as an editor reads them."""
    known: list[str | int | bool] = []
    for word in words:
        known += [word, int(word)] if word.isdecimal() else [word]
        known += [word == "yes"] if word in ("yes", "no") else []
    return {"enum": known}


def _some_of(words: Iterable[str]) -> Schema:
    one = _one_of(words)
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}


def _keys_of(dimension: str, words: Iterable[str]) -> Schema:
    """The keys of a table over a dimension: its words, several with commas between them."""
    word = "|".join(map(re.escape, (*words, "true", "false")))
    pattern = rf"^(by|else|({word})( *, *({word}))*)$"
    return {"if": {"properties": {"by": {"const": dimension}}}, "then": {"propertyNames": {"pattern": pattern}}}
