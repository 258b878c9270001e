"""A third party is found liable while the home node is being asked: what was found counts, and nothing stays held."""

from desks import Desk
from nodes.desk_life import LINES, PRICE_FEN, discharged

from yijie.domain import encounter
from yijie.domain.exchange import asking
from yijie.domain.transaction import execute, fetch
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import now


def test_what_is_found_while_the_home_node_answers_counts(nodes, line, patient):
    beijing = nodes[0]
    carry = asking._carried_by[0]
    with beijing.acting():
        desk = Desk(BEIJING_TERTIARY)
        stay = discharged(beijing, desk, patient, "110000", now())
        execute("UPDATE encounter_encounter SET trauma = true WHERE id = %s", [stay.encounter])

        def found_meanwhile(address, wire, seconds):
            answer = carry(address, wire, seconds)
            if b'"kind":"benefit.hold"' in wire:
                encounter.check_trauma(stay.encounter, "excluded", "责任认定书", by="officer")
            return answer

        asking.transport_is(found_meanwhile)
        bill = desk.stay_bill(patient, stay.number, f"{PRICE_FEN * LINES / 100:.2f}")
        assert desk.refused("2304", bill, insured_in="510100")[0] == "encounter.third_party_liable"
        assert fetch("SELECT state FROM settlement_attempt WHERE encounter = %s", [stay.encounter]) == [("aborted",)]
        asking.transport_is(carry)
