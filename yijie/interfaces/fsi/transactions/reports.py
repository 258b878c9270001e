"""4507–4512, 5401, 5402: a person's reports. Those of other institutions only with the person's consent (5461)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from yijie.domain import archive, enrolment, institution
from yijie.domain.archive import Asked, Entry
from yijie.interfaces.fsi.archived import rows_node, shown
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text, writes
from yijie.interfaces.fsi.paging import page_of
from yijie.interfaces.fsi.plain import fitted, plain
from yijie.kernel.dates import now, today
from yijie.kernel.errors import YijieError

from .person import person_showing

EXAMINATION, LABORATORY = "examination", "laboratory"
CONSENT = "consent"
CONSENT_HOURS = 24
"""How long a consent opens the reports of other institutions."""
ROWS_MAX = 500


class NoConsent(YijieError):
    """Reports of another institution without the person's consent."""

    code = "archive.no_consent"
    zh = "查询其他机构的报告须先经患者授权（5461），授权 {hours} 小时内有效"
    en = "reports of other institutions need the patient's consent first (5461), which holds for {hours} hours"


class ConsentOfAnother(YijieError):
    """A consent whose document is another person's."""

    code = "archive.consent_of_another"
    zh = "授权人的凭证、证件号码或姓名与人员编号 {person} 不符，请核对后重新申请授权"
    en = "the credential, document or name shown is not that of person {person}"


@writes("5461")
def consent(call: Call) -> Done:
    """The person, whose credential was read, opens the reports of all institutions to this one."""
    row = call.one()
    credential = {
        "mdtrt_cert_type": row["mdtrtCertType"],
        "mdtrt_cert_no": row["mdtrtCertNo"],
        "card_sn": text(row, "cardSn"),
        "psn_name": row["psnUserName"],
    }
    person = person_showing(credential, call.at.code)
    if (person.number, person.certificate_number) != (row["psnNo"], row["psnUserIdCard"].upper()):
        raise ConsentOfAnother(person=row["psnNo"])
    given = archive.Given(key=person.number, body=plain(row), person_number=person.number)
    archive.store(CONSENT, [given], call.at, operator=call.envelope.opter)
    return Done()


def _reports(kind: str, call: Call, row: Row, **matching: Any) -> list[Entry]:
    """A person's reports that this institution may read, oldest first, as far as the page reaches."""
    own, named, person = call.at.code, text(row, "fixmedins_code"), row["psn_no"]
    since = now() - timedelta(hours=CONSENT_HOURS)
    allowed = archive.count(Asked((CONSENT,), institution=own, keys=(person,), since=since)) > 0
    if named not in ("", own) and not allowed:
        raise NoConsent(hours=CONSENT_HOURS)
    page = page_of(row)
    asked = Asked((kind,), institution=named or ("" if allowed else own), person_number=person, matching=matching)
    return archive.find(asked, limit=page.limit, offset=page.offset)


def _person(number: str) -> dict[str, Any]:
    relations = enrolment.relations_of(number, today())
    if not relations:
        return {}
    return {
        "psn_name": relations[0].name,
        "psn_cert_type": relations[0].certificate_type,
        "cert_no": relations[0].certificate_number,
    }


def _about(entry: Entry, person: dict[str, Any]) -> dict[str, Any]:
    return person | shown(entry) | {"fixmedins_name": institution.standing(entry.institution).name}


def _wanted(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if text(row, name)}


def _whole(call: Call, kind: str, head: str, names: Sequence[str]) -> Done:
    """Reports that were sent as whole messages: the head and its lists."""
    matching = {head: _wanted(call.nodes, names)}
    found = _reports(kind, call, call.nodes, **matching)
    person, node = _person(call.nodes["psn_no"]), rows_node(call.infno, "data")
    rows = []
    for entry in found:
        about = _about(entry, person)
        body = {name: _with(value, about) for name, value in entry.body.items()}
        rows.append(fitted(node, body))
    return Done({"data": rows})


def _with(value: Any, about: dict[str, Any]) -> Any:
    return [about | row for row in value] if isinstance(value, list) else about | value


