"""Institution owns the hospitals and pharmacies under agreement (定点医药机构) and what each may do.

It promises that an institution's code names one institution for ever and that its agreement says on every day whether
it may serve local and remote patients.
"""

from .load import InstitutionRow, load_institutions, remove_sample_institutions

__all__ = ["InstitutionRow", "load_institutions", "remove_sample_institutions"]
