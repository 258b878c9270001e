"""Postings are not removed by emptying their table either; each month's table gets the same where it is made."""

from django.db import migrations

TABLES = ("ledger_posting", "ledger_posting_other")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_posting")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION yijie_append_only()",
            f"DROP TRIGGER {table}_not_emptied ON {table}",
        )
        for table in TABLES
    ]
