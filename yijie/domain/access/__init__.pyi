from .connection import as_platform as as_platform, scoped as scoped
from .errors import NotAllowed as NotAllowed, OwnWork as OwnWork
from .granting import (
    AccountUnfit as AccountUnfit,
    SampleUser as SampleUser,
    end_grant as end_grant,
    ensure_sample_users as ensure_sample_users,
    first_password as first_password,
    grant as grant,
    grant_role as grant_role,
    open_account as open_account,
    require_own_place as require_own_place,
    set_active as set_active,
)
from .models import Event as Event, Grant as Grant, Role as Role, User as User
from .moving import (
    GrantOutside as GrantOutside,
    accounts_of as accounts_of,
    let_accounts_go as let_accounts_go,
    take_accounts as take_accounts,
)
from .recording import Happened as Happened, record as record
from .region_scope import apply_region_scope as apply_region_scope
from .scope import Scope as Scope, scope_of as scope_of
