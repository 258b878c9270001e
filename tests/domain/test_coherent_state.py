"""The question that proves the books, itself put to the test: each promise broken by hand is named, and no other."""

from datetime import timedelta

import able as ready
import pytest
from desks import Desk
from django.db import connection, transaction
from people import born
from stored import one, rows

from yijie.domain import filing
from yijie.domain.coherent import disagreements
from yijie.interfaces.demo.his import Item, moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "4"), Item(shelf.EXAMINATION.code, "220.00", "2")]


@pytest.fixture(scope="module")
def history(own_nation):
    """A little of everything: a remote stay, one settled in parts, one voided, a visit paid from the account."""
    desk, began = Desk(institutions.BEIJING_TERTIARY), now() - timedelta(days=3)
    remote = born("510100", account=100_000)
    asked = filing.Application(
        remote.number, "310", "510100", "110000", FilingKind.LONG_TERM_RESIDENT, today(), promised=True
    )
    filing.approve(filing.request(asked, by=remote.name).id, by="成都经办")
    stay = desk.stay_of(remote, ITEMS, began=began, ended=now())
    desk.settle_stay(remote, stay, ITEMS, account=True)

    partly = born()
    stay = desk.stay_of(partly, ITEMS, began=began)
    desk.settle_stay(partly, stay, ITEMS, mid_stay=True)

    regretted = born()
    stay = desk.stay_of(regretted, ITEMS, began=began, ended=now())
    number = desk.settle_stay(regretted, stay, ITEMS)["setlinfo"]["setl_id"]
    assert desk.void("2305", regretted, stay, number).done

    listed = born()
    stay = desk.stay_of(listed, ITEMS, began=began, ended=now())
    number = desk.settle_stay(listed, stay, ITEMS)["setlinfo"]["setl_id"]
    whole = ready.good_list({"encounter": stay, "settlement": number}, desk)
    whole["setlinfo"]["adm_time"] = moment(began)
    assert desk.say("4101", whole).done
    assert ready.able("4301").say().done
    assert ready.able("4701").say().done
    assert ready.able("3202").say().done

    visitor = born(account=50_000)
    visit = desk.visit_of(visitor, ITEMS, began=now())
    desk.settle_visit(visitor, visit, ITEMS, account=True)


