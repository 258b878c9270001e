"""The statement a patient leaves with: what was charged, what was not covered and why, who paid by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from yijie.domain import decision, encounter, exchange, institution, settlement
from yijie.domain.encounter import LineRow, Record
from yijie.domain.enrolment import Insured
from yijie.domain.settlement import SettlementRow, SettlementUnknown
from yijie.interfaces.fsi import homes
from yijie.interfaces.node import homes as other_nodes
from yijie.kernel.codes import CareKind, ItemClass
from yijie.kernel.ids import public_id
from yijie.kernel.money import Fen, yuan
from yijie.kernel.region import name_of

CATEGORIES = {
    "01": ("床位费", "bed"),
    "02": ("诊察费", "consultation"),
    "03": ("检查费", "examination"),
    "04": ("化验费", "laboratory"),
    "05": ("治疗费", "treatment"),
    "06": ("手术费", "surgery"),
    "07": ("护理费", "nursing"),
    "08": ("卫生材料费", "material"),
    "09": ("西药费", "western drugs"),
    "10": ("中药饮片费", "herbal pieces"),
    "11": ("中成药费", "Chinese patent drugs"),
    "12": ("一般诊疗费", "general care"),
    "13": ("挂号费", "registration"),
    "14": ("其他费", "other"),
}
"""med_chrgitm_type (医疗收费项目类别)"""

FUNDS = {
    "pooled": ("统筹基金", "pooled fund"),
    "large_amount": ("大额医疗补助", "large-amount fund"),
    "major_illness": ("大病保险", "major-illness insurance"),
    "company": ("企业补充", "company supplement"),
    "civil_servant": ("公务员补助", "civil-servant supplement"),
    "aid": ("医疗救助", "medical aid"),
    "disabled": ("伤残保障", "disabled persons' fund"),
    "other": ("其他", "other"),
    "account": ("个人账户", "personal account"),
    "cash": ("个人现金", "cash"),
    "hospital_borne": ("医院负担", "borne by the hospital"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything the statement says of one settlement, read from the books."""

    row: SettlementRow
    record: Record
    person: Insured
    institution_name: str
    lines: list[LineRow]
    report: dict[str, Any]
    used: list[decision.YearUsed]


def statement_of(number: str) -> Statement:
    """The statement of a settlement by its number (setl_id); the decision is worked out again, not remembered."""
    row = settlement.by_number(number)
    if row is None or row.voids is not None:
        raise SettlementUnknown(number=number)
    record = encounter.find(public_id(row.region, row.encounter), row.institution, row.person_number)
    relation = (row.person_number, row.insurance, row.home_region)
    person, _ = homes.facts([relation], row.settled_at.date())[relation]
    if exchange.is_here(row.home_region):
        report, used = decision.explanation_of(row.id), decision.accumulators_of(row.person_number, row.year)
    else:
        report, used = other_nodes.explanation(row.id, row.home_region)
    return Statement(
        row=row,
        record=record,
        person=person,
        institution_name=institution.standing(row.institution).name,
        lines=encounter.lines_of(row.encounter, row.batch, row.settled_at),
        report=report,
        used=used,
    )


def rendered(statement: Statement, language: str = "zh") -> RenderableType:
    """The statement for a terminal or a text file; ``language`` is zh or en."""
    say = _Words(language)
    parts: list[RenderableType] = [
        _head(statement, say),
        _charges(statement, say),
        *_not_covered(statement, say),
        _reasons(statement, say),
        _payers(statement, say),
        _year(statement, say),
    ]
    return Group(*(Padding(part, (0, 0, 1, 2), expand=False) for part in parts))


class _Words:
    """Chooses between the two languages."""

    def __init__(self, language: str) -> None:
        self.index = 0 if language == "zh" else 1
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return (zh, en)[self.index]


def _head(s: Statement, say: _Words) -> RenderableType:
    row, record = s.row, s.record
    title = say("医疗保障费用结算单", "Statement of medical-insurance settlement")
    state = say("（已撤销）", " (voided)") if row.state == "voided" else ""
    grid = Table.grid(padding=(0, 3))
    period = f"{record.began_at:%Y-%m-%d} – {(record.ended_at or record.began_at):%Y-%m-%d}"
    facts = [
        (
            say("结算编号", "settlement"),
            row.number,
            say("结算时间", "settled at"),
            f"{row.settled_at:%Y-%m-%d %H:%M:%S}",
        ),
        (say("姓名", "name"), s.person.name, say("人员编号", "person"), row.person_number),
        (
            say("参保地", "insured in"),
            name_of(row.home_region, say.language),
            say("就医地", "treated in"),
            name_of(row.region, say.language),
        ),
        (say("医药机构", "institution"), s.institution_name, say("就诊日期", "dates of care"), period),
    ]
    for left, left_value, right, right_value in facts:
        grid.add_row(f"[dim]{left}[/dim]", left_value, f"[dim]{right}[/dim]", right_value)
    return Group(Text(title + state, style="bold"), grid)


def _charges(s: Statement, say: _Words) -> RenderableType:
    table = _money_table(
        say("费用", "charges"),
        [
            say("类别", "category"),
            say("金额", "amount"),
            say("全自费", "not covered"),
            say("超限价", "over ceiling"),
            say("先行自付", "first self-pay"),
            say("符合范围", "eligible"),
        ],
    )
    for category, lines in _by_category(s.lines):
        label = CATEGORIES.get(category, (category, category))[say.index]
        table.add_row(label, *(yuan(sum(getattr(line, part) for line in lines)) for part in PARTS))
    table.add_section()
    money = s.row.money
    table.add_row(say("合计", "total"), *(yuan(money["total" if part == "amount" else part]) for part in PARTS))
    return table


