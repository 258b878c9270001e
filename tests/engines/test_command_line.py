"""``yijie policy check`` and ``yijie quote`` as a stranger meets them: a process, its output, its exit code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from hypothesis import given, strategies as st
from rich.cells import cell_len
from typer.testing import CliRunner

from yijie.engines.benefit.primitives import PRIMITIVES
from yijie.interfaces import cli
from yijie.interfaces.cli import policy, quote as quote_command
from yijie.interfaces.cli.wrapping import wrapped
from yijie.kernel.errors import YijieError

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"

CASE = """\
id: visit
insurance: employee
category: retired
birth_date: 1960-01-01
care: inpatient
level: tertiary
service_from: 2025-03-01
service_to: 2025-03-09
remote: {relation: cross_province, filing: referral}
account: {use: yes, balance: 1000}
amounts: {total: 21000, eligible: 20000, first_self_pay: 600, not_covered: 400}
"""


def yijie(*words):
    """Run the command; a traceback is never an answer."""
    command = [sys.executable, "-c", "from yijie.interfaces.cli import main; main()", *map(str, words)]
    wide = os.environ | {"COLUMNS": "200"}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False, env=wide)
    assert "Traceback" not in ended.stderr + ended.stdout
    return ended


def quote(policy, file, *more):
    return yijie("quote", "--policy", policy, "--case", file, *more)


def inside(app, *words):
    """The same command within this process, for its branches to be measured."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


def test_check_lists_the_pools_of_a_root():
    ended = yijie("policy", "check", "policies")
    assert ended.returncode == 0
    for words in ("北京市 Beijing", "武汉市 Wuhan", "全国 National rules", "缺口 gap", "valid: 21"):
        assert words in ended.stdout


def test_check_of_one_pool_notes_remote_care_paid_as_local():
    ended = yijie("policy", "check", GOLDEN / "INP-07" / "policy")
    assert ended.returncode == 0
    assert "remote care is paid as local" in " ".join(ended.stdout.split())
    assert "remote care is paid as local" not in " ".join(yijie("policy", "check", "policies/beijing").stdout.split())


def test_check_names_file_and_line(tmp_path):
    for path in (ROOT / "policies" / "wuhan").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("tertiary: 60%", "tertiary: 160%"), encoding="utf-8")
    ended = yijie("policy", "check", tmp_path)
    assert ended.returncode == 1
    assert f"{tmp_path}/resident_inpatient.yaml:10：" in ended.stderr
    assert "'160%' is out of range; it lies between 0% and 100% [benefit.file.out_of_range]" in ended.stderr
    nowhere = yijie("policy", "check", tmp_path / "nowhere")
    assert (nowhere.returncode, "not a folder" in nowhere.stderr) == (1, True)


def test_quote_prints_a_statement_in_chinese_or_english(case_file):
    ended = quote("policies/chengdu", case_file)
    assert ended.returncode == 0
    said = " ".join(ended.stdout.split())
    for words in (
        "待遇测算 visit",
        "成都市 510100 · 职工医保 · 退休 · 住院 · 三级 · 跨省异地 · 异地转诊 · 直接结算",
        "全自费 │ 400.00 │ 目录以外或未获批准使用",
        "统筹基金 │ 14220.00",
        "职工住院（统筹基金）：可计入 20000.00，减起付线 2000.00，18000.00 × 79%",
        "职工住院 · 本次起付线 2000.00，此前已付 0.00，这次扣 2000.00，还剩 0.00",
        "支付比例增减：+4 个百分点（年龄=65），支付比例 85% → 89%",
        "支付比例增减：-10 个百分点（就医地=跨省异地，异地情形=异地转诊），支付比例 89% → 79%",
        "住院：2025 年度第 1 次",
        "起付线、支付比例和封顶线：参保地 成都市 510100 的政策",
        "目录（直接结算）：就医地",
        "异地转诊起付线",
        "来源",
    ):
        assert words in said, words
    english = " ".join(quote("policies/chengdu", case_file, "--lang", "en").stdout.split())
    assert "not covered │ 400.00 │ outside the catalogue, or use not" in english
    assert "deductible: due 2000.00 yuan, borne before 0.00, taken now 2000.00" in english
    assert "since 2011-04-13; source:" in english
    assert "the policy of the home region, Chengdu 510100" in english
    assert "share of first self-pay (direct settlement): the care region" in english


