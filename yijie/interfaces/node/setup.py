"""A node's folder: its key file, its own PostgreSQL, and its place in the directory."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec

from yijie.domain.exchange.identity import KEY_FILE
from yijie.kernel.errors import YijieError
from yijie.kernel.sm import new_private_key, public_key_of

FILE = "node.json"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a node's file holds; the first members are its identity."""

    code: str
    private: str
    hub: str
    certificate: str
    certificate_key: str
    authority: str
    address: str
    regions: tuple[str, ...]
    hub_address: str
    hub_public: str

    def host(self) -> str:
        """The name or address in ``address``, by which others ask for this node."""
        return httpx.URL(self.address).host

    def card(self) -> dict[str, object]:
        """How the node presents itself to the hub's operator."""
        return {
            "code": self.code,
            "role": "node" if self.hub else "hub",
            "address": self.address,
            "public": public_key_of(self.private),
            "regions": self.regions,
        }


class AlreadySetUp(YijieError):
    """The folder belongs to a node already."""

    code = "node.already_set_up"
    zh = "目录 {folder} 已是节点 {code}，未作改动"
    en = "folder {folder} belongs to node {code} already; nothing was changed"


class CardUnreadable(YijieError):
    """A file that is no node's card."""

    code = "node.card_unreadable"
    zh = "文件 {path} 不是节点名片：{why}"
    en = "{path} is no node's card: {why}"


def write(folder: Path, setup: Setup) -> Path:
    """Write a node's file, readable by its owner only. A folder that has one is left alone."""
    path = folder / FILE
    if path.exists():
        raise AlreadySetUp(folder=folder, code=read(folder).code)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(setup)))
    return path


def rotate(folder: Path) -> Setup:
    """Give a node a fresh key; the hub must admit its new card, the old key stays good for a day."""
    fresh = replace(read(folder), private=new_private_key())
    _write_anew(folder, fresh)
    return fresh


def follow_directory(folder: Path) -> Setup:
    """Let the node's file name the regions that the directory here says it holds: some may have been handed over.

    Regions that the directory does not know yet stay named; they are about to be admitted.
    """
    from yijie.domain.exchange.directory import directory  # noqa: PLC0415  wants Django started

    setup = read(folder)
    holders = {prefix: node for prefix, (node, _) in directory().regions.items()}
    own = [prefix for prefix in setup.regions if holders.get(prefix, setup.code) == setup.code]
    came = [prefix for prefix, node in sorted(holders.items()) if node == setup.code and prefix not in own]
    held = replace(setup, regions=(*own, *came))
    if held != setup:
        _write_anew(folder, held)
    return held


def _write_anew(folder: Path, setup: Setup) -> None:
    """Put another file in the place of a node's, at once."""
    path = folder / FILE
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(setup)))
    temporary.replace(path)


def read(folder: Path) -> Setup:
    """A node's file."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Setup)
    except (OSError, msgspec.DecodeError) as error:
        raise CardUnreadable(path=path, why=error) from error


def read_card(path: Path) -> dict[str, object]:
    """A card as ``yijie node init`` or ``yijie hub init`` printed it."""
    try:
        card = msgspec.json.decode(path.read_bytes())
        return {name: card[name] for name in ("code", "role", "address", "public", "regions")}
    except (OSError, msgspec.DecodeError, KeyError, TypeError) as error:
        raise CardUnreadable(path=path, why=error) from error


def become(folder: Path) -> Setup:
    """From now on this process is that node, on its own database (unless one is given)."""
    setup = read(folder)
    os.environ[KEY_FILE] = str(folder / FILE)
    os.environ["YIJIE_HOME"] = str(folder)
    return setup


def join(setup: Setup) -> None:
    """Write ourselves and our hub into our copy of the directory, so that the first question can be asked."""
    from yijie.domain import exchange  # noqa: PLC0415  wants Django started
    from yijie.domain.transaction import in_transaction  # noqa: PLC0415

    def work() -> None:
        exchange.admit(msgspec.convert(setup.card(), exchange.Card))
        if setup.hub:
            exchange.admit(exchange.Card(setup.hub, "hub", setup.hub_address, setup.hub_public))

    in_transaction(work)
