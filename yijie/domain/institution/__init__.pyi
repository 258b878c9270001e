from .agreement import Standing as Standing, find as find, standing as standing
from .load import (
    InstitutionRow as InstitutionRow,
    load_institutions as load_institutions,
    put_institutions as put_institutions,
    remove_sample_institutions as remove_sample_institutions,
)
