"""Outputs by the tables: exact for every transaction, and a broken invariant for whatever does not fit."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import messages
import pytest

from yijie.interfaces.fsi import Kind, shape, transaction, transaction_numbers
from yijie.interfaces.fsi.reading import read_output
from yijie.kernel.dates import SHANGHAI
from yijie.kernel.errors import BrokenInvariant
from yijie.kernel.money import yuan

EVERY = transaction_numbers()
GENEROUS = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)


def written(infno, output):
    return GENEROUS.decode(shape(infno, output).decode())


def rows_of(value):
    return value if isinstance(value, list) else [value]


def assert_table(node, shaped, place):
    """Exactly the table's members in the table's order, all the way down."""
    for row in rows_of(shaped):
        assert list(row) == [field.name for field in node.fields], place
        for field in node.fields:
            if field.node:
                assert isinstance(row[field.name], list) is field.node.many, (place, field.name)
                assert_table(field.node, row[field.name], (*place, field.name))


@pytest.mark.parametrize("infno", EVERY)
@pytest.mark.parametrize("large", [True, False], ids=["full", "bare"])
def test_every_output_is_written_by_its_table_and_reads_back(infno, large):
    output = messages.handler_output(infno, large=large)
    shaped = written(infno, output)
    assert_table(transaction(infno).output, shaped, (infno,))
    assert_holds(output, read_output(infno, shaped))


def assert_holds(given, read):
    """Everything a handler gave is what a reader gets."""
    for one, other in zip(rows_of(given), rows_of(read), strict=True):
        for name, value in one.items():
            if isinstance(value, dict | list) and name in other and isinstance(other[name], dict | list):
                assert_holds(value, other[name]) if has_nodes(value) else None
            elif value not in ("", {}):
                assert str(other[name]) == str(value) or other[name] == value, name


def has_nodes(value):
    return "any" not in (value if isinstance(value, dict) else (value[0] if value else {}))


def misfits(field):
    """Values that must never leave the house."""
    if field.code_list or field.kind in (Kind.TEXT, Kind.DIGITS):
        too_long = ["字" * (field.length + 1)] if field.length and field.length < messages.LARGE else []
        return [*too_long, 5, True, "\ud800"[: field.length]]
    if field.kind is Kind.NUMBER:
        finer = [Decimal(1).scaleb(-(field.scale or 0) - 1)] if field.length else []
        larger = [Decimal(10) ** (field.length - (field.scale or 0))] if field.length else []
        return [0.5, True, "一", Decimal("NaN"), *finer, *larger, *([1] if field.scale else [])]
    if field.kind is Kind.DATE:
        return ["2026-01-31", datetime(2026, 1, 31, tzinfo=SHANGHAI)]
    if field.kind is Kind.MOMENT:
        return ["2026-01-31 08:30:00", date(2026, 1, 31), datetime(2026, 1, 31)]
    return {Kind.FLAG: ["1"], Kind.SCALAR: [0.5, True, b"x"]}.get(field.kind, [])


@pytest.mark.parametrize("infno", EVERY)
def test_what_does_not_fit_its_table_is_our_defect(infno):
    root = transaction(infno).output
    full = messages.handler_output(infno, large=True)
    start = (0,) if root.many else ()
    for way, field in messages.places(root, start):
        wrong = [None] if field.required else []
        for value in wrong + ([] if field.node else misfits(field)):
            with pytest.raises(BrokenInvariant):
                shape(infno, messages.with_value(full, way, value))
    with pytest.raises(BrokenInvariant, match=r"fsi\.output_known_fields"):
        shape(infno, messages.with_value(full, (*start, "no_such_field"), "1"))


def settlement(**fields):
    return {"setlinfo": messages.handler_output("2207", large=False)["setlinfo"] | fields, "setldetail": []}


def test_amounts_always_have_the_tables_decimals():
    text = shape("2207", settlement(medfee_sumamt=Decimal(1200), psn_cash_pay=yuan(-5), hifp_pay="0.1")).decode()
    assert '"medfee_sumamt":1200.00,' in text
    assert '"psn_cash_pay":-0.05,' in text
    assert '"hifp_pay":0.10,' in text
    assert '"pool_prop_selfpay":0.0000,' in text


def test_fen_cannot_pass_for_yuan():
    with pytest.raises(BrokenInvariant, match=r"fsi\.output_fits_table"):
        shape("2207", settlement(medfee_sumamt=1200))
    written("2203", {})
    assert written("5202", {"diseinfo": []}) == {"diseinfo": []}


def test_nothing_is_an_empty_text_or_zero():
    shaped = written("2207", settlement())["setlinfo"]
    assert (shaped["naty"], shaped["brdy"], shaped["exp_content"]) == ("", "", "")
    assert '"act_pay_dedc":0.00,' in shape("2207", settlement()).decode()
    assert '"age":0.0,' in shape("2207", settlement()).decode()


def test_no_amount_is_minus_zero():
    assert '"balc":0.00,' in shape("2207", settlement(balc=Decimal("-0.00"))).decode()


def test_moments_are_written_in_shanghai():
    shaped = written(
        "2207", settlement(setl_time=datetime(2026, 1, 30, 16, 30, 1, 999, tzinfo=UTC), brdy=date(1949, 12, 31))
    )
    assert shaped["setlinfo"]["setl_time"] == "2026-01-31 00:30:01"
    assert shaped["setlinfo"]["brdy"] == "1949-12-31"


def test_a_field_without_a_stated_type_is_written_as_its_value_suggests():
    begun, declared = date(2026, 1, 1), datetime(2026, 1, 31, 8, 30, tzinfo=SHANGHAI)
    row = {"psn_name": "甲", "begndate": begun, "dcladate": declared, "fetts": 1, "geso_val": Decimal("38.5")}
    shaped = shape("90101", {"result": [row]}).decode()
    written_members = ['"psn_name":"甲"', '"begndate":"2026-01-01"', '"dcladate":"2026-01-31 08:30:00"', '"fetts":1']
    for member in [*written_members, '"geso_val":38.5', '"tel":""']:
        assert member in shaped


def test_an_output_that_is_a_list_is_written_as_one():
    assert shape("5204", []) == b"[]"
    assert isinstance(written("5204", messages.handler_output("5204", large=True)), list)
    with pytest.raises(BrokenInvariant, match=r"fsi\.output_list"):
        shape("5204", {})
    with pytest.raises(BrokenInvariant, match=r"fsi\.output_object"):
        shape("2207", [])


def test_a_transaction_without_output_answers_an_empty_object():
    assert shape("2203", {}) == b"{}"


def test_an_absent_list_is_empty_and_an_absent_object_breaks():
    assert written("2207", {"setlinfo": settlement()["setlinfo"]})["setldetail"] == []
    with pytest.raises(BrokenInvariant, match=r"fsi\.output_node"):
        shape("2207", {"setldetail": []})
