"""1301–1327 downloads of what changed in a national catalogue, 1901 code lists."""

from __future__ import annotations

from datetime import date

from yijie.domain import catalogue, files
from yijie.domain.catalogue import Changes
from yijie.interfaces.fsi.call import Call, Done, in_table, reads, writes
from yijie.interfaces.fsi.catalogue_files import CatalogueFile, catalogue_files
from yijie.interfaces.fsi.codelists import code_lists
from yijie.interfaces.fsi.errors import clipped
from yijie.kernel.region import NATION

EDITION_DAY = date(2024, 10, 14)
"""Of the interface edition whose code lists 1901 hands out."""
NO_PARENT = "0"
OPERATOR = "system"
VALID = "1"


@writes(*catalogue_files())
def download(call: Call) -> Done:
    """A file of what changed in a catalogue since the version the institution has; the same file for all who ask."""
    form = catalogue_files()[call.infno]
    newest = catalogue.latest_release()
    since = _release(call.one()["ver"], newest)
    name = f"{call.infno}_{since}_{newest}.zip"
    changes = Changes(form.source, form.lists, since, newest)
    stored = files.named(name, files.EVERYBODY) or _made(form, name, changes)
    return Done(
        in_table(
            call.infno,
            {
                "file_qury_no": stored.number,
                "filename": name,
                "dld_end_time": stored.until.date(),
                "dld_endtime": stored.until.date(),
                "data_cnt": catalogue.count_changes(changes),
            },
        )
    )


def _release(version: str, newest: int) -> int:
    """The release an institution's version names; anything else than one of ours means that it has nothing yet."""
    number = int(version) if version.isascii() and version.isdigit() else 0
    return number if number <= newest else 0


def _made(form: CatalogueFile, name: str, changes: Changes) -> files.Stored:
    entry = name.replace(".zip", ".txt")
    with files.write_table(entry, lambda write: catalogue.write_changes(changes, form.columns, write)) as table:
        return files.store(name, table.content, institution=files.EVERYBODY, region=NATION)


@reads("1901")
def codes(call: Call) -> Done:
    """A code list of the interface (字典表)."""
    row = call.one()
    chosen = code_lists().get(row["type"]) or code_lists().get(row["type"].lower())
    pairs = chosen.codes.items() if chosen and row["Vali_Flag"] == VALID else ()
    return Done(
        {
            "list": [
                {
                    "type": row["type"],
                    "label": clipped(meaning or code, 50),
                    "value": code,
                    "parentValue": NO_PARENT,
                    "sort": position,
                    "valiFlag": VALID,
                    "createUser": OPERATOR,
                    "createDate": EDITION_DAY,
                    "version": 1,
                }
                for position, (code, meaning) in enumerate(pairs, 1)
            ]
        }
    )
