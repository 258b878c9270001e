"""Settlement list owns 医疗保障基金结算清单: what a hospital reports of a settled stay so that it can be paid.

It promises that a list belongs to a settlement of that hospital, that every list went through quality control as soon
as it arrived, that only one that passed is submitted and counts, and that each upload is a version of its own.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
