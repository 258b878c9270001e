"""The year so far under the interface's codes and months."""

from decimal import Decimal

from yijie.interfaces.fsi.accumulators import national


def test_a_limit_counts_in_the_last_month_of_its_period():
    amounts = {
        "count.inpatient": 2,
        "resident_inpatient.paid": 130050,
        "resident_chronic.paid@2025-Q2": 30000,
        "resident_outpatient.paid@2025-03": 20000,
        "resident_outpatient.paid@2025-03-17": 20000,
    }
    told = {(code, month): value for code, month, value in national(amounts, 2025)}
    assert sorted({month for _, month in told}) == ["202503", "202506", "202512"]
    assert sum(told.values()) == Decimal(2) + Decimal("1300.50") + Decimal(300) + Decimal(400)
