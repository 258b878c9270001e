"""A file that comes beside a message, as a part of a multipart form, and one that goes out instead of an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from yijie.domain import files


class Chunked(Protocol):
    """What a web framework hands over as an uploaded file: it may be read several times, piece by piece."""

    def chunks(self) -> Iterable[bytes]:
        """The content."""
        ...


@dataclass(frozen=True)
class Attachment:
    """An uploaded file."""

    uploaded: Chunked

    def chunks(self) -> Iterable[bytes]:
        """The content, piece by piece."""
        return self.uploaded.chunks()

    @cached_property
    def digest(self) -> str:
        """Hash of the content; it counts as content of the message."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Download:
    """A stored file on its way out."""

    stored: files.Stored

    def pieces(self) -> Iterator[bytes]:
        """The content, piece by piece."""
        return files.pieces(self.stored)
