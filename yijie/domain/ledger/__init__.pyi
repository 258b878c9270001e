from .errors import AccountShort as AccountShort
from .load import OpeningRow as OpeningRow, load_openings as load_openings
from .models import Account as Account
from .posting import (
    balance as balance,
    lock_personal_accounts as lock_personal_accounts,
    personal_accounts as personal_accounts,
    post as post,
    postings_of as postings_of,
)
from .templates import (
    Transaction as Transaction,
    account_hold as account_hold,
    allowance as allowance,
    care_settlement as care_settlement,
    home_settlement as home_settlement,
)
