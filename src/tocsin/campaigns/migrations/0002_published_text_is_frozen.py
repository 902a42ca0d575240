from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# A text is frozen when its version is; a version, of either kind, from the moment it has a day.
PUBLISHED = "EXISTS (SELECT 1 FROM campaigns_appealversion v WHERE v.id = {row}.version_id AND v.published_at IS NOT NULL)"
FROZEN = {
    "campaigns_appealtext": {
        "insert": PUBLISHED.format(row="NEW"),
        "update": f"{PUBLISHED.format(row='OLD')} OR {PUBLISHED.format(row='NEW')}",
        "delete": PUBLISHED.format(row="OLD"),
    },
    "campaigns_appealversion": {"update": "OLD.published_at IS NOT NULL", "delete": "OLD.published_at IS NOT NULL"},
    "campaigns_privacyversion": {"update": "OLD.published_at IS NOT NULL", "delete": "OLD.published_at IS NOT NULL"},
}
SQLITE = """
CREATE TRIGGER {table}_frozen_{verb} BEFORE {verb} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'a published text never changes'); END
"""
# PostgreSQL allows no subquery in WHEN, so the condition stands in a function of its own.
POSTGRESQL_TRIGGER = """
CREATE FUNCTION {table}_frozen_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION 'a published text never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN {kept};
END $$;
CREATE TRIGGER {table}_frozen_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_frozen_{verb}()
"""


def freeze(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Let the database itself refuse to change words that people have signed or consented to."""
    del apps
    template = POSTGRESQL_TRIGGER if editor.connection.vendor == "postgresql" else SQLITE
    for table, verbs in FROZEN.items():
        for verb, condition in verbs.items():
            kept = "OLD" if verb == "delete" else "NEW"
            editor.execute(template.format(table=table, verb=verb, condition=condition, kept=kept))


class Migration(migrations.Migration):
    """A published appeal text or privacy text never changes."""

    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
