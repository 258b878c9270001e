"""What happened to a filing is only ever added to."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("filing", "0001_initial"), ("ledger", "0002_posting")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER filing_step_append_only BEFORE UPDATE OR DELETE ON filing_filingstep"
            " FOR EACH ROW EXECUTE FUNCTION yijie_append_only()",
            "DROP TRIGGER filing_step_append_only ON filing_filingstep",
        )
    ]
