"""Reference data that administrators keep by sheet or row by row: its columns, how rows are read, who applies them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from yijie.domain import catalogue, institution
from yijie.domain.catalogue import ItemRow, TermRow
from yijie.domain.catalogue.models import Item, Term
from yijie.domain.institution import InstitutionRow
from yijie.domain.institution.models import Institution
from yijie.interfaces.fsi.codelists import code_lists
from yijie.kernel.region import NATION, is_region, names, pool_of, province_of

from .language import say
from .sheets import Mistaken, Reader, amount_cell, day_cell, flag_cell, text_cell, valid_cell
from .words import BENEFIT_LEVELS, FLAGS, INSTITUTION_KINDS, ITEM_CLASSES, LIST_TYPES, Words, chosen

CHARGE_CATEGORIES = tuple(code_lists()["med_chrgitm_type"].codes)
"""收费项目类别 of the interface's tables"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its name there, the field it fills, how a cell is read."""

    zh: str
    en: str
    field: str
    read: Reader
    words: Words | None = None
    """What its codes mean, where it has codes."""

    def shown(self, cell: str) -> str:
        """A cell on a page: a code with what it means, a flag in the language of the request."""
        word = chosen(self.words or FLAGS, cell)["text"]
        return f"{cell} {word}" if self.words and word != cell else word


