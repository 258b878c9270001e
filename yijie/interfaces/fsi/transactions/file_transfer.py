"""9101 文件上传, 9102 文件下载: a file comes within the message or beside it in a form, and goes as bytes."""

from __future__ import annotations

from collections.abc import Iterable

from yijie.domain import files
from yijie.interfaces.fsi.attachment import Attachment
from yijie.interfaces.fsi.call import Call, Done, downloads, writes
from yijie.kernel.errors import YijieError


class FileMissing(YijieError):
    """An upload without a file, neither in the message nor beside it."""

    code = "files.missing"
    zh = "9101 未带文件：请放入 fsUploadIn.in，或以 multipart 的 file 部分上传"
    en = "9101 came without a file: put it into fsUploadIn.in or send it as the part named file"


@writes("9101")
def upload(call: Call) -> Done:
    """Keep a file of this institution and name it for later messages."""
    row = call.one("fsUploadIn")
    stored = files.store(
        row["filename"], _content(row.get("in"), call.attachment), institution=call.at.code, region=call.at.region
    )
    return Done(
        {
            "file_qury_no": stored.number,
            "filename": stored.name,
            "fixmedins_code": call.at.code,
            "dld_endtime": f"{stored.until:%Y-%m-%d %H:%M:%S}",
        },
        subject=stored.id,
    )


def _content(inside: bytes | None, beside: Attachment | None) -> Iterable[bytes]:
    if beside is not None:
        return beside.chunks()
    if not inside:
        raise FileMissing
    return [inside]


@downloads("9102")
def download(call: Call) -> files.Stored:
    """A file of this institution, or one that everybody may fetch."""
    return files.find(call.one("fsDownloadIn")["file_qury_no"], call.at.code)
