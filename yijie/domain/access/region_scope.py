"""Row-level security: which rows of which table the desk's database role can read. It can write none.

The role ``yijie_desk`` signs in for itself and owns nothing. Which regions and institutions its connection may read
stands in the setting ``yijie.scope``: text signed with a key that the role cannot read, good for one connection and a
few minutes. Without it every table is empty. So whatever SQL reaches such a connection, it stays within the scope.

Every table has its line in :data:`READABLE` or :data:`HIDDEN`; a test refuses a table without one. The policies are
applied when tables are brought up, and only when their text has changed.
"""

from __future__ import annotations

import hashlib
import secrets

from django.db import connection, transaction

DESK_ROLE = "yijie_desk"

R = "ANY ((SELECT yijie_regions())::text[])"
I = "ANY ((SELECT yijie_institutions())::text[])"  # noqa: E741  reads like R in the rules below
CARE_OR_HOME = f"region = {R} OR home_region = {R} OR institution = {I}"
AT_INSTITUTION = f"region = {R} OR institution = {I}"
OF_ENCOUNTER = "EXISTS (SELECT 1 FROM encounter_encounter x WHERE x.id = encounter_id)"
OF_PERSON = "EXISTS (SELECT 1 FROM enrolment_person x WHERE x.number = person_number)"
BY_INSTITUTION = f"institution = {I} OR (SELECT yijie_pool_of_institution(institution)) = {R}"

READABLE = {
    "access_event": f"region = {R} OR institution = {I} OR region = '' AND institution = '' AND '000000' = {R}",
    "archive_entry": AT_INSTITUTION,
    "catalogue_acceptance": AT_INSTITUTION,
    "catalogue_concept": "true",
    "catalogue_item": "true",
    "catalogue_mapping": AT_INSTITUTION,
    "catalogue_ownitem": AT_INSTITUTION,
    "catalogue_release": "true",
    "catalogue_term": "true",
    "desk_change": f"region = {R} OR '000000' = {R}",
    "desk_attempt": BY_INSTITUTION,
    "decision_accumulator": f"home_region = {R} OR yijie_treats(person_number)",
    "decision_decision": f"home_region = {R} OR care_region = {R}"
    " OR EXISTS (SELECT 1 FROM settlement_settlement x WHERE x.id = settlement)",
    "decision_policypack": "true",
    "decision_hold": f"home_region = {R}",
    "encounter_diagnosis": OF_ENCOUNTER,
    "encounter_encounter": CARE_OR_HOME,
    "encounter_fee_line": OF_ENCOUNTER,
    "encounter_traumacheck": OF_ENCOUNTER,
    "enrolment_enrolment": f"region = {R} OR yijie_treats_person(person_id)",
    "enrolment_person": f"yijie_pool(region) = {R} OR yijie_treats(number)"
    f" OR EXISTS (SELECT 1 FROM enrolment_enrolment x WHERE x.person_id = enrolment_person.id AND x.region = {R})",
    "enrolment_specialgroup": "EXISTS (SELECT 1 FROM enrolment_person x WHERE x.id = person_id)",
    "files_file": f"{AT_INSTITUTION} OR institution = 'plc'",
    "filing_chronicfiling": OF_PERSON,
    "filing_designation": OF_PERSON,
    "filing_filedelsewhere": f"home_region = {R} OR care_region = {R}",
    "filing_filing": f"home_region = {R} OR care_region = {R}"
    " OR care_region = ANY ((SELECT yijie_pools_of_institutions())::text[]) AND yijie_treats(person_number)",
    "filing_filingstep": "EXISTS (SELECT 1 FROM filing_filing x WHERE x.id = filing_id)",
    "filing_paper": "EXISTS (SELECT 1 FROM filing_filing x WHERE x.id = filing_id)",
    "fsi_message": f"{BY_INSTITUTION} OR EXISTS (SELECT 1 FROM settlement_settlement x WHERE x.id = subject)",
    "fsi_refusal": f"region = {R} OR '000000' = {R} OR institution = {I}",
    "fsi_signin": BY_INSTITUTION,
    "fsi_tally": f"region = {R} OR '000000' = {R}",
    "institution_institution": "true",
    "ledger_balance": f"region = {R} OR owner = {I}",
    "ledger_posting": f"region = {R} OR owner = {I}",
    "reconcile_run": AT_INSTITUTION,
    "settlement_list_settlementlist": f"{AT_INSTITUTION}"
    " OR EXISTS (SELECT 1 FROM settlement_settlement x WHERE x.id = settlement)",
    "settlement_attempt": CARE_OR_HOME,
    "settlement_certificate": "EXISTS (SELECT 1 FROM encounter_encounter x WHERE x.id = encounter)",
    "settlement_resettlement": CARE_OR_HOME,
    "settlement_settlement": CARE_OR_HOME,
}
"""Table → condition on the rows that a scope shows."""

