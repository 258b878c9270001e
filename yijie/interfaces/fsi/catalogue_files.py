"""The files of 1301–1327: which list each carries and what stands in which column (``spec/catalogue_files.csv``).

Clients take the columns by position. What we do not know of an entry is ``null``; a concept imported with the columns
of its national file is handed out with all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from yijie.domain.catalogue import CONCEPTS, ITEMS

from .specfiles import spec_rows


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """The form of one download: source table, lists, and for each column the name of what it holds, or empty."""

    infno: str
    source: str
    lists: tuple[str, ...]
    columns: tuple[str, ...]
    basis: str


@cache
def catalogue_files() -> dict[str, CatalogueFile]:
    """Transaction number → form of its file."""
    return {row["infno"]: _file(row) for row in spec_rows("catalogue_files.csv")}


def _file(row: dict[str, str]) -> CatalogueFile:
    held = dict(pair.split("=") for pair in row["columns"].split())
    concepts = row["source"] == "concepts"
    columns = tuple(held.get(str(i), str(i + 1) if concepts else "") for i in range(int(row["width"])))
    return CatalogueFile(row["infno"], CONCEPTS if concepts else ITEMS, (row["lists"],), columns, row["basis"])
