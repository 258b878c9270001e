from django.db import migrations

TRIGGERS = """
CREATE FUNCTION yijie_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'records of who did what are only ever added to'; END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON access_event
    FOR EACH ROW EXECUTE FUNCTION yijie_events_stay();
CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON access_event
    FOR EACH STATEMENT EXECUTE FUNCTION yijie_events_stay();
"""
DROP = """
DROP TRIGGER event_append_only ON access_event;
DROP TRIGGER event_not_emptied ON access_event;
DROP FUNCTION yijie_events_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(TRIGGERS, DROP)]
