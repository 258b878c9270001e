"""Reading YAML or JSON text so that every value knows its file, line and path, and numbers stay the text they were.

Only the plain data part of YAML is accepted: mappings, lists and scalars. Nothing is converted on the way, so
``85%``, ``1300.50`` and ``0.1`` reach their reader exactly as written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

import yaml

from yijie.engines.benefit.errors import (
    AliasFound,
    BadSyntax,
    DuplicateKey,
    EmptyList,
    MissingKey,
    SplitNumber,
    TooDeep,
    UnknownKey,
    UnknownWord,
    WrongShape,
)
from yijie.kernel.language import Text

NESTING_MAX = 24
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
YES_NO = {"yes": True, "true": True, "no": False, "false": False}
SHAPES = {
    "mapping": Text("键值对", "a mapping"),
    "list": Text("列表", "a list"),
    "text": Text("单个值", "a single value"),
}

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser where PyYAML was built with it: ten times faster


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: file, line from 1, and the path of keys inside the file.

    A mapping or list under a key stands where its key does.
    """

    file: str
    line: int
    path: str

    @property
    def facts(self) -> dict[str, str]:
        """The facts every :class:`FileError` needs."""
        return {"place": f"{self.file}:{self.line}", "path": self.path or "/"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text. ``plain`` means written without quotes, so that ``null`` and ``"null"`` differ."""

    place: Place
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping with text keys, in written order."""

    place: Place
    entries: dict[str, Node]


Node: TypeAlias = Scalar | Sequence | Mapping


def parse(text: str, file: str) -> Node:
    """The tree of a document. Raises :class:`FileError` subclasses for syntax, aliases, duplicates and deep nesting."""
    if file.endswith(".json"):
        text = text.replace(
            "\t", " "
        )  # JSON allows tabs between values, YAML does not; inside JSON strings they are \t
    try:
        return _Builder(text, file).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadSyntax(place=f"{file}:{line}", path="/", reason=error.problem or error.context) from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise BadSyntax(place=f"{file}:1", path="/", reason=reason) from None


class _Builder:
    """Builds the tree from parser events; recursion is bounded by ``NESTING_MAX``."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        self.depth = 0

    def document(self) -> Node:
        event = next(self.events)
        while not isinstance(event, yaml.NodeEvent | yaml.StreamEndEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return Scalar(Place(self.file, 1, ""), "", plain=True)
        root = self.node(event, "")
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise BadSyntax(**self.place(event, "").facts, reason="more than one document")
        return root

    def node(self, event: yaml.Event, path: str, key: Place | None = None) -> Node:
        """The node that an event begins; ``key`` is where its key stands, if it has one."""
        place = self.place(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(place, event.value, plain=event.implicit[0])
        if isinstance(event, yaml.AliasEvent):
            raise AliasFound(**place.facts)
        self.depth += 1
        if self.depth > NESTING_MAX:
            raise TooDeep(**place.facts, limit=NESTING_MAX)
        place = Place(place.file, key.line, path) if key else place
        node = self.sequence(place) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(place)
        self.depth -= 1
        return node

    def sequence(self, place: Place) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, f"{place.path}[{len(items)}]"))
        return Sequence(place, tuple(items))

    def mapping(self, place: Place) -> Mapping:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            here = self.place(event, place.path)
            if not isinstance(event, yaml.ScalarEvent):
                raise WrongShape(**here.facts, expected=SHAPES["text"], found=SHAPES["mapping"])
            key = event.value
            if key in entries:
                raise DuplicateKey(**here.facts, key=key)
            entries[key] = self.node(next(self.events), f"{place.path}.{key}" if place.path else key, here)
        return Mapping(place, entries)

    def place(self, event: yaml.Event, path: str) -> Place:
        return Place(self.file, (event.start_mark.line if event.start_mark else 0) + 1, path)


def mapping(node: Node, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> dict[str, Node]:
    """Entries of a mapping that must have the ``required`` keys and may have the ``optional`` ones, no others."""
    entries = free_mapping(node)
    known = tuple(dict.fromkeys((*required, *optional)))
    for key, value in entries.items():
        if key not in known:
            if key.isdigit() and is_null(value):
                raise SplitNumber(**value.place.facts, key=key)
            raise UnknownKey(**value.place.facts, key=key, known=", ".join(known), meant=_meant(key, known))
    for key in required:
        if key not in entries:
            raise MissingKey(**node.place.facts, key=key)
    return entries


def free_mapping(node: Node) -> dict[str, Node]:
    """Entries of a mapping whose keys are the writer's own."""
    if not isinstance(node, Mapping):
        raise WrongShape(**node.place.facts, expected=SHAPES["mapping"], found=_shape(node))
    return node.entries


def items(node: Node) -> tuple[Node, ...]:
    """Entries of a list, at least one."""
    if not isinstance(node, Sequence):
        raise WrongShape(**node.place.facts, expected=SHAPES["list"], found=_shape(node))
    if not node.items:
        raise EmptyList(**node.place.facts)
    return node.items


def text(node: Node) -> str:
    """A scalar's text, not empty."""
    if not isinstance(node, Scalar):
        raise WrongShape(**node.place.facts, expected=SHAPES["text"], found=_shape(node))
    if not node.text.strip():
        raise EmptyList(**node.place.facts)
    return node.text.strip()


def word(node: Node, known: tuple[str, ...]) -> str:
    """A scalar that is one of ``known``."""
    found = text(node)
    if found not in known:
        raise UnknownWord(**node.place.facts, word=found, known=", ".join(known), meant=_meant(found, known))
    return found


def words(node: Node, known: tuple[str, ...]) -> tuple[str, ...]:
    """One known word, or a list of them."""
    if isinstance(node, Sequence):
        return tuple(word(item, known) for item in items(node))
    return (word(node, known),)


def yes_no(node: Node) -> bool:
    """yes, no, true or false."""
    return YES_NO[word(node, tuple(YES_NO))]


def is_null(node: Node) -> bool:
    """Whether a value is written as nothing: empty, ``~`` or ``null`` without quotes."""
    return isinstance(node, Scalar) and node.plain and node.text in NULLS


def _meant(found: str, known: tuple[str, ...]) -> Text:
    """The known word that a mistyped one comes nearest to, as part of a message; nothing where none is near."""
    near = get_close_matches(found, known, n=1, cutoff=0.75)
    return Text(f"（是否应为“{near[0]}”？）", f" (did you mean {near[0]!r}?)") if near else Text("", "")


def _shape(node: Node) -> Text:
    return SHAPES["mapping" if isinstance(node, Mapping) else "list" if isinstance(node, Sequence) else "text"]
