from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = """
CREATE TRIGGER campaigns_text_frozen_{verb} BEFORE {VERB} ON campaigns_appealtext
WHEN EXISTS (SELECT 1 FROM campaigns_appealversion v WHERE v.id = OLD.version_id AND v.published_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a published appeal text never changes'); END
"""
POSTGRESQL = """
CREATE FUNCTION campaigns_text_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM campaigns_appealversion v WHERE v.id = OLD.version_id AND v.published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a published appeal text never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER campaigns_text_frozen BEFORE UPDATE OR DELETE ON campaigns_appealtext
FOR EACH ROW EXECUTE FUNCTION campaigns_text_frozen()
"""


def freeze(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let the database itself refuse to change words that people have signed."""
    del apps
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL)
        return
    for verb in ("update", "delete"):
        editor.execute(SQLITE.format(verb=verb, VERB=verb.upper()))


class Migration(migrations.Migration):
    """A published appeal text never changes."""

    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
