"""The page of a certification for the vendor: who knows its address may read it; personal data is masked in it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from yijie.interfaces.fsi.models import Certification
from yijie.kernel.dates import in_shanghai, now

from .result import FAILED, MISSING, NOT_OFFERED, PASSED, REMARKED, Result, result_of

TEMPLATE = "fsi/certification.html"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
STATES = {
    PASSED: ("通过", "passed"),
    REMARKED: ("通过，有提示", "passed with remarks"),
    FAILED: ("未通过", "failed"),
    MISSING: ("未发送", "not tried"),
    NOT_OFFERED: ("本平台未开通", "not offered here"),
}
WORDS = {
    "title": ("接口验收", "Certification of a client"),
    "institution": ("机构", "institution"),
    "kind": ("类型", "type"),
    "period": ("时间", "time"),
    "under_way": ("进行中", "under way"),
    "verdict_passed": ("全部通过", "everything passed"),
    "verdict_open": ("尚未全部通过", "not everything passed yet"),
    "infno": ("交易", "transaction"),
    "state": ("结果", "result"),
    "done": ("成功", "done"),
    "refused": ("拒绝", "refused"),
    "why": ("原因", "why"),
    "place": ("字段", "field"),
    "rule": ("规范", "rule"),
    "sent": ("收到", "received"),
    "finding": ("意见", "finding"),
    "message": ("报文", "message"),
    "further": ("验收单以外的交易", "further transactions"),
    "conduct": ("报文习惯", "conduct"),
    "repeated": ("超时后用同一 msgid 原样重发", "sends the same message again after a lost answer"),
    "reused": ("同一 msgid 用于不同内容", "uses an id for other content"),
    "yes": ("已观察到", "seen"),
    "no": ("未观察到", "not seen"),
    "masked": ("个人信息已脱敏。打印本页即为验收报告。", "Personal data is masked. Print this page for a report."),
    "source": (
        "必验交易依湖南省定点医药机构接口规范 V1.1.27（2024-10-14）验收清单。",
        "Demanded transactions as in the acceptance list of Hunan's edition V1.1.27 (2024-10-14).",
    ),
}


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """How a certification stands; ``?lang=en`` in English."""
    certification = Certification.objects.filter(token=token).first()
    if certification is None:
        raise Http404
    return HttpResponse(rendered(result_of(certification), request.GET.get("lang", "zh")), headers=HEADERS)


def rendered(result: Result, language: str) -> str:
    """The page as HTML that stands alone."""
    which = 1 if language == "en" else 0
    certification = result.certification
    shown = [
        {
            "item": item,
            "state": STATES[item.state][which],
            "lines": [(line, (line.rule_zh, line.rule_en)[which], _said(line.findings, which)) for line in item.lines],
            "loose": [(finding["path"], _said((finding,), which)) for finding in item.loose],
        }
        for item in result.items
    ]
    return render_to_string(
        TEMPLATE,
        {
            "words": {name: words[which] for name, words in WORDS.items()},
            "language": ("zh-Hans", "en")[which],
            "other": ("?lang=en", "?")[which],
            "other_name": ("English", "中文")[which],
            "result": result,
            "kind": certification.get_kind_display(),
            "began": f"{in_shanghai(certification.began_at):%Y-%m-%d %H:%M}",
            "ended": f"{in_shanghai(certification.ended_at):%Y-%m-%d %H:%M}" if certification.ended_at else "",
            "made": f"{now():%Y-%m-%d %H:%M:%S}",
            "counts": [(state, STATES[state][which], result.count(state)) for state in STATES],
            "demanded": [one for one in shown if one["item"].demanded],
            "further": [one for one in shown if not one["item"].demanded],
        },
    )


def _said(findings: tuple[dict[str, str], ...], which: int) -> list[str]:
    language = ("zh", "en")[which]
    return [f"{one[language]} [{one['code']}]" if one["code"] else one[language] for one in findings]


urlpatterns: list[URLPattern] = [path("certification/<str:token>/", page)]
