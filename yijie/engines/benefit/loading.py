"""Policy folders on disk: the one module of the engine that reads files."""

from __future__ import annotations

from pathlib import Path

from yijie.engines.benefit.errors import NotReadable
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.policy_errors import RegionTwice
from yijie.engines.benefit.read_policy import POOL_FILE, read_policy

FILE_BYTES_MAX = 1_000_000
FILES_MAX = 200


def load_policy(directory: str | Path) -> Policy:
    """The policy of one pool: ``pool.yaml`` and one ``.yaml`` file per subject in ``directory``.

    Raises :class:`yijie.engines.benefit.errors.FileError` subclasses that name file and line.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise NotReadable(place=str(folder), path="/", reason_zh="不是文件夹", reason_en="it is not a folder")
    paths = sorted(folder.glob("*.yaml"))
    if len(paths) > FILES_MAX:
        reason = {"reason_zh": f"文件超过 {FILES_MAX} 个", "reason_en": f"it holds more than {FILES_MAX} files"}
        raise NotReadable(place=str(folder), path="/", **reason)
    return read_policy({path.name: read_text_file(path) for path in paths}, str(folder))


def load_policies(root: str | Path) -> dict[str, Policy]:
    """Every pool folder directly below ``root`` (those with a ``pool.yaml``), by region code."""
    folders = sorted(path.parent for path in Path(root).glob(f"*/{POOL_FILE}"))
    if not folders:
        reason = {"reason_zh": "其中没有含 pool.yaml 的文件夹", "reason_en": "no folder in it holds a pool.yaml"}
        raise NotReadable(place=str(root), path="/", **reason)
    policies: dict[str, Policy] = {}
    for folder in folders:
        policy = load_policy(folder)
        if policy.region in policies:
            other = policies[policy.region].folder
            raise RegionTwice(place=f"{folder}/{POOL_FILE}:1", path="region", region=policy.region, other=other)
        policies[policy.region] = policy
    return policies


def read_text_file(path: Path) -> str:
    """Text of a UTF-8 file of bounded size; :class:`NotReadable` otherwise."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            reason = {"reason_zh": "文件过大", "reason_en": "it is too large"}
            raise NotReadable(place=str(path), path="/", **reason)
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        reason = {"reason_zh": "不是 UTF-8 编码", "reason_en": "it is not UTF-8"}
        raise NotReadable(place=str(path), path="/", **reason) from None
    except OSError as error:
        reason = {"reason_zh": error.strerror or "", "reason_en": error.strerror or ""}
        raise NotReadable(place=str(path), path="/", **reason) from None
