"""Rules that stand elsewhere: figures of the pool, subjects of another folder, assumptions laid over a pool."""

from pathlib import Path

import pytest
import yaml
from benefit_kit import SOURCE, case, layer, policy, ratio, since

from yijie.engines.benefit import evaluate, load_policies, load_policy
from yijie.engines.benefit.errors import FileError
from yijie.engines.benefit.explain import parameter_sentence
from yijie.engines.benefit.overlay import included_subjects
from yijie.engines.benefit.refusals import ParameterUnknown
from yijie.kernel.codes import Fund, HospitalLevel
from yijie.kernel.money import yuan

WAGE = {"title": {"zh": "平均工资", "en": "average wage"}}


def wages(*entries):
    return {"figures": {"wage": WAGE | {"amount": [{"source": "law", **entry} for entry in entries]}}}


def pooled(rules, asked):
    return yuan(evaluate(rules, asked).funds[Fund.POOLED])


def write(root: Path, folder: str, **files):
    """A policy folder on disk."""
    (root / folder).mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (root / folder / f"{name}.yaml").write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")


def pool(region, chain=(), **more):
    body = {"region": region, "name": {"zh": "甲市", "en": "A"}, "sources": SOURCE, **more}
    return body | ({"chain": list(chain)} if chain else {})


# -- figures -----------------------------------------------------------------------------------------------------------


def test_an_amount_that_is_a_share_of_the_average_wage():
    # old 成都: a deductible of 12 % of 8084
    body = {"deductible": {"amount": since({"share": "12%", "of": "wage"})}}
    rules = policy(layer(body, ratio("85%")), pool=wages({"from": "2000-01-01", "value": 8084}))
    answer = evaluate(rules, case("60000"))
    assert (yuan(answer.deductible), yuan(answer.funds[Fund.POOLED])) == ("970.08", "50175.43")
    (use,) = answer.trace[1].uses
    assert "970.08 (12% × average wage 8084.00)" in parameter_sentence(use, "deductible", rules.vocabulary, "en")


def test_the_amount_changes_on_the_day_the_figure_changes():
    figure = wages({"from": "2000-01-01", "value": 5000}, {"from": "2025-07-01", "value": 6000})
    table = {"by": "level", "tertiary": {"share": "600%", "of": "wage"}, "else": 100}
    body = {"payment_ceiling": {"per": "year", "amount": since(table)}}
    rules = policy(layer(ratio("100%"), body), pool=figure)
    paid = [pooled(rules, case("99999", day=day)) for day in ("2025-06-30", "2025-07-01")]
    assert paid == ["30000.00", "36000.00"]


def test_shares_of_a_figure_inside_phases_and_a_figure_not_found():
    rows = [{"over": 0, "to": 10, "share": "80%", "most": {"share": "1%", "of": "wage"}}, {"over": 10, "share": "50%"}]
    figure = wages({"from": "2000-01-01", "value": 5000}, {"from": "2020-01-01", "value": "unknown", "note": "未公布"})
    rules = policy(layer({"phases": {"schedule": since(rows)}}), pool=figure)
    assert pooled(rules, case("1000", day="2019-12-31")) == "40.00"
    with pytest.raises(ParameterUnknown, match="未公布"):
        evaluate(rules, case("1000"))


def test_an_entry_without_value_needs_no_figure():
    body = [{"from": "2000-01-01", "value": "none", "source": "law"}]
    body += [{"from": "2024-01-01", "value": {"share": "1%", "of": "wage"}, "source": "law"}]
    rules = policy(
        layer({"deductible": {"amount": body}}, ratio("100%")), pool=wages({"from": "2024-01-01", "value": 5000})
    )
    assert [pooled(rules, case("1000", day=day)) for day in ("2023-05-01", "2025-05-01")] == ["1000.00", "950.00"]


# -- none inside a table -----------------------------------------------------------------------------------------------


def test_a_rule_that_does_not_exist_for_some():
    table = {"by": "level", "tertiary": 5000, "else": "none"}
    rules = policy(layer(ratio("80%"), {"payment_ceiling": {"per": "year", "amount": since(table)}}))
    assert pooled(rules, case("10000")) == "5000.00"
    assert pooled(rules, case("10000", level=HospitalLevel.PRIMARY)) == "8000.00"


