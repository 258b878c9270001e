"""What of a region travels when it is handed from one node to another: which rows of which tables, in which order."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table that move: which, and whether the new node may have some of them already."""

    table: str
    where: str
    shared: bool = False
    stays: bool = False
    numbered: bool = False
    """The numbers that the database gave its rows travel as well."""

    def rows_of(self, prefix: str) -> sql.Composed:
        """The condition for a region's rows."""
        return sql.SQL(self.where.replace("{p}", "{}")).format(*[sql.Literal(prefix)] * self.where.count("{p}"))


MOVED_PERSONS = (
    "SELECT p.id FROM enrolment_person p WHERE starts_with(p.region, {p}) OR EXISTS"
    " (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id AND starts_with(e.region, {p}))"
)
NO_LONGER_INSURED_HERE = (
    "SELECT p.id FROM enrolment_person p WHERE starts_with(p.region, {})"
    " AND NOT EXISTS (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id)"
)
NUMBERS = f"SELECT number FROM enrolment_person WHERE id IN ({MOVED_PERSONS})"
ENCOUNTERS = "SELECT id FROM encounter_encounter WHERE starts_with(region, {p})"
INSTITUTIONS = "SELECT code FROM institution_institution WHERE starts_with(region, {p})"
PARTS = (
    Part("institution_institution", "starts_with(region, {p})"),
    Part("decision_policypack", "true", shared=True, stays=True),
    Part("catalogue_term", "starts_with(region, left({p}, 2))", shared=True, stays=True),
    Part("catalogue_ownitem", "starts_with(region, {p})"),
    Part("catalogue_mapping", "starts_with(region, {p})"),
    Part("catalogue_acceptance", "starts_with(region, {p})"),
    Part("enrolment_person", f"id IN ({MOVED_PERSONS})", shared=True, stays=True),
    Part("enrolment_enrolment", "starts_with(region, {p})"),
    Part("enrolment_specialgroup", f"person_id IN ({MOVED_PERSONS})", shared=True, stays=True),
    Part("enrolment_credential", f"person_id IN ({MOVED_PERSONS})", shared=True, stays=True),
    Part("filing_filing", "starts_with(home_region, {p})"),
    Part("filing_filingstep", "filing_id IN (SELECT id FROM filing_filing WHERE starts_with(home_region, {p}))"),
    Part("filing_paper", "filing_id IN (SELECT id FROM filing_filing WHERE starts_with(home_region, {p}))"),
    Part("filing_designation", f"person_number IN ({NUMBERS})", shared=True, stays=True),
    Part("filing_chronicfiling", f"person_number IN ({NUMBERS})", shared=True, stays=True),
    Part("ledger_posting", "starts_with(region, {p})"),
    Part("ledger_balance", "starts_with(region, {p})"),
    Part("decision_decision", "starts_with(home_region, {p})"),
    Part("decision_accumulator", "starts_with(home_region, {p})"),
    Part("decision_hold", "starts_with(home_region, {p})"),
    Part("encounter_encounter", "starts_with(region, {p})"),
    Part("encounter_diagnosis", f"encounter_id IN ({ENCOUNTERS})"),
    Part("encounter_traumacheck", f"encounter_id IN ({ENCOUNTERS})"),
    Part("encounter_fee_line", f"encounter_id IN ({ENCOUNTERS})"),
    Part("settlement_settlement", "starts_with(region, {p})"),
    Part("settlement_attempt", "starts_with(region, {p})"),
    Part("settlement_resettlement", "starts_with(region, {p})"),
    Part("settlement_certificate", f"encounter IN ({ENCOUNTERS})"),
    Part("settlement_list_settlementlist", "starts_with(region, {p})"),
    Part("archive_entry", "starts_with(region, {p})"),
    Part("files_file", "starts_with(region, {p})"),
    Part("files_piece", "file_id IN (SELECT id FROM files_file WHERE starts_with(region, {p}))"),
    Part("reconcile_run", "starts_with(region, {p})"),
    Part("fsi_message", f"institution IN ({INSTITUTIONS})"),
    Part("fsi_signin", f"institution IN ({INSTITUTIONS})"),
)
"""In the order in which the new node takes them; the old node lets go in the opposite order."""
LISTS = (
    Part("catalogue_release", "true", numbered=True),
    Part("catalogue_concept", "true"),
    Part("catalogue_item", "true"),
)
"""The national lists: every node has them, so they are joined with those of the new node and stay at the old one."""
SECRETS = {
    "fsi_client": "keys of hospital systems, sealed by each node's own key",
    "access_grant": "with users, their passwords and second factors",
}
"""Travel in the sealed part of the file."""
STAY_BEHIND = {
    "access_event": "what was done at a node stays with that node",
    "desk_attempt": "what a desk's page sent, for its user to look after",
    "desk_change": "changes of reference data that wait for a second person",
    "fsi_refusal": "messages that this node refused",
    "fsi_tally": "counts of messages that this node answered",
    "fsi_certification": "begins anew where the hospital connects",
    "filing_filedelsewhere": "read again from the home nodes",
    "exchange_position": "the hub reads it from every node",
}
"""Tables that speak of regions or institutions and do not travel."""
