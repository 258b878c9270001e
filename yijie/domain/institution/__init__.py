"""Institution owns the hospitals and pharmacies under agreement (定点医药机构) and what each may do.

It promises that an institution's code names one institution for ever and that its agreement says on every day whether
it may serve local and remote patients.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
