"""The chain of :mod:`bench.chain` as OpenFisca variables; runs in an environment of its own and prints what it took.

OpenFisca keeps whole numbers in 32 bits, so that products are taken in 64 and amounts end at 21 million yuan.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

STARTS = (300_00, 400_00, 800_00, 1300_00)
BORDERS = (30_000_00, 40_000_00)
WORKING = ((900, 950, 970), (900, 950, 970), (870, 920, 970), (850, 900, 950))
RETIRED = ((970, 985, 991), (970, 985, 991), (961, 976, 991), (955, 970, 985))
POOLED_MOST, START_MAJOR, BORDER_MAJOR, AID_MOST = 300_000_00, 12_000_00, 30_000_00, 50_000_00
PERIOD = "2025"
PERSON = build_entity(key="person", plural="persons", label="a claim", is_person=True)


class eligible(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "eligible amount"


class level(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "level of the hospital"


class category(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "working or retired"


class groups(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "poor or not"


class pooled(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "pooled fund"

    def formula(person, period):
        cost, at = person("eligible", period).astype(np.int64), person("level", period)
        shares = np.array([WORKING, RETIRED], dtype=np.int64)[person("category", period), at]
        low = np.minimum(np.array(STARTS, dtype=np.int64)[at], cost)
        exact = np.maximum(np.minimum(cost, BORDERS[0]) - low, 0) * shares[:, 0]
        exact += np.maximum(np.minimum(cost, BORDERS[1]) - np.maximum(low, BORDERS[0]), 0) * shares[:, 1]
        exact += np.maximum(cost - np.maximum(low, BORDERS[1]), 0) * shares[:, 2]
        return np.minimum((exact + 500) // 1000, POOLED_MOST)


class supplement(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "company supplement"

    def formula(person, period):
        left = person("eligible", period).astype(np.int64) - person("pooled", period)
        return (left * 50 + 50) // 100


class major(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "major illness"

    def formula(person, period):
        left = person("eligible", period).astype(np.int64) - person("pooled", period) - person("supplement", period)
        excess = np.maximum(left - START_MAJOR, 0)
        return (np.minimum(excess, BORDER_MAJOR) * 60 + np.maximum(excess - BORDER_MAJOR, 0) * 70 + 50) // 100


class aid(Variable):
    value_type, entity, definition_period = int, PERSON, YEAR
    label = "medical aid"

    def formula(person, period):
        left = person("eligible", period).astype(np.int64) - person("pooled", period)
        left = left - person("supplement", period) - person("major", period)
        return np.minimum((left * (70 * person("groups", period)) + 50) // 100, AID_MOST)


INPUTS = ("eligible", "level", "category", "groups")
PAYERS = ("pooled", "supplement", "major", "aid")


def main() -> None:
    """Time the chain from inputs to the last payer, several times, and print the fastest."""
    system = TaxBenefitSystem([PERSON])
    system.add_variables(eligible, level, category, groups, pooled, supplement, major, aid)
    given = np.load(sys.argv[1])
    fastest, sums = 1e9, []
    for _ in range(5):
        simulation = SimulationBuilder().build_default_simulation(system, count=len(given["eligible"]))
        began = time.perf_counter()
        for name in INPUTS:
            simulation.set_input(name, PERIOD, given[name])
        paid = [simulation.calculate(name, PERIOD) for name in PAYERS]
        fastest = min(fastest, time.perf_counter() - began)
        sums = [int(column.sum(dtype=np.int64)) for column in paid]
    print(json.dumps({"seconds": fastest, "sums": sums}))


if __name__ == "__main__":
    main()
