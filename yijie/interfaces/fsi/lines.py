"""Fee-line nodes (``feedetail`` in, ``result`` out) as the domain's lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from yijie.domain.encounter import LineGiven, LineStored
from yijie.kernel.errors import YijieError
from yijie.kernel.money import Fen, fen_from_yuan

from .call import Row, text
from .names import LINE, kept


class LinesMixed(YijieError):
    """Lines of several persons or encounters in one message."""

    code = "fsi.lines_mixed"
    zh = "一次上传的明细须属于同一人、同一就诊（{field} 不一致），请分次上传"
    en = "the lines of one message must belong to one person and encounter ({field} differs); send them apart"


def require_one_encounter(rows: Sequence[Row]) -> None:
    """Refuse records of several encounters, persons or charge batches in one message."""
    for field in ("mdtrt_id", "psn_no", "chrg_bchno"):
        if len({text(row, field) for row in rows}) > 1:
            raise LinesMixed(field=field)


def lines_in(rows: Sequence[Row], *, batch: str = "") -> list[LineGiven]:
    """Fee lines of a message; ``batch`` for stays, whose lines name no charge batch."""
    require_one_encounter(rows)
    return [
        LineGiven(
            serial=row["feedetl_sn"],
            original=text(row, "init_feedetl_sn"),
            batch=batch or row["chrg_bchno"],
            charged_at=row["fee_ocur_time"],
            item=row["med_list_codg"],
            own_code=row["medins_list_codg"],
            price=row["pric"],
            quantity=row["cnt"],
            amount=fen_of(row["det_item_fee_sumamt"]),
            approval=text(row, "hosp_appr_flag"),
            details=kept(row, LINE),
        )
        for row in rows
    ]


def graded_out(stored: Sequence[LineStored]) -> list[dict[str, Any]]:
    """How each line was split, as 2204 and 2301 answer it."""
    return [
        {
            "feedetl_sn": line.given.serial,
            "det_item_fee_sumamt": yuan_of(line.given.amount),
            "cnt": line.given.quantity,
            "pric": line.given.price,
            "pric_uplmt_amt": line.ceiling or NO_CEILING,
            "selfpay_prop": line.share,
            "fulamt_ownpay_amt": yuan_of(line.parts.not_covered),
            "overlmt_amt": yuan_of(line.parts.over_ceiling),
            "preselfpay_amt": yuan_of(line.parts.first_self_pay),
            "inscp_scp_amt": yuan_of(line.parts.eligible),
            "chrgitm_lv": line.term.item_class,
            "med_chrgitm_type": line.term.charge_category,
            "bas_medn_flag": flag(line.term.basic_drug),
            "hi_nego_drug_flag": flag(line.term.negotiated),
            "chld_medc_flag": flag(line.term.paediatric),
            "list_sp_item_flag": "0",
            "lmt_used_flag": flag(line.term.restricted),
            "drt_reim_flag": "0",
            "memo": line.term.restriction,
        }
        for line in stored
    ]


NO_CEILING = Decimal(999999)
"""What ``pric_uplmt_amt``, a required number, says where an item has no ceiling."""


def fen_of(amount: Decimal) -> Fen:
    """Fen of a validated amount in yuan."""
    return fen_from_yuan(format(amount, "f"))


def yuan_of(amount: Fen) -> Decimal:
    """Yuan of an amount in fen, exactly."""
    return Decimal(amount).scaleb(-2)


def flag(value: bool) -> str:
    """A national yes/no flag."""
    return "1" if value else "0"
