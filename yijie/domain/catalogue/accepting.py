"""Suggested mappings accepted together: recorded so that another person can look them over, or take them all back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from yijie.domain.institution import Standing
from yijie.domain.transaction import fetch, in_transaction
from yijie.kernel.dates import now, today
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text

from .errors import AcceptanceUnfit
from .mapping import MappingGiven, map_items, unmap
from .models import Acceptance, Item, OwnItem

OPEN_END = date(2099, 12, 31)
"""What institutions write for a mapping without an end."""
ACCEPTED_MAX = 500


class OwnRow(NamedTuple):
    """An item of an institution's own list as it is uploaded; the fields are those of the model ``OwnItem``."""

    own_code: str
    own_name: str
    list_type: str
    specification: str
    maker: str
    unit: str
    price: Any


def keep_own_items(rows: Sequence[OwnRow], at: Standing) -> int:
    """Put an institution's own items in place; a code that is there is replaced. Returns how many."""
    moment = now()
    kept = [
        OwnItem(id=new_id(moment), region=at.pool, institution=at.code, stored_at=moment, **row._asdict())
        for row in rows
    ]
    OwnItem.objects.bulk_create(
        kept,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["institution", "own_code"],
        update_fields=["own_name", "list_type", "specification", "maker", "unit", "price", "stored_at"],
    )
    return len(kept)


def accept(pairs: Sequence[tuple[str, str]], at: Standing, *, by: str) -> Acceptance:
    """Map own codes to national items, all or none; what the own codes were mapped to before is ended and kept."""

    def work() -> Acceptance:
        wanted = dict(pairs[:ACCEPTED_MAX])
        own = {one.own_code: one for one in OwnItem.objects.filter(institution=at.code, own_code__in=wanted)}
        types = dict(Item.objects.filter(code__in=wanted.values()).values_list("code", "list_type"))
        before = _living(at.code, list(wanted))
        unmap([(code, *key) for code, keys in before.items() for key in keys], at.code)
        given = [
            MappingGiven(
                own_code=code,
                own_name=own[code].own_name if code in own else "",
                list_type=types.get(item, ""),
                item=item,
                since=today(),
                until=OPEN_END,
                details={"specification": own[code].specification, "unit": own[code].unit} if code in own else {},
            )
            for code, item in wanted.items()
        ]
        map_items(given, at)
        lines = [
            {
                "own_code": one.own_code,
                "own_name": one.own_name,
                "list_type": one.list_type,
                "item": one.item,
                "before": [list(key) for key in before.get(one.own_code, [])],
            }
            for one in given
        ]
        return Acceptance.objects.create(
            id=new_id(), region=at.pool, institution=at.code, lines=lines, accepted_at=now(), accepted_by=by
        )

    return in_transaction(work)


def review_acceptance(number: int, at: Standing, *, by: str) -> Acceptance:
    """Another person has looked the mappings over."""

    def work() -> Acceptance:
        one = _locked(number, at, step=Text("复核", "reviewed"))
        if one.accepted_by == by:
            raise AcceptanceUnfit(step=Text("复核", "reviewed"), why=Text("须由另一人复核", "another person must"))
        if one.reviewed_at:
            raise AcceptanceUnfit(step=Text("复核", "reviewed"), why=Text("已复核", "they are already"))
        one.reviewed_at, one.reviewed_by = now(), by
        one.save(update_fields=["reviewed_at", "reviewed_by"])
        return one

    return in_transaction(work)


def undo_acceptance(number: int, at: Standing, *, by: str) -> Acceptance:
    """Take the mappings back and put those in place that they had replaced, from today on; all or none."""

    def work() -> Acceptance:
        one = _locked(number, at, step=Text("撤回", "undone"))
        unmap([(line["own_code"], line["list_type"], line["item"]) for line in one.lines], at.code)
        earlier = [
            MappingGiven(
                own_code=line["own_code"],
                own_name=line["own_name"],
                list_type=list_type,
                item=item,
                since=today(),
                until=OPEN_END,
                details={},
            )
            for line in one.lines
            for list_type, item in line["before"]
        ]
        if earlier:
            map_items(earlier, at)
        one.undone_at, one.undone_by = now(), by
        one.save(update_fields=["undone_at", "undone_by"])
        return one

    return in_transaction(work)


def _living(institution: str, codes: list[str]) -> dict[str, list[tuple[str, str]]]:
    rows = fetch(
        "SELECT own_code, list_type, item FROM catalogue_mapping"
        " WHERE institution = %s AND own_code = ANY(%s) AND ended_at IS NULL ORDER BY own_code, item",
        [institution, codes],
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for code, list_type, item in rows:
        found.setdefault(code, []).append((list_type, item))
    return found


def _locked(number: int, at: Standing, *, step: Text) -> Acceptance:
    one = Acceptance.objects.select_for_update().filter(id=number, institution=at.code).first()
    if one is None or one.undone_at:
        raise AcceptanceUnfit(step=step, why=Text("已撤回或不存在", "undone or not there"))
    return one
