"""3201 and 3202: the hospital's books against the platform's, by settlement time; YJ01 after a lost answer."""

import io
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from desks import Desk
from people import born
from stored import everything_stored, one

from yijie.domain import files
from yijie.interfaces.demo.his import Item
from yijie.interfaces.fsi import clients
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import SHANGHAI, clock_set_to, now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]
OUTPATIENT, INPATIENT = "11", "21"
pytestmark = pytest.mark.usefixtures("own_nation")


@pytest.fixture
def hospital():
    """A hospital of the module's nation; what looks at all that was settled on a day brings a nation of its own."""
    return Desk(institutions.BEIJING_TERTIARY)


def visit(hospital, *, msgid="", account=0):
    """A settled visit: patient, encounter, setlinfo."""
    patient = born(account=account)
    number = hospital.visit_of(patient, ITEMS, began=now() - timedelta(minutes=5))
    return (
        patient,
        number,
        hospital.settle_visit(patient, number, ITEMS, account=bool(account), msgid=msgid)["setlinfo"],
    )


def own_row(settled, *, refund=False, **changed):
    """The settlement as the hospital's books have it."""
    row = {
        "setl_id": settled["setl_id"],
        "mdtrt_id": settled["mdtrt_id"],
        "psn_no": settled["psn_no"],
        "medfee_sumamt": settled["medfee_sumamt"],
        "fund_pay_sumamt": settled["fund_pay_sumamt"],
        "acct_pay": settled["acct_pay"],
        "refd_setl_flag": "1" if refund else "0",
    }
    return row | changed


def zipped(rows):
    """The file a hospital uploads."""
    text = "".join("\t".join(str(value) for value in row.values()) + "\r\n" for row in rows)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("3202.txt", text)
    return whole.getvalue()


def uploaded(hospital, content):
    row = {"in": list(content), "filename": "3202.zip", "fixmedins_code": hospital.code}
    return hospital.say("9101", {"fsUploadIn": row}).output["file_qury_no"]


def asked(hospital, rows, *, day=None, clearing=OUTPATIENT, **changed):
    """Header of 3201 and 3202 over the rows."""
    day = f"{day or today()}"
    return {
        "insutype": "310",
        "clr_type": clearing,
        "setl_optins": hospital.region,
        "stmt_begndate": day,
        "stmt_enddate": day,
        "medfee_sumamt": str(sum(Decimal(r["medfee_sumamt"]) for r in rows)),
        "fund_pay_sumamt": str(sum(Decimal(r["fund_pay_sumamt"]) for r in rows)),
        "acct_pay": str(sum(Decimal(r["acct_pay"]) for r in rows)),
        "cash_payamt": "0",
        "fixmedins_setl_cnt": len(rows),
        "refd_setl_flag": "",
    } | changed


def details(hospital, rows, content=None, **changed):
    """3202 over uploaded rows; the answered lines."""
    number = uploaded(hospital, content or zipped(rows))
    payload = {"data": asked(hospital, rows, **changed) | {"file_qury_no": number}}
    said = hospital.say("3202", payload).output["fileinfo"]
    stored = files.find(said["file_qury_no"], hospital.code)
    with zipfile.ZipFile(io.BytesIO(b"".join(files.pieces(stored)))) as archive:
        [name] = archive.namelist()
        return [line.split("\t") for line in archive.read(name).decode().splitlines()]


def totals(hospital, rows, **changed):
    return hospital.say("3201", {"data": asked(hospital, rows, **changed)}).output["stmtinfo"]


