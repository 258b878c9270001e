"""What a hospital sends beside money reaches the policy: children born, days, what a stay has had before; and a sum
paid beside the bill stands in the home region's book by itself."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from desks import desks_at
from people import born
from running import Server
from stored import everything_stored, rows

from yijie.domain.decision import explanation_of
from yijie.domain.ledger import Account, balance
from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now
from yijie.kernel.ids import parse_public_id

PACKS = Path(__file__).parents[2] / "policies"
POOL = "110000"
WAGE = 800_000
"""The monthly base of the allowance, in fen."""


def since(value):
    return [{"from": "2020-01-01", "value": value, "source": "ours"}]


def layer(who, *steps):
    return {"title": {"zh": "待遇", "en": "Benefit"}, "pays_from": "pooled", "for": who, "steps": list(steps)}


MATERNITY = {"care": "maternity"}
RULES = {
    "pool": {
        "region": POOL,
        "name": {"zh": "北京", "en": "Beijing"},
        "chain": ["stays", "days", "allowance", "gift"],
        "sources": {"ours": {"title": "样例 sample", "url": "none", "trust": "C"}},
        "units": {"further_child": "多胞胎每多一个婴儿"},
        "words": {"delivery": {"normal": "顺产", "difficult": "难产"}},
        "assume": {"delivery": "normal"},
    },
    "stays": layer(
        {"care": "inpatient"},
        {"deductible": {"amount": since(1000)}},
        {"bands": {"measured_on": "cost", "schedule": since([{"over": 0, "to": 5000, "share": "50%"},
                                                             {"over": 5000, "share": "90%"}])}},
    ),
    "days": layer(MATERNITY, {"rate": {"unit": "day", "amount": since(200)}}),
    "allowance": layer(
        {"care": "maternity", "level": "tertiary"},
        {"allowance": {"base": since(WAGE // 100), "share": since("100%"), "days": since(98), "divided_by": since(30)}},
        {"more_days": {"when": {"delivery": "difficult"}, "days": since(15)}},
        {"more_days": {"when": {"delivery": "difficult"}, "for_each": "further_child", "days": since(15)}},
    ),
    "gift": layer(
        {"care": "maternity", "level": "secondary"},
        {"allowance": {"base": since(100), "share": since("100%"), "paid_to": "account"}},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(own_nation, tmp_path_factory):
    """Makes desks at a server whose Beijing pays by these rules."""
    folder = tmp_path_factory.mktemp("policies")
    shutil.copytree(PACKS, folder, dirs_exist_ok=True)
    shutil.rmtree(folder / "beijing")
    (folder / "beijing").mkdir()
    for name, body in RULES.items():
        text = yaml.safe_dump(body, allow_unicode=True)
        (folder / "beijing" / f"{name}.yaml").write_text(text, encoding="utf-8")
    server = Server(own_nation, environment={"YIJIE_POLICIES": str(folder)})
    try:
        with desks_at(server.start().address) as make:
            yield make
    finally:
        server.stop()


@pytest.fixture
def tertiary(desk):
    return desk(institutions.BEIJING_TERTIARY)


@pytest.fixture
def secondary(desk):
    return desk(institutions.BEIJING_SECONDARY)


def surgeries(count, serial="1"):
    return [Item(shelf.SURGERY.code, "1200.00", str(count), serial=serial)]


def number_of(settled):
    return settled["setlinfo"]["setl_id"]


def posted(settlement, template):
    """Every posting of a template for a settlement: account, owner, amount."""
    sql = "SELECT account, owner, amount FROM ledger_posting WHERE settlement = %s AND template = %s ORDER BY 1"
    return rows(sql, parse_public_id(settlement)[1], template)


def test_twins_after_a_difficult_delivery(tertiary):
    mother, began = born(POOL), now() - timedelta(days=9)
    stay = tertiary.stay_of(mother, surgeries(3), began=began, medical_type="52")
    tertiary.discharge(mother, stay, now(), matn_type="4", fetus_cnt="2")
    before = everything_stored()
    tertiary.quote_stay(mother, stay, surgeries(3))
    assert everything_stored() == before
    settled = tertiary.settle_stay(mother, stay, surgeries(3))
    assert settled["setlinfo"]["hifp_pay"] == 1800  # nine days at 200 of 3,600
    allowance = 3_413_333  # 8,000 / 30 x (98 + 15 + 15) days
    number = number_of(settled)
    assert posted(number, "allowance") == [
        ("allowance_due", mother.number, -allowance), ("fund", "pooled", allowance),
    ]  # fmt: skip
    assert balance(POOL, Account.ALLOWANCE_DUE, mother.number) == -allowance
    told = explanation_of(parse_public_id(number)[1])["allowances"]
    assert [paid["amount"] for paid in told] == ["34133.33"]
    assert tertiary.void("2305", mother, stay, number).done
    assert balance(POOL, Account.ALLOWANCE_DUE, mother.number) == 0
    assert posted(number, "allowance_void")[0][2] == allowance


def test_what_is_not_told_is_as_the_policy_assumes(tertiary):
    mother = born(POOL)
    stay = tertiary.stay_of(mother, surgeries(1), began=now() - timedelta(days=2), medical_type="52")
    tertiary.discharge(
        mother, stay, now(), matn_type="3", fetus_cnt="1"
    )  # a caesarean, of which this pool knows nothing
    tertiary.settle_stay(mother, stay, surgeries(1))
    assert balance(POOL, Account.ALLOWANCE_DUE, mother.number) == -2_613_333  # 98 days


def test_a_visit_credits_the_account_beside_the_bill(secondary):
    mother, began = born(POOL, account=5_000), now() - timedelta(hours=1)
    visit = secondary.visit_of(mother, surgeries(1), began=began, medical_type="51")
    bill = secondary.visit_bill(mother, visit, "1200.00", batch="B1", account=False, medical_type="51")
    settled = secondary.say("2207", bill, insured_in=POOL).output
    assert settled["setlinfo"]["hifp_pay"] == 200  # one day
    assert balance(POOL, Account.PERSON, mother.number) == -15_000
    assert secondary.void("2208", mother, visit, number_of(settled)).done
    assert balance(POOL, Account.PERSON, mother.number) == -5_000


def test_bands_and_the_deductible_go_on_where_the_last_interval_ended(tertiary):
    patient = born(POOL)
    stay = tertiary.stay_of(patient, surgeries(4), began=now() - timedelta(days=20))
    first = tertiary.settle_stay(patient, stay, surgeries(4), mid_stay=True)
    assert first["setlinfo"]["hifp_pay"] == 1900  # (4,800 - 1,000) x 50 %
    tertiary.charge(patient, stay, surgeries(3, serial="2"), now())
    tertiary.discharge(patient, stay, now())
    last = tertiary.settle_stay(patient, stay, surgeries(3))
    assert last["setlinfo"]["act_pay_dedc"] == 0
    assert last["setlinfo"]["hifp_pay"] == 3160  # 200 x 50 % + 3,400 x 90 %
    assert tertiary.void("2305", patient, stay, number_of(last)).done
    again = tertiary.settle_stay(patient, stay, surgeries(3))
    assert again["setlinfo"]["hifp_pay"] == 3160


def test_days_that_were_settled_are_not_paid_again_nor_an_allowance_of_the_stay(secondary):
    mother = born(POOL, account=5_000)
    stay = secondary.stay_of(mother, surgeries(2), began=now() - timedelta(days=10), medical_type="52")
    first = secondary.settle_stay(mother, stay, surgeries(2), mid_stay=True)
    assert first["setlinfo"]["hifp_pay"] == 2000  # ten days of 2,400
    secondary.charge(mother, stay, surgeries(1, serial="2"), now())
    secondary.discharge(mother, stay, now())
    assert secondary.settle_stay(mother, stay, surgeries(1))["setlinfo"]["hifp_pay"] == 0
    assert balance(POOL, Account.PERSON, mother.number) == -15_000


def test_a_stay_in_parts_has_its_allowance_once_whatever_is_voided_and_settled_again(tertiary):
    mother = born(POOL)

    def owed():
        return -balance(POOL, Account.ALLOWANCE_DUE, mother.number)

    began = now() - timedelta(days=10)
    stay = tertiary.stay_of(mother, surgeries(2), began=began, medical_type="52")
    first = number_of(tertiary.settle_stay(mother, stay, surgeries(2), mid_stay=True))
    assert owed() == 2_613_333  # 98 days, before the birth
    tertiary.charge(mother, stay, surgeries(1, serial="2"), now())
    tertiary.discharge(mother, stay, now(), matn_type="4", fetus_cnt="2")
    last = number_of(tertiary.settle_stay(mother, stay, surgeries(1)))
    assert owed() == 3_413_333  # 128 days over both parts: difficult, and twins
    assert posted(last, "allowance")[1] == ("fund", "pooled", 800_000)
    assert tertiary.void("2305", mother, stay, last).done
    assert owed() == 2_613_333
    last = number_of(tertiary.settle_stay(mother, stay, surgeries(1)))
    assert owed() == 3_413_333
    for settlement in (last, first):
        assert tertiary.void("2305", mother, stay, settlement).done
    assert owed() == 0
    tertiary.settle_stay(mother, stay, surgeries(3))
    assert owed() == 3_413_333
