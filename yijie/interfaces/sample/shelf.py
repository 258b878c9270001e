"""The shelf: fixed items with fixed prices and terms that the demo, test clients and tests may count on.

Everywhere else classes and ceilings follow from a draw; here they are stated. Prices are samples, in yuan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yijie.kernel.codes import ItemClass
from yijie.kernel.money import Fen, fen_from_yuan

CHANGE_DAY = date(2025, 1, 1)
"""The day on which the sample catalogue changes: classes change, items enter and leave."""

TRANSITION_END = date(2025, 6, 30)
"""Until when an item that left the catalogue is still paid."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How a care region covers an item: class, first self-pay share (employees, residents), ceilings by level."""

    item_class: ItemClass
    share: Decimal = Decimal(0)
    share_resident: Decimal = Decimal(0)
    ceilings: tuple[Decimal | None, Decimal | None, Decimal | None] = (None, None, None)
    """Highest price per unit in yuan at primary, secondary and tertiary institutions."""


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """An item of the shelf and what may be counted on."""

    code: str
    name: str
    price: str
    story: str
    grade: Grade
    local: Mapping[str, Grade | None] = field(default_factory=dict)
    """Care regions that grade it otherwise; None where it is not covered."""
    before: Grade | None = None
    """Its grade until the day before :data:`CHANGE_DAY`, where that was another one."""
    leaves: bool = False
    """Whether it left the catalogue on :data:`CHANGE_DAY` and is paid until :data:`TRANSITION_END`."""

    @property
    def price_fen(self) -> Fen:
        """The price of one unit in fen."""
        return fen_from_yuan(self.price)


def _ceilings(primary: str, secondary: str, tertiary: str) -> tuple[Decimal, Decimal, Decimal]:
    return Decimal(primary), Decimal(secondary), Decimal(tertiary)


A = Grade(ItemClass.A)
B_10 = Grade(ItemClass.B, Decimal("0.1"), Decimal("0.1"))
B_20 = Grade(ItemClass.B, Decimal("0.2"), Decimal("0.2"))
B_30 = Grade(ItemClass.B, Decimal("0.3"), Decimal("0.3"))
C = Grade(ItemClass.C, Decimal(1), Decimal(1))

DRUG_A = ShelfItem("XB05XA0001B002010199999", "氯化钠注射液", "3.20", "class A drug, covered whole", A)
DRUG_B = ShelfItem("XJ01DC0017B001020199999", "头孢呋辛钠", "18.00", "class B drug, first self-pay 10 %", B_10)
DRUG_C = ShelfItem("XA11AA0156A001010199999", "复合维生素片", "36.00", "class C drug, paid by the patient", C)
DRUG_RESTRICTED = ShelfItem(
    "ZA12HAH0323010100673", "黄芪注射液", "25.60", "restricted drug (限二级及以上医疗机构), class B, 10 %", B_10
)
DRUG_CHANGED = ShelfItem(
    "XC10AA0062A001030199999",
    "阿托伐他汀钙片",
    "28.50",
    "class B 20 % until 2024-12-31, class A from 2025-01-01",
    A,
    before=B_20,
)
DRUG_LEFT = ShelfItem(
    "XL03AX0158B002010199999",
    "胸腺五肽注射液",
    "45.00",
    "left the catalogue on 2025-01-01, paid as class B 30 % until 2025-06-30, not covered after",
    B_30,
    leaves=True,
)
DRUG_CHRONIC = ShelfItem("XA10BA0079A001020199999", "二甲双胍片", "12.80", "class A drug for diabetes", A)
PIECE_DECIMAL = ShelfItem(
    "T990000028", "黄芪", "0.1234", "herbal piece by the gram, price with four decimals, class A", A
)
BED = ShelfItem(
    "001109000010300",
    "普通病房床位费(三人间)",
    "50.00",
    "bed, class A up to a ceiling by level; outside Beijing the price is above the tertiary ceiling",
    Grade(ItemClass.A, ceilings=_ceilings("20", "30", "40")),
    local={"110000": Grade(ItemClass.A, ceilings=_ceilings("30", "45", "60"))},
)
NURSING = ShelfItem("001201000040000", "Ⅱ级护理", "18.00", "class A, by the day", A)
CONSULT = ShelfItem("001102000050000", "住院诊查费", "20.00", "class A, by the day", A)
LABORATORY = ShelfItem("002503020030100", "糖化血红蛋白测定(色谱法)", "70.00", "laboratory, class A", A)
EXAMINATION = ShelfItem(
    "009903000060400",
    "X线计算机体层平扫(CT)(胸部)",
    "220.00",
    "examination, class B: employees 10 %, residents 20 %",
    Grade(ItemClass.B, Decimal("0.1"), Decimal("0.2")),
)
SURGERY = ShelfItem("003310030220000", "阑尾切除术", "1200.00", "surgery, class A", A)
MATERIAL_20 = ShelfItem(
    "C9905300000000299999", "冠状动脉药物洗脱支架", "800.00", "consumable, class B, first self-pay 20 %", B_20
)
MATERIAL_OVER_CEILING = ShelfItem(
    "C9900300000000299999",
    "一次性使用静脉留置针",
    "38.00",
    "consumable, class A, 8 yuan above its ceiling of 30 everywhere",
    Grade(ItemClass.A, ceilings=_ceilings("30", "30", "30")),
)
SERVICE_SOMEWHERE = ShelfItem(
    "009905000660800",
    "口腔治疗(种植体植入)",
    "1600.00",
    "not in the catalogue of Beijing and Shanghai, elsewhere class B 30 %",
    B_30,
    local={"110000": None, "310000": None},
)

SHELF = (
    DRUG_A,
    DRUG_B,
    DRUG_C,
    DRUG_RESTRICTED,
    DRUG_CHANGED,
    DRUG_LEFT,
    DRUG_CHRONIC,
    PIECE_DECIMAL,
    BED,
    NURSING,
    CONSULT,
    LABORATORY,
    EXAMINATION,
    SURGERY,
    MATERIAL_20,
    MATERIAL_OVER_CEILING,
    SERVICE_SOMEWHERE,
)
BY_CODE = {item.code: item for item in SHELF}
