from .errors import AccountShort as AccountShort
from .load import OpeningRow as OpeningRow
from .load import load_openings as load_openings
from .models import Account as Account
from .posting import (
    balance as balance,
)
from .posting import (
    lock_personal_accounts as lock_personal_accounts,
)
from .posting import (
    personal_accounts as personal_accounts,
)
from .posting import (
    post as post,
)
from .posting import (
    postings_of as postings_of,
)
from .templates import (
    Transaction as Transaction,
)
from .templates import (
    care_settlement as care_settlement,
)
from .templates import (
    home_settlement as home_settlement,
)