def test_known_differences_are_found_and_no_others(fresh_nation):
    hospital = Desk(institutions.BEIJING_TERTIARY)
    settled = [visit(hospital, msgid=hospital.message_id()) for _ in range(5)]
    infos = [info for _, _, info in settled]
    rows = [own_row(info) for info in infos]
    balanced = totals(hospital, rows)
    assert balanced["stmt_rslt"] == "0", balanced
    assert {line[4] for line in details(hospital, rows)} == {"0"}

    wrong = [own_row(infos[0], medfee_sumamt=infos[0]["medfee_sumamt"] + 1), *rows[1:3]]
    wrong.append(own_row(infos[3], setl_id="110000" + "7" * 19))
    unbalanced = totals(hospital, wrong)
    assert unbalanced["stmt_rslt"] == "1"
    assert "笔数机构 4、中心 5" in unbalanced["stmt_rslt_dscr"]
    found = details(hospital, wrong)
    by_result = {line[6]: line for line in found if line[4] == "1"}
    assert len(found) == 6
    assert sum(line[4] == "0" for line in found) == 2
    [differing] = [line for memo, line in by_result.items() if memo.startswith("总额机构为")]
    assert differing[2] == infos[0]["setl_id"]
    [unknown] = [line for memo, line in by_result.items() if memo == "中心在对账期间内无此结算"]
    assert unknown[2] == "110000" + "7" * 19
    only_here = [line for memo, line in by_result.items() if memo.startswith("仅中心有此结算")]
    assert {line[1] for line in only_here} == {line[2] for line in only_here} == {"null"}
    assert {line[3] for line in only_here} == {infos[3]["medins_setl_id"], infos[4]["medins_setl_id"]}

    lost = next(line for line in only_here if line[3] == infos[4]["medins_setl_id"])
    assert hospital.reverse(settled[4][0], "2207", lost[3]).done


def test_a_refund_is_a_row_of_its_own_under_either_number(fresh_nation):
    hospital = Desk(institutions.BEIJING_TERTIARY)
    patient, number, info = visit(hospital)
    void = hospital.void("2208", patient, number, info["setl_id"])
    refund = void.output["setlinfo"]
    rows = [own_row(info), own_row(refund, refund=True)]
    for named in (refund["setl_id"], info["setl_id"]):
        lines = details(hospital, [rows[0], rows[1] | {"setl_id": named}])
        assert [line[4] for line in lines] == ["0", "0"]
        assert {line[3] for line in lines} == {info["medins_setl_id"], refund["medins_setl_id"]}
    assert totals(hospital, rows)["stmt_rslt"] == "0"
    assert totals(hospital, rows, fixmedins_setl_cnt=0)["stmt_rslt"] == "0"
    assert totals(hospital, rows[:1], refd_setl_flag="0")["stmt_rslt"] == "0"
    assert totals(hospital, rows[1:], refd_setl_flag="1")["stmt_rslt"] == "0"
    doubled = details(hospital, [rows[0], rows[0]], refd_setl_flag="0")
    assert [line[6] for line in doubled if line[4] == "1"] == ["文件中重复"]


def test_where_fund_totals_include_the_account_files_do_too(fresh_nation):
    hospital = Desk(institutions.BEIJING_TERTIARY)
    clients.register(Profile(hospital.code, account_in_funds=True))
    _, _, info = visit(hospital, account=50_000)
    assert info["acct_pay"] > 0
    assert info["fund_pay_sumamt"] + info["psn_cash_pay"] + info["hosp_part_amt"] == info["medfee_sumamt"]
    rows = [own_row(info)]
    assert totals(hospital, rows)["stmt_rslt"] == "0"
    [line] = details(hospital, rows)
    assert (line[4], Decimal(line[8]), Decimal(line[9])) == ("0", info["fund_pay_sumamt"], info["acct_pay"])
    without_account = own_row(info, fund_pay_sumamt=info["fund_pay_sumamt"] - info["acct_pay"])
    [line] = details(hospital, [without_account])
    assert line[4] == "1"
    assert line[6].startswith("基金机构为")


