"""The journey: someone insured in one city is treated in another and settles on the spot, scene by scene.

Hospital systems speak the national interface over HTTP. What patients and bureau officers do (a filing, showing a
phone's code) goes through the same domain operations that pages will call.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yijie.domain import enrolment, filing
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.interfaces.sample.cast import Member
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now
from yijie.kernel.region import name_of

from .his import HospitalSystem, Item, Patient, Refused, moment, total_of
from .narrator import Narrator


class Journey:
    """Plays the scenes in order on a running server."""

    def __init__(self, address: str, narrator: Narrator) -> None:
        self.say = narrator
        self.address = address
        self.beijing = self.hospital(institutions.BEIJING_TERTIARY, "北京样例第一人民医院")
        self.settled: list[str] = []

    def hospital(self, code: str, name: str) -> HospitalSystem:
        """The information system of an institution, signed in."""
        system = HospitalSystem(self.address, code, name, code[1:7])
        system.sign_in()
        return system

    def play(self) -> None:
        """All scenes."""
        self.files_for_beijing()
        patient = self.shows_who_she_is()
        first = self.stays_in_beijing(patient)
        self.unfiled_resident()
        self.emergency()
        self.outpatient_at_home()
        self.void_and_settle_again(patient, first)
        self.looks_it_up(patient, first)
        self.second_stay(patient)
        self.ceiling_carried_on()
        self.beijing.sign_out()

    # (a) ------------------------------------------------------------------------------------------------

    def files_for_beijing(self) -> None:
        """A retired worker of Chengdu files for long-term residence in Beijing: request, promise, approval."""
        member = cast.CHENGDU_RETIREE
        self.say.scene("a", "异地就医备案", "filing for remote care")
        request = filing.request(
            filing.Application(
                person_number=member.number,
                insurance="310",
                home_region=member.pool,
                care_region="110000",
                kind=FilingKind.LONG_TERM_RESIDENT,
                since=now().date(),
                promised=True,
                channel="phone",
                reason="随子女在北京居住",
            ),
            by=member.name,
        )
        self.say.tell(
            f"{member.name}（成都退休职工）在手机上申请异地长期居住备案，就医地北京，签署承诺书，备案号 {request.id}",
            f"{member.name}, retired worker of Chengdu, files on her phone for long-term residence in Beijing and signs"
            " the promise instead of papers",
        )
        filing.approve(request.id, by="成都市医保经办 张（样例）", note="承诺制，即时办结")
        self.say.tell("成都市经办人员审核通过，长期有效", "an officer of Chengdu approves; it holds until revoked")

    # (b) ------------------------------------------------------------------------------------------------

    def shows_who_she_is(self) -> Patient:
        """1101 by identity card and by electronic credential, 2001."""
        member = cast.CHENGDU_RETIREE
        self.say.scene("b", "核验身份与待遇", "who she is and what she is entitled to")
        by_card = self.beijing.read_card(member.certificate, member.name)
        patient = self.beijing.patient(by_card)
        relation = by_card["insuinfo"][0]
        self.say.message(
            "1101",
            f"身份证：{patient.name}，参保地 {name_of(patient.home_region)}，个人账户 {relation['balc']:.2f} 元",
            f"by identity card: insured in {patient.home_region}, account holds {relation['balc']:.2f} yuan",
        )
        token = enrolment.issue_credential(member.number)
        by_code = self.beijing.read_credential(token, member.certificate, member.name)
        assert by_code["baseinfo"] == by_card["baseinfo"]  # noqa: S101  the demo proves what it says
        self.say.message(
            "1101", "医保电子凭证二维码：同一人", "by the one-time code of her electronic credential: the same person"
        )
        checked = self.beijing.ask(
            "2001",
            {
                "data": {
                    "psn_no": patient.number,
                    "insutype": patient.insurance,
                    "fixmedins_code": self.beijing.code,
                    "med_type": "2101",
                    "begntime": moment(now()),
                }
            },
            insured_in=patient.home_region,
        )
        for entry in checked["trtinfo"]:
            flag = "可享受" if entry["trt_enjymnt_flag"] == "1" else "不享受"
            self.say.message(
                "2001",
                f"基金 {entry['fund_pay_type']}：{flag}（{entry['trt_chk_rslt']}）",
                f"fund {entry['fund_pay_type']}: {'pays' if flag == '可享受' else 'does not pay'}",
            )
        return patient

    # (c) ------------------------------------------------------------------------------------------------

    def stays_in_beijing(self, patient: Patient) -> tuple[str, str, str]:
        """The stay at the Beijing tertiary hospital, settled; (encounter, settlement, total)."""
        his, began = self.beijing, now() - timedelta(days=9)
        self.say.scene("c", "在北京三级医院住院", "nine days in a Beijing tertiary hospital")
        encounter = his.admit(patient, "ZY20260001", began)
        self.say.message("2401", f"入院，诊断急性阑尾炎，就诊ID {encounter}", "admitted with a diagnosis")
        items = self._charge_stay(patient, encounter, began)
        total = total_of(items)
        his.discharge(patient, encounter, now() - timedelta(hours=2))
        self.say.message("2402", "办理出院", "discharged")
        bill = his.stay_bill(patient, encounter, total, account=True)
        quote = his.ask("2303", bill, insured_in=patient.home_region)
        self.say.message(
            "2303",
            f"预结算：总费用 {total} 元，基金支付 {quote['setlinfo']['fund_pay_sumamt']:.2f} 元，不留痕",
            "quoted; nothing is stored",
        )
        settled = his.ask("2304", bill, insured_in=patient.home_region)
        number = settled["setlinfo"]["setl_id"]
        self.settled.append(number)
        self.say.message("2304", f"结算完成，结算ID {number}", "settled on the spot")
        self.say.money(settled, "就医地目录，参保地政策  Beijing's catalogue, Chengdu's policy")
        return encounter, number, total

    def _charge_stay(self, patient: Patient, encounter: str, began: datetime) -> list[Item]:
        """Forty-odd lines over several calls, one revoked and uploaded again, one refunded."""
        his = self.beijing
        first, second, third = stay_lines(encounter)
        graded = his.charge(patient, encounter, first, began)
        self.say.message("2301", f"第一批 {len(first)} 条明细", f"{len(first)} fee lines, graded as they come")
        graded += his.charge(patient, encounter, second, began + timedelta(days=2))
        self.say.message("2301", f"第二批 {len(second)} 条明细", f"{len(second)} more")
        graded += his.charge(patient, encounter, third, began + timedelta(days=5))
        self.say.message("2301", f"第三批 {len(third)} 条，含一条退费", f"{len(third)} more, one of them a refund")
        self._show_graded(graded, [*first, *second, *third])
        wrong = second[0]
        his.ask(
            "2302",
            {"data": [{"feedetl_sn": wrong.serial, "mdtrt_id": encounter, "psn_no": patient.number}]},
            insured_in=patient.home_region,
        )
        his.charge(patient, encounter, [wrong], began + timedelta(days=2))
        self.say.message("2302", "撤销一条明细并重新上传（2301）", "one line taken back and uploaded again")
        return [*first, *second, *third]

    def _show_graded(self, graded: list[Any], items: list[Item]) -> None:
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
        self.say.table("明细分割 how lines were graded", columns, rows)

    # (d) (e) --------------------------------------------------------------------------------------------

    def unfiled_resident(self) -> None:
        """A resident of Hangzhou, not filed, temporary, in Beijing: the reduced ratio."""
        self.say.scene("d", "未备案的杭州居民在北京住院", "a resident of Hangzhou, not filed, in Beijing")
        settled = self._short_stay(cast.HANGZHOU_RESIDENT, self.beijing, "ZY20260002")
        ratio = settled["setlinfo"]["pool_prop_selfpay"]
        self.say.tell(
            f"未备案临时外出：按杭州政策降低比例，实际统筹支付比例 {ratio:.0%}",
            f"not filed, temporary: the ratio is reduced, the pooled fund pays {ratio:.0%} above the deductible",
        )
        self.say.money(settled, cast.HANGZHOU_RESIDENT.name)

    def emergency(self) -> None:
        """An emergency that counts as filed."""
        self.say.scene("e", "急诊抢救，视同备案", "an emergency that counts as filed")
        emergency = '{"IPT_TYPE":"2"}'
        settled = self._short_stay(cast.GUANGZHOU_EMPLOYEE, self.beijing, "ZY20260003", extension=emergency)
        ratio = settled["setlinfo"]["pool_prop_selfpay"]
        self.say.tell(
            f"广州职工在北京急诊入院（IPT_TYPE=2），无需备案直接结算，统筹支付比例 {ratio:.0%}",
            f"an employee of Guangzhou, admitted as an emergency, settles without a filing at {ratio:.0%}",
        )
        self.say.money(settled, cast.GUANGZHOU_EMPLOYEE.name)

    def _short_stay(
        self, member: Member, his: HospitalSystem, record: str, *, extension: str = "", items: list[Item] | None = None
    ) -> dict[str, Any]:
        """A stay of four days with a handful of lines, settled."""
        patient = his.patient(his.read_card(member.certificate, member.name))
        began = now() - timedelta(days=4)
        encounter = his.admit(patient, record, began, extension=extension)
        charged = items or SHORT_BILL
        his.charge(patient, encounter, charged, began)
        his.discharge(patient, encounter, now() - timedelta(hours=1))
        bill = his.stay_bill(patient, encounter, total_of(charged), account=patient.insurance == "310")
        settled: dict[str, Any] = his.ask("2304", bill, insured_in=patient.home_region)
        self.settled.append(settled["setlinfo"]["setl_id"])
        return settled

    # (f) ------------------------------------------------------------------------------------------------

    def outpatient_at_home(self) -> None:
        """Outpatient care at home: pooled benefit and personal account, then 2208."""
        member = cast.SHENZHEN_EMPLOYEE
        his = self.hospital(institutions.SHENZHEN_TERTIARY, "深圳样例第一人民医院")
        self.say.scene("f", "在深圳本地看门诊", "outpatient care at home in Shenzhen")
        patient = his.patient(his.read_card(member.certificate, member.name))
        encounter = his.register(patient, "MZ20260001", now())
        self.say.message("2201", f"挂号，就诊ID {encounter}", "registered")
        his.visit(patient, encounter, now())
        self.say.message("2203", "上传就诊与诊断", "visit and diagnosis uploaded")
        items = [Item(shelf.LABORATORY.code, shelf.LABORATORY.price), Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "3")]
        his.charge_visit(patient, encounter, items, now(), batch="B1")
        self.say.message("2204", f"上传 {len(items)} 条明细", f"{len(items)} lines")
        bill = his.visit_bill(patient, encounter, total_of(items), batch="B1", account=True)
        his.ask("2206", bill, insured_in=patient.home_region)
        settled = his.ask("2207", bill, insured_in=patient.home_region)
        number = settled["setlinfo"]["setl_id"]
        self.say.message("2206/2207", f"预结算、结算，结算ID {number}", "quoted and settled")
        self.say.money(settled, "门诊统筹与个人账户  pooled outpatient benefit and personal account")
        undone = his.ask(
            "2208",
            {"data": {"setl_id": number, "mdtrt_id": encounter, "psn_no": patient.number}},
            insured_in=patient.home_region,
        )
        self.say.message(
            "2208",
            f"结算撤销：{undone['setlinfo']['fund_pay_sumamt']:.2f} 元退回基金，账户余额恢复为"
            f" {undone['setlinfo']['balc']:.2f} 元",
            "voided: every amount comes back as its exact negative",
        )
        his.sign_out()
        his.close()

    # (g) (h) (i) ----------------------------------------------------------------------------------------

    def void_and_settle_again(self, patient: Patient, stay: tuple[str, str, str]) -> None:
        """2305 and settle again; then the same 2304 twice more."""
        encounter, number, total = stay
        his = self.beijing
        self.say.scene("g", "撤销住院结算并重新结算", "void the stay's settlement and settle again")
        undone = his.ask(
            "2305",
            {"data": {"setl_id": number, "mdtrt_id": encounter, "psn_no": patient.number}},
            insured_in=patient.home_region,
        )
        self.say.message(
            "2305", f"冲回 {undone['setlinfo']['medfee_sumamt']:.2f} 元", "voided by a row of negative amounts"
        )
        bill, message = his.stay_bill(patient, encounter, total, account=True), his.message_id()
        settled = his.ask("2304", bill, insured_in=patient.home_region, msgid=message)
        self.settled[0] = settled["setlinfo"]["setl_id"]
        self.say.message(
            "2304",
            f"重新结算，金额与第一次一致：基金 {settled['setlinfo']['fund_pay_sumamt']:.2f} 元",
            "settled again, to the same fen",
        )
        self.say.scene("h", "同一报文重发三次", "the same 2304 sent three times")
        again = [his.ask("2304", bill, insured_in=patient.home_region, msgid=message) for _ in range(2)]
        assert all(answer == settled for answer in again)  # noqa: S101  the demo proves what it says
        self.say.message(
            "2304",
            f"答复丢失后再发两次：仍是同一结算 {self.settled[0]}，回答逐字节相同",
            "sent twice more, as after a lost answer: one settlement, the same answer",
        )

    def looks_it_up(self, patient: Patient, stay: tuple[str, str, str]) -> None:
        """5201–5204, 5206, 5302, 5303."""
        encounter, number = stay[0], self.settled[0]
        self.say.scene("i", "查询", "looking it up")
        ids = {"psn_no": patient.number, "mdtrt_id": encounter, "setl_id": number}
        period = {"begntime": moment(now() - timedelta(days=30)), "endtime": moment(now())}
        self.beijing.ask(
            "2505",
            {
                "data": {
                    "psn_no": patient.number,
                    "biz_appy_type": "03",
                    "begndate": f"{now():%Y-%m-%d}",
                    "fix_srt_no": "1",
                    "fixmedins_code": self.beijing.code,
                    "fixmedins_name": self.beijing.name,
                }
            },
            insured_in=patient.home_region,
        )
        self.say.message("2505", f"把{self.beijing.name}选为定点机构", "she designates the hospital")
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
            infno: self.beijing.ask(infno, {"data": payload}, insured_in=patient.home_region)
            for infno, payload in asked.items()
        }
        self.say.message("5201", f"就诊 {len(found['5201']['mdtrtinfo'])} 次", "encounters")
        self.say.message("5202", f"诊断 {len(found['5202']['diseinfo'])} 条", "diagnoses, admission and discharge")
        self.say.message("5203", f"结算信息 {found['5203']['setlinfo']['medfee_sumamt']:.2f} 元", "the settlement")
        self.say.message("5204", f"费用明细 {len(found['5204'])} 条", "its fee lines")
        used = "，".join(f"{row['cum_type_code']} {row['cum']:g}" for row in found["5206"]["cuminfo"])
        self.say.message("5206", f"年度累计：{used}", "what the year has used up")
        self.say.message("5302", f"定点机构 {len(found['5302']['psnfixmedin'])} 家", "designated institutions")
        self.say.message("5303", f"在院 {len(found['5303']['data'])} 人次", "stays in hospital now")

    # (j) ------------------------------------------------------------------------------------------------

    def second_stay(self, patient: Patient) -> None:
        """A second stay in the year: a lower deductible."""
        self.say.scene("j", "同一年第二次住院", "a second stay in the year")
        settled = self._short_stay(cast.CHENGDU_RETIREE, self.beijing, "ZY20260004")
        dedc = settled["setlinfo"]["act_pay_dedc"]
        self.say.tell(
            f"{patient.name}本年第二次住院：起付线降为 {dedc:.2f} 元",
            f"her second stay of the year: the deductible falls to {dedc:.2f} yuan",
        )
        self.say.money(settled, cast.CHENGDU_RETIREE.name)

    def ceiling_carried_on(self) -> None:
        """An employee of Wuhan whose year reaches the annual limit across two stays."""
        his = self.hospital(institutions.WUHAN_TERTIARY, "武汉样例第一人民医院")
        big = [Item(shelf.SURGERY.code, shelf.SURGERY.price, "150")]
        self.say.tell(
            f"{cast.WUHAN_EMPLOYEE.name}（武汉职工）一年两次大额住院，年度限额接续计算",
            f"{cast.WUHAN_EMPLOYEE.name}, employee of Wuhan: two costly stays, the annual limit is carried on",
        )
        for record in ("ZY-WH-1", "ZY-WH-2"):
            settled = self._short_stay(cast.WUHAN_EMPLOYEE, his, record, items=big)
            info = settled["setlinfo"]
            self.say.message(
                "2304",
                f"总费用 {info['medfee_sumamt']:,.2f}，起付线 {info['act_pay_dedc']:,.2f}，"
                f"统筹支付 {info['hifp_pay']:,.2f}，现金 {info['psn_cash_pay']:,.2f} 元",
                f"total {info['medfee_sumamt']:,.2f}, deductible {info['act_pay_dedc']:,.2f},"
                f" pooled fund {info['hifp_pay']:,.2f}, cash {info['psn_cash_pay']:,.2f}",
            )
        his.sign_out()
        his.close()


SHORT_BILL = [
    Item(shelf.SURGERY.code, shelf.SURGERY.price, "6"),
    Item(shelf.DRUG_A.code, shelf.DRUG_A.price, "20"),
    Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "15"),
    Item(shelf.BED.code, shelf.BED.price, "4"),
]


def stay_lines(encounter: str) -> tuple[list[Item], list[Item], list[Item]]:
    """Three batches of lines of the long stay, every sort among them; the last refunds two units of the first drug."""

    def serial(number: int) -> str:
        return f"{encounter[-8:]}{number:06d}"

    def line(number: int, item: shelf.ShelfItem, quantity: str, approval: str = "0") -> Item:
        return Item(item.code, item.price, quantity, approval, serial=serial(number))

    first = [
        line(1, shelf.DRUG_A, "10"),
        line(2, shelf.DRUG_B, "6"),
        line(3, shelf.DRUG_C, "2"),
        line(4, shelf.MATERIAL_OVER_CEILING, "4"),
        line(5, shelf.DRUG_RESTRICTED, "3", approval="0"),
        line(6, shelf.DRUG_RESTRICTED, "3", approval="1"),
        line(7, shelf.SURGERY, "1"),
        line(8, shelf.MATERIAL_20, "1"),
        line(9, shelf.EXAMINATION, "2"),
        line(10, shelf.PIECE_DECIMAL, "37.5"),
    ]
    daily = [shelf.BED, shelf.NURSING, shelf.CONSULT]
    second = [line(20 + 3 * day + n, item, "1") for day in range(5) for n, item in enumerate(daily)]
    second += [line(40 + day, shelf.DRUG_A, "4") for day in range(5)]
    third = [line(60 + 3 * day + n, item, "1") for day in range(4) for n, item in enumerate(daily)]
    third += [line(80, shelf.LABORATORY, "2")]
    third += [Item(shelf.DRUG_A.code, shelf.DRUG_A.price, "-2", serial=serial(90), original=serial(1))]
    return first, second, third


def _graded_row(note: str, line: dict[str, Any]) -> list[str]:
    fields = ("det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
    return [note, *(f"{line[field]:.2f}" for field in fields)]


__all__ = ["Journey", "Refused", "stay_lines"]