def test_a_layer_whose_rule_does_not_exist_for_the_case_stays_aside():
    rules = policy(
        layer(ratio("80%")),
        layer(ratio({"by": "group", "subsistence": "70%", "else": "none"}), pays_from="aid"),
    )
    assert [share.layer for share in evaluate(rules, case("100")).layers] == ["layer1"]


# -- subjects of another folder ----------------------------------------------------------------------------------------

ADJUSTER = {
    "title": {"zh": "异地", "en": "Remote"},
    "adjusts": "pooled",
    "for": {"relation": ["same_province", "cross_province"]},
    "steps": [{"points": {"add": since("-10%")}}],
}


def test_a_pool_includes_what_stands_in_another_folder(tmp_path):
    own = since("80%")
    write(tmp_path, "nation", pool=pool("000000", words={"slip": {"with": "有"}}), remote=ADJUSTER, aid=layer(
        {"ratio": {"when": {"slip": "with"}, "share": since("50%")}}, pays_from="aid"
    ))  # fmt: skip
    included = ["nation/remote", "nation/aid"]
    body = pool("440300", ["inpatient", "nation/aid"], includes=included, assume={"slip": "with"})
    write(tmp_path, "city", pool=body, inpatient=layer({"ratio": {"share": own}}))
    policies = load_policies(tmp_path, relative=True)
    city = policies["440300"]
    assert [each.name for each in city.layers] == ["inpatient", "nation/aid"]
    answer = evaluate(city, case("100"))
    assert {fund: paid for fund, paid in answer.funds.items() if paid} == {Fund.POOLED: 8000, Fund.AID: 1000}
    assert city.owner_of(city.layers[1].place).region == "000000"
    assert city.owner_of(city.layers[0].place).region == "440300"
    assert city.layers[1].place.file == "nation/aid.yaml"


@pytest.mark.parametrize("wrong", ["nation/none", "nation/pool", "nation", "../nation/remote"])
def test_an_include_that_is_not_there_is_named(tmp_path, wrong):
    write(tmp_path, "nation", pool=pool("000000"), remote=ADJUSTER)
    write(tmp_path, "city", pool=pool("440300", ["inpatient"], includes=[wrong]), inpatient=layer(ratio("80%")))
    with pytest.raises(FileError) as found:
        load_policy(tmp_path / "city")
    assert found.value.code == "benefit.policy.unknown_include"


def test_what_cannot_be_read_includes_nothing():
    assert included_subjects({"pool.yaml": "includes: ["}) == []
    assert included_subjects({}) == []


# -- assumptions laid over a pool --------------------------------------------------------------------------------------


def test_assumptions_stand_in_for_the_pools_own_and_say_so(tmp_path):
    write(tmp_path / "published", "city", pool=pool("440300", ["inpatient"]), inpatient=layer(ratio("unknown")) | {
        "steps": [{"ratio": {"share": since("unknown", note="未公布")}}]
    })  # fmt: skip
    more = {"measure": {"title": "假设", "url": "none", "trust": "C"}}
    over = {"sources": more, "chain": ["inpatient", "aid"]}
    write(
        tmp_path / "assumed", "city", pool=over, inpatient=layer(ratio("70%")), aid=layer(ratio("10%"), pays_from="aid")
    )
    plain = load_policy(tmp_path / "published" / "city")
    with pytest.raises(ParameterUnknown):
        evaluate(plain, case("100"))
    laid = load_policies(tmp_path / "published", tmp_path / "assumed")["440300"]
    assert pooled(laid, case("100")) == "70.00"
    assert laid.owner_of(laid.layers[0].place).assumed
    assert laid.layers[0].place.file == "assumed/city/inpatient.yaml"
    assert laid.fingerprint != plain.fingerprint


def test_a_pool_without_assumptions_is_as_it_was(tmp_path):
    write(tmp_path / "published", "city", pool=pool("440300", ["inpatient"]), inpatient=layer(ratio("70%")))
    laid = load_policies(tmp_path / "published", tmp_path / "assumed")["440300"]
    assert laid.fingerprint == load_policy(tmp_path / "published" / "city").fingerprint
