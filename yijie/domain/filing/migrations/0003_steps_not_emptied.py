"""What happened to a filing is not removed by emptying the table either."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("filing", "0002_steps_append_only")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER filing_step_not_emptied BEFORE TRUNCATE ON filing_filingstep"
            " FOR EACH STATEMENT EXECUTE FUNCTION yijie_append_only()",
            "DROP TRIGGER filing_step_not_emptied ON filing_filingstep",
        )
    ]
