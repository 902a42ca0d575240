from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tally', '0006_rare_entries'),
    ]

    operations = [
        migrations.AddField(
            model_name='head',
            name='counted',
            field=models.BigIntegerField(default=0, help_text='so many first entries are in the numbers from a log before'),
        ),
    ]
