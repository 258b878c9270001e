"""The columnar engine answers every claim as the scalar one does, to the fen, over years of visits."""

import random
from itertools import groupby

import pytest
from hypothesis import given, settings, strategies as st
from random_claims import PACKS, random_people
from test_properties import policies, visits

from yijie.engines.benefit import Years, evaluate, settle_all
from yijie.engines.benefit.columnar import claims_of, evaluate_table
from yijie.engines.benefit.words import word_of
from yijie.kernel.errors import YijieError


def one_by_one(policy, cases, persons, fold):
    """What the scalar engine makes of the same claims: by row a benefit or an error."""
    if not fold:
        return [answer(policy, case) for case in cases]
    visits = zip(persons, cases, strict=True)
    years = ([case for _, case in own] for _, own in groupby(visits, key=lambda visit: visit[0]))
    return [found for year in years for found in settle_all(policy, year, Years(), trace=False)]


def answer(policy, case):
    try:
        return evaluate(policy, case, trace=False)
    except YijieError as error:
        return error


def check_equal(policy, cases, persons, fold=True):
    """Both engines over the same claims; the number of claims that were settled."""
    columns = evaluate_table(policy, claims_of(cases, persons), fold=fold)
    scalar = one_by_one(policy, cases, persons, fold)
    for row, (case, found) in enumerate(zip(cases, scalar, strict=True)):
        code = columns.codes[columns.refused[row]]
        got = {payer: int(column[row]) for payer, column in columns.payers.items()} | {"cash": int(columns.cash[row])}
        if isinstance(found, YijieError):
            assert code == found.code, (row, case)
            assert not any(got.values())
            continue
        assert code == "", (row, case, code)
        wanted = {word_of(fund): paid for fund, paid in found.funds.items()}
        wanted |= {"personal_account": found.personal_account, "hospital": found.hospital_borne, "cash": found.cash}
        assert got == wanted, (row, case)
        assert columns.deductible[row] == found.deductible
        allowed = {layer: int(column[row]) for layer, column in columns.allowances.items() if column[row]}
        assert allowed == {paid.layer: paid.amount for paid in found.allowances if paid.amount}
        assert columns.year[row] == found.year
    return sum(not isinstance(found, YijieError) for found in scalar)


@settings(max_examples=120)
@given(policies(), st.lists(st.lists(visits, min_size=1, max_size=6), min_size=1, max_size=5), st.booleans())
def test_both_engines_agree_on_random_policies_and_years(rules, people, fold):
    cases = [visit for year in people for visit in year]
    persons = [number for number, year in enumerate(people) for _ in year]
    check_equal(rules, cases, persons, fold)


@pytest.mark.parametrize("policy", PACKS.values(), ids=lambda policy: policy.name.en)
@pytest.mark.parametrize("fold", [True, False])
def test_both_engines_agree_on_the_real_packs(policy, fold):
    cases, persons = random_people(policy, random.Random(20251), claims=700)
    assert check_equal(policy, cases, persons, fold) > 0
