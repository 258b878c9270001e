"""(f): outpatient care at home."""

from __future__ import annotations

from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.dates import now

from .his import Item, total_of
from .play import Play


def outpatient_at_home(play: Play) -> None:
    """Outpatient care at home: pooled benefit and personal account, then 2208."""
    member = cast.SHENZHEN_EMPLOYEE
    his = play.hospital(institutions.SHENZHEN_TERTIARY, "深圳样例第一人民医院")
    play.say.scene("f", "在深圳本地看门诊", "outpatient care at home in Shenzhen")
    patient = his.patient(his.read_card(member.certificate, member.name))
    encounter = his.register(patient, "MZ20260001", now())
    play.say.message("2201", f"挂号，就诊ID {encounter}", "registered")
    his.visit(patient, encounter, now())
    play.say.message("2203", "上传就诊与诊断", "visit and diagnosis uploaded")
    items = [Item(shelf.LABORATORY.code, shelf.LABORATORY.price), Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "3")]
    his.charge_visit(patient, encounter, items, now(), batch="B1")
    play.say.message("2204", f"上传 {len(items)} 条明细", f"{len(items)} lines")
    bill = his.visit_bill(patient, encounter, total_of(items), batch="B1", account=True)
    his.ask("2206", bill, insured_in=patient.home_region)
    settled = his.ask("2207", bill, insured_in=patient.home_region)
    number = settled["setlinfo"]["setl_id"]
    play.say.message("2206/2207", f"预结算、结算，结算ID {number}", "quoted and settled")
    play.say.money(settled, "门诊统筹与个人账户  pooled outpatient benefit and personal account")
    undone = his.ask(
        "2208",
        {"data": {"setl_id": number, "mdtrt_id": encounter, "psn_no": patient.number}},
        insured_in=patient.home_region,
    )
    play.say.message(
        "2208",
        f"结算撤销：{undone['setlinfo']['fund_pay_sumamt']:.2f} 元退回基金，账户余额恢复为"
        f" {undone['setlinfo']['balc']:.2f} 元",
        "voided: every amount comes back as its exact negative",
    )
    his.sign_out()
    his.close()
