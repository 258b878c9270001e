from .chronic import (
    ChronicRequest as ChronicRequest,
    chronic_diseases as chronic_diseases,
    decide_chronic as decide_chronic,
    request_chronic as request_chronic,
    withdraw_chronic as withdraw_chronic,
)
from .designation import (
    Choice as Choice,
    contracted as contracted,
    designate as designate,
    designations as designations,
    withdraw as withdraw,
)
from .elsewhere import facts_in as facts_in, facts_since as facts_since
from .errors import (
    FilingStateUnfit as FilingStateUnfit,
    FilingUnknown as FilingUnknown,
    SameHand as SameHand,
    Unreviewed as Unreviewed,
)
from .follow import follow_up as follow_up, hand_over as hand_over, to_follow_up as to_follow_up
from .held import CHRONIC as CHRONIC, DESIGNATION as DESIGNATION, HeldFiling as HeldFiling, held_on as held_on
from .load import (
    ChronicRow as ChronicRow,
    DesignationRow as DesignationRow,
    load_chronic as load_chronic,
    load_designations as load_designations,
    remove_choices_of as remove_choices_of,
)
from .papers import PAPER_BYTES_MAX as PAPER_BYTES_MAX, PaperUnfit as PaperUnfit, add_paper as add_paper
from .remote import (
    KIND_NAMES as KIND_NAMES,
    Application as Application,
    Journey as Journey,
    approve as approve,
    in_force as in_force,
    referrals_of as referrals_of,
    reject as reject,
    request as request,
    require_dates as require_dates,
    revoke as revoke,
)
from .review import (
    agreed_by as agreed_by,
    approve_reviewed as approve_reviewed,
    levels_of as levels_of,
    review as review,
)
