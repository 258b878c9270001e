"""Quality control of settlement lists: a good list passes, each mistake is found and named by its field."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from yijie.domain.settlement_list import (
    ERROR,
    WARNING,
    Diagnosis,
    IntensiveCare,
    ListFacts,
    Operation,
    Transfusion,
    check,
)
from yijie.kernel.dates import SHANGHAI

IN = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
OUT = datetime(2026, 3, 9, 15, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
OPERATION = Operation("81.5100", principal=True, began=IN + HOUR, ended=IN + 3 * HOUR)
GOOD = ListFacts(
    sex="1",
    birth=date(1960, 1, 1),
    stay=True,
    encounter_began=IN,
    encounter_ended=OUT,
    paid={"310100": 500_00, "310200": 20_00},
    declared_paid={"310100": 500_00},
    admitted=IN,
    discharged=OUT,
    settled_from=IN.date(),
    settled_to=OUT.date(),
    diagnoses=[Diagnosis("1", "M16.100", principal=True), Diagnosis("1", "I10.x00", principal=False)],
    operations=(OPERATION,),
    intensive=(IntensiveCare(IN + HOUR, IN + 5 * HOUR),),
    transfusions=(Transfusion("1", Decimal(200), "ml"),),
    nursing_days=Decimal(7),
    durations={"vent_used_dura": "0/5/30"},
    discharge_way="1",
    doctor="D1",
    nurse="N1",
    payment_method="1",
)


def test_a_good_list_passes():
    assert check(GOOD) == []


NEWBORN = {"birth": IN.date() - timedelta(days=3), "birth_weight": Decimal(3200), "admission_weight": Decimal(3100)}
MISTAKES = [
    ({"admitted": None}, "adm_time", ERROR),
    ({"discharged": None}, "dscg_time", ERROR),
    ({"admitted": IN - timedelta(days=1)}, "adm_time", ERROR),
    ({"discharged": OUT + timedelta(days=1)}, "dscg_time", ERROR),
    ({"settled_to": IN.date() - timedelta(days=1)}, "setl_end_date", ERROR),
    ({"diagnoses": []}, "maindiag_flag", ERROR),
    ({"diagnoses": [Diagnosis("2", "A01", principal=True)]}, "maindiag_flag", ERROR),
    ({"diagnoses": [*GOOD.diagnoses, Diagnosis("1", "J18.900", principal=True)]}, "maindiag_flag", ERROR),
    ({"diagnoses": [*GOOD.diagnoses, Diagnosis("1", "I10.x00", principal=False)]}, "diag_code", ERROR),
    ({"diagnoses": [Diagnosis("1", "W19.x00", principal=True)]}, "diag_code", ERROR),
    ({"diagnoses": [Diagnosis("1", "Z51.100", principal=True)], "operations": ()}, "diag_code", WARNING),
    ({"diagnoses": [Diagnosis("1", "O80.000", principal=True)]}, "diag_code", ERROR),
    ({"sex": "2", "diagnoses": [Diagnosis("1", "N40.x00", principal=True)]}, "diag_code", ERROR),
    ({"operations": (replace(OPERATION, principal=False),)}, "oprn_oprt_type", ERROR),
    ({"operations": (OPERATION, OPERATION)}, "oprn_oprt_type", ERROR),
    ({"operations": (replace(OPERATION, ended=IN),)}, "oprn_oprt_endtime", ERROR),
    ({"operations": (replace(OPERATION, ended=OUT + HOUR),)}, "oprn_oprt_endtime", ERROR),
    ({"operations": (replace(OPERATION, began=IN - HOUR),)}, "oprn_oprt_begntime", WARNING),
    (
        {"operations": (replace(OPERATION, anaesthesia_began=IN + HOUR, anaesthesia_ended=IN),)},
        "anst_endtime",
        ERROR,
    ),
    ({"operations": (replace(OPERATION, anaesthesia="1"),)}, "anst_dr_code", WARNING),
    ({"intensive": (IntensiveCare(IN + 2 * HOUR, IN + HOUR),)}, "scs_cutd_exit_time", ERROR),
    ({"intensive": (IntensiveCare(IN - HOUR, IN + HOUR),)}, "scs_cutd_inpool_time", ERROR),
    ({"intensive": (IntensiveCare(IN + HOUR, OUT + HOUR),)}, "scs_cutd_exit_time", ERROR),
    ({"nursing_days": Decimal("8.5")}, "lv1_nurscare_days", WARNING),
    ({"durations": {"vent_used_dura": "5小时"}}, "vent_used_dura", ERROR),
    (NEWBORN | {"birth_weight": None}, "nwb_bir_wt", ERROR),
    (NEWBORN | {"admission_weight": Decimal(31)}, "nwb_adm_wt", ERROR),
    ({"discharge_way": ""}, "dscg_way", ERROR),
    ({"discharge_way": "2"}, "acp_medins_name", ERROR),
    ({"readmission": True}, "days_rinp_pup_31", ERROR),
    ({"discharge_way": "5", "readmission": True, "readmission_purpose": "化疗"}, "days_rinp_flag_31", ERROR),
    ({"transfusions": (Transfusion("1", Decimal(0), "ml"),)}, "bld_amt", ERROR),
    ({"declared_paid": {"310100": 499_99}}, "fund_payamt", ERROR),
    ({"declared_paid": {"390100": 1}}, "fund_payamt", ERROR),
    ({"doctor": ""}, "chfpdr_code", WARNING),
    ({"nurse": ""}, "resp_nurs_code", WARNING),
    ({"payment_method": ""}, "hi_paymtd", WARNING),
]


@pytest.mark.parametrize(("changes", "field", "level"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_found_and_nothing_else(changes, field, level):
    found = check(replace(GOOD, **changes))
    assert {(finding.field, finding.level) for finding in found} == {(field, level)}
    assert all(finding.why for finding in found)


def test_a_newborn_with_weights_passes_and_a_visit_needs_no_times():
    assert check(replace(GOOD, **NEWBORN)) == []
    visit = replace(GOOD, stay=False, admitted=None, discharged=None, discharge_way="", doctor="", nurse="")
    assert check(visit) == []
    assert {f.field for f in check(replace(GOOD, discharged=IN - HOUR, encounter_ended=IN))} >= {"dscg_time"}
