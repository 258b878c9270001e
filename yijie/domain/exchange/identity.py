"""Who this process is in the network: nobody in particular (alone), or a node with a key file."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from yijie.kernel.sm import public_key_of

from .errors import KeyMissing

KEY_FILE = "YIJIE_NODE"
"""Environment variable that names the node's file; without it the process stands alone and holds every region."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A node's code, its signing key (SM2, hexadecimal), its hub's code; ``certificates`` are files for mutual TLS."""

    code: str
    private: str
    hub: str = ""
    certificate: str = ""
    certificate_key: str = ""
    authority: str = ""

    @property
    def public(self) -> str:
        """The public key that the directory must know."""
        return public_key_of(self.private)


_acting: contextvars.ContextVar[Identity | None] = contextvars.ContextVar("node", default=None)


def me() -> Identity | None:
    """The node this process is, or None where it stands alone."""
    return _acting.get() or _from_file(os.environ.get(KEY_FILE, ""))


def alone() -> bool:
    """Whether there is no network: every region is held here."""
    return me() is None


@cache
def _from_file(path: str) -> Identity | None:
    if not path:
        return None
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Identity)
    except (OSError, msgspec.DecodeError) as error:
        raise KeyMissing(path=path, why=error) from error


@contextmanager
def acting_as(identity: Identity) -> Iterator[None]:
    """Within the block this process is that node; for simulations of several nodes in one process."""
    token = _acting.set(identity)
    try:
        yield
    finally:
        _acting.reset(token)
