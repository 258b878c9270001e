from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0003_certificate'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['message'], name='attempt_message'),
        ),
    ]
