"""Declared traumas are checked by people: what a third party owes is not the fund's to pay (社会保险法, article 30)."""

from __future__ import annotations

from collections.abc import Iterable

from yijie.domain.transaction import fetch, in_transaction
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text

from .models import Encounter, TraumaCheck


class NoTrauma(YijieError):
    """A check of an encounter that declares no trauma, or without evidence."""

    code = "encounter.no_trauma"
    zh = "不能登记外伤核查：{why}"
    en = "the check cannot be kept: {why}"


class ThirdPartyLiable(YijieError):
    """A settlement of care that a third party has to pay for, as the newest check found."""

    code = "encounter.third_party_liable"
    zh = (
        "就诊 {number} 经核查为第三方责任，基金不予支付（社会保险法第三十条），请按自费结算；有异议请联系参保地经办机构"
    )
    en = "encounter {number} is a third party's to pay (Social Insurance Law, article 30); charge it at own cost"


NEWEST = """
SELECT encounter_id FROM (
    SELECT DISTINCT ON (encounter_id) encounter_id, outcome FROM encounter_traumacheck WHERE encounter_id = ANY(%s)
    ORDER BY encounter_id, at DESC, id DESC
) newest WHERE outcome = 'excluded'
"""


def excluded(encounters: Iterable[int]) -> set[int]:
    """Those of the encounters whose newest check found a third party liable: funds do not pay for them."""
    return {number for (number,) in fetch(NEWEST, [sorted(encounters)])}


def check_trauma(encounter: int, outcome: str, evidence: str, *, by: str) -> TraumaCheck:
    """Keep what was found; each check is added to those before, the newest counts.

    The encounter stays locked until the transaction ends: it cannot be settled meanwhile.
    """
    if outcome not in TraumaCheck.Outcome.values or not evidence.strip():
        raise NoTrauma(why=Text("须选择结论并写明依据", "an outcome and its evidence must be given"))

    def work() -> TraumaCheck:
        if not Encounter.objects.select_for_update().filter(id=encounter, trauma=True):
            raise NoTrauma(why=Text("该就诊未申报外伤", "it declares no trauma"))
        return TraumaCheck.objects.create(
            id=new_id(), encounter_id=encounter, outcome=outcome, evidence=evidence.strip()[:500], at=now(), by=by
        )

    return in_transaction(work)
