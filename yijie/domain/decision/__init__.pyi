from .decide import (
    BenefitRequest as BenefitRequest,
    Decided as Decided,
    confirm as confirm,
    hold as hold,
    quote as quote,
)
from .entitle import Payer as Payer, payers_for as payers_for
from .errors import LaterDecisionLives as LaterDecisionLives, PolicyMissing as PolicyMissing
from .policies import (
    keep_pack as keep_pack,
    keep_packs as keep_packs,
    kept_pack as kept_pack,
    packs as packs,
    policy_of as policy_of,
)
from .queries import YearUsed as YearUsed, accumulators_of as accumulators_of, explanation_of as explanation_of
from .undo import void as void
