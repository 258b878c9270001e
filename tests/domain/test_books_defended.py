"""What the database itself refuses, whoever asks: changed history, sums that do not add up, accounts overdrawn."""

from datetime import timedelta

import psycopg
import pytest
from desks import Desk
from django.db import DatabaseError, connection, transaction
from people import born
from stored import everything_stored, one, rows

from yijie.domain import filing
from yijie.domain.settlement.models import FUNDS, MONEY
from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "4")]


@pytest.fixture(scope="module")
def books(own_nation):
    """A settlement of a stay, paid by fund, account and cash, and a filing; the settlement's id."""
    desk, patient = Desk(institutions.BEIJING_TERTIARY), born(account=50_000)
    stay = desk.stay_of(patient, ITEMS, began=now() - timedelta(days=3), ended=now())
    settled = desk.settle_stay(patient, stay, ITEMS, account=True)["setlinfo"]
    remote = born("510100")
    asked = filing.Application(
        remote.number, "310", "510100", "110000", FilingKind.LONG_TERM_RESIDENT, today(), promised=True
    )
    filing.approve(filing.request(asked, by=remote.name).id, by="成都经办")
    return int(settled["setl_id"][6:])


def attempt(statement, parameters):
    """Run a statement; should it not be refused, it shall at least do no harm."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        transaction.set_rollback(True)


def refused(statement, *parameters):
    """The error with which the database refuses a statement; nothing of it stays."""
    held = everything_stored()
    with pytest.raises(DatabaseError) as caught:
        attempt(statement, parameters)
    assert everything_stored() == held
    return caught.value.__cause__


@pytest.mark.parametrize("table", ["ledger_posting", "filing_filingstep"])
def test_history_is_only_added_to(books, table):
    column = "amount" if table == "ledger_posting" else "note"
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        error = refused(statement)
        assert isinstance(error, psycopg.errors.RestrictViolation), statement
        assert "append-only" in str(error)


def test_a_month_of_postings_is_defended_by_itself(books):
    """The tables that hold the months are tables of their own; what holds for the whole holds for each."""
    month = f"ledger_posting_{today():%Y%m}"
    assert one(f"SELECT count(*) FROM {month}") > 0
    for statement in (f"UPDATE {month} SET amount = 1", f"DELETE FROM {month}", f"TRUNCATE {month}"):
        assert isinstance(refused(statement), psycopg.errors.RestrictViolation)


@pytest.mark.parametrize("column", [name for name in MONEY if name != "deductible"])
def test_no_part_and_no_payer_of_a_settlement_can_be_altered_alone(books, column):
    """Every amount is tied to the total as a part or a payer; only the deductible lies inside another and is told."""
    error = refused(f"UPDATE settlement_settlement SET {column} = {column} + 1 WHERE id = %s", books)
    assert isinstance(error, psycopg.errors.CheckViolation)
    assert error.diag.constraint_name in {"settlement_parts_add_up", "settlement_payers_add_up"}


@pytest.mark.parametrize("column", ["not_covered", "over_ceiling", "first_self_pay", "eligible"])
def test_no_part_is_below_zero_even_where_the_sum_is_right(books, column):
    other = "eligible" if column != "eligible" else "not_covered"
    error = refused(
        f"UPDATE settlement_settlement SET {column} = -1, {other} = {other} + {column} + 1 WHERE id = %s", books
    )
    assert error.diag.constraint_name == "settlement_signs"


@pytest.mark.parametrize("column", [*FUNDS, "account", "hospital_borne"])
def test_no_payer_is_below_zero_even_where_the_sum_is_right(books, column):
    error = refused(f"UPDATE settlement_settlement SET {column} = -1, cash = cash + {column} + 1 WHERE id = %s", books)
    assert error.diag.constraint_name == "settlement_signs"


def test_a_mirror_takes_nothing_and_a_state_says_when(books):
    assert refused("UPDATE settlement_settlement SET voids = 1 WHERE id = %s", books).diag.constraint_name == (
        "settlement_signs"
    )
    error = refused("UPDATE settlement_settlement SET state = 'voided' WHERE id = %s", books)
    assert error.diag.constraint_name == "settlement_voided_when_voided"


def test_one_living_settlement_for_a_charge(books):
    columns = [name for (name,) in rows(COLUMNS) if name != "id"]
    error = refused(
        f"INSERT INTO settlement_settlement (id, {', '.join(columns)}) SELECT 1, {', '.join(columns)}"
        " FROM settlement_settlement WHERE id = %s",
        books,
    )
    assert error.diag.constraint_name == "settlement_lives_once"


COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'settlement_settlement'"


def test_a_personal_account_is_never_overdrawn(books):
    error = refused("UPDATE ledger_balance SET amount = 1 WHERE account = 'person'")
    assert error.diag.constraint_name == "balance_person_not_overdrawn"


def test_a_fee_line_is_the_sum_of_its_parts(books):
    for column in ("amount", "not_covered", "over_ceiling", "first_self_pay", "eligible"):
        error = refused(f"UPDATE encounter_fee_line SET {column} = {column} + 1")
        assert error.diag.constraint_name == "fee_line_parts"
    error = refused("UPDATE encounter_fee_line SET first_self_pay = -1, eligible = eligible + first_self_pay + 1")
    assert error.diag.constraint_name == "fee_line_signs"


def test_a_posting_of_nothing_is_none(books):
    error = refused(
        "INSERT INTO ledger_posting (month, transaction, line, region, template, account, owner, amount, at)"
        " VALUES ('2026-01-01', 1, 1, '110000', 'opening', 'fund', 'pooled', 0, now())"
    )
    assert isinstance(error, psycopg.errors.CheckViolation)


def test_a_decision_is_made_once_and_its_version_is_its_own(books):
    columns = (
        'care_region, home_region, person_number, insurance, year, state, version, deltas, policy, "case", decided_at'
    )
    error = refused(
        f"INSERT INTO decision_decision (id, settlement, {columns}) SELECT 1, settlement, {columns}"
        " FROM decision_decision WHERE settlement = %s",
        books,
    )
    assert error.diag.constraint_name in {"decision_once", "decision_version_once"}
    error = refused(
        f"INSERT INTO decision_decision (id, settlement, {columns}) SELECT 1, 2, {columns}"
        " FROM decision_decision WHERE settlement = %s",
        books,
    )
    assert error.diag.constraint_name == "decision_version_once"
