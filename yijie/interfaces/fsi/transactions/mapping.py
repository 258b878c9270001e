"""3301–3302 an institution's mapping of its own items to national ones, 1317 and 5163 what it mapped."""

from __future__ import annotations

from typing import Any

from yijie.domain import catalogue
from yijie.domain.catalogue import MappingGiven, MappingRow, MappingsAsked
from yijie.interfaces.fsi.call import Call, Done, flag_in, reads, text, writes
from yijie.interfaces.fsi.lines import flag
from yijie.interfaces.fsi.names import kept
from yijie.interfaces.fsi.paging import PAGE_ROWS_USUAL, page_of
from yijie.kernel.dates import in_shanghai, today
from yijie.kernel.region import pool_of

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
    asked = MappingsAsked(
        call.at.code,
        own_code=text(row, "medins_list_codg"),
        own_name=text(row, "medins_list_name"),
        list_type=text(row, "list_type"),
        item=text(row, "med_list_codg"),
        on=row.get("query_date"),
        changed=row["updt_time"],
        valid=flag_in(row, "vali_flag"),
    )
    found = catalogue.find_mappings(asked, limit=page.limit, offset=page.offset)
    return Done({"data": [_mapping(one) for one in found]})


def _mapping(one: MappingRow) -> dict[str, Any]:
    changed = in_shanghai(one.ended_at or one.stored_at).date()
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


CHECKED = "2"
"""chk_stas 自动审核通过: a mapping is checked as it comes and holds from then on."""


@reads("5163")
def mappings_in_force(call: Call) -> Done:
    """Mappings neither withdrawn nor replaced, from a row on (counted from 1), and how many there are."""
    row = call.one("catalog")
    asked = MappingsAsked(
        call.at.code,
        own_code=text(row, "fixmedins_hilist_id"),
        own_name=text(row, "fixmedins_hilist_name"),
        list_type=text(row, "list_type"),
        item=text(row, "med_list_codg"),
        valid=True,
    )
    if text(row, "chk_stas") not in ("", CHECKED):
        return Done({"result": {"totlcnt": 0, "catalogmatchinfo": []}})
    first = max(int(row.get("begnrow") or 1), 1)
    found = catalogue.find_mappings(asked, limit=PAGE_ROWS_USUAL, offset=first - 1)
    rows = [_matched(one, place) for place, one in enumerate(found, first)]
    return Done({"result": {"totlcnt": catalogue.count_mappings(asked), "catalogmatchinfo": rows}})


def _matched(one: MappingRow, place: int) -> dict[str, Any]:
    said = {national: one.details[ours] for national, ours in MAPPED.items() if ours in one.details}
    return {
        "exept_cont": said.pop("exct_cont", None),
        **said,
        "seq": place,
        "medins_hilist_id": one.own_code,
        "medins_hilist_name": one.own_name,
        "list_type": one.list_type,
        "med_list_codg": one.item,
        "begndate": one.since,
        "enddate": one.until,
        "chk_stas": CHECKED,
    }
