"""Text versions, deliveries and events are only ever added, delivered names only emptied: the database itself refuses
all else, raw SQL included."""

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
# A delivered name may only be emptied.
ENTRIES = "campaigns_deliveryentry"
EMPTIED = "NEW.words IS NULL AND NEW.salt = '' AND NEW.delivery_id = OLD.delivery_id AND NEW.place = OLD.place"
POSTGRESQL_ENTRIES = [
    f"""
CREATE FUNCTION undersigned_empty_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {EMPTIED} THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'delivered names are only ever emptied';
END $$
""",
    f"""
CREATE TRIGGER {ENTRIES}_empty_only BEFORE UPDATE ON {ENTRIES}
FOR EACH ROW EXECUTE FUNCTION undersigned_empty_only()
""",
    f"""
CREATE TRIGGER {ENTRIES}_keep BEFORE DELETE OR TRUNCATE ON {ENTRIES}
FOR EACH STATEMENT EXECUTE FUNCTION undersigned_refuse()
""",
]
SQLITE_ENTRIES = [
    f"""
CREATE TRIGGER {ENTRIES}_empty_only BEFORE UPDATE ON {ENTRIES} WHEN NOT ({EMPTIED})
BEGIN SELECT RAISE(ABORT, 'delivered names are only ever emptied'); END
""",
    f"""
CREATE TRIGGER {ENTRIES}_keep BEFORE DELETE ON {ENTRIES}
BEGIN SELECT RAISE(ABORT, 'delivered names are only ever emptied'); END
""",
    f"""
CREATE TRIGGER {ENTRIES}_no_replace BEFORE INSERT ON {ENTRIES}
WHEN EXISTS (SELECT 1 FROM {ENTRIES} WHERE id = NEW.id OR (delivery_id = NEW.delivery_id AND place = NEW.place))
BEGIN SELECT RAISE(ABORT, 'delivered names are only ever emptied'); END
""",
]
SAME_NUMBER = "id = NEW.id OR (campaign_id = NEW.campaign_id AND number = NEW.number)"
SAME = {
    "campaigns_textversion": SAME_NUMBER,
    "campaigns_delivery": f"{SAME_NUMBER} OR fingerprint = NEW.fingerprint",
    "campaigns_event": "id = NEW.id",
}


def statements(vendor):
    """The SQL that installs the guards, and the SQL that takes them away."""
    if vendor == "postgresql":
        triggers = [POSTGRESQL_TRIGGER.format(table=table) for table in APPEND_ONLY]
        functions = ["undersigned_refuse", "undersigned_empty_only"]
        remove = [f"DROP FUNCTION IF EXISTS {function} CASCADE" for function in functions]
        return [POSTGRESQL_FUNCTION, *triggers, *POSTGRESQL_ENTRIES], remove
    install = [SQLITE_TRIGGER.format(table=table, verb=verb) for table in APPEND_ONLY for verb in ("update", "delete")]
    install += [SQLITE_REPLACE_TRIGGER.format(table=table, same=same) for table, same in SAME.items()]
    names = [f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete", "replace")]
    names += [f"{ENTRIES}_{guard}" for guard in ("empty_only", "keep", "no_replace")]
    return install + SQLITE_ENTRIES, [f"DROP TRIGGER IF EXISTS {name}" for name in names]


def install(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql, params=None)


def remove(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[1]:
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
