"""Storing a file piece by piece and handing it out the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from yijie.domain.transaction import execute, fetch
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.ids import new_id, parse_public_id, public_id

from .errors import FileEmpty, FileTooLarge, FileUnknown

EVERYBODY = "plc"
"""Owner of files that every institution may fetch: the interface fetches catalogues under this institution code."""
FILE_BYTES_MAX = 200 * 2**20
PIECE_BYTES = 256 * 1024
KEPT = timedelta(days=30)
"""How long a file may be fetched."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is there whole."""

    id: int
    region: str
    institution: str
    name: str
    size: int
    digest: str
    until: datetime

    @property
    def number(self) -> str:
        """The file's public number (file_qury_no)."""
        return public_id(self.region, self.id)


COLUMNS = "id, region, institution, name, size, digest, until"


def store(name: str, content: Iterable[bytes], *, institution: str, region: str) -> Stored:
    """Store a file in the running transaction, one piece at a time in memory; an empty one is refused."""
    moment = now()
    number, digest, size = new_id(moment), hashlib.sha256(), 0
    execute(
        "INSERT INTO files_file (id, region, institution, name, size, digest, stored_at, until)"
        " VALUES (%s, %s, %s, %s, 0, '', %s, %s)",
        [number, region, institution, name, moment, moment + KEPT],
    )
    for position, piece in enumerate(_pieces_of(content)):
        size += len(piece)
        if size > FILE_BYTES_MAX:
            raise FileTooLarge(name=name, bytes_max=FILE_BYTES_MAX)
        digest.update(piece)
        execute("INSERT INTO files_piece (file_id, position, content) VALUES (%s, %s, %s)", [number, position, piece])
    if size == 0:
        raise FileEmpty(name=name)
    execute("UPDATE files_file SET size = %s, digest = %s WHERE id = %s", [size, digest.hexdigest(), number])
    return Stored(number, region, institution, name, size, digest.hexdigest(), moment + KEPT)


def _pieces_of(content: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for part in content:
        held += part
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


def find(number: str, institution: str) -> Stored:
    """The file with a public number, which must be this institution's or everybody's and not yet expired."""
    named_id = parse_public_id(number)
    rows = named_id and fetch(
        f"SELECT {COLUMNS} FROM files_file WHERE id = %s AND region = %s AND institution = ANY(%s) AND until > %s",
        [named_id[1], named_id[0], [institution, EVERYBODY], now()],
    )
    if not rows:
        raise FileUnknown(number=number)
    return _stored(rows[0])


def named(name: str, institution: str) -> Stored | None:
    """The newest file of that name which an institution may still fetch for a day at least.

    Locks the name until the transaction ends, so that two who find nothing do not both make the file.
    """
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file {institution} {name}"])
    rows = fetch(
        f"SELECT {COLUMNS} FROM files_file WHERE institution = %s AND name = %s AND until > %s"
        " ORDER BY id DESC LIMIT 1",
        [institution, name, now() + timedelta(days=1)],
    )
    return _stored(rows[0]) if rows else None


def _stored(row: tuple[object, ...]) -> Stored:
    *rest, until = row
    return Stored(*rest, until=in_shanghai(until))  # type: ignore[arg-type]


def pieces(stored: Stored) -> Iterator[bytes]:
    """The file's content, piece by piece."""
    position = 0
    while rows := fetch("SELECT content FROM files_piece WHERE file_id = %s AND position = %s", [stored.id, position]):
        yield bytes(rows[0][0])
        position += 1


def remove_expired() -> int:
    """Remove files whose time is over, with their content; returns how many."""
    return execute(
        "WITH gone AS (SELECT id FROM files_file WHERE until <= %s), emptied AS ("
        "DELETE FROM files_piece WHERE file_id IN (SELECT id FROM gone))"
        " DELETE FROM files_file WHERE id IN (SELECT id FROM gone)",
        [now()],
    )
