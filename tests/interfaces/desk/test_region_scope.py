"""Row-level security, table by table and role by role: raw SQL on a user's connection stays within the scope."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from yijie.domain import access
from yijie.domain.access import User
from yijie.domain.access.region_scope import DESK_ROLE, HIDDEN, READABLE
from yijie.domain.catalogue.models import Acceptance, OwnItem
from yijie.domain.settlement.models import Resettlement
from yijie.interfaces.sample.users import USERS
from yijie.kernel.dates import now

BY_REGION = {
    "settlement_settlement": ("region", "home_region", "institution"),
    "encounter_encounter": ("region", "home_region", "institution"),
    "decision_decision": ("care_region", "home_region", None),
    "ledger_posting": ("region", None, "owner"),
    "catalogue_ownitem": ("region", None, "institution"),
    "catalogue_acceptance": ("region", None, "institution"),
    "settlement_resettlement": ("region", "home_region", "institution"),
    "ledger_balance": ("region", None, "owner"),
}


@pytest.fixture(scope="module", autouse=True)
def kept_by_desks(treated):
    """What the desks themselves keep, in two regions each."""
    for number, (region, code) in enumerate((("110000", "H11010500001"), ("510100", "H51010700001")), 1):
        at = {"region": region, "institution": code}
        OwnItem.objects.create(id=number, own_code="1", own_name="x", list_type="101", stored_at=now(), **at)
        Acceptance.objects.create(id=number, lines=[], accepted_at=now(), accepted_by="x", **at)
        Resettlement.objects.create(
            id=number,
            settlement=number,
            home_region="330100",
            encounter=1,
            person_number="x",
            reason="late_filing",
            asked_at=now(),
            asked_by="x",
            **at,
        )


def rows(sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_every_table_is_either_scoped_or_hidden(treated):
    """A new table without its line here fails."""
    tables = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition"
        )
    }
    assert tables == READABLE.keys() | HIDDEN
    unprotected = rows(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT relrowsecurity",
        [sorted(tables - {"django_migrations"})],
    )
    assert unprotected == []


def test_the_desks_role_owns_nothing_and_writes_nothing(treated):
    granted = rows(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s", [DESK_ROLE]
    )
    assert {privilege for _, privilege in granted} == {"SELECT"}
    assert {table for table, _ in granted} == READABLE.keys()
    assert rows("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", [DESK_ROLE]) == [
        (False, False, False)
    ]


@pytest.mark.parametrize("one", USERS, ids=lambda one: one.username)
def test_no_row_outside_the_scope(treated, one):
    """Each table by region: every row a user's connection shows belongs to the scope, and none within it is missing."""
    scope = access.scope_of(User.objects.get(username=one.username))
    for table, (region, home, institution) in BY_REGION.items():
        inside = [f"{region} = ANY(%(regions)s)"]
        inside += [f"{home} = ANY(%(regions)s)"] if home else []
        inside += [f"{institution} = ANY(%(institutions)s)"] if institution else []
        condition = " OR ".join(inside)
        if table == "decision_decision":
            condition += (
                " OR EXISTS (SELECT 1 FROM settlement_settlement s"
                " WHERE s.id = settlement AND s.institution = ANY(%(institutions)s))"
            )
        facts = {"regions": list(scope.regions), "institutions": list(scope.institutions)}
        expected = rows(f"SELECT count(*) FROM {table} WHERE {condition}", facts)
        with access.scoped(scope):
            assert rows(f"SELECT count(*) FROM {table}") == expected, table


@pytest.mark.parametrize("table", sorted(READABLE))
def test_without_a_scope_every_personal_table_is_empty(treated, table):
    nobody = access.Scope("nobody", frozenset(), (), ())
    with access.scoped(nobody):
        if READABLE[table] != "true":
            assert rows(f"SELECT count(*) FROM {table}") == [(0,)]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            rows(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", sorted(HIDDEN))
def test_hidden_tables_cannot_be_read(treated, table):
    with (
        access.scoped(access.scope_of(User.objects.get(username="auditor.nation"))),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        rows(f"SELECT * FROM {table}")


def test_a_scope_cannot_be_forged_widened_or_carried_elsewhere(treated):
    """Raw SQL may set the setting, but no text it can make is believed."""
    wide = access.scope_of(User.objects.get(username="auditor.nation"))
    with access.scoped(wide):
        [(token,)] = rows("SELECT current_setting('yijie.scope')")
        [(seen,)] = rows("SELECT count(*) FROM settlement_settlement")
        assert seen > 0
        body, _, signature = token.partition(".")
        for forged in ("", "x", f"{body}.{'0' * 64}", f"{body[:-2]}7d.{signature[::-1]}"):
            rows("SELECT set_config('yijie.scope', %s, true)", [forged])
            assert rows("SELECT count(*) FROM settlement_settlement") == [(0,)]
        for escape in ("SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "SELECT key FROM access_scopekey"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rows(escape)
        settings = connection.settings_dict
    elsewhere = psycopg.connect(
        host=settings["HOST"] or settings["OPTIONS"].get("host"), dbname=settings["NAME"], user=DESK_ROLE
    )
    with elsewhere:
        elsewhere.execute("SELECT set_config('yijie.scope', %s, false)", [token])
        assert elsewhere.execute("SELECT count(*) FROM settlement_settlement").fetchone() == (0,)
    elsewhere.close()
