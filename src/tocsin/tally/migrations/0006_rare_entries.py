from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tally', '0005_witness'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('kind__gt', 2)), fields=['campaign', 'index'], name='rare_entries'),
        ),
    ]
