"""Publishing a national list from its file: the form of 1307–1327, as the files of 13xx have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yijie.domain import catalogue, files
from yijie.domain.catalogue import CONCEPTS, ConceptRow
from yijie.kernel.errors import YijieError

from .catalogue_files import CatalogueFile, catalogue_files

READ_BYTES = 256 * 1024
OVER = "0"


class ListNotPublished(YijieError):
    """A number that names no list of this kind."""

    code = "catalogue.list_not_published"
    zh = "{infno} 不是可由文件发布的目录，可用：{known}"
    en = "{infno} is no list that is published from a file; use one of {known}"


def publish(infno: str, file: Path) -> int:
    """Put a list's entries in place as a new release, from a ZIP or text; returns how many changed."""
    forms = {number: form for number, form in catalogue_files().items() if form.source == CONCEPTS}
    if infno not in forms:
        raise ListNotPublished(infno=infno, known="、".join(forms))
    form = forms[infno]
    with files.read_table(file.name, _pieces(file), len(form.columns)) as lines:
        return catalogue.publish_concepts(form.lists[0], (_row(form, line) for line in lines))


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while piece := content.read(READ_BYTES):
            yield piece


def _row(form: CatalogueFile, values: list[str]) -> ConceptRow:
    at = {name: position for position, name in reversed(list(enumerate(form.columns)))}
    return ConceptRow(values[at["code"]], values[at["name"]], values, values[at["valid"]] != OVER)
