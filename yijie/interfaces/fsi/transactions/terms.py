"""1304, 1312, 1316, 1318, 1319: on which terms a region covers items, page by page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yijie.domain import catalogue
from yijie.domain.catalogue import ItemAsked, TermAsked, TermPage
from yijie.interfaces.fsi.call import Call, Done, Row, flag_in, reads, text
from yijie.interfaces.fsi.codelists import code_lists
from yijie.interfaces.fsi.errors import clipped
from yijie.interfaces.fsi.lines import NO_CEILING, flag
from yijie.interfaces.fsi.paging import page_of
from yijie.kernel.region import NATION

ETHNIC_DRUG = "104"
OPERATOR = "system"


def _asked(call: Call, row: Row) -> TermAsked:
    begun = row.get("begndate")
    return TermAsked(
        region=text(row, "insu_admdvs") or call.at.pool,
        item=text(row, "hilist_code") or text(row, "med_list_codg"),
        name=text(row, "hilist_name"),
        list_type=text(row, "list_type"),
        charge_category=text(row, "med_chrgitm_type"),
        item_class=text(row, "chrgitm_lv"),
        restricted=flag_in(row, "lmt_used_flag"),
        on=row.get("query_date"),
        since=max(begun, row["updt_time"]) if begun else row["updt_time"],
        valid=flag_in(row, "vali_flag"),
    )


def _term_base(term: TermPage, pool: str) -> dict[str, Any]:
    return {
        "hilist_code": term.item,
        "insu_admdvs": term.region,
        "begndate": term.since,
        "enddate": term.until,
        "vali_flag": flag(term.valid),
        "rid": str(term.id),
        "updt_time": term.since,
        "crte_time": term.since,
        "opt_time": term.since,
        "poolarea_no": pool,
    }


@reads("1312")
def covered_items(call: Call) -> Done:
    """Items a region covers, with class and restriction."""
    row, page = call.one(), page_of(call.one())
    found = catalogue.term_rows(_asked(call, row), limit=page.limit, offset=page.offset)
    rows = [
        _term_base(term, call.at.pool)
        | {
            "hilist_name": term.name,
            "med_chrgitm_type": term.charge_category,
            "chrgitm_lv": term.item_class,
            "lmt_used_flag": flag(term.restricted),
            "list_type": term.list_type,
            "med_use_flag": "1",
            "matn_used_flag": "1",
            "hilist_use_type": "1",
            "lmt_cpnd_type": min(code_lists()["lmt_cpnd_type"].codes),
            "memo": clipped(term.restriction, 500),
        }
        for term in found
    ]
    return Done({"data": rows})


@reads("1316")
def national_to_insured(call: Call) -> Done:
    """Which insurance item a national item is: since the national codes are used throughout, the same code."""
    row, page = call.one(), page_of(call.one())
    found = catalogue.term_rows(_asked(call, row), limit=page.limit, offset=page.offset)
    rows = [
        _term_base(term, call.at.pool) | {"med_list_codg": term.item, "list_type": term.list_type} for term in found
    ]
    return Done({"data": rows})


@reads("1318")
def ceilings(call: Call) -> Done:
    """Price ceilings by level of hospital; items without one are not listed. A page counts items."""
    row, page = call.one(), page_of(call.one())
    found = catalogue.term_rows(_asked(call, row), limit=page.limit, offset=page.offset, with_ceiling=True)
    wanted = text(row, "hilist_lmtpric_type")
    rows = [
        _term_base(term, call.at.pool)
        | {
            "hilist_lmtpric_type": level,
            "overlmt_dspo_way": "1",
            "hilist_pric_uplmt_amt": ceiling,
            "tabname": "catalogue_term",
        }
        for term in found
        for level, ceiling in (("1", term.ceiling_1), ("2", term.ceiling_2), ("3", term.ceiling_3))
        if ceiling is not None and ceiling < NO_CEILING and wanted in ("", level)
    ]
    return Done({"data": rows})


FIRST_SELF_PAY = "10"
"""selfpay_prop_type 目录先自付比例"""


@reads("1319")
def first_self_pay(call: Call) -> Done:
    """First self-pay shares of employees (310) and residents (390). A page counts items."""
    row, page = call.one(), page_of(call.one())
    found = catalogue.term_rows(_asked(call, row), limit=page.limit, offset=page.offset)
    wanted, sort = text(row, "selfpay_prop_psn_type"), text(row, "selfpay_prop_type")
    rows = [
        _term_base(term, call.at.pool)
        | {
            "selfpay_prop_psn_type": insurance,
            "selfpay_prop_type": FIRST_SELF_PAY,
            "selfpay_prop": share,
            "tabname": "catalogue_term",
        }
        for term in found
        for insurance, share in (("310", _share(term, term.first_self_pay)), ("390", _resident(term)))
        if wanted in ("", insurance) and sort in ("", FIRST_SELF_PAY)
    ]
    return Done({"data": rows})


def _resident(term: TermPage) -> Decimal:
    return _share(term, term.first_self_pay_resident)


def _share(term: TermPage, share: Decimal) -> Decimal:
    return Decimal(1) if term.item_class == "03" else share


@reads("1304")
def ethnic_drugs(call: Call) -> Done:
    """Drugs of the nationalities' own medicine in the national catalogue, those that changed since a day."""
    row, page = call.one(), page_of(call.one())
    asked = ItemAsked(
        list_type=ETHNIC_DRUG,
        item=text(row, "med_list_codg"),
        name=text(row, "drug_genname") or text(row, "drug_prodname"),
        since=row["updt_time"],
        valid=flag_in(row, "vali_flag"),
    )
    rows = [
        {
            "med_list_codg": item.code,
            "drug_prodname": item.name,
            "drug_genname": item.name,
            "dosform": item.dosage_form,
            "drug_spec": item.specification,
            "min_prcunt": item.unit,
            "vali_flag": flag(item.valid),
            "rid": item.code,
            "crte_time": item.published.date(),
            "updt_time": item.published.date(),
            "crter_id": OPERATOR,
            "crter_name": OPERATOR,
            "crte_optins_no": NATION,
            "opter_id": OPERATOR,
            "opter_name": OPERATOR,
            "opt_time": item.published.date(),
            "optins_no": NATION,
            "ver": str(item.release),
        }
        for item in catalogue.item_rows(asked, limit=page.limit, offset=page.offset)
    ]
    return Done({"data": rows})
