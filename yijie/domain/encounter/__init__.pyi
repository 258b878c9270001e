from .bill import (
    Bill as Bill,
    Mark as Mark,
    bills as bills,
    mark_certified as mark_certified,
    mark_settled as mark_settled,
    mark_voided as mark_voided,
    reopen_for_charges as reopen_for_charges,
)
from .change import (
    Discharge as Discharge,
    cancel as cancel,
    change_visit as change_visit,
    clear as clear,
    discharge as discharge,
    require_unsettled as require_unsettled,
    undo_discharge as undo_discharge,
)
from .diagnoses import (
    DiagnosisGiven as DiagnosisGiven,
    remove_diagnoses as remove_diagnoses,
    replace_diagnoses as replace_diagnoses,
    upsert_diagnoses as upsert_diagnoses,
)
from .errors import (
    AlreadySettled as AlreadySettled,
    EncounterUnknown as EncounterUnknown,
    LineUnknown as LineUnknown,
    NothingCharged as NothingCharged,
    TimesUnfit as TimesUnfit,
)
from .lines import (
    LineGiven as LineGiven,
    LineStored as LineStored,
    upload as upload,
)
from .measured import facts_of as facts_of, units_of as units_of
from .orders import find_order as find_order, orders_of as orders_of
from .preview import Preview as Preview, preview as preview
from .queries import (
    ChargeSums as ChargeSums,
    LineRow as LineRow,
    charges_of as charges_of,
    chronic_drug_lines as chronic_drug_lines,
    diagnoses_of as diagnoses_of,
    lines_of as lines_of,
    live_lines as live_lines,
    of_person as of_person,
    persons_of as persons_of,
    staying as staying,
)
from .record import Record as Record, find as find, lock as lock, lock_many as lock_many, read_many as read_many
from .register import Arrival as Arrival, admit as admit, register as register
from .remark import Remark as Remark, remark as remark
from .revoke import (
    revoke_batch as revoke_batch,
    revoke_lines as revoke_lines,
    revoke_unsettled as revoke_unsettled,
)
from .trauma import ThirdPartyLiable as ThirdPartyLiable, check_trauma as check_trauma, excluded as excluded
from .whole import Opened as Opened, WholeVisit as WholeVisit, open_whole as open_whole
