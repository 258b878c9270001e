"""Random people with years of visits, for trying both engines on policies as they are published."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from yijie.engines.benefit import Amounts, Bucket, Case, Remote, load_policies
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    SpecialGroup,
)
from yijie.kernel.region import NATION

PACKS = {
    code: policy for code, policy in load_policies(Path(__file__).parents[2] / "policies").items() if code != NATION
}
EMPLOYEES = (PersonCategory.WORKING, PersonCategory.RETIRED)
RESIDENTS = (PersonCategory.CHILD, PersonCategory.COLLEGE_STUDENT, PersonCategory.ADULT, PersonCategory.ELDERLY)
REMOTES = [
    Remote(),
    Remote(),
    Remote(),
    Remote(Relation.CROSS_PROVINCE, FilingKind.REFERRAL),
    Remote(Relation.SAME_PROVINCE, FilingKind.TEMPORARY),
    Remote(Relation.CROSS_PROVINCE, None, True),
    Remote(Relation.SAME_PROVINCE, FilingKind.STATIONED_WORKER),
    Remote(Relation.CROSS_PROVINCE),
]
CARES = (CareKind.INPATIENT, CareKind.INPATIENT, CareKind.OUTPATIENT, CareKind.OUTPATIENT, CareKind.CHRONIC)


def random_people(policy, dice, claims):
    """Cases and the number of each one's person; a person's visits stand together in order."""
    cases, persons = [], []
    while len(cases) < claims:
        visits = random_year(policy, dice)
        persons += [len(set(persons[-1:])) and persons[-1] + 1] * len(visits)
        cases += visits
    return cases, persons


def random_year(policy, dice):
    """The visits of one person over two years."""
    insurance = dice.choice([Insurance.EMPLOYEE, Insurance.EMPLOYEE, Insurance.RESIDENT])
    declared = policy.vocabulary.declared
    born = date(dice.randint(1930, 2020), dice.randint(1, 12), dice.randint(1, 28)) if dice.random() < 0.95 else None
    person = {
        "insurance": insurance,
        "category": dice.choice(EMPLOYEES if insurance is Insurance.EMPLOYEE else RESIDENTS),
        "birth_date": born,
        "groups": frozenset(dice.sample(list(SpecialGroup), dice.choice([0, 0, 0, 1, 2]))),
        "civil_servant": dice.random() < 0.1,
        "company_supplement": dice.random() < 0.1,
        "tier": dice.choice([*declared["tier"], ""]),
        "use_account": dice.random() < 0.5,
        "account_balance": dice.randint(0, 500_000),
        "facts": {
            name: dice.choice(list(words))
            for name, words in declared.items()
            if name not in ("tier", "disease") and dice.random() < 0.8
        },
    }
    day, visits = date(2024, 1, 1) + timedelta(days=dice.randint(0, 300)), []
    for _ in range(dice.choice([1, 1, 2, 3, 5, 9, 14])):
        visit = random_visit(policy, dice, person, day)
        visits.append(visit)
        day = visit.service_to + timedelta(days=dice.choice([0, 1, 7, 30, 60]))
    if dice.random() < 0.3:
        opening = {"count.inpatient": dice.randint(0, 3)} | {
            f"{layer.name}.{kind}": dice.randint(0, 20_000_000) for layer in policy.layers for kind in ("cost", "paid")
        }
        visits[0] = replace(visits[0], accumulators=opening)
    return visits


def random_visit(policy, dice, person, day):
    """One visit; some continue the one before, some are not settled by any policy."""
    parts = [
        dice.choice([0, dice.randint(0, 3_000), dice.randint(0, 30_000_000)]),
        *(dice.randint(0, 500_000) for _ in "123"),
    ]
    buckets = {
        name: Bucket("eligible", dice.randint(0, parts[0])) for name in policy.vocabulary.buckets if dice.random() < 0.5
    }
    total = sum(parts) + (1 if dice.random() < 0.01 else 0)
    care = dice.choice(CARES)
    return Case(
        id="visit",
        care=care,
        service_from=day,
        service_to=day + timedelta(days=dice.choice([0, 3, 12, 95]) if care is CareKind.INPATIENT else 0),
        amounts=Amounts(total, *parts, buckets=buckets),
        level=dice.choice([*HospitalLevel, None]) if dice.random() < 0.2 else dice.choice(list(HospitalLevel)[:4]),
        contracted=dice.random() < 0.3,
        disease=dice.choice([*policy.vocabulary.declared["disease"], "A15.000", "", ""]),
        remote=dice.choice(REMOTES),
        continues=dice.random() < 0.1,
        deductible_paid=dice.choice([0, 0, 0, 30_000]),
        **person,
    )
