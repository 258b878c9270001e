"""2172–2174 what a month's claims consist of, 2175–2176 a pharmacy's accounts: answered from the settlements.

Nothing is claimed before clearing: everything is 未申报 (0), and another state has no rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from yijie.domain import reconcile
from yijie.domain.enrolment import Insured, Relation
from yijie.domain.reconcile import AccountRow, Found, MonthSettled, Period, SettledRow, Share
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text
from yijie.interfaces.fsi.codelists import code_lists
from yijie.interfaces.fsi.codes import (
    ACCOUNT_TYPE,
    BY_ITEM,
    FUND_NAMES,
    cares_of,
    clearing_type_of,
    fund_type,
    out_type,
)
from yijie.interfaces.fsi.lines import yuan_of
from yijie.interfaces.fsi.moments import date_from
from yijie.interfaces.fsi.paging import Page, page_of, place_of
from yijie.kernel.codes import CareKind, Fund
from yijie.kernel.dates import months_after
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import parse_public_id
from yijie.kernel.language import Text
from yijie.kernel.region import pool_of

from .orders import order_number
from .pharmacy import PHARMACY, PharmacyOnly
from .query import people_of
from .reconcile import OtherOffice

NOT_CLAIMED = "0"
"""clr_stas 未申报"""
MONTH_CHARACTERS = 6
RESIDENT_CARD = "01"
"""psn_cert_type of the identity card, whose number is the social security number (社会保险法 第五十八条)"""
NO_ENCOUNTER = -1


class OtherInstitution(YijieError):
    """The books of another institution."""

    code = "reconcile.other_institution"
    zh = "机构编号 {given}（fixmedins_code）不是本机构 {own}，只能查询本机构的数据，请改正后重新查询"
    en = "fixmedins_code {given} is not this institution {own}; ask for its own data only"


def _own(call: Call, row: Row) -> Row:
    if row["fixmedins_code"] != call.at.code:
        raise OtherInstitution(given=row["fixmedins_code"], own=call.at.code)
    return row


def _months(call: Call) -> tuple[Row, Period]:
    """What a query of monthly claims asks for."""
    row = _own(call, call.nodes)
    if pool_of(row["clr_optins"]) != call.at.pool:
        raise OtherOffice(given=row["clr_optins"], field="clr_optins", region=call.at.pool)
    first, last = (_month(row[name]) for name in ("start_clrym", "end_clrym"))
    if first is None or last is None:
        why = Text("不是有效年月", "not both are months")
        raise reconcile.MonthsUnfit(since=row["start_clrym"], until=row["end_clrym"], why=why)
    return row, reconcile.months(call.at.code, first, last, cares=cares_of(row["clr_type"]))


def _month(written: str) -> date | None:
    """The first day of a month written like 202611."""
    first = date_from(f"{written}01") if len(written) == MONTH_CHARACTERS else None
    return first if first and first.year < date.max.year else None


def _paged(page: Page, found: Found[Any], rows: Iterable[dict[str, Any]]) -> Done:
    place = place_of(page, len(found.rows), found.total)
    ends = {"isFirstPage": page.offset == 0, "isLastPage": place["pageNum"] >= place["pages"]}
    return Done({"parameters": place | ends, "n_output": list(rows)})


NOTHING: Found[Any] = Found((), 0)


def _named(field: str, code: str) -> dict[str, str]:
    """A code and its meaning, in the field that goes with it."""
    return {field: code, f"{field}_name": code_lists()[field].codes.get(code, code)}


def _institution(call: Call) -> dict[str, str]:
    return {"fixmedins_code": call.at.code, "fixmedins_name": call.at.name}


@reads("2172")
def claims(call: Call) -> Done:
    """Sums of a clearing type by month of the platform's settlement time."""
    (row, asked), page = _months(call), page_of(call.nodes)
    found = reconcile.monthly(asked, **page._asdict()) if row["clr_stas"] == NOT_CLAIMED else NOTHING
    return _paged(page, found, [_claim(call, row["clr_type"], month) for month in found.rows])


def _claim(call: Call, clearing_type: str, found: MonthSettled) -> dict[str, Any]:
    month = f"{found.month:%Y%m}"
    key = f"{call.at.code}-{month}-{clearing_type}"
    return {
        **_institution(call),
        **_named("clr_type", clearing_type),
        **_named("clr_stas", NOT_CLAIMED),
        "setl_dcla_no": key,
        "setl_ids_key": key,
        "clr_optins": call.at.pool,
        "start_clrym": month,
        "end_clrym": month,
        "begndate": f"{found.month:%Y%m%d}",
        "enddate": f"{months_after(found.month, 1) - timedelta(days=1):%Y%m%d}",
        "sumamt": yuan_of(found.total),
        "cash_payamt": yuan_of(found.cash),
        "acct_pay_sumamt": yuan_of(found.account),
        "fund_pay_sumamt": yuan_of(found.funds),
        "clr_psntime": found.net,
    }


@reads("2173")
def claimed_settlements(call: Call) -> Done:
    """The settlements of a clearing type one by one; a void has negative sums and counts minus one."""
    (row, asked), page = _months(call), page_of(call.nodes)
    found = reconcile.settled_rows(asked, **page._asdict()) if row["clr_stas"] == NOT_CLAIMED else NOTHING
    people = people_of(found.rows)
    return _paged(page, found, [_claimed(call, one, people[_relation(one)]) for one in found.rows])


