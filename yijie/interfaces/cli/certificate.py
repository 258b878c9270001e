"""``yijie certificate``: the certificate a patient leaves with when direct settlement failed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from yijie.interfaces.server.start import open_database
from yijie.kernel.dates import in_shanghai
from yijie.kernel.money import yuan

app = typer.Typer(no_args_is_help=True, help="Certificates of failed settlement, for manual reimbursement at home.")
Home = Annotated[Path | None, typer.Option("--home", help="a node's folder; without it the usual database")]


def _stand_on(home: Path | None) -> object:
    if home is not None:
        from yijie.interfaces.node.setup import become  # noqa: PLC0415  only for nodes

        become(home)
    return open_database()


@app.command()
def issue(  # noqa: PLR0917  Typer reads options from parameters
    encounter: Annotated[str, typer.Argument(help="mdtrt_id")],
    institution: Annotated[str, typer.Option(help="fixmedins_code")],
    person: Annotated[str, typer.Option(help="psn_no")],
    reason: Annotated[str, typer.Option(help="why direct settlement failed")] = "参保地节点联系不上",
    batch: Annotated[str, typer.Option(help="chrg_bchno of a visit")] = "",
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Issue the certificate of an unsettled batch; asked again it is the same one."""
    server = _stand_on(home)
    from yijie.domain import settlement  # noqa: PLC0415  wants Django started

    made = settlement.certify(encounter, institution=institution, person_number=person, reason=reason, batch=batch)
    typer.echo(msgspec.json.encode(made).decode() if as_json else _text(made))
    del server


@app.command()
def withdraw(
    number: Annotated[str, typer.Argument(help="number of the certificate")],
    reason: Annotated[str, typer.Option(help="why")],
    home: Home = None,
) -> None:
    """Take a certificate back that was not used; the batch may be settled directly again."""
    server = _stand_on(home)
    from yijie.domain import settlement  # noqa: PLC0415  wants Django started

    settlement.withdraw_certificate(number, reason=reason)
    typer.echo(f"已收回 withdrawn: {number}")
    del server


LABELS = {
    "total": "医疗费总额 total",
    "not_covered": "全自费 not covered",
    "over_ceiling": "超限价 over the ceiling",
    "first_self_pay": "先行自付 first self-pay",
    "eligible": "符合范围 eligible",
}


def _text(made) -> str:  # noqa: ANN001  a settlement.Certificate, which cannot be named before Django is awake
    ended = f"{in_shanghai(made.ended_at):%Y-%m-%d}" if made.ended_at else "—"
    lines = [
        "异地就医直接结算失败证明  Certificate of failed direct settlement",
        f"证明编号 number          {made.number}",
        f"人员编号 person          {made.person_number}（险种 insurance {made.insurance}）",
        f"参保地 home region       {made.home_name}（{made.home_region}）",
        f"医药机构 institution     {made.institution}",
        f"就诊 encounter           {made.encounter}，{in_shanghai(made.began_at):%Y-%m-%d} – {ended}",
        f"失败原因 reason          {made.reason}",
        *(f"{LABELS[name]:<22}  {yuan(made.bill[name])} 元" for name in LABELS),
        f"明细条数 lines           {made.bill['lines']}",
        *(f"办理 attempt {a['attempt']} {a['at'][:19]} {a['reason']}" for a in made.attempts),
        f"出具时间 issued          {in_shanghai(made.issued_at):%Y-%m-%d %H:%M:%S}",
        "请携本证明、发票和费用明细到参保地医保经办机构手工报销。",
        "Take this, the invoice and the list of charges to the home bureau; the bill is not settled directly any more.",
    ]
    return "\n".join(lines)
