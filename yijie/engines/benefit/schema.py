"""The form of policy files as JSON Schema, made from the primitives' own description, for editors.

Draft 07, which every editor knows: it completes keys and words and marks mistakes while they are made. What only a
reader of the whole folder can see (holes between dates, sources and words that nobody declared) stays with
``yijie policy check``.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from yijie.engines.benefit.explain import PARAMETER_LABELS
from yijie.engines.benefit.policy import CATALOGUES, STAY_RULES
from yijie.engines.benefit.primitives import PRIMITIVES
from yijie.engines.benefit.read_layers import TRUST
from yijie.engines.benefit.signature import GRAINS, Kind, Primitive
from yijie.engines.benefit.words import (
    BEYOND,
    CHANNELS,
    CLOSED_DIMENSIONS,
    DIMENSION_LABELS,
    NUMBER_DIMENSIONS,
    PARTS,
    PAYERS,
)
from yijie.kernel.region import NATION

Schema = dict[str, Any]

WORDS_LISTED: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
NUMBER = {"type": "number", "minimum": 0}
FIGURES: dict[Kind, Schema] = {
    Kind.AMOUNT: {
        "anyOf": [
            NUMBER,
            {"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$"},
            {"$ref": "#/definitions/share_of_figure"},
        ]
    },
    Kind.SHARE: {"type": "string", "pattern": r"^(100(\.0{1,6})?|\d{1,2}(\.\d{1,6})?)\s?%$"},
    Kind.POINTS: {"type": "string", "pattern": r"^-?(100(\.0{1,6})?|\d{1,2}(\.\d{1,6})?)\s?%$"},
    Kind.MULTIPLE: {"anyOf": [NUMBER, {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,6})?\s?%?$"}]},
    Kind.DAYS: {"type": "integer", "minimum": 1, "maximum": 3660},
    Kind.UNITS: NUMBER,
    Kind.TEXT: {"$ref": "#/definitions/text"},
    Kind.PARTS: {**WORDS_LISTED, "description": f"{', '.join((*PARTS, *BEYOND))}, or buckets of the pool"},
    Kind.SOME_PARTS: {**WORDS_LISTED, "description": f"{', '.join(PARTS)}, or buckets of the pool"},
    Kind.BUCKETS: {**WORDS_LISTED, "description": "buckets of the pool"},
    Kind.BANDS: {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/band"}},
    Kind.PHASES: {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/phase"}},
    Kind.GRAIN: {"enum": list(GRAINS)},
}
"""What a figure of each kind looks like as an editor reads it: YAML numbers, text, lists."""


def policy_schema() -> Schema:
    """The schema of any file in a policy folder: ``pool.yaml`` names a region, a subject pays or adjusts."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "医结政策文件 Yijie policy file",
        "if": {"required": ["region"]},
        "then": {"$ref": "#/definitions/pool"},
        "else": {
            "if": {"required": ["adjusts"]},
            "then": {"$ref": "#/definitions/adjuster"},
            "else": {"$ref": "#/definitions/layer"},
        },
        "definitions": {
            **_plain_parts(),
            **{name: part for kind in Kind for name, part in _values(kind).items()},
            **{f"step_{name}": _step(primitive) for name, primitive in PRIMITIVES.items()},
            "steps": {"type": "array", "minItems": 1, "items": _one_step()},
            "layer": _subject("pays_from", "for"),
            "adjuster": _subject("adjusts", "for", "steps"),
            "pool": _pool(),
        },
    }


def _object(required: list[str], properties: Schema, **more: Any) -> Schema:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False, **more}


def _any_keys(value: Schema) -> Schema:
    return {"type": "object", "additionalProperties": value}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _plain_parts() -> Schema:
    source = {"title": {"type": "string"}, "url": {"type": "string"}, "trust": {"enum": list(TRUST)}, "note": _TEXT}
    share = {**FIGURES[Kind.MULTIPLE], "description": "a share in per cent, such as 6%"}
    return {
        "date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "text": _object(["zh", "en"], {"zh": _TEXT, "en": _TEXT}),
        "sources": _any_keys(_object(["title", "url", "trust"], source)),
        "share_of_figure": _object(["share", "of"], {"share": share, "of": _TEXT}),
        "band": _object(["over", "share"], {"over": NUMBER, "to": NUMBER, "share": _ref("value_share")}),
        "phase": _object(
            ["over", "share"],
            {"over": NUMBER, "to": NUMBER, "share": _ref("value_share"), "most": _ref("value_amount")},
        ),
        "words_of_dimensions": _words_of_dimensions(),
        "condition": {
            "type": "object",
            "properties": {
                **{name: {"description": _label(name), **_chosen(words)} for name, words in CLOSED_DIMENSIONS.items()},
                **{name: {"description": _label(name), **_ranges()} for name in NUMBER_DIMENSIONS},
            },
            "additionalProperties": WORDS_LISTED,
        },
    }


_TEXT: Schema = {"type": "string", "minLength": 1}


def _words_of_dimensions() -> Schema:
    """The keys of a table over a dimension whose words are the same in every pool, or over whole numbers."""
    allowed = {name: "|".join((*words, "true", "false")) for name, words in CLOSED_DIMENSIONS.items()}
    patterns = {name: rf"^(by|else|({words})( *, *({words}))*)$" for name, words in allowed.items()}
    patterns |= dict.fromkeys(NUMBER_DIMENSIONS, r"^(by|else|\d{1,4}(-\d{1,4}|\+)?)$")
    return {
        "allOf": [
            {"if": {"properties": {"by": {"const": name}}}, "then": {"propertyNames": {"pattern": pattern}}}
            for name, pattern in patterns.items()
        ]
    }


