"""The folder that ``yijie policy new`` writes: every usual subject, every figure a declared gap, with comments."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from string import Template

from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.read_policy import read_policy
from yijie.engines.benefit.schema import policy_schema
from yijie.engines.benefit.schema_of_pool import pool_schema
from yijie.kernel.errors import YijieError

SCHEMA_FILE = "policy.schema.json"
EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""Tells editors with a YAML language server which schema a file follows."""
TEMPLATE = Path(__file__).with_name("policy_template")


class FolderNotEmpty(YijieError):
    """A new policy is written into a new or empty folder only."""

    code = "policy.folder_not_empty"
    zh = "{folder} 已有内容，不会覆盖；请换一个新文件夹"
    en = "{folder} is not empty and nothing is overwritten; name a new folder"


def write_new_policy(folder: Path, region: str, zh: str, en: str, since: date) -> list[str]:
    """Write the folder and return the names of its files.

    What would be written is read as a policy first, so a wrong region code or name leaves nothing behind.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    facts = {
        "region": region,
        "zh": json.dumps(zh, ensure_ascii=False)[1:-1],
        "en": json.dumps(en)[1:-1],
        "since": since,
    }
    files = {
        path.name: EDITOR_LINE + Template(path.read_text(encoding="utf-8")).substitute(facts)
        for path in sorted(TEMPLATE.glob("*.yaml"))
    }
    files[SCHEMA_FILE] = schema_text(read_policy(files, str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return list(files)


def schema_text(policy: Policy | None = None) -> str:
    """The JSON Schema of policy files, as it is shipped beside the packs; of one pool's with the words it declares."""
    schema = pool_schema(policy.vocabulary) if policy else policy_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
