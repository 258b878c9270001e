"""Policy folders on disk: the one module of the engine that reads files."""

from __future__ import annotations

from pathlib import Path

from yijie.engines.benefit.errors import NotReadable
from yijie.engines.benefit.overlay import ASSUMED, POOL_FILE, SUFFIX, included_subjects
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.policy_errors import RegionTwice
from yijie.engines.benefit.read_policy import read_policy
from yijie.kernel.language import Text

FILE_BYTES_MAX = 1_000_000
FILES_MAX = 200


def load_policy(directory: str | Path, over: Path | None = None, shown: str | None = None) -> Policy:
    """The policy of one pool: ``pool.yaml`` and one ``.yaml`` file per subject in ``directory``.

    ``over`` is a folder of assumptions laid over it, files by the same names. In messages the folder goes by ``shown``,
    or as it was given. Raises :class:`yijie.engines.benefit.errors.FileError` subclasses that name file and line.
    """
    folder, shown = Path(directory), shown or str(directory)
    if not folder.is_dir():
        raise NotReadable(place=str(folder), path="/", reason=Text("不是文件夹", "it is not a folder"))
    files = {name: f"{shown}/{name}" for name in _yaml_files(folder)}
    texts = {name: read_text_file(folder / name, label) for name, label in files.items()}
    if over is not None and over.is_dir():
        for name in _yaml_files(over):
            files[ASSUMED + name] = f"{over.parent.name}/{over.name}/{name}"
            texts[ASSUMED + name] = read_text_file(over / name)
    for name, path in _included(texts, folder.parent).items():
        files[name] = str(Path(shown).parent / name)
        texts[name] = read_text_file(path, files[name])
    return read_policy(texts, shown, files)


def load_policies(root: str | Path, over: Path | None = None, *, relative: bool = False) -> dict[str, Policy]:
    """Every pool folder directly below ``root`` (those with a ``pool.yaml``), by region code.

    ``over`` holds folders of assumptions by the same names. With ``relative`` messages name files as seen from
    ``root``: a decision that travels between regions does not say where a server keeps its files.
    """
    folders = sorted(path.parent for path in Path(root).glob(f"*/{POOL_FILE}"))
    if not folders:
        reason = Text("其中没有含 pool.yaml 的文件夹", "no folder in it holds a pool.yaml")
        raise NotReadable(place=str(root), path="/", reason=reason)
    policies: dict[str, Policy] = {}
    for folder in folders:
        policy = load_policy(folder, over / folder.name if over else None, folder.name if relative else None)
        if policy.region in policies:
            other = policies[policy.region].folder
            raise RegionTwice(place=f"{policy.folder}/{POOL_FILE}:1", path="region", region=policy.region, other=other)
        policies[policy.region] = policy
    return policies


def _yaml_files(folder: Path) -> list[str]:
    names = sorted(path.name for path in folder.glob(f"*{SUFFIX}"))
    if len(names) > FILES_MAX:
        reason = Text(f"文件超过 {FILES_MAX} 个", f"it holds more than {FILES_MAX} files")
        raise NotReadable(place=str(folder), path="/", reason=reason)
    return names


def _included(texts: dict[str, str], beside: Path) -> dict[str, Path]:
    """Files of other folders that ``pool.yaml`` includes, with the ``pool.yaml`` of those folders.

    What is not there, or not well written, is left to the reader to complain about.
    """
    found: dict[str, Path] = {}
    for subject in included_subjects(texts)[:FILES_MAX]:
        for name in (f"{subject}{SUFFIX}", f"{subject.split('/')[0]}/{POOL_FILE}"):
            if (beside / name).is_file():
                found[name] = beside / name
    return found


def read_text_file(path: Path, shown: str | None = None) -> str:
    """Text of a UTF-8 file of bounded size; :class:`NotReadable` otherwise."""
    place = shown or str(path)
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            reason = Text("文件过大", "it is too large")
            raise NotReadable(place=place, path="/", reason=reason)
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        reason = Text("不是 UTF-8 编码", "it is not UTF-8")
        raise NotReadable(place=place, path="/", reason=reason) from None
    except OSError as error:
        raise NotReadable(place=place, path="/", reason=error.strerror or "") from None