@reads("4507")
def examinations(call: Call) -> Done:
    """Examination reports of a person."""
    return _whole(call, EXAMINATION, "examinfo", ("exam_item_code", "exam_item_name", "exe_org_name"))


@reads("4508")
def laboratory(call: Call) -> Done:
    """Laboratory reports of a person."""
    names = ("exam_item_code", "exam_item_name", "exam_org_code", "exam_org_name")
    return _whole(call, LABORATORY, "labinfo", names)


ROWS = {
    "4509": ("culture", {"coly_code": "germ_code", "coly_name": "germ_name", "exam_org_name": "exam_org_name"}),
    "4510": (
        "sensitivity",
        {
            "sstb_code": "sstb_code",
            "sstb_name": "sstb_name",
            "exam_org_name": "exam_org_name",
            "reta_rslt_code": "reta_rslt_code",
            "reta_rslt_name": "reta_rslt_name",
        },
    ),
    "4511": ("pathology", {}),
    "4512": ("document", {}),
}
"""Transaction → kind of report and the fields that narrow it: name in the question → name in the record."""


@reads(*ROWS)
def row_reports(call: Call) -> Done:
    """Cultures, sensitivities, pathology and documents of a person."""
    kind, names = ROWS[call.infno]
    matching = {ours: call.nodes[asked] for asked, ours in names.items() if text(call.nodes, asked)}
    found = _reports(kind, call, call.nodes, **matching)
    person, node = _person(call.nodes["psn_no"]), rows_node(call.infno, "data")
    rows = []
    for entry in found:
        renamed = {
            "coly_code": entry.body.get("germ_code"),
            "coly_name": entry.body.get("germ_name"),
            "exam_Rslt": entry.body.get("exam_rslt"),
        }
        rows.append(fitted(node, entry.body | _about(entry, person) | renamed))
    return Done({"data": rows})


# --------------------------------------------------------------------------------------------- mutual recognition


@reads("5401")
def recognisable(call: Call) -> Done:
    """Reports that may spare the person a second examination: numbered ones, of this and with consent of all."""
    row, node = call.one("bilgiteminfo"), rows_node(call.infno, "bilgiteminfo")
    wanted = _wanted(row, ("exam_item_code", "exam_item_name"))
    found = [
        (entry, entry.body[head])
        for kind, head in ((EXAMINATION, "examinfo"), (LABORATORY, "labinfo"))
        for entry in _reports(kind, call, {"psn_no": row["psn_no"], "page_size": ROWS_MAX}, **{head: wanted})
    ]
    organisations = (text(row, "exam_org_code"), text(row, "exam_org_name"))
    rows = [
        fitted(node, {"exe_org_name": body.get("exam_org_name")} | body | shown(entry))
        for entry, body in found
        if body.get("rpotc_no") and _of(organisations, body, entry)
    ]
    return Done({"bilgiteminfo": rows})


def _of(organisations: tuple[str, str], body: dict[str, Any], entry: Entry) -> bool:
    code, name = organisations
    return code in ("", body.get("exam_org_code"), entry.institution) and name in (
        "",
        body.get("exam_org_name"),
        body.get("exe_org_name"),
    )


@reads("5402")
def report_details(call: Call) -> Done:
    """What a numbered report of an institution says."""
    row = call.one("rptdetailinfo")
    number = {"rpotc_no": row["rpotc_no"]}
    question = {"psn_no": row["psn_no"], "fixmedins_code": row["fixmedins_code"]}
    examined = _reports(EXAMINATION, call, question, examinfo=number)
    tested = _reports(LABORATORY, call, question, labinfo=number)
    checked, tests, items = (
        rows_node("5402", name) for name in ("checkreportdetails", "inspectionreportinformation", "inspectiondetails")
    )
    return Done(
        {
            "checkreportdetails": [fitted(checked, entry.body["examinfo"]) for entry in examined],
            "inspectionreportinformation": [fitted(tests, entry.body["labinfo"]) for entry in tested],
            "inspectiondetails": [
                fitted(items, number | item | {"exam_rslt_qual": item.get("exam_rslt_dicm")})
                for entry in tested
                for item in entry.body.get("iteminfo", [])
            ],
        }
    )
