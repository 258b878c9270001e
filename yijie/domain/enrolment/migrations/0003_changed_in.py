from django.db import migrations

FORWARD = """
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id();
    RETURN NEW;
END $$;
"""
TABLE = """
ALTER TABLE {table} ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX {table}_changed_in ON {table} (changed_in, id);
CREATE TRIGGER {table}_changed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note_change();
"""
BACK = "DROP TRIGGER {table}_changed ON {table}; ALTER TABLE {table} DROP COLUMN changed_in;"
TABLES = ("enrolment_person", "enrolment_enrolment")


class Migration(migrations.Migration):
    """In which transaction a row was last changed: what other nodes are told is read in the order of commit."""

    dependencies = [("enrolment", "0002_person_changed_at_person_person_changed")]

    operations = [
        migrations.RunSQL(FORWARD, "DROP FUNCTION note_change()"),
        *(migrations.RunSQL(TABLE.format(table=table), BACK.format(table=table)) for table in TABLES),
    ]
