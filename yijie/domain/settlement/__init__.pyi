from .errors import (
    AlreadyVoided as AlreadyVoided,
)
from .errors import (
    FamilyAccountNotOffered as FamilyAccountNotOffered,
)
from .errors import (
    SettlementUnknown as SettlementUnknown,
)
from .models import FUNDS as FUNDS
from .models import MONEY as MONEY
from .queries import SettlementRow as SettlementRow
from .queries import find as find
from .queries import of_encounter as of_encounter
from .settling import Charge as Charge
from .settling import Settled as Settled
from .settling import quote as quote
from .settling import settle as settle
from .voiding import Voided as Voided
from .voiding import void as void
from .voiding import void_settlement as void_settlement
