"""The report of a simulation as one HTML page that needs nothing else: Chinese first, English beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from yijie.engines.benefit import Policy
from yijie.engines.benefit.explain import band_sentence, step_words
from yijie.engines.benefit.result import Benefit, TraceStep
from yijie.engines.benefit.words import LABELS, dimension_label
from yijie.interfaces.simulate.charts import PATTERNS, Bar, bars, differences, shares
from yijie.interfaces.simulate.compare import AGAINST, NEW, Comparison
from yijie.interfaces.simulate.largest import Change
from yijie.interfaces.simulate.summary import BORDERS_YUAN, DIMENSIONS, SIDE, Summary, Tally
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, yuan

PAYERS = {
    **LABELS["payer"],
    "cash": Text("个人现金", "cash"),
    "allowances": Text("另付津贴", "allowances beside the bill"),
}
FACT = re.compile(r"\{[^}]*\}")
"""A fact in an error's text."""
WORDS_MAX = 20
"""Groups shown of one dimension; the report says how many more there are."""
STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif;max-width:920px;margin:2em auto;padding:0 1em;
color:#1a1a1a;background:#fff}
h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #ccc}
table{border-collapse:collapse;width:100%;margin:1em 0}
td,th{padding:.3em .6em;border-bottom:1px solid #ddd;text-align:left}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}figure{margin:1em 0;break-inside:avoid}
figcaption{font-weight:600}svg text{font-size:13px;fill:#1a1a1a}.facts{display:flex;flex-wrap:wrap;gap:1em}
.facts div{border:1px solid #ccc;border-radius:6px;padding:.6em 1em;min-width:10em}
.facts b{display:block;font-size:1.3em}
details{break-inside:avoid;margin:.5em 0}.note{color:#555}
.two{display:grid;grid-template-columns:1fr 1fr;gap:1em}ol{padding-left:1.4em}
@media print{body{margin:0;max-width:none}details>*{display:block}}
"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What was compared, as the head of the report says it."""

    comparison: Comparison
    claims: str
    day: str


def page(occasion: Occasion, summary: Summary, changes: Sequence[Change]) -> str:
    """The whole report."""
    sections = [
        _head(occasion, summary),
        _funds(summary),
        _everybody(summary),
        *(_groups(dimension, summary.groups[dimension]) for dimension in DIMENSIONS if dimension in summary.groups),
        _refused(summary),
        _largest(occasion.comparison, changes),
    ]
    title = "政策模拟 Policy simulation"
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>{PATTERNS}'
        f"<h1>{title}</h1>{''.join(sections)}</body></html>\n"
    )


def _head(occasion: Occasion, summary: Summary) -> str:
    everybody = summary.everybody
    more = sum(summary.payers[NEW].values()) and _funds_change(summary)
    facts = [
        ("个案 claims", f"{summary.claims:,}"),
        ("人 persons", f"{everybody.persons:,}"),
        ("费用 cost, 元", _yuan(summary.total)),
        ("基金支出变化 funds, 元", _signed(more)),
        ("受益 better off", _share(everybody.winners, everybody.persons)),
        ("受损 worse off", _share(everybody.losers, everybody.persons)),
    ]
    boxes = "".join(f"<div>{escape(label)}<b>{escape(text)}</b></div>" for label, text in facts)
    new, against = occasion.comparison.new, occasion.comparison.against
    fold = (
        "同一人的各次就诊按结算先后累计 visits of one person add up in order of settlement"
        if occasion.comparison.fold
        else "每个个案单独计算 every claim stands for itself"
    )
    return (
        f"<p>新政策 new: {_policy(new)}<br>对照 against: {_policy(against)}<br>个案 claims: {escape(occasion.claims)}，"
        f"{escape(occasion.day)}；{fold}</p><div class=facts>{boxes}</div>"
        '<p class="note">变化只计两个政策都能结算的个案；“受益”指个人负担（现金与个人账户，减另付的津贴）减少。'
        "Changes count claims that both policies settle; better off means less borne in cash and from the account.</p>"
    )


def _policy(policy: Policy) -> str:
    name = escape(f"{policy.name.zh} {policy.name.en} {policy.region}")
    return f"{name} <code>{escape(policy.folder)}</code> <code>{policy.fingerprint[:16]}</code>"


def _funds_change(summary: Summary) -> Fen:
    return summary.everybody.funds


def _funds(summary: Summary) -> str:
    new, against = summary.payers[NEW], summary.payers[AGAINST]
    names = [name for name in (*PAYERS, *new, *against) if new.get(name) or against.get(name)]
    names = list(dict.fromkeys(names))
    rows = [
        (_label(name), _yuan(against.get(name, 0)), _yuan(new.get(name, 0)), _signed(_change(name, summary)))
        for name in names
    ]
    chart = [Bar(_label(name), _change(name, summary), _signed(_change(name, summary))) for name in names]
    table = _table(("支付方 payer", "对照 against, 元", "新政策 new, 元", "变化 change, 元"), rows)
    return f"<h2>基金影响 Effect on the funds</h2>{differences('各支付方变化 change by payer, 元', chart)}{table}"


def _change(name: str, summary: Summary) -> Fen:
    return summary.payers[NEW].get(name, 0) - summary.payers[AGAINST].get(name, 0)


def _label(payer: str) -> str:
    return f"{PAYERS[payer].zh} {PAYERS[payer].en}" if payer in PAYERS else payer


def _everybody(summary: Summary) -> str:
    classes = summary.everybody.classes
    rows = [Bar(label, int(count), f"{int(count):,}") for label, count in zip(_classes(), classes, strict=True)]
    title = "每人变化（元，正数为受益） change per person, yuan, plus is better off"
    return f"<h2>每人变化的分布 Distribution of change per person</h2>{bars(title, rows, SIDE)}"


def _classes() -> list[str]:
    """The classes of change, from the worst off to the best off."""
    borders = [0, *BORDERS_YUAN]
    up = [f"{low:,} – {high:,}" for low, high in pairwise(borders)] + [f"≥ {borders[-1]:,}"]
    return [*(f"− ({label})" for label in reversed(up)), "不变 none", *(f"+ ({label})" for label in up)]


def _groups(dimension: str, tallies: dict[str, Tally]) -> str:
    counted = sorted((one for one in tallies.items() if one[1].persons), key=lambda one: (-one[1].persons, one[0]))
    shown = counted[:WORDS_MAX]
    chart = [
        (_word(dimension, word), (tally.losers, tally.persons - tally.losers - tally.winners, tally.winners),
         f"{tally.persons:,} 人, {_signed(_each(tally))} 元/人")
        for word, tally in shown
    ]  # fmt: skip
    rows = [
        (_word(dimension, word), f"{tally.persons:,}", _share(tally.winners, tally.persons),
         _share(tally.losers, tally.persons), _signed(tally.gain), _signed(_each(tally)), _signed(tally.funds))
        for word, tally in shown
    ]  # fmt: skip
    head = ("", "人 persons", "受益 better", "受损 worse", "合计 sum, 元", "人均 each, 元", "基金 funds, 元")
    more = len(counted) - len(shown)
    note = f'<p class="note">另有 {more} 组 and {more} more, see results.parquet</p>' if more else ""
    zh, en = _dimension(dimension)
    title = f"按{zh}：受损、不变、受益的人 worse off, no change, better off"
    return f"<h2>按{zh} By {en}</h2>{shares(title, chart)}{_table(head, rows)}{note}"


def _dimension(dimension: str) -> tuple[str, str]:
    """How people call what persons are grouped by."""
    if dimension == "region":
        return "地区", "region"
    name = {"groups": "group"}.get(dimension, dimension)
    return dimension_label(name, "zh"), dimension_label(name, "en")


def _word(dimension: str, word: str) -> str:
    named = LABELS.get({"groups": "group"}.get(dimension, dimension), {})
    words = [f"{named[part].zh} {named[part].en}" if part in named else part for part in word.split("+")]
    if not word:
        return "无 none" if dimension == "groups" else "未注明 not stated"
    return " + ".join(words)


def _each(tally: Tally) -> Fen:
    """The mean change per person, towards zero."""
    return abs(tally.gain) // tally.persons * (1 if tally.gain > 0 else -1)


def _refused(summary: Summary) -> str:
    if not summary.refused:
        return "<h2>未能结算的个案 Claims not settled</h2><p>没有 none</p>"
    rows = [
        (_code(against), _code(new), f"{count:,}")
        for (new, against), count in sorted(summary.refused.items(), key=lambda one: -one[1])
    ]
    table = _table(("对照 against", "新政策 new", "个案 claims"), rows, words=2)
    return (
        f"<h2>未能结算的个案 Claims not settled</h2><p>{summary.claims - summary.settled:,} / {summary.claims:,}；"
        f"不计入以上各表 not in the tables above</p>{table}"
    )


def _code(code: str) -> str:
    """Why claims are refused, in both languages; what differs from claim to claim is left open."""
    if not code:
        return "已结算 settled"
    error = YijieError.by_code[code]
    zh, en = error.zh.removeprefix("{place}：{path} "), error.en.removeprefix("{place}: {path}: ")
    return f"{FACT.sub('…', zh)} {FACT.sub('…', en)} [{code}]"


def _largest(comparison: Comparison, changes: Sequence[Change]) -> str:
    told = "".join(_change_of(comparison, change) for change in changes)
    return f"<h2>变化最大的十人 The ten largest changes</h2>{told}"


def _change_of(comparison: Comparison, change: Change) -> str:
    sides = "".join(
        f"<div><h4>{title}：个人 person {yuan(benefit.personal_total)}，基金 funds {yuan(benefit.funds_total)}</h4>"
        f"<ol>{_steps(policy, benefit)}</ol></div>"
        for title, policy, benefit in (
            ("对照 against", comparison.against, change.against),
            ("新政策 new", comparison.new, change.new),
        )
    )
    case = change.case
    title = f"{_masked(change.person)}：{_signed(change.gain)} 元，{change.visits} 次就诊 visits"
    visit = f"第 {change.visit} 次，{case.service_from} – {case.service_to}，费用 cost {yuan(case.amounts.total)} 元"
    return (
        f"<details open><summary>{escape(title)}</summary><p>变化最大的一次 the visit with the largest change: "
        f"{visit}</p><div class=two>{sides}</div></details>"
    )


def _masked(person: str) -> str:
    """A person's number as a report may show it: its beginning and its end."""
    return person if len(person) <= len("1234") else f"{person[:2]}***{person[-2:]}"


def _steps(policy: Policy, benefit: Benefit) -> str:
    words = policy.vocabulary
    steps = (
        f"<li>{escape(step.layer.title.zh)} {escape(step_words(step, 'zh', words))}"
        f'<br><span class="note">{escape(step_words(step, "en", words))}{_bands(step)}</span></li>'
        for step in benefit.trace
    )
    return "".join(steps)


def _bands(step: TraceStep) -> str:
    """The bands or phases in which there was cost, a line each."""
    if step.step not in ("bands", "phases"):
        return ""
    return "".join(f"<br>{escape(band_sentence(band, 'zh', step.step))}" for band in step.bands if band.cost)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table whose first columns hold words and the others figures."""
    numbers = ["" if column < words else " class=n" for column in range(len(head))]
    top = "".join(f"<th{number}>{escape(cell)}</th>" for number, cell in zip(numbers, head, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{number}>{escape(cell)}</td>' for number, cell in zip(numbers, row, strict=True))}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _yuan(fen: Fen) -> str:
    whole, _, rest = yuan(fen).partition(".")
    return f"{int(whole):,}.{rest}" if fen >= 0 else f"−{_yuan(-fen)}"


def _signed(fen: Fen) -> str:
    return f"+{_yuan(fen)}" if fen > 0 else _yuan(fen)


def _share(part: int, whole: int) -> str:
    thousandths = (part * 1000 + whole // 2) // whole if whole else 0
    return f"{part:,} ({thousandths // 10}.{thousandths % 10}%)"
