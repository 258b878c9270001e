"""100001 政策项查询: which rule of the home policy took which part of a settlement, worked out from its decision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yijie.domain import settlement
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.call import Call, Done, reads

BORNE = (
    ("101", "全自费总金额", "not_covered"),
    ("103", "超限价总金额", "over_ceiling"),
    ("102", "先支付总金额", "first_self_pay"),
)
"""polItemCode of the parts that no fund sees, and their name in the decision."""
DEDUCTIBLE = ("S001", "本次应付起付标准")
LAYERS = {
    "pooled": "C001",
    "large_amount": "L001",
    "major_illness": "PL01",
    "civil_servant": "GB01",
    "personal_account": "TA01",
}
OTHER_LAYER = "E000"
UNIT = Decimal("0.0001")


@reads("100001")
def policy_items(call: Call) -> Done:
    """The parts of a settlement of this institution by policy item; of a void those of what it voids, negative."""
    row = call.one()
    found = settlement.find(row["setl_Id"], row["mdtrt_Id"], row["psn_No"])
    if found is None or found.institution != call.at.code:
        raise settlement.SettlementUnknown(number=row["setl_Id"])
    report = homes.explanation(found.voids or found.id, found.home_region)
    sign = -1 if found.voids else 1
    named = {"setlId": row["setl_Id"], "mdtrtId": row["mdtrt_Id"], "psnNo": row["psn_No"]}
    return Done([named | _signed(item, sign) for item in _items(report)])


def _signed(item: dict[str, Any], sign: int) -> dict[str, Any]:
    amounts = {name: item[name] * sign for name in ("selfPayAmt", "fundPayAmt", "polItemPaySum")}
    return item | amounts


def _items(report: dict[str, Any]) -> list[dict[str, Any]]:
    items = [
        _item(code, name, own=Decimal(report["amounts"][part]), fund=Decimal(0))
        for code, name, part in BORNE
        if Decimal(report["amounts"].get(part, "0"))
    ]
    if Decimal(report["deductible"]):
        items.append(_item(*DEDUCTIBLE, own=Decimal(report["deductible"]), fund=Decimal(0)))
    for layer in report["layers"]:
        seen, paid = Decimal(layer["seen"]) - Decimal(layer["deductible"]), Decimal(layer["paid"])
        if seen > 0 or paid:
            code = LAYERS.get(layer["payer"], OTHER_LAYER)
            items.append(_item(code, layer["title"]["zh"], own=max(seen - paid, Decimal(0)), fund=paid))
    return items


def _item(code: str, name: str, *, own: Decimal, fund: Decimal) -> dict[str, Any]:
    whole = own + fund
    return {
        "polItemCode": code,
        "polItemName": name[:50],
        "selfPayAmt": own,
        "selfPayProp": _share(own, whole),
        "fundPayAmt": fund,
        "fundPayProp": _share(fund, whole),
        "polItemPaySum": whole,
    }


def _share(part: Decimal, whole: Decimal) -> Decimal:
    if not whole:
        return Decimal(0)
    return (part / whole).quantize(UNIT)
