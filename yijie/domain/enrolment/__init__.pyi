from .errors import EnrolmentInactive as EnrolmentInactive
from .identify import (
    by_card as by_card,
)
from .identify import (
    by_certificate as by_certificate,
)
from .identify import (
    by_credential as by_credential,
)
from .identify import (
    issue_credential as issue_credential,
)
from .load import (
    EnrolmentRow as EnrolmentRow,
)
from .load import (
    GroupRow as GroupRow,
)
from .load import (
    PersonRow as PersonRow,
)
from .load import (
    PersonsMissing as PersonsMissing,
)
from .load import (
    count_real_persons as count_real_persons,
)
from .load import (
    load_enrolments as load_enrolments,
)
from .load import (
    load_groups as load_groups,
)
from .load import (
    load_persons as load_persons,
)
from .load import (
    remove_sample_persons as remove_sample_persons,
)
from .load import (
    sample_persons as sample_persons,
)
from .relation import (
    Insured as Insured,
)
from .relation import (
    Relation as Relation,
)
from .relation import (
    insured as insured,
)
from .relation import (
    relations_of as relations_of,
)
from .relation import (
    require_insured as require_insured,
)
from .relation import (
    why_missing as why_missing,
)
from .shown import (
    NOTHING_SHOWN as NOTHING_SHOWN,
)
from .shown import (
    Shown as Shown,
)
from .shown import (
    require_same_person as require_same_person,
)
from .shown import (
    tokens_of as tokens_of,
)
