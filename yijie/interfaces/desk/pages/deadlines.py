"""What an insurance office must not miss: each line with its day, how many, why then, and the way to the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Min, OuterRef
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yijie.domain.catalogue.models import Mapping
from yijie.domain.encounter.models import Encounter
from yijie.domain.institution.models import Institution
from yijie.domain.reconcile.models import Run
from yijie.domain.settlement.models import Settlement
from yijie.domain.settlement_list.models import SettlementList
from yijie.interfaces.desk.client import own_institution
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import HOSPITAL, DeskRequest, page
from yijie.kernel.dates import SHANGHAI, in_shanghai, months_after, today

FILED_BY_DAY = 10
"""Institutions file a month by the 10th of the next (国家医保局, 即时结算, October 2025)."""
RENEWAL_MONTHS = 3
"""An agreement is renewed three months before it ends (医疗机构医疗保障定点管理暂行办法, article 41)."""
MAPPING_DAYS = 30


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do."""

    what: str
    number: int | None
    by: date | None
    why: str
    address: str

    @property
    def tone(self) -> str:
        """How a tag shows it: late, soon, or in time."""
        if self.by is None or self.by > today() + timedelta(days=7):
            return ""
        return "bad" if self.by < today() else "warn"

    @property
    def said(self) -> str:
        """The tone in words."""
        return {"bad": say("已逾期", "late"), "warn": say("临近", "soon")}.get(self.tone, say("未到期", "in time"))


def without_list() -> Exists:
    """Of settlements: that no list of it was submitted."""
    living = SettlementList.objects.filter(settlement=OuterRef("id"), ended_at__isnull=True, state__in=["1", "2"])
    return ~Exists(living)


@page("deadlines/", "deadlines", HOSPITAL)
def deadlines(request: DeskRequest) -> HttpResponse:
    """Everything with a day, the nearest first; what has none comes last."""
    at = own_institution(request)
    found = [*_unknown(at), *_unsettled(at), *_lists(at), *_returned(at), *_mappings(at), *_unlike(at), *_agreement(at)]
    found.sort(key=lambda one: one.by or date.max)
    return render(request, "desk/deadlines.html", {"rows": found})


def _unknown(at: str) -> list[Due]:
    said = Attempt.objects.filter(institution=at, state="sent").aggregate(number=Count("id"), first=Min("sent_at"))
    why = say("结果未知的结算当日查明", "unknown outcomes are resolved the same day")
    what = say("查明结果未知的结算", "Resolve unknown outcomes")
    return (
        [Due(what, said["number"], in_shanghai(said["first"]).date(), why, reverse("unknown"))] if said["first"] else []
    )


def _unsettled(at: str) -> list[Due]:
    left = Encounter.objects.filter(institution=at, state="discharged")
    said = left.aggregate(number=Count("id"), first=Min("ended_at"))
    why = say("出院即结算；患者在等", "a stay is settled on discharge; the patient waits")
    what = say("结算已出院的住院", "Settle stays that were discharged")
    return (
        [Due(what, said["number"], in_shanghai(said["first"]).date(), why, reverse("hospital"))]
        if said["first"]
        else []
    )


def _lists(at: str) -> list[Due]:
    """Months whose settlements lack a submitted settlement list."""
    lacking = Settlement.objects.filter(institution=at, state="settled", voids__isnull=True, encounter__isnull=False)
    months = (
        lacking.filter(without_list(), care__in=["inpatient", "maternity"])
        .annotate(month=TruncMonth("settled_at", tzinfo=SHANGHAI))
        .values("month")
        .annotate(number=Count("id"))
        .order_by("month")
    )
    found = []
    for one in months:
        first = in_shanghai(one["month"]).date().replace(day=1)
        following = months_after(first, 1)
        last = following - timedelta(days=1)
        what = say(f"提交 {first:%Y-%m} 的结算清单", f"Submit the settlement lists of {first:%Y-%m}")
        why = say(
            "次月 10 日前申报（国家医保局即时结算通知）",
            "filed by the 10th of the next month (NHSA, instant settlement)",
        )
        address = f"{reverse('settlements')}?list=missing&since={first}&until={last}"
        found.append(Due(what, one["number"], following.replace(day=FILED_BY_DAY), why, address))
    return found


def _returned(at: str) -> list[Due]:
    number = SettlementList.objects.filter(institution=at, state="3", ended_at__isnull=True).count()
    what = say("改正审核不通过的结算清单", "Correct settlement lists that were returned")
    why = say("改正后重新提交", "to be submitted again")
    return [Due(what, number, None, why, f"{reverse('settlements')}?list=missing")] if number else []


def _mappings(at: str) -> list[Due]:
    ending = Mapping.objects.filter(
        institution=at, ended_at__isnull=True, until__lte=today() + timedelta(days=MAPPING_DAYS), until__gte=today()
    ).aggregate(number=Count("id"), first=Min("until"))
    what = say("续期即将到期的目录对照", "Renew mappings that are about to end")
    why = say("到期后不再有效", "they end then")
    return [Due(what, ending["number"], ending["first"], why, reverse("mapping"))] if ending["first"] else []


def _unlike(at: str) -> list[Due]:
    """What the newest comparison with the platform found."""
    run = Run.objects.filter(institution=at).order_by("-compared_at").first()
    number = run.differing + run.only_here + run.only_there if run else 0
    what = say("处理对账差异", "Clear up differences of the reconciliation")
    address = f"{reverse('settlements')}?since={run.since}&until={run.until}" if run else ""
    return (
        [Due(what, number, None, say("最近一次对账的差异", "found by the latest comparison"), address)]
        if number
        else []
    )


def _agreement(at: str) -> list[Due]:
    own = Institution.objects.filter(code=at).first()
    if own is None or own.agreement_until is None:
        return []
    what = say(f"续签医保协议（{own.agreement_until} 到期）", f"Renew the agreement that ends on {own.agreement_until}")
    why = say("期满前 3 个月申请续签", "renewal is asked for three months ahead")
    return [Due(what, None, months_after(own.agreement_until, -RENEWAL_MONTHS), why, "")]
