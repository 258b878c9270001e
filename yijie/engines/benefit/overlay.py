"""Laying assumptions over a pool's files: what was taken for granted stands apart from what is published.

A file ``assumed/remote.yaml`` stands in for ``remote.yaml``; the entries of ``assumed/pool.yaml`` replace those of
``pool.yaml`` key by key, and within a mapping such as ``year`` or ``sources`` entry by entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import FileError

POOL_FILE = "pool.yaml"
SUFFIX = ".yaml"
ASSUMED = "assumed/"
INCLUDED = re.compile(r"[a-z0-9_-]+/[a-z0-9_-]+")


def lay_over(trees: Mapping[str, Node]) -> dict[str, Node]:
    """The trees by name with those of ``assumed/`` laid over the pool's own."""
    laid = {name: tree for name, tree in trees.items() if not name.startswith(ASSUMED)}
    for name, tree in trees.items():
        if name.startswith(ASSUMED):
            own = name.removeprefix(ASSUMED)
            laid[own] = _merged(laid[own], tree) if own == POOL_FILE and own in laid else tree
    return laid


def _merged(under: Node, over: Node) -> Node:
    """Entries of two ``pool.yaml``: those laid over win; mappings in both are joined."""
    entries = dict(doc.free_mapping(under))
    for key, node in doc.free_mapping(over).items():
        below = entries.get(key)
        if isinstance(node, doc.Mapping) and isinstance(below, doc.Mapping):
            entries[key] = doc.Mapping(node.place, {**below.entries, **node.entries})
        else:
            entries[key] = node
    return doc.Mapping(under.place, entries)


def included_subjects(files: Mapping[str, str]) -> list[str]:
    """Subjects of other folders that a pool's files include, as ``folder/subject``; none where that is not readable."""
    try:
        pool = lay_over({name: doc.parse(text, name) for name, text in files.items() if name.endswith(POOL_FILE)})
        listed = doc.items(doc.free_mapping(pool[POOL_FILE])["includes"])
        return [name for node in listed if INCLUDED.fullmatch(name := doc.text(node))]
    except (FileError, KeyError):
        return []
