"""(g) (h) (i): void, settle again, send again, look it up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from yijie.kernel.dates import now

from .his import Patient, moment
from .play import Play


def void_and_settle_again(play: Play, patient: Patient, stay: tuple[str, str, str]) -> None:
    """2305 and settle again; then the same 2304 twice more."""
    encounter, number, total = stay
    his = play.beijing
    play.say.scene("g", "撤销住院结算并重新结算", "void the stay's settlement and settle again")
    undone = his.ask(
        "2305",
        {"data": {"setl_id": number, "mdtrt_id": encounter, "psn_no": patient.number}},
        insured_in=patient.home_region,
    )
    play.say.message(
        "2305", f"冲回 {undone['setlinfo']['medfee_sumamt']:.2f} 元", "voided by a row of negative amounts"
    )
    bill, message = his.stay_bill(patient, encounter, total, account=True), his.message_id()
    settled = his.ask("2304", bill, insured_in=patient.home_region, msgid=message)
    play.settled[0] = settled["setlinfo"]["setl_id"]
    play.say.message(
        "2304",
        f"重新结算，金额与第一次一致：基金 {settled['setlinfo']['fund_pay_sumamt']:.2f} 元",
        "settled again, to the same fen",
    )
    play.say.scene("h", "同一报文重发三次", "the same 2304 sent three times")
    again = [his.ask("2304", bill, insured_in=patient.home_region, msgid=message) for _ in range(2)]
    assert all(answer == settled for answer in again)  # noqa: S101  the demo proves what it says
    play.say.message(
        "2304",
        f"答复丢失后再发两次：仍是同一结算 {play.settled[0]}，回答逐字节相同",
        "sent twice more, as after a lost answer: one settlement, the same answer",
    )


def looks_it_up(play: Play, patient: Patient, stay: tuple[str, str, str]) -> None:
    """5201–5204, 5206, 5302, 5303."""
    encounter, number = stay[0], play.settled[0]
    play.say.scene("i", "查询", "looking it up")
    ids = {"psn_no": patient.number, "mdtrt_id": encounter, "setl_id": number}
    period = {"begntime": moment(now() - timedelta(days=30)), "endtime": moment(now())}
    play.beijing.ask(
        "2505",
        {
            "data": {
                "psn_no": patient.number,
                "biz_appy_type": "03",
                "begndate": f"{now():%Y-%m-%d}",
                "fix_srt_no": "1",
                "fixmedins_code": play.beijing.code,
                "fixmedins_name": play.beijing.name,
            }
        },
        insured_in=patient.home_region,
    )
    play.say.message("2505", f"把{play.beijing.name}选为定点机构", "she designates the hospital")
    asked: dict[str, dict[str, Any]] = {
        "5201": {"psn_no": patient.number, "med_type": "2101", "mdtrt_id": encounter, **period},
        "5202": {"psn_no": patient.number, "mdtrt_id": encounter},
        "5203": ids,
        "5204": ids,
        "5206": {"psn_no": patient.number, "cum_ym": ""},
        "5302": {"psn_no": patient.number, "biz_appy_type": "03"},
        "5303": {"psn_no": patient.number, **period},
    }
    found = {
        infno: play.beijing.ask(infno, {"data": payload}, insured_in=patient.home_region)
        for infno, payload in asked.items()
    }
    play.say.message("5201", f"就诊 {len(found['5201']['mdtrtinfo'])} 次", "encounters")
    play.say.message("5202", f"诊断 {len(found['5202']['diseinfo'])} 条", "diagnoses, admission and discharge")
    play.say.message("5203", f"结算信息 {found['5203']['setlinfo']['medfee_sumamt']:.2f} 元", "the settlement")
    play.say.message("5204", f"费用明细 {len(found['5204'])} 条", "its fee lines")
    used = "，".join(f"{row['cum_type_code']} {row['cum']:g}" for row in found["5206"]["cuminfo"])
    play.say.message("5206", f"年度累计：{used}", "what the year has used up")
    play.say.message("5302", f"定点机构 {len(found['5302']['psnfixmedin'])} 家", "designated institutions")
    play.say.message("5303", f"在院 {len(found['5303']['data'])} 人次", "stays in hospital now")
