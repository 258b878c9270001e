"""What the reader takes from real clients, and how it tells a clerk what is wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal

import messages
import pytest

from yijie.interfaces.fsi import err_msg, errors, input_errors, read_input
from yijie.interfaces.fsi.moments import date_from, moment_from
from yijie.interfaces.fsi.reading import ROWS_MAX
from yijie.interfaces.fsi.wording import shown
from yijie.kernel.dates import SHANGHAI

SETTLE = messages.minimal_input("2207")
LINE = messages.minimal_input("2301")["feedetail"][0]


def settled(**fields):
    return read_input("2207", {"data": SETTLE["data"] | fields}).nodes["data"]


def refused(infno, payload):
    with pytest.raises(errors.FsiError) as caught:
        read_input(infno, payload)
    return caught.value


def test_an_amount_is_the_same_as_number_and_as_text():
    for sent in (Decimal("1234.5"), "1234.50", " 1234.5 ", "001234.500"):
        assert settled(medfee_sumamt=sent)["medfee_sumamt"] == Decimal("1234.50")
    assert settled(medfee_sumamt=1234)["medfee_sumamt"] == 1234
    assert settled(medfee_sumamt="-0.01")["medfee_sumamt"] == Decimal("-0.01")
    assert str(settled(medfee_sumamt="-0.00")["medfee_sumamt"]) == "0"


@pytest.mark.parametrize("sent", ["1_000", "１２", "NaN", "Infinity", "1e3", "0x10", "12.3元", "--1", "1" * 41])
def test_only_plain_decimal_numbers_are_numbers(sent):
    assert isinstance(refused("2207", {"data": SETTLE["data"] | {"medfee_sumamt": sent}}), errors.NotANumber)


def test_a_float_is_refused_wherever_it_comes_from():
    error = refused("2207", {"data": SETTLE["data"] | {"medfee_sumamt": 0.1}})
    assert isinstance(error, errors.WrongType)


def test_an_empty_number_is_zero_where_one_is_required_and_nothing_where_not():
    assert settled(fulamt_ownpay_amt="")["fulamt_ownpay_amt"] == 0
    assert settled(fulamt_ownpay_amt=None)["fulamt_ownpay_amt"] == 0
    line = read_input("2204", {"feedetail": {**messages.minimal_input("2204")["feedetail"][0], "prd_days": ""}})
    assert "prd_days" not in line.nodes["feedetail"][0]
    assert settled(fulamt_ownpay_amt="  ")["fulamt_ownpay_amt"] == 0


def test_an_empty_or_blank_text_is_no_text():
    assert "invono" not in settled(invono="")
    assert "invono" not in settled(invono=None)
    assert "invono" not in settled(invono="  ")
    admitted = messages.minimal_input("2401")["mdtrtinfo"] | {"birctrl_matn_date": " "}
    assert "birctrl_matn_date" not in read_input("2401", {"mdtrtinfo": admitted}).nodes["mdtrtinfo"]
    assert isinstance(refused("2401", {"mdtrtinfo": admitted | {"begntime": " "}}), errors.FieldMissing)
    for blank in ("", None, " \u3000 "):
        error = refused("2207", {"data": SETTLE["data"] | {"psn_no": blank}})
        assert isinstance(error, errors.FieldMissing)


def test_texts_may_come_as_numbers_and_are_stripped():
    assert settled(invono=Decimal(12345))["invono"] == "12345"
    assert settled(invono=12345)["invono"] == "12345"
    assert settled(psn_no=" 4301 ")["psn_no"] == "4301"
    assert settled(acct_used_flag=1)["acct_used_flag"] == "1"


@pytest.mark.parametrize(
    "sent",
    [
        "2026-01-31 08:30:00",
        "2026-01-31T08:30:00",
        "20260131083000",
        "20260131083000123",
        "2026/1/31 8:30",
        "2026-01-31 08:30:00.0",
        "2026-01-31T08:30:00+08:00",
        "2026-01-31T00:30:00Z",
        "2026-01-30T19:30:00-0500",
    ],
)
def test_moments_are_read_in_every_form_that_clients_send(sent):
    line = read_input("2301", {"feedetail": [LINE | {"fee_ocur_time": sent}]}).nodes["feedetail"][0]
    assert line["fee_ocur_time"] == datetime(2026, 1, 31, 8, 30, tzinfo=SHANGHAI)
    assert line["fee_ocur_time"].tzinfo is SHANGHAI


def test_a_day_for_a_moment_is_its_beginning_and_a_moment_for_a_day_its_day():
    line = read_input("2301", {"feedetail": [LINE | {"fee_ocur_time": "2026-01-31"}]}).nodes["feedetail"][0]
    assert line["fee_ocur_time"] == datetime(2026, 1, 31, tzinfo=SHANGHAI)
    for sent in ("2026-01-31", "20260131", "2026-01-31 23:59:59", "20260131235959"):
        assert date_from(sent) == date(2026, 1, 31)
    assert moment_from("2026-01-31T20:00:00Z") == datetime(2026, 1, 31, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "2026",
        "2026-02-30",
        "0001-01-01",
        "0001-01-01 00:00:00",
        "2026-W05-6",
        "2026-W05-6 10:00:00",
        "26-01-31",
        "2026-1/31",
        "9999-12-31T23:59:59-12:00",
        "2026-01-31 25:00:00",
        "2026-01-31T10:00:00+99:00",
        "２０２６-01-31",
    ],
)
def test_what_is_no_day_of_the_calendar_is_no_date(sent):
    assert date_from(sent) is None
    assert moment_from(sent) is None


def test_codes_in_other_writings_become_the_code():
    person = messages.minimal_input("1101")["data"] | {"psn_cert_type": "1"}
    assert read_input("1101", {"data": person}).nodes["data"]["psn_cert_type"] == "01"
    assert settled(med_type=" 11 ")["med_type"] == "11"


def test_nodes_and_fields_may_have_the_names_that_known_clients_use():
    assert read_input("2207", {"data": SETTLE["data"]}) == read_input("2207", SETTLE)
    early = read_input("2304", {"mdtrtinfo": messages.minimal_input("2304")["data"]})
    assert early == read_input("2304", messages.minimal_input("2304"))
    assert read_input("2302", {"feeinfo": messages.minimal_input("2302")["data"]}).unknown == 0
    shenzhen = messages.minimal_input("2203")
    assert read_input("2203", {"mdtrtInfo": shenzhen["mdtrtinfo"]}).nodes["mdtrtinfo"]
    assert settled(expContent='{"TRUM_FLAG":"0"}')["exp_content"] == '{"TRUM_FLAG":"0"}'
    assert settled(exp_content="甲", expContent="乙")["exp_content"] == "甲"


def test_members_no_table_knows_are_left_out_and_counted():
    reading = read_input("2207", {"data": SETTLE["data"] | {"order_no": "1", "mdtrt_mode": "0"}, "note": "x"})
    assert reading.unknown == 3
    assert "order_no" not in reading.nodes["data"]
    assert settled(expContent="甲")  # another name of a known field is not unknown
    assert read_input("2207", {"data": SETTLE["data"] | {"expContent": "甲"}}).unknown == 0


def test_an_absent_list_is_empty_and_an_absent_object_is_absent():
    nodes = read_input("2203", messages.minimal_input("2203")).nodes
    assert nodes["diseinfo"] == []
    assert "dieinfo" not in read_input("4701", messages.minimal_input("4701")).nodes
    assert read_input("2203", messages.minimal_input("2203") | {"diseinfo": None}).nodes["diseinfo"] == []


def test_texts_of_sentences_keep_their_line_breaks_and_short_ones_have_none():
    visit = messages.minimal_input("2203")
    told = "头痛三天\r\n\t加重一天"
    visit["mdtrtinfo"]["main_cond_dscr"] = told
    assert read_input("2203", visit).nodes["mdtrtinfo"]["main_cond_dscr"] == told
    error = refused("2207", {"data": SETTLE["data"] | {"psn_no": "43\n01"}})
    assert isinstance(error, errors.ControlCharacter)
    assert (error.facts["position"], error.facts["point"]) == (3, "U+000A")


@pytest.mark.parametrize("hidden", ["\x00", "\x7f", "\x85", "\u202e", "\ufeff", "\ud800"])
def test_characters_nobody_can_see_are_refused_even_in_sentences(hidden):
    visit = messages.minimal_input("2203")
    visit["mdtrtinfo"]["main_cond_dscr"] = f"头{hidden}痛"
    assert isinstance(refused("2203", visit), errors.ControlCharacter)


def test_letters_beyond_latin_and_wide_blanks_are_ordinary_text():
    for name in ("古丽巴哈尔·买买提", "王　小明", "𠮷野", "\ue000某"):
        assert settled(mdtrt_cert_no=name)["mdtrt_cert_no"] == name


def test_bytes_come_as_base64_or_as_a_list_of_signed_or_unsigned_bytes():
    upload = messages.minimal_input("9101")["fsUploadIn"]
    for sent in ("UEsD/w==", [80, 75, 3, 255], [80, 75, 3, -1], [Decimal(80), Decimal(75), Decimal(3), Decimal(255)]):
        read = read_input("9101", {"fsUploadIn": upload | {"in": sent}})
        assert read.nodes["fsUploadIn"]["in"] == b"PK\x03\xff"
    assert "in" not in read_input("9101", {"fsUploadIn": upload | {"in": ""}}).nodes["fsUploadIn"]


def test_flags_come_as_true_or_as_one():
    asked = messages.minimal_input("4105")["data"]
    for sent, read in ((True, True), ("true", True), (1, True), ("0", False), ("FALSE", False)):
        assert read_input("4105", {"data": asked | {"stt_flag": sent}}).nodes["data"]["stt_flag"] is read
    assert "stt_flag" not in read_input("4105", {"data": asked | {"stt_flag": " "}}).nodes["data"]


def test_the_first_error_in_reading_order_wins_and_all_can_be_listed():
    lines = [LINE, LINE | {"pric": "贵", "cnt": ""}, LINE | {"psn_no": ""}]
    assert refused("2301", {"feedetail": lines}).facts["path"] == "feedetail[2].pric"
    assert [error.facts["path"] for error in input_errors("2301", {"feedetail": lines})] == [
        "feedetail[2].pric",
        "feedetail[3].psn_no",
    ]
    assert len(input_errors("2301", {"feedetail": [{}] * 10}, errors_max=7)) == 7


def test_an_error_names_node_row_field_and_remedy():
    error = refused("2301", {"feedetail": [LINE, LINE | {"pric": "3.1415927"}]})
    assert (error.facts["node"], error.facts["row"], error.facts["field"]) == ("feedetail", 2, "pric")
    assert error.text() == (
        "第2条feedetail的“单价”（pric）小数位过多：收到“3.1415927”，最多6位小数，请改正后重新上传（系统不代为舍入）"
    )
    assert "feedetail[2].pric (单价) is '3.1415927', but at most 6 decimals" in error.text("en")


def test_few_allowed_codes_are_listed_and_many_are_pointed_to():
    few = refused("2207", {"data": SETTLE["data"] | {"acct_used_flag": "9"}})
    assert "可用代码：0 不使用；2 使用共济人个账；1 使用本人个账" in few.text()
    many = refused("2207", {"data": SETTLE["data"] | {"med_type": "9"}})
    assert "请用1901交易下载字典核对" in many.text()


def test_a_missing_node_is_named_with_what_came_instead():
    error = refused("2207", {"Data": {}, "more": 1})
    assert isinstance(error, errors.NodeMissing)
    assert error.text() == "缺少节点data（或其中没有内容），收到的节点：Data、more，请HIS厂商按接口规范补充"
    assert "收到的节点：无" in refused("2207", {}).text()
    assert isinstance(refused("2204", {"feedetail": []}), errors.NodeMissing)


def test_a_node_around_fields_that_stand_in_none_is_named():
    flat = messages.minimal_input("2166")
    for wrapped in ({"data": flat}, {"data": [flat]}, {"data": flat, "feedetl": flat["feedetl"]}):
        error = refused("2166", wrapped)
        assert isinstance(error, errors.NodeUnwanted)
        assert err_msg(error) == (
            "字段“令牌”（ec_token）等应直接写在input中，不放在节点data内，请HIS厂商去掉该节点 [fsi.node_unwanted]"
        )
    assert isinstance(refused("2166", {"data": flat, "ssn": flat["ssn"]}), errors.FieldMissing)
    assert isinstance(refused("2166", {"feedetl": flat["feedetl"]}), errors.FieldMissing)


def test_a_node_of_another_shape_is_refused():
    assert isinstance(refused("2207", {"data": "x"}), errors.NodeWrongShape)
    assert isinstance(refused("2204", {"feedetail": ["x"]}), errors.NodeWrongShape)
    assert isinstance(refused("2207", {"data": [SETTLE["data"]] * 2}), errors.NodeNotSingle)


def test_rows_are_limited():
    assert len(read_input("2301", {"feedetail": [LINE] * ROWS_MAX}).nodes["feedetail"]) == ROWS_MAX
    error = refused("2301", {"feedetail": [LINE] * (ROWS_MAX + 1)})
    assert isinstance(error, errors.TooManyRows)
    assert f"最多{ROWS_MAX}条" in error.text()


PERSON = "110105194912310021"


@pytest.mark.parametrize(
    ("infno", "way", "value"),
    [
        ("1101", ("data", "psn_cert_type"), PERSON),
        ("2207", ("data", "medfee_sumamt"), PERSON + "X"),
        ("2301", ("feedetail", 0, "fee_ocur_time"), PERSON),
        ("2507", ("data", "brdy"), "1949-12-31出生"),
    ],
)
def test_personal_data_in_the_wrong_field_is_not_repeated(infno, way, value):
    error = refused(infno, messages.with_value(messages.minimal_input(infno), way, value))
    assert PERSON[4:] not in error.text()
    assert PERSON[4:] not in str(error)


def test_masking_by_the_fields_own_meaning():
    assert shown("欧阳娜娜", "人员姓名") == "欧***"
    assert shown("4301010001", "人员编号") == "430*****01"
    assert shown("长沙市某街1号", "联系地址") == "***"
    assert shown("13800000000", "备注") == "138******00"
    assert shown("一二\n三") == "一二?三"
    assert shown("6.5600000000000005", "单价") == "6.5600000000000005"  # what binary arithmetic makes of 6.56
    assert len(shown("长" * 1000)) == 20
