"""Declared traumas are checked by people: what a third party owes is not the fund's to pay (社会保险法, article 30)."""

from __future__ import annotations

from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id

from .models import Encounter, TraumaCheck


class NoTrauma(YijieError):
    """A check of an encounter that declares no trauma, or without evidence."""

    code = "encounter.no_trauma"
    zh = "不能登记外伤核查：{why}"
    en = "the check cannot be kept: {why_en}"


def check_trauma(encounter: int, outcome: str, evidence: str, *, by: str) -> TraumaCheck:
    """Keep what was found; each check is added to those before, the newest counts."""
    if not Encounter.objects.filter(id=encounter, trauma=True).exists():
        raise NoTrauma(why="该就诊未申报外伤", why_en="it declares no trauma")
    if outcome not in TraumaCheck.Outcome.values or not evidence.strip():
        raise NoTrauma(why="须选择结论并写明依据", why_en="an outcome and its evidence must be given")
    return TraumaCheck.objects.create(
        id=new_id(), encounter_id=encounter, outcome=outcome, evidence=evidence.strip()[:500], at=now(), by=by
    )
