"""A quote as a statement on the terminal, which the patient understands: what was not covered and why, what each fund
paid and how, what the year has used up. The officer's part follows in :mod:`trace`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yijie.engines.benefit import Benefit, Policy
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.explain import band_sentence
from yijie.engines.benefit.profile import ordinals
from yijie.engines.benefit.result import LayerShare, TraceStep
from yijie.engines.benefit.words import HOSPITAL, LABELS, PARTS, PERSONAL_ACCOUNT, word_of
from yijie.interfaces.cli.trace import print_trace
from yijie.interfaces.cli.wrapping import print_wrapped
from yijie.kernel.codes import Relation
from yijie.kernel.language import Text
from yijie.kernel.money import percent, yuan

PART_REASONS = {
    "eligible": Text("按政策计算支付", "paid by the rules below"),
    "first_self_pay": Text("乙类等项目先由个人负担的部分", "the share of class B items that the person bears first"),
    "over_ceiling": Text("单价超过医保限价的部分", "what lies over the highest price that counts"),
    "not_covered": Text("目录以外或未获批准使用", "outside the catalogue, or use not approved"),
}
LEFT_OUT = {
    "class_c": Text("目录以外（丙类）", "outside the catalogue (class C)"),
    "not_approved": Text("限制使用，未获批准", "restricted, and its use was not approved"),
    "denied": Text("使用未获批准", "its use was denied"),
    "over_ceiling": Text("超过限价", "over the highest price that counts"),
    "first_self_pay": Text("先行自付", "first self-pay"),
}
PERIODS = {
    "year": Text("年度", "year"),
    "quarter": Text("季度", "quarter"),
    "month": Text("月度", "month"),
    "day": Text("当日", "day"),
    "visit": Text("本次", "visit"),
}


def print_statement(console: Console, policy: Policy, case: Case, benefit: Benefit, language: str) -> None:
    """The patient's part, then every step for the officer."""
    say = _Words(language)
    console.print(f"\n[bold]{say('待遇测算', 'Benefit quote')}  {escape(benefit.case_id)}[/bold]")
    print_wrapped(console, _circumstances(policy, case, benefit, language))
    console.print(_bill(benefit, say))
    if benefit.amounts.left_out:
        console.print(_left_out(benefit, say))
    console.print(_payers(benefit, say))
    if benefit.prepaid:
        console.print(_prepaid(benefit, say))
    if benefit.allowances:
        console.print(_allowances(policy, benefit, say))
    asked = [share for share in benefit.layers if share.paid or share.payer != PERSONAL_ACCOUNT or case.use_account]
    ways = [line for share in asked for line in _how_paid(policy, benefit, share, say)]
    ways += [_not_paid(step, say) for step in benefit.trace if step.step == "exclude"]
    if ways:
        console.print(f"\n[bold]{say('怎样算出来的', 'How it was worked out')}[/bold]")
        for line in ways:
            print_wrapped(console, line.lstrip(), 6 if line.startswith(" ") else 2, hanging=2)
    used = list(_year(case, benefit, say))
    if used:
        console.print(f"\n[bold]{say('累计与余额', 'Used up, and left')}[/bold]")
        for line in used:
            print_wrapped(console, line, 2, hanging=2)
    print_trace(console, policy, benefit, language)


def print_year(console: Console, insurance: str, year: int, accumulators: Mapping[str, object]) -> None:
    """The year's accumulators after all visits."""
    table = Table("累计 accumulator", "值 value", title=f"{LABELS['insurance'][insurance].zh} {insurance} {year}")
    for name, amount in accumulators.items():
        table.add_row(name, str(amount))
    console.print(table)


