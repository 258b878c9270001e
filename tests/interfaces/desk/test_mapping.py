"""The insurance office's mapping: taken in from a sheet, suggested, accepted together, reviewed by another, undone."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from yijie.domain import catalogue
from yijie.domain.catalogue import Own
from yijie.domain.catalogue.models import Acceptance, Item, Mapping, OwnItem
from yijie.domain.catalogue.suggest import likeness
from yijie.interfaces.desk.pages.mapping import COLUMNS


def sheet(*rows, columns=tuple(COLUMNS)):
    """An xlsx with these rows."""
    book = Workbook()
    for row in (columns, *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("own.xlsx", kept.getvalue())


@pytest.fixture(scope="module")
def drug(treated):
    """A drug of the catalogue that says of whom it is and in what strength."""
    return Item.objects.filter(list_type="101").exclude(maker="").exclude(specification="").order_by("code").first()


def test_name_specification_and_maker_rank_suggestions(treated, drug):
    """The very item comes first and is sure; another strength of the same name comes after it."""
    own = Own("X1", drug.name, "101", drug.specification, drug.maker, None)
    [[first, *others]] = catalogue.suggest([own], "110000")
    assert (first.item, first.score, first.sure) == (drug.code, 100, True)
    assert all(other.score <= first.score for other in others)
    [[vague, *_]] = catalogue.suggest([Own("X2", drug.name[:2], "101", "", "", None)], "110000")
    assert vague.score < 100
    assert catalogue.suggest([Own("X3", "龘龘龘龘", "101", "", "", None)], "110000") == [[]]


def test_price_parts_items_that_are_otherwise_alike(treated):
    """Of two equals the one whose ceiling lies nearer to the price comes first."""
    row = Item.objects.filter(terms__ceiling_3__isnull=False, terms__region="110000").order_by("code").first()
    ceiling = row.terms.filter(region="110000", ceiling_3__isnull=False).order_by("-since").first().ceiling_3
    near = catalogue.suggest([Own("X", row.name, row.list_type, "", "", ceiling)], "110000")[0]
    far = catalogue.suggest([Own("X", row.name, row.list_type, "", "", ceiling * 50)], "110000")[0]
    of = {one.item: one.score for one in near}[row.code], {one.item: one.score for one in far}.get(row.code, 0)
    assert of[0] > of[1]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("阿莫西林", "阿莫西林", 100), ("Ａ0.25g", "a0.25G", 100), ("甲", "乙", 0), ("", "", 0)],
)
def test_likeness_ignores_width_case_and_punctuation(one, other, expected):
    assert likeness(one, other) == expected


def test_from_upload_to_review_and_undo(signed_in, treated, drug):
    office, chief = signed_in("office.beijing"), signed_in("chief.beijing")
    rows = [
        ("Y001", drug.name, "101", drug.specification, drug.maker, "盒", "12.50"),
        ("Y002", "龘龘", "101", "", "", "", ""),
    ]
    done = office.post("/desk/mapping/upload/", {"file": sheet(*rows)})
    assert done.status_code == 302, done.content.decode()
    shown = office.get("/desk/mapping/", {"state": "open"}).content.decode()
    assert drug.code in shown
    assert "没有相近的项目" in shown
    taken = office.post("/desk/mapping/accept/", {"take": ["Y001"], "item:Y001": drug.code})
    assert taken.status_code == 302
    assert Mapping.objects.get(own_code="Y001", ended_at=None).item == drug.code
    one = Acceptance.objects.get(institution="H11010500001")
    own_review = office.post(f"/desk/mapping/accepted/{one.id}/review/")
    assert own_review.status_code == 422
    assert "须由另一人复核" in own_review.content.decode()
    assert chief.post(f"/desk/mapping/accepted/{one.id}/review/").status_code == 302
    other = Item.objects.filter(list_type="101").exclude(code=drug.code).order_by("-code").first()
    office.post("/desk/mapping/accept/", {"take": ["Y001"], "item:Y001": other.code})
    assert Mapping.objects.get(own_code="Y001", ended_at=None).item == other.code
    second = Acceptance.objects.get(institution="H11010500001", reviewed_at=None)
    assert office.post(f"/desk/mapping/accepted/{second.id}/undo/").status_code == 302
    assert Mapping.objects.get(own_code="Y001", ended_at=None).item == drug.code, "the one before is back"
    assert office.post(f"/desk/mapping/accepted/{second.id}/undo/").status_code == 422, "once"
    assert chief.get("/desk/mapping/accepted/").status_code == 200


def test_mistakes_are_told_by_row_and_nothing_is_taken(signed_in, treated):
    office = signed_in("office.beijing")
    rows = [
        ("Z1", "好的", "101", "", "", "", "1"),
        ("", "无编码", "101", "", "", "", "1"),
        ("Z3", "错类别", "999", "", "", "", "x"),
        ("Z1", "重复", "101", "", "", "", "-1"),
    ]
    told = office.post("/desk/mapping/upload/", {"file": sheet(*rows)})
    assert told.status_code == 422
    text = told.content.decode()
    for row, said in ((3, "不能为空"), (4, "之一"), (4, "金额"), (5, "与第 2 行重复"), (5, "金额")):
        assert f'<td class="num">{row}</td>' in text
        assert said in text
    assert not OwnItem.objects.filter(own_code="Z1").exists()


def bomb():
    """A spreadsheet of some kilobytes that unpacks to far more than memory should bear."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(11):
            packed.writestr(f"xl/{number}.xml", b"\0" * 10_000_000)
    return kept.getvalue()


