from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('signing', '0006_retention'),
    ]

    operations = [
        migrations.AddField(
            model_name='sampleaudit',
            name='published_at',
            field=models.DateTimeField(help_text='since when everybody may read it, on the numbers page', null=True),
        ),
    ]
