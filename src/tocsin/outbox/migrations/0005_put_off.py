from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0004_letter_ref'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='put_off_to',
            field=models.IntegerField(help_text="hours since 1970-01-01 UTC: the hour that its address's caps keep free for it, once they put it off", null=True),
        ),
        migrations.AlterField(
            model_name='mailcap',
            name='sent_at',
            field=models.BinaryField(default=b'', help_text='hours since 1970-01-01 UTC, four bytes each, of the mails of the last 30 days, and of those that were put off to a coming hour'),
        ),
    ]
