"""Whose catalogue grades a bill of remote care: by channel, as the home region's policy says; the answer tells."""

from copy import deepcopy

import pytest
from benefit_kit import layer, policy, ratio, since

from yijie.engines.benefit import benefit_report, evaluate
from yijie.engines.benefit.errors import MissingKey
from yijie.engines.benefit.read_cases import read_cases
from yijie.engines.benefit.refusals import ParameterUnknown, RuleNotDeclared
from yijie.kernel.codes import Fund
from yijie.kernel.money import yuan

HOME_ON_CLAIM = {"direct": since("care_region"), "manual": since("home_region")}


def pool(**conventions):
    """A pool that pays 80 % of what is eligible."""
    return policy(layer(ratio("80%")), pool={name: deepcopy(said) for name, said in conventions.items()})


QINGDAO = pool(catalogue=HOME_ON_CLAIM, first_self_pay=HOME_ON_CLAIM)
LINES = """
  - {name: 甲药, class: A, amount: 100, home: {class: B, first_self_pay: 10%}}
  - {name: 乙药, class: B, first_self_pay: 20%, amount: 1000, home: {class: B, first_self_pay: 5%, unit_ceiling: 800}}
  - {name: 丙药, class: C, amount: 50, home: {class: B, first_self_pay: 20%}}
"""


def asked(channel="direct", remote="{relation: cross_province, filing: referral}", lines=LINES):
    head = f"insurance: employee\ncare: inpatient\nservice_from: 2025-03-01\nchannel: {channel}\nremote: {remote}\n"
    (case,) = read_cases(f"{head}lines:{lines}", "case.yaml").cases
    return case


def test_direct_settlement_goes_by_the_care_regions_catalogue():
    answer = evaluate(QINGDAO, asked())
    assert yuan(answer.funds[Fund.POOLED]) == "720.00"  # (100 + 1000 x 80 %) x 80 %
    assert yuan(answer.amounts.not_covered) == "50.00"


def test_manual_reimbursement_goes_by_the_home_regions_where_the_pool_says_so():
    answer = evaluate(QINGDAO, asked("manual"))
    assert yuan(answer.funds[Fund.POOLED]) == "712.00"  # (100 x 90 % + 800 x 95 % + 50 x 80 %) x 80 %
    parts = answer.amounts
    assert [yuan(part) for part in (parts.eligible, parts.first_self_pay, parts.over_ceiling, parts.not_covered)] == [
        "890.00", "60.00", "200.00", "0.00",
    ]  # fmt: skip
    assert [(left.name, left.reason) for left in parts.left_out] == [
        ("甲药", "first_self_pay"), ("乙药", "over_ceiling"), ("乙药", "first_self_pay"), ("丙药", "first_self_pay"),
    ]  # fmt: skip


def test_catalogue_and_first_self_pay_may_belong_to_different_regions():
    mixed = pool(catalogue=HOME_ON_CLAIM, first_self_pay={"manual": since("care_region")})
    parts = evaluate(mixed, asked("manual")).amounts
    assert yuan(parts.first_self_pay) == "160.00"  # the home catalogue's ceiling of 800, the care region's 20 %


def test_at_home_there_is_one_catalogue():
    answer = evaluate(QINGDAO, asked("manual", "{relation: local}"))
    assert yuan(answer.amounts.not_covered) == "50.00"
    assert benefit_report(QINGDAO, answer)["remote"] is None


def test_a_pool_that_does_not_know_or_does_not_say_is_not_guessed_for():
    unknown = {"manual": since("unknown", note="未查明")}
    with pytest.raises(ParameterUnknown, match="未查明"):
        evaluate(pool(catalogue=unknown, first_self_pay=unknown), asked("manual"))
    with pytest.raises(RuleNotDeclared):
        evaluate(pool(), asked("manual"))


def test_every_line_knows_both_regions_terms_or_none_does():
    with pytest.raises(MissingKey, match=r"case\.yaml:8: lines\[1\]: lacks the key 'home'"):
        asked(lines="\n  - {class: A, amount: 1, home: {class: A}}\n  - {class: A, amount: 1}\n")
    alone = asked("manual", lines="\n  - {class: A, amount: 1}\n")
    assert evaluate(QINGDAO, alone).amounts.eligible == 100


def test_the_answer_says_which_regions_rules_applied():
    told = benefit_report(QINGDAO, evaluate(QINGDAO, asked("manual")))
    assert (told["remote"]["situation"], told["remote"]["channel"]) == ("referral", "manual")
    assert told["remote"]["policy_of"] == {"whose": "home_region", "region": "440300"}
    assert told["remote"]["catalogue_of"] == {
        "whose": "home_region",
        "from": "2000-01-01",
        "source": {"title": "办法", "url": "https://example.org", "trust": "B"},
        "note": "",
    }
    assert told["left_out"][0] == {
        "name": "甲药",
        "part": "first_self_pay",
        "amount": "10.00",
        "reason": "first_self_pay",
    }
    used = [parameter for step in told["trace"] for parameter in step["parameters"]]
    assert [(parameter["rule_of"], parameter["assumed"]) for parameter in used] == [("440300", False)]
    silent = pool(catalogue={"direct": since("unknown", note="未查明")})
    lines = "\n  - {class: A, amount: 1}\n"
    told = benefit_report(silent, evaluate(silent, asked(lines=lines)))["remote"]
    assert (told["catalogue_of"]["whose"], told["first_self_pay_of"]) == (None, None)