class _Words:
    """Chooses between the two languages."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def text(self, text: Text) -> str:
        return text.say(self.language)


def _circumstances(policy: Policy, case: Case, benefit: Benefit, language: str) -> str:
    """Where insured, who, what care, when, and of remote care under which title."""
    said = [f"{policy.name.say(language)} {policy.region}"]
    facts = {"insurance": case.insurance, "category": case.category, "care": case.care, "level": case.level}
    said += [LABELS[dimension][word_of(fact)].say(language) for dimension, fact in facts.items() if fact is not None]
    if case.remote.relation is not Relation.LOCAL:
        relation, situation = LABELS["relation"], LABELS["remote"]
        said += [
            relation[word_of(case.remote.relation)].say(language),
            situation[word_of(case.remote.situation)].say(language),
        ]
        said.append(LABELS["channel"][case.channel].say(language))
    days = f"{case.service_from} – {case.service_to}"
    year = Text(f"计入 {benefit.year} 年度", f"charged to {benefit.year}").say(language)
    return " · ".join([*said, days, year])


def _bill(benefit: Benefit, say: _Words) -> Table:
    table = _table(say("费用构成", "The bill"), reasons=True)
    table.add_row(say("费用总额", "total"), yuan(benefit.amounts.total), "")
    for part in PARTS:
        amount = getattr(benefit.amounts, part)
        table.add_row(say.text(LABELS["part"][part]), yuan(amount), say.text(PART_REASONS[part]) if amount else "")
    return table


def _left_out(benefit: Benefit, say: _Words) -> Table:
    """What of which item lies outside, and why."""
    table = _table(say("哪些不在支付范围", "What lies outside"), reasons=True)
    for left in benefit.amounts.left_out:
        table.add_row(escape(left.name), yuan(left.amount), say.text(LEFT_OUT[left.reason]))
    return table


def _payers(benefit: Benefit, say: _Words) -> Table:
    table = _table(say("谁支付", "Who pays"))
    for fund, paid in benefit.funds.items():
        table.add_row(say.text(LABELS["payer"][word_of(fund)]), yuan(paid))
    table.add_row(say.text(LABELS["payer"][PERSONAL_ACCOUNT]), yuan(benefit.personal_account))
    table.add_row(say("现金", "cash"), yuan(benefit.cash))
    if benefit.hospital_borne:
        table.add_row(say.text(LABELS["payer"][HOSPITAL]), yuan(benefit.hospital_borne))
    return table


def _prepaid(benefit: Benefit, say: _Words) -> Table:
    table = _table(say("预交金", "Prepaid"))
    table.add_row(say("已预交", "prepaid"), yuan(benefit.prepaid))
    table.add_row(say("应补", "still due"), yuan(benefit.cash_due))
    table.add_row(say("应退", "refund"), yuan(benefit.refund))
    return table


def _allowances(policy: Policy, benefit: Benefit, say: _Words) -> Table:
    table = _table(say("另付（不在费用内）", "Paid beside the bill"))
    titles = {layer.name: layer.title for layer in policy.layers}
    for paid in benefit.allowances:
        table.add_row(say.text(titles[paid.layer]), yuan(paid.amount))
    return table


def _table(title: str, *, reasons: bool = False) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(min_width=18)
    table.add_column(justify="right", min_width=12)
    if reasons:
        table.add_column()
    return table


def _how_paid(policy: Policy, benefit: Benefit, share: LayerShare, say: _Words) -> Iterator[str]:
    """One fund in a line, base × ratio; of bands and phases a line each."""
    steps = {step.step: step for step in benefit.trace if step.layer.name == share.layer}
    title = say.text(next(layer.title for layer in policy.layers if layer.name == share.layer))
    payer = say.text(LABELS["payer"][share.payer])
    head = say(f"{title}（{payer}）", f"{title} ({payer})")
    deductible = say(f"，减起付线 {yuan(share.deductible)}", f", less the deductible of {yuan(share.deductible)}")
    seen = say(f"可计入 {yuan(share.seen)}", f"of {yuan(share.seen)}") + (deductible if share.deductible else "")
    borne = sum(steps[name].sums["borne"] for name in ("first_share", "first_amount") if name in steps)
    if borne:
        seen += say(f"，个人先负担 {yuan(borne)}", f", of which the person first bears {yuan(borne)}")
    paying = next((steps[name] for name in ("ratio", "bands", "phases") if name in steps), None)
    if paying is not None and paying.step == "ratio":
        seen += say("，", ", ") + f"{yuan(paying.sums['excess'])} × {' / '.join(map(percent, paying.ratios))}"
    yield say("{}：{}", "{}: {}").format(head, f"{seen} → {yuan(share.paid)}")
    if paying is not None and paying.step != "ratio":
        yield from (f"    {band_sentence(band, say.language, paying.step)}" for band in paying.bands if band.cost)
    if share.cut:
        yield "    " + say(f"到限额为止，少付 {yuan(share.cut)}", f"stopped at its ceiling, {yuan(share.cut)} less")


def _not_paid(step: TraceStep, say: _Words) -> str:
    """A layer that pays nothing of this case, and why."""
    reason = say.text(step.uses[0].text)
    title = say.text(step.layer.title)
    return say(f"{title}：不支付，{reason}", f"{title}: not paid, {reason}")


def _year(case: Case, benefit: Benefit, say: _Words) -> Iterator[str]:
    """Which visit of the year it is; deductibles and ceilings: what is used up by now and what is left."""
    number, care = ordinals(case)[0], say.text(LABELS["care"][word_of(case.care)])
    yield say(f"{care}：{benefit.year} 年度第 {number} 次", f"{care}: number {number} of {benefit.year}")
    for step in benefit.trace:
        title = say.text(step.layer.title)
        if step.step == "deductible":
            yield f"{title} · {_deductible_left(step, say)}"
        elif step.step.endswith("_ceiling") and "used" in step.sums:
            limit, used = step.sums["limit"], step.sums["used"] + step.sums["kept"]
            period = PERIODS[_period(step)]
            yield f"{title} · " + say(
                f"{period.zh}限额 {yuan(limit)}，已用 {yuan(used)}，还剩 {yuan(max(0, limit - used))}",
                f"ceiling of the {period.en} {yuan(limit)}, used {yuan(used)}, left {yuan(max(0, limit - used))}",
            )


def _deductible_left(step: TraceStep, say: _Words) -> str:
    due, before, taken = (step.sums[name] for name in ("due", "before", "taken"))
    rule = step.layer.deductible
    yearly = rule is not None and rule.yearly
    left = max(0, due - before - taken) if yearly else 0
    span = PERIODS["year" if yearly else "visit"]
    return say(
        f"{span.zh}起付线 {yuan(due)}，此前已付 {yuan(before)}，这次扣 {yuan(taken)}，还剩 {yuan(left)}",
        f"deductible of the {span.en} {yuan(due)}, borne before {yuan(before)}, now {yuan(taken)}, left {yuan(left)}",
    )


def _period(step: TraceStep) -> str:
    """The period of the ceiling that a step of the trace is about."""
    layer = step.layer
    ceilings = (*layer.cost_limits, *layer.excess_ceilings, *layer.payment_ceilings)
    return next(ceiling.per for ceiling in ceilings if ceiling.uses == step.uses)
