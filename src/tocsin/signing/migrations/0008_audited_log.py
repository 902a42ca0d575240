"""Write down which log each sample audit is of: after a succession its entries stand elsewhere."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SUCCESSOR = 5


def name_logs(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take what a report names; else today's log, unless that has followed another, so that it may be of either."""
    del editor
    has_followed = apps.get_model("tally", "Entry").objects.filter(index=0, kind=_SUCCESSOR).exists()
    for audit in apps.get_model("signing", "SampleAudit").objects.all():
        # A succession deletes the audits that are not done.
        is_old = has_followed and audit.done_at is not None
        audit.log = audit.report.pop("log", "" if is_old else settings.LOG_ORIGIN)
        audit.save(update_fields=["log", "report"])


class Migration(migrations.Migration):

    dependencies = [
        ('signing', '0007_published_audits'),
        ('tally', '0007_succession'),
    ]

    operations = [
        migrations.AddField(
            model_name='sampleaudit',
            name='log',
            field=models.TextField(default='', help_text='its origin; empty when nobody can tell any more'),
            preserve_default=False,
        ),
        migrations.RunPython(name_logs, migrations.RunPython.noop),
    ]
