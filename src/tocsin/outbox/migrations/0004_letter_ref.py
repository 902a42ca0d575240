from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0003_batches'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='ref',
            field=models.BinaryField(help_text='which pending signature it is about, for whoever can open that: lets a lost letter be made anew', max_length=16, null=True),
        ),
    ]
