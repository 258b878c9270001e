from .allowances import allowance_book as allowance_book, allowances_json as allowances_json
from .decide import (
    BenefitRequest as BenefitRequest,
    Decided as Decided,
    confirm as confirm,
    hold as hold,
    quote as quote,
)
from .entitle import Payer as Payer, payers_for as payers_for
from .errors import (
    DecisionUnknown as DecisionUnknown,
    HoldOpen as HoldOpen,
    LaterDecisionLives as LaterDecisionLives,
    PolicyMissing as PolicyMissing,
)
from .granted import Granted as Granted
from .holding import (
    OldHold as OldHold,
    cancel_holds as cancel_holds,
    confirm_holds as confirm_holds,
    hold_for_node as hold_for_node,
    hold_void_for_node as hold_void_for_node,
    old_holds as old_holds,
)
from .policies import (
    keep_pack as keep_pack,
    keep_packs as keep_packs,
    kept_pack as kept_pack,
    packs as packs,
    policy_of as policy_of,
)
from .queries import YearUsed as YearUsed, accumulators_of as accumulators_of, explanation_of as explanation_of
from .undo import void as void