PARTS = ("amount", "not_covered", "over_ceiling", "first_self_pay", "eligible")


def _by_category(lines: Iterable[LineRow]) -> list[tuple[str, list[LineRow]]]:
    grouped: dict[str, list[LineRow]] = {}
    for line in lines:
        grouped.setdefault(line.charge_category, []).append(line)
    return sorted(grouped.items())


def _not_covered(s: Statement, say: _Words) -> list[RenderableType]:
    """Lines of which the fund looks at nothing or not at all, each with the reason."""
    table = _money_table(
        say("不予支付的费用及原因", "what was not covered, and why"),
        [say("项目", "item"), say("金额", "amount"), say("自费", "own"), say("原因", "why")],
        last_is_text=True,
    )
    for line in s.lines:
        own = line.not_covered + line.over_ceiling
        if own:
            table.add_row(line.item_name, yuan(line.amount), yuan(own), _why(line, say))
    return [table] if table.row_count else []


def _why(line: LineRow, say: _Words) -> str:
    if line.over_ceiling:
        ceiling = f"{line.ceiling.normalize():f}" if line.ceiling is not None else ""
        return say(f"超过限价 {ceiling} 元", f"over the ceiling of {ceiling} yuan")
    if line.item_class == ItemClass.C:
        return say("丙类，目录外", "class C, outside the catalogue")
    if line.restricted:
        return say("限制使用，未经医院审批", "restricted use without the hospital's approval")
    return say("医院审批不通过", "the hospital refused approval")


def _reasons(s: Statement, say: _Words) -> RenderableType:
    """Every step of the decision in words, with the parameter's source."""
    policy = s.report["policy"]
    name = policy["name"][say.language]
    title = say(
        f"待遇计算（{name}待遇政策，{policy['day']} 有效）",
        f"how it was decided ({name} policy in force {policy['day']})",
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim")
    grid.add_column()
    for number, step in enumerate(s.report["trace"], 1):
        sources = "；".join(dict.fromkeys(_source(p, say) for p in step["parameters"]))
        grid.add_row(str(number), step[say.language] + (f" [dim]〔{sources}〕[/dim]" if sources else ""))
    return Group(Text(title, style="bold"), grid)


def _source(parameter: dict[str, Any], say: _Words) -> str:
    source = parameter["source"]
    return say(
        f"{source['title']}，{parameter['from']} 起，{source['trust']} 级",
        f"{source['title']}, from {parameter['from']}",
    )


def _payers(s: Statement, say: _Words) -> RenderableType:
    table = _money_table(say("由谁支付", "who pays"), [say("支付方", "payer"), say("金额", "amount")])
    money = s.row.money
    for name, words in FUNDS.items():
        if money[name]:
            table.add_row(words[say.index], yuan(money[name]))
    table.add_section()
    table.add_row(say("合计", "total"), yuan(money["total"]))
    return table


def _year(s: Statement, say: _Words) -> RenderableType:
    title = say(f"{s.row.year} 年度累计（截至目前）", f"the year {s.row.year} so far")
    grid = Table.grid(padding=(0, 3))
    grid.add_column()
    grid.add_column(justify="right")
    for used in s.used:
        if used.insurance != s.row.insurance:
            continue
        for name, amount in sorted(used.amounts.items()):
            grid.add_row(_accumulator(name, s.report, say), _value(name, amount))
    return Group(Text(title, style="bold"), grid)


COUNTED = {
    "cost": ("进入费用", "cost"),
    "deductible": ("已付起付线", "deductible borne"),
    "excess": ("起付线以上费用", "above the deductible"),
    "paid": ("已支付", "paid"),
}
CARE = {
    CareKind.INPATIENT: ("住院", "stays"),
    CareKind.OUTPATIENT: ("门诊", "visits"),
    CareKind.CHRONIC: ("门诊慢特病就诊", "visits for chronic diseases"),
    CareKind.TWO_DISEASES: ("门诊两病就诊", "visits for hypertension and diabetes"),
    CareKind.PHARMACY: ("药店购药", "purchases at pharmacies"),
    CareKind.MATERNITY: ("生育就诊", "maternity care"),
    CareKind.LONG_TERM_CARE: ("长期护理", "long-term care"),
}


def _accumulator(name: str, report: dict[str, Any], say: _Words) -> str:
    if name.startswith("count."):
        _, care, *remote = name.split(".")
        word = CARE[CareKind(care)][say.index]
        return say(f"{word}次数", word) + (say("（异地）", " (outside the pool)") if remote else "")
    layer, _, counted = name.partition("@")[0].rpartition(".")
    title = next((one["title"][say.language] for one in report["layers"] if one["layer"] == layer), layer)
    return f"{title} {COUNTED.get(counted, (counted, counted))[say.index]}"


def _value(name: str, amount: Fen) -> str:
    return str(amount) if name.startswith("count.") else yuan(amount)


def _money_table(title: str, columns: list[str], *, last_is_text: bool = False) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        text = position == 0 or (last_is_text and position == len(columns) - 1)
        table.add_column(column, justify="left" if text else "right", overflow="fold")
    return table


def print_statement(number: str, language: str, console: Console) -> None:
    """Print a settlement's statement."""
    console.print(rendered(statement_of(number), language))
