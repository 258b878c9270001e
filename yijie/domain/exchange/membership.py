"""Who belongs to the network: the hub keeps the directory, every node keeps the copy it last read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yijie.domain.transaction import execute, fetch, from_json, json_text
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

from .directory import forget_directory


@dataclass(frozen=True, slots=True)
class Card:
    """How a node presents itself: what the hub's operator is handed when it joins."""

    code: str
    role: str
    address: str
    public: str
    regions: tuple[str, ...] = ()


class RegionTaken(YijieError):
    """A region that another node holds; it is handed over, not taken."""

    code = "exchange.region_taken"
    zh = "地区 {prefix} 由节点 {node} 管理，请先办理移交（yijie hub move）"
    en = "region {prefix} is held by node {node}; hand it over with yijie hub move"


def admit(card: Card) -> None:
    """Write a node into the directory, or its new address; a key it has not shown before is good from now on.

    Older keys of the node stay good for a day, so that what is under way is still believed.
    """
    moment = now()
    execute(
        "INSERT INTO exchange_node (code, role, state, address) VALUES (%s, %s, 'active', %s)"
        " ON CONFLICT (code) DO UPDATE SET state = 'active', address = excluded.address",
        [card.code, card.role, card.address],
    )
    fresh = execute(
        "INSERT INTO exchange_nodekey (public, node, since, until) VALUES (%s, %s, %s, NULL) ON CONFLICT DO NOTHING",
        [card.public, card.code, moment],
    )
    if fresh:
        execute(
            "UPDATE exchange_nodekey SET until = %s WHERE node = %s AND public <> %s AND until IS NULL",
            [moment + KEYS_OVERLAP, card.code, card.public],
        )
    for prefix in card.regions:
        held = fetch("SELECT node FROM exchange_noderegion WHERE prefix = %s", [prefix])
        if held and held[0][0] != card.code:
            raise RegionTaken(prefix=prefix, node=held[0][0])
        execute(
            "INSERT INTO exchange_noderegion (prefix, node, moving_to) VALUES (%s, %s, '') ON CONFLICT DO NOTHING",
            [prefix, card.code],
        )
    forget_directory()


KEYS_OVERLAP = timedelta(days=1)


def retire(code: str) -> None:
    """A node leaves the network; it must hold no region any more."""
    held = fetch("SELECT prefix FROM exchange_noderegion WHERE node = %s", [code])
    if held:
        raise RegionTaken(prefix=held[0][0], node=code)
    execute("UPDATE exchange_node SET state = 'retired' WHERE code = %s", [code])
    forget_directory()


def moving(prefix: str, to: str) -> None:
    """A region begins to move (``to`` names the node), or has stopped moving (empty)."""
    execute("UPDATE exchange_noderegion SET moving_to = %s WHERE prefix = %s", [to, prefix])
    forget_directory()


def moved(prefix: str, to: str) -> None:
    """A region is held by another node from now on."""
    execute("UPDATE exchange_noderegion SET node = %s, moving_to = '' WHERE prefix = %s", [to, prefix])
    forget_directory()


def directory_out() -> dict[str, Any]:
    """The whole directory as it travels."""
    return {
        "nodes": [list(row) for row in fetch("SELECT code, role, state, address FROM exchange_node ORDER BY code")],
        "keys": [
            [public, node, since.isoformat(), until.isoformat() if until else None]
            for public, node, since, until in fetch(
                "SELECT public, node, since, until FROM exchange_nodekey ORDER BY public"
            )
        ],
        "regions": [
            list(row) for row in fetch("SELECT prefix, node, moving_to FROM exchange_noderegion ORDER BY prefix")
        ],
    }


def directory_in(said: dict[str, Any]) -> bool:
    """Take the hub's directory over in the running transaction; returns whether anything changed."""
    if said == directory_out():
        return False
    nodes = [dict(zip(("code", "role", "state", "address"), row, strict=True)) for row in said["nodes"]]
    keys = [dict(zip(("public", "node", "since", "until"), row, strict=True)) for row in said["keys"]]
    regions = [dict(zip(("prefix", "node", "moving_to"), row, strict=True)) for row in said["regions"]]
    if said["regions"] != directory_out()["regions"]:
        execute(
            "UPDATE exchange_contact SET cursors = '{}'"
        )  # who holds other regions wants other facts: from the start
    execute("DELETE FROM exchange_noderegion")
    execute("DELETE FROM exchange_nodekey")
    execute("DELETE FROM exchange_node")
    execute(
        "INSERT INTO exchange_node (code, role, state, address) SELECT * FROM json_to_recordset(%s::json)"
        " AS k (code text, role text, state text, address text)",
        [json_text(nodes)],
    )
    execute(
        "INSERT INTO exchange_nodekey (public, node, since, until) SELECT * FROM json_to_recordset(%s::json)"
        " AS k (public text, node text, since timestamptz, until timestamptz)",
        [json_text(keys)],
    )
    execute(
        "INSERT INTO exchange_noderegion (prefix, node, moving_to) SELECT * FROM json_to_recordset(%s::json)"
        " AS k (prefix text, node text, moving_to text)",
        [json_text(regions)],
    )
    forget_directory()
    return True


def locate(digest: str) -> str:
    """The node at which a person with a document's digest is registered; empty for nobody."""
    rows = fetch("SELECT node FROM exchange_locator WHERE digest = %s", [digest])
    return str(rows[0][0]) if rows else ""


def locators_in(node: str, digests: list[str]) -> None:
    """Remember where persons are registered."""
    execute(
        "INSERT INTO exchange_locator (digest, node) SELECT d, %s FROM unnest(%s::text[]) d"
        " ON CONFLICT (digest) DO UPDATE SET node = excluded.node",
        [node, digests],
    )


def cursors_of(node: str) -> dict[str, Any]:
    """How far each kind of a node's facts has been read: transaction and row, by kind."""
    rows = fetch("SELECT cursors FROM exchange_contact WHERE node = %s", [node])
    return dict(from_json(rows[0][0])) if rows else {}


def note_cursors(node: str, cursors: dict[str, Any]) -> None:
    """Remember how far each kind of a node's facts has been read."""
    execute(
        "INSERT INTO exchange_contact (node, error, cursors) VALUES (%s, '', %s)"
        " ON CONFLICT (node) DO UPDATE SET cursors = excluded.cursors",
        [node, json_text(cursors)],
    )


def read_until(node: str) -> datetime | None:
    """How far a node's facts have been read."""
    rows = fetch("SELECT read_until FROM exchange_contact WHERE node = %s", [node])
    return rows[0][0] if rows else None


def note_read(node: str, until: datetime) -> None:
    """Remember how far a node's facts have been read."""
    execute(
        "INSERT INTO exchange_contact (node, read_until, error) VALUES (%s, %s, '')"
        " ON CONFLICT (node) DO UPDATE SET read_until = excluded.read_until",
        [node, until],
    )
