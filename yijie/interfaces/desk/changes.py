"""Changes of reference data pass two people: one proposes rows, another puts them into effect, all or none."""

from __future__ import annotations

from django.db import transaction

from yijie.domain import access
from yijie.domain.access import Scope
from yijie.domain.catalogue.models import Item
from yijie.domain.transaction import in_transaction
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text
from yijie.kernel.region import NATION

from .models import Change
from .reference import REFERENCES, TERMS, Reference, as_cell
from .sheets import Sheet, read_cells


class NotToApply(YijieError):
    """A change that this person may not decide, or that was decided."""

    code = "change.not_to_apply"
    zh = "不能办理这项变更：{why}"
    en = "this change cannot be decided: {why}"


def checked(kind: Reference, sheet: Sheet, scope: Scope) -> None:
    """Add what is wrong with rows as a whole: another region's, the same key twice, an item nobody knows."""
    if sheet.mistakes:
        return
    names = {column.field: column.zh for column in kind.columns}
    known = _known_items(sheet) if kind is TERMS else set()
    seen: dict[tuple[str, ...], int] = {}
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        key = tuple(as_cell(row[names[field]]) for field in kind.key)
        if kind.region_of(kind.fields(row)) not in scope.regions and NATION not in scope.regions:
            sheet.mistaken(number, names[kind.key[0]], "不在您管理的地区", "not of a region you administer")
        if key in seen:
            first = seen[key]
            sheet.mistaken(number, names[kind.key[0]], f"与第 {first} 行重复", f"the same as in row {first}")
        if kind is TERMS and row["医疗目录编码"] not in known:
            sheet.mistaken(number, "医疗目录编码", "不在国家目录中", "not in the national catalogue")
        seen.setdefault(key, number)
    if not sheet.mistakes:
        _tried(kind, sheet)


def _known_items(sheet: Sheet) -> set[str]:
    wanted = {row["医疗目录编码"] for row in sheet.rows}
    return set(Item.objects.filter(code__in=wanted).values_list("code", flat=True))


def _tried(kind: Reference, sheet: Sheet) -> None:
    """Apply and take back: what the books refuse is told before anybody proposes it."""
    with access.as_platform(), transaction.atomic():
        try:
            kind.put([kind.fields(row) for row in sheet.rows])
        except YijieError as refused:
            sheet.mistaken(0, "", refused.text("zh"), refused.text("en"))
        transaction.set_rollback(True)


def propose(kind: Reference, sheet: Sheet, *, by: str, note: str) -> Change:
    """Keep rows that were read and checked."""
    regions = {kind.region_of(kind.fields(row)) for row in sheet.rows}
    rows = [{column.zh: as_cell(row[column.zh]) for column in kind.columns} for row in sheet.rows]
    return Change.objects.create(
        id=new_id(),
        region=regions.pop() if len(regions) == 1 else NATION,
        table=kind.name,
        rows=rows,
        note=note,
        proposed_at=now(),
        proposed_by=by,
    )


def apply_change(number: int, *, by: str) -> Change:
    """Put a proposal into effect."""

    def work() -> Change:
        one = _locked(number, by)
        kind = REFERENCES[one.table]
        kind.put([kind.fields(row) for row in read_cells(one.rows, kind.readers).rows])
        return _ended(one, Change.State.APPLIED, by)

    return in_transaction(work)


def refuse_change(number: int, *, by: str) -> Change:
    """Let a proposal go."""
    return in_transaction(lambda: _ended(_locked(number, by), Change.State.REFUSED, by))


def _locked(number: int, by: str) -> Change:
    one = Change.objects.select_for_update().filter(id=number).first()
    if one is None or one.state != Change.State.PROPOSED:
        raise NotToApply(why=Text("已办理过", "it was decided already"))
    if one.proposed_by == by:
        raise NotToApply(why=Text("由您本人提出，须由另一人复核", "you proposed it; another person decides"))
    return one


def _ended(one: Change, state: Change.State, by: str) -> Change:
    one.state, one.decided_at, one.decided_by = state, now(), by
    one.save(update_fields=["state", "decided_at", "decided_by"])
    return one
