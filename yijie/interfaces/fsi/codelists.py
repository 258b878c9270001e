"""The 300 code lists of chapter 6, and which list checks which field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from yijie.interfaces.fsi.amending import amended_list
from yijie.interfaces.fsi.specfiles import code_documents


@dataclass(frozen=True, slots=True, eq=False)
class CodeList:
    """One code list: its name in the interface, its Chinese name, code → meaning, and other writings → code."""

    name: str
    label: str
    codes: dict[str, str]
    aliases: dict[str, str]


@cache
def code_lists() -> dict[str, CodeList]:
    """All code lists with our amendments, by name."""
    lists = {}
    for printed, document in code_documents().items():
        pairs = [(code, meaning) for code, meaning in document["codes"]]
        name, pairs, aliases = amended_list(printed, pairs)
        lists[name] = CodeList(name, document["name"], dict(pairs), aliases)
    return lists


def list_for(field: str, named: str) -> CodeList | None:
    """The list that checks a coded field: the one it names, else the one of its own name (camelCase as snake_case).

    None where the document marks the field as coded but prints no such list: its values are not checked.
    """
    lists = code_lists()
    return lists.get(named) or lists.get(field) or lists.get(_snake_case(field))


def _snake_case(name: str) -> str:
    return re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name).strip("_").replace("__", "_").lower()