@dataclass(frozen=True, slots=True)
class Reference:
    """One kind of reference data."""

    name: str
    zh: str
    en: str
    model: type[Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    put: Callable[[list[dict[str, Any]]], int]
    """Applies rows, read; adds or replaces by key."""
    region_of: Callable[[Mapping[str, Any]], str]
    """Whose a row is: only administrators of that region may propose it."""
    narrowed: Callable[[QuerySet[Any], str], QuerySet[Any]]
    """Rows that a search text finds."""

    @property
    def label(self) -> str:
        """In the language of the request."""
        return say(self.zh, self.en)

    @property
    def readers(self) -> dict[str, Reader]:
        """Sheet column → reader."""
        return {column.zh: column.read for column in self.columns}

    def cells(self, row: Any) -> list[str]:
        """A stored row as a sheet has it."""
        return [as_cell(getattr(row, column.field)) for column in self.columns]

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A read row by field."""
        return {column.field: row[column.zh] for column in self.columns}


def as_cell(value: Any) -> str:
    """A value as a sheet has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def region_cell(cell: str) -> str:
    """A region's code."""
    if not is_region(cell) or (pool_of(cell) not in names() and province_of(cell) not in names()):
        raise Mistaken("应为六位医保区划", "must be a region's six-digit code")
    return cell


def needed(read: Reader) -> Reader:
    """As ``read``, and something must be there."""

    def checked(cell: str) -> Any:
        if not cell:
            raise Mistaken("不能为空", "must not be empty")
        return read(cell)

    return checked


def share_cell(cell: str) -> Decimal:
    """A share between 0 and 1, as 0.05 or 5%."""
    share = amount_cell(cell.removesuffix("%"))
    if share is not None and cell.endswith("%"):
        share /= 100
    if share is None or share > 1:
        raise Mistaken("应为 0 到 1 之间的比例，如 0.05 或 5%", "must be a share from 0 to 1, such as 0.05 or 5%")
    return share


def _put_institutions(rows: Iterable[dict[str, Any]]) -> int:
    return institution.put_institutions([InstitutionRow(**row, sample=False) for row in rows])


def _put_items(rows: Iterable[dict[str, Any]]) -> int:
    return catalogue.publish_items([ItemRow(**row, sample=False) for row in rows])


def _put_terms(rows: Iterable[dict[str, Any]]) -> int:
    return catalogue.put_terms([TermRow(**row) for row in rows])


INSTITUTIONS = Reference(
    name="institutions",
    zh="定点医药机构",
    en="Institutions",
    model=Institution,
    columns=(
        Column("机构编号", "code", "code", text_cell(12)),
        Column("名称", "name", "name", text_cell(200)),
        Column("医保区划", "region", "region", region_cell),
        Column("类型", "kind", "kind", text_cell(1, choices=tuple(INSTITUTION_KINDS)), INSTITUTION_KINDS),
        Column("医院等级", "grade", "grade", text_cell(6)),
        Column("待遇级别", "benefit level", "level", text_cell(10, choices=tuple(BENEFIT_LEVELS)), BENEFIT_LEVELS),
        Column("统一社会信用代码", "credit code", "credit_code", text_cell(18)),
        Column("协议起始", "agreement since", "agreement_since", needed(day_cell)),
        Column("协议终止", "agreement until", "agreement_until", day_cell),
        Column("暂停", "suspended", "suspended", flag_cell),
        Column("异地住院", "remote stays", "remote_inpatient", flag_cell),
        Column("异地门诊", "remote visits", "remote_outpatient", flag_cell),
    ),
    key=("code",),
    put=_put_institutions,
    region_of=lambda row: pool_of(row["region"]),
    narrowed=lambda found, text: found.filter(name__contains=text) | found.filter(code=text),
)
ITEMS = Reference(
    name="items",
    zh="国家目录项目",
    en="National items",
    model=Item,
    columns=(
        Column("医疗目录编码", "code", "code", text_cell(50)),
        Column("名称", "name", "name", text_cell(200)),
        Column("目录类别", "list", "list_type", text_cell(6, choices=tuple(LIST_TYPES)), LIST_TYPES),
        Column("收费项目类别", "charge category", "charge_category", text_cell(6, choices=CHARGE_CATEGORIES)),
        Column("规格", "specification", "specification", text_cell(200, required=False)),
        Column("剂型", "dosage form", "dosage_form", text_cell(200, required=False)),
        Column("生产企业", "maker", "maker", text_cell(200, required=False)),
        Column("计价单位", "unit", "unit", text_cell(20, required=False)),
        Column("基本药物", "basic drug", "basic_drug", flag_cell),
        Column("谈判药品", "negotiated", "negotiated", flag_cell),
        Column("儿童用药", "paediatric", "paediatric", flag_cell),
        Column("有效", "valid", "valid", valid_cell),
    ),
    key=("code",),
    put=_put_items,
    region_of=lambda _row: NATION,
    narrowed=lambda found, text: found.filter(name__contains=text) | found.filter(code=text),
)
TERMS = Reference(
    name="terms",
    zh="目录支付条件",
    en="Terms of items",
    model=Term,
    columns=(
        Column("就医地", "care region", "region", region_cell),
        Column("医疗目录编码", "item", "item_id", text_cell(50)),
        Column("生效日期", "since", "since", needed(day_cell)),
        Column("失效日期", "until", "until", day_cell),
        Column("收费项目等级", "class", "item_class", text_cell(2, choices=tuple(ITEM_CLASSES)), ITEM_CLASSES),
        Column("先行自付比例", "first self-pay", "first_self_pay", share_cell),
        Column("居民先行自付比例", "first self-pay of residents", "first_self_pay_resident", share_cell),
        Column("一级限价", "ceiling, level 1", "ceiling_1", amount_cell),
        Column("二级限价", "ceiling, level 2", "ceiling_2", amount_cell),
        Column("三级限价", "ceiling, level 3", "ceiling_3", amount_cell),
        Column("限制使用", "restricted", "restricted", flag_cell),
        Column("限制条件", "restriction", "restriction", text_cell(500, required=False)),
    ),
    key=("region", "item_id", "since"),
    put=_put_terms,
    region_of=lambda row: province_of(row["region"]),
    narrowed=lambda found, text: found.filter(item=text) | found.filter(item__name__contains=text),
)
REFERENCES = {one.name: one for one in (INSTITUTIONS, ITEMS, TERMS)}
