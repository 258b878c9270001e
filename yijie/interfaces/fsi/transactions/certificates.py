"""4901, 4902, 4905, 5501: electronic settlement certificates, checked against the settlements they certify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yijie.domain import archive, files, settlement
from yijie.domain.archive import Asked, Entry, EntryMissing
from yijie.domain.settlement import SettlementRow
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text, writes
from yijie.interfaces.fsi.plain import fitted, plain
from yijie.interfaces.fsi.tables import transaction
from yijie.kernel.errors import YijieError
from yijie.kernel.money import fen_from_yuan, yuan

CERTIFICATE = "e_certificate"
PASSED, FAILED = "1", "0"
ONLINE = "2"
"""reim_flag 联网报销"""


class CertificateCount(YijieError):
    """Another number of certificates than declared."""

    code = "archive.certificate_count"
    zh = "申报电子结算凭证 {declared} 张，明细为 {found} 张，请核对后重新上传"
    en = "{declared} certificates declared, {found} sent"


@writes("4901")
def upload(call: Call) -> Done:
    """Keep certificates and the archive with their printed forms."""
    _keep(call, call.many("upldDetlList"))
    return Done()


@writes("4905")
def upload_again(call: Call) -> Done:
    """Put certificates in the place of earlier ones, which are over then."""
    rows = call.many("reUploadDetlDTOList")
    earlier = [row["initElecSetlCertNo"] for row in rows]
    ended = archive.withdraw(CERTIFICATE, earlier, call.at.code)
    for position, number in enumerate(earlier, 1):
        if number not in ended:
            raise EntryMissing(position=position, key=number)
    _keep(call, rows)
    return Done()


def _keep(call: Call, rows: Sequence[Row]) -> None:
    declared = call.nodes["elecSetlCertCnt"]
    if declared != len(rows):
        raise CertificateCount(declared=f"{declared:f}", found=len(rows))
    printed = text(call.nodes, "ftfileCompac")
    stored = (
        files.store(call.nodes["filename"], [printed.encode()], institution=call.at.code, region=call.at.region)
        if printed
        else None
    )
    batch = {name: call.nodes[name] for name in ("bizStsb", "upldBchno", "filename")}
    batch["file"] = stored.number if stored else ""
    given = [
        archive.Given(
            key=row["elecSetlCertNo"], body=plain(row) | batch, person_number=text(row, "psnNo"), at=row.get("setlTime")
        )
        for row in rows
    ]
    archive.store(CERTIFICATE, given, call.at, operator=call.envelope.opter)


@reads("4902")
def results(call: Call) -> Done:
    """Each certificate of a batch: kept, and whether it agrees with the settlement it names."""
    batch = {name: call.nodes[name] for name in ("bizStsb", "upldBchno")}
    found = archive.find(Asked((CERTIFICATE,), institution=call.at.code, matching=batch))
    settled = settlement.many([one.body.get("setlId", "") for one in found], call.at.code) if found else {}
    node = transaction(call.infno).output
    return Done([fitted(node, one.body | _checked(one, settled)) for one in found])


def _checked(entry: Entry, settled: Mapping[str, SettlementRow]) -> dict[str, Any]:
    why = _why_unfit(entry, settled)
    return {"ftfileSavRslt": PASSED, "chkRslt": FAILED if why else PASSED, "savFaleRea": why}


def _why_unfit(entry: Entry, settled: Mapping[str, SettlementRow]) -> str:
    number = entry.body.get("setlId")
    if not number:
        return ""
    found = settled.get(number)
    if found is None:
        return f"结算 {number} 不是本机构的结算"
    certified = fen_from_yuan(entry.body["medfeeSumamt"])
    if certified != found.money["total"]:
        return f"凭证金额 {yuan(certified)} 元与结算金额 {yuan(found.money['total'])} 元不符"
    return ""


@reads("5501")
def status(call: Call) -> Done:
    """Whether a certificate stands, was taken back with its settlement, and was reimbursed."""
    number = call.nodes["elecSetlCertNo"]
    found = archive.find(Asked((CERTIFICATE,), institution=call.at.code, keys=(number,)))
    if not found:
        raise EntryMissing(position=1, key=number)
    named = found[0].body.get("setlId", "")
    settled = settlement.many([named], call.at.code).get(named)
    voided = settled is not None and settled.state == "voided"
    body = found[0].body | {"rhredFlag": PASSED if voided else FAILED, "reimFlag": ONLINE if settled else ""}
    return Done(fitted(transaction(call.infno).output, body))
