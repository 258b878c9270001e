"""(a) (b): the filing, and who stands at the desk."""

from __future__ import annotations

from yijie.domain import enrolment, filing
from yijie.interfaces.sample import cast
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now
from yijie.kernel.region import name_of

from .his import Patient, moment
from .play import Play


def files_for_beijing(play: Play) -> None:
    """A retired worker of Chengdu files for long-term residence in Beijing: request, promise, approval."""
    member = cast.CHENGDU_RETIREE
    play.say.scene("a", "异地就医备案", "filing for remote care")
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
    play.say.tell(
        f"{member.name}（成都退休职工）在手机上申请异地长期居住备案，就医地北京，签署承诺书，备案号 {request.id}",
        f"{member.name}, retired worker of Chengdu, files on her phone for long-term residence in Beijing and signs"
        " the promise instead of papers",
    )
    filing.approve(request.id, by="成都市医保经办 张（样例）", note="承诺制，即时办结")
    play.say.tell("成都市经办人员审核通过，长期有效", "an officer of Chengdu approves; it holds until revoked")


def shows_who_she_is(play: Play) -> Patient:
    """1101 by identity card and by electronic credential, 2001."""
    member = cast.CHENGDU_RETIREE
    play.say.scene("b", "核验身份与待遇", "who she is and what she is entitled to")
    by_card = play.beijing.read_card(member.certificate, member.name)
    patient = play.beijing.patient(by_card)
    relation = by_card["insuinfo"][0]
    play.say.message(
        "1101",
        f"身份证：{patient.name}，参保地 {name_of(patient.home_region)}，个人账户 {relation['balc']:.2f} 元",
        f"by identity card: insured in {patient.home_region}, account holds {relation['balc']:.2f} yuan",
    )
    token = enrolment.issue_credential(member.number)
    by_code = play.beijing.read_credential(token, member.certificate, member.name)
    assert by_code["baseinfo"] == by_card["baseinfo"]  # noqa: S101  the demo proves what it says
    play.say.message(
        "1101", "医保电子凭证二维码：同一人", "by the one-time code of her electronic credential: the same person"
    )
    checked = play.beijing.ask(
        "2001",
        {
            "data": {
                "psn_no": patient.number,
                "insutype": patient.insurance,
                "fixmedins_code": play.beijing.code,
                "med_type": "2101",
                "begntime": moment(now()),
            }
        },
        insured_in=patient.home_region,
    )
    for entry in checked["trtinfo"]:
        flag = "可享受" if entry["trt_enjymnt_flag"] == "1" else "不享受"
        play.say.message(
            "2001",
            f"基金 {entry['fund_pay_type']}：{flag}（{entry['trt_chk_rslt']}）",
            f"fund {entry['fund_pay_type']}: {'pays' if flag == '可享受' else 'does not pay'}",
        )
    return patient
