from .agreement import Standing as Standing
from .agreement import find as find
from .agreement import standing as standing
from .load import (
    InstitutionRow as InstitutionRow,
)
from .load import (
    load_institutions as load_institutions,
)
from .load import (
    remove_sample_institutions as remove_sample_institutions,
)
