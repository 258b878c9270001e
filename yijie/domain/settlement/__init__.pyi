from .again import (
    NotToSettleAgain as NotToSettleAgain,
    Repeated as Repeated,
    ask_to_settle_again as ask_to_settle_again,
    covered_late as covered_late,
    repeated as repeated,
)
from .errors import (
    AlreadyVoided as AlreadyVoided,
    FamilyAccountNotOffered as FamilyAccountNotOffered,
    SettlementUnknown as SettlementUnknown,
)
from .models import FUNDS as FUNDS, MONEY as MONEY
from .queries import (
    SettlementRow as SettlementRow,
    by_number as by_number,
    find as find,
    many as many,
    of_encounter as of_encounter,
)
from .settling import Charge as Charge, Settled as Settled, quote as quote, settle as settle
from .voiding import Voided as Voided, void as void, void_settlement as void_settlement
