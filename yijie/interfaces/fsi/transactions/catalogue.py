"""13xx downloads and queries of catalogues, 1901 code lists, 3301–3302 an institution's own mapping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from yijie.domain import catalogue, files
from yijie.domain.catalogue import Changes, MappingGiven, MappingRow, TermAsked, TermPage
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, reads, text, writes
from yijie.interfaces.fsi.catalogue_files import CatalogueFile, catalogue_files
from yijie.interfaces.fsi.codelists import code_lists
from yijie.interfaces.fsi.errors import clipped
from yijie.interfaces.fsi.lines import NO_CEILING, flag
from yijie.interfaces.fsi.names import kept
from yijie.interfaces.fsi.paging import page_of
from yijie.kernel.dates import SHANGHAI, today
from yijie.kernel.region import pool_of

EDITION_DAY = date(2024, 10, 14)
"""Of the interface edition whose code lists 1901 hands out."""
NO_PARENT = "0"
NATION = "000000"
OPERATOR = "system"
ETHNIC_DRUG = "104"
VALID = "1"
MAPPED = {
    "aprvno": "approval_number",
    "dosform": "dosage_form",
    "exct_cont": "excluded",
    "item_cont": "content",
    "prcunt": "unit",
    "spec": "specification",
    "pacspec": "package",
    "memo": "memo",
}


@writes(*catalogue_files())
def download(call: Call) -> Done:
    """A file of what changed in a catalogue since the version the institution has; the same file for all who ask."""
    form = catalogue_files()[call.infno]
    newest = catalogue.latest_release()
    since = _release(call.one()["ver"], newest)
    name = f"{call.infno}_{since}_{newest}.zip"
    changes = Changes(form.source, form.lists, since, newest)
    stored = files.named(name, files.EVERYBODY) or _made(form, name, changes)
    return Done(
        in_table(
            call.infno,
            {
                "file_qury_no": stored.number,
                "filename": name,
                "dld_end_time": stored.until.date(),
                "dld_endtime": stored.until.date(),
                "data_cnt": catalogue.count_changes(changes),
            },
        )
    )


def _release(version: str, newest: int) -> int:
    """The release an institution's version names; anything else than one of ours means that it has nothing yet."""
    number = int(version) if version.isascii() and version.isdigit() else 0
    return number if number <= newest else 0


def _made(form: CatalogueFile, name: str, changes: Changes) -> files.Stored:
    entry = name.replace(".zip", ".txt")
    with files.write_table(entry, lambda write: catalogue.write_changes(changes, form.columns, write)) as table:
        return files.store(name, table.content, institution=files.EVERYBODY, region=NATION)


def _asked(call: Call, row: Row) -> TermAsked:
    begun = row.get("begndate")
    return TermAsked(
        region=text(row, "insu_admdvs") or call.at.pool,
        item=text(row, "hilist_code") or text(row, "med_list_codg"),
        name=text(row, "hilist_name"),
        list_type=text(row, "list_type"),
        charge_category=text(row, "med_chrgitm_type"),
        item_class=text(row, "chrgitm_lv"),
        restricted=_flag(row, "lmt_used_flag"),
        on=row.get("query_date"),
        since=max(begun, row["updt_time"]) if begun else row["updt_time"],
        valid=_flag(row, "vali_flag"),
    )


def _flag(row: Row, name: str) -> bool | None:
    return text(row, name) == "1" if text(row, name) else None


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
    """Drugs of the nationalities' own medicine, as far as the platform knows them."""
    row, page = call.one(), page_of(call.one())
    asked = TermAsked(
        region=call.at.pool,
        item=text(row, "med_list_codg"),
        name=text(row, "drug_genname") or text(row, "drug_prodname"),
        list_type=ETHNIC_DRUG,
        since=row["updt_time"],
        valid=_flag(row, "vali_flag"),
    )
    rows = [
        {
            "med_list_codg": term.item,
            "drug_prodname": term.name,
            "drug_genname": term.name,
            "begndate": term.since,
            "enddate": term.until,
            "vali_flag": flag(term.valid),
            "rid": str(term.id),
            "crte_time": term.since,
            "updt_time": term.since,
            "crter_id": OPERATOR,
            "crter_name": OPERATOR,
            "crte_optins_no": term.region,
            "opter_id": OPERATOR,
            "opter_name": OPERATOR,
            "opt_time": term.since,
            "optins_no": term.region,
            "ver": str(term.id),
        }
        for term in catalogue.term_rows(asked, limit=page.limit, offset=page.offset)
    ]
    return Done({"data": rows})


@reads("1901")
def codes(call: Call) -> Done:
    """A code list of the interface (字典表)."""
    row = call.one()
    chosen = code_lists().get(row["type"]) or code_lists().get(row["type"].lower())
    pairs = chosen.codes.items() if chosen and row["Vali_Flag"] == VALID else ()
    return Done(
        {
            "list": [
                {
                    "type": row["type"],
                    "label": clipped(meaning or code, 50),
                    "value": code,
                    "parentValue": NO_PARENT,
                    "sort": position,
                    "valiFlag": VALID,
                    "createUser": OPERATOR,
                    "createDate": EDITION_DAY,
                    "version": 1,
                }
                for position, (code, meaning) in enumerate(pairs, 1)
            ]
        }
    )


@writes("3301")
def map_items(call: Call) -> Done:
    """Keep which national item each of the institution's own items is."""
    given = [
        MappingGiven(
            own_code=row["fixmedins_hilist_id"],
            own_name=row["fixmedins_hilist_name"],
            list_type=row["list_type"],
            item=row["med_list_codg"],
            since=row["begndate"],
            until=row["enddate"],
            details=kept(row, MAPPED),
        )
        for row in call.many("data")
    ]
    catalogue.map_items(given, call.at)
    return Done()


@writes("3302")
def unmap_items(call: Call) -> Done:
    """Withdraw mappings of this institution."""
    keys = [(row["fixmedins_hilist_id"], row["list_type"], row["med_list_codg"]) for row in call.many("data")]
    catalogue.unmap(keys, call.at.code)
    return Done()


@reads("1317")
def mappings(call: Call) -> Done:
    """Mappings of this institution, withdrawn and replaced ones as invalid."""
    row, page = call.one(), page_of(call.one())
    found = catalogue.find_mappings(
        call.at.code,
        own_code=text(row, "medins_list_codg"),
        own_name=text(row, "medins_list_name"),
        list_type=text(row, "list_type"),
        item=text(row, "med_list_codg"),
        on=row.get("query_date"),
        changed_since=row["updt_time"],
        valid=_flag(row, "vali_flag"),
        limit=page.limit,
        offset=page.offset,
    )
    return Done({"data": [_mapping(one) for one in found]})


def _mapping(one: MappingRow) -> dict[str, Any]:
    changed = (one.ended_at or one.stored_at).astimezone(SHANGHAI).date()
    return {
        **{national: one.details[ours] for national, ours in MAPPED.items() if ours in one.details},
        "fixmedins_code": one.institution,
        "medins_list_codg": one.own_code,
        "medins_list_name": one.own_name,
        "insu_admdvs": pool_of(one.region),
        "list_type": one.list_type[:3],
        "med_list_codg": one.item,
        "begndate": one.since,
        "enddate": one.until,
        "vali_flag": flag(one.ended_at is None and one.until >= today()),
        "rid": str(one.id),
        "updt_time": changed,
        "crte_time": one.stored_at.date(),
        "opt_time": changed,
        "poolarea_no": one.region,
    }
