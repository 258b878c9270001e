from .details import Comparison as Comparison, TheirRow as TheirRow, compare as compare, remember as remember
from .errors import ControlDiffers as ControlDiffers, MonthsUnfit as MonthsUnfit, PeriodUnfit as PeriodUnfit
from .queries import (
    ACCOUNT as ACCOUNT,
    AccountRow as AccountRow,
    CareSettled as CareSettled,
    Found as Found,
    MonthSettled as MonthSettled,
    SettledRow as SettledRow,
    Share as Share,
    account_rows as account_rows,
    by_medical_type as by_medical_type,
    monthly as monthly,
    months as months,
    settled_rows as settled_rows,
    shares as shares,
)
from .totals import Period as Period, Totals as Totals, period as period, totals as totals
