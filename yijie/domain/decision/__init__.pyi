from .decide import (
    BenefitRequest as BenefitRequest,
    Decided as Decided,
    confirm as confirm,
    hold as hold,
    quote as quote,
)
from .entitle import Payer as Payer, payers_for as payers_for
from .errors import LaterDecisionLives as LaterDecisionLives, PolicyMissing as PolicyMissing
from .policies import policy_of as policy_of, warm_up as warm_up
from .queries import accumulators_of as accumulators_of, explanation_of as explanation_of
from .undo import void as void
