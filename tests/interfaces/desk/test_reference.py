"""Reference data by sheet and by row: mistakes by row, two people, regions kept apart, exported as it is imported."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from yijie.domain.catalogue.models import Item, Term
from yijie.domain.institution.models import Institution
from yijie.interfaces.desk.models import Change
from yijie.interfaces.desk.reference import REFERENCES
from yijie.interfaces.sample import institutions, shelf


def sheet(name, *rows):
    """An xlsx of a kind of reference data."""
    book = Workbook()
    for row in ([column.zh for column in REFERENCES[name].columns], *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("rows.xlsx", kept.getvalue())


def change_at(response):
    """The address of the proposal that a form made."""
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


HOSPITAL = ("H51010799999", "新医院", "510107", "1", "5", "2", "91510107MA0000000X", "2026-01-01", "", "否", "是", "否")


def test_a_sheet_proposed_by_one_and_applied_by_another(signed_in, treated):
    admin, chief = signed_in("admin.nation"), signed_in("chief.nation")
    made = change_at(admin.post("/desk/reference/institutions/import/", {"file": sheet("institutions", HOSPITAL)}))
    assert not Institution.objects.filter(code=HOSPITAL[0]).exists(), "proposed is not in effect"
    assert admin.post(f"{made}apply/").status_code == 422, "nobody applies what they proposed"
    assert "新医院" in chief.get(made).content.decode()
    chief.post(f"{made}apply/")
    kept = Institution.objects.get(code=HOSPITAL[0])
    assert (kept.name, kept.remote_inpatient, kept.agreement_until) == ("新医院", True, None)
    assert chief.post(f"{made}apply/").status_code == 422, "once"


def test_codes_are_shown_with_what_they_mean_and_flags_in_the_readers_language(signed_in, treated):
    admin = signed_in("admin.nation")
    made = change_at(admin.post("/desk/reference/institutions/import/", {"file": sheet("institutions", HOSPITAL)}))
    chinese = admin.get(made).content.decode()
    english = admin.get(made, headers={"accept-language": "en"}).content.decode()
    for cell in ("1 医疗机构", "2 二级", "否"):
        assert f"<td>{cell}</td>" in chinese
    for cell in ("1 hospital", "2 secondary", "no", "yes"):
        assert f"<td>{cell}</td>" in english
    table = admin.get("/desk/reference/terms/", headers={"accept-language": "en"}).content.decode()
    assert "<td>01 class A</td>" in table


def test_what_is_exported_can_be_imported_again(signed_in, treated):
    """A region's institutions exported, one name changed, imported: the proposal shows that one difference."""
    admin = signed_in("admin.nation")
    book = load_workbook(
        io.BytesIO(
            admin.get("/desk/reference/institutions/", {"export": "xlsx", "q": institutions.BEIJING_TERTIARY}).content
        )
    )
    rows = [list(row) for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert len(rows) == 1
    rows[0][1] = "改名医院"
    made = change_at(admin.post("/desk/reference/institutions/import/", {"file": sheet("institutions", *rows)}))
    text = signed_in("chief.nation").get(made).content.decode()
    assert len(re.findall("<del>", text)) == 1
    assert "<ins>改名医院</ins>" in text


def test_mistakes_by_row_and_column_and_nothing_proposed(signed_in, treated):
    before = Change.objects.count()
    rows = [
        HOSPITAL,
        (*HOSPITAL[:2], "999999", "9", *HOSPITAL[4:]),
        (*HOSPITAL[:7], "昨天", *HOSPITAL[8:9], "也许", *HOSPITAL[10:]),
    ]
    told = signed_in("admin.nation").post(
        "/desk/reference/institutions/import/", {"file": sheet("institutions", *rows)}
    )
    assert told.status_code == 422
    text = told.content.decode()
    for row, column in ((3, "医保区划"), (3, "类型"), (4, "协议起始"), (4, "暂停")):
        assert f'<td class="num">{row}</td><td>{column}</td>' in text
    assert Change.objects.count() == before
    twice = signed_in("admin.nation").post(
        "/desk/reference/institutions/import/", {"file": sheet("institutions", HOSPITAL, HOSPITAL)}
    )
    assert "与第 2 行重复" in twice.content.decode()


def test_a_regions_administrator_keeps_to_the_region(signed_in, treated):
    admin = signed_in("admin.chengdu")
    other = (HOSPITAL[0], HOSPITAL[1], "110105", *HOSPITAL[3:])
    told = admin.post("/desk/reference/institutions/import/", {"file": sheet("institutions", other)})
    assert "不在您管理的地区" in told.content.decode()
    made = change_at(admin.post("/desk/reference/institutions/import/", {"file": sheet("institutions", HOSPITAL)}))
    assert signed_in("admin.chengdu").get(made).status_code == 200
    national = signed_in("admin.nation").post(
        "/desk/reference/institutions/import/", {"file": sheet("institutions", other)}
    )
    assert admin.get(change_at(national)).status_code == 404


def test_a_term_changed_by_its_form(signed_in, treated):
    """A row's form is filled with what holds; an overlap with the next term is told before anybody proposes it."""
    admin, chief = signed_in("admin.nation"), signed_in("chief.nation")
    term = Term.objects.filter(item=shelf.SURGERY.code, region="110000", until=None).get()
    form = admin.get("/desk/reference/terms/row/", {"key": term.pk}).content.decode()
    said = dict(re.findall(r'name="(\w+)" type="text" maxlength="500" value="([^"]*)"', form))
    assert said["item_id"] == shelf.SURGERY.code
    said |= {"restricted": "是", "restriction": "限手术室"}
    made = change_at(admin.post("/desk/reference/terms/row/", said))
    chief.post(f"{made}apply/")
    term.refresh_from_db()
    assert (term.restricted, term.restriction) == (True, "限手术室")
    overlapping = admin.post("/desk/reference/terms/row/", said | {"since": "2030-01-01"})
    assert overlapping.status_code == 422
    assert "日期重叠" in overlapping.content.decode()
    unknown = admin.post("/desk/reference/terms/row/", said | {"item_id": "XXX"})
    assert "不在国家目录中" in unknown.content.decode()


def test_items_published_as_a_release(signed_in, treated):
    row = ("NEW001", "新药片", "101", "09", "0.1g", "片剂", "样例药厂", "盒", "否", "是", "")
    made = change_at(
        signed_in("admin.nation").post(
            "/desk/reference/items/import/", {"file": sheet("items", row), "note": "2027 版"}
        )
    )
    signed_in("chief.nation").post(f"{made}apply/")
    kept = Item.objects.get(code="NEW001")
    assert kept.negotiated
    assert kept.release > 0
    assert kept.valid
    assert f'?release={kept.release}"' in signed_in("benefit.chengdu").get("/desk/catalogue/releases/").content.decode()
    text = "\n".join(",".join(cells) for cells in ([column.zh for column in REFERENCES["items"].columns], (*row, "否")))
    file = SimpleUploadedFile("rows.csv", text.encode("gb18030"))
    ended = change_at(signed_in("admin.nation").post("/desk/reference/items/import/", {"file": file}))
    signed_in("chief.nation").post(f"{ended}apply/")
    assert not Item.objects.get(code="NEW001").valid, "a sheet ends an item too, as CSV of a Chinese spreadsheet"


MARKUP = '"><img src=x onerror=alert(1)>'


def as_text(response):
    """What is answered to a sheet, be it a proposal or its mistakes; markup in it must have stayed text."""
    said = response.content.decode()
    assert "<img src=x" not in said
    return said


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_markup_in_cells_heads_and_the_files_name_stays_text(signed_in, treated, name):
    """Each cell of a valid row in turn; whatever is repeated, in a proposal or among mistakes, is repeated as text."""
    admin, address = signed_in("admin.nation"), f"/desk/reference/{name}/"
    book = load_workbook(io.BytesIO(admin.get(address, {"export": "xlsx"}).content))
    valid = next(book.active.iter_rows(min_row=2, max_row=2, values_only=True))
    repeated = 0
    for at, _ in enumerate(valid):
        row = [MARKUP if here == at else cell for here, cell in enumerate(valid)]
        file = sheet(name, row)
        file.name = f"{MARKUP}.xlsx"
        repeated += "&lt;img src=x" in as_text(admin.post(f"{address}import/", {"file": file}, follow=True))
    assert repeated, "nothing of the cells is ever repeated: nothing was tried"
    head = SimpleUploadedFile("rows.csv", ",".join([MARKUP] * len(valid)).encode())
    as_text(admin.post(f"{address}import/", {"file": head}, follow=True))
