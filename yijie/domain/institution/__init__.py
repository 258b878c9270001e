"""Institution owns the hospitals and pharmacies under agreement (定点医药机构) and what each may do.

It promises that an institution's code names one institution for ever and that its agreement says on every day whether
it may serve local and remote patients.
"""

from .standing import Standing, find, standing

__all__ = ["Standing", "find", "standing"]
