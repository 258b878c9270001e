"""Ground that everything stands on: money, regions, identity numbers, dates, ids, national codes, errors.

No framework, no database, no clock but the one in :mod:`yijie.kernel.dates`.
"""
