"""The journey across provinces: three nodes and a hub, each a process with a database of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import typer

from yijie.interfaces.demo.narrator import Narrator
from yijie.interfaces.demo.stage import ServerDidNotStart, wait_for
from yijie.interfaces.node import setup
from yijie.interfaces.sample import PEOPLE
from yijie.interfaces.server.postgres import data_home
from yijie.interfaces.server.start import HOST, open_database, require_port
from yijie.kernel.errors import YijieError
from yijie.kernel.sm import new_private_key

PROVINCES = (("node-11", ("11",)), ("node-51", ("51", "42", "33", "31")), ("node-44", ("44",)))
"""Beijing by itself; Sichuan with Hubei, Zhejiang and Shanghai, as one node may hold several; Guangdong."""
POSITIONS_SECONDS_MAX = 30.0


class NodesNotOffered(YijieError):
    """The demonstration knows one process, or three provinces and a hub."""

    code = "demo.nodes_not_offered"
    zh = "演示只支持 NODES=3（三省节点与枢纽），或不写 NODES（单进程）"
    en = "the demonstration offers NODES=3 (three provinces and a hub), or none for a single process"


@dataclass(frozen=True, slots=True)
class Member:
    """A node of the demonstration: its folder and where it listens."""

    code: str
    home: Path
    port: int
    regions: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where hospitals and nodes reach it."""
        return f"http://{HOST}:{self.port}"

    def serving(self) -> list[str]:
        """The command that serves as this node."""
        return [sys.executable, "-m", "yijie", "node", "start", "--home", str(self.home), "--port", str(self.port)]

    def environment(self) -> dict[str, str]:
        """The environment in which commands act as this node."""
        without = {name: value for name, value in os.environ.items() if name != "YIJIE_DATABASE_URL"}
        return without | {"YIJIE_HOME": str(self.home), "YIJIE_NODE": str(self.home / setup.FILE)}

    def run(self, *words: str) -> str:
        """Run a command of the program as this node; what it said."""
        command = [sys.executable, "-m", "yijie", *words]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise ServerDidNotStart(log=(done.stderr or done.stdout).strip()[-400:])
        return done.stdout


def members(folder: Path, port: int) -> tuple[Member, list[Member]]:
    """The hub and the provinces, on ports in a row."""
    hub = Member("hub", folder / "hub", port, ())
    provinces = [Member(code, folder / code, port + n, regions) for n, (code, regions) in enumerate(PROVINCES, 1)]
    return hub, provinces


def set_up(hub: Member, provinces: list[Member], *, people: int = PEOPLE) -> None:
    """Make keys and folders, let the hub admit every card, load each node's part of the sample nation."""
    hub_card = _made(hub, {"code": "", "address": "", "public": ""})
    cards = [_made(member, hub_card) for member in provinces]
    for card in cards:
        path = hub.home / f"{card['code']}.card.json"
        path.write_bytes(msgspec.json.encode(card))
        hub.run("hub", "admit", str(path), "--home", str(hub.home))
    loading = [
        subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-m", "yijie", "sample", "load", "--people", str(people)]
            + [word for region in member.regions for word in ("--region", region)],
            env=member.environment(),
            stdout=subprocess.DEVNULL,
        )
        for member in provinces
    ]
    for member, process in zip(provinces, loading, strict=True):
        if process.wait():
            raise ServerDidNotStart(log=f"yijie sample load ({member.code})")


def _made(member: Member, hub: dict[str, object]) -> dict[str, object]:
    made = setup.Setup(
        code=member.code,
        private=new_private_key(),
        hub=str(hub["code"]),
        certificate="",
        certificate_key="",
        authority="",
        address=member.address,
        regions=member.regions,
        hub_address=str(hub["address"]),
        hub_public=str(hub["public"]),
    )
    setup.write(member.home, made)
    return made.card()


@contextmanager
def running(everybody: list[Member], *, workers: int = 1) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """All nodes serving; stopped at the end of the block."""
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for member in everybody:
            processes[member.code] = start(member, workers=workers)
        for member in everybody:
            wait_for(processes[member.code], member.address, str(member.home / "server.log"))
        yield processes
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def start(member: Member, *, workers: int = 1) -> subprocess.Popen[bytes]:
    """Start a node's process."""
    command = [*member.serving(), "--workers", str(workers)]
    with (member.home / "server.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603  our own command
            command, env=member.environment(), stdout=log, stderr=log, start_new_session=True
        )


def play_across(nodes: int, port: int, *, once: bool) -> None:
    """Set three provinces and a hub up, play the journey across them, prove every book and every pair of books."""
    if nodes != len(PROVINCES):
        raise NodesNotOffered
    narrator = Narrator()
    folder = data_home() / "nodes"
    shutil.rmtree(folder, ignore_errors=True)
    hub, provinces = members(folder, port)
    for member in (hub, *provinces):
        require_port(member.port)
    narrator.tell(
        "准备三省节点与枢纽，各有自己的数据库 ...", "three provinces and a hub, each with a database of its own ..."
    )
    set_up(hub, provinces)
    users, *_ = [member.run("user", "sample") for member in (hub, *provinces)]
    with running([hub, *provinces]):
        for member in (hub, *provinces):
            narrator.tell(
                f"{member.code} {member.address}", "、".join(member.regions) or "directory, routing, positions"
            )
        narrator.tell("运维页面 /desk/nodes/，用户 hub.nation", "the operator's page of each; the sample users:")
        narrator.block(users)
        _act_as(provinces[1])
        time.sleep(SECONDS_TO_MEET)
        number = _journey(provinces, narrator)
        narrator.scene("结", "结算单", "the statement she leaves with")
        narrator.block(provinces[0].run("statement", number))
        settled = _proved(hub, provinces, narrator)
        if not once:
            narrator.tell(
                "节点继续运行，按 Ctrl-C 结束；查看 yijie node status --home", f"press Ctrl-C to end; {folder}"
            )
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                narrator.tell("结束", "ended")
    typer.echo(f"demo: every fen accounted for ({settled} nodes agree)")


SECONDS_TO_MEET = 4.0
"""Nodes read the directory and the hub the registers within this time of their start."""


def _act_as(member: Member) -> None:
    """What patients and officers of Chengdu do is done at their own node, from this process."""
    os.environ.update(member.environment())
    os.environ.pop("YIJIE_DATABASE_URL", None)
    open_database()


def _journey(provinces: list[Member], narrator: Narrator) -> str:
    from yijie.interfaces.demo.journey import play_journey  # noqa: PLC0415  wants Django started

    def address_of(region: str) -> str:
        return next(member.address for member in provinces if region.startswith(member.regions))

    return play_journey(address_of, narrator)


def _proved(hub: Member, provinces: list[Member], narrator: Narrator) -> int:
    """Each node's own books, then both sides of every pair of regions at the hub."""
    for member in provinces:
        narrator.tell(f"{member.code}：{member.run('coherent').strip()}", "its own books")
    deadline = time.monotonic() + POSITIONS_SECONDS_MAX
    while True:
        try:
            narrator.block(hub.run("hub", "status", "--home", str(hub.home)))
        except ServerDidNotStart:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return len(provinces)
