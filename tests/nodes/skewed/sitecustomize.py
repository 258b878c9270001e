"""Read by Python as it starts, where this folder is in PYTHONPATH: the program's one clock is fast or slow."""

import os
from datetime import timedelta

from yijie.kernel import dates

true = dates._system_clock
wrong_by = timedelta(minutes=float(os.environ["CLOCK_WRONG_MINUTES"]))
dates._system_clock = lambda: true() + wrong_by
