"""Institutions, catalogue and terms: valid codes, sensible references, and the shelf exactly as documented."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise

import pytest

from yijie.interfaces.sample import institutions as places, shelf
from yijie.interfaces.sample.catalogue import items, reference_prices
from yijie.interfaces.sample.institutions import institutions, serving
from yijie.interfaces.sample.pools import CARE_REGIONS, POOLS, counties
from yijie.interfaces.sample.terms import terms
from yijie.kernel.codes import HospitalLevel, ItemClass
from yijie.kernel.identity import credit_check
from yijie.kernel.money import NotMoney
from yijie.kernel.region import pool_of

OPEN_END = date.max
DIGEST_OF_REFERENCE_DATA = "e21c03c370b0fe27acf18b7be14340cbbd2815f3477e904cf8b529d42348745c"


@pytest.fixture(scope="module")
def by_item():
    found = defaultdict(list)
    for term in terms():
        found[term.item_id, term.region].append(term)
    return found


class TestInstitutions:
    def test_codes_have_the_national_form_and_lie_in_their_county(self):
        rows = institutions()
        assert len(rows) == len({row.code for row in rows}) == 88
        for row in rows:
            assert len(row.code) == 12
            assert row.code[0] == ("P" if row.kind == places.PHARMACY else "H")
            assert row.code[1:7] == row.region
            assert row.region in {county.code for county in counties(pool_of(row.region))}
            assert "样例" in row.name
            assert row.sample

    def test_credit_codes_carry_both_checks(self):
        codes = [row.credit_code for row in institutions()]
        assert len(set(codes)) == len(codes)
        for code in codes:
            assert len(code) == 18
            assert credit_check(code[:17]) == code[17]
            weighted = sum(int(c, 36) * w for c, w in zip(code[8:16], places.ORG_WEIGHTS, strict=True))
            check = 10 if code[16] == "X" else int(code[16])
            assert (weighted + check) % 11 == 0

    def test_every_pool_has_every_kind(self):
        for pool in POOLS:
            levels = Counter(
                (row.kind, row.level)
                for row in institutions()
                if pool_of(row.region) == pool.code and row.code not in places.SPECIAL_CASES
            )
            assert levels == {("1", "3"): 3, ("1", "2"): 2, ("1", "1"): 1, ("1", "community"): 3, ("2", "1"): 3}

    def test_the_special_cases_are_what_they_are_called(self):
        row = {row.code: row for row in institutions()}
        assert not row[places.NOT_OPEN_FOR_REMOTE].remote_inpatient
        assert not row[places.NOT_OPEN_FOR_REMOTE].remote_outpatient
        assert row[places.SUSPENDED].suspended
        assert row[places.AGREEMENT_ENDED].agreement_until == date(2024, 12, 31)
        assert row[places.AGREEMENT_NOT_BEGUN].agreement_since > date(2090, 1, 1)
        usual = [row for code, row in row.items() if code not in places.SPECIAL_CASES]
        assert not any(row.suspended or row.agreement_until for row in usual)

    def test_nobody_is_sent_to_a_special_case(self):
        sent = {row.code for pool in POOLS for row in serving(pool.code, *HospitalLevel)}
        assert len(sent) == 9 * len(POOLS)
        assert not sent & places.SPECIAL_CASES


class TestItems:
    def test_there_are_thousands_under_codes_of_the_national_lengths(self):
        rows = [item.row for item in items()]
        assert len(rows) > 3500
        assert len({row.code for row in rows}) == len(rows)
        lengths = {"101": {20, 23}, "102": {10}, "201": {15}, "301": {20}}
        for row in rows:
            assert len(row.code) in lengths[row.list_type], row
            assert "01" <= row.charge_category <= "14"
            assert row.unit
            assert len(row.name) <= 200

    def test_generated_items_are_marked_and_cannot_be_taken_for_real_ones(self):
        for row in (item.row for item in items()):
            generated = row.code.startswith(("T99", "0099", "C99")) or (
                row.code.startswith("X") and row.code.endswith("99999")
            )
            assert row.sample == generated, row
            assert not row.maker or row.maker.startswith("样例")
            assert row.sample or not row.specification or "样例" in row.specification

    def test_published_codes_tell_the_list(self):
        for row in (item.row for item in items() if not item.row.sample):
            kind = {"X": ("101", "09"), "Z": ("101", "11")}.get(row.code[0])
            assert kind is None or (row.list_type, row.charge_category) == kind
            assert kind or row.list_type == "201"

    def test_every_item_has_an_exact_price_in_four_decimals(self):
        prices = reference_prices()
        assert set(prices) == {item.row.code for item in items()}
        assert all(price > 0 and price.as_tuple().exponent == -4 for price in prices.values())

    def test_a_realistic_stay_can_be_billed(self):
        assert {item.row.charge_category for item in items()} == {f"{number:02d}" for number in range(1, 15)}

    def test_every_data_file_names_its_source_first(self):
        folder = files("yijie.interfaces.sample").joinpath("data")
        listed = [file for file in folder.iterdir() if file.name.endswith(".csv")]
        assert len(listed) == 7
        assert all(file.read_text(encoding="utf-8").startswith("# ") for file in listed)


class TestTerms:
    def test_every_term_is_of_a_known_item_and_region(self, by_item):
        codes = {item.row.code for item in items()}
        assert {code for code, _ in by_item} <= codes
        assert {region for _, region in by_item} == set(CARE_REGIONS)
        assert len(CARE_REGIONS) == 6

    def test_on_every_day_an_item_has_at_most_one_term(self, by_item):
        for versions in by_item.values():
            for earlier, later in pairwise(versions):
                assert (earlier.until or OPEN_END) < later.since

    def test_shares_fit_the_class_and_ceilings_rise_with_the_level(self, by_item):
        for term in (term for versions in by_item.values() for term in versions):
            shares = (term.first_self_pay, term.first_self_pay_resident)
            if term.item_class == ItemClass.A:
                assert shares == (0, 0)
            elif term.item_class == ItemClass.C:
                assert shares == (1, 1)
            else:
                assert all(Decimal("0.05") <= share <= Decimal("0.35") for share in shares)
            ceilings = (term.ceiling_1, term.ceiling_2, term.ceiling_3)
            assert ceilings == (None, None, None) or 0 < ceilings[0] <= ceilings[1] <= ceilings[2]
            assert term.restricted == bool(term.restriction)

    def test_regions_differ_but_agree_on_the_class_of_drugs(self, by_item):
        differing = Counter()
        for item in items():
            now = [by_item[item.row.code, region][-1] for region in CARE_REGIONS if (item.row.code, region) in by_item]
            assert item.row.list_type != "101" or len({term.item_class for term in now}) == 1
            differing["class"] += len({term.item_class for term in now}) > 1
            differing["share"] += len({term.first_self_pay for term in now}) > 1
            differing["ceiling"] += len({term.ceiling_3 for term in now}) > 1
            differing["absent"] += len(now) < len(CARE_REGIONS)
        assert min(differing.values()) > 100

    def test_the_catalogue_changed_on_new_year_2025(self, by_item):
        versions = [terms for terms in by_item.values() if len(terms) == 2]
        left = [terms[-1] for terms in by_item.values() if terms[-1].until == shelf.TRANSITION_END]
        entered = [terms[0] for terms in by_item.values() if terms[0].since == shelf.CHANGE_DAY]
        assert min(len(versions), len(left), len(entered)) > 100
        for before, after in versions:
            assert after.since == shelf.CHANGE_DAY == before.until + timedelta(days=1)
            assert before.item_class > after.item_class

    def test_published_limits_restrict(self, by_item):
        [term] = by_item["ZA12HAH0323010100673", "510000"]
        assert term.restriction == "限二级及以上医疗机构"
        assert term.restricted

    def test_reference_data_never_changes_silently(self):
        rows = repr([*institutions(), *((item.row, item.price) for item in items()), *terms()])
        assert sha256(rows.encode()).hexdigest() == DIGEST_OF_REFERENCE_DATA


class TestShelf:
    """What the demo and test clients count on."""

    @pytest.mark.parametrize("fixed", shelf.SHELF, ids=lambda fixed: fixed.code)
    def test_each_item_has_its_name_price_and_terms(self, fixed, by_item):
        [item] = [item for item in items() if item.row.code == fixed.code]
        assert item.row.name == fixed.name
        assert item.price == Decimal(fixed.price)
        for region in CARE_REGIONS:
            grade = fixed.local.get(region, fixed.grade)
            versions = by_item.get((fixed.code, region), [])
            assert bool(versions) == (grade is not None)
            if grade:
                now = versions[-1]
                assert now.item_class == grade.item_class
                assert (now.first_self_pay, now.first_self_pay_resident) == (grade.share, grade.share_resident)
                assert (now.ceiling_1, now.ceiling_2, now.ceiling_3) == grade.ceilings

    def test_class_a_b_and_c(self):
        assert shelf.DRUG_A.grade.item_class == ItemClass.A
        assert shelf.DRUG_B.grade.share == Decimal("0.1")
        assert shelf.DRUG_C.grade.item_class == ItemClass.C
        assert shelf.MATERIAL_20.grade.share == shelf.MATERIAL_20.grade.share_resident == Decimal("0.2")

    def test_prices_in_fen(self):
        assert shelf.DRUG_A.price_fen == 320
        assert shelf.SURGERY.price_fen == 120_000
        with pytest.raises(NotMoney):
            _ = shelf.PIECE_DECIMAL.price_fen

    def test_the_price_above_its_ceiling(self):
        assert Decimal(shelf.MATERIAL_OVER_CEILING.price) - shelf.MATERIAL_OVER_CEILING.grade.ceilings[2] == 8
        tertiary = shelf.BED.grade.ceilings[2]
        assert shelf.BED.local["110000"].ceilings[2] > Decimal(shelf.BED.price) > tertiary

    def test_the_drug_that_changed_and_the_one_that_left(self, by_item):
        before, after = by_item[shelf.DRUG_CHANGED.code, "110000"]
        assert (before.item_class, after.item_class) == (ItemClass.B, ItemClass.A)
        [left] = by_item[shelf.DRUG_LEFT.code, "110000"]
        assert left.until == date(2025, 6, 30)
        assert (shelf.SERVICE_SOMEWHERE.code, "110000") not in by_item

    def test_the_restricted_drug(self, by_item):
        [term] = by_item[shelf.DRUG_RESTRICTED.code, "330000"]
        assert term.restricted
