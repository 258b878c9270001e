from .decide import (
    BenefitRequest as BenefitRequest,
)
from .decide import (
    Decided as Decided,
)
from .decide import (
    confirm as confirm,
)
from .decide import (
    hold as hold,
)
from .decide import (
    quote as quote,
)
from .errors import LaterDecisionLives as LaterDecisionLives
from .errors import PolicyMissing as PolicyMissing
from .policies import policy_of as policy_of
from .policies import warm_up as warm_up
from .queries import accumulators_of as accumulators_of
from .queries import explanation_of as explanation_of
from .undo import void as void
