"""The interface's data as shipped: complete, amended only where an amendment says so, and readable throughout."""

from collections import Counter

import messages
import pytest

from yijie.interfaces.fsi import Kind, UnknownTransaction, checked_fields, code_lists, transaction, transaction_numbers
from yijie.interfaces.fsi.amending import amended_tables, covers
from yijie.interfaces.fsi.codelists import list_for
from yijie.interfaces.fsi.specfiles import (
    amendments,
    code_documents,
    documents,
    spec_rows,
    tables_as_printed,
    types_as_read,
)
from yijie.interfaces.fsi.tables import field_type

SIDES = ("input", "output")
OWN = {"YJ01", "YJ02", "YJ03"}


def printed_tables():
    return [table for infno in documents() for table in tables_as_printed(infno)]


def every_field():
    for infno in transaction_numbers():
        for side in SIDES:
            for way, field in messages.places(getattr(transaction(infno), side)):
                yield infno, side, way, field


def field_named(infno, side, *way):
    return next(field for here, field in messages.places(getattr(transaction(infno), side)) if here == way)


def test_all_of_the_document_is_there():
    assert len(documents()) == 274 + len(OWN)
    assert len(code_documents()) == len(code_lists()) == 300
    assert sum(len(table.fields) for table in printed_tables()) == 8355 + 9 + 20 + 52, "and YJ01, YJ02, YJ03"
    assert {(table.infno, table.side, table.name) for table in printed_tables()} == {
        (infno, side, name) for infno, document in documents().items() for side in SIDES for name in document[side]
    }


def test_the_settlement_of_an_outpatient_has_the_fields_of_the_document_in_its_order():
    data = transaction("2207").input.fields[0]
    assert data.name == "data"
    assert [field.name for field in data.node.fields][:5] == [
        "psn_no",
        "mdtrt_cert_type",
        "mdtrt_cert_no",
        "card_sn",
        "psn_cert_type",
    ]
    assert len(data.node.fields) == 20
    setlinfo, setldetail = transaction("2207").output.fields
    assert (len(setlinfo.node.fields), setlinfo.node.many) == (43, False)
    assert [field.name for field in setldetail.node.fields] == [
        "fund_pay_type",
        "inscp_scp_amt",
        "crt_payb_lmt_amt",
        "fund_payamt",
        "fund_pay_type_name",
        "setl_proc_info",
    ]
    assert setldetail.node.many
    total = field_named("2207", "input", "data", "medfee_sumamt")
    assert (total.label, total.kind, total.length, total.scale, total.required) == (
        "医疗费总额",
        Kind.NUMBER,
        16,
        2,
        True,
    )


@pytest.mark.parametrize("amendment", amendments(), ids=lambda amendment: amendment.path)
def test_each_amendment_has_a_reason_and_changes_something(amendment):
    assert amendment.date >= "2026-11-22"
    assert len(amendment.reason) > 10
    if amendment.target == "list":
        assert amendment.path in code_documents()
        return
    parts = amendment.path.split("/")
    touched = [table for table in printed_tables() if covers(amendment.path, table.infno, table.side, table.name)]
    if amendment.target == "table":
        assert touched
        assert all(changed(table, amendment.change["set"]) for table in touched)
        return
    named = parts[3].split(",")
    rows = [row for table in touched for row in table.fields if row.name in named]
    assert {row.name for row in rows} == set(named)
    for infno in parts[0].split(","):
        assert infno == "*" or any(table.infno == infno for table in touched)
    if "drop" in amendment.change:
        assert len(rows) == 2
    else:
        assert any(changed(row, amendment.change["set"]) for row in rows)


def changed(record, changes):
    return any(getattr(record, name) != value for name, value in changes.items())


def test_every_type_of_the_document_has_a_reading_and_no_reading_is_idle():
    written = Counter(row.type for table in printed_tables() for row in table.fields)
    assert all(field_type(word) for word in written)
    assert set(types_as_read()) <= set(written)
    assert all(row["reason"] for row in spec_rows("types.csv"))
    with pytest.raises(ValueError, match="has no reading"):
        field_type("三点水")


def test_aliases_name_tables_that_exist():
    tables = {(table.infno, table.name) for table in printed_tables()}
    for row in spec_rows("aliases.csv"):
        assert row["infno"] == "*" or (row["infno"], row["table"]) in tables


def test_no_object_has_a_member_twice_and_none_is_without_a_label():
    for infno in transaction_numbers():
        for side in SIDES:
            root = getattr(transaction(infno), side)
            for node in [root, *(field.node for _, field in messages.places(root) if field.node)]:
                names = [field.name for field in node.fields]
                assert len(names) == len(set(names)), (infno, side)
    for infno, _, way, field in every_field():
        assert field.node or field.label, (infno, way)
        assert field.label == field.label.strip()


