"""A settlement, a quote or a void as ``setlinfo`` and ``setldetail`` say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from yijie.domain import encounter, settlement
from yijie.domain.enrolment import Insured
from yijie.domain.settlement import FUNDS, Settled, SettlementRow, Voided
from yijie.kernel.codes import CareKind
from yijie.kernel.dates import age_on
from yijie.kernel.money import Fen, yuan

from .call import Call, Done, in_table
from .codes import ACCOUNT_TYPE, BY_ITEM, FUND_FIELDS, FUND_NAMES, clearing_type_of, fund_type
from .lines import flag, yuan_of

PROCESS_TEXT_MAX = 4000
PHARMACY_SALE = "2102"
PURCHASE_VOIDS = frozenset({"2103", "2163"})
"""Transactions that take a purchase back whole: the settlement, its lines and its registration."""


class Living(NamedTuple):
    """The settlement a message asks to void: its number, that of its encounter, and the person's."""

    number: str
    encounter_number: str
    person_number: str


Told = Callable[[Call, Voided, Insured, Fen], Done]
"""What the message that asked for a void is answered; the person's account afterwards is the last it is given."""
ONE_MESSAGE = "one_message"
"""Among an encounter's details: one message registered, charged and settled it."""


def person_out(person: Insured, day: Any) -> dict[str, Any]:
    """Fields that name the person."""
    return {
        "psn_no": person.person_number,
        "psn_name": person.name,
        "psn_cert_type": person.certificate_type,
        "certno": person.certificate_number,
        "gend": person.sex,
        "naty": person.ethnicity,
        "brdy": person.birth_date,
        "age": Decimal(age_on(person.birth_date, day)),
        "insutype": person.insurance,
        "psn_type": person.category,
        "cvlserv_flag": flag(person.civil_servant),
    }


def money_out(money: Mapping[str, Fen], *, ratio: Any, account_after: Fen) -> dict[str, Any]:
    """Fields that carry the parts of the bill and who pays them, in yuan.

    ``fund_pay_sumamt`` leaves the personal account out (as Hunan reads it); ``psn_part_amt`` is account and cash.
    """
    funds = {field: yuan_of(money[fund]) for fund, field in FUND_FIELDS.items()}
    return {
        "medfee_sumamt": yuan_of(money["total"]),
        "fulamt_ownpay_amt": yuan_of(money["not_covered"]),
        "overlmt_selfpay": yuan_of(money["over_ceiling"]),
        "preselfpay_amt": yuan_of(money["first_self_pay"]),
        "inscp_scp_amt": yuan_of(money["eligible"]),
        "act_pay_dedc": yuan_of(money["deductible"]),
        "pool_prop_selfpay": ratio,
        **funds,
        "fund_pay_sumamt": yuan_of(sum(money[fund] for fund in FUNDS)),
        "psn_part_amt": yuan_of(money["account"] + money["cash"]),
        "acct_pay": yuan_of(money["account"]),
        "psn_cash_pay": yuan_of(money["cash"]),
        "pdn_cash_pay": yuan_of(money["cash"]),
        "hosp_part_amt": yuan_of(money["hospital_borne"]),
        "balc": yuan_of(account_after),
        "acct_mulaid_pay": yuan_of(0),
    }


def clearing_out(care: str, region: str) -> dict[str, str]:
    """Fields that say how the settlement will be cleared."""
    return {"clr_optins": region, "clr_way": BY_ITEM, "clr_type": clearing_type_of(care)}