def test_the_last_moment_of_a_day_belongs_to_the_day_the_answer_says(fresh_nation):
    hospital = Desk(institutions.BEIJING_TERTIARY)
    for moment in (
        datetime(2026, 6, 30, 23, 59, 59, 900_000, tzinfo=SHANGHAI),
        datetime(2026, 7, 1, 0, 0, 0, 100_000, tzinfo=SHANGHAI),
    ):
        with clock_set_to(moment):
            _, _, info = visit(hospital)
            assert info["setl_time"] == f"{moment:%Y-%m-%d %H:%M:%S}"
            day, other = moment.date(), {30: 1, 1: -1}[moment.day]
            assert totals(hospital, [own_row(info)], day=day)["stmt_rslt"] == "0"
            assert [line[4] for line in details(hospital, [own_row(info)], day=day)] == ["0"]
            if other < 0:
                before = totals(hospital, [own_row(info)], day=day + timedelta(days=other))
                assert before["stmt_rslt"] == "0"


def test_a_file_that_is_not_what_the_message_declares_is_refused(hospital):
    _, _, info = visit(hospital)
    rows = [own_row(info)]
    number = uploaded(hospital, zipped(rows))
    held = everything_stored()
    wrong = {
        "medfee_sumamt": ("1.00", "reconcile.control_differs"),
        "fund_pay_sumamt": ("1.00", "reconcile.control_differs"),
        "fixmedins_setl_cnt": (7, "reconcile.control_differs"),
        "stmt_enddate": ("2020-01-01", "reconcile.period_unfit"),
        "stmt_begndate": ("2020-01-01", "reconcile.period_unfit"),
        "setl_optins": ("310000", "reconcile.other_office"),
        "file_qury_no": ("unknown", "files.unknown"),
    }
    for field, (value, code) in wrong.items():
        payload = {"data": asked(hospital, rows) | {"file_qury_no": number, field: value}}
        assert hospital.refused("3202", payload)[0] == code
    assert everything_stored() == held


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a\tb\n", "files.table_unreadable"),
        (b"\xff\xfe\t\n", "files.table_unreadable"),
        (b"s\tm\tp\tten\t0\t0\t0\n", "fsi.not_a_number"),
        (b"PK\x05\x06" + b"\0" * 18, "files.table_unreadable"),
    ],
)
def test_an_unreadable_file_is_refused_with_its_line(hospital, content, code):
    number = uploaded(hospital, content)
    payload = {"data": asked(hospital, []) | {"file_qury_no": number}}
    assert hospital.refused("3202", payload)[0] == code


def test_a_plain_text_is_read_as_well_and_the_run_is_kept(fresh_nation):
    hospital = Desk(institutions.BEIJING_TERTIARY)
    _, _, info = visit(hospital)
    text = "\t".join(str(value) for value in own_row(info).values()).encode()
    assert [line[4] for line in details(hospital, [own_row(info)], content=text)] == ["0"]
    assert one("SELECT (equal, differing, only_here, only_there)::text FROM reconcile_run") == "(1,0,0,0)"


def test_after_a_lost_answer_the_hospital_asks_by_message_id(hospital):
    msgid = hospital.message_id()
    question = {"data": {"oinfno": "2207", "omsgid": msgid}}
    assert hospital.say("YJ01", question).output["result"]["stas"] == "unseen"
    patient, _, info = visit(hospital, msgid=msgid)
    known = hospital.say("YJ01", question).output["result"]
    assert known["stas"] == "done"
    assert known["psn_no"] == patient.number
    assert known["output"]["setlinfo"]["setl_id"] == info["setl_id"]
    other = Desk(institutions.SHANGHAI_TERTIARY)
    assert other.say("YJ01", question).output["result"]["stas"] == "unseen"
    hospital.reverse(patient, "2207", msgid)
    assert hospital.say("YJ01", question).output["result"]["stas"] == "reversed"
    hospital.reverse(patient, "2207", "NEVER")
    unseen = hospital.say("YJ01", {"data": {"oinfno": "2207", "omsgid": "NEVER"}}).output["result"]
    assert unseen["stas"] == "tombstone"
