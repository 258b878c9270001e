"""3201 对总账, 3202 对明细账: the institution's books against the platform's, by the platform's settlement time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from yijie.domain import files, reconcile
from yijie.domain.reconcile import Comparison, ControlDiffers, Period, TheirRow, Totals
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text, writes
from yijie.interfaces.fsi.codes import cares_of
from yijie.interfaces.fsi.lines import fen_of
from yijie.interfaces.fsi.reading import read_file_row
from yijie.interfaces.fsi.tables import transaction
from yijie.kernel.errors import YijieError, invariant
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, yuan
from yijie.kernel.region import pool_of

BALANCED, UNBALANCED = "0", "1"
"""stmt_rslt 平, 不平"""


class OtherOffice(YijieError):
    """The settlement office named is not that of the institution's pool."""

    code = "reconcile.other_office"
    zh = "结算经办机构 {given}（{field}）不是本机构所在统筹区 {region}，请按结算返回的 clr_optins 填写"
    en = "settlement office {given} is not that of this institution's pool {region}"


def _period(call: Call) -> Period:
    row = call.one()
    if pool_of(row["setl_optins"]) != call.at.pool:
        raise OtherOffice(given=row["setl_optins"], field="setl_optins", region=call.at.pool)
    refunds = text(row, "refd_setl_flag")
    return reconcile.period(
        call.at.code,
        row["stmt_begndate"],
        row["stmt_enddate"],
        cares=cares_of(row["clr_type"]),
        insurance=text(row, "insutype"),
        refunds=refunds == "1" if refunds else None,
    )


@reads("3201")
def compare_totals(call: Call) -> Done:
    """Number and sums of a period's settlements, compared with the institution's own."""
    row = call.one()
    found = reconcile.totals(_period(call))
    pairs = (
        ("医疗费总额", fen_of(row["medfee_sumamt"]), found.total),
        ("基金支付总额", fen_of(row["fund_pay_sumamt"]), found.funds),
        ("个人账户支付", fen_of(row["acct_pay"]), found.account),
    )
    differences = [f"{what}机构 {yuan(theirs)}、中心 {yuan(ours)}" for what, theirs, ours in pairs if theirs != ours]
    if not _counts_agree(row, found):
        differences.insert(0, f"笔数机构 {row['fixmedins_setl_cnt']:f}、中心 {found.rows}（冲抵退费后 {found.net}）")
    return Done(
        {
            "stmtinfo": {
                "setl_optins": row["setl_optins"],
                "stmt_rslt": UNBALANCED if differences else BALANCED,
                "stmt_rslt_dscr": "；".join(differences)[:200] or f"相符，共 {found.rows} 笔",
            }
        }
    )


def _counts_agree(row: Row, found: Totals) -> bool:
    """Some systems count a refund as a row of its own, some take it off: either is right."""
    return row["fixmedins_setl_cnt"] in (found.rows, found.net)


@writes("3202")
def compare_details(call: Call) -> Done:
    """Settlements one by one against a file uploaded before; the result is a file with message ids."""
    row, asked = call.one(), _period(call)
    uploaded = files.find(row["file_qury_no"], call.at.code)
    name = f"3202_{row['stmt_begndate']:%Y%m%d}_{row['stmt_enddate']:%Y%m%d}"
    theirs, found = _TheirFile(uploaded.name), list[Comparison]()

    def fill(write: files.Write) -> int:
        with files.read_table(uploaded.name, files.pieces(uploaded), len(theirs.names)) as lines:
            rows = theirs.rows(lines)
            comparison, answered = reconcile.compare(asked, rows, write, account_in_funds=call.account_in_funds)
        found.append(comparison)
        return answered

    with files.write_table(f"{name}.txt", fill) as table:
        theirs.require_control(row)
        invariant(table.rows == _rows(found[0]), "reconcile.every_row_answered", rows=table.rows)
        answer = files.store(f"{name}.zip", table.content, institution=call.at.code, region=call.at.region)
    number = reconcile.remember(
        found[0], asked, call.at, clearing_type=row["clr_type"], file=uploaded.number, answer=answer.number
    )
    said = {"file_qury_no": answer.number, "filename": answer.name, "dld_endtime": answer.until}
    return Done({"fileinfo": said}, subject=number)


def _rows(found: Comparison) -> int:
    return found.equal + found.differing + found.only_here + found.only_there


class _TheirFile:
    """The institution's file, read once, with the count and sums that must be those the message declares."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.node = transaction("3202").input_file
        self.names = [field.name for field in self.node.fields] if self.node else []
        self.count = self.net = 0
        self.total: Fen = 0
        self.funds: Fen = 0

    def rows(self, lines: Iterable[list[str]]) -> Iterator[TheirRow]:
        """Its lines by the interface's table."""
        for line, values in enumerate(lines, 1):
            row = read_file_row(self.node, dict(zip(self.names, values, strict=True)), self.name, line)
            refund = row["refd_setl_flag"] == "1"
            theirs = TheirRow(
                line,
                row["setl_id"],
                row["mdtrt_id"],
                row["psn_no"],
                fen_of(row["medfee_sumamt"]),
                fen_of(row["fund_pay_sumamt"]),
                fen_of(row["acct_pay"]),
                refund,
            )
            self.count += 1
            self.net += -1 if refund else 1
            self.total += theirs.total
            self.funds += theirs.funds
            yield theirs

    def require_control(self, row: Row) -> None:
        """Refuse where the message declares another count or other sums than its file has."""
        if row["fixmedins_setl_cnt"] not in (self.count, self.net):
            raise ControlDiffers(
                what=Text("笔数", "number of settlements"), declared=f"{row['fixmedins_setl_cnt']:f}", found=self.count
            )
        for what, name, found in (
            (Text("医疗费总额", "total"), "medfee_sumamt", self.total),
            (Text("基金支付总额", "sum of the funds"), "fund_pay_sumamt", self.funds),
        ):
            declared: Decimal = row[name]
            if fen_of(declared) != found:
                raise ControlDiffers(what=what, declared=yuan(fen_of(declared)), found=yuan(found))