def settled_out(settled: Settled, message_id: str) -> dict[str, Any]:
    """``setlinfo`` and ``setldetail`` of a quote or a settlement; a quote's table has no settlement number."""
    record = settled.encounter
    care = settled.charge.care or record.care
    money = settled.money
    return {
        "setlinfo": {
            "mdtrt_id": record.number,
            "setl_id": settled.number,
            **person_out(settled.decided.insured, settled.settled_at.date()),
            "setl_time": settled.settled_at,
            "mdtrt_cert_type": record.details.get("credential"),
            "med_type": settled.charge.medical_type or record.medical_type,
            **money_out(money, ratio=settled.ratio, account_after=settled.account_after),
            "medins_setl_id": message_id,
            **clearing_out(care, record.region),
        },
        "setldetail": details_out(money, care, record.insurance, settled.decided.process),
    }


def details_out(
    money: Mapping[str, Fen], care: str, insurance: str, process: Mapping[str, str]
) -> list[dict[str, Any]]:
    """``setldetail``: one row per fund that pays, the personal account last; ``process`` explains each in words."""
    rows = [
        {
            "fund_pay_type": fund_type(fund, insurance, CareKind(care)),
            "inscp_scp_amt": yuan_of(money["eligible"]),
            "crt_payb_lmt_amt": yuan_of(money[fund]),
            "fund_payamt": yuan_of(money[fund]),
            "fund_pay_type_name": FUND_NAMES[fund],
            "setl_proc_info": process.get(fund, "")[:PROCESS_TEXT_MAX],
        }
        for fund in FUND_NAMES
        if money[fund]
    ]
    if money["account"]:
        rows.append(
            {
                "fund_pay_type": ACCOUNT_TYPE,
                "inscp_scp_amt": yuan_of(money["eligible"]),
                "crt_payb_lmt_amt": yuan_of(money["account"]),
                "fund_payamt": yuan_of(money["account"]),
                "fund_pay_type_name": "个人账户",
                "setl_proc_info": f"个人账户支付 {yuan(money['account'])} 元",
            }
        )
    return rows


def stored_out(row: SettlementRow, person: Insured, account_after: Fen) -> dict[str, Any]:
    """``setlinfo`` and ``setldetail`` of a stored settlement; of a void every amount is negative."""
    return {
        "setlinfo": {
            **person_out(person, row.settled_at.date()),
            "setl_time": row.settled_at,
            "med_type": row.medical_type,
            **money_out(row.money, ratio=row.ratio, account_after=account_after),
            **clearing_out(row.care, row.region),
        },
        "setldetail": details_out(row.money, row.care, row.insurance, {}),
    }


def asked_by(call: Call) -> dict[str, str]:
    """What a settlement or void remembers of the message that asked for it."""
    by = {"operator": call.envelope.opter, "operator_name": call.envelope.opter_name}
    return {"message": call.envelope.msgid, **by}


def undo_whole(infno: str, voided: Voided) -> None:
    """Take back lines and registration with the settlement, where one message made all of them.

    ``infno`` sold at a pharmacy or takes a sale back, or the visit came in one message and nothing else was settled.
    """
    record = voided.encounter
    if infno in (PHARMACY_SALE, *PURCHASE_VOIDS) or (ONE_MESSAGE in record.details and len(record.settled) <= 1):
        encounter.clear(record)


def voided_out(call: Call, voided: Voided, person: Insured, account_after: Fen) -> Done:
    """What a void answers: the negative amounts under the number of the row that voids."""
    record = voided.encounter
    mirror = settlement.find(voided.number, record.number, record.person_number)
    assert mirror is not None  # noqa: S101  written a moment ago in this transaction
    output = stored_out(mirror, person, account_after)
    output["setlinfo"] |= {
        "setl_id": voided.number,
        "mdtrt_id": record.number,
        "medins_setl_id": call.envelope.msgid,
        "insu_admdvs": mirror.home_region,
        "invono": mirror.details.get("invoice"),
    }
    return Done(in_table(call.infno, in_both_writings(output)), subject=mirror.id)


def in_both_writings(output: dict[str, Any]) -> dict[str, Any]:
    """``setlinfo`` as Guangdong's own transactions write it too; a table has one of them."""
    return output | {"setlInfo": output["setlinfo"]}
