from .errors import ListLocked as ListLocked, ListMissing as ListMissing, QualityFailed as QualityFailed
from .quality import (
    ERROR as ERROR,
    VERSION as VERSION,
    WARNING as WARNING,
    Diagnosis as Diagnosis,
    Finding as Finding,
    IntensiveCare as IntensiveCare,
    ListFacts as ListFacts,
    Operation as Operation,
    Transfusion as Transfusion,
    check as check,
)
from .queries import (
    Counted as Counted,
    ListRow as ListRow,
    Statistic as Statistic,
    checked as checked,
    count as count,
    find as find,
)
from .state import move as move
from .upload import Uploaded as Uploaded, upload as upload
