from .changed import documents_since as documents_since
from .errors import EnrolmentInactive as EnrolmentInactive, PersonUnknown as PersonUnknown
from .identify import (
    by_card as by_card,
    by_certificate as by_certificate,
    by_credential as by_credential,
    groups_of as groups_of,
    issue_credential as issue_credential,
)
from .load import (
    EnrolmentRow as EnrolmentRow,
    GroupRow as GroupRow,
    PersonRow as PersonRow,
    PersonsMissing as PersonsMissing,
    count_real_persons as count_real_persons,
    load_enrolments as load_enrolments,
    load_groups as load_groups,
    load_persons as load_persons,
    remove_sample_persons as remove_sample_persons,
    sample_persons as sample_persons,
)
from .models import Person as Person
from .relation import (
    Insured as Insured,
    Relation as Relation,
    insured as insured,
    relations_of as relations_of,
    require_insured as require_insured,
    require_person as require_person,
    why_missing as why_missing,
)
from .shown import (
    NOTHING_SHOWN as NOTHING_SHOWN,
    Shown as Shown,
    owners_of as owners_of,
    require_same_person as require_same_person,
)
