"""The statement as PDF: A4, Chinese type, the same words as the page."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Circle, Drawing, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from .language import say
from .templatetags.desk import day, moment, money, region

FONT = "DroidSansFallback"
FONT_FILE = Path(__file__).parent / "fonts" / "DroidSansFallbackFull.ttf"
CODE_SIZE = 30 * mm
LINE = colors.HexColor("#c4ccd6")


LATIN = re.compile(r"[\x20-\x7e\xa0-\xff–]+")
"""What the Chinese font leaves out; the reader's own Helvetica writes it."""


def _mixed(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph whose Latin letters and figures are set in Helvetica, all else in the Chinese font."""
    marked = LATIN.sub(lambda run: f'<font name="Helvetica">{escape(run[0])}</font>', text)
    return Paragraph(marked, style)


@cache
def _font() -> str:
    pdfmetrics.registerFont(TTFont(FONT, FONT_FILE))
    return FONT


def statement_pdf(shown: dict[str, Any]) -> bytes:
    """The PDF of what the statement page shows."""
    plain = ParagraphStyle("plain", fontName=_font(), fontSize=9, leading=13, wordWrap="CJK")
    title = ParagraphStyle("title", parent=plain, fontSize=15, leading=22)
    head = ParagraphStyle("head", parent=plain, fontSize=11, leading=18, spaceBefore=8)
    s, row = shown["s"], shown["row"]
    story: list[Flowable] = [
        _mixed(say("医疗保障费用结算单", "Statement of medical-insurance settlement"), title),
        _facts(s, row),
        _mixed(say("费用（元）", "Charges (yuan)"), head),
        _charges(shown),
        _mixed(say("由谁支付（元）", "Who pays (yuan)"), head),
        _money_rows([*shown["payers"], (say("合计", "Total"), row.money["total"])]),
        _mixed(say("待遇计算", "How it was decided"), head),
        *(_mixed(f"{number}. {step}", plain) for number, step in enumerate(shown["steps"], 1)),
        Spacer(1, 8 * mm),
        _foot(shown["address"], plain),
    ]
    kept = io.BytesIO()
    SimpleDocTemplate(
        kept,
        pagesize=A4,
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=14 * mm,
        bottomMargin=14 * mm,
        title=f"{say('结算单', 'Statement')} {row.number}",
        lang="zh-CN" if say("1", "0") == "1" else "en",
    ).build(story)
    return kept.getvalue()


def _facts(s: Any, row: Any) -> Table:
    facts = [
        [say("结算编号", "Settlement"), row.number, say("结算时间", "Settled at"), moment(row.settled_at)],
        [say("姓名", "Name"), s.person.name, say("人员编号", "Person"), row.person_number],
        [say("参保地", "Insured in"), region(row.home_region), say("就医地", "Treated in"), region(row.region)],
        [
            say("医药机构", "Institution"),
            s.institution_name,
            say("就诊日期", "Dates"),
            f"{day(s.record.began_at)} – {day(s.record.ended_at or s.record.began_at)}",
        ],
    ]
    return _table(facts, [22 * mm, 68 * mm, 22 * mm, 62 * mm], numbers_from=9)


def _charges(shown: dict[str, Any]) -> Table:
    heads = [
        say("类别", "Category"),
        say("金额", "Amount"),
        say("全自费", "Not covered"),
        say("超限价", "Over ceiling"),
        say("先行自付", "First self-pay"),
        say("符合范围", "Eligible"),
    ]
    rows = [[name, *(money(part) for part in parts)] for name, parts in shown["categories"]]
    total = [say("合计", "Total"), *(money(part) for part in shown["totals"])]
    return _table([heads, *rows, total], [44 * mm] + [26 * mm] * 5, numbers_from=1)


def _money_rows(rows: list[tuple[str, int]]) -> Table:
    return _table([[name, money(amount)] for name, amount in rows], [70 * mm, 40 * mm], numbers_from=1)


def _table(rows: list[list[str]], widths: list[float], *, numbers_from: int) -> Table:
    left = ParagraphStyle("left", fontName=_font(), fontSize=9, leading=12)
    right = ParagraphStyle("right", parent=left, alignment=TA_RIGHT)
    cells = [[_mixed(text, right if place >= numbers_from else left) for place, text in enumerate(row)] for row in rows]
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, widths, style=TableStyle(style), hAlign="LEFT")


def _foot(address: str, plain: ParagraphStyle) -> Table:
    code = Drawing(CODE_SIZE, CODE_SIZE)
    code.add(QrCodeWidget(address, barWidth=CODE_SIZE, barHeight=CODE_SIZE, barLevel="M"))
    seal = Drawing(40 * mm, 40 * mm)
    seal.add(Circle(20 * mm, 20 * mm, 19 * mm, strokeColor=LINE, fillColor=None, strokeDashArray=[3, 3]))
    seal.add(String(20 * mm, 19 * mm, say("盖章处", "Seal"), fontName=_font(), fontSize=9, textAnchor="middle"))
    words = say("扫码查看平台留存的原始结算记录。", "The code leads to the record as stored by the platform.")
    return Table([[code, _mixed(words, plain), seal]], [34 * mm, 96 * mm, 44 * mm])