@pytest.fixture
def planting(history):
    """A transaction in which a disagreement is planted and that is taken back whole."""
    assert disagreements() == []
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def do(*statements):
    """Run statements as an intruder would."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def without_constraint(name, table="settlement_settlement"):
    """The statement that takes a constraint of the table away."""
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}"


def posted(*entries, settlement="NULL", template="opening", region="110000"):
    """Statements that post entries (account, owner, amount) and move their balances, as if all were in order."""
    for line, (account, owner, amount) in enumerate(entries):
        yield (
            "INSERT INTO ledger_posting (month, transaction, line, region, template, settlement, account, owner,"
            f" amount, at) VALUES ('2026-01-01', 7, {line}, '{region}', '{template}', {settlement}, '{account}',"
            f" '{owner}', {amount}, now())"
        )
        yield (
            "INSERT INTO ledger_balance AS b (region, account, owner, shard, amount)"
            f" VALUES ('{region}', '{account}', '{owner}', 0, {amount})"
            " ON CONFLICT (region, account, owner, shard) DO UPDATE SET amount = b.amount + excluded.amount"
        )


def living():
    """A settlement that lives."""
    return one("SELECT min(id) FROM settlement_settlement WHERE state = 'settled' AND voids IS NULL AND NOT mid_stay")


def voided():
    """A settlement that was voided."""
    return one("SELECT id FROM settlement_settlement WHERE state = 'voided'")


def the_parts_of_a_settlement_add_up():
    do(
        without_constraint("settlement_parts_add_up"),
        f"UPDATE settlement_settlement SET first_self_pay = first_self_pay + 1 WHERE id = {voided()}",
        f"UPDATE settlement_settlement SET first_self_pay = first_self_pay - 1 WHERE voids = {voided()}",
    )


def the_payers_of_a_settlement_add_up():
    do(
        without_constraint("settlement_payers_add_up"),
        f"UPDATE settlement_settlement SET hospital_borne = 1 WHERE id = {voided()}",
        f"UPDATE settlement_settlement SET hospital_borne = -1 WHERE voids = {voided()}",
    )


def a_voided_settlement_has_exactly_one_mirror_a_living_one_none():
    do(f"DELETE FROM settlement_settlement WHERE voids = {voided()}")


def a_mirror_negates_its_original():
    do(f"UPDATE settlement_settlement SET pooled = pooled - 1, cash = cash + 1 WHERE voids = {voided()}")


def a_settlement_lives_exactly_where_its_decision_lives():
    do(f"UPDATE decision_decision SET state = 'cancelled' WHERE settlement = {voided()}")


def accumulators_are_the_sum_of_held_and_confirmed_decisions():
    do(
        """UPDATE decision_accumulator SET amounts = jsonb_set(amounts, '{count.inpatient}', '2')
           WHERE amounts ? 'count.inpatient'"""
    )


def no_accumulator_falls_below_zero():
    do(
        f"""UPDATE decision_decision SET deltas = deltas || '{{"planted.paid": -5}}' WHERE settlement = {living()}""",
        f"""UPDATE decision_accumulator a SET amounts = a.amounts || '{{"planted.paid": -5}}'
            FROM decision_decision d WHERE d.settlement = {living()} AND (a.person_number, a.year)
                = (d.person_number, d.year)""",
    )


def accumulator_versions_have_no_gaps():
    do("UPDATE decision_accumulator SET version = version + 1 WHERE version = 1")


def a_ledger_transaction_nets_to_zero():
    do(*posted(("contribution", "planted", 5)))


def a_balance_is_the_sum_of_its_postings():
    do("UPDATE ledger_balance SET amount = amount + 1 WHERE account = 'charged'")


def no_personal_account_is_overdrawn():
    owner = one("SELECT min(owner) FROM ledger_balance WHERE region = '110000' AND account = 'person'")
    beyond = 10_000_000
    do(
        without_constraint("balance_person_not_overdrawn", "ledger_balance"),
        *posted(("person", owner, beyond), ("contribution", "planted", -beyond)),
    )


def what_a_care_region_is_owed_is_what_the_home_region_owes():
    do(*posted(("from_home", "510100", 5), ("institution_due", institutions.BEIJING_TERTIARY, -5)))


def the_ledger_says_what_the_settlement_says():
    entries = ("desk_cash", "planted", 5), ("charged", "planted", -5)
    do(*posted(*entries, settlement=living(), template="settlement"))


def the_ledger_pays_from_the_funds_the_settlement_names():
    entries = ("fund", "aid", 5), ("fund", "pooled", -5)
    do(*posted(*entries, settlement=living(), template="settlement"))


def the_ledger_pays_the_allowances_the_decision_names():
    entries = ("fund", "pooled", 5), ("allowance_due", "nobody", -5)
    do(*posted(*entries, settlement=living(), template="allowance"))


def a_void_posts_the_exact_mirror_once():
    """Cash is posted as taken back twice, and as given again under the settlement's own template."""
    back = ("desk_cash", institutions.BEIJING_TERTIARY, -5), ("charged", institutions.BEIJING_TERTIARY, 5)
    do(*posted(*back, settlement=voided(), template="void"))
    do(
        *(
            statement.replace(" 7, ", " 8, ")
            for statement in posted(
                *((account, owner, -amount) for account, owner, amount in back),
                settlement=voided(),
                template="correction",
            )
        )
    )


def a_voided_settlement_leaves_nothing_in_the_ledger():
    """Every sum is right, but the fund that was paid back is another one."""
    entries = ("fund", "aid", 5), ("fund", "pooled", -5)
    do(*posted(*entries, settlement=voided(), template="void"))


def encounters_know_which_of_their_batches_are_settled():
    visit = one("SELECT encounter FROM settlement_settlement WHERE batch = 'B1'")
    do(f"UPDATE encounter_encounter SET settled = '{{}}', state = 'open' WHERE id = {visit}")


def a_stay_is_settled_exactly_when_its_last_interval_is():
    do("UPDATE encounter_encounter SET state = 'discharged' WHERE stay AND state = 'settled'")


def a_living_settlement_covers_exactly_its_live_fee_lines():
    encounter = one(f"SELECT encounter FROM settlement_settlement WHERE id = {living()}")
    do(
        f"UPDATE encounter_fee_line SET revoked_at = now() WHERE encounter_id = {encounter} AND item ="
        f" '{shelf.SURGERY.code}'"
    )


