"""(c) (d) (e) (j): stays in hospital."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.dates import now

from .bills import stay_lines
from .his import Item, Patient, total_of
from .play import Play


def stays_in_beijing(play: Play, patient: Patient) -> tuple[str, str, str]:
    """The stay at the Beijing tertiary hospital, settled; (encounter, settlement, total)."""
    his, began = play.beijing, now() - timedelta(days=9)
    play.say.scene("c", "在北京三级医院住院", "nine days in a Beijing tertiary hospital")
    encounter = his.admit(patient, "ZY20260001", began)
    play.say.message("2401", f"入院，诊断急性阑尾炎，就诊ID {encounter}", "admitted with a diagnosis")
    items = _charge_stay(play, patient, encounter, began)
    total = total_of(items)
    his.discharge(patient, encounter, now())
    play.say.message("2402", "办理出院", "discharged")
    bill = his.stay_bill(patient, encounter, total, account=True)
    quote = his.ask("2303", bill, insured_in=patient.home_region)
    play.say.message(
        "2303",
        f"预结算：总费用 {total} 元，基金支付 {quote['setlinfo']['fund_pay_sumamt']:.2f} 元，不留痕",
        "quoted; nothing is stored",
    )
    settled = his.ask("2304", bill, insured_in=patient.home_region)
    number = settled["setlinfo"]["setl_id"]
    play.settled.append(number)
    play.say.message("2304", f"结算完成，结算ID {number}", "settled on the spot")
    play.say.money(settled, "就医地目录，参保地政策  Beijing's catalogue, Chengdu's policy")
    return encounter, number, total


def _charge_stay(play: Play, patient: Patient, encounter: str, began: datetime) -> list[Item]:
    """Forty-odd lines over several calls, one revoked and uploaded again, one refunded."""
    his = play.beijing
    first, second, third = stay_lines(encounter)
    graded = his.charge(patient, encounter, first, began)
    play.say.message("2301", f"第一批 {len(first)} 条明细", f"{len(first)} fee lines, graded as they come")
    graded += his.charge(patient, encounter, second, began + timedelta(days=2))
    play.say.message("2301", f"第二批 {len(second)} 条明细", f"{len(second)} more")
    graded += his.charge(patient, encounter, third, began + timedelta(days=5))
    play.say.message("2301", f"第三批 {len(third)} 条，含一条退费", f"{len(third)} more, one of them a refund")
    _show_graded(play, graded, [*first, *second, *third])
    wrong = second[0]
    his.ask(
        "2302",
        {"data": [{"feedetl_sn": wrong.serial, "mdtrt_id": encounter, "psn_no": patient.number}]},
        insured_in=patient.home_region,
    )
    his.charge(patient, encounter, [wrong], began + timedelta(days=2))
    play.say.message("2302", "撤销一条明细并重新上传（2301）", "one line taken back and uploaded again")
    return [*first, *second, *third]


def _show_graded(play: Play, graded: list[Any], items: list[Item]) -> None:
    """The lines of each sort, as the platform graded them."""
    telling = {
        shelf.DRUG_A.code: "甲类 class A",
        shelf.DRUG_B.code: "乙类 class B",
        shelf.DRUG_C.code: "丙类 class C",
        shelf.MATERIAL_OVER_CEILING.code: "超限价 over the ceiling",
        shelf.DRUG_RESTRICTED.code: "限制用药 restricted drug",
    }
    rows = []
    for item, line in zip(items, graded, strict=True):
        if item.code in telling:
            note = telling.pop(item.code) if item.code != shelf.DRUG_RESTRICTED.code else telling[item.code]
            if item.code == shelf.DRUG_RESTRICTED.code:
                note += "，已审批 approved" if item.approval == "1" else "，未审批 not approved"
            rows.append(_graded_row(note, line))
        elif item.original:
            rows.append(_graded_row("退费 refund", line))
    columns = ["", "金额 元", "全自费 元", "超限价 元", "先行自付 元", "符合范围 元"]
    play.say.table("明细分割 how lines were graded", columns, rows)


def _graded_row(note: str, line: dict[str, Any]) -> list[str]:
    fields = ("det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
    return [note, *(f"{line[field]:.2f}" for field in fields)]


def unfiled_resident(play: Play) -> None:
    """A resident of Hangzhou, not filed, temporary, in Beijing: the reduced ratio."""
    play.say.scene("d", "未备案的杭州居民在北京住院", "a resident of Hangzhou, not filed, in Beijing")
    settled = play.short_stay(cast.HANGZHOU_RESIDENT, play.beijing, "ZY20260002")
    ratio = settled["setlinfo"]["pool_prop_selfpay"]
    play.say.tell(
        f"未备案临时外出：按杭州政策降低比例，实际统筹支付比例 {ratio:.0%}",
        f"not filed, temporary: the ratio is reduced, the pooled fund pays {ratio:.0%} above the deductible",
    )
    play.say.money(settled, cast.HANGZHOU_RESIDENT.name)


def emergency(play: Play) -> None:
    """An emergency that counts as filed."""
    play.say.scene("e", "急诊抢救，视同备案", "an emergency that counts as filed")
    emergency = '{"IPT_TYPE":"2"}'
    settled = play.short_stay(cast.GUANGZHOU_EMPLOYEE, play.beijing, "ZY20260003", extension=emergency)
    ratio = settled["setlinfo"]["pool_prop_selfpay"]
    play.say.tell(
        f"广州职工在北京急诊入院（IPT_TYPE=2），无需备案直接结算，统筹支付比例 {ratio:.0%}",
        f"an employee of Guangzhou, admitted as an emergency, settles without a filing at {ratio:.0%}",
    )
    play.say.money(settled, cast.GUANGZHOU_EMPLOYEE.name)


def second_stay(play: Play, patient: Patient) -> None:
    """A second stay in the year: a lower deductible."""
    play.say.scene("j", "同一年第二次住院", "a second stay in the year")
    settled = play.short_stay(cast.CHENGDU_RETIREE, play.beijing, "ZY20260004")
    dedc = settled["setlinfo"]["act_pay_dedc"]
    play.say.tell(
        f"{patient.name}本年第二次住院：起付线降为 {dedc:.2f} 元",
        f"her second stay of the year: the deductible falls to {dedc:.2f} yuan",
    )
    play.say.money(settled, cast.CHENGDU_RETIREE.name)


def ceiling_carried_on(play: Play) -> None:
    """An employee of Wuhan whose year reaches the annual limit across two stays."""
    his = play.hospital(institutions.WUHAN_TERTIARY, "武汉样例第一人民医院")
    big = [Item(shelf.SURGERY.code, shelf.SURGERY.price, "150")]
    play.say.tell(
        f"{cast.WUHAN_EMPLOYEE.name}（武汉职工）一年两次大额住院，年度限额接续计算",
        f"{cast.WUHAN_EMPLOYEE.name}, employee of Wuhan: two costly stays, the annual limit is carried on",
    )
    for record in ("ZY-WH-1", "ZY-WH-2"):
        settled = play.short_stay(cast.WUHAN_EMPLOYEE, his, record, items=big)
        info = settled["setlinfo"]
        play.say.message(
            "2304",
            f"总费用 {info['medfee_sumamt']:,.2f}，起付线 {info['act_pay_dedc']:,.2f}，"
            f"统筹支付 {info['hifp_pay']:,.2f}，现金 {info['psn_cash_pay']:,.2f} 元",
            f"total {info['medfee_sumamt']:,.2f}, deductible {info['act_pay_dedc']:,.2f},"
            f" pooled fund {info['hifp_pay']:,.2f}, cash {info['psn_cash_pay']:,.2f}",
        )
    his.sign_out()
    his.close()