def _relation(row: SettledRow | AccountRow) -> Relation:
    return row.person_number, row.insurance, row.home_region


def _claimed(call: Call, row: SettledRow, person: Insured) -> dict[str, Any]:
    return {
        **_institution(call),
        **_named("out_type", out_type(row.home_region, row.region)),
        **_named("med_type", row.medical_type),
        **_named("insutype", row.insurance),
        **_named("psn_type", row.category),
        **_named("gend", person.sex),
        "sumamt": yuan_of(row.total),
        "cash_payamt": yuan_of(row.cash),
        "acct_payamt": yuan_of(row.account),
        "clr_psntime": -1 if row.void else 1,
        "psn_no": row.person_number,
        "psn_name": person.name,
        "ssn": person.certificate_number[:30] if person.certificate_type == RESIDENT_CARD else None,
        "emp_name": person.employer[:100],
        "mdtrt_setl_time": row.settled_at.date(),
        "mdtrt_regno": row.number,
        "mdtrtsn": row.record_number or row.number,
    }


@reads("2174")
def claimed_funds(call: Call) -> Done:
    """What each fund and the personal accounts owe for a clearing type; of one encounter where it is named."""
    (row, asked), page = _months(call), page_of(call.nodes)
    found = NOTHING
    if row["clr_stas"] == NOT_CLAIMED:
        found = reconcile.shares(asked, encounter=_encounter(call, text(row, "mdtrt_regno")), **page._asdict())
    return _paged(page, found, [_share(call, one) for one in found.rows])


def _encounter(call: Call, number: str) -> int | None:
    """The encounter that its own or an order's number names; None for all, one that cannot be for what is no number."""
    named = parse_public_id(number) or parse_public_id(order_number(call, number))
    return named[1] if named else NO_ENCOUNTER if number else None


def _share(call: Call, row: Share) -> dict[str, Any]:
    kind, name = _payer(row.payer, row.insurance, row.care)
    return {
        **_institution(call),
        **_named("clr_type", clearing_type_of(row.care)),
        **_named("clr_way", BY_ITEM),
        **_named("med_type", row.medical_type),
        **_named("insutype", row.insurance),
        **_named("psn_type", row.category),
        **_named("clr_stas", NOT_CLAIMED),
        "clr_optins": call.at.pool,
        "fund_pay_type": kind,
        "fund_pay_type_name": name,
        "poolarea_fund_pay_type": kind,
        "poolarea_fund_pay_name": name,
        "fund_appy_sum": yuan_of(row.paid),
    }


def _payer(payer: str, insurance: str, care: str) -> tuple[str, str]:
    """fund_pay_type of a payer and its name; of a purchase nobody else pays the pooled fund's."""
    if payer == reconcile.ACCOUNT:
        return ACCOUNT_TYPE, "个人账户"
    fund = Fund(payer or Fund.POOLED)
    return fund_type(fund, insurance, CareKind(care)), FUND_NAMES[fund]


@reads("2175")
def account_of_a_day(call: Call) -> Done:
    """A pharmacy's purchases of a day by who pays them; each row repeats the cost of its whole purchase."""
    row, page = _of_pharmacy(call), page_of(call.nodes)
    day = row["query_date"]
    found = reconcile.account_rows(reconcile.period(call.at.code, day, day), **page._asdict())
    people = people_of(found.rows)
    return _paged(page, found, [_account_row(call, one, people[_relation(one)]) for one in found.rows])


def _of_pharmacy(call: Call) -> Row:
    if call.at.kind != PHARMACY:
        raise PharmacyOnly(name=call.at.name)
    return _own(call, call.nodes)


def _account_row(call: Call, row: AccountRow, person: Insured) -> dict[str, Any]:
    kind, name = _payer(row.payer, row.insurance, row.care)
    return {
        **_institution(call),
        **_named("med_type", row.medical_type),
        **_named("insutype", row.insurance),
        **_named("psn_type", row.category),
        **_named("clr_stas", NOT_CLAIMED),
        "mdtrt_regno": row.number,
        "certno": person.certificate_number,
        "psn_name": person.name,
        "fund_pay_type": kind,
        "fund_pay_type_name": name,
        "medfee_sumamt": yuan_of(row.total),
        "dfr_sumamt": yuan_of(row.paid),
        "dcla_sum": yuan_of(0),
        "pay_sum": yuan_of(0),
    }


@reads("2176")
def account_of_a_period(call: Call) -> Done:
    """A pharmacy's sums of a period by medical type: their cost, and what funds and accounts owe it."""
    row = _of_pharmacy(call)
    found = reconcile.by_medical_type(reconcile.period(call.at.code, row["start_date"], row["end_date"]))
    return Done(
        [
            {
                **_institution(call),
                **_named("med_type", one.medical_type),
                "medfee_sumamt": yuan_of(one.total),
                "dfr_sumamt": yuan_of(one.owed),
                "dcla_sum": yuan_of(0),
                "pay_sum": yuan_of(0),
                "no_pay_sum": yuan_of(one.owed),
            }
            for one in found
        ]
    )
