"""Which node holds a region, where it listens, and by which keys it signs.

Read from the node's own copy of the hub's directory and remembered for a few seconds: routing must not cost a query.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yijie.domain.transaction import fetch
from yijie.kernel.region import name_of

from .errors import RegionMoving, RegionNotJoined, SenderUnknown
from .identity import me

REMEMBERED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A node as the directory names it; keys with the period in which each is good."""

    code: str
    role: str
    state: str
    address: str
    keys: tuple[tuple[str, datetime, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """All nodes by code, and who holds which region prefix (with the node it is moving to, where it is)."""

    nodes: Mapping[str, Peer]
    regions: Mapping[str, tuple[str, str]]


_remembered: dict[str, tuple[float, Directory]] = {}


def directory() -> Directory:
    """The directory as this node last heard it."""
    code = getattr(me(), "code", "")
    held = _remembered.get(code)
    if held is None or time.monotonic() - held[0] > REMEMBERED_SECONDS:
        held = (time.monotonic(), _read())
        _remembered[code] = held
    return held[1]


def forget_directory() -> None:
    """Read anew at the next question; after the directory changed here."""
    _remembered.clear()


def _read() -> Directory:
    keys: dict[str, list[tuple[str, datetime, datetime | None]]] = {}
    for node, *key in fetch("SELECT node, public, since, until FROM exchange_nodekey ORDER BY since"):
        keys.setdefault(node, []).append((key[0], key[1], key[2]))
    nodes = {
        row[0]: Peer(*row, tuple(keys.get(row[0], ())))
        for row in fetch("SELECT code, role, state, address FROM exchange_node")
    }
    regions = {
        prefix: (node, moving_to)
        for prefix, node, moving_to in fetch("SELECT prefix, node, moving_to FROM exchange_noderegion")
    }
    return Directory(nodes, regions)


def prefix_of(region: str) -> str:
    """A region's code without the zeros that say "all of it": 510000 → 51, 510100 → 5101."""
    return region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region


def holder_of(region: str) -> str:
    """Code of the node that holds a region; empty where we stand alone.

    Raises :class:`RegionMoving` while the region is being handed over, :class:`RegionNotJoined` where nobody holds it.
    """
    if me() is None:
        return ""
    holder = _holder(region)
    if not holder:
        raise RegionNotJoined(region=name_of(region))
    return holder


def _holder(region: str) -> str:
    known = directory().regions
    for length in (6, 4, 2):
        held = known.get(region[:length])
        if held:
            if held[1]:
                raise RegionMoving(region=region)
            return held[0]
    return ""


def holds(node: str, region: str) -> bool:
    """Whether a node holds a region."""
    return _holder(region) == node


def is_here(region: str) -> bool:
    """Whether this process answers for a region itself."""
    identity = me()
    return identity is None or _holder(region) == identity.code


def regions_of(node: str) -> list[str]:
    """Region prefixes that a node holds."""
    return sorted(prefix for prefix, (holder, _) in directory().regions.items() if holder == node)


def peers() -> list[Peer]:
    """The other nodes that are not retired, the hub among them."""
    identity = me()
    return [p for p in directory().nodes.values() if identity and p.code != identity.code and p.state == "active"]


def peer(code: str) -> Peer:
    """A node by its code; refused where it is unknown or retired."""
    found = directory().nodes.get(code)
    if found is None or found.state != "active":
        raise SenderUnknown(node=code)
    return found
