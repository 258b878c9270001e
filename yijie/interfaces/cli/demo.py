"""``yijie demo``: start everything, play the cross-region journey, stay up until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Annotated

import typer

from yijie.interfaces.demo.narrator import Narrator
from yijie.interfaces.demo.stage import open_stage, serving
from yijie.interfaces.server.start import PORT, require_port

COLUMNS = ["参保人 person", "参保地 home", "就医地 care", "总费用 元", "基金 元", "个人账户 元", "现金 元"]


def run(
    once: Annotated[bool, typer.Option("--once", help="end after the journey")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="port on 127.0.0.1")] = PORT,
    nodes: Annotated[int, typer.Option(help="3: three provinces and a hub, each a process with its own database")] = 1,
) -> None:
    """Play the journey through HTTP as hospital systems would, then prove the books."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    if nodes > 1:
        from yijie.interfaces.demo.network import play_across  # noqa: PLC0415  only for several nodes

        play_across(nodes, port, once=once)
        return
    require_port(port)
    narrator = Narrator()
    narrator.tell("准备数据库 ...", "preparing the database ...")
    database = open_stage()
    from yijie.interfaces.demo.accounts import accounts  # noqa: PLC0415  wants Django started
    from yijie.interfaces.demo.journey import play_journey  # noqa: PLC0415
    from yijie.interfaces.sample.load import load  # noqa: PLC0415
    from yijie.interfaces.sample.own_items import ensure_own_items  # noqa: PLC0415
    from yijie.interfaces.sample.users import PASSWORD, USERS, ensure_users  # noqa: PLC0415
    from yijie.interfaces.statement import print_statement  # noqa: PLC0415

    with narrator.console.status("装载样例国家 loading the sample nation ...") as status:
        loaded = load(tell=lambda what, rows: status.update(f"loading the sample nation: {rows:,} {what}"))
    narrator.tell(
        f"样例国家已装载：{loaded.rows['people']:,} 人、{loaded.rows['institutions']} 家机构、"
        f"{loaded.rows['catalogue items']:,} 个目录项目（{loaded.generated_s + loaded.stored_s:.1f} 秒）",
        "the sample nation is loaded; nobody in it exists",
    )
    ensure_users()
    ensure_own_items()
    with serving(port, database) as stage:
        narrator.tell(f"服务已启动 {stage.address}", "the server is up")
        number = play_journey(lambda _region: stage.address, narrator)
        narrator.scene("结", "结算单", "the statement she leaves with")
        print_statement(number, "zh", narrator.console)
        books = accounts()
        narrator.table("谁付了什么  who paid what", COLUMNS, books.rows)
        narrator.tell(
            f"共 {books.settlements} 次结算，其中 {books.voided} 次已撤销，基金、账户与现金均已冲回，不在表中",
            f"{books.settlements} settlements; {books.voided} of them were voided to the fen and are not in the table",
        )
        if books.found:
            for one in books.found:
                narrator.tell(f"账目不符：{one.promise}", f"{one.key}: {one.seen}")
            raise typer.Exit(code=1)
        narrator.table(
            "样例用户  sample users",
            ["用户名 user", "岗位 role", "范围 where"],
            [(u.username, u.role, u.place) for u in USERS],
        )
        narrator.tell(
            f"页面：{stage.address}/desk/，样例用户密码均为 {PASSWORD}", "the pages, and every sample user's password"
        )
        if not once:
            _stay_up(narrator, stage.address, number)
    typer.echo(f"demo: every fen accounted for ({books.settlements} settlements, {books.regions} regions)")


def _stay_up(narrator: Narrator, address: str, number: str) -> None:
    try:
        narrator.block(
            f".venv/bin/yijie statement {number} --lang en     the statement in English\n"
            ".venv/bin/yijie policy check policies                      the policies it was decided by\n"
            "docs/his-interface.md                                      how a hospital system connects"
        )
        narrator.tell(
            f"服务继续运行：{address}/fsi/api/rsfComIfsService/callService，按 Ctrl-C 结束",
            "the server stays up; look at what stands above, press Ctrl-C to end",
        )
        threading.Event().wait()
    except KeyboardInterrupt:
        narrator.tell("结束", "ended")
