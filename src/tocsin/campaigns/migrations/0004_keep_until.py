from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_invitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='keep_until',
            field=models.DateField(blank=True, help_text='when what people signed with is erased; set when the campaign closes', null=True),
        ),
    ]
