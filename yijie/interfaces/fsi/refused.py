"""Transactions this platform does not serve, each with the reason a hospital is told.

A family whose business is not built yet is refused as a whole: an answer without the business behind it would be
believed. Numbers that only single provinces use are refused where a national transaction does the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yijie.kernel.language import Text


@dataclass(frozen=True, slots=True)
class Family:
    """Transaction numbers (a regular expression over the whole number) and why none of them is served."""

    numbers: str
    why: Text


FAMILIES = (
    Family(r"310[123]", Text("事前事中审核需审核规则库，随审核模块开通", "auditing comes with the audit rules")),
    Family(
        r"320[346]A?|3205A|3209A|321[12]|326[012]|13203|90502",
        Text(
            "清算清分随清算模块开通，日对账请用3201、3202",
            "clearing comes with the clearing module; reconcile with 3201 and 3202",
        ),
    ),
    Family(r"36\d\d|4160", Text("DRG/DIP分组与特病单议随支付方式模块开通", "case-mix payment comes with its module")),
    Family(r"370\d", Text("审核申诉随审核模块开通", "objections come with the audit module")),
    Family(r"6\d{3}", Text("线上支付类业务随移动支付模块开通", "mobile payment comes with its module")),
    Family(r"7\d{3}|D00\d", Text("电子处方流转随电子处方模块开通", "e-prescriptions come with their module")),
    Family(r"960\d", Text("人脸认证与远程查床随场景监控模块开通", "remote bed checks come with their module")),
    Family(
        r"1161",
        Text(
            "没有输入内容，是对本机读卡器动态库的调用，任何服务端都无法应答，请由读卡器读卡后以1101取人员信息",
            "without input it is a call into the card reader's own library, which no server answers; use 1101",
        ),
    ),
    Family(r"3360", Text("地方扩展，请改用3302", "a local extension; use 3302")),
    Family(r"4101A", Text("旧版清单上传，请改用4101", "the old settlement list; use 4101")),
    Family(r"420[1-9]A?", Text("旧版自费上传，请改用4261至4263", "the old self-pay upload; use 4261 to 4263")),
    Family(r"250\d\d", Text("地方扩展，请改用2503、2505", "a local extension; use 2503 and 2505")),
    Family(r"90111", Text("地方扩展，请改用1201", "a local extension; use 1201")),
    Family(r"90[12]\d\d", Text("地方扩展，登记类业务请改用2505", "a local extension; register with 2505")),
)
"""First match counts."""

ELSEWHERE = Family("", Text("如业务需要请联系医保经办机构", "ask the insurance bureau if you need it"))


def family_of(infno: str) -> Family:
    """The family that says why a transaction is not served."""
    return next((family for family in FAMILIES if re.fullmatch(family.numbers, infno)), ELSEWHERE)