def _label(dimension: str) -> str:
    return f"{DIMENSION_LABELS[dimension].zh} {DIMENSION_LABELS[dimension].en}"


def _chosen(words: tuple[str, ...]) -> Schema:
    """One of the words, or a list of them; editors read yes and no as words or as truth values."""
    known = [*words, True, False] if "yes" in words else list(words)
    return {"anyOf": [{"enum": known}, {"type": "array", "minItems": 1, "items": {"enum": known}}]}


def _ranges() -> Schema:
    span: Schema = {
        "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d{1,4}(-\d{1,4}|\+)?$"}]
    }
    return {"anyOf": [span, {"type": "array", "minItems": 1, "items": span}]}


def _values(kind: Kind) -> Schema:
    """A figure of a kind, alone or in a table, and its dated history."""
    name = kind.value
    branch = {"anyOf": [_ref(f"value_{name}"), {"const": "none"}]}
    table = {
        "type": "object",
        "required": ["by"],
        "minProperties": 2,
        "properties": {"by": {"type": "string", "description": "; ".join(map(_label, DIMENSION_LABELS))}},
        "additionalProperties": branch,
        "allOf": [_ref("words_of_dimensions")],
    }
    entry = _object(
        ["from", "value"],
        {
            "from": {**_ref("date"), "description": "施行日 first day"},
            "to": {**_ref("date"), "description": "最后一日 last day, if the rule ended"},
            "value": branch,
            "source": {**_TEXT, "description": "来源名称 name of a source"},
            "note": {**_TEXT, "description": "说明；缺口必须写 needed with a gap"},
        },
        anyOf=[{"required": ["source"]}, {"properties": {"value": {"const": "unknown"}}}],
    )
    return {
        f"value_{name}": {"anyOf": [FIGURES[kind], {"const": "unknown"}, table]},
        f"history_{name}": {"type": "array", "minItems": 1, "items": entry},
    }


def _one_step() -> Schema:
    known = {name: _ref(f"step_{name}") for name in PRIMITIVES}
    return _object([], known, minProperties=1, maxProperties=1)


def _step(primitive: type[Primitive]) -> Schema:
    """A step with its parameters, its forms and the names it gives."""
    properties: Schema = {"when": _ref("condition")}
    for parameter, kind in primitive.parameters.items():
        label = PARAMETER_LABELS[parameter]
        properties[parameter] = {**_ref(f"history_{kind.value}"), "description": f"{label.zh} {label.en}"}
    properties |= {form: {"enum": list(words)} for form, words in primitive.forms.items()}
    properties |= dict.fromkeys(primitive.names, _TEXT)
    return _object(
        [primitive.main, *primitive.must_say],
        properties,
        title=f"{primitive.label.zh} {primitive.label.en}",
        description=cleandoc(primitive.__doc__ or ""),
        dependencies={key: [needed] for key, needed in primitive.goes_with.items()},
    )


def _subject(payer: str, *required: str) -> Schema:
    properties = {
        "title": _ref("text"),
        payer: {"enum": list(PAYERS)},
        "for": _ref("condition"),
        "sources": _ref("sources"),
        "steps": _ref("steps"),
        "note": _TEXT,
    }
    return _object(["title", payer, *required], properties)


def _pool() -> Schema:
    names = _any_keys(_TEXT)
    listed = {"type": "array", "minItems": 1, "items": _TEXT}
    figure = _object(["title", "amount"], {"title": _ref("text"), "amount": _ref("history_amount")})
    catalogues = _object([], {channel: _worded(CATALOGUES) for channel in CHANNELS})
    year = {"begins": _worded(None), "stay_belongs_to": _worded(STAY_RULES)}
    return _object(
        ["region", "name"],
        {
            "region": {"type": "string", "pattern": r"^\d{6}$"},
            "name": _ref("text"),
            "chain": listed,
            "includes": {**listed, "items": {"type": "string", "pattern": r"^[a-z0-9_-]+/[a-z0-9_-]+$"}},
            "sources": _ref("sources"),
            "words": _any_keys(names),
            "assume": _any_keys({"anyOf": [_TEXT, {"type": "boolean"}]}),
            "disease_codes": _any_keys(listed),
            "buckets": names,
            "units": names,
            "figures": _any_keys(figure),
            "year": _object([], year),
            "catalogue": catalogues,
            "first_self_pay": catalogues,
            "gaps": {"type": "array", "minItems": 1, "items": _ref("text")},
            "note": _TEXT,
        },
        anyOf=[{"required": ["chain"]}, {"properties": {"region": {"const": NATION}}}],
    )


def _worded(words: tuple[str, ...] | None) -> Schema:
    """A dated word, or a day of the year."""
    value: Schema = {"type": "string", "pattern": r"^\d{2}-\d{2}$"} if words is None else {"enum": list(words)}
    known = {"anyOf": [value, {"enum": ["unknown", "none"]}]}
    dated = {"from": _ref("date"), "to": _ref("date"), "value": known, "source": _TEXT, "note": _TEXT}
    return {"type": "array", "minItems": 1, "items": _object(["from", "value"], dated)}