def a_settlement_answers_exactly_one_message():
    do(
        f"""INSERT INTO fsi_message SELECT institution, infno, 'planted', content_hash, state, person_number, subject,
            output, operator, received_at FROM fsi_message WHERE subject = {living()}"""
    )


def a_message_that_settled_has_its_settlement():
    do(f"UPDATE fsi_message SET subject = 4711 WHERE subject = {living()}")


def a_reversed_message_left_nothing_standing():
    do(f"UPDATE fsi_message SET state = 'reversed' WHERE subject = {living()}")


SETTLED_OF_CHENGDU = "(SELECT id FROM settlement_settlement WHERE home_region = '510100' AND voids IS NULL)"
CHENGDU_IS_ANOTHERS = "INSERT INTO exchange_noderegion (prefix, node, moving_to) VALUES ('51', 'node-51', '')"
ATTEMPT = (
    "INSERT INTO settlement_attempt (id, action, message, content_hash, region, institution, encounter, batch,"
    " person_number, insurance, home_region, home_node, total, state, at, deadline_at, reason, details)"
    " SELECT {id}, 'settle', 'm', '', region, institution, encounter, batch, person_number, insurance, home_region,"
    " 'node-51', total, 'settled', settled_at, settled_at, '', '{{}}' FROM settlement_settlement s WHERE s.id = "
    + SETTLED_OF_CHENGDU
)


def a_decision_for_another_node_stands_where_its_holds_stand():
    """The care region of a local decision is another node's, and no hold was ever made for it."""
    do(
        "INSERT INTO exchange_noderegion (prefix, node, moving_to) VALUES ('99', 'node-99', '')",
        "UPDATE decision_decision SET care_region = '990000', state = 'confirmed' WHERE settlement = 1",
        "INSERT INTO decision_decision (id, settlement, care_region, home_region, person_number, insurance, year,"
        " state, version, deltas, policy, \"case\", decided_at) SELECT 1, 1, '990000', home_region, person_number,"
        " insurance, 1999, 'confirmed', 1, '{}', policy, \"case\", decided_at FROM decision_decision LIMIT 1",
        "INSERT INTO decision_accumulator (person_number, home_region, insurance, year, version, amounts)"
        " SELECT person_number, home_region, insurance, 1999, 1, '{}' FROM decision_decision WHERE id = 1",
    )


def an_accumulator_is_held_exactly_by_an_open_hold():
    """A year is held by an attempt that holds nothing."""
    do("UPDATE decision_accumulator SET held = 1 WHERE home_region = '510100'")


def account_money_is_reserved_exactly_by_open_holds():
    """Account money stays reserved after its hold ended."""
    do(*posted(("person_held", "somebody", -500), ("contribution", "x", 500)))


def an_attempt_is_settled_exactly_when_what_it_makes_exists():
    """An attempt says settled, and there is no settlement."""
    do(ATTEMPT.format(id=77))


def a_settlement_paid_from_another_node_is_an_attempt():
    """The home region turns out to be another node's, and nobody asked that node."""
    do(
        CHENGDU_IS_ANOTHERS,
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "DELETE FROM decision_decision WHERE home_region = '510100'",
        "DELETE FROM decision_accumulator WHERE home_region = '510100'",
        f"DELETE FROM ledger_posting WHERE region = '510100' AND settlement = {SETTLED_OF_CHENGDU}",
        "DELETE FROM ledger_balance WHERE region = '510100'",
        "INSERT INTO ledger_balance (region, account, owner, shard, amount)"
        " SELECT region, account, owner, 0, sum(amount) FROM ledger_posting WHERE region = '510100' GROUP BY 1, 2, 3",
    )


def versions_of_a_kept_record_have_no_gaps_and_at_most_the_newest_is_current():
    do("UPDATE archive_entry SET version = 2 WHERE kind = 'outpatient_record'")


def a_kept_record_belongs_to_the_institution_and_person_of_its_encounter():
    do("UPDATE archive_entry SET person_number = 'another' WHERE kind = 'medical_record'")


def a_file_is_as_large_as_its_pieces():
    do("UPDATE files_piece SET content = content || '\\x00' WHERE file_id = (SELECT min(id) FROM files_file)")