YEARLY = """\
id: late
insurance: employee
category: working
care: inpatient
level: tertiary
service_from: 2025-11-03
prepaid: 3000
accumulators: {count.inpatient: 2, employee_inpatient.deductible: 500, employee_inpatient.cost: 39000}
lines:
  - {name: 手术, class: A, amount: 3000}
  - {name: 支架, class: B, price: 4800, first_self_pay: 10%, unit_ceiling: 4000}
  - {name: 限制用药, class: B, amount: 300, restricted: yes}
  - {name: 未批准检查, class: A, amount: 200, approval: denied}
  - {name: 自费药, class: C, amount: 150.50}
"""


def test_the_statement_says_what_lies_outside_and_what_the_year_has_used(case_file):
    case_file.write_text(YEARLY, encoding="utf-8")
    said = " ".join(inside_quote("policies/hangzhou", case_file).split())
    for words in (
        "支架 │ 800.00 │ 超过限价",
        "支架 │ 400.00 │ 先行自付",
        "限制用药 │ 300.00 │ 限制使用，未获批准",
        "未批准检查 │ 200.00 │ 使用未获批准",
        "自费药 │ 150.50 │ 目录以外（丙类）",
        "年度起付线 800.00，此前已付 500.00，这次扣 300.00，还剩 0.00",
        "0.00 – 40000.00: 700.00 × 82% = 574.00",
        "40000.00 – 360000.00: 5600.00 × 88% = 4928.00",
        "已预交 │ 3000.00",
    ):
        assert words in said, words
    assert "360000.00 – 以上" not in said.split("累计与余额")[0], "a band without cost is nothing to tell a patient"
    case_file.write_text(YEARLY.replace("employee_inpatient.cost: 39000", "employee_inpatient.paid: 499000"), "utf-8")
    capped = " ".join(inside_quote("policies/beijing", case_file, "--lang", "en").split())
    assert "stopped at its ceiling" in capped
    assert "ceiling of the year 500000.00, used 500000.00, left 0.00" in capped


def test_the_statement_says_why_a_layer_pays_nothing():
    folder = GOLDEN / "REM-02"
    said = " ".join(inside_quote(folder / "policy", folder / "case.yaml").split())
    assert "不支付，第三次起全部自负" in said
    assert "可计入 10000.00，个人先负担 2000.00，8000.00 × 95% → 7600.00" in said


def test_assumptions_and_other_peoples_rules_are_marked_in_the_trace(tmp_path, case_file):
    (tmp_path / "assumed").mkdir()
    (tmp_path / "assumed" / "resident_outpatient.yaml").write_text(
        (ROOT / "policies" / "chengdu" / "resident_outpatient.yaml")
        .read_text(encoding="utf-8")
        .replace("value: unknown", "value: 50%"),
        encoding="utf-8",
    )
    case_file.write_text(
        "insurance: resident\ncare: outpatient\nservice_from: 2025-03-01\namounts: {total: 100, eligible: 100}\n",
        encoding="utf-8",
    )
    said = " ".join(inside_quote("policies/chengdu", case_file, "--assumed", tmp_path / "assumed").split())
    assert "（假定，非公布）" in said


def inside_quote(folder, file, *more):
    """What ``yijie quote`` prints, run within this process."""
    app = typer.Typer()
    app.command()(quote_command.run)
    ran = inside(app, "--policy", folder, "--case", file, *more)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_quote_prints_the_whole_decision_as_json(case_file):
    ended = quote("policies/chengdu", case_file, "--json")
    assert ended.returncode == 0
    report = json.loads(ended.stdout)
    assert report["funds"] == {"pooled": "14220.00"}
    assert (report["personal_account"], report["cash"], report["personal_total"]) == ("1000.00", "5780.00", "6780.00")
    assert report["pooled_ratio"] == "79%"
    assert [step["step"] for step in report["trace"]] == [
        "covers",
        "deductible",
        "points",
        "points",
        "ratio",
        "account",
    ]
    assert report["trace"][1]["parameters"][0]["source"]["trust"] == "B"


