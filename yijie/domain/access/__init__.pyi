from .connection import as_platform as as_platform, scoped as scoped
from .errors import NotAllowed as NotAllowed, OwnWork as OwnWork
from .granting import SampleUser as SampleUser, ensure_sample_users as ensure_sample_users, grant as grant
from .models import Event as Event, Grant as Grant, Role as Role, User as User
from .recording import Happened as Happened, record as record
from .region_scope import apply_region_scope as apply_region_scope
from .scope import Scope as Scope, scope_of as scope_of
