"""The money of a bill worked out by hand: from the sample shelf's stated terms and the pools' stated figures.

Nothing here asks the engine or reads a policy pack. All amounts are fen; rounding is half up, once per sum.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yijie.interfaces.sample import shelf

SHARES = {
    shelf.DRUG_A.code: 0,
    shelf.DRUG_B.code: 10,
    shelf.DRUG_C.code: None,
    shelf.DRUG_RESTRICTED.code: 10,
    shelf.PIECE_DECIMAL.code: 0,
    shelf.BED.code: 0,
    shelf.NURSING.code: 0,
    shelf.CONSULT.code: 0,
    shelf.LABORATORY.code: 0,
    shelf.EXAMINATION.code: (10, 20),
    shelf.SURGERY.code: 0,
    shelf.MATERIAL_20.code: 20,
    shelf.MATERIAL_OVER_CEILING.code: 0,
}
"""First self-pay in per cent (employees, residents where they differ); None for class C, which is not covered."""
RESTRICTED = {shelf.DRUG_RESTRICTED.code}
CEILINGS = {shelf.MATERIAL_OVER_CEILING.code: "30"}
BED_CEILINGS = {"11": ("30", "45", "60")}
OTHER_BED_CEILINGS = ("20", "30", "40")
LEVELS = {"1": 0, "2": 1, "3": 2}
GRANTED, DENIED = "1", "2"


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a bill is not covered, over the price ceiling, first self-pay, eligible."""

    not_covered: int = 0
    over_ceiling: int = 0
    first_self_pay: int = 0
    eligible: int = 0

    @property
    def total(self):
        """The bill."""
        return self.not_covered + self.over_ceiling + self.first_self_pay + self.eligible

    def __add__(self, other):
        return Parts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def __sub__(self, other):
        return Parts(*(getattr(self, name) - getattr(other, name) for name in self.__slots__))


def rounded(amount):
    """Half up to a whole fen."""
    return int(amount + Fraction(1, 2)) if amount >= 0 else -int(-amount + Fraction(1, 2))


def percent(amount, share):
    """So many per cent of an amount, half up."""
    return rounded(Fraction(amount) * Fraction(share) / 100)


def amount(price, quantity):
    """Fen of price × quantity in yuan, half up."""
    return rounded(Fraction(Decimal(price)) * Fraction(Decimal(quantity)) * 100)


def graded(code, price, quantity, *, approval="0", region="110000", level="3", resident=False, fen=None):
    """The parts of one line of the shelf; ``fen`` where the line's amount is not price × quantity."""
    charged = amount(price, quantity) if fen is None else fen
    share = SHARES[code][resident] if isinstance(SHARES[code], tuple) else SHARES[code]
    if share is None or (approval != GRANTED if code in RESTRICTED else approval == DENIED):
        return Parts(not_covered=charged)
    over = max(0, charged - amount(ceiling, quantity)) if (ceiling := ceiling_of(code, region, level)) else 0
    first = percent(charged - over, share)
    return Parts(0, over, first, charged - over - first)


def ceiling_of(code, region, level):
    """Highest unit price that counts, None for none."""
    if code == shelf.BED.code:
        return BED_CEILINGS.get(region[:2], OTHER_BED_CEILINGS)[LEVELS.get(level, 0)]
    return CEILINGS.get(code)


def bill_of(items, **at):
    """The parts of a whole bill of charges (no refunds)."""
    parts = (graded(i.code, i.price, i.quantity, approval=i.approval, **at) for i in items)
    return sum(parts, Parts())


def fen(yuan):
    """Fen of an amount in yuan as the interface answers it."""
    return int(Decimal(str(yuan)) * 100)


FIELDS = {
    "total": "medfee_sumamt",
    "not_covered": "fulamt_ownpay_amt",
    "over_ceiling": "overlmt_selfpay",
    "first_self_pay": "preselfpay_amt",
    "eligible": "inscp_scp_amt",
    "deductible": "act_pay_dedc",
    "pooled": "hifp_pay",
    "civil_servant": "cvlserv_pay",
    "company": "hifes_pay",
    "major_illness": "hifmi_pay",
    "large_amount": "hifob_pay",
    "aid": "maf_pay",
    "other": "oth_pay",
    "funds": "fund_pay_sumamt",
    "account": "acct_pay",
    "cash": "psn_cash_pay",
    "hospital_borne": "hosp_part_amt",
    "person": "psn_part_amt",
}


def said(setlinfo):
    """The money of a ``setlinfo`` in fen, by plain names; the table of 2208 writes ``pdn_cash_pay``."""
    cash = "pdn_cash_pay" if "pdn_cash_pay" in setlinfo else "psn_cash_pay"
    return {name: fen(setlinfo[field]) for name, field in (FIELDS | {"cash": cash}).items()}


def owed(parts, *, deductible, pooled, account=0, **funds):
    """What a ``setlinfo`` has to say, given the parts of the bill and who pays what; cash is the rest."""
    paid = {name: funds.get(name, 0) for name in ("civil_servant", "company", "major_illness", "large_amount", "aid")}
    covered = pooled + sum(paid.values())
    return paid | {
        "total": parts.total,
        "not_covered": parts.not_covered,
        "over_ceiling": parts.over_ceiling,
        "first_self_pay": parts.first_self_pay,
        "eligible": parts.eligible,
        "deductible": deductible,
        "pooled": pooled,
        "other": 0,
        "funds": covered,
        "account": account,
        "cash": parts.total - covered - account,
        "hospital_borne": 0,
        "person": parts.total - covered,
    }
