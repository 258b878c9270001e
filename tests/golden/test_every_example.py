"""The whole list of published calculations: each is a folder here, or stands below with the reason why not.

An example that concerns a patient says who pays what of somebody's care. The others are what a nation counts, what an
institution is paid or what an offender owes: no benefit of a person follows from them, and the engine has no word for
them.
"""

from test_golden import EXAMPLES

BY_CATEGORY = {
    "inpatient": "INP-01 INP-03 INP-05 INP-07 INP-08 INP-10 INP-12 INP-13 INP-14 INP-15 INP-18 INP-19 INP-21 INP-23"
    " INP-24 INP-25 INP-26 INP-27 INP-28 INP-29 INP-30",
    "remote care": "REM-01 REM-02 REM-03 REM-04 REM-05 REM-06 REM-08 REM-09 REM-10 REM-11 REM-12",
    "outpatient": "OUT-01 OUT-03 OUT-04 OUT-06 OUT-07 OUT-08 OUT-09 OUT-11 OUT-12",
    "major illness": "REM-13 MAJ-01 MAJ-04 MAJ-05",
    "medical aid": "AID-01 AID-02 AID-04",
    "maternity": "MAT-01 MAT-03",
    "long-term care": "LTC-01 LTC-03",
    "commercial": "COM-01 COM-03 COM-04",
    "DRG": "DRG-02 DRG-03 DRG-05",
    "DIP": "DIP-01",
    "penalty": "SUP-01",
}
NOT_OF_A_PATIENT = {
    "REM-09": "visits, cost and fund share of the whole nation to 2019-01 (m.fx361.cc/news/2019/0419/5026025.html)",
    "REM-10": "visits a day and averages of the whole nation, 2018-01 to 09 (9000tv.cn 2018-10-20)",
    "REM-11": "visits a day of the whole nation in 2019-08 (news.healthr.com/1570498365)",
    "DRG-02": "a hospital's month: points × point value against its cost (xiaomilidoc.com/p-10467809.html)",
    "DRG-03": "a hospital's gain or loss against a group's standard (jiusongjiankang.com/health/news/7316191.html)",
    "DRG-05": "the same; the patient's share is not in it (76hw.com, DRG and DIP)",
    "DIP-01": "budget ÷ points, and a hospital's balance (m.jiusongjiankang.com/health/news/5993906.html)",
    "SUP-01": "a fine of 2 to 5 times the defrauded sum, 条例 art. 40: owed by an institution",
}
"""Why an example is no test of the benefit engine, and where it was published."""

EVERY = {example: category for category, examples in BY_CATEGORY.items() for example in examples.split()}


def test_every_published_example_of_a_patient_is_tested():
    tested = {path.name for path in EXAMPLES}
    assert len(EVERY) == 60
    assert NOT_OF_A_PATIENT.keys() <= EVERY.keys()
    assert tested == EVERY.keys() - NOT_OF_A_PATIENT.keys()
