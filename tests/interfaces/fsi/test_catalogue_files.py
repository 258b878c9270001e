"""13xx: institutions download what changed, the same file for all; 9101 and 9102 move files in both styles."""

import csv
import io
import subprocess
import sys
import zipfile

import pytest
from desks import Desk
from django.db import connection
from openpyxl import Workbook

from yijie.domain import catalogue, files
from yijie.domain.catalogue import ConceptRow
from yijie.interfaces.desk.reference import ITEMS
from yijie.interfaces.desk.sheets import SheetUnreadable
from yijie.interfaces.fsi.catalogue_files import catalogue_files
from yijie.interfaces.fsi.catalogue_import import ListNotPublished, RowsMistaken, SheetNeeded, publish
from yijie.interfaces.sample import institutions, shelf
from yijie.interfaces.sample.catalogue import items

DOWNLOAD = "/fsi/api/fileupload/download"
UPLOAD = "/fsi/api/fileupload/upload"


def fetched(desk, said):
    """The bytes that 9102 gives for a file that an answer names."""
    row = {"file_qury_no": said["file_qury_no"], "filename": said["filename"], "fixmedins_code": "plc"}
    response = desk._client.post(DOWNLOAD, content=desk.message("9102", {"fsDownloadIn": row}))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/octet-stream", response.text
    assert int(response.headers["content-length"]) == len(response.content)
    return response.content


