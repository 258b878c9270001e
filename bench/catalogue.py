"""Downloading a whole catalogue (1301): time and memory, against the database writing the same lines alone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from bench.place import PORT, nation, serving

ITEMS = 200_000
ADDRESS = f"http://127.0.0.1:{PORT}/fsi/api/rsfComIfsService/callService"
MIB = 1024 * 1024
GROWTH_MIB_MAX = 64
"""What serving may take beyond what it takes for a small catalogue; the file itself is larger than that unzipped."""


def _items(count: int) -> Iterator[object]:
    from yijie.domain.catalogue import ItemRow

    for number in range(count):
        yield ItemRow(
            f"XZ{number:021d}",
            f"样例药品第{number}号注射用粉针剂",
            "101",
            "09",
            "0.5g×10支/盒",
            "注射剂",
            f"样例制药有限公司第{number % 900}厂",
            "盒",
            False,
            False,
            False,
            True,
        )


def _message(infno: str, payload: dict[str, object], number: int) -> bytes:
    from yijie.interfaces.demo.his import HospitalSystem
    from yijie.interfaces.sample import institutions

    code = institutions.BEIJING_TERTIARY
    desk = HospitalSystem(f"http://127.0.0.1:{PORT}", code, "基准测试", code[1:7])
    try:
        return desk.message(infno, payload, msgid=f"BENCH{number:020d}")
    finally:
        desk.close()


def _download(client: httpx.Client, version: str, number: int) -> tuple[float, int, int]:
    """Seconds from asking to the last byte, entries, bytes of the ZIP; the content is not kept."""
    began = time.perf_counter()
    said = client.post(ADDRESS, content=_message("1301", {"data": {"ver": version}}, number)).json()
    assert said["infcode"] == 0, said["err_msg"]
    output = said["output"]
    row = {"file_qury_no": output["file_qury_no"], "filename": output["filename"], "fixmedins_code": "plc"}
    size = 0
    with client.stream("POST", ADDRESS, content=_message("9102", {"fsDownloadIn": row}, number)) as response:
        for chunk in response.iter_bytes():
            size += len(chunk)
    return time.perf_counter() - began, int(output["data_cnt"]), size


def _written_alone() -> float:
    """Seconds the database needs to write the same lines to us, with nothing done to them."""
    from yijie.domain import catalogue
    from yijie.domain.catalogue import Changes
    from yijie.interfaces.fsi.catalogue_files import catalogue_files

    form = catalogue_files()["1301"]
    changes = Changes(form.source, form.lists, 0, catalogue.latest_release())
    began = time.perf_counter()
    catalogue.write_changes(changes, form.columns, len)
    return time.perf_counter() - began


def _peak_bytes(server: subprocess.Popen[bytes]) -> int:
    """The most memory the serving processes ever held, as Linux counts it."""
    parent = psutil.Process(server.pid)
    family = [parent, *parent.children(recursive=True)]
    lines = [line for process in family for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def run(*, quick: bool) -> None:
    """The first download of everything ÷ the database writing the lines; the second finds the file made."""
    count = 2_000 if quick else ITEMS
    with nation(200), serving(workers=1) as server:
        from yijie.domain import catalogue

        with httpx.Client(trust_env=False, timeout=600) as client:
            _download(client, "0", 1)
            before = _peak_bytes(server)
            catalogue.load_items(_items(count))
            alone = _written_alone()
            seconds, entries, size = _download(client, "0", 2)
            after = _peak_bytes(server)
            again, _, _ = _download(client, "0", 3)
    growth = (after - before) / MIB
    print(f"  {entries:,} entries, {size / MIB:.1f} MiB zipped: {seconds:.2f} s first, {again:.2f} s from then on")
    print(
        f"  most memory the server held: {before / MIB:.1f} MiB for a small catalogue, {after / MIB:.1f} MiB for this"
    )
    assert entries >= count
    assert growth < GROWTH_MIB_MAX, "memory grows with the catalogue"
    print(f"bench catalogue: ratio {seconds / alone:.2f} against the database writing the same lines alone")