HIDDEN = frozenset(
    {
        "access_grant",
        "access_scopekey",
        "access_user",
        "access_user_groups",
        "access_user_user_permissions",
        "account_emailaddress",
        "account_emailconfirmation",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "django_session",
        "enrolment_credential",
        "exchange_contact",
        "exchange_incoming",
        "exchange_locator",
        "exchange_node",
        "exchange_nodekey",
        "exchange_noderegion",
        "exchange_outgoing",
        "exchange_position",
        "exchange_refusal",
        "files_piece",
        "fsi_certification",
        "fsi_client",
        "fsi_nonce",
        "fsi_observation",
        "mfa_authenticator",
        "socialaccount_socialaccount",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
        "usersessions_usersession",
        "yijie_cache",
    }
)
"""Tables of which the desk's role reads nothing: who signs in and how, one-time credentials, gateways' keys,
contents of files, what nodes tell each other, the framework's own."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION yijie_pool(region text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN left(region, 2) IN ('11', '12', '31', '50') THEN left(region, 2) || '0000'
                WHEN substr(region, 3, 2) = '90' THEN region ELSE left(region, 4) || '00' END $$;

CREATE OR REPLACE FUNCTION yijie_scope() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said text := current_setting('yijie.scope', true);
    body text := split_part(said, '.', 1);
    secret bytea; inner_pad bytea := ''; outer_pad bytea := ''; scope jsonb;
BEGIN
    IF coalesce(said, '') = '' THEN RETURN NULL; END IF;
    SELECT key INTO secret FROM access_scopekey WHERE id = 1;
    FOR i IN 0..63 LOOP
        inner_pad := inner_pad || set_byte('\\x00', 0, get_byte(secret, i) # 54);
        outer_pad := outer_pad || set_byte('\\x00', 0, get_byte(secret, i) # 92);
    END LOOP;
    IF encode(sha256(outer_pad || sha256(inner_pad || convert_to(body, 'UTF8'))), 'hex')
       <> split_part(said, '.', 2) THEN
        RETURN NULL;
    END IF;
    scope := convert_from(decode(body, 'hex'), 'UTF8')::jsonb;
    IF (scope->>'pid')::int <> pg_backend_pid()
       OR (scope->>'until')::numeric < extract(epoch FROM clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    RETURN scope;
END $$;

CREATE OR REPLACE FUNCTION yijie_regions() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT ARRAY(SELECT jsonb_array_elements_text(yijie_scope()->'regions')) $$;

CREATE OR REPLACE FUNCTION yijie_institutions() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT ARRAY(SELECT jsonb_array_elements_text(yijie_scope()->'institutions')) $$;

CREATE OR REPLACE FUNCTION yijie_pools_of_institutions() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT ARRAY(SELECT yijie_pool(region) FROM institution_institution WHERE code = ANY (yijie_institutions())) $$;

CREATE OR REPLACE FUNCTION yijie_treats(person text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT EXISTS (SELECT 1 FROM encounter_encounter x WHERE x.person_number = person
              AND (x.region = ANY ((SELECT yijie_regions())::text[])
                   OR x.institution = ANY ((SELECT yijie_institutions())::text[]))) $$;

CREATE OR REPLACE FUNCTION yijie_treats_person(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT yijie_treats((SELECT number FROM enrolment_person WHERE id = person)::text) $$;

CREATE OR REPLACE FUNCTION yijie_pool_of_institution(one text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT yijie_pool(region) FROM institution_institution WHERE code = one $$;
"""


def apply_region_scope() -> bool:
    """Bring role, functions and policies up to date; True when there was something to do. Safe to repeat."""
    text = FUNCTIONS + "".join(_statements(table, rule) for table, rule in sorted(READABLE.items())) + _hiding()
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yijie region scope'))")
        cursor.execute(
            "INSERT INTO access_scopekey (id, key) VALUES (1, %s) ON CONFLICT DO NOTHING", [secrets.token_bytes(64)]
        )
        cursor.execute("SELECT obj_description('access_scopekey'::regclass)")
        if cursor.fetchone()[0] == fingerprint:
            return False
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DESK_ROLE])
        if not cursor.fetchone():
            cursor.execute(
                f"DO $$ BEGIN CREATE ROLE {DESK_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        cursor.execute(text)
        cursor.execute(f"COMMENT ON TABLE access_scopekey IS '{fingerprint}'")
    return True


def _statements(table: str, rule: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS desk_reads ON {table};
CREATE POLICY desk_reads ON {table} FOR SELECT TO {DESK_ROLE} USING ({rule});
GRANT SELECT ON {table} TO {DESK_ROLE};
"""


def _hiding() -> str:
    """Hidden tables are shut twice: no right to read, and no row if the right were ever given."""
    return "".join(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; REVOKE ALL ON {table} FROM {DESK_ROLE};\n"
        for table in sorted(HIDDEN)
    )
