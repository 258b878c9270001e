from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("exchange", "0003_incoming_incoming_at")]

    operations = [
        migrations.AddField(
            "contact",
            "cursors",
            models.JSONField(
                "已取事实位置", default=dict, db_default={}, help_text="by kind of fact: transaction and row"
            ),
        ),
    ]
