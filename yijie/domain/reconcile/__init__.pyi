from .details import Comparison as Comparison, TheirRow as TheirRow, compare as compare, remember as remember
from .errors import ControlDiffers as ControlDiffers, PeriodUnfit as PeriodUnfit
from .totals import Period as Period, Totals as Totals, period as period, totals as totals
