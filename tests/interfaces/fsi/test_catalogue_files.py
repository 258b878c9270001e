"""13xx: institutions download what changed, the same file for all; 9101 and 9102 move files in both styles."""

import io
import zipfile

import pytest
from desks import Desk
from django.db import connection

from yijie.domain import catalogue, files
from yijie.domain.catalogue import ConceptRow
from yijie.interfaces.fsi.catalogue_files import catalogue_files
from yijie.interfaces.fsi.catalogue_import import ListNotPublished, publish
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
    with pytest.raises(ListNotPublished):
        publish("1301", file)


def test_chronic_diseases_of_the_sample_are_handed_out(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    assert "高血压" in {line[14] for line in lines(fetched(beijing, asked(beijing, "1309")))}
