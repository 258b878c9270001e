from .designation import (
    Choice as Choice,
)
from .designation import (
    chronic_diseases as chronic_diseases,
)
from .designation import (
    designate as designate,
)
from .designation import (
    designations as designations,
)
from .designation import (
    withdraw as withdraw,
)
from .errors import FilingUnknown as FilingUnknown
from .load import (
    ChronicRow as ChronicRow,
)
from .load import (
    DesignationRow as DesignationRow,
)
from .load import (
    load_chronic as load_chronic,
)
from .load import (
    load_designations as load_designations,
)
from .load import (
    remove_choices_of as remove_choices_of,
)
from .remote import (
    KIND_NAMES as KIND_NAMES,
)
from .remote import (
    Application as Application,
)
from .remote import (
    Journey as Journey,
)
from .remote import (
    approve as approve,
)
from .remote import (
    in_force as in_force,
)
from .remote import (
    referrals_of as referrals_of,
)
from .remote import (
    reject as reject,
)
from .remote import (
    request as request,
)
from .remote import (
    revoke as revoke,
)
