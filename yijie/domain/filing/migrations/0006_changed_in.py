from django.db import migrations, models

TABLE = """
ALTER TABLE filing_filing ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX filing_filing_changed_in ON filing_filing (changed_in, id);
CREATE TRIGGER filing_filing_changed BEFORE UPDATE ON filing_filing FOR EACH ROW EXECUTE FUNCTION note_change();
"""
BACK = "DROP TRIGGER filing_filing_changed ON filing_filing; ALTER TABLE filing_filing DROP COLUMN changed_in;"


class Migration(migrations.Migration):
    """In which transaction a filing was last changed; what a care region is told of the enrolment beside it."""

    dependencies = [("filing", "0005_filed_elsewhere"), ("enrolment", "0003_changed_in")]

    operations = [
        migrations.RunSQL(TABLE, BACK),
        migrations.AddField(
            "filedelsewhere", "category", models.CharField("人员类别", max_length=6, blank=True, default="")
        ),
        migrations.AddField(
            "filedelsewhere", "enrolled", models.CharField(
                "参保状态", max_length=1, blank=True, default="", help_text="of the insurance filed for"
            )
        ),
        migrations.AddField("filedelsewhere", "paused_on", models.DateField("暂停日期", null=True)),
    ]
