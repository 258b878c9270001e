"""Regions, identity numbers, ids, dates and errors behave as the interface's messages need."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from yijie.kernel import codes, dates, errors, identity, ids, language, region


@pytest.mark.parametrize(
    ("code", "pool", "name", "english"),
    [
        ("110105", "110000", "北京市", "Beijing"),
        ("510104", "510100", "成都市", "Chengdu"),
        ("430299", "430200", "株洲市", "Zhuzhou"),
        ("229900", "229900", "吉林省本级", "Jilin (province)"),
        ("429004", "429004", "仙桃市", "Xiantao"),
        ("500155", "500000", "重庆市", "Chongqing"),
        ("510000", "510000", "四川省", "Sichuan"),
        ("440399", "440300", "深圳市", "Shenzhen"),
    ],
)
def test_every_code_form_finds_its_pool(code, pool, name, english):
    assert region.is_region(code)
    assert region.pool_of(code) == pool
    assert region.name_of(code) == name
    assert region.name_of(code, "en") == english


def test_every_province_and_prefecture_is_known():
    names = region.names()
    assert sum(code.endswith("0000") for code in names) == 34
    assert sum(code.endswith("00") and not code.endswith("0000") for code in names) >= 333
    english = region.names("en")
    assert english.keys() == names.keys()
    assert len(set(english.values())) == len(english), "cities of one name are told apart by their province"
    assert all(name.isprintable() and not re.search(r"[\u4e00-\u9fff]", name) for name in english.values())
    assert region.same_province("440100", "440300")
    assert not region.same_province("110000", "510100")


@pytest.mark.parametrize("code", ["", "11010", "1101055", "990000", "11０105", "abcdef"])
def test_what_is_no_region_is_told_apart(code):
    assert not region.is_region(code)
    assert isinstance(region.name_of("99"), str)


@given(st.dates(date(1900, 1, 1), date(2029, 12, 31)), st.integers(1, 999))
def test_resident_numbers_carry_a_check(birth, serial):
    number = identity.resident_number("510104", birth, serial)
    assert identity.is_resident_number(number)
    assert identity.birth_of(number) == birth
    assert identity.is_female(number) == (serial % 2 == 0)
    wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    assert not identity.is_resident_number(wrong)


@pytest.mark.parametrize("text", ["", "11010519491231002", "110105194913310021", "11010519491231002x1", "abc"])
def test_malformed_resident_numbers_are_refused(text):
    assert not identity.is_resident_number(text)


def test_published_check_characters():
    assert identity.is_resident_number("11010519491231002X")  # the example of GB 11643-1999
    assert identity.credit_check("91350100M000100Y4") == "3"  # the example of GB 32100-2015


def test_personal_data_is_masked():
    assert identity.masked_number("11010519491231002X") == "110" + "*" * 13 + "2X"
    assert identity.masked_number("12345") == "*****"
    assert identity.masked_name("欧阳娜娜") == "欧***"
    assert identity.masked_name("王") == "王*"


@given(st.datetimes(datetime(2020, 1, 2), datetime(2090, 1, 1)))
def test_ids_carry_their_moment_and_sort_by_it(moment):
    moment = dates.in_shanghai(moment)
    number = ids.new_id(moment)
    assert 0 < number < 1 << 63
    assert timedelta(0) <= moment - ids.moment_of(number) < timedelta(milliseconds=1)
    public = ids.public_id("110000", number)
    assert len(public) == 25
    assert ids.parse_public_id(public) == ("110000", number)


@pytest.mark.parametrize("text", ["", "110000", "1" * 24, "x" * 25, "1" * 6 + "9" * 19])
def test_what_is_no_id_is_told_apart(text):
    assert ids.parse_public_id(text) is None


def test_the_clock_can_be_set_and_is_in_shanghai():
    still = datetime(2026, 1, 1, 0, 30, tzinfo=dates.SHANGHAI)
    with dates.clock_set_to(still):
        assert dates.now() == still
        assert dates.today() == date(2026, 1, 1)
        assert ids.moment_of(ids.new_id()) == still
    with dates.clock_set_to(lambda: still + timedelta(days=1)):
        assert dates.today() == date(2026, 1, 2)
    assert dates.now().utcoffset() == timedelta(hours=8)
    assert dates.in_shanghai(datetime(2025, 12, 31, 16, 30, tzinfo=UTC)) == still


def test_ages_and_months():
    assert dates.age_on(date(1960, 5, 2), date(2026, 5, 1)) == 65
    assert dates.age_on(date(1960, 5, 2), date(2026, 5, 2)) == 66
    assert dates.age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert dates.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert dates.months_after(date(2026, 12, 15), 1) == date(2027, 1, 15)


def test_an_error_code_belongs_to_one_error():
    assert errors.YijieError.by_code["invariant.broken"] is errors.BrokenInvariant
    with pytest.raises(TypeError, match="belongs to"):
        type("Other", (errors.YijieError,), {"code": "invariant.broken"})
    errors.invariant(True, "sums")
    with pytest.raises(errors.BrokenInvariant, match="sums"):
        errors.invariant(False, "sums", total=3)


def test_who_waits_is_answered_in_their_language_and_rows_keep_both():
    refused = errors.BrokenInvariant(name="one", detail="a\nb")
    assert refused.text().startswith("系统自检")
    with language.speaking("en"):
        assert (
            refused.text()
            == refused.text("en")
            == "self-check one failed, the operation was taken back whole; " + ("tell the operator: a\nb")
        )
        assert refused.text("zh").startswith("系统自检")
    with language.speaking("fr"):
        assert language.spoken() == "zh"
    kept = refused.written()
    assert errors.told_in(kept, "zh").startswith("系统自检")
    assert errors.told_in(kept, "en").endswith("the operator: a b")
    assert [errors.told_in("人工中止", either) for either in ("zh", "en")] == ["人工中止"] * 2


def test_filing_kinds_know_whether_they_last():
    assert [kind.long_term for kind in codes.FilingKind] == [True, True, True, False, False]