def test_every_code_fits_the_fields_it_may_stand_in():
    for infno, _, way, field in every_field():
        if field.code_list and field.length:
            longest = max(field.code_list.codes, key=len)
            assert len(longest) <= field.length, (infno, way, longest)


def test_a_field_answered_by_the_platform_can_be_sent_back_to_it():
    """Person, encounter, settlement, document numbers travel from our answers into the next message of the client."""
    answered = {"psn_no": "1101", "certno": "1101", "psn_name": "1101", "mdtrt_id": "2401", "setl_id": "2304"}
    asking = ["2201", "2204", "2206", "2207", "2208", "2301", "2303", "2304", "2305", "2401", "2402", "2601", "5203"]
    for infno in asking:
        for way, field in messages.places(transaction(infno).input):
            if field.name in answered:
                source = answered[field.name]
                given = next(f for _, f in messages.places(transaction(source).output) if f.name == field.name)
                assert field.length >= given.length, (infno, way)


def test_which_list_checks_which_field():
    checks = {(infno, path): name for infno in transaction_numbers() for path, name in checked_fields(infno).items()}
    assert len(checks) == 842
    assert checks["2207", "input.data.med_type"] == "med_type"
    assert checks["2207", "output.setldetail.fund_pay_type"] == "fund_pay_type"
    assert checks["7103", "input.data.pharCertType"] == "psn_cert_type"  # the list of another name
    assert checks["1901", "input.data.Vali_Flag"] == "vali_flag"
    assert checks["4401", "input.baseinfo.hcv-ab"] == "hcv-ab"
    assert checks["3101", "input.data.patient_dtos.fsi_encounter_dtos.med_type"] == "med_type"


def test_a_coded_field_whose_list_nobody_printed_is_not_checked():
    assert field_named("2201", "input", "data", "caty").code_list is None
    unprinted = {
        row.name
        for infno in transaction_numbers()
        for table in amended_tables(tables_as_printed(infno))
        for row in table.fields
        if row.code is not None and list_for(row.name, row.code) is None
    }
    assert len(unprinted) == 93
    assert {"caty", "rx_circ_flag", "hilist_use_type", "insu_admdvs"} <= unprinted


def test_amended_lists():
    lists = code_lists()
    assert lists["med_type"].codes["12"] == "门诊挂号"
    assert lists["med_type"].codes["21"] == "普通住院"
    assert lists["med_type"].codes["2101"] == "普通住院"
    assert lists["psn_cert_type"].aliases == {"1": "01"}
    assert set(lists["opter_type"].codes) == {"1", "2", "3"}
    assert lists["dcla_souc"].codes["03"] == "网上经办系统"
    assert lists["clr_type"].codes["390412"] == "居民跨省药店购药"
    assert lists["clr_type"].codes["310412"] == "职工跨省药店购药"
    assert lists["sp_dcla_rea"].codes["4"] == "其他原因／确为本人但识别失败"
    for code_list in lists.values():
        assert code_list.codes
        assert not any(" " in code for code in code_list.codes), code_list.name
        assert set(code_list.aliases.values()) <= set(code_list.codes)


def test_amended_structure():
    assert [field.name for field in transaction("9002").output.fields] == ["signoutoutb"]
    assert field_named("9002", "output", "signoutoutb", "sign_time").kind is Kind.MOMENT
    assert transaction("5204").output.many
    assert transaction("5101").input.fields == ()
    assert field_named("2601", "input", "data", "oinfno").length == 6
    assert field_named("2305", "output", "setlinfo", "hifdm_pay").kind is Kind.NUMBER
    assert [field.name for field in transaction("3504A").output.fields] == ["purcinfoErrDetail"]
    orders = field_named("3101", "input", "data", "patient_dtos", 0, "fsi_encounter_dtos", 0, "fsi_order_dtos")
    assert orders.node.many
    rows = transaction("3202").input_file
    assert [field.name for field in rows.fields][:2] == ["setl_id", "mdtrt_id"]
    assert transaction("2207").output_file is None


def test_unknown_transactions_are_refused():
    with pytest.raises(UnknownTransaction) as refused:
        transaction("9999")
    assert refused.value.text() == "交易编号“9999”不存在，请核对接口规范中的交易编号后重新发送"


def test_what_is_told_of_a_transaction():
    settle = transaction("2304")
    assert (settle.name, settle.group, settle.listed, settle.acceptance) == (
        "住院结算",
        "医保服务／住院结算",
        True,
        "--YY",
    )
    assert "ZS" in settle.seen_in
    assert transaction_numbers()[0] == "1101"


def test_amending_changes_only_what_it_names():
    before = tables_as_printed("2203")
    assert amended_tables(before) == before
