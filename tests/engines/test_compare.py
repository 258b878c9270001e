"""What changes between two policies, from when, for whom: in words, in both languages."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from benefit_kit import adjuster, bands, ceiling, deductible, layer, policy, ratio, since
from typer.testing import CliRunner

from yijie.engines.benefit import load_policies, load_policy
from yijie.engines.benefit.compare import compare
from yijie.interfaces.cli import policy as policy_command

POLICIES = Path(__file__).parents[2] / "policies"
WHO = {"insurance": "employee", "care": "inpatient"}


def said(before, after, language="zh"):
    return [change.say(language) for change in compare(before, after)]


def one(before, after):
    """The only change, without its source, in both languages."""
    (change,) = compare(before, after)
    return tuple(change.say(language).removesuffix(" [办法, B]") for language in ("zh", "en"))


@pytest.mark.parametrize("loaded", load_policies(POLICIES).values(), ids=lambda loaded: loaded.name.en)
def test_a_policy_does_not_differ_from_itself(loaded):
    assert compare(loaded, load_policy(loaded.folder)) == ()


def test_a_raised_ratio_with_its_day():
    before = policy(layer(ratio("80%")))
    later = [*since("80%"), *since("85%", "2027-01-01")]
    assert one(before, policy(layer({"ratio": {"share": later}}))) == (
        "自 2027-01-01 起，层 · 支付比例 · 比例（所有人）：80% → 85%",
        "from 2027-01-01, Layer · ratio · share (everybody): 80% → 85%",
    )


def test_for_whom_is_told_by_branches_however_the_tables_are_nested():
    by_level = {"by": "level", "tertiary": {"by": "category", "retired": "90%", "else": "85%"}, "else": "95%"}
    by_category = {
        "by": "category",
        "retired": {"by": "level", "tertiary": "91%", "else": "95%"},
        "else": {"by": "level", "tertiary": "85%", "else": "95%"},
    }
    assert one(policy(layer(ratio(by_level))), policy(layer(ratio(by_category)))) == (
        "自 2000-01-01 起，层 · 支付比例 · 比例（三级，退休）：90% → 91%",
        "from 2000-01-01, Layer · ratio · share (tertiary, retired): 90% → 91%",
    )


def test_all_but_a_few_words_and_a_branch_nobody_wrote():
    table = {"by": "level", "tertiary": "80%", "else": "90%"}
    changed = said(policy(layer(ratio(table))), policy(layer(ratio(table | {"else": "95%"}))))
    assert changed == ["自 2000-01-01 起，层 · 支付比例 · 比例（除三级外）：90% → 95% [办法, B]"]
    narrowed = said(policy(layer(ratio(table))), policy(layer(ratio({"by": "level", "tertiary": "80%"}))), "en")
    assert narrowed == ["from 2000-01-01, Layer · ratio · share (all but tertiary): 90% → not said [办法, B]"]


def test_whole_numbers_are_cut_where_either_policy_cuts_them():
    before = policy(layer(deductible({"by": "ordinal", 1: 800, "2+": 400}), ratio("80%")))
    after = policy(
        layer(deductible({"by": "ordinal", "1-2": 800, "3+": {"by": "age", "0-17": 0, "18+": 400}}), ratio("80%"))
    )
    assert said(before, after) == [
        "自 2000-01-01 起，层 · 起付线 · 金额（年内次数 2）：400.00 → 800.00 [办法, B]",
        "自 2000-01-01 起，层 · 起付线 · 金额（年内次数 3+，年龄 0-17）：400.00 → 0.00 [办法, B]",
    ]


def test_ranges_within_the_rest_of_another_table_are_cut_too():
    before = policy(layer(deductible({"by": "ordinal", "1+": 800}), ratio("80%")))
    rest = {"by": "ordinal", 1: 800, "2+": 400}
    after = policy(layer(deductible({"by": "level", "tertiary": 800, "else": rest}), ratio("80%")))
    assert said(before, after) == [
        "自 2000-01-01 起，层 · 起付线 · 金额（年内次数 2+，除三级外）：800.00 → 400.00 [办法, B]"
    ]


def test_bands_of_equal_borders_are_told_band_by_band_others_whole():
    before = policy(layer(bands((30000, "80%"), (None, "90%"))))
    assert one(
        before, policy(layer(bands((30000, "80%"), (None, {"by": "level", "tertiary": "85%", "else": "90%"}))))
    ) == (
        "自 2000-01-01 起，层 · 分段支付 · 各段比例（30000+，三级）：90% → 85%",
        "from 2000-01-01, Layer · bands · ratio per band (30000+, tertiary): 90% → 85%",
    )
    moved = policy(layer(bands((40000, "80%"), (None, {"by": "level", "tertiary": "85%", "else": "90%"}))))
    assert one(before, moved)[0].endswith("0–30000: 80%；30000+: 90% → 0–40000: 80%；40000+: 三级 85%，其他 90%")
    partial = policy(layer(bands((40000, "80%"), (None, {"by": "level", "tertiary": "85%"}))))
    assert one(before, partial)[1].endswith("0–40000: 80%；40000+: tertiary 85%")


def test_phases_and_their_limits():
    def stay(most, share="60%"):
        rows = [{"over": 0, "to": 30, "share": "80%", "most": 750}, {"over": 30, "share": share} | most]
        return policy(layer({"phases": {"schedule": since(rows)}}))

    assert one(stay({}), stay({"most": 600}))[0] == (
        "自 2000-01-01 起，层 · 按日分段支付 · 各段比例（30+ 每单位限额）：不设 → 600.00"
    )
    assert one(stay({}), stay({}, "50%"))[1].endswith("(30+): 60% → 50%")


def test_a_rule_that_ends_and_one_not_yet_there():
    before = policy(layer(ratio("80%"), ceiling("payment", 1000)))
    ended = [{"from": "2000-01-01", "to": "2026-12-31", "value": 1000, "source": "law"}]
    after = policy(layer(ratio("80%"), {"payment_ceiling": {"per": "year", "amount": ended}}))
    assert one(before, after)[0] == "自 2027-01-01 起，层 · 支付限额 · 金额（所有人）：1000.00 → 不设"
    (change,) = compare(policy(layer({"ratio": {"share": since("80%", "2020-01-01")}})), policy(layer(ratio("80%"))))
    assert (change.since, change.until) == (date(2000, 1, 1), date(2019, 12, 31))
    assert change.say("en") == (
        "from 2000-01-01 to 2019-12-31, Layer · ratio · share (everybody): no rule yet → 80% [办法, B]"
    )


def test_gaps_closed_and_declared():
    unknown = layer({"ratio": {"share": since("unknown", note="not found")}})
    assert one(policy(unknown), policy(layer(ratio("80%"))))[1].endswith("declared gap (not found) → 80%")
    gap = {"zh": "封顶线未查到", "en": "ceiling not found"}
    with_gap, without = policy(layer(ratio("80%")), pool={"gaps": [gap]}), policy(layer(ratio("80%")))
    assert one(with_gap, without)[1] == "declared gap (everybody): ceiling not found → gone"
    assert one(without, with_gap)[0] == "声明的缺口（所有人）：不设 → 封顶线未查到"


def test_forms_conditions_payers_steps_and_layers():
    before = policy(layer(deductible(500), ratio("80%"), when=WHO), layer(ratio("50%"), pays_from="aid"))
    other_form = layer(deductible(500, charged="once_a_year", counter="shared"), ratio("80%"), when=WHO)
    assert said(before, policy(other_form, layer(ratio("50%"), pays_from="aid"))) == [
        "层 · 起付线 · 收取方式（所有人）：每次 → 一年一次",
        "层 · 起付线 · 合用限额名（所有人）：无 → shared",
    ]
    other_people = layer(deductible(500), ratio("80%"), when=WHO | {"contracted": "yes"})
    assert said(before, policy(other_people, layer(ratio("50%"), pays_from="other")), "en") == [
        "Layer · applies to (everybody): inpatient, employee → inpatient, contracted: yes, employee",
        "Layer · payer (everybody): aid → other",
    ]
    steps = layer(deductible(500, when={"level": "tertiary"}), ratio("80%"), when=WHO)
    assert said(before, policy(steps, layer(ratio("50%"), pays_from="aid"))) == [
        "层 · 起付线 · 适用（所有人）：所有人 → 三级"
    ]
    without = layer(ratio("80%"), when=WHO)
    assert said(before, policy(without, layer(ratio("50%"), pays_from="aid"))) == [
        "自 2000-01-01 起，层 · 起付线 · 金额（所有人）：500.00 → 不设"
    ]
    assert said(before, policy(layer(deductible(500), ratio("80%"), when=WHO))) == [
        "层（医疗救助）（所有人）：有 → 取消"
    ]
    assert said(policy(layer(deductible(500), ratio("80%"), when=WHO)), before) == [
        "层（医疗救助）（所有人）：无 → 新增",
        "自 2000-01-01 起，层 · 支付比例 · 比例（所有人）：不设 → 50% [办法, B]",
    ]


def test_steps_answer_each_other_by_their_conditions_first():
    def paying(child, others):
        return policy(layer(ratio(child, when={"category": "child"}), ratio(others)))

    swapped = policy(layer(ratio("70%"), ratio("90%", when={"category": "child"})))
    assert said(paying("90%", "70%"), swapped) == []
    assert said(paying("90%", "70%"), paying("95%", "70%")) == [
        "自 2000-01-01 起，层 · 支付比例 · 比例（未成年居民）：90% → 95% [办法, B]"
    ]


def test_what_adjusts_layers_is_told_once():
    def city(points):
        less = {"points": {"add": since({"by": "remote", "temporary": points, "else": "0%"})}}
        return policy(
            layer(ratio("80%")), layer(ratio("60%")), remote=adjuster(less, when={"relation": "cross_province"})
        )

    assert one(city("-20%"), city("-15%")) == (
        "自 2000-01-01 起，异地 · 支付比例增减 · 增减百分点（跨省异地，临时外出）：-20% → -15%",
        "from 2000-01-01, Remote · percentage points · points (cross province, temporary): -20% → -15%",
    )
    assert (
        said(policy(layer(ratio("80%")), layer(ratio("60%"))), city("0%"))[0] == "异地（统筹基金）（所有人）：无 → 新增"
    )


def test_conventions_order_defaults_and_codes():
    def city(chain=("layer1", "layer2"), **pool):
        return policy(layer(ratio("80%")), layer(ratio("50%"), pays_from="aid"), pool={"chain": list(chain)} | pool)

    begins = {"begins": since("01-01")}
    assert one(city(year=begins), city(year={"begins": [*since("01-01"), *since("07-01", "2027-07-01")]})) == (
        "自 2027-07-01 起，医保年度起始日（所有人）：1 月 1 日 → 7 月 1 日",
        "from 2027-07-01, beginning of the year (everybody): 01-01 → 07-01",
    )
    unknown = since("unknown", note="not found")
    ended = [{"from": "2000-01-01", "to": "2001-12-31", "value": "home_region", "source": "law"}]
    assert said(city(catalogue={"manual": unknown}), city(catalogue={"manual": ended})) == [
        "自 2000-01-01 至 2001-12-31，手工报销所用目录（所有人）：缺口（未查明） → 参保地",
        "自 2002-01-01 起，手工报销所用目录（所有人）：缺口（未查明） → 不设",
    ]
    assert one(city(), city(("layer2", "layer1")))[1] == "order of paying (everybody): layer1, layer2 → layer2, layer1"
    words = {"words": {"grade": {"upper": "甲等", "lower": "乙等"}, "disease": {"tb": "结核病", "cancer": "肿瘤"}}}
    codes = city(**words, assume={"grade": "upper"}, disease_codes={"tb": ["A15"], "cancer": ["C0"]})
    assert said(city(**words), codes) == [
        "grade 未写明时（所有人）：无 → 甲等",
        "病种编码 A15（所有人）：无 → 结核病",
        "病种编码 C0（所有人）：无 → 肿瘤",
    ]


def test_words_only_one_policy_declares():
    def city(tiers, share):
        return policy(layer(ratio(share)), pool={"words": {"tier": tiers, "class": {"a": "甲"}}})

    before = city({"high": "高档"}, {"by": "tier", "high": "80%"})
    after = city({"high": "高档", "low": "低档"}, {"by": "tier", "high": "80%", "low": "60%"})
    assert one(before, after)[0].endswith("（低档）：未规定 → 60%")
    assert one(after, before)[0].endswith("（低档）：60% → 未规定")
    bare = policy(layer(ratio("80%")))
    assert one(bare, policy(layer(ratio({"by": "class", "a": "70%"})), pool={"words": {"class": {"a": "甲"}}}))[
        1
    ].endswith("(everybody): 80% → 70%")


def test_two_pools_are_two_pools():
    changed = said(load_policy(POLICIES / "beijing"), load_policy(POLICIES / "hangzhou"), "en")
    assert changed[0] == "pool (everybody): Beijing → Hangzhou"
    assert len(changed) > 20


def test_the_command_says_it_in_both_languages(tmp_path):
    shutil.copytree(POLICIES / "jiangmen", tmp_path / "draft")
    path = tmp_path / "draft" / "employee_inpatient.yaml"
    text = path.read_text(encoding="utf-8")
    draft = "        - {from: 2027-01-01, value: 600000, source: table_2023, note: 拟调整}\n"
    path.write_text(text + draft, encoding="utf-8")
    words = ["diff", str(POLICIES / "jiangmen"), str(tmp_path / "draft")]
    ran = CliRunner().invoke(policy_command.app, words)
    assert ran.stdout == (
        "• 自 2027-01-01 起，职工住院 · 支付限额 · 金额（所有人）："
        "560000.00 → 600000.00 [江门职工住院待遇（2023）, B]\n"
        "    from 2027-01-01, Employee inpatient · ceiling on payments · amount (everybody):"
        " 560000.00 → 600000.00 [江门职工住院待遇（2023）, B]\n"
        "共 1 处不同 1 change\n"
    )
    english = CliRunner().invoke(policy_command.app, [*words, "--lang", "en"])
    assert english.stdout.startswith("• from 2027-01-01")
    assert english.stdout.endswith("\n1 change\n")
    assert CliRunner().invoke(policy_command.app, [words[0], words[1], words[1]]).stdout == "没有不同 no difference\n"


def test_a_new_folder_checks_clean_and_refuses_every_case(tmp_path):
    start = [
        "new",
        str(tmp_path / "city"),
        "--region",
        "330800",
        "--zh",
        '示例"市',
        "--en",
        "Example",
        "--from",
        "2025-01-01",
    ]
    ran = CliRunner().invoke(policy_command.app, start)
    assert ran.exit_code == 0, ran.output
    assert CliRunner().invoke(policy_command.app, ["check", str(tmp_path / "city")]).exit_code == 0
    loaded = load_policy(tmp_path / "city")
    assert (loaded.region, loaded.name.zh, len(loaded.layers)) == ("330800", '示例"市', 6)
    gaps = [
        entry.note
        for file in (*loaded.layers, *loaded.adjusters)
        for step in file.steps
        for parameter in step.parameters.values()
        for entry in parameter.entries
    ]
    assert all(gaps)
    assert loaded.gaps
    for path in (tmp_path / "city").glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=policy.schema.json\n")
    assert (tmp_path / "city" / "policy.schema.json").exists()
    again = CliRunner().invoke(policy_command.app, start)
    assert "is not empty" in str(again.exception)
    wrong = CliRunner().invoke(policy_command.app, ["new", str(tmp_path / "x"), *start[2:3], "999999", *start[4:]])
    assert (wrong.exception.code, (tmp_path / "x").exists()) == ("benefit.policy.region", False)
    assert yaml.safe_load((tmp_path / "city" / "remote.yaml").read_text(encoding="utf-8"))["adjusts"] == "pooled"
