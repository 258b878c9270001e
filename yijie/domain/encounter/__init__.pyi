from .bill import (
    Bill as Bill,
)
from .bill import (
    Mark as Mark,
)
from .bill import (
    bills as bills,
)
from .bill import (
    mark_settled as mark_settled,
)
from .bill import (
    mark_voided as mark_voided,
)
from .bill import (
    reopen_for_charges as reopen_for_charges,
)
from .change import (
    Discharge as Discharge,
)
from .change import (
    cancel as cancel,
)
from .change import (
    change_visit as change_visit,
)
from .change import (
    discharge as discharge,
)
from .change import (
    require_unsettled as require_unsettled,
)
from .change import (
    undo_discharge as undo_discharge,
)
from .diagnoses import (
    DiagnosisGiven as DiagnosisGiven,
)
from .diagnoses import (
    remove_diagnoses as remove_diagnoses,
)
from .diagnoses import (
    replace_diagnoses as replace_diagnoses,
)
from .diagnoses import (
    upsert_diagnoses as upsert_diagnoses,
)
from .errors import (
    AlreadySettled as AlreadySettled,
)
from .errors import (
    EncounterUnknown as EncounterUnknown,
)
from .errors import (
    LineUnknown as LineUnknown,
)
from .errors import (
    NothingCharged as NothingCharged,
)
from .lines import (
    LineGiven as LineGiven,
)
from .lines import (
    LineStored as LineStored,
)
from .lines import (
    revoke_batch as revoke_batch,
)
from .lines import (
    revoke_lines as revoke_lines,
)
from .lines import (
    revoke_unsettled as revoke_unsettled,
)
from .lines import (
    upload as upload,
)
from .queries import (
    LineRow as LineRow,
)
from .queries import (
    chronic_drug_lines as chronic_drug_lines,
)
from .queries import (
    diagnoses_of as diagnoses_of,
)
from .queries import (
    lines_of as lines_of,
)
from .queries import (
    of_person as of_person,
)
from .queries import (
    staying as staying,
)
from .record import Record as Record
from .record import find as find
from .record import lock as lock
from .record import lock_many as lock_many
from .record import read_many as read_many
from .register import Arrival as Arrival
from .register import admit as admit
from .register import register as register
