"""The cast: twelve fixed sample persons, the same for every seed, whom the demo, test clients and tests may count on.

Each member says in one line who they are; numbers are properties, so ``CHENGDU_RETIREE.number`` is all a test needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yijie.kernel.codes import Insurance
from yijie.kernel.identity import resident_number
from yijie.kernel.money import Fen

from .pools import BY_CODE, HAN

SEED = 0
"""Stands in the cast's person numbers where a generated person has the seed."""

WOMAN, MAN = "2", "1"


@dataclass(frozen=True, slots=True)
class Relation:
    """The one insurance relation of a member."""

    insurance: Insurance
    category: str
    since: date
    status: str = "1"
    paused_on: date | None = None
    tier: str = ""
    employer: str = ""
    civil_servant: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the cast."""

    serial: int
    name: str
    sex: str
    birth: date
    county: str
    pool: str
    story: str
    relation: Relation | None
    account: Fen | None = None
    """What the personal account opened with, in fen; None for no account."""
    group: str = ""
    """Special identity (人员身份类别), empty for none."""
    chronic: tuple[str, str] | None = None
    """Approved chronic disease: code and name."""

    @property
    def number(self) -> str:
        """人员编号"""
        return f"{self.pool}{SEED:04d}{self.serial:010d}"

    @property
    def certificate(self) -> str:
        """公民身份号码"""
        return resident_number(self.county, self.birth, 900 + 2 * self.serial - (self.sex == MAN))

    @property
    def card_number(self) -> str:
        """社会保障卡号"""
        return f"{BY_CODE[self.pool].card_letter}{self.serial:08d}"

    @property
    def card_serial(self) -> str:
        """卡识别码"""
        return f"{self.pool}D156000005{self.serial:016X}"

    @property
    def ethnicity(self) -> str:
        """民族"""
        return HAN


CHENGDU_RETIREE = Member(
    1,
    "陈桂芳",
    WOMAN,
    date(1958, 3, 12),
    "510104",
    "510100",
    "retired worker of Chengdu living in Beijing, lead of the cross-region stay; approved hypertension",
    Relation(Insurance.EMPLOYEE, "12", date(1998, 12, 14), employer="成都样例纺织第8公司"),
    account=386_050,
    chronic=("M03900", "高血压"),
)
HANGZHOU_RESIDENT = Member(
    2,
    "周国平",
    MAN,
    date(1966, 8, 25),
    "330106",
    "330100",
    "resident of Hangzhou in the higher tier, outpatient and inpatient",
    Relation(Insurance.RESIDENT, "15", date(2012, 1, 1), tier="一档"),
)
SHANGHAI_EMPLOYEE = Member(
    3,
    "沈晓燕",
    WOMAN,
    date(1989, 5, 17),
    "310104",
    "310000",
    "employee in Shanghai",
    Relation(Insurance.EMPLOYEE, "11", date(2011, 8, 1), employer="上海样例信息技术第16公司"),
    account=512_000,
)
GUANGZHOU_EMPLOYEE = Member(
    4,
    "黄志强",
    MAN,
    date(1979, 11, 3),
    "440104",
    "440100",
    "employee in Guangzhou, for care within and across provinces",
    Relation(Insurance.EMPLOYEE, "11", date(2002, 7, 1), employer="广州样例物流第21公司"),
    account=268_000,
)
WUHAN_EMPLOYEE = Member(
    5,
    "刘伟",
    MAN,
    date(1972, 2, 9),
    "420106",
    "420100",
    "employee in Wuhan, for hitting the annual ceiling",
    Relation(Insurance.EMPLOYEE, "11", date(1998, 12, 14), employer="武汉样例汽车第3公司"),
    account=150_000,
)
BEIJING_EMPLOYEE = Member(
    6,
    "王芳",
    WOMAN,
    date(1985, 9, 28),
    "110105",
    "110000",
    "employee in Beijing",
    Relation(Insurance.EMPLOYEE, "11", date(2008, 7, 1), employer="北京样例电子第5公司"),
    account=320_000,
)
CHENGDU_EMPLOYEE = Member(
    7,
    "李明",
    MAN,
    date(1990, 6, 6),
    "510107",
    "510100",
    "employee in Chengdu, for outpatient care at home",
    Relation(Insurance.EMPLOYEE, "11", date(2013, 7, 1), employer="成都样例信息技术第12公司"),
    account=186_000,
)
SHENZHEN_EMPLOYEE = Member(
    8,
    "林嘉欣",
    WOMAN,
    date(1993, 12, 1),
    "440304",
    "440300",
    "employee in Shenzhen, first tier",
    Relation(Insurance.EMPLOYEE, "11", date(2016, 7, 1), tier="一档", employer="深圳样例电子第30公司"),
    account=438_000,
)
CHILD = Member(
    9,
    "李梓涵",
    WOMAN,
    date(2017, 4, 20),
    "510107",
    "510100",
    "schoolchild in Chengdu, resident insurance in the higher tier",
    Relation(Insurance.RESIDENT, "1403", date(2017, 9, 1), tier="高档"),
)
LOW_INCOME = Member(
    10,
    "吴秀珍",
    WOMAN,
    date(1961, 10, 15),
    "420102",
    "420100",
    "resident of Wuhan on subsistence allowance (低保), entitled to medical aid",
    Relation(Insurance.RESIDENT, "16", date(2009, 1, 1)),
    group="2303",
)
PAUSED = Member(
    11,
    "赵建军",
    MAN,
    date(1981, 1, 30),
    "110108",
    "110000",
    "employee in Beijing whose relation is paused since 2025-07-01: no benefits",
    Relation(
        Insurance.EMPLOYEE,
        "11",
        date(2005, 7, 1),
        status="2",
        paused_on=date(2025, 7, 1),
        employer="北京样例餐饮第9公司",
    ),
    account=42_000,
)
NOT_ENROLLED = Member(
    12, "孙婷", WOMAN, date(1996, 7, 7), "310115", "310000", "registered, but without any insurance relation", None
)

CAST = (
    CHENGDU_RETIREE,
    HANGZHOU_RESIDENT,
    SHANGHAI_EMPLOYEE,
    GUANGZHOU_EMPLOYEE,
    WUHAN_EMPLOYEE,
    BEIJING_EMPLOYEE,
    CHENGDU_EMPLOYEE,
    SHENZHEN_EMPLOYEE,
    CHILD,
    LOW_INCOME,
    PAUSED,
    NOT_ENROLLED,
)