def test_quote_of_bands_and_of_a_year_of_visits():
    bands = quote(GOLDEN / "MAJ-01" / "policy", GOLDEN / "MAJ-01" / "case.yaml")
    assert "12000.00" not in bands.stdout.split("分段支付")[1].split("依据")[0]
    assert "0.00 – 30000.00: 18000.00 × 60% = 10800.00" in bands.stdout
    year = quote(GOLDEN / "OUT-01" / "policy", GOLDEN / "OUT-01" / "case.yaml")
    assert "职工医保 employee 2023" in year.stdout
    report = json.loads(quote(GOLDEN / "OUT-01" / "policy", GOLDEN / "OUT-01" / "case.yaml", "--json").stdout)
    assert [visit["funds"]["pooled"] for visit in report["visits"]] == ["455.00", "65.00"]
    assert report["accumulators"][0]["accumulators"]["employee_outpatient.paid"] == "520.00"
    waiver = quote(GOLDEN / "AID-01" / "policy", GOLDEN / "AID-01" / "case.yaml")
    assert "医院负担" in waiver.stdout


def test_a_refused_case_is_an_answer_with_exit_code_one(case_file):
    case_file.write_text(CASE.replace(", filing: referral", ""), encoding="utf-8")
    ended = quote("policies/chengdu", case_file, "--json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["error"]["code"] == "benefit.refused"
    assert "异地就医未备案" in ended.stderr
    several = quote(GOLDEN / "AID-04" / "policy", GOLDEN / "AID-04" / "case.yaml")
    assert (several.returncode, several.stderr.count("[benefit.payers_exceed_bill]")) == (1, 2)


def test_visits_stop_at_the_first_refusal(tmp_path):
    path = tmp_path / "year.yaml"
    path.write_text(
        "insurance: employee\ncategory: working\nbirth_date: 1990-01-01\ncare: inpatient\nvisits:\n"
        "  - {service_from: 2025-01-05, level: tertiary, amounts: {total: 1000, eligible: 1000}}\n"
        "  - {service_from: 2025-02-05, level: unrated, amounts: {total: 1000, eligible: 1000}}\n"
        "  - {service_from: 2025-03-05, level: tertiary, amounts: {total: 1000, eligible: 1000}}\n",
        encoding="utf-8",
    )
    ended = quote("policies/chengdu", path, "--json")
    report = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert ["error" in visit for visit in report["visits"]] == [False, True]
    assert report["accumulators"][0]["accumulators"]["count.inpatient"] == 1
    app = typer.Typer()
    app.command()(quote_command.run)
    assert inside(app, "--policy", "policies/chengdu", "--case", path, "--json").exit_code == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("care: inpatient\n", "缺少键“insurance”"),
        ("{", "不是合法的 YAML/JSON"),
        (CASE.replace("total: 21000", "total: 21001"), "11：amounts 各部分之和 21000.00 不等于总额 21001.00"),
    ],
)
def test_a_bad_case_file_is_named_with_line(case_file, text, said):
    case_file.write_text(text, encoding="utf-8")
    ended = quote("policies/chengdu", case_file, "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert said in ended.stderr
    assert f"{case_file}:" in ended.stderr


def test_a_missing_case_file_or_option_is_said(tmp_path):
    missing = quote("policies/chengdu", tmp_path / "none.yaml")
    assert (missing.returncode, "No such file" in missing.stderr) == (1, True)
    assert yijie("quote").returncode == 2
    assert "quote" in yijie("--help").stdout
    assert "check" in yijie("policy", "--help").stdout


def test_every_golden_example_has_a_statement():
    app = typer.Typer()
    app.command()(quote_command.run)
    for example in sorted(path.parent for path in GOLDEN.glob("*/expected.yaml")):
        for lang in ("zh", "en"):
            said = inside(app, "--policy", example / "policy", "--case", example / "case.yaml", "--lang", lang)
            refused = "refused" in (example / "expected.yaml").read_text(encoding="utf-8")
            assert said.exit_code == int(refused), example
            assert refused or ("费用总额" if lang == "zh" else "total") in said.stdout


NURSING = """\
title: {zh: 护理, en: Nursing}
pays_from: pooled
for: {}
steps:
  - phases:
      schedule:
        - from: 2020-01-01
          source: law
          value:
            - {over: 0, to: 30, share: 80%, most: 130}
            - {over: 30, share: 50%}
"""


def test_a_statement_tells_phases_what_was_prepaid_and_what_is_paid_beside_the_bill(tmp_path):
    pool = 'region: "440300"\nname: {zh: 甲市, en: A}\nchain: [nursing]\n'
    pool += 'sources:\n  law: {title: 办法, url: "https://example.org", trust: B}\n'
    for name, text in (("pool", pool), ("nursing", NURSING)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    file = tmp_path.parent / "stay.yaml"
    file.write_text(
        "insurance: employee\ncare: inpatient\nservice_from: 2025-01-01\nservice_to: 2025-02-10\nprepaid: 2000\n"
        "amounts: {total: 4000, eligible: 4000}\n",
        encoding="utf-8",
    )
    app = typer.Typer()
    app.command()(quote_command.run)
    said = " ".join(inside(app, "--policy", tmp_path, "--case", file).stdout.split())
    assert "0 – 30: 3000.00 × 80% = 2400.00" in said
    assert "应退 │ 900.00" in said
    example = GOLDEN / "MAT-01"
    said = inside(app, "--policy", example / "policy", "--case", example / "case.yaml").stdout
    assert "另付（不在费用内）" in said
    assert "34133.00" in said


def test_assumptions_are_laid_over_a_folder_where_asked(tmp_path, case_file):
    (tmp_path / "remote.yaml").write_text(
        (ROOT / "policies" / "chengdu" / "remote.yaml").read_text(encoding="utf-8").replace("-10%", "-5%"),
        encoding="utf-8",
    )
    case_file.rename(tmp_path.parent / "visit.yaml")
    app = typer.Typer()
    app.command()(quote_command.run)
    words = "--policy", ROOT / "policies" / "chengdu", "--case", tmp_path.parent / "visit.yaml", "--json"
    assert json.loads(inside(app, *words).stdout)["pooled_ratio"] == "79%"
    laid = inside(app, *words, "--assumed", tmp_path)
    assert json.loads(laid.stdout)["pooled_ratio"] == "84%"
    checked = inside(policy.app, "check", ROOT / "policies" / "chengdu", "--assumed", tmp_path)
    assert "valid: 1" in checked.stdout


def test_the_steps_a_policy_may_use_are_listed():
    listed = inside(policy.app, "steps")
    assert listed.exit_code == 0
    for name, primitive in PRIMITIVES.items():
        assert f"\n{name} {primitive.label.zh}" in listed.stdout
        assert "Seen:" in primitive.__doc__
    assert "schedule: phases *" in listed.stdout


def test_check_within_this_process():
    checked = inside(policy.app, "check", "policies")
    assert (checked.exit_code, "valid: 21" in checked.stdout) == (0, True)
    lonely = inside(policy.app, "check", GOLDEN / "INP-07" / "policy")
    assert "remote care is paid as local" in " ".join(lonely.stdout.split())
    broken = inside(policy.app, "check", "nowhere")
    assert isinstance(broken.exception, YijieError)


def test_main_turns_a_business_error_into_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["yijie", "policy", "check", "nowhere"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "不是文件夹" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["yijie", "--help"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0


@given(
    st.lists(st.sampled_from(["成都", "住院", "，", "）", "（", "2011-04-13", " ", "[B]", "a", "；"]), max_size=60),
    st.integers(16, 80),
)
def test_lines_break_between_chinese_characters_and_lose_nothing(pieces, width):
    text = re.sub(" +(?=[，）；])", "", "".join(pieces))
    lines = list(wrapped(text, width))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines[1:]:
        assert line[:1] not in ("，", "）", "；", " ")
    words = max(map(cell_len, wrapped(text, 1)), default=0)
    assert all(cell_len(line) <= max(width, words) for line in lines)
