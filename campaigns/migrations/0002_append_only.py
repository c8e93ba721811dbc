"""Text versions and events are only ever added: the database itself refuses all else, raw SQL included."""

from django.db import migrations

APPEND_ONLY = ["campaigns_textversion", "campaigns_delivery", "campaigns_event"]

POSTGRESQL_FUNCTION = """
CREATE FUNCTION undersigned_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION undersigned_refuse()
"""
SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END
"""

# SQLite's INSERT OR REPLACE deletes without a delete trigger.
SQLITE_REPLACE_TRIGGER = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END
"""
SAME_NUMBER = "id = NEW.id OR (campaign_id = NEW.campaign_id AND number = NEW.number)"
SAME = {
    "campaigns_textversion": SAME_NUMBER,
    "campaigns_delivery": f"{SAME_NUMBER} OR fingerprint = NEW.fingerprint",
    "campaigns_event": "id = NEW.id",
}


def statements(vendor):
    """The SQL that installs the guards, and the SQL that takes them away."""
    if vendor == "postgresql":
        install = [POSTGRESQL_FUNCTION, *(POSTGRESQL_TRIGGER.format(table=table) for table in APPEND_ONLY)]
        remove = [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in APPEND_ONLY]
        return install, [*remove, "DROP FUNCTION IF EXISTS undersigned_refuse()"]
    guarded = [(table, verb) for table in APPEND_ONLY for verb in ("update", "delete")]
    install = [SQLITE_TRIGGER.format(table=table, verb=verb) for table, verb in guarded]
    install += [SQLITE_REPLACE_TRIGGER.format(table=table, same=same) for table, same in SAME.items()]
    guarded += [(table, "replace") for table in APPEND_ONLY]
    return install, [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table, verb in guarded]


def install(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql, params=None)


def remove(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[1]:
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
