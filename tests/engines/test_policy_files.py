"""A mistake in a policy folder is found when it is read, and the message says file, line, path and what to do."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from yijie.engines.benefit import load_policies, load_policy, policy_errors
from yijie.engines.benefit.errors import FileError
from yijie.engines.benefit.policy_errors import RegionTwice
from yijie.engines.benefit.read_policy import read_policy

POOL = """\
region: "440300"
name: {zh: 深圳市, en: Shenzhen}
chain: [inpatient, nursing, allowance, account]
sources:
  law: {title: 办法, url: "https://example.org", trust: B}
words:
  tier: {first: 一档, second: 二档}
buckets: {basic_drugs: 基本药物}
year:
  begins: [{from: 2000-01-01, value: 01-01, source: law}]
  stay_belongs_to: [{from: 2000-01-01, value: discharge, source: law}]
catalogue:
  direct: [{from: 2000-01-01, value: care_region, source: law}]
units: {hour: 小时}
figures:
  wage:
    title: {zh: 平均工资, en: average wage}
    amount:
      - {from: 2010-01-01, value: 8000, source: law}
      - {from: 2020-01-01, value: 9000, source: law}
"""
INPATIENT = """\
title: {zh: 住院, en: Inpatient}
pays_from: pooled
for: {insurance: employee, care: inpatient}
steps:
  - deductible:
      charged: each_visit
      amount:
        - {from: 2000-01-01, to: 2022-12-31, value: 500, source: law}
        - from: 2023-01-01
          value: {by: level, "community, primary": 200, secondary: 400, tertiary: 600.50}
          source: law
      repeat_times:
        - {from: 2000-01-01, value: {by: ordinal, 1: 100%, 2-3: 50%, 4+: 0%}, source: law}
  - bands:
      measured_on: cost
      schedule:
        - from: 2000-01-01
          source: law
          value:
            - {over: 0, to: 10000, share: 80%}
            - {over: 10000, to: 30000, share: 85%}
            - {over: 30000, share: 90%}
  - points:
      when: {tier: second}
      add:
        - {from: 2000-01-01, value: -5%, source: law}
  - payment_ceiling:
      per: year
      amount:
        - {from: 2000-01-01, value: 60000, source: law}
"""
NURSING = """\
title: {zh: 护理, en: Nursing}
pays_from: pooled
for: {care: long_term_care}
steps:
  - first_amount:
      unit: visit
      amount:
        - {from: 2010-01-01, value: 15, source: law}
  - unit_ceiling:
      unit: hour
      per: month
      amount:
        - {from: 2010-01-01, value: {share: 1%, of: wage}, source: law}
      most:
        - {from: 2010-01-01, value: 25.5, source: law}
  - phases:
      schedule:
        - from: 2010-01-01
          source: law
          value:
            - {over: 0, to: 60, share: 80%, most: 750}
            - {over: 60, share: 60%}
"""
ALLOWANCE = """\
title: {zh: 津贴, en: Allowance}
pays_from: pooled
for: {care: maternity}
steps:
  - allowance:
      stated_as: wage
      share:
        - {from: 2010-01-01, value: 100%, source: law}
      days:
        - {from: 2010-01-01, value: 128, source: law}
  - more_days:
      for_each: visit
      days:
        - {from: 2010-01-01, value: 15, source: law}
  - rounding:
      to:
        - {from: 2010-01-01, value: yuan, source: law}
"""
ACCOUNT = """\
title: {zh: 账户, en: Account}
pays_from: personal_account
for: {insurance: employee}
steps:
  - covers:
      parts:
        - {from: 2000-01-01, value: [eligible, first_self_pay], source: law}