def lines(content):
    """Lines of the one text in a downloaded ZIP."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [name] = archive.namelist()
        text = archive.read(name).decode()
    return [line.split("\t") for line in text.splitlines()]


def asked(desk, infno, version="0"):
    return desk.say(infno, {"data": {"ver": version}}).output


def test_a_first_download_has_every_drug_and_the_next_only_what_changed(desk):
    beijing, shanghai = desk(institutions.BEIJING_TERTIARY), desk(institutions.SHANGHAI_TERTIARY)
    said = asked(beijing, "1301")
    rows = lines(fetched(beijing, said))
    assert len(rows) == said["data_cnt"] > 1000
    assert {len(row) for row in rows} == {92}
    [held] = [row for row in rows if row[0] == shelf.DRUG_A.code]
    assert shelf.DRUG_A.name in held[1]
    assert held[78] == "1"
    assert "null" in held
    newest = max(int(row[82]) for row in rows)

    nothing = asked(beijing, "1301", str(newest))
    assert nothing["data_cnt"] == 0

    [item] = [item.row for item in items() if item.row.code == shelf.DRUG_A.code]
    assert catalogue.publish_items([item]) == 0
    assert catalogue.publish_items([item._replace(name="新名称")]) == 1
    more = asked(shanghai, "1301", str(newest))
    [row] = lines(fetched(shanghai, more))
    assert row[:2] == [shelf.DRUG_A.code, "新名称"]
    assert int(row[82]) > newest


def test_the_same_increment_is_made_once_for_all(desk):
    first = asked(desk(institutions.BEIJING_TERTIARY), "1305")
    second = asked(desk(institutions.SHANGHAI_TERTIARY), "1305")
    assert first["file_qury_no"] == second["file_qury_no"]


def test_a_version_of_another_platform_gives_everything(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    whole = asked(beijing, "1306")["data_cnt"]
    assert asked(beijing, "1306", "F001_20210401000000")["data_cnt"] == whole > 0
    assert asked(beijing, "1306", "99999999")["data_cnt"] == whole


def test_a_list_keeps_the_columns_of_its_national_file(desk):
    columns = [f"列{n}" for n in range(1, 25)]
    assert catalogue.publish_concepts("disease", [ConceptRow("A00.000", "霍乱", columns)]) == 1
    assert catalogue.publish_concepts("disease", [ConceptRow("A00.000", "霍乱", columns)]) == 0
    beijing = desk(institutions.BEIJING_TERTIARY)
    [row] = lines(fetched(beijing, asked(beijing, "1307")))
    assert row[10:12] == ["A00.000", "霍乱"]
    assert row[0] == "列1"
    assert row[17] == "列18"
    assert row[18] == "1"
    assert catalogue.publish_concepts("disease", [ConceptRow("A00.000", "霍乱", columns, False)]) == 1
    [ended] = lines(fetched(beijing, asked(beijing, "1307", row[22])))
    assert ended[18] == "0"


@pytest.mark.parametrize("infno", sorted(catalogue_files()))
def test_every_download_answers_its_own_form(desk, infno):
    beijing = desk(institutions.BEIJING_TERTIARY)
    said = asked(beijing, infno)
    if said["data_cnt"] == 0:
        return
    assert {len(row) for row in lines(fetched(beijing, said))} == {len(catalogue_files()[infno].columns)}


def upload_form(desk, content, *, name="对账.zip", part="file", msgid=""):
    row = {"filename": name, "fixmedins_code": desk.code}
    message = desk.message("9101", {"fsUploadIn": row}, msgid=msgid)
    parts = {"jsonStr": (None, message), part: (name, content)}
    return desk._client.post(UPLOAD, files=parts).json()


def test_a_file_sent_as_a_form_comes_back_as_it_was(desk):
    beijing, shanghai = desk(institutions.BEIJING_TERTIARY), desk(institutions.SHANGHAI_TERTIARY)
    content = bytes(range(256)) * 12_000
    for part in ("file", "in"):
        said = upload_form(beijing, content, part=part)
        assert said["infcode"] == 0, said["err_msg"]
        assert fetched(beijing, said["output"]) == content
    row = {"file_qury_no": said["output"]["file_qury_no"], "filename": "对账.zip", "fixmedins_code": shanghai.code}
    assert shanghai.refused("9102", {"fsDownloadIn": row})[0] == "files.unknown"


def test_a_form_sent_again_is_one_file_and_other_content_is_refused(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    msgid = beijing.message_id()
    first, again = (upload_form(beijing, b"abc", msgid=msgid) for _ in range(2))
    assert first["output"] == again["output"]
    assert "message.reused" in upload_form(beijing, b"abd", msgid=msgid)["err_msg"]


@pytest.mark.parametrize("written", [[80, 75, -1, 255], "UEv//w=="])
def test_a_file_within_the_message_comes_back_as_it_was(desk, written):
    beijing = desk(institutions.BEIJING_TERTIARY)
    row = {"in": written, "filename": "a.zip", "fixmedins_code": beijing.code}
    said = beijing.say("9101", {"fsUploadIn": row}).output
    assert fetched(beijing, said) == b"PK\xff\xff"
    row = {name: said[name] for name in ("file_qury_no", "filename")} | {"fixmedins_code": "plc"}
    message = beijing.message("9102", {"fsDownloadIn": row})
    raw = beijing._client.post("/fsi/api/rsfComIfsService/callService", content=message)
    assert raw.content == b"PK\xff\xff"


def test_an_upload_without_a_file_is_refused(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    row = {"filename": "a.zip", "fixmedins_code": beijing.code}
    assert beijing.refused("9101", {"fsUploadIn": row})[0] == "files.missing"
    assert "files.empty" in upload_form(beijing, b"")["err_msg"]


def test_an_expired_file_is_gone(own_nation):
    desk = Desk(institutions.BEIJING_TERTIARY)
    stored = files.store("a.txt", [b"x"], institution=desk.code, region=desk.region)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE files_file SET until = stored_at WHERE id = %s", [stored.id])
    row = {"file_qury_no": stored.number, "filename": "a.txt", "fixmedins_code": desk.code}
    assert desk.refused("9102", {"fsDownloadIn": row})[0] == "files.unknown"
    assert files.remove_expired() == 1
    assert list(files.pieces(stored)) == []


def test_a_downloaded_list_can_be_published_again_and_changes_nothing(desk, tmp_path):
    rows = [ConceptRow(f"B{n:02d}", f"病{n}", [f"列{c}" for c in range(24)]) for n in range(30)]
    assert catalogue.publish_concepts("operation", rows) == 30
    beijing = desk(institutions.BEIJING_TERTIARY)
    content = fetched(beijing, asked(beijing, "1308"))
    file = tmp_path / "1308.zip"
    file.write_bytes(content)
    assert publish("1308", file) == 30, "the columns of the file take the place of those that were loaded"
    assert publish("1308", file) == 0
    changed = ["\t".join(line).replace("病7", "另一名称") for line in lines(content)]
    text = tmp_path / "1308.txt"
    text.write_text("\n".join(changed), encoding="utf-8")
    newest = str(catalogue.latest_release())
    assert publish("1308", text) == 1
    assert [line[11] for line in lines(fetched(beijing, asked(beijing, "1308", newest)))] == ["另一名称"]
    with pytest.raises(SheetNeeded):
        publish("1301", file)
    with pytest.raises(ListNotPublished):
        publish("1319", file)


def sheet_at(path, *rows, columns=tuple(ITEMS.readers), encoding="utf-8-sig"):
    """A sheet as a bureau fills it, .xlsx or .csv as the path says."""
    if path.suffix == ".csv":
        with path.open("w", encoding=encoding, newline="") as text:
            csv.writer(text).writerows([columns, *rows])
    else:
        book = Workbook()
        for row in (columns, *rows):
            book.active.append(row)
        book.save(path)
    return path


def item(code, name, list_type, category="09", valid="是"):
    return (code, name, list_type, category, "0.5g*12", "片剂", "某药厂", "盒", "否", "是", "否", valid)


@pytest.mark.parametrize(
    ("infno", "list_type", "category"),
    [
        ("1301", "101", "09"),
        ("1302", "102", "10"),
        ("1303", "103", "09"),
        ("1305", "201", "03"),
        ("1306", "301", "08"),
        ("1320", "106", "10"),
    ],
)
def test_a_sheet_published_is_the_next_increment_and_nothing_else(desk, tmp_path, infno, list_type, category):
    beijing = desk(institutions.BEIJING_TERTIARY)
    before = str(catalogue.latest_release())
    rows = [item(f"{infno}T{n}", f"项目{n}", list_type, category) for n in range(3)]
    assert publish(infno, sheet_at(tmp_path / "items.xlsx", *rows)) == 3
    first = str(catalogue.latest_release())
    said = asked(beijing, infno, before)
    columns = catalogue_files()[infno].columns
    got = lines(fetched(beijing, said))
    assert said["data_cnt"] == 3
    assert [row[columns.index("code")] for row in got] == [row[0] for row in rows]
    assert [row[columns.index("name")] for row in got] == [row[1] for row in rows]
    assert {row[columns.index("release")] for row in got} == {first}

    changed = [rows[0], item(f"{infno}T1", "另一名称", list_type, category), (*rows[2][:11], "否")]
    assert publish(infno, sheet_at(tmp_path / "more.csv", *changed, encoding="gb18030")) == 2
    more = {row[columns.index("code")]: row for row in lines(fetched(beijing, asked(beijing, infno, first)))}
    assert sorted(more) == [f"{infno}T1", f"{infno}T2"]
    assert more[f"{infno}T1"][columns.index("name")] == "另一名称"
    assert [more[f"{infno}T{n}"][columns.index("valid")] for n in (1, 2)] == ["1", "0"]


def test_the_command_publishes_and_a_client_downloads_what_it_did(desk, tmp_path):
    beijing = desk(institutions.BEIJING_TERTIARY)
    before = str(catalogue.latest_release())
    file = sheet_at(tmp_path / "drugs.csv", item("CMD1", "命令发布的药品", "101"))
    command = [sys.executable, "-m", "yijie", "catalogue", "publish", "1301", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "变更 1 条" in ran.stdout
    [row] = lines(fetched(beijing, asked(beijing, "1301", before)))
    assert row[:2] == ["CMD1", "命令发布的药品"]
    file.write_text(file.read_text(encoding="utf-8-sig").replace("101", "999"), encoding="utf-8")
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert "第 2 行 目录类别" in refused.stderr
    assert asked(beijing, "1301", row[82])["data_cnt"] == 0


def test_mistakes_are_told_by_row_and_nothing_of_the_file_is_kept(own_nation, tmp_path):
    good = item("GOOD1", "好的", "101")
    before = catalogue.latest_release()
    rows = [good, item("", "无编码", "101"), item("B", "错类", "201"), (*good[:8], "也许", *good[9:]), good]
    rows.append((*item("C", "错项", "101")[:3], "99", *good[4:]))
    with pytest.raises(RowsMistaken) as told:
        publish("1301", sheet_at(tmp_path / "bad.xlsx", *rows))
    text = told.value.text("zh")
    for place in (
        "第 3 行 医疗目录编码",
        "第 4 行 目录类别",
        "第 5 行 基本药物",
        "第 6 行 医疗目录编码：与第 2 行重复",
    ):
        assert place in text
    assert "第 7 行 收费项目类别" in text
    assert "第 2 行 " not in text.replace("与第 2 行重复", "")
    assert catalogue.latest_release() == before
    assert catalogue.publish_items([]) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_item WHERE code = 'GOOD1'")
        assert cursor.fetchone() == (0,)
    with pytest.raises(SheetUnreadable, match="有效"):
        publish("1301", sheet_at(tmp_path / "short.csv", good[:11], columns=tuple(ITEMS.readers)[:11]))


def test_a_list_without_charges_comes_from_a_sheet_too(desk, tmp_path):
    columns = ("编码", "名称", "有效")
    file = sheet_at(tmp_path / "tumours.csv", ("M80000/0", "良性肿瘤", ""), columns=columns)
    beijing, before = desk(institutions.BEIJING_TERTIARY), str(catalogue.latest_release())
    assert publish("1313", file) == 1
    [row] = lines(fetched(beijing, asked(beijing, "1313", before)))
    assert (row[3], row[4], row[5]) == ("M80000/0", "良性肿瘤", "1")
    twice = sheet_at(tmp_path / "twice.xlsx", ("A", "一", "是"), ("A", "二", "否"), columns=columns)
    with pytest.raises(RowsMistaken, match="row 3, 编码: the same as in row 2"):
        publish("1313", twice)
    table = tmp_path / "table.txt"
    table.write_text("\t".join(["x"] * 8) + "\n" + "\t".join(["y", "", "7", *"yyyyy"]), encoding="utf-8")
    with pytest.raises(RowsMistaken, match="row 2, 名称") as told:
        publish("1327", table)
    assert "第 2 行 有效" in told.value.text("zh")


def test_ethnic_drugs_are_asked_for_page_by_page_as_they_were_published(desk, tmp_path):
    beijing = desk(institutions.BEIJING_TERTIARY)
    rows = [item(f"ETH{n}", f"民族药{n}", "104", "11") for n in range(3)]
    assert publish("1304", sheet_at(tmp_path / "ethnic.xlsx", *rows)) == 3
    question = {"updt_time": "2020-01-01", "page_num": "1", "page_size": "2"}
    answered = beijing.say("1304", {"data": question}).output
    assert [row["drug_genname"] for row in answered["data"]] == ["民族药0", "民族药1"]
    answered = beijing.say("1304", {"data": question | {"page_num": "2"}}).output
    assert [(row["med_list_codg"], row["vali_flag"]) for row in answered["data"]] == [("ETH2", "1")]
    assert beijing.say("1304", {"data": question | {"updt_time": "2999-01-01"}}).output["data"] == []


def test_chronic_diseases_of_the_sample_are_handed_out(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    assert "高血压" in {line[14] for line in lines(fetched(beijing, asked(beijing, "1309")))}