HOSTILE = {
    "empty": b"",
    "text": b"hello",
    "page": b"<html><script>alert(1)</script>",
    "program": b"MZ" + bytes(1000),
    "cut": b"PK\x03\x04" + bytes(50),
    "bomb": bomb(),
    "large": bytes(6_000_000),
    "entities": None,
}


def entities():
    """A workbook whose text refers to itself tenfold ten times over."""
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    made = io.BytesIO()
    with zipfile.ZipFile(sheet(("A", "B", "101", "", "", "", "1"))) as real, zipfile.ZipFile(made, "w") as packed:
        for part in real.infolist():
            text = real.read(part)
            if part.filename.endswith("sheet1.xml"):
                assert b">B<" in text
                text = f'<!DOCTYPE worksheet [<!ENTITY e0 "ha">{lines}]>'.encode() + text.replace(b">B<", b">&e9;<")
            packed.writestr(part, text)
    return made.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(signed_in, treated, name):
    file = SimpleUploadedFile("../../etc/own.xlsx", HOSTILE[name] if name != "entities" else entities())
    told = signed_in("office.beijing").post("/desk/mapping/upload/", {"file": file})
    assert told.status_code == 422
    assert "文件不能识别" in told.content.decode()


def test_another_hospital_sees_and_undoes_nothing_of_it(signed_in, treated):
    mine = Acceptance.objects.create(
        id=7, region="510100", institution="H51010700001", lines=[], accepted_at="2026-01-01T00:00Z", accepted_by="x"
    )
    assert signed_in("office.beijing").post(f"/desk/mapping/accepted/{mine.id}/undo/").status_code == 404
    assert signed_in("desk.beijing").post(f"/desk/mapping/accepted/{mine.id}/undo/").status_code == 403


def test_markup_in_cells_and_the_files_name_stays_text(signed_in, treated):
    """Own items are repeated in the list, mistakes among the mistakes, both as text."""
    office, mark = signed_in("office.beijing"), '"><img src=x onerror=alert(1)>'
    before = set(OwnItem.objects.values_list("pk", flat=True))
    repeated, valid = 0, ("MARKED", "样例药", "101", "", "", "", "")
    for at, _ in enumerate(valid):
        file = sheet([mark if here == at else cell for here, cell in enumerate(valid)])
        file.name = f"{mark}.xlsx"
        said = office.post("/desk/mapping/upload/", {"file": file}, follow=True).content.decode()
        said += office.get("/desk/mapping/", {"state": "open"}).content.decode()
        assert "<img src=x" not in said
        repeated += "&lt;img src=x" in said
    assert repeated
    OwnItem.objects.exclude(pk__in=before).delete()