"""
GOOD = {
    "pool.yaml": POOL,
    "inpatient.yaml": INPATIENT,
    "nursing.yaml": NURSING,
    "allowance.yaml": ALLOWANCE,
    "account.yaml": ACCOUNT,
}

MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))


def read(files):
    return read_policy(files, "pool")


def test_the_folder_the_mistakes_are_made_in_is_right():
    policy = read(GOOD)
    assert [layer.name for layer in policy.layers] == ["inpatient", "nursing", "allowance", "account"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["what"])
def test_a_mistake_is_named_with_file_and_line(mistake):
    text = GOOD[mistake["file"]]
    assert mistake["old"] in text, "the mistake is not in the text any more"
    with pytest.raises(FileError) as found:
        read(GOOD | {mistake["file"]: text.replace(mistake["old"], mistake["new"], 1)})
    assert found.value.code == f"benefit.{mistake['code']}"
    assert (found.value.text("zh"), found.value.text("en")) == (mistake["zh"], mistake["en"])


def test_the_mistakes_are_of_many_kinds_and_of_every_code():
    kinds = {re.sub(r"^\S+: ([\w.\[\]+-]+: )?", "", mistake["en"]) for mistake in MISTAKES}
    assert len(kinds) >= 60, "the same words at another place are no further kind"
    named = {error.code for error in vars(policy_errors).values() if isinstance(error, type) and error is not FileError}
    made = {f"benefit.{mistake['code']}" for mistake in MISTAKES}
    assert named - made == {RegionTwice.code}, "two folders for one region are tried below"


def test_folders_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(FileError, match="not a folder"):
        load_policy(tmp_path / "nowhere")
    with pytest.raises(FileError, match=r"no pool\.yaml"):
        load_policy(tmp_path)
    with pytest.raises(FileError, match=r"holds a pool\.yaml"):
        load_policies(tmp_path)
    (tmp_path / "pool.yaml").mkdir()
    with pytest.raises(FileError, match="Is a directory"):
        load_policy(tmp_path)


def test_files_that_are_no_text_of_bounded_size_are_refused(tmp_path):
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_policy(tmp_path).region == "440300"
    (tmp_path / "inpatient.yaml").write_bytes("职工".encode("gbk"))
    with pytest.raises(FileError, match="not UTF-8"):
        load_policy(tmp_path)
    (tmp_path / "inpatient.yaml").write_text("#" * 1_000_001)
    with pytest.raises(FileError, match="too large"):
        load_policy(tmp_path)
    for number in range(201):
        (tmp_path / f"layer{number}.yaml").write_text("")
    with pytest.raises(FileError, match="more than 200 files"):
        load_policy(tmp_path)


def test_two_folders_for_one_pool_are_refused(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for name, text in GOOD.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"already defined by .*one"):
        load_policies(tmp_path)
    (tmp_path / "two" / "pool.yaml").write_text(POOL.replace("440300", "440100"), encoding="utf-8")
    assert sorted(load_policies(tmp_path)) == ["440100", "440300"]


def test_nesting_without_end_is_refused():
    with pytest.raises(FileError, match="deeper than 24"):
        read(GOOD | {"account.yaml": "[" * 500})


def test_control_characters_are_refused():
    with pytest.raises(FileError) as found:
        read(GOOD | {"account.yaml": "title: \x00"})
    assert found.value.code == "benefit.file.syntax"


def test_an_empty_file_and_a_complex_key_are_refused():
    for text, code in (("", "benefit.file.shape"), ("? [a]\n: b\n", "benefit.file.shape")):
        with pytest.raises(FileError) as found:
            read(GOOD | {"account.yaml": text})
        assert found.value.code == code


def test_the_nation_needs_no_chain():
    pool = POOL.replace('"440300"', '"000000"').replace("chain: [inpatient, nursing, allowance, account]\n", "")
    assert read({"pool.yaml": pool}).layers == ()


def test_a_fingerprint_is_of_what_is_said_not_of_how_it_is_written():
    plain = read(GOOD).fingerprint
    assert read(dict(reversed(GOOD.items()))).fingerprint == plain
    assert read(GOOD | {"pool.yaml": "# a comment\n" + POOL.replace('"440300"', "'440300'")}).fingerprint == plain
    assert read(GOOD | {"pool.yaml": POOL.replace("办法", "方法")}).fingerprint != plain


@given(st.data())
def test_no_text_makes_the_reader_stumble(data):
    """Whatever is done to a file, it is read or refused with a place; nothing else comes out."""
    file = data.draw(st.sampled_from(sorted(GOOD)))
    text = GOOD[file]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    insert = data.draw(
        st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["{", "[", "- ", ": ", "\n", "%"])
    )
    try:
        read(GOOD | {file: text[:start] + insert + text[end:]})
    except FileError as error:
        refused = error
    else:
        return
    assert refused.facts["place"].startswith("pool/")
    assert refused.text("zh")
    assert refused.text("en")
