"""Papers of a filing: taken in whatever its state (容缺受理: some follow later), kept as they came, never changed."""

from __future__ import annotations

import hashlib

from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text

from .models import Filing, Paper

PAPER_BYTES_MAX = 10 * 1024 * 1024
PAPERS_MAX = 30
SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""How a file of a kind begins; its name and what the sender says of it do not count."""


class PaperUnfit(YijieError):
    """A file that is not taken as a paper."""

    code = "filing.paper_unfit"
    zh = "材料未接收：{why}"
    en = "the paper was not taken: {why}"


def add_paper(filing: Filing, name: str, content: bytes, *, by: str) -> Paper:
    """Keep a paper; the same content twice is kept once."""
    kind = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    if kind is None:
        raise PaperUnfit(why=Text("只接收 PDF、JPEG、PNG 文件", "only PDF, JPEG and PNG files are taken"))
    if len(content) > PAPER_BYTES_MAX:
        raise PaperUnfit(why=Text("文件超过 10 MB", "it is larger than 10 MB"))
    if filing.papers.count() >= PAPERS_MAX:
        raise PaperUnfit(why=Text(f"一件备案最多 {PAPERS_MAX} 份材料", f"a filing has at most {PAPERS_MAX} papers"))
    digest = hashlib.sha256(content).hexdigest()
    kept, _ = Paper.objects.get_or_create(
        filing=filing,
        digest=digest,
        defaults={
            "id": new_id(),
            "name": name.replace("\\", "/").rsplit("/", 1)[-1][:120] or "paper",
            "kind": kind,
            "size": len(content),
            "content": content,
            "added_at": now(),
            "added_by": by,
        },
    )
    return kept