def a_reconciliation_explains_the_difference_of_the_sums():
    do(
        without_constraint("reconcile_explained", "reconcile_run"),
        "UPDATE reconcile_run SET only_here_total = only_here_total + 1",
    )


LISTS = "settlement_list_settlementlist"


def a_settlement_list_belongs_to_its_settlement_and_is_submitted_only_when_it_passed():
    do(
        without_constraint("settlement_list_submitted_when_passed", LISTS),
        f"UPDATE {LISTS} SET state = '1', passed = false",
    )


def versions_of_a_settlement_list_have_no_gaps_and_at_most_the_newest_is_current():
    do(f"UPDATE {LISTS} SET version = 3")


PLANTED = [
    a_decision_for_another_node_stands_where_its_holds_stand,
    an_accumulator_is_held_exactly_by_an_open_hold,
    account_money_is_reserved_exactly_by_open_holds,
    an_attempt_is_settled_exactly_when_what_it_makes_exists,
    a_settlement_paid_from_another_node_is_an_attempt,
    versions_of_a_kept_record_have_no_gaps_and_at_most_the_newest_is_current,
    a_kept_record_belongs_to_the_institution_and_person_of_its_encounter,
    a_file_is_as_large_as_its_pieces,
    a_reconciliation_explains_the_difference_of_the_sums,
    a_settlement_list_belongs_to_its_settlement_and_is_submitted_only_when_it_passed,
    versions_of_a_settlement_list_have_no_gaps_and_at_most_the_newest_is_current,
    the_parts_of_a_settlement_add_up,
    the_payers_of_a_settlement_add_up,
    a_voided_settlement_has_exactly_one_mirror_a_living_one_none,
    a_mirror_negates_its_original,
    a_settlement_lives_exactly_where_its_decision_lives,
    accumulators_are_the_sum_of_held_and_confirmed_decisions,
    no_accumulator_falls_below_zero,
    accumulator_versions_have_no_gaps,
    a_ledger_transaction_nets_to_zero,
    a_balance_is_the_sum_of_its_postings,
    no_personal_account_is_overdrawn,
    what_a_care_region_is_owed_is_what_the_home_region_owes,
    the_ledger_says_what_the_settlement_says,
    the_ledger_pays_from_the_funds_the_settlement_names,
    the_ledger_pays_the_allowances_the_decision_names,
    a_void_posts_the_exact_mirror_once,
    a_voided_settlement_leaves_nothing_in_the_ledger,
    encounters_know_which_of_their_batches_are_settled,
    a_stay_is_settled_exactly_when_its_last_interval_is,
    a_living_settlement_covers_exactly_its_live_fee_lines,
    a_settlement_answers_exactly_one_message,
    a_message_that_settled_has_its_settlement,
    a_reversed_message_left_nothing_standing,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_disagreement_is_named_and_no_other(planting, plant):
    plant()
    assert {one.promise.replace(",", "") for one in disagreements()} == {plant.__name__.replace("_", " ")}


def test_a_living_settlement_with_a_mirror_is_named_as_well(planting):
    columns = [name for (name,) in rows(COLUMNS) if name not in {"id", "voids", "state", "voided_at"}]
    money = {name for (name,) in rows(COLUMNS + " AND data_type = 'bigint'")} - {"encounter"}
    chosen = ", ".join(f"-{name}" if name in money else name for name in columns)
    do(
        f"INSERT INTO settlement_settlement (id, voids, state, {', '.join(columns)})"
        f" SELECT 1, id, 'settled', {chosen} FROM settlement_settlement WHERE id = {living()}"
    )
    assert {one.promise for one in disagreements()} == {"a voided settlement has exactly one mirror, a living one none"}


COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'settlement_settlement'"


def test_every_promise_is_tried(history):
    """A promise added to the question gets its own planted disagreement here."""
    from importlib.resources import files  # noqa: PLC0415  only here

    question = files("yijie.domain").joinpath("coherent_state.sql").read_text(encoding="utf-8")
    promises = {line.split("'")[1] for line in question.splitlines() if line.startswith("SELECT '")}
    assert {promise.replace(",", "") for promise in promises} == {plant.__name__.replace("_", " ") for plant in PLANTED}
